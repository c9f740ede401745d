//! What a model is, from the outside: definitions, values, filters and orders, good and bad.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod aggregates;
mod definitions;
mod filters;
mod junk;
mod records;
mod rules;
mod settings;
mod sorts;
mod support;
mod values;
