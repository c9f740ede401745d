//! The REST face over a real Postgres, without a socket in between.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::disallowed_methods,
    reason = "a test may look at the whole model"
)]

mod account;
mod auth;
mod client;
mod session_cookie;
#[allow(dead_code, reason = "the engine's tests use more of it")]
#[path = "../../../engine/tests/it/support.rs"]
mod support;
