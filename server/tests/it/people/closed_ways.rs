//! Ways around a role that are closed: each was open once.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::client::Answer;
use crate::support::{Client, Tenant};

/// A program with roles of its own that say these things.
async fn program(tenant: &Tenant, roles: &[Json]) -> Client {
    let mut names = Vec::new();
    for part in roles {
        let all = tenant.get("/api/v1/roles").await.ok();
        let name = format!("role{}", all["data"].as_array().unwrap().len());
        let mut role = json!({"api_name": name, "name": name});
        let part = part.as_object().unwrap().clone();
        role.as_object_mut().unwrap().extend(part);
        tenant.post("/api/v1/roles", role).await.created();
        names.push(name);
    }
    let key = json!({"name": "Program", "roles": names});
    let key = tenant.post("/api/v1/api-keys", key).await.created();
    tenant.with_token(&key["key"])
}

fn on_contact(rights: &Json) -> Json {
    json!({"objects": {"contact": rights}})
}

/// A company with a contact whose score nobody but the admin should read.
async fn contact(tenant: &Tenant) -> (String, String) {
    let company = tenant.id_of("companies", json!({"name": "Acme"})).await;
    let contact =
        json!({"first_name": "Ann", "last_name": "Lee", "lead_score": 77, "company_id": company});
    (tenant.id_of("contacts", contact).await, company)
}

#[tokio::test]
async fn what_is_only_written_is_not_read_through_others() {
    let tenant = Tenant::new().await;
    contact(&tenant).await;
    let caller = program(
        &tenant,
        &[json!({"objects": {
            "company": {"read": true},
            "contact": {"create": {"fields": ["last_name", "lead_score", "company"]}, "delete": true},
        }})],
    )
    .await;
    for path in [
        "/api/v1/companies?fields=name,contacts.last_name,contacts.lead_score",
        r#"/api/v1/companies?filter={"contacts":{"some":{"lead_score":{"gte":50}}}}"#,
        "/api/v1/search?q=lee",
    ] {
        let text = caller.get(path).await.text;
        assert!(
            !text.contains(":77") && !text.contains("Lee"),
            "{path}: {text}"
        );
    }
    let path = r#"/api/v1/companies?filter={"contacts":{"some":{"lead_score":{"gte":50}}}}"#;
    let found = caller.get(path).await.ok();
    assert_eq!(found["data"], json!([]));
    let removed = r#"/api/v1/contacts?filter={"lead_score":{"gte":50}}&max_affected=9"#;
    let removed = caller.delete(removed).await;
    assert!(
        removed.status >= 400 || removed.body["affected"] == 0,
        "{}",
        removed.text
    );
}

#[tokio::test]
async fn to_know_the_model_is_not_to_read_the_values() {
    let tenant = Tenant::new().await;
    let (id, _) = contact(&tenant).await;
    let role = json!({
        "admin": ["model"],
        "objects": {"contact": {"read": {"fields": {"except": ["lead_score"]}}}},
    });
    let caller = program(&tenant, &[role]).await;
    caller.get("/api/v1/metadata/objects/company").await.ok();
    let record = format!("/api/v1/contacts/{id}");
    assert_eq!(caller.get(&record).await.ok()["lead_score"], Json::Null);
    let path = r#"/api/v1/contacts?filter={"lead_score":{"gte":50}}"#;
    assert_eq!(caller.get(path).await.ok()["data"], json!([]));
    let named = caller.get(&format!("{record}?fields=company.name")).await;
    assert!(!named.text.contains("Acme"), "{}", named.text);
    assert_eq!(caller.get("/api/v1/companies").await.status, 403);
    let history = caller.get(&format!("{record}/history")).await.text;
    assert!(!history.contains(":77"), "{history}");
}

#[tokio::test]
async fn undoing_a_change_gives_no_value_that_one_may_not_give() {
    let tenant = Tenant::new().await;
    let (id, _) = contact(&tenant).await;
    let record = format!("/api/v1/contacts/{id}");
    let change = uuid::Uuid::now_v7().to_string();
    let patch = json!({"lead_score": 5, "title": "CTO", "first_name": "Bea"});
    let request = tenant.request(Method::PATCH, &record);
    let request = request.header("x-change-id", &change).json(&patch);
    Answer::to(request).await.ok();
    let rights = json!({
        "read": {"fields": {"except": ["lead_score"]}},
        "update": {"fields": ["first_name"]},
    });
    let caller = program(&tenant, &[on_contact(&rights)]).await;
    let path = format!("/api/v1/changes/{change}/revert");
    let undone = caller.post(&path, json!({})).await;
    assert!(!undone.text.contains("lead_score"), "{}", undone.text);
    let now = tenant.get(&record).await.ok();
    assert_eq!(
        (&now["first_name"], &now["title"], &now["lead_score"]),
        (&json!("Ann"), &json!("CTO"), &json!(5))
    );
}

#[tokio::test]
async fn a_value_that_one_role_sets_stays_off_the_records_of_another() {
    let tenant = Tenant::new().await;
    let (id, _) = contact(&tenant).await;
    let record = format!("/api/v1/contacts/{id}");
    let first = json!({"read": true, "update": {"fields": ["first_name"]}});
    let claims = json!({"update": {
        "filter": {"city": {"eq": "Riga"}}, "fields": ["department"], "presets": {"title": "CLAIMED"},
    }});
    let caller = program(&tenant, &[on_contact(&first), on_contact(&claims)]).await;
    let changed = caller
        .patch(&record, json!({"first_name": "Bea"}))
        .await
        .ok();
    assert_eq!(
        (&changed["first_name"], &changed["title"]),
        (&json!("Bea"), &Json::Null)
    );
}

#[tokio::test]
async fn no_role_grants_more_by_other_words() {
    let tenant = Tenant::new().await;
    let admin = json!({
        "admin": ["roles"],
        "default": {"read": true},
        "objects": {"contact": {
            "read": {"fields": {"except": ["company", "lead_score"]}},
            "create": {"presets": {"title": "Set"}},
            "update": {"fields": ["first_name"]},
        }},
    });
    let caller = program(&tenant, &[admin]).await;
    for (part, status) in [
        (
            on_contact(&json!({"read": {"fields": ["company_id"]}})),
            422,
        ),
        (
            on_contact(&json!({"update": {"fields": ["first_name"], "presets": {"title": "X"}}})),
            403,
        ),
        (
            on_contact(&json!({"update": {"presets": {"deleted_at": "$now"}}})),
            422,
        ),
        (
            on_contact(&json!({"create": {"presets": {"created_by": "$user.id"}}})),
            422,
        ),
        (
            on_contact(&json!({"create": {"presets": {"title": "Other"}}})),
            403,
        ),
        (
            on_contact(
                &json!({"create": {"fields": ["title", "last_name"], "presets": {"title": "Set"}}}),
            ),
            403,
        ),
        // What the giver does not know of cannot be asked by a filter.
        (
            on_contact(
                &json!({"update": {"fields": ["first_name"], "filter": {"lead_score": {"gt": 1}}}}),
            ),
            422,
        ),
        // The views of others are nobody's to read.
        (json!({"objects": {"view": {"read": true}}}), 403),
        (
            on_contact(
                &json!({"create": {"presets": {"title": "Set"}}, "update": {"fields": ["first_name"]}}),
            ),
            201,
        ),
    ] {
        let mut role = json!({"api_name": "other", "name": "Other"});
        role.as_object_mut()
            .unwrap()
            .extend(part.as_object().unwrap().clone());
        let made = caller.post("/api/v1/roles", role).await;
        assert_eq!(made.status, status, "{part}: {}", made.text);
    }
}

#[tokio::test]
async fn an_answer_is_not_given_again_once_a_right_is_gone() {
    let tenant = Tenant::new().await;
    let (id, _) = contact(&tenant).await;
    let rights = json!({"read": true, "update": {"fields": ["first_name"]}});
    let caller = program(&tenant, &[on_contact(&rights)]).await;
    let path = format!("/api/v1/contacts/{id}?fields=first_name,lead_score");
    let change = async || {
        let request = caller.request(Method::PATCH, &path);
        let request = request.header("idempotency-key", "k1");
        Answer::to(request.json(&json!({"first_name": "Bea"}))).await
    };
    assert_eq!(change().await.ok()["lead_score"], 77);
    assert_eq!(change().await.ok()["lead_score"], 77);
    let name = caller.get("/api/v1/auth/me").await.ok()["roles"][0]["api_name"].clone();
    let role = format!("/api/v1/roles/{}", name.as_str().unwrap());
    let less = on_contact(
        &json!({"read": {"fields": ["first_name"]}, "update": {"fields": ["first_name"]}}),
    );
    tenant.patch(&role, less).await.ok();
    let again = change().await;
    assert!(
        again.status >= 400 && !again.text.contains(":77"),
        "{}",
        again.text
    );
}

#[tokio::test]
async fn an_explanation_shows_no_condition_on_what_is_hidden() {
    let tenant = Tenant::new().await;
    let (id, _) = contact(&tenant).await;
    let rights = json!({
        "read": {"fields": {"except": ["lead_score"]}},
        "update": {"filter": {"lead_score": {"gte": 90}}},
    });
    let caller = program(&tenant, &[on_contact(&rights)]).await;
    let path = format!("/api/v1/access/explain?object=contact&id={id}&action=update");
    let why = caller.get(&path).await;
    assert!(
        !why.text.contains("lead_score") && !why.text.contains("90"),
        "{}",
        why.text
    );
    assert_eq!(why.ok()["allowed"], false);
}
