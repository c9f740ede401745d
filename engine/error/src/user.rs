//! Errors that the caller can mend: each has a stable code, a status and words that are safe to show.

use tessera_schema::violation::{Pointer, Violation};

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
    /// Records that the caller sees, and on which the rules of the roles do not allow what is done; each with its place in the input.
    #[error("{}", first_message(.violations, "your role may not do this with the record"))]
    ForbiddenRecords {
        /// `create`, `update`, …
        action: &'static str,
        violations: Vec<Violation>,
    },
    /// The password was right.
    #[error("an operator has disabled this account")]
    AccountDisabled,
    #[error("an operator has suspended this tenant")]
    TenantSuspended,
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
    #[error(
        "the headers are larger than {limit} bytes together, or there are more than 100 of them"
    )]
    HeadersTooLarge { limit: usize },
    #[error("a body in this form is not understood here; send {expected}")]
    UnsupportedMediaType { expected: &'static str },
    /// Understood, but some values are not allowed.
    #[error("{}", first_message(.0, "some values are not allowed"))]
    Invalid(Vec<Violation>),
    #[error("too many attempts failed; try again in {retry_after} s")]
    TooManyRequests { retry_after: u64 },
    /// A rate limit is reached: that of the address, the caller or the tenant.
    #[error("too many requests of this {of}; try again in {retry_after} s")]
    RateLimited { retry_after: u64, of: &'static str },
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
            Self::Forbidden { .. } | Self::ForbiddenRecords { .. } => "forbidden",
            Self::AccountDisabled => "account_disabled",
            Self::TenantSuspended => "tenant_suspended",
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
            Self::RateLimited { .. } => "rate_limited",
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
            Self::Forbidden { .. }
            | Self::ForbiddenRecords { .. }
            | Self::AccountDisabled
            | Self::TenantSuspended
            | Self::SignupClosed => 403,
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
            Self::TooManyRequests { .. } | Self::RateLimited { .. } => 429,
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
            Self::Forbidden { .. } | Self::ForbiddenRecords { .. } => "Not allowed",
            Self::AccountDisabled => "Account disabled",
            Self::TenantSuspended => "Tenant suspended",
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
            Self::RateLimited { .. } => "Rate limit reached",
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
            Self::ForbiddenRecords {
                action: "update",
                violations: Vec::new(),
            },
            Self::AccountDisabled,
            Self::TenantSuspended,
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
            Self::RateLimited {
                retry_after: 1,
                of: "address",
            },
            Self::Unavailable,
            Self::TimedOut,
        ]
    }

    /// What was tried with the records that it may not be done with.
    #[must_use]
    pub const fn action(&self) -> Option<&'static str> {
        match self {
            Self::ForbiddenRecords { action, .. } => Some(action),
            _ => None,
        }
    }

    /// Each bad value with its place.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::Malformed(all)
            | Self::Conflict(all)
            | Self::Invalid(all)
            | Self::ForbiddenRecords {
                violations: all, ..
            } => all,
            _ => &[],
        }
    }
}

fn first_message<'a>(violations: &'a [Violation], otherwise: &'a str) -> &'a str {
    violations.first().map_or(otherwise, |v| v.message.as_str())
}
