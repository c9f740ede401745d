//! An error as every face shows it: problem details (RFC 9457).

use serde::Serialize;
use tessera_schema::violation::Violation;

use crate::error::{Error, UserError};

/// After so many seconds it is worth trying again where the service is not ready, or another run of the request is under way.
const RETRY_SOON: u64 = 2;

/// The body of a refusal.
#[derive(Debug, Serialize)]
pub struct Problem<'e> {
    /// Relative to the server, where the page of that name explains it.
    r#type: String,
    title: &'e str,
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'e [Violation],
    /// The slugs to choose from.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tenants: &'e [String],
    /// Seconds after which trying again may help.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

impl<'e> Problem<'e> {
    /// What may be told of an error. Of a fault of ours that is nothing but that it happened, and the log has the rest.
    #[must_use]
    pub fn of(error: &'e Error) -> Self {
        match error {
            Error::User(error) => Self {
                r#type: problem_type(error.code()),
                title: error.title(),
                status: error.status(),
                detail: Some(error.to_string()),
                errors: error.violations(),
                tenants: match error {
                    UserError::TenantNeeded(slugs) => slugs,
                    _ => &[],
                },
                retry_after: match error {
                    UserError::TooManyRequests { retry_after } => Some(*retry_after),
                    UserError::IdempotencyInProgress => Some(RETRY_SOON),
                    other => (other.status() == 503).then_some(RETRY_SOON),
                },
            },
            Error::Internal(error) => {
                tracing::error!(%error, "a request failed through a fault of ours");
                Self {
                    r#type: problem_type("internal"),
                    title: "Internal error",
                    status: 500,
                    detail: None,
                    errors: &[],
                    tenants: &[],
                    retry_after: None,
                }
            }
        }
    }

    /// The body's JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("the body is text and numbers")
    }
}

fn problem_type(code: &str) -> String {
    format!("/problems/{code}")
}
