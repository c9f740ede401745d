//! Errors as `application/problem+json` (RFC 9457).

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use tessera_engine::error::Error;
use tessera_engine::problem;

pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// An error on its way to the client.
#[derive(Debug)]
pub struct Problem(pub Error);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let problem = problem::Problem::of(&self.0);
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
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use serde_json::{Value, json};
    use tessera_engine::error::{InternalError, UserError};
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
