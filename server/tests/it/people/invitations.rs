//! Invitations: made, looked at, accepted, withdrawn.

use serde_json::{Value as Json, json};

use super::with_email;
use crate::support::tenant::{PASSWORD, sign_up};
use crate::support::{Client, Tenant};

/// Invites one address. The invitation, and the path that its link leads to.
async fn invite(admin: &Client, email: &str, roles: &[&str]) -> (Json, String) {
    let request = json!({"emails": [email], "roles": roles});
    let sent = admin.post("/api/v1/invitations", request).await.created();
    let invitation = sent["data"][0].clone();
    let link = invitation["link"].as_str().unwrap();
    let token = link.strip_prefix("/invite/").unwrap();
    let path = format!("/api/v1/invitations/token/{token}");
    (invitation, path)
}

fn acceptance(password: &str) -> Json {
    json!({"name": "Bob", "password": password})
}

#[tokio::test]
async fn a_new_address_gets_an_account_and_the_link_is_good_once() {
    let tenant = Tenant::new().await;
    let guest = tenant.guest();
    let email = format!("bob@{}.example", tenant.slug);
    let (invitation, path) = invite(&tenant, &email.to_uppercase(), &["read_only"]).await;
    assert_eq!(invitation["email"], email.as_str());
    assert_eq!(invitation["roles"], json!(["read_only"]));
    let listed = tenant.get("/api/v1/invitations").await.ok();
    let shown = with_email(&listed, &email).unwrap();
    assert_eq!(shown["id"], invitation["id"]);
    assert_eq!(shown.get("link"), None);

    let open = guest.get(&path).await.ok();
    assert_eq!(open["email"], email.as_str());
    assert_eq!(open["tenant"]["slug"], tenant.slug.as_str());
    assert_eq!(open["has_account"], false);

    let accept = format!("{path}/accept");
    for (body, refusal) in [
        (json!({}), "422 /name required /password required"),
        (
            json!({"name": "Bob", "password": "short"}),
            "422 /password too_short",
        ),
        (json!({"email": "x"}), "400 /email unknown_key"),
    ] {
        assert_eq!(guest.post(&accept, body).await.refusal(), refusal);
    }
    let signed_in = guest.post(&accept, acceptance(PASSWORD)).await.ok();
    assert_eq!(signed_in["user"]["name"], "Bob");
    let bob = guest.with_token(&signed_in["access_token"]);
    let me = bob.get("/api/v1/auth/me").await.ok();
    assert_eq!(me["roles"][0]["api_name"], "read_only");
    assert_eq!(bob.get("/api/v1/contacts").await.status, 200);
    let contact = bob.post("/api/v1/contacts", json!({})).await;
    assert_eq!(contact.status, 403);

    assert_eq!(guest.get(&path).await.status, 404);
    let again = guest.post(&accept, acceptance(PASSWORD)).await;
    assert_eq!(again.status, 404);
    let listed = tenant.get("/api/v1/invitations").await.ok();
    assert_eq!(listed["data"], json!([]));
    let credentials = json!({"email": email, "password": PASSWORD});
    guest.post("/api/v1/auth/login", credentials).await.ok();
}

#[tokio::test]
async fn an_account_of_another_tenant_accepts_with_its_own_password() {
    let (tenant, other) = tokio::join!(Tenant::new(), Tenant::new());
    let guest = tenant.guest();
    let (_, path) = invite(&tenant, &other.email, &["member"]).await;
    assert_eq!(guest.get(&path).await.ok()["has_account"], true);
    let accept = format!("{path}/accept");
    let wrong = guest.post(&accept, acceptance("another password")).await;
    assert_eq!(wrong.refusal(), "422 /password wrong_password");
    let body = json!({"password": PASSWORD, "session": "cookie"});
    let signed_in = guest.post(&accept, body).await;
    assert!(signed_in.header("set-cookie").contains("HttpOnly"));
    let signed_in = signed_in.ok();
    assert_eq!(signed_in.get("refresh_token"), None);
    assert_eq!(signed_in["tenant"]["slug"], tenant.slug.as_str());
    // The name stays the account's own.
    assert_ne!(signed_in["user"]["name"], "Bob");
    assert_eq!(other.get("/api/v1/auth/me").await.status, 200);
    let again = json!({"emails": ["new@example.com", other.email], "roles": ["member"]});
    let again = tenant.post("/api/v1/invitations", again).await;
    assert_eq!(again.refusal(), "409 /emails/1 unique");
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_does() {
    let tenant = Tenant::new().await;
    let guest = tenant.guest();
    let (_, path) = invite(
        &tenant,
        &format!("bob@{}.example", tenant.slug),
        &["member"],
    )
    .await;
    let accept = format!("{path}/accept");
    let (one, other) = tokio::join!(
        guest.post(&accept, acceptance(PASSWORD)),
        guest.post(&accept, acceptance("another password")),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    // The other one finds no invitation, or that the account has another password by now.
    assert!(matches!(statuses, [200, 404 | 422]), "{statuses:?}");
}

#[tokio::test]
async fn links_that_were_withdrawn_replaced_or_are_old_lead_nowhere() {
    let (tenant, other) = tokio::join!(Tenant::new(), Tenant::new());
    let guest = tenant.guest();
    let email = format!("bob@{}.example", tenant.slug);
    let (invitation, withdrawn) = invite(&tenant, &email, &["member"]).await;
    let one = format!("/api/v1/invitations/{}", invitation["id"].as_str().unwrap());
    assert_eq!(other.delete(&one).await.status, 404, "another tenant's");
    tenant.delete(&one).await.no_content();
    assert_eq!(tenant.delete(&one).await.status, 404);
    let (_, replaced) = invite(&tenant, &email, &["member"]).await;
    let (_, good) = invite(&tenant, &email, &["admin"]).await;
    for gone in [&withdrawn, &replaced] {
        assert_eq!(guest.get(gone).await.status, 404);
        let accept = format!("{gone}/accept");
        let accepted = guest.post(&accept, acceptance(PASSWORD)).await;
        assert_eq!(accepted.status, 404);
    }
    guest.get(&good).await.ok();
    let mut database = tenant.server.database.superuser().await;
    sqlx::query("update platform.invitations set expires_at = now() where email = $1")
        .bind(&email)
        .execute(&mut database)
        .await
        .unwrap();
    assert_eq!(guest.get(&good).await.status, 404);
    let accept = format!("{good}/accept");
    let accepted = guest.post(&accept, acceptance(PASSWORD)).await;
    assert_eq!(accepted.status, 404);
}

#[tokio::test]
async fn what_is_wrong_with_an_invitation_is_said() {
    let tenant = Tenant::new().await;
    let many: Vec<String> = (0..101).map(|n| format!("p{n}@example.com")).collect();
    for (body, refusal) in [
        (json!({}), "422 /emails required"),
        (json!({"emails": ["a@example.com"]}), "422 /roles required"),
        (
            json!({"emails": ["a@example.com", "b", "c"], "roles": ["member"]}),
            "422 /emails/1 email /emails/2 email",
        ),
        (
            json!({"emails": many, "roles": ["member"]}),
            "422 /emails too_many",
        ),
        (
            json!({"emails": ["a@example.com"], "roles": ["boss"]}),
            "422 /roles/0 unknown",
        ),
        (
            json!({"emails": ["a@example.com"], "roles": ["member"], "role": "x"}),
            "400 /role unknown_key",
        ),
    ] {
        let refused = tenant.post("/api/v1/invitations", body).await;
        assert_eq!(refused.refusal(), refusal);
    }
    let listed = tenant.get("/api/v1/invitations").await.ok();
    assert_eq!(listed["data"], json!([]));
}

#[tokio::test]
async fn links_begin_with_the_address_that_is_set() {
    let server =
        crate::support::shared::Server::start_with(&[("PUBLIC_URL", "https://crm.example.com/")])
            .await;
    let admin = sign_up(&server.process.guest(), "linked").await;
    let request = json!({"emails": ["bob@example.com"], "roles": ["member"]});
    let sent = admin.post("/api/v1/invitations", request).await.created();
    let link = sent["data"][0]["link"].as_str().unwrap();
    assert!(
        link.starts_with("https://crm.example.com/invite/"),
        "{link}"
    );
}
