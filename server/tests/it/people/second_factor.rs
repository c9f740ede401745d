//! The second factor: an authenticator app, and recovery codes.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use totp_rs::{Builder, Secret, Totp};

use super::id_of;
use crate::support::shared::Server;
use crate::support::tenant::PASSWORD;
use crate::support::{Answer, Client, Tenant};

fn app(enrolment: &Json) -> Totp {
    let secret = Secret::try_from_base32(enrolment["secret"].as_str().unwrap()).unwrap();
    Builder::new().with_secret(secret).build().unwrap()
}

/// A code of now, or of so many steps later.
fn code(app: &Totp, later: u64) -> String {
    let now = chrono::Utc::now().timestamp().unsigned_abs();
    app.generate(now + later * 30).to_string()
}

/// Turns a person's second factor on: the app, and the recovery codes.
async fn turn_on(client: &Client) -> (Totp, Vec<Json>) {
    let enrolment = client.post("/api/v1/auth/totp", json!({})).await.ok();
    let uri = enrolment["uri"].as_str().unwrap();
    assert!(
        uri.starts_with("otpauth://totp/") && uri.contains("issuer=Tessera"),
        "{uri}"
    );
    let app = app(&enrolment);
    let confirm = "/api/v1/auth/totp/confirm";
    let wrong = client.post(confirm, json!({"code": "000000"})).await;
    assert_eq!(wrong.refusal(), "422 /code wrong_code");
    let confirmed = client
        .post(confirm, json!({"code": code(&app, 0)}))
        .await
        .ok();
    let codes = confirmed["recovery_codes"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 10);
    (app, codes)
}

/// The token that the right password brings.
async fn password_of(tenant: &Tenant) -> Json {
    let credentials = json!({"email": tenant.email, "password": PASSWORD});
    let asked = tenant.guest().post("/api/v1/auth/login", credentials).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    assert_eq!(asked.body["methods"], json!(["totp", "recovery_code"]));
    assert_eq!(asked.body.get("access_token"), None);
    assert_eq!(asked.header("cache-control"), "no-store");
    asked.body["mfa_token"].clone()
}

async fn prove(tenant: &Tenant, token: &Json, code: &Json) -> Answer {
    let proof = json!({"mfa_token": token, "code": code});
    tenant.guest().post("/api/v1/auth/login/mfa", proof).await
}

#[tokio::test]
async fn the_password_alone_is_not_enough_and_a_code_is_good_once() {
    let tenant = Tenant::new().await;
    let (app, codes) = turn_on(&tenant).await;
    let again = tenant.post("/api/v1/auth/totp", json!({})).await;
    assert_eq!(again.refusal(), "409  second_factor");
    let token = password_of(&tenant).await;
    let as_access = tenant
        .guest()
        .with_token(&token)
        .get("/api/v1/auth/me")
        .await;
    assert_eq!(as_access.status, 401);
    // The step that confirmed it is used; the next one is accepted a little early.
    let next = json!(code(&app, 1));
    let signed_in = prove(&tenant, &token, &next).await.ok();
    assert_eq!(signed_in["tenant"]["slug"], tenant.slug.as_str());
    assert_eq!(
        prove(&tenant, &token, &next).await.refusal(),
        "422 /code wrong_code"
    );
    let written = json!(codes[0].as_str().unwrap().to_uppercase().replace('-', " "));
    let session = prove(&tenant, &token, &written).await.ok();
    assert_eq!(
        prove(&tenant, &token, &written).await.refusal(),
        "422 /code wrong_code"
    );
    assert_eq!(prove(&tenant, &json!("x"), &codes[1]).await.status, 401);
    let me = tenant.guest().with_token(&session["access_token"]);
    assert_eq!(id_of(&me).await, id_of(&tenant).await);

    // Nobody gets round it by founding another tenant with the password.
    let founding = json!({"tenant_name": "x", "tenant_slug": format!("{}x", tenant.slug), "email": tenant.email, "password": PASSWORD});
    let founded = tenant.guest().post("/api/v1/auth/signup", founding).await;
    assert_eq!(founded.status, 202);

    tenant.delete("/api/v1/auth/totp").await.no_content();
    assert_eq!(tenant.delete("/api/v1/auth/totp").await.status, 404);
    let credentials = json!({"email": tenant.email, "password": PASSWORD, "tenant": tenant.slug});
    tenant
        .guest()
        .post("/api/v1/auth/login", credentials)
        .await
        .ok();
    assert_eq!(
        prove(&tenant, &token, &codes[1]).await.refusal(),
        "422 /code wrong_code"
    );
}

#[tokio::test]
async fn guessing_codes_is_slow_and_the_right_password_forgives_nothing() {
    // A server of its own: failures count for the address, which all tests share.
    let server = Arc::new(Server::start().await);
    let tenant = Tenant::at(Arc::clone(&server)).await;
    let (_, codes) = turn_on(&tenant).await;
    let wrong = json!("123 456");
    for _ in 0..5 {
        let token = password_of(&tenant).await;
        assert_eq!(prove(&tenant, &token, &wrong).await.status, 422);
    }
    let mut database = server.database.superuser().await;
    sqlx::query("update platform.sign_in_attempts set failed_at = now() + interval '1 hour' where failures > 0")
        .execute(&mut database)
        .await
        .unwrap();
    let token = password_of(&tenant).await;
    for code in [&wrong, &codes[0]] {
        let refused = prove(&tenant, &token, code).await;
        assert_eq!(refused.status, 429, "{}", refused.text);
        assert!(refused.header("retry-after").parse::<u64>().is_ok());
    }
    let said = tenant.run(&["user", "remove-second-factor", &tenant.email]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let credentials = json!({"email": tenant.email, "password": PASSWORD});
    tenant
        .guest()
        .post("/api/v1/auth/login", credentials)
        .await
        .ok();
}

#[tokio::test]
async fn a_new_password_makes_the_question_void() {
    let tenant = Tenant::new().await;
    let (_, codes) = turn_on(&tenant).await;
    let token = password_of(&tenant).await;
    let change = json!({"current": PASSWORD, "new": "another horse"});
    tenant
        .post("/api/v1/auth/password", change)
        .await
        .no_content();
    assert_eq!(prove(&tenant, &token, &codes[0]).await.status, 401);
}
