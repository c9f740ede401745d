//! Why stored records stand in the way of a change to their object, told to the admin.

use tessera_schema::violation::{Pointer, Violation};

use crate::error::{Error, UserError};
use crate::failure::Failure;

/// What Postgres refused while the steps of a change were taken.
pub(crate) fn explain(failure: Failure) -> Error {
    let (key, code, message) = match failure.state() {
        Some("23502") => (
            "required",
            "has_empty",
            "some records have no value here: give a default_value with a new field, or fill the records first",
        ),
        Some("23505") => (
            "unique",
            "has_duplicates",
            "some records have the same value here",
        ),
        Some("23514") => (
            "settings",
            "in_use",
            "some records have an option that would no longer be there",
        ),
        Some("22003") => (
            "settings",
            "in_use",
            "some records have a number that would no longer fit",
        ),
        Some("23503") => (
            "settings",
            "in_use",
            "some records point at something that is not there",
        ),
        Some("54000") => (
            "indexed",
            "too_long",
            "some records have a value that is too long for an index",
        ),
        // A table has room for 1,600 columns, and dropped ones count.
        Some("54011") => (
            "fields",
            "too_many",
            "the object has no room for more columns",
        ),
        _ => return failure.into(),
    };
    UserError::Conflict(vec![Violation::new(
        Pointer::root().key(key),
        code,
        message,
    )])
    .into()
}
