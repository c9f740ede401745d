//! What goes wrong before there is a GraphQL answer: problem+json (RFC 9457), as over REST.

use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tessera_engine::error::{Error, UserError};
use tessera_engine::problem;

#[derive(Debug)]
pub(crate) struct Problem {
    error: Error,
    /// The methods that are allowed, where another was tried.
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
    pub(crate) fn method(method: &Method, allow: &'static str) -> Self {
        let error = UserError::MethodNotAllowed {
            method: method.to_string(),
        };
        Self {
            error: error.into(),
            allow: Some(allow),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let problem = problem::Problem::of(&self.error);
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
