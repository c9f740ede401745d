//! Everything that can go wrong in the engine, once for both APIs.
//!
//! [`UserError`] is the caller's to mend: it has a stable code, a status and words that are safe to show.
//! [`InternalError`] is ours: it is logged and never shown.
//!
//! This crate does nothing itself. It must not know a model or a statement.

mod internal;
mod user;

use std::sync::Arc;
use tessera_postgres::failure::Failure;
use tessera_postgres::turns::NoTurn;

pub use internal::InternalError;
pub use user::UserError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    User(#[from] UserError),
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<Arc<Error>> for Error {
    fn from(shared: Arc<Error>) -> Self {
        match &*shared {
            Self::User(error) => error.clone().into(),
            Self::Internal(_) => InternalError::Shared(shared).into(),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Failure::from(error).into()
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match (&failure, failure.state()) {
            // The database is busy, away or restarting: nothing is wrong with the request or with us.
            (Failure::Away(_), _) | (_, Some("57P01" | "57P02" | "57P03" | "53300")) => {
                failure.log_as_away();
                UserError::Unavailable.into()
            }
            _ => InternalError::Database(failure).into(),
        }
    }
}

impl From<NoTurn> for Error {
    fn from(_: NoTurn) -> Self {
        UserError::Unavailable.into()
    }
}
