//! Tenants' models as the database keeps them: the schema of a tenant, its metadata rows, and every change to them.
//!
//! A request takes a snapshot from [`models`]. A [`change`] is worked out as an `edit` of definitions, planned into `step`s
//! between tables, and applied with its metadata rows (`store`) in one transaction.
//!
//! This crate must not read or write records, nor know who asks: its callers check that.

pub mod before_commit;
pub mod builtin;
pub mod change;
pub mod models;
pub mod provision;
pub mod store;
pub mod tenant_types;
pub mod transfer;
pub mod trigrams;
pub mod usage;

mod change_indexes;
mod collated_indexes;
mod edit;
mod event_changes;
mod obstacle;
mod plan;
mod search_indexes;
mod step;
mod unfinished;
mod upgrade;
mod upkeep;
