//! One's own account: profile, password and sessions.

use axum::body::Body;
use axum::http::{HeaderName, Method};
use serde_json::{Value, json};
use tessera_identity::SignupPolicy;

use crate::client::{Answer, Client};

const ANN: &str = "ann@example.com";
const BOB: &str = "bob@example.com";

async fn sign_up(client: &Client, slug: &str, email: &str) -> Value {
    let request = json!({
        "tenant_name": slug, "tenant_slug": slug, "email": email, "password": "password",
    });
    let answer = client.post("/api/v1/auth/signup", request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

async fn login(client: &Client, email: &str, password: &str, tenant: &str) -> Answer {
    let credentials = json!({"email": email, "password": password, "tenant": tenant});
    client.post("/api/v1/auth/login", credentials).await
}

/// A request of somebody who is signed in.
async fn ask(client: &Client, session: &Value, method: Method, path: &str, body: Value) -> Answer {
    let bearer = format!("Bearer {}", session["access_token"].as_str().unwrap());
    let headers: [(HeaderName, &str); 2] = [
        (axum::http::header::AUTHORIZATION, &bearer),
        (axum::http::header::CONTENT_TYPE, "application/json"),
    ];
    let body = if body.is_null() {
        Body::empty()
    } else {
        body.to_string().into()
    };
    client
        .send_with(method, &format!("/api/v1/{path}"), &headers, body)
        .await
}

#[tokio::test]
async fn a_profile_is_changed_part_by_part() {
    let client = Client::new(SignupPolicy::Open).await;
    let acme = sign_up(&client, "acme", ANN).await;
    let beta = sign_up(&client, "beta", ANN).await;
    let bob = sign_up(&client, "gamma", BOB).await;
    let change = json!({
        "name": "Ann Lee", "language": "ru", "time_zone": "Europe/Riga", "preferences": {"theme": "dark", "rows": [1.5]},
    });
    let changed = ask(&client, &acme, Method::PATCH, "auth/me", change).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let user = json!({
        "id": acme["user"]["id"], "email": ANN, "name": "Ann Lee", "language": "ru", "time_zone": "Europe/Riga",
    });
    assert_eq!(changed.body["user"], user);
    let of = async |session: &Value| {
        ask(&client, session, Method::GET, "auth/me", Value::Null)
            .await
            .body
    };
    assert_eq!(of(&acme).await, changed.body);
    // A person is the same in each of their tenants; what the page remembers is each tenant's.
    let there = of(&beta).await;
    assert_eq!((&there["user"], &there["preferences"]), (&user, &json!({})));
    assert_eq!(of(&bob).await["user"]["language"], Value::Null);
    // Records name them so too.
    for session in [&acme, &beta] {
        let users = ask(&client, session, Method::GET, "users", Value::Null).await;
        assert_eq!(users.body["data"][0]["name"], "Ann Lee", "{}", users.body);
    }

    let part = ask(
        &client,
        &acme,
        Method::PATCH,
        "auth/me",
        json!({"language": null}),
    )
    .await;
    assert_eq!(part.body["user"]["language"], Value::Null);
    assert_eq!(part.body["user"]["time_zone"], "Europe/Riga");
    assert_eq!(part.body["preferences"]["theme"], "dark");
    let emptied = ask(
        &client,
        &acme,
        Method::PATCH,
        "auth/me",
        json!({"preferences": null}),
    )
    .await;
    assert_eq!(emptied.body["preferences"], json!({}));
}

#[tokio::test]
async fn all_that_is_wrong_with_a_profile_is_told_at_once() {
    let client = Client::new(SignupPolicy::Open).await;
    let ann = sign_up(&client, "acme", ANN).await;
    let large = "x".repeat(32 * 1024);
    for (change, status, places) in [
        (
            json!({"name": null, "language": "English", "time_zone": "Mars/Base", "preferences": {"a": large}}),
            422,
            vec![
                "/name required",
                "/language pattern",
                "/time_zone time_zone",
                "/preferences too_long",
            ],
        ),
        (json!({"name": " "}), 422, vec!["/name required"]),
        (
            json!({"time_zone": "+02:00"}),
            422,
            vec!["/time_zone time_zone"],
        ),
        (
            json!({"preferences": {"a": "\u{0}"}}),
            422,
            vec!["/preferences pattern"],
        ),
        (json!({"preferences": []}), 400, vec!["/preferences type"]),
        (
            json!({"email": "x@example.com"}),
            400,
            vec!["/email unknown_key"],
        ),
    ] {
        let answer = ask(&client, &ann, Method::PATCH, "auth/me", change.clone()).await;
        assert_eq!(
            (answer.status, answer.places()),
            (
                status,
                places.iter().map(|&place| place.to_owned()).collect()
            ),
            "{:.80}",
            change.to_string()
        );
    }
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let client = Client::new(SignupPolicy::Open).await;
    let here = sign_up(&client, "acme", ANN).await;
    let there = sign_up(&client, "beta", ANN).await;
    let bob = sign_up(&client, "gamma", BOB).await;
    for (change, places) in [
        (
            json!({"current": "passw0rd", "new": "correct horse"}),
            vec!["/current wrong_password"],
        ),
        (
            json!({"current": "", "new": "short"}),
            vec!["/current required", "/new too_short"],
        ),
        (json!({}), vec!["/current required", "/new required"]),
    ] {
        let refused = ask(&client, &here, Method::POST, "auth/password", change).await;
        assert_eq!(
            (refused.status, refused.places()),
            (422, places.iter().map(|&place| place.to_owned()).collect())
        );
    }
    let change = json!({"current": "password", "new": "correct horse"});
    let changed = ask(&client, &here, Method::POST, "auth/password", change).await;
    assert_eq!(changed.status, 204, "{}", changed.body);
    for (session, status) in [(&here, 200), (&there, 401), (&bob, 200)] {
        let me = ask(&client, session, Method::GET, "auth/me", Value::Null).await;
        assert_eq!(me.status, status);
        let token = json!({"refresh_token": session["refresh_token"]});
        let refreshed = client.post("/api/v1/auth/refresh", token).await;
        assert_eq!(refreshed.status, status);
    }
    assert_eq!(login(&client, ANN, "password", "acme").await.status, 401);
    assert_eq!(
        login(&client, ANN, "correct horse", "beta").await.status,
        200
    );
}

#[tokio::test]
async fn ones_own_sessions_are_listed_and_ended() {
    let client = Client::new(SignupPolicy::Open).await;
    let first = sign_up(&client, "acme", ANN).await;
    let there = sign_up(&client, "beta", ANN).await;
    let bob = sign_up(&client, "gamma", BOB).await;
    let here = login(&client, ANN, "password", "acme").await.body;
    let sessions = async |session: &Value| {
        let answer = ask(&client, session, Method::GET, "auth/sessions", Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["data"].as_array().unwrap().clone()
    };
    let listed = sessions(&here).await;
    let shown: Vec<_> = listed
        .iter()
        .map(|session| {
            (
                session["tenant"].as_str().unwrap(),
                session["current"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(shown, [("acme", true), ("beta", false), ("acme", false)]);
    let end = async |session: &Value, id: &Value| {
        let path = format!("auth/sessions/{}", id.as_str().unwrap());
        ask(&client, session, Method::DELETE, &path, Value::Null)
            .await
            .status
    };
    let (of_first, of_there) = (&listed[2]["id"], &listed[1]["id"]);
    assert_eq!(end(&bob, of_first).await, 404, "somebody else's");
    assert_eq!(end(&here, &json!("nothing")).await, 404);
    assert_eq!(end(&here, of_first).await, 204);
    assert_eq!(end(&here, of_first).await, 404, "it has ended");
    assert_eq!(end(&here, of_there).await, 204);
    for (session, status) in [(&first, 401), (&there, 401), (&here, 200), (&bob, 200)] {
        let me = ask(&client, session, Method::GET, "auth/me", Value::Null).await;
        assert_eq!(me.status, status);
    }
    assert_eq!(sessions(&here).await.len(), 1);
    // One's own may be ended so as well.
    assert_eq!(end(&here, &listed[0]["id"]).await, 204);
    let gone = ask(&client, &here, Method::GET, "auth/sessions", Value::Null).await;
    assert_eq!(gone.status, 401);
}
