//! HTTP as every API of the server needs it: the caller, JSON bodies, path segments, problem details, `Idempotency-Key`, `X-Change-Id` and rate limits.
//!
//! REST and GraphQL build on this crate. It has no routes and knows nothing of either.

pub mod body;
pub mod caller;
pub mod change;
pub mod head;
pub mod idempotency;
pub mod json;
pub mod origin;
pub mod path;
pub mod problem;
pub mod rate_limit;
pub mod state;
