//! Errors as `application/problem+json` (RFC 9457).

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tessera_engine::error::{Error, InternalError, UserError};
use tessera_schema::violation::Violation;

pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// After so many seconds it is worth trying again where the service is not ready.
const RETRY_SOON: u64 = 2;

/// An error on its way to the client.
#[derive(Debug)]
pub struct Problem(pub Error);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

#[derive(Serialize)]
struct Body<'a> {
    /// Relative to the server, where the page of that name explains it.
    r#type: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [Violation],
    /// The slugs to choose from.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tenants: &'a [String],
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self.0 {
            Error::User(error) => user_error(&error),
            Error::Internal(error) => internal_error(&error),
        }
    }
}

fn user_error(error: &UserError) -> Response {
    let body = Body {
        r#type: problem_type(error.code()),
        title: error.title(),
        status: error.status(),
        detail: Some(error.to_string()),
        errors: error.violations(),
        tenants: match error {
            UserError::TenantNeeded(slugs) => slugs,
            _ => &[],
        },
    };
    let mut response = respond(&body);
    let headers = response.headers_mut();
    match (error, error.status()) {
        (_, 401) => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        (UserError::TooManyRequests { retry_after }, _) => {
            headers.insert(RETRY_AFTER, HeaderValue::from(*retry_after));
        }
        (_, 503) => {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_SOON));
        }
        _ => {}
    }
    response
}

/// Tells the log everything and the client nothing.
fn internal_error(error: &InternalError) -> Response {
    tracing::error!(%error, "a request failed through a fault of ours");
    respond(&Body {
        r#type: problem_type("internal"),
        title: "Internal error",
        status: StatusCode::INTERNAL_SERVER_ERROR.as_u16(),
        detail: None,
        errors: &[],
        tenants: &[],
    })
}

fn problem_type(code: &str) -> String {
    format!("/problems/{code}")
}

fn respond(body: &Body) -> Response {
    let status = StatusCode::from_u16(body.status).expect("errors have statuses of HTTP");
    let text = serde_json::to_vec(body).expect("the body is text and numbers");
    let media_type = HeaderValue::from_static("application/problem+json");
    (status, [(CONTENT_TYPE, media_type)], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use serde_json::{Value, json};
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
