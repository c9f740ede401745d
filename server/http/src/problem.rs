//! Errors as `application/problem+json` (RFC 9457).

use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::borrow::Cow;
use tessera_error::{Error, UserError};
use tessera_schema::violation::{Violation, listed};

pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// `Retry-After` in seconds while the server is not ready, or while another run of the request is under way.
const RETRY_SOON: u64 = 2;

/// An error on its way to the client.
#[derive(Debug)]
pub struct Problem {
    error: Error,
    /// The allowed methods, where the request used another.
    allow: Option<&'static str>,
}

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            allow: None,
        }
    }
}

impl Problem {
    /// A method that the route does not have. `allow` lists those it has.
    #[must_use]
    pub fn method_not_allowed(method: &Method, allow: &'static str) -> Self {
        Self {
            allow: Some(allow),
            ..Self::from(UserError::MethodNotAllowed {
                method: method.to_string(),
            })
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let problem = ProblemDetails::of(&self.error);
        let status = StatusCode::from_u16(problem.status).expect("errors have statuses of HTTP");
        let media_type = HeaderValue::from_static("application/problem+json");
        let mut response =
            (status, [(CONTENT_TYPE, media_type)], problem.to_json()).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = problem.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(methods) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(methods));
        }
        response
    }
}

/// The body of a refusal.
#[derive(Debug, Serialize)]
pub struct ProblemDetails<'e> {
    /// A path on this server, whose page explains the problem.
    r#type: String,
    title: &'e str,
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: Cow<'e, [Violation]>,
    /// What may not be done with the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    /// The slugs to choose from.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tenants: &'e [String],
    /// Seconds after which another attempt may succeed.
    #[serde(skip)]
    retry_after: Option<u64>,
}

impl<'e> ProblemDetails<'e> {
    /// The part of an error that its user may see. An internal error shows that it happened; the log has the rest.
    #[must_use]
    pub fn of(error: &'e Error) -> Self {
        match error {
            Error::User(error) => Self {
                r#type: problem_type(error.code()),
                title: error.title(),
                status: error.status(),
                detail: Some(error.to_string()),
                errors: listed(error.violations()),
                action: error.action(),
                tenants: match error {
                    UserError::TenantNeeded(slugs) => slugs,
                    _ => &[],
                },
                retry_after: match error {
                    UserError::TooManyRequests { retry_after }
                    | UserError::RateLimited { retry_after, .. } => Some(*retry_after),
                    UserError::IdempotencyInProgress => Some(RETRY_SOON),
                    other => (other.status() == 503).then_some(RETRY_SOON),
                },
            },
            Error::Internal(error) => {
                tracing::error!(%error, "a request failed through an internal error");
                Self {
                    r#type: problem_type("internal"),
                    title: "Internal error",
                    status: 500,
                    detail: None,
                    errors: Cow::Borrowed(&[]),
                    action: None,
                    tenants: &[],
                    retry_after: None,
                }
            }
        }
    }

    /// As it is sent.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("the body is text and numbers")
    }
}

fn problem_type(code: &str) -> String {
    format!("/problems/{code}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use serde_json::{Value, json};
    use tessera_error::{InternalError, UserError};
    use tessera_schema::violation::Pointer;

    async fn body_of(response: Response) -> Value {
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn bad_values_are_told_with_their_places() {
        let error = UserError::conflict(Pointer::root().key("email"), "unique", "taken");
        let response = Problem::from(error).into_response();
        assert_eq!(response.status(), StatusCode::CONFLICT);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(
            body_of(response).await,
            json!({
                "type": "/problems/conflict",
                "title": "Conflict",
                "status": 409,
                "detail": "taken",
                "errors": [{"pointer": "/email", "code": "unique", "message": "taken"}],
            })
        );
    }

    #[tokio::test]
    async fn who_is_in_several_tenants_gets_their_slugs() {
        let error = UserError::TenantNeeded(vec!["acme".into(), "beta".into()]);
        let body = body_of(Problem::from(error).into_response()).await;
        assert_eq!(body["type"], "/problems/tenant_needed");
        assert_eq!(body["tenants"], json!(["acme", "beta"]));
        assert!(body.get("errors").is_none());
    }

    #[test]
    fn headers_say_how_to_go_on() {
        let header = |error: UserError, name| {
            let response = Problem::from(error).into_response();
            let value = response.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        let busy = UserError::TooManyRequests { retry_after: 30 };
        assert_eq!(header(busy, RETRY_AFTER).as_deref(), Some("30"));
        assert_eq!(
            header(UserError::Unavailable, RETRY_AFTER).as_deref(),
            Some("2")
        );
        for error in [UserError::Unauthenticated, UserError::WrongCredentials] {
            assert_eq!(header(error, WWW_AUTHENTICATE).as_deref(), Some("Bearer"));
        }
        assert_eq!(header(UserError::SignupClosed, WWW_AUTHENTICATE), None);
    }

    #[tokio::test]
    async fn a_fault_of_ours_says_nothing_about_itself() {
        let error = InternalError::Metadata("secret detail".into());
        let response = Problem::from(error).into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            body_of(response).await,
            json!({"type": "/problems/internal", "title": "Internal error", "status": 500})
        );
    }
}
