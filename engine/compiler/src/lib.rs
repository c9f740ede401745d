//! Compiles reads and writes of records: each becomes one SQL statement, whose answer this crate also reads.
//!
//! A request is a query tree ([`query::tree`]) or a [`Write`](write::Write) on a [`Snapshot`](snapshot::Snapshot) of a tenant's
//! model. Identifiers reach a statement through [`sql`] only, values through slots ([`bind`], [`statement`]).
//!
//! This crate runs nothing: it must not know tokio, sqlx, or how a model is stored.

mod access;
pub mod bind;
pub mod cost;
pub mod cursor;
pub mod failure;
pub mod names;
pub mod plan;
pub mod planning;
pub mod query;
pub mod snapshot;
pub mod sql;
pub mod statement;
pub mod tenant;
pub mod trigrams;
mod views;
pub mod write;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod golden;
