//! Everything that can go wrong, once for both faces.
//!
//! [`UserError`] is the caller's to mend: it has a stable code, a status and words that are safe to show.
//! [`InternalError`] is ours: it is logged and never shown.

use std::sync::Arc;
use tessera_schema::violation::{Pointer, Violation};

use tessera_postgres::failure::Failure;
use tessera_postgres::json::Malformed;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    User(#[from] UserError),
    #[error(transparent)]
    Internal(#[from] InternalError),
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UserError {
    /// The request cannot be understood: not JSON, an unknown parameter, field or operator.
    #[error("{}", first_message(.0, "the request is malformed"))]
    Malformed(Vec<Violation>),
    #[error("sign in first: this needs a valid access token")]
    Unauthenticated,
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// The password was right, but the address belongs to several tenants; their slugs.
    #[error("this address belongs to several tenants: say which one in `tenant`")]
    TenantNeeded(Vec<String>),
    #[error("your role may not {action}")]
    Forbidden { action: &'static str },
    #[error("signing up is closed here; ask an administrator for an account")]
    SignupClosed,
    #[error("there is no such {what}, or it is not visible to you")]
    NotFound { what: &'static str },
    #[error("{method} is not possible here")]
    MethodNotAllowed { method: String },
    #[error("this answers in {offered}")]
    NotAcceptable { offered: &'static str },
    /// The values are well formed but clash with what is stored.
    #[error("{}", first_message(.0, "the request conflicts with what is stored"))]
    Conflict(Vec<Violation>),
    #[error("the record has been changed: its version is {current}, not {given}")]
    Stale { current: i32, given: i32 },
    /// A write by filter would touch more records than it was allowed to.
    #[error("the filter finds {matched} records, and at most {most} may be touched: none was")]
    TooManyMatched { matched: i64, most: u32 },
    #[error("a request with this Idempotency-Key is under way; try again shortly")]
    IdempotencyInProgress,
    /// Something was committed under the key, and the answer lost.
    #[error(
        "a request with this Idempotency-Key was cut short after it had changed something: look at what is there, and use another key for what is left to do"
    )]
    IdempotencyInterrupted,
    #[error("this Idempotency-Key belongs to another request: use a new key for each")]
    IdempotencyKeyReused,
    /// `If-Match` named another version.
    #[error("the record has been changed since you read it: its version is now {current}")]
    PreconditionFailed { current: i32 },
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the address is longer than {limit} bytes: send less in the query")]
    UriTooLong { limit: usize },
    #[error("the headers are larger than {limit} bytes together")]
    HeadersTooLarge { limit: usize },
    #[error("this media type is not understood here; send {expected}")]
    UnsupportedMediaType { expected: &'static str },
    /// Understood, but some values are not allowed.
    #[error("{}", first_message(.0, "some values are not allowed"))]
    Invalid(Vec<Violation>),
    #[error("too many attempts failed; try again in {retry_after} s")]
    TooManyRequests { retry_after: u64 },
    #[error("the service is busy or starting; try again shortly")]
    Unavailable,
    /// The statement ran longer than a request may take.
    #[error("the request took longer than allowed; ask for less at once")]
    TimedOut,
}

impl UserError {
    pub fn malformed(pointer: Pointer, code: &'static str, message: impl Into<String>) -> Self {
        Self::Malformed(vec![Violation::new(pointer, code, message)])
    }

    pub fn invalid(pointer: Pointer, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(pointer, code, message)])
    }

    pub fn conflict(pointer: Pointer, code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict(vec![Violation::new(pointer, code, message)])
    }

    /// Stable; the last part of the problem's `type` and GraphQL's `extensions.code`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Unauthenticated => "unauthenticated",
            Self::WrongCredentials => "wrong_credentials",
            Self::TenantNeeded(_) => "tenant_needed",
            Self::Forbidden { .. } => "forbidden",
            Self::SignupClosed => "signup_closed",
            Self::NotFound { .. } => "not_found",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::NotAcceptable { .. } => "not_acceptable",
            Self::Conflict(_) => "conflict",
            Self::Stale { .. } => "stale_version",
            Self::TooManyMatched { .. } => "too_many_matched",
            Self::IdempotencyInProgress => "idempotency_in_progress",
            Self::IdempotencyInterrupted => "idempotency_interrupted",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::PreconditionFailed { .. } => "precondition_failed",
            Self::TooLarge { .. } => "too_large",
            Self::UriTooLong { .. } => "uri_too_long",
            Self::HeadersTooLarge { .. } => "headers_too_large",
            Self::UnsupportedMediaType { .. } => "unsupported_media_type",
            Self::Invalid(_) => "invalid",
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Unauthenticated | Self::WrongCredentials => 401,
            Self::Forbidden { .. } | Self::SignupClosed => 403,
            Self::NotFound { .. } => 404,
            Self::MethodNotAllowed { .. } => 405,
            Self::NotAcceptable { .. } => 406,
            Self::TenantNeeded(_)
            | Self::Conflict(_)
            | Self::Stale { .. }
            | Self::TooManyMatched { .. }
            | Self::IdempotencyInProgress
            | Self::IdempotencyInterrupted => 409,
            Self::PreconditionFailed { .. } => 412,
            Self::TooLarge { .. } => 413,
            Self::UriTooLong { .. } => 414,
            Self::HeadersTooLarge { .. } => 431,
            Self::UnsupportedMediaType { .. } => 415,
            Self::Invalid(_) | Self::IdempotencyKeyReused => 422,
            Self::TooManyRequests { .. } => 429,
            Self::Unavailable | Self::TimedOut => 503,
        }
    }

    /// What kind of problem it is, the same words for each occurrence.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "The request is malformed",
            Self::Unauthenticated => "Not authenticated",
            Self::WrongCredentials => "Wrong e-mail address or password",
            Self::TenantNeeded(_) => "Which tenant?",
            Self::Forbidden { .. } => "Not allowed",
            Self::SignupClosed => "Signing up is closed",
            Self::NotFound { .. } => "Not found",
            Self::MethodNotAllowed { .. } => "Method not allowed",
            Self::NotAcceptable { .. } => "Not acceptable",
            Self::Conflict(_) => "Conflict",
            Self::Stale { .. } => "Stale version",
            Self::TooManyMatched { .. } => "Too many records matched",
            Self::IdempotencyInProgress => "Under way",
            Self::IdempotencyInterrupted => "Cut short",
            Self::IdempotencyKeyReused => "Idempotency-Key used before",
            Self::PreconditionFailed { .. } => "Precondition failed",
            Self::TooLarge { .. } => "Too large",
            Self::UriTooLong { .. } => "Address too long",
            Self::HeadersTooLarge { .. } => "Headers too large",
            Self::UnsupportedMediaType { .. } => "Unsupported media type",
            Self::Invalid(_) => "Invalid values",
            Self::TooManyRequests { .. } => "Too many requests",
            Self::Unavailable => "Unavailable",
            Self::TimedOut => "Timed out",
        }
    }

    /// One error of each kind, for whoever has to say something about all of them.
    #[must_use]
    pub fn one_of_each() -> Vec<Self> {
        vec![
            Self::Malformed(Vec::new()),
            Self::Unauthenticated,
            Self::WrongCredentials,
            Self::TenantNeeded(Vec::new()),
            Self::Forbidden { action: "do this" },
            Self::SignupClosed,
            Self::NotFound { what: "record" },
            Self::MethodNotAllowed {
                method: "PUT".to_owned(),
            },
            Self::NotAcceptable {
                offered: "application/json",
            },
            Self::Conflict(Vec::new()),
            Self::Stale {
                current: 2,
                given: 1,
            },
            Self::TooManyMatched {
                matched: 2,
                most: 1,
            },
            Self::IdempotencyInProgress,
            Self::IdempotencyInterrupted,
            Self::IdempotencyKeyReused,
            Self::PreconditionFailed { current: 2 },
            Self::TooLarge { limit: 1 },
            Self::UriTooLong { limit: 1 },
            Self::HeadersTooLarge { limit: 1 },
            Self::UnsupportedMediaType {
                expected: "application/json",
            },
            Self::Invalid(Vec::new()),
            Self::TooManyRequests { retry_after: 1 },
            Self::Unavailable,
            Self::TimedOut,
        ]
    }

    /// Each bad value with its place.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::Malformed(all) | Self::Conflict(all) | Self::Invalid(all) => all,
            _ => &[],
        }
    }
}

fn first_message<'a>(violations: &'a [Violation], otherwise: &'a str) -> &'a str {
    violations.first().map_or(otherwise, |v| v.message.as_str())
}

/// A fault of ours or of what we stand on. `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    #[error("database: {0}")]
    Database(#[from] Failure),
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("a column's value: {0}")]
    Value(#[from] Malformed),
    #[error("stored metadata cannot be read: {0}")]
    Metadata(String),
    #[error("password hashing failed: {0}")]
    Password(String),
    #[error("token signing failed: {0}")]
    Token(String),
    #[error("a request panicked: {0}")]
    Panic(String),
    /// The model a request was worked out from is no longer the tenant's; the request runs again on the new one.
    #[error("the model has changed")]
    ModelChanged,
    /// A value that was checked does not fit the parameter it is for.
    #[error("a statement's parameter has no value")]
    Unbound,
    /// Two writes stood in each other's way, and the same write again may well succeed. With what to tell where it does not.
    #[error("another write came in between")]
    Collision(UserError),
    /// Work on all tenants failed for these.
    #[error("not done for the tenants {0}; the log says why")]
    Unfinished(String),
    #[error("a background task ended: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// One failed read that several requests had been waiting for.
    #[error(transparent)]
    Shared(Arc<Error>),
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
