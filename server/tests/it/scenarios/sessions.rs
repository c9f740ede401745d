//! One person in two tenants, and the ends of their sessions.

use serde_json::{Value as Json, json};

use crate::support::Tenant;
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
    assert_eq!(
        there.get("/api/v1/metadata/objects").await.status,
        403,
        "a member there"
    );

    let refreshed = guest
        .post(
            "/api/v1/auth/refresh",
            json!({"refresh_token": here["refresh_token"]}),
        )
        .await
        .ok();
    let reused = guest
        .post(
            "/api/v1/auth/refresh",
            json!({"refresh_token": here["refresh_token"]}),
        )
        .await;
    assert_eq!(reused.status, 401);
    let ended = guest
        .post(
            "/api/v1/auth/refresh",
            json!({"refresh_token": refreshed["refresh_token"]}),
        )
        .await;
    assert_eq!(ended.status, 401, "the whole family has ended");
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
