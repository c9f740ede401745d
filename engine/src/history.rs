//! What happened to records, and undoing it: read from the events that every write leaves.
//!
//! An event holds the columns that a write changed, before and after it. So a record is followed backwards from the row that it
//! is now: each event's `before` lies over what the record was after it ([`state`]). States are shown by the statement that shows
//! records, so a value reads as it does elsewhere.

mod event;
mod state;

pub mod as_of;
pub mod changes;
pub mod record;
pub mod revert;
pub mod undo;
