//! Requests worked out once: what a request of some shape comes to, kept for all others of that shape.
//!
//! `shape` says what a plan depends on and what it does not; `cache` keeps plans, each with its snapshot of the model.

pub mod cache;
pub mod shape;
