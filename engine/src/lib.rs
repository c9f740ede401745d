//! What happens to records: who asks, which model holds, which statement answers.
//!
//! The two faces (`rest`, `graphql`) turn requests into this crate's words and its results back; nothing here
//! knows HTTP or GraphQL. What a model *is* stands in `tessera-schema`.

pub mod cursor;
pub mod database;
pub mod doctor;
pub mod engine;
pub mod error;
pub mod failure;
pub mod idempotency;
pub mod identity;
pub mod json;
pub mod lanes;
pub mod model;
pub mod param;
pub mod plan;
pub mod principal;
pub mod problem;
pub mod query;
pub mod records;
pub mod row;
mod slow;
pub mod tenant;
pub mod transaction;
pub mod write;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod golden;
mod load;
mod retry;
mod run;
mod sql;
