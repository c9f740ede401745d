//! A client that calls the router directly.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, Method, Request};
use serde_json::Value;
use tessera_engine::engine::Engine;
use tessera_http::state::Api;
use tessera_identity::{Identity, SignupPolicy};
use tower::ServiceExt as _;

use crate::support::TestDatabase;

pub(crate) struct Client {
    router: Router,
    pub(crate) token: Option<String>,
    _database: TestDatabase,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// Null where there is none.
    pub(crate) body: Value,
}

impl Client {
    pub(crate) async fn new(signup: SignupPolicy) -> Self {
        let database = TestDatabase::create().await;
        let identity = Identity::new(database.pool.clone(), b"a secret of these tests", signup);
        let api = Api::new(Engine::new(database.pool.clone(), identity));
        Self {
            router: tessera_rest::router(api),
            token: None,
            _database: database,
        }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        let json = [(CONTENT_TYPE, "application/json")];
        self.send_with(method, path, &json, body).await
    }

    /// A request with these headers, and `Authorization` where there is a token.
    pub(crate) async fn send_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(body.into()).unwrap();
        let (parts, body) = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: if bytes.is_empty() {
                Value::Null
            } else {
                serde_json::from_slice(&bytes).unwrap()
            },
        }
    }
}

impl Answer {
    /// `pointer code` of each bad value.
    pub(crate) fn places(&self) -> Vec<String> {
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| {
                let text = |key: &str| error[key].as_str().unwrap().to_owned();
                format!("{} {}", text("pointer"), text("code"))
            })
            .collect()
    }
}
