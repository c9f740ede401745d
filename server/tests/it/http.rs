//! What holds for requests and answers whatever they are about: methods, heads, and headers of answers.

use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;

use crate::support::{Answer, Tenant};

const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
];

/// Every route; `{x}` is filled with something that may or may not be there.
const ROUTES: [&str; 37] = [
    "/",
    "/health",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/graphql",
    "/graphiql",
    "/assets/nothing.js",
    "/problems/invalid",
    "/api/v1/docs",
    "/api/v1/openapi.json",
    "/api/v1/search",
    "/api/v1/batch",
    "/api/v1/auth/login",
    "/api/v1/auth/refresh",
    "/api/v1/auth/logout",
    "/api/v1/auth/signup",
    "/api/v1/auth/me",
    "/api/v1/metadata/objects",
    "/api/v1/metadata/objects/contact",
    "/api/v1/metadata/objects/contact/fields",
    "/api/v1/metadata/objects/contact/fields/city",
    "/api/v1/metadata/field-types",
    "/api/v1/metadata/modules",
    "/api/v1/metadata/modules/nothing/enable",
    "/api/v1/contacts",
    "/api/v1/contacts/many",
    "/api/v1/contacts/aggregate",
    "/api/v1/contacts/upsert",
    "/api/v1/contacts/upsert/many",
    "/api/v1/contacts/01890a5d-ac96-774b-bcce-b302099a8057",
    "/api/v1/contacts/01890a5d-ac96-774b-bcce-b302099a8057/restore",
    "/api/v1/users",
    "/api/v1/users/many",
    "/api/v1/users/upsert",
    "/api/v1/users/01890a5d-ac96-774b-bcce-b302099a8057",
    "/api/v1/users/01890a5d-ac96-774b-bcce-b302099a8057/restore",
];

#[tokio::test]
async fn a_refused_method_is_told_those_that_are_possible() {
    let tenant = Tenant::new().await;
    for route in ROUTES {
        let mut possible = BTreeSet::new();
        let mut told = Vec::new();
        for method in METHODS {
            let request = tenant.request(method.parse().unwrap(), route);
            let request = match method {
                "POST" | "PATCH" => request.json(&json!({})),
                _ => request,
            };
            let answer = Answer::to(request).await;
            if answer.status != 405 {
                possible.insert(method.to_owned());
                continue;
            }
            let allow = answer.headers.get("allow");
            let allow = allow.unwrap_or_else(|| panic!("{method} {route} has no Allow"));
            let methods = allow.to_str().unwrap().split(',').map(str::trim);
            let methods = methods.filter(|method| !method.is_empty());
            told.push((
                method,
                methods.map(ToOwned::to_owned).collect::<BTreeSet<_>>(),
            ));
            if method != "HEAD" {
                let kind = &answer.body["type"];
                assert_eq!(kind, "/problems/method_not_allowed", "{method} {route}");
            }
        }
        assert!(!told.is_empty(), "{route}");
        for (method, allowed) in told {
            assert_eq!(allowed, possible, "{method} {route}");
        }
    }
    let batch = tenant.patch("/api/v1/batch", json!({})).await;
    assert_eq!((batch.status, batch.header("allow")), (405, "POST"));
}

#[tokio::test]
async fn answers_are_kept_by_nobody_and_taken_for_what_they_are() {
    let tenant = Tenant::new().await;
    let contact = tenant.id_of("contacts", json!({})).await;
    let one = format!("/api/v1/contacts/{contact}");
    for (path, kept) in [
        ("/health", "no-store"),
        ("/api/v1/contacts", "no-store"),
        ("/api/v1/nothings", "no-store"),
        ("/api/v1/auth/me", "no-store"),
        ("/graphql?query={__typename}", "no-store"),
        ("/api/v1/openapi.json", "private, no-cache"),
        ("/api/v1/metadata/objects", "no-store"),
        (one.as_str(), "private, no-cache"),
    ] {
        let answer = tenant.get(path).await;
        assert_eq!(answer.header("cache-control"), kept, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    let held = tenant.request(Method::GET, &one);
    let held = Answer::to(held.header("if-none-match", "\"1\"")).await;
    assert_eq!(held.status, 304);
    assert_eq!(held.header("cache-control"), "private, no-cache");
}

#[tokio::test]
async fn a_request_is_named_from_outside_only_by_a_plain_id() {
    let tenant = Tenant::new().await;
    for (given, kept) in [
        ("7f3c.A_b-9", true),
        ("with space", false),
        ("<script>", false),
        ("a\tb", false),
        (&*"x".repeat(129), false),
    ] {
        let request = tenant.request(Method::GET, "/api/v1/auth/me");
        let answer = Answer::to(request.header("x-request-id", given)).await;
        let named = answer.header("x-request-id");
        assert_eq!(named == given, kept, "{given}: {named}");
        assert!(!named.is_empty());
    }
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused_as_a_problem() {
    let tenant = Tenant::new().await;
    let long = "x".repeat(33 * 1024);
    for path in [
        format!("/api/v1/contacts?q={long}"),
        format!("/api/v1/{long}"),
        format!("/graphql?query={long}"),
    ] {
        let answer = tenant.get(&path).await;
        assert_eq!(answer.body["type"], "/problems/uri_too_long");
        assert_eq!(answer.status, 414);
    }
    let request = tenant.request(Method::GET, "/api/v1/contacts");
    let answer = Answer::to(request.header("x-padding", long)).await;
    assert_eq!(answer.body["type"], "/problems/headers_too_large");
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn too_many_headers_are_refused_as_a_problem() {
    let tenant = Tenant::new().await;
    let mut request = tenant.request(Method::GET, "/api/v1/contacts");
    for number in 0..200 {
        request = request.header(format!("x-header-{number}"), "x");
    }
    let answer = Answer::to(request).await;
    assert_eq!(
        (answer.status, &answer.body["type"]),
        (431, &json!("/problems/headers_too_large"))
    );
    assert_eq!(answer.header("connection"), "close");
}

#[tokio::test]
async fn a_body_is_not_taken_in_another_coding() {
    let tenant = Tenant::new().await;
    for path in [
        "/api/v1/contacts",
        "/api/v1/batch",
        "/api/v1/auth/login",
        "/api/v1/metadata/objects",
        "/graphql",
    ] {
        for coding in ["gzip", "br", "x-nothing", "identity, gzip"] {
            let request = tenant
                .request(Method::POST, path)
                .header("content-encoding", coding);
            let answer = Answer::to(request.json(&json!({}))).await;
            assert_eq!(answer.status, 415, "{path} {coding}: {}", answer.text);
            assert!(answer.text.contains("Content-Encoding"), "{}", answer.text);
        }
        let request = tenant
            .request(Method::POST, path)
            .header("content-encoding", "identity");
        let answer = Answer::to(request.json(&json!({}))).await;
        assert_ne!(answer.status, 415, "{path}: {}", answer.text);
    }
    let request = tenant
        .request(Method::GET, "/api/v1/contacts")
        .header("content-encoding", "gzip");
    assert_eq!(Answer::to(request).await.status, 200);
}
