//! The engine against a real Postgres.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod identity;
mod model_changes;
mod platform_tables;
mod records;
mod support;
mod two_servers;
