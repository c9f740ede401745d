//! The audit log.

use serde_json::{Value as Json, json};

use super::id_of;
use crate::support::Tenant;

fn actions(log: &Json) -> Vec<&str> {
    let entries = log["data"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["action"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn what_is_done_to_the_model_and_to_access_is_kept() {
    let tenant = Tenant::new().await;
    let admin = id_of(&tenant).await;
    tenant.object("thing", json!([])).await;
    let field = json!({"api_name": "size", "type": "integer"});
    let fields = "/api/v1/metadata/objects/thing/fields";
    tenant.post(fields, field.clone()).await.created();
    let tried = tenant
        .request(reqwest::Method::POST, fields)
        .header("prefer", "tx=rollback")
        .json(&json!({"api_name": "tried", "type": "text"}));
    crate::support::client::Answer::to(tried).await.created();
    let refused = tenant.post(fields, field).await;
    assert_eq!(refused.status, 409);
    let removal = "/api/v1/metadata/objects/thing?confirm=thing";
    tenant.delete(removal).await.no_content();
    let log = tenant.get("/api/v1/audit?area=model").await.ok();
    assert_eq!(
        actions(&log),
        ["object.removed", "field.made", "object.made"]
    );
    let made = &log["data"][1];
    assert_eq!(made["details"], json!({"object": "thing", "field": "size"}));
    assert_eq!(made["by"]["id"], admin.as_str());
    assert!(made["at"].is_string());

    let role = json!({"api_name": "seller", "name": "Seller"});
    tenant.post("/api/v1/roles", role).await.created();
    let key = json!({"name": "Import", "roles": ["seller"]});
    let key = tenant.post("/api/v1/api-keys", key).await.created();
    let revoked = format!("/api/v1/api-keys/{}", key["id"].as_str().unwrap());
    tenant.delete(&revoked).await.no_content();
    tenant.delete("/api/v1/roles/seller").await.no_content();
    let invitation = json!({"emails": ["ann@example.com"], "roles": ["member"]});
    let sent = tenant
        .post("/api/v1/invitations", invitation)
        .await
        .created();
    let sent = sent["data"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/invitations/{sent}");
    tenant.delete(&path).await.no_content();
    let team = json!({"api_name": "sales", "name": "Sales", "members": [admin]});
    tenant.post("/api/v1/teams", team).await.created();
    let log = tenant.get("/api/v1/audit?area=access").await.ok();
    assert_eq!(
        actions(&log),
        [
            "team.made",
            "invitation.withdrawn",
            "invitation.sent",
            "role.removed",
            "api_key.revoked",
            "api_key.made",
            "role.made",
        ]
    );
    // No secret is kept.
    assert!(!log.to_string().contains(key["key"].as_str().unwrap()));
    let mut walked = Vec::new();
    let mut path = "/api/v1/audit?area=access&limit=3".to_owned();
    loop {
        let part = tenant.get(&path).await.ok();
        walked.extend(part["data"].as_array().unwrap().clone());
        let Some(next) = part["page"]["next"].as_str() else {
            break;
        };
        path = format!("/api/v1/audit?area=access&limit=3&after={next}");
    }
    assert_eq!(json!(walked), log["data"]);
}

#[tokio::test]
async fn members_sign_ins_are_kept_for_those_who_administer_audit() {
    let tenant = Tenant::new().await;
    let member = tenant.member().await;
    let user = id_of(&member).await;
    let path = format!("/api/v1/audit?by={user}");
    let log = tenant.get(&path).await.ok();
    assert_eq!(actions(&log), ["session.begun"]);
    assert_eq!(log["data"][0]["area"], "sign_in");
    member.post("/api/v1/auth/logout", json!({})).await;
    let log = tenant.get(&path).await.ok();
    assert_eq!(actions(&log), ["session.ended", "session.begun"]);
    let other = Tenant::new().await;
    let theirs = other.get(&path).await.ok();
    assert_eq!(theirs["data"], json!([]));
    let reader = tenant.post(
        "/api/v1/api-keys",
        json!({"name": "R", "roles": ["member"]}),
    );
    let reader = reader.await.created();
    let reader = tenant.with_token(&reader["key"]);
    assert_eq!(reader.get("/api/v1/audit").await.status, 403);
    assert_eq!(tenant.guest().get("/api/v1/audit").await.status, 401);
    for query in ["area=other", "by=1", "after=-", "limit=0", "since=now"] {
        let path = format!("/api/v1/audit?{query}");
        assert_eq!(tenant.get(&path).await.status, 400, "{query}");
    }
}
