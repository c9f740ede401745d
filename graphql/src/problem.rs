//! What goes wrong before there is a GraphQL answer: problem+json (RFC 9457), as over REST.

use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tessera_engine::error::{Error, UserError};

/// After so many seconds it is worth trying again where the service is not ready.
const RETRY_SOON: u64 = 2;

#[derive(Debug)]
pub(crate) enum Problem {
    Engine(Error),
    /// With the methods that are allowed.
    Method {
        method: String,
        allow: &'static str,
    },
    NotAcceptable,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        Self::Engine(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::Engine(Error::User(error)) => user(&error),
            Self::Engine(Error::Internal(error)) => {
                tracing::error!(%error, "a request failed through a fault of ours");
                let detail = "Something went wrong on our side; it has been logged.";
                respond(500, "internal", "Internal error", detail, &json!([]))
            }
            Self::Method { method, allow } => {
                let mut response = user(&UserError::MethodNotAllowed { method });
                response
                    .headers_mut()
                    .insert(ALLOW, HeaderValue::from_static(allow));
                response
            }
            Self::NotAcceptable => {
                let detail =
                    "This answers in application/graphql-response+json or application/json.";
                respond(406, "not_acceptable", "Not acceptable", detail, &json!([]))
            }
        }
    }
}

fn user(error: &UserError) -> Response {
    let violations = json!(error.violations());
    let mut response = respond(
        error.status(),
        error.code(),
        error.title(),
        &error.to_string(),
        &violations,
    );
    if error.status() == 401 {
        response
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let retry_after = match error {
        UserError::TooManyRequests { retry_after } => Some(*retry_after),
        UserError::Unavailable | UserError::TimedOut => Some(RETRY_SOON),
        _ => None,
    };
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn respond(
    status: u16,
    code: &str,
    title: &str,
    detail: &str,
    errors: &serde_json::Value,
) -> Response {
    let mut body = json!({
        "type": format!("/problems/{code}"),
        "title": title,
        "status": status,
        "detail": detail,
    });
    if errors.as_array().is_some_and(|errors| !errors.is_empty()) {
        body["errors"] = errors.clone();
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (
        status,
        [(CONTENT_TYPE, "application/problem+json")],
        body.to_string(),
    )
        .into_response()
}
