//! Reads and writes records: the caller, the tenant's model, the SQL statement that answers.
//!
//! The APIs (`rest`, `graphql`) turn requests into calls of this crate, and its results into answers. Nothing here knows
//! GraphQL or HTTP, with two exceptions: a user error carries the HTTP status that suits it, and `idempotency` stores answers.
//! `tessera-schema` defines what a model is.

pub mod doctor;
pub mod engine;
pub mod executor;
pub mod explain;
pub mod history;
pub mod idempotency;
pub mod inputs;
pub mod migrations;
pub mod records;
pub mod request_context;
pub mod transaction;

mod acts;
mod load;
mod lock;
mod retry;
mod run;
