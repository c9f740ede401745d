//! What Postgres, or the way to it, says instead of rows; whichever driver heard it.

use sqlx::postgres::{PgDatabaseError, PgSeverity};
use std::error::Error as StdError;
use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);
use tokio_postgres::error::Severity;

/// Why a statement gave no rows.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Postgres said no.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// The way to Postgres is gone, or there is none: what became of the statement is not known.
    #[error("the database is away: {0}")]
    Away(#[source] Box<dyn StdError + Send + Sync>),
    /// What was sent or came back was not understood.
    #[error(transparent)]
    Misunderstood(Box<dyn StdError + Send + Sync>),
}

/// A statement that Postgres refused, in its words.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The SQLSTATE.
    pub code: String,
    pub message: String,
    pub detail: Option<String>,
    pub constraint: Option<String>,
    /// Whether it ended the session too.
    pub fatal: bool,
}

impl Failure {
    /// The SQLSTATE of what Postgres itself refused.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.refusal().map(|refusal| refusal.code.as_str())
    }

    #[must_use]
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Away(_) | Self::Misunderstood(_) => None,
        }
    }

    /// Logs why the database is away, once a second at most: every request fails for the same reason.
    pub fn log_as_away(&self) {
        static LAST: Mutex<Option<Instant>> = Mutex::new(None);
        let now = Instant::now();
        let mut last = LAST.lock().expect("nothing panics with the time");
        if last.is_none_or(|last| now - last >= SECOND) {
            *last = Some(now);
            tracing::warn!(reason = %self, "the database cannot be used; requests are answered with 503");
        }
    }

    /// A statement that always gives a row gave none.
    #[must_use]
    pub fn no_row() -> Self {
        sqlx::Error::RowNotFound.into()
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(told) => match told.try_downcast::<PgDatabaseError>() {
                Ok(told) => Self::Refused(Box::new(Refusal {
                    code: told.code().to_owned(),
                    message: told.message().to_owned(),
                    detail: told.detail().map(str::to_owned),
                    constraint: told.constraint().map(str::to_owned),
                    fatal: matches!(told.severity(), PgSeverity::Fatal | PgSeverity::Panic),
                })),
                Err(other) => Self::Misunderstood(other.into()),
            },
            away @ (sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_)) => {
                Self::Away(away.into())
            }
            other => Self::Misunderstood(other.into()),
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(told) = error.as_db_error() {
            let severity = told.parsed_severity();
            return Self::Refused(Box::new(Refusal {
                code: told.code().code().to_owned(),
                message: told.message().to_owned(),
                detail: told.detail().map(str::to_owned),
                constraint: told.constraint().map(str::to_owned),
                fatal: matches!(severity, Some(Severity::Fatal | Severity::Panic)),
            }));
        }
        let io = error.source().is_some_and(<dyn StdError>::is::<io::Error>);
        if io || error.is_closed() {
            Self::Away(error.into())
        } else {
            Self::Misunderstood(error.into())
        }
    }
}
