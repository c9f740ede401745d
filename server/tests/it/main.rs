//! The running process from outside.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod aggregates;
mod command_line;
mod commands_beside;
mod doctor;
#[allow(dead_code, reason = "the engine's tests use more of it")]
#[path = "../../../engine/tests/it/support.rs"]
mod engine_support;
mod failures;
mod graphql_api;
mod http;
mod idempotency;
mod lanes;
mod limits;
mod model_api;
mod openapi;
mod people;
mod plans;
mod rate_limits;
mod records_api;
mod robustness;
mod scenarios;
mod search_api;
mod statements;
mod support;
mod tenant_types;
mod two_servers;
mod unread_bodies;
