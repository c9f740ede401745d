//! The one door to records: how their tables enter a statement.
//!
//! [`entry`] puts a table, the condition on the bin and the caller's row rule ([`guard`]) into a statement at once. [`audit`] goes
//! through the finished text: a table that came in another way is a bug, and the statement does not run. [`mask`] hides values of
//! records that are seen; [`masks`] names those values.

pub(crate) mod audit;
pub(crate) mod entry;
pub(crate) mod guard;
#[cfg(test)]
pub(crate) mod left_out;
pub(crate) mod mask;
pub(crate) mod masks;
