//! API keys: made, used, expired, revoked.

use serde_json::{Value as Json, json};

use crate::support::{Client, Tenant};

async fn make(admin: &Client, roles: &[&str]) -> Json {
    let new = json!({"name": "Nightly import", "roles": roles});
    admin.post("/api/v1/api-keys", new).await.created()
}

#[tokio::test]
async fn a_key_works_in_both_apis_and_its_service_account_is_the_author() {
    let tenant = Tenant::new().await;
    let made = make(&tenant, &["member"]).await;
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("tsk_"), "{key}");
    let program = tenant.guest().with_token(&made["key"]);
    let contact = json!({"last_name": "Lee"});
    let contact = program.post("/api/v1/contacts", contact).await.created();
    assert_eq!(contact["created_by"], made["user_id"]);
    let mutation = "mutation { createContact(data: {lastName: \"Ray\"}) { createdBy } }";
    let created = program.data(mutation, json!({})).await;
    assert_eq!(created["createContact"]["createdBy"], made["user_id"]);
    let path = format!(
        "/api/v1/contacts/{}/history",
        contact["id"].as_str().unwrap()
    );
    let history = tenant.get(&path).await.ok();
    assert!(
        history
            .to_string()
            .contains(made["user_id"].as_str().unwrap())
    );
    let me = program.get("/api/v1/auth/me").await.ok();
    assert_eq!(me["user"]["name"], "Nightly import");
    assert_eq!(me["roles"][0]["api_name"], "member");

    let listed = tenant.get("/api/v1/api-keys").await.ok();
    let shown = &listed["data"][0];
    assert_eq!(shown["id"], made["id"]);
    assert_eq!(shown["roles"], json!(["member"]));
    assert!(
        shown["last_used_at"].as_str().unwrap().ends_with(":00Z"),
        "{shown}"
    );
    assert!(!listed.to_string().contains(key));
    // A service account is no member among people.
    let members = tenant.get("/api/v1/members").await.ok();
    assert_eq!(members["data"].as_array().unwrap().len(), 1);
    let as_member = format!("/api/v1/members/{}", made["user_id"].as_str().unwrap());
    assert_eq!(tenant.delete(&as_member).await.status, 404);
}

#[tokio::test]
async fn a_key_holds_what_its_roles_grant_and_is_no_person() {
    let tenant = Tenant::new().await;
    let reader = make(&tenant, &["read_only"]).await;
    let reader = tenant.guest().with_token(&reader["key"]);
    assert_eq!(reader.get("/api/v1/contacts").await.status, 200);
    let create = reader.post("/api/v1/contacts", json!({})).await;
    assert_eq!(create.status, 403);
    let admin = make(&tenant, &["admin"]).await;
    let admin = tenant.guest().with_token(&admin["key"]);
    assert_eq!(admin.get("/api/v1/members").await.status, 200);
    make(&admin, &["member"]).await;
    let password = json!({"current": "x", "new": "correct horse"});
    for answer in [
        admin.get("/api/v1/auth/sessions").await,
        admin.post("/api/v1/auth/password", password).await,
        admin.patch("/api/v1/auth/me", json!({"name": "X"})).await,
        admin.post("/api/v1/auth/logout", json!({})).await,
    ] {
        assert_eq!(answer.status, 403, "{}", answer.text);
    }
    // It is no admin that a tenant could be left with.
    let me = tenant.get("/api/v1/auth/me").await.ok();
    let me = format!("/api/v1/members/{}", me["user"]["id"].as_str().unwrap());
    assert_eq!(admin.delete(&me).await.refusal(), "409  last_admin");
}

#[tokio::test]
async fn a_key_that_is_revoked_expired_or_changed_is_refused() {
    let tenant = Tenant::new().await;
    let other = Tenant::new().await;
    let made = make(&tenant, &["member"]).await;
    let key = made["key"].as_str().unwrap();
    let program = tenant.guest().with_token(&made["key"]);
    program.get("/api/v1/contacts").await.ok();
    // The same key with another secret, and other texts.
    let mut forged = key.to_owned();
    let last = if forged.pop() == Some('A') { 'Q' } else { 'A' };
    forged.push(last);
    for text in [
        forged.as_str(),
        &key[..key.len() - 8],
        "tsk_",
        "tsk_x",
        &key[4..],
    ] {
        let refused = tenant.guest().with_token(&json!(text));
        let refused = refused.get("/api/v1/contacts").await;
        assert_eq!(refused.status, 401, "{text}");
    }
    let one = format!("/api/v1/api-keys/{}", made["id"].as_str().unwrap());
    assert_eq!(other.delete(&one).await.status, 404, "another tenant's");
    tenant.delete(&one).await.no_content();
    assert_eq!(program.get("/api/v1/contacts").await.status, 401);
    assert_eq!(tenant.delete(&one).await.status, 404);

    let soon = chrono::Utc::now() + chrono::Duration::seconds(3);
    let new = json!({"name": "Brief", "roles": ["member"], "expires_at": soon});
    let brief = tenant.post("/api/v1/api-keys", new).await.created();
    let program = tenant.guest().with_token(&brief["key"]);
    program.get("/api/v1/contacts").await.ok();
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(program.get("/api/v1/contacts").await.status, 401);
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_said() {
    let tenant = Tenant::new().await;
    for (body, refusal) in [
        (json!({"roles": ["member"]}), "422 /name required"),
        (json!({"name": "x"}), "422 /roles required"),
        (
            json!({"name": "x", "roles": ["boss"]}),
            "422 /roles/0 unknown",
        ),
        (
            json!({"name": "x", "roles": ["member"], "expires_at": "2020-01-01T00:00:00Z"}),
            "422 /expires_at minimum",
        ),
        (
            json!({"name": "x", "roles": ["member"], "key": "x"}),
            "400 /key unknown_key",
        ),
    ] {
        let refused = tenant.post("/api/v1/api-keys", body).await;
        assert_eq!(refused.refusal(), refusal);
    }
}
