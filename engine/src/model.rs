//! A tenant's model in the database: its schema, its metadata rows, and every change to them.
//!
//! A request takes a [`snapshot`] from [`models`]. A [`change`] is worked out as an `edit` of definitions, planned into
//! `step`s between tables, and applied with its metadata rows (`store`) in one transaction.

pub mod builtin;
pub mod change;
pub mod provision;
pub mod transfer;
pub mod trigrams;
pub mod upgrade;

mod collated_indexes;
mod edit;
pub(crate) mod models;
mod obstacle;
pub(crate) mod plan;
mod search_indexes;
pub(crate) mod step;
pub(crate) mod store;
mod unfinished;
