//! What can go wrong while seeding, in the words of who typed the command.

use tessera_error::{Error as EngineError, UserError};
use tessera_schema::violation::Violation;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the tenant's model has no `{0}`, which seed makes records of")]
    NoObject(&'static str),
    /// The tenant has changed a built-in object so that these values no longer fit.
    #[error("the tenant's model refuses seed's records of `{object}`: {}", list(.violations))]
    Refused {
        object: &'static str,
        violations: Vec<Violation>,
    },
    #[error("{0} has an account already, with a password of its own: seed leaves it alone")]
    AccountTaken(&'static str),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Error {
    /// An error of the engine that came of records of `object`.
    pub(crate) fn of(object: &'static str) -> impl Fn(EngineError) -> Self {
        move |error| match error {
            EngineError::User(UserError::NotFound { .. }) => Self::NoObject(object),
            EngineError::User(UserError::Invalid(violations) | UserError::Conflict(violations)) => {
                Self::Refused { object, violations }
            }
            other => other.into(),
        }
    }
}

fn list(violations: &[Violation]) -> String {
    let lines: Vec<String> = violations
        .iter()
        .take(10)
        .map(|v| format!("{} {}", v.pointer, v.message))
        .collect();
    lines.join("; ")
}
