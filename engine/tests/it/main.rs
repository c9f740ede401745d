//! The engine against a real Postgres.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod builtin;
mod field_types;
mod half_applied;
mod idempotency;
mod identity;
mod isolation;
mod json;
mod lanes;
mod model_changes;
mod platform_tables;
mod records;
mod search;
mod statements;
mod support;
mod transfer;
mod two_servers;
