//! The routes under `/api/v1/auth`.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use tessera_identity::SignupPolicy;

use crate::client::{Answer, Client};

async fn sign_up(client: &Client, slug: &str) -> Answer {
    let request = json!({
        "tenant_name": "Acme", "tenant_slug": slug, "email": "ann@example.com", "password": "password",
    });
    client.post("/api/v1/auth/signup", request).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn from_signing_up_to_signing_out() {
    let mut client = Client::new(SignupPolicy::Open).await;
    let signed_up = sign_up(&client, "acme").await;
    assert_eq!(signed_up.status, 200, "{}", signed_up.body);
    assert_eq!(signed_up.headers["cache-control"], "no-store");
    let credentials = json!({"email": "ann@example.com", "password": "password"});
    let signed_in = client.post("/api/v1/auth/login", credentials).await;
    assert_eq!(signed_in.status, 200);
    let keys: Vec<&String> = signed_in.body.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "access_token",
            "token_type",
            "expires_in",
            "refresh_token",
            "user",
            "tenant"
        ]
    );
    assert_eq!(signed_in.body["token_type"], "Bearer");
    assert_eq!(signed_in.body["expires_in"], 900);
    let tenant = &signed_in.body["tenant"];
    assert_eq!(
        tenant,
        &json!({"id": tenant["id"], "slug": "acme", "name": "Acme"})
    );

    let refresh_token = &signed_in.body["refresh_token"];
    let refreshed = client
        .post(
            "/api/v1/auth/refresh",
            json!({"refresh_token": refresh_token}),
        )
        .await;
    assert_eq!(refreshed.status, 200);
    assert_ne!(&refreshed.body["refresh_token"], refresh_token);

    client.token = Some(text(&refreshed.body["access_token"]));
    let me = client.get("/api/v1/auth/me").await;
    assert_eq!(me.status, 200);
    let user = &me.body["user"];
    assert_eq!(
        me.body,
        json!({
            "user": {
                "id": user["id"], "email": "ann@example.com", "name": "ann", "language": null, "time_zone": null,
            },
            "tenant": tenant,
            "roles": [{"api_name": "admin", "name": "Admin"}],
            "permissions": {
                "model": true, "read": true, "write": true,
                "admin": ["model", "members", "roles", "keys", "modules", "plugins", "audit", "settings"],
            },
            "preferences": {},
        })
    );

    let out = client
        .send(Method::POST, "/api/v1/auth/logout", Body::empty())
        .await;
    assert_eq!((out.status, out.body), (204, Value::Null));
    assert_eq!(client.get("/api/v1/auth/me").await.status, 401);

    client.token = None;
    let token = &signed_up.body["refresh_token"];
    let by_refresh_token = json!({"refresh_token": token});
    let out = client
        .post("/api/v1/auth/logout", by_refresh_token.clone())
        .await;
    assert_eq!(out.status, 204);
    let ended = client.post("/api/v1/auth/refresh", by_refresh_token).await;
    assert_eq!(ended.status, 401);
}

#[tokio::test]
async fn nobody_gets_in_without_a_token() {
    let mut client = Client::new(SignupPolicy::Open).await;
    for token in [None, Some("x"), Some("a.b.c")] {
        client.token = token.map(Into::into);
        for answer in [
            client.get("/api/v1/auth/me").await,
            client
                .send(Method::POST, "/api/v1/auth/logout", Body::empty())
                .await,
        ] {
            assert_eq!(answer.status, 401);
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            assert_eq!(answer.body["type"], "/problems/unauthenticated");
        }
    }
}

#[tokio::test]
async fn several_tenants_are_listed_to_who_knows_the_password() {
    let client = Client::new(SignupPolicy::Open).await;
    for slug in ["beta", "acme"] {
        assert_eq!(sign_up(&client, slug).await.status, 200);
    }
    let credentials = json!({"email": "ann@example.com", "password": "password"});
    let asked = client.post("/api/v1/auth/login", credentials).await;
    assert_eq!(asked.status, 409);
    assert_eq!(asked.body["type"], "/problems/tenant_needed");
    assert_eq!(asked.body["tenants"], json!(["acme", "beta"]));

    let wrong = json!({"email": "ann@example.com", "password": "passw0rd"});
    let unknown = json!({"email": "bob@example.com", "password": "password"});
    let wrong = client.post("/api/v1/auth/login", wrong).await;
    let unknown = client.post("/api/v1/auth/login", unknown).await;
    assert_eq!((wrong.status, &wrong.body), (401, &unknown.body));
    assert_eq!(wrong.headers, unknown.headers);
}

#[tokio::test]
async fn bad_requests_are_told_what_to_mend() {
    let client = Client::new(SignupPolicy::Open).await;
    let empty = client.post("/api/v1/auth/signup", json!({})).await;
    assert_eq!(empty.status, 422);
    assert_eq!(
        empty.places(),
        [
            "/tenant_name required",
            "/tenant_slug required",
            "/email required",
            "/password required"
        ]
    );
    for (path, body, places) in [
        ("login", json!({"mail": "x"}), "/mail unknown_key"),
        ("login", json!({"email": 5}), "/email type"),
        ("refresh", json!({"token": "x"}), "/token unknown_key"),
        ("logout", json!({"refresh_token": 1}), "/refresh_token type"),
        ("signup", json!([]), " type"),
    ] {
        let answer = client.post(&format!("/api/v1/auth/{path}"), body).await;
        assert_eq!(answer.status, 400, "{path}");
        assert_eq!(answer.places(), [places], "{path}");
    }
    let answer = client.post("/api/v1/auth/refresh", json!({})).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.places(), ["/refresh_token required"]);
}

#[tokio::test]
async fn signing_up_may_be_closed() {
    let client = Client::new(SignupPolicy::Closed).await;
    let answer = sign_up(&client, "acme").await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.body["type"], "/problems/signup_closed");
}

#[tokio::test]
async fn wrong_paths_and_methods_are_problems_too() {
    let client = Client::new(SignupPolicy::Open).await;
    // What might name an object or a record is not told to strangers.
    for (path, status) in [
        ("/", 404),
        ("/api/v1", 404),
        ("/api/v1/auth", 401),
        ("/api/v1/auth/nothing", 401),
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    let answer = client.get("/api/v1/auth/login").await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.headers["allow"], "POST");
    assert_eq!(answer.body["type"], "/problems/method_not_allowed");
}
