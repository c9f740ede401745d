//! The running process, seen from outside: started, asked over HTTP, and ended with the test.
//!
//! A test is a tenant: most share one server on one database, and each signs up for itself.

pub(crate) mod client;
pub(crate) mod process;
pub(crate) mod shared;
pub(crate) mod tenant;

pub(crate) use client::{Answer, Client, with_parameters};
pub(crate) use tenant::Tenant;
