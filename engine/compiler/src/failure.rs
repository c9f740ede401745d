//! What a statement that failed means to the caller.

use tessera_error::{Error, InternalError, UserError};
use tessera_postgres::failure::Failure;
use tessera_schema::time_zone::TimeZone;
use tessera_schema::violation::Pointer;

/// The meaning of a failed statement, its constraints apart: the model has changed, or the request asks too much.
#[must_use]
pub fn explain(failure: Failure) -> Error {
    match failure.state() {
        // Undefined table or column, or a plan whose result type changed: the tables are those of another version.
        Some("42P01" | "42703" | "0A000") => InternalError::ModelChanged.into(),
        Some("57014") => UserError::TimedOut.into(),
        // Deadlocks and serialisation failures are nobody's fault: the same request may well succeed.
        Some("40001" | "40P01" | "55P03") => UserError::Unavailable.into(),
        // Limits of Postgres: too many columns, arguments, levels.
        Some(code) if code.starts_with("54") => UserError::malformed(
            Pointer::root(),
            "too_complex",
            "the request asks for more than one statement can do: ask for less at once",
        )
        .into(),
        // The one parameter that names something of Postgres's own.
        Some("22023") => {
            let unknown = TimeZone::unknown();
            let place = Pointer::root().key("time_zone");
            UserError::malformed(place, unknown.code, unknown.message).into()
        }
        // A value out of its type's range, where the limits of a type alone did not show it.
        Some(code) if code.starts_with("22") => UserError::invalid(
            Pointer::root(),
            "out_of_range",
            "a value is outside the range that can be stored or compared",
        )
        .into(),
        _ => failure.into(),
    }
}
