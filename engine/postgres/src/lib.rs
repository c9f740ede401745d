//! Postgres as the engine uses it: connections, the lanes that run tenants' statements, rows, and values as JSON.
//!
//! This crate knows no model and no table of a tenant.

pub mod database;
pub mod failure;
pub mod json;
pub mod lanes;
pub mod param;
pub mod row;
pub mod slow;
pub mod turns;
