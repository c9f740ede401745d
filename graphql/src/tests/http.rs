//! What HTTP alone decides, before anybody is known.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use sqlx::postgres::PgPoolOptions;
use tessera_engine::engine::Engine;
use tessera_identity::{Identity, SignupPolicy};
use tower::ServiceExt;

use super::support::block_on;

/// Sends a request to a server whose database is never asked.
fn send(method: &str, uri: &str, headers: &[(&str, &str)], body: &str) -> Response {
    block_on(async {
        let pool = PgPoolOptions::new()
            .connect_lazy("postgres://nobody@127.0.0.1:1/none")
            .expect("the address is well formed");
        let identity = Identity::new(
            pool.clone(),
            b"a secret of this test alone, 32 bytes",
            SignupPolicy::Closed,
        );
        let router = crate::router(Engine::new(pool, identity));
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Body::from(body.to_owned()))
            .expect("the request is well formed");
        router
            .oneshot(request)
            .await
            .expect("a router always answers")
    })
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

#[test]
fn nobody_is_let_in_without_a_token() {
    const QUERY: &str = r#"{"query":"{ __typename }"}"#;
    let json = ("content-type", "application/json");
    for headers in [
        &[json][..],
        &[json, ("authorization", "Basic x")],
        &[json, ("authorization", "Bearer x")],
        &[json, ("authorization", "x")],
    ] {
        let response = send("POST", "/graphql", headers, QUERY);
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{headers:?}");
        assert_eq!(header(&response, "www-authenticate"), "Bearer");
        assert_eq!(
            header(&response, "content-type"),
            "application/problem+json"
        );
    }
    assert_eq!(
        send("GET", "/graphql?query=%7B__typename%7D", &[], "").status(),
        StatusCode::UNAUTHORIZED
    );
}

#[test]
fn methods_and_media_types() {
    for method in ["PUT", "DELETE", "PATCH", "HEAD"] {
        let response = send(method, "/graphql", &[], "");
        assert_eq!(
            response.status(),
            StatusCode::METHOD_NOT_ALLOWED,
            "{method}"
        );
        assert_eq!(header(&response, "allow"), "GET, POST");
    }
    let response = send("POST", "/graphql", &[("content-type", "text/plain")], "{}");
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let response = send(
        "POST",
        "/graphql",
        &[
            ("content-type", "application/json"),
            ("accept", "text/html"),
        ],
        "{}",
    );
    assert_eq!(response.status(), StatusCode::NOT_ACCEPTABLE);
}
