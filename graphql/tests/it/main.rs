//! GraphQL over a real Postgres, without a socket in between.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::disallowed_methods,
    reason = "a test may look at the whole model"
)]

mod client;
mod http;
mod reading;
mod statements;
#[allow(dead_code, reason = "the engine's tests use more of it")]
#[path = "../../../engine/tests/it/support.rs"]
mod support;
mod writing;
