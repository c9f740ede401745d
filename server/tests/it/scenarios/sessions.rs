//! One person in two tenants, and the ends of their sessions.

use serde_json::{Value as Json, json};
use std::sync::Arc;

use crate::support::Tenant;
use crate::support::shared::Server;
use crate::support::tenant::PASSWORD;

#[tokio::test]
async fn one_address_in_two_tenants_and_the_end_of_a_session() {
    let tenant = Tenant::new().await;
    let other = Tenant::new().await;
    let guest = tenant.guest();
    let admit = tenant.run(&["user", "create", &tenant.email, "--tenant", &other.slug]);
    assert_eq!(admit.code, Some(0), "{admit:?}");
    let login = async |extra: Json| {
        let mut body = json!({"email": tenant.email, "password": PASSWORD});
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        guest.post("/api/v1/auth/login", body).await
    };
    let asked = login(json!({})).await;
    assert_eq!(asked.status, 409);
    let mut slugs = [tenant.slug.as_str(), other.slug.as_str()];
    slugs.sort_unstable();
    assert_eq!(asked.body["tenants"], json!(slugs));
    let here = login(json!({"tenant": tenant.slug})).await.ok();
    let there = login(json!({"tenant": other.slug})).await.ok();
    assert_eq!(there["tenant"]["slug"], other.slug.as_str());
    let there = guest.with_token(&there["access_token"]);
    let enable = there.post("/api/v1/metadata/modules/projects/enable", json!({}));
    assert_eq!(enable.await.status, 403, "a member there");

    let refresh = async |session: &Json| {
        let body = json!({"refresh_token": session["refresh_token"]});
        guest.post("/api/v1/auth/refresh", body).await
    };
    let refreshed = refresh(&here).await.ok();
    // Two tabs, or an answer that was lost.
    let again = refresh(&here).await.ok();
    assert_eq!(again["refresh_token"], refreshed["refresh_token"]);
    let refreshed = refresh(&refreshed).await.ok();
    assert_eq!(refresh(&here).await.status, 401, "used after its successor");
    assert_eq!(
        refresh(&refreshed).await.status,
        401,
        "the whole family has ended"
    );
    for token in [
        json!("x"),
        json!("a.b.c"),
        json!(format!("{}x", refreshed["access_token"].as_str().unwrap())),
    ] {
        assert_eq!(
            guest.with_token(&token).get("/api/v1/auth/me").await.status,
            401,
            "{token}"
        );
    }
    there
        .post("/api/v1/auth/logout", json!({}))
        .await
        .no_content();
    assert_eq!(there.get("/api/v1/auth/me").await.status, 401);
    assert_eq!(
        tenant.get("/api/v1/auth/me").await.status,
        200,
        "another session of the same person"
    );
}

#[tokio::test]
async fn failed_attempts_wait_and_say_how_long() {
    // A server of its own: failures count for the address, which all tests share.
    let server = Arc::new(Server::start().await);
    let tenant = Tenant::at(Arc::clone(&server)).await;
    let guest = tenant.guest();
    let login = async |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        guest.post("/api/v1/auth/login", body).await
    };
    // Somebody who has not signed in from here yet.
    let email = format!("new@{}.example", tenant.slug);
    let create = [
        "user",
        "create",
        &email,
        "--tenant",
        &tenant.slug,
        "--password",
        PASSWORD,
    ];
    assert_eq!(tenant.run(&create).code, Some(0));
    for _ in 0..5 {
        assert_eq!(login(&email, "wrong password").await.status, 401);
    }
    let mut database = server.database.superuser().await;
    let mut failed_in = async |interval: &str| {
        sqlx::query("update platform.sign_in_attempts set failed_at = now() + $1::interval")
            .bind(interval)
            .execute(&mut database)
            .await
            .unwrap();
    };
    // However slow the machine is, the wait has not passed.
    failed_in("1 hour").await;
    for password in ["wrong password", PASSWORD] {
        let refused = login(&email, password).await;
        assert_eq!(refused.status, 429, "{}", refused.text);
        assert_eq!(refused.body["type"], "/problems/too_many_requests");
        let seconds: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=30).contains(&seconds), "{seconds}");
    }
    login(&tenant.email, PASSWORD).await.ok();
    failed_in("-1 second").await;
    login(&email, PASSWORD).await.ok();
}
