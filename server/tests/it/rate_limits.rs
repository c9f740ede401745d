//! Rate limits of addresses, callers and tenants; and the headers of pages.

use reqwest::Method;
use serde_json::json;
use std::sync::Arc;

use crate::support::shared::Server;
use crate::support::{Answer, Client, Tenant};

/// A request from an address, as the proxy says.
async fn from(client: &Client, address: &str, path: &str) -> Answer {
    let request = client.request(Method::GET, path);
    Answer::to(request.header("x-forwarded-for", address)).await
}

async fn limited(settings: &[(&str, &str)]) -> Tenant {
    let all = [&[("TRUSTED_PROXIES", "127.0.0.1")][..], settings].concat();
    Tenant::at(Arc::new(Server::start_with(&all).await)).await
}

#[tokio::test]
async fn an_address_is_limited_whoever_asks_from_it() {
    let tenant = limited(&[("RATE_LIMIT_ADDRESS", "3/h")]).await;
    let guest = tenant.guest();
    let first = from(&tenant, "203.0.113.9", "/api/v1/contacts").await;
    assert_eq!(first.status, 200);
    assert!(
        first
            .header("ratelimit-policy")
            .starts_with("\"address\";q=3;w=3600")
    );
    assert!(first.header("ratelimit").starts_with("\"address\";r=2;t="));
    assert_eq!(
        from(&guest, "203.0.113.9", "/api/v1/contacts").await.status,
        401
    );
    assert_eq!(from(&guest, "203.0.113.9", "/health").await.status, 200);
    let refused = from(&tenant, "203.0.113.9", "/api/v1/contacts").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.body["type"], "/problems/rate_limited");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=1_200).contains(&seconds), "{seconds}");
    assert_eq!(
        from(&tenant, "203.0.113.10", "/api/v1/contacts")
            .await
            .status,
        200
    );
    for _ in 0..5 {
        let inside = from(&tenant, "10.0.0.7", "/api/v1/contacts").await;
        assert_eq!((inside.status, inside.header("ratelimit")), (200, ""));
    }
}

#[tokio::test]
async fn callers_and_tenants_are_limited_over_rest_and_graphql() {
    let off = ("RATE_LIMIT_ADDRESS", "off");
    let tenant = limited(&[
        off,
        ("RATE_LIMIT_CALLER", "4/h"),
        ("RATE_LIMIT_TENANT", "6/h"),
    ])
    .await;
    let key = json!({"name": "Import", "roles": ["member"]});
    let key = tenant.post("/api/v1/api-keys", key).await.created();
    let program = tenant.guest().with_token(&key["key"]);
    let query = "/graphql?query={__typename}";
    let mut addresses = (1..).map(|n| format!("203.0.113.{n}"));
    let mut ask = async |client: &Client, path: &str| {
        let address = addresses.next().unwrap();
        let answer = from(client, &address, path).await;
        (answer.status, answer.header("ratelimit").to_owned())
    };
    let (status, left) = ask(&tenant, "/api/v1/contacts").await;
    assert_eq!(status, 200);
    assert!(left.starts_with("\"caller\";r=3;t="), "{left}");
    assert!(left.contains("\"tenant\";r=5;t="), "{left}");
    for path in [query, "/api/v1/contacts", query] {
        assert_eq!(ask(&tenant, path).await.0, 200, "{path}");
    }
    for path in ["/api/v1/contacts", query] {
        assert_eq!(ask(&tenant, path).await.0, 429, "{path}");
    }
    // A key is another caller, of the same tenant.
    assert_eq!(ask(&program, "/api/v1/contacts").await.0, 200);
    assert_eq!(ask(&program, "/api/v1/contacts").await.0, 200);
    assert_eq!(ask(&program, "/api/v1/contacts").await.0, 429);
    assert_eq!(ask(&tenant.guest(), "/api/v1/contacts").await.0, 401);
}

#[tokio::test]
async fn answers_that_are_no_pages_allow_nothing() {
    let tenant = Tenant::new().await;
    for path in [
        "/api/v1/contacts",
        "/health",
        "/metrics",
        "/problems/forbidden",
        "/nothing",
    ] {
        let answer = tenant.get(path).await;
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("ratelimit"), "", "{path}: a private address");
    }
}
