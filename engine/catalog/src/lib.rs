//! Tenants' models as the database keeps them: the schema of a tenant, its metadata rows, and every change to them.
//!
//! A request takes a snapshot from [`models`]. A [`change`] is an `edit` of definitions. A `migration` turns it into `step`s
//! between tables, which are taken in one transaction with the metadata rows (`store`).
//!
//! This crate must not read or write records, nor know who asks: its callers check that.

pub mod before_commit;
pub mod builtin;
pub mod change;
pub mod models;
pub mod provision;
pub mod role_change;
pub mod roles;
pub mod store;
pub mod tenant_types;
pub mod transfer;
pub mod trigrams;
pub mod usage;

mod change_indexes;
mod collated_indexes;
mod edit;
mod event_changes;
mod migration;
mod obstacle;
mod search_indexes;
mod step;
mod unfinished;
mod upgrade;
mod upkeep;
