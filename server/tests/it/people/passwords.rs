//! Forgotten passwords, and what an operator does to accounts and tenants.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

use crate::support::shared::Server;
use crate::support::tenant::PASSWORD;
use crate::support::{Answer, Client, Tenant};

async fn login(tenant: &Tenant, password: &str) -> Answer {
    let credentials = json!({"email": tenant.email, "password": password});
    tenant.guest().post("/api/v1/auth/login", credentials).await
}

/// The token of a link that the command line prints.
fn reset_token(tenant: &Tenant) -> Json {
    let said = tenant.run(&["user", "reset-link", &tenant.email]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let (page, token) = said.out.trim().rsplit_once("/reset/").unwrap();
    assert!(page.starts_with("http://"), "{page}");
    json!(token)
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_a_link_that_is_good_once() {
    let tenant = Tenant::new().await;
    let guest = tenant.guest();
    let reset = "/api/v1/auth/password/reset";
    let known = guest.post(reset, json!({"email": tenant.email})).await;
    let unknown = guest.post(reset, json!({"email": "x@example.com"})).await;
    assert_eq!((known.status, known.text), (202, String::new()));
    assert_eq!((unknown.status, unknown.text), (202, String::new()));
    assert_eq!(
        guest.post(reset, json!({})).await.refusal(),
        "422 /email required"
    );

    let (replaced, token) = (reset_token(&tenant), reset_token(&tenant));
    let confirm = "/api/v1/auth/password/reset/confirm";
    let set = async |token: &Json, password: &str| {
        let body = json!({"token": token, "password": password});
        guest.post(confirm, body).await
    };
    assert_eq!(set(&replaced, "another horse").await.status, 404);
    assert_eq!(
        set(&token, "short").await.refusal(),
        "422 /password too_short"
    );
    set(&token, "another horse").await.no_content();
    assert_eq!(set(&token, "a third horse").await.status, 404);
    assert_eq!(
        tenant.get("/api/v1/auth/me").await.status,
        401,
        "all sessions end"
    );
    assert_eq!(login(&tenant, PASSWORD).await.status, 401);
    login(&tenant, "another horse").await.ok();

    let old = reset_token(&tenant);
    let mut database = tenant.server.database.superuser().await;
    sqlx::query("update platform.password_resets set expires_at = now()")
        .execute(&mut database)
        .await
        .unwrap();
    assert_eq!(set(&old, "a third horse").await.status, 404);
    let nobody = tenant.run(&["user", "reset-link", "x@example.com"]);
    assert_eq!(nobody.code, Some(1));
    assert!(nobody.err.contains("nobody has the address"), "{nobody:?}");
}

/// Asks until the answer has a status: a server notices within 5 s.
async fn until(client: &Client, status: u16) -> Json {
    for _ in 0..40 {
        let answer = client.get("/api/v1/auth/me").await;
        if answer.status == status {
            return answer.body;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("it is never answered with {status}");
}

#[tokio::test]
async fn an_operator_disables_people_and_suspends_tenants() {
    let server = Arc::new(Server::start().await);
    let tenant = Tenant::at(Arc::clone(&server)).await;
    let key = json!({"name": "Import", "roles": ["member"]});
    let key = tenant.post("/api/v1/api-keys", key).await.created();
    let program = tenant.guest().with_token(&key["key"]);
    let run = |arguments: &[&str]| {
        let said = tenant.run(arguments);
        assert_eq!(said.code, Some(0), "{said:?}");
        said.out
    };
    until(&program, 200).await;
    run(&["tenant", "suspend", &tenant.slug]);
    for client in [&program, &*tenant] {
        let refused = until(client, 403).await;
        assert_eq!(refused["type"], "/problems/tenant_suspended");
    }
    let refused = login(&tenant, PASSWORD).await;
    assert_eq!(refused.body["type"], "/problems/tenant_suspended");
    run(&["tenant", "resume", &tenant.slug]);
    until(&program, 200).await;
    until(&tenant, 200).await;

    run(&["user", "disable", &tenant.email]);
    until(&tenant, 401).await;
    let refused = login(&tenant, PASSWORD).await;
    assert_eq!(refused.body["type"], "/problems/account_disabled");
    assert_eq!(login(&tenant, "wrong password").await.status, 401);
    let listed = run(&["user", "list", "--tenant", &tenant.slug]);
    assert!(
        listed.contains(&tenant.email) && listed.contains("disabled"),
        "{listed}"
    );
    assert!(!listed.contains("service.invalid"), "{listed}");
    run(&["user", "enable", &tenant.email]);
    let session = login(&tenant, PASSWORD).await.ok();
    let session = tenant.guest().with_token(&session["access_token"]);
    until(&session, 200).await;
    run(&["user", "end-sessions", &tenant.email]);
    until(&session, 401).await;
    for wrong in [
        &["user", "list", "--tenant", "nothing"][..],
        &["user", "disable", "x@example.com"],
        &["tenant", "suspend", "nothing"],
    ] {
        assert_eq!(tenant.run(wrong).code, Some(1), "{wrong:?}");
    }
}
