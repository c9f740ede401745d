//! Roles that a tenant defines.

use serde_json::{Value as Json, json};

use super::id_of;
use crate::support::{Client, Tenant};

/// A role, given to a new member in the place of theirs.
pub(super) async fn with_role(tenant: &Tenant, role: Json) -> Client {
    let name = role["api_name"].as_str().unwrap().to_owned();
    tenant.post("/api/v1/roles", role).await.created();
    let member = tenant.member().await;
    set_roles(tenant, &member, json!([name])).await;
    member
}

async fn set_roles(tenant: &Tenant, member: &Client, roles: Json) {
    let path = format!("/api/v1/members/{}", id_of(member).await);
    tenant.patch(&path, json!({"roles": roles})).await.ok();
}

/// A role of salespeople: contacts of their own, without the score.
fn sales() -> Json {
    json!({
        "api_name": "sales", "name": "Sales", "admin": [], "default": {"read": true},
        "objects": {
            "contact": {
                "read": {"filter": {"created_by": {"eq": "$user.id"}}, "fields": {"except": ["lead_score"]}},
                "create": {"fields": ["first_name", "last_name", "email", "company_id"], "presets": {"status": "lead"}},
                "update": {"filter": {"created_by": {"eq": "$user.id"}}, "fields": ["last_name"]},
                "delete": true, "restore": false, "destroy": false,
            },
            "opportunity": {},
        },
    })
}

/// A role of this name that says these things.
fn role(name: &str, part: &Json) -> Json {
    let mut role = json!({"api_name": name, "name": name});
    let part = part.as_object().unwrap().clone();
    role.as_object_mut().unwrap().extend(part);
    role
}

#[tokio::test]
async fn a_role_is_made_shown_changed_and_removed() {
    let tenant = Tenant::new().await;
    let made = tenant.post("/api/v1/roles", sales()).await;
    assert_eq!(
        made.header("location"),
        "/api/v1/roles/sales",
        "{}",
        made.text
    );
    let mut expected = sales();
    expected["built_in"] = json!(false);
    assert_eq!(made.created(), expected);
    assert_eq!(tenant.get("/api/v1/roles/sales").await.ok(), expected);
    let all = tenant.get("/api/v1/roles").await.ok();
    let all = all["data"].as_array().unwrap().iter();
    let mut names: Vec<_> = all.map(|role| role["api_name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["admin", "member", "read_only", "sales"]);

    let patch = json!({"name": "Sellers", "objects": {"contact": {"read": true}}});
    let changed = tenant.patch("/api/v1/roles/sales", patch).await.ok();
    assert_eq!(changed["name"], "Sellers");
    assert_eq!(changed["objects"], json!({"contact": {"read": true}}));
    assert_eq!(changed["default"], json!({"read": true}));

    let again = tenant.post("/api/v1/roles", sales()).await;
    assert_eq!(again.status, 409);
    assert_eq!(again.body["errors"][0]["pointer"], "/api_name");
    for name in ["admin", "member", "read_only"] {
        let path = format!("/api/v1/roles/{name}");
        let changed = tenant.patch(&path, json!({"name": "Other"})).await;
        assert_eq!(changed.status, 409, "{name}");
        assert_eq!(tenant.delete(&path).await.status, 409, "{name}");
    }

    let member = tenant.member().await;
    set_roles(&tenant, &member, json!(["sales"])).await;
    let removed = tenant.delete("/api/v1/roles/sales").await;
    assert_eq!(removed.status, 409);
    assert_eq!(removed.body["errors"][0]["code"], "in_use");
    set_roles(&tenant, &member, json!(["member"])).await;
    assert_eq!(tenant.delete("/api/v1/roles/sales").await.status, 204);
    assert_eq!(tenant.get("/api/v1/roles/sales").await.status, 404);
    assert_eq!(tenant.delete("/api/v1/roles/sales").await.status, 404);
}

#[tokio::test]
async fn a_role_that_does_not_fit_is_refused_with_its_places() {
    let tenant = Tenant::new().await;
    let of_contact = |rights: Json| json!({"objects": {"contact": rights}});
    let cases = [
        (json!({"admin": ["world"]}), "/admin/0 unknown"),
        (
            json!({"default": {"read": {"filter": {"a": {"eq": 1}}}}}),
            "/default/read type",
        ),
        (json!({"default": {"look": true}}), "/default/look unknown"),
        (
            json!({"objects": {"nothing": {"read": true}}}),
            "/objects/nothing unknown",
        ),
        (
            of_contact(json!({"read": "yes"})),
            "/objects/contact/read type",
        ),
        (
            of_contact(json!({"read": {"rows": {}}})),
            "/objects/contact/read/rows unknown",
        ),
        (
            of_contact(json!({"read": {"filter": {"nothing": {"eq": 1}}}})),
            "/objects/contact/read/filter/nothing unknown",
        ),
        (
            of_contact(json!({"read": {"filter": {"created_by": {"eq": "$user.name"}}}})),
            "/objects/contact/read/filter/created_by/eq variable",
        ),
        (
            of_contact(json!({"read": {"fields": ["nothing"]}})),
            "/objects/contact/read/fields/nothing unknown",
        ),
        (
            of_contact(json!({"read": {"fields": {"except": ["nothing"]}}})),
            "/objects/contact/read/fields/except/nothing unknown",
        ),
        (
            of_contact(json!({"read": {"presets": {"city": "Riga"}}})),
            "/objects/contact/read/presets unknown",
        ),
        (
            of_contact(json!({"create": {"presets": {"lead_score": "many"}}})),
            "/objects/contact/create/presets/lead_score pattern",
        ),
        (json!({"colour": "red"}), "/colour unknown"),
    ];
    for (part, expected) in cases {
        let refused = tenant.post("/api/v1/roles", role("odd", &part)).await;
        let first = &refused.body["errors"][0];
        let found = format!(
            "{} {}",
            first["pointer"].as_str().unwrap_or_default(),
            first["code"].as_str().unwrap_or_default()
        );
        assert_eq!(
            (refused.status, found.as_str()),
            (422, expected),
            "{}",
            refused.text
        );
    }
}

#[tokio::test]
async fn what_a_role_hides_is_unknown() {
    let tenant = Tenant::new().await;
    let member = with_role(&tenant, sales()).await;
    for path in [
        "/api/v1/opportunities",
        "/api/v1/metadata/objects/opportunity",
        "/api/v1/contacts?fields=lead_score",
        "/api/v1/contacts?sort=lead_score",
        r#"/api/v1/contacts?filter={"lead_score":{"gt":1}}"#,
        r#"/api/v1/contacts?filter={"opportunities":{"some":{}}}"#,
    ] {
        let status = member.get(path).await.status;
        assert!(matches!(status, 400 | 404), "{path}: {status}");
        assert_eq!(tenant.get(path).await.status, 200, "{path}");
    }
    for path in ["/api/v1/metadata/objects", "/api/v1/openapi.json"] {
        let text = member.get(path).await.text;
        assert!(!text.contains("lead_score"), "{path}");
        assert!(!text.contains("/opportunities"), "{path}");
    }
    let query = "{ contacts { nodes { leadScore } } }";
    let refused = member.graphql(query, json!({})).await;
    assert!(!refused.text.contains("Did you mean"), "{}", refused.text);
    let me = member.get("/api/v1/auth/me").await.ok();
    assert_eq!(me["roles"][0]["api_name"], "sales");
    assert_eq!(me["permissions"]["admin"], json!([]));
}

#[tokio::test]
async fn a_role_says_which_records_and_values() {
    let tenant = Tenant::new().await;
    let member = with_role(&tenant, sales()).await;
    let theirs = tenant
        .id_of("contacts", json!({"last_name": "Other"}))
        .await;
    let made = member.post("/api/v1/contacts", json!({"last_name": "Own"}));
    let made = made.await.created();
    // The role sets the status, and the caller may not.
    assert_eq!(made["status"], "lead");
    let own = made["id"].as_str().unwrap();
    let given = json!({"last_name": "Own", "status": "customer"});
    let refused = member.post("/api/v1/contacts", given).await;
    assert_eq!(refused.refusal(), "422 /status forbidden");

    let list = member.get("/api/v1/contacts?count=exact").await.ok();
    assert_eq!(list["total"], 1);
    assert_eq!(list["data"][0]["id"], own);
    let (own, theirs) = (
        format!("/api/v1/contacts/{own}"),
        format!("/api/v1/contacts/{theirs}"),
    );
    assert_eq!(member.get(&theirs).await.status, 404);
    assert_eq!(member.get(&format!("{theirs}/history")).await.status, 404);
    let body = json!({"aggregates": {"n": {"count": "*"}}});
    let groups = member.post("/api/v1/contacts/aggregate", body).await.ok();
    assert_eq!(groups["data"][0]["n"], 1);

    let changed = member.patch(&own, json!({"last_name": "Changed"})).await;
    assert_eq!(changed.ok()["last_name"], "Changed");
    let refused = member.patch(&own, json!({"email": "a@b.example"})).await;
    assert_eq!(refused.refusal(), "422 /email forbidden");
    let mine = member.patch(&theirs, json!({"last_name": "Mine"})).await;
    assert_eq!(mine.status, 404);
    assert_eq!(member.delete(&own).await.status, 204);
    let restored = member.post(&format!("{own}/restore"), json!({})).await;
    assert_eq!(restored.status, 403);
    assert_eq!(tenant.get(&theirs).await.ok()["last_name"], "Other");
}

#[tokio::test]
async fn several_roles_add_up() {
    let tenant = Tenant::new().await;
    let member = with_role(&tenant, sales()).await;
    let of_riga = json!({"objects": {"contact": {"read": {"filter": {"city": {"eq": "Riga"}}}}}});
    tenant
        .post("/api/v1/roles", role("riga", &of_riga))
        .await
        .created();
    set_roles(&tenant, &member, json!(["sales", "riga"])).await;
    for city in ["Riga", "Paris"] {
        let contact = json!({"last_name": city, "city": city, "lead_score": 5});
        tenant.id_of("contacts", contact).await;
    }
    let own = member.post("/api/v1/contacts", json!({"last_name": "Own"}));
    own.await.created();
    let list = member.get("/api/v1/contacts?sort=last_name").await.ok();
    let list = list["data"].as_array().unwrap().iter();
    let names: Vec<_> = list.map(|contact| &contact["last_name"]).collect();
    assert_eq!(names, ["Own", "Riga"]);
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let tenant = Tenant::new().await;
    let keeper = json!({
        "admin": ["roles", "members"],
        "objects": {"contact": {"read": {"fields": {"except": ["lead_score"]}}, "delete": true}},
    });
    tenant
        .post("/api/v1/roles", role("keeper", &keeper))
        .await
        .created();
    let keeper = program(&tenant, json!(["keeper"])).await;
    for (part, status) in [
        (json!({"admin": ["model"]}), 403),
        (json!({"default": {"read": true}}), 403),
        (json!({"objects": {"contact": {"read": true}}}), 403),
        (
            json!({"objects": {"contact": {"read": {"fields": ["lead_score"]}}}}),
            422,
        ),
        (json!({"objects": {"contact": {"update": true}}}), 403),
        (json!({"objects": {"company": {"read": true}}}), 422),
        (
            json!({"objects": {"contact": {"read": {"fields": ["last_name"], "filter": {"city": {"eq": "Riga"}}}}}}),
            201,
        ),
    ] {
        let made = keeper.post("/api/v1/roles", role("given", &part)).await;
        assert_eq!(made.status, status, "{part}: {}", made.text);
    }
    // Nor to themselves.
    let more = json!({"default": {"read": true}});
    let own = keeper.patch("/api/v1/roles/keeper", more).await;
    assert_eq!(own.status, 403);
    // Roles that somebody has already stay theirs.
    let member = tenant.member().await;
    let path = format!("/api/v1/members/{}", id_of(&member).await);
    let more = keeper.patch(&path, json!({"roles": ["member", "given"]}));
    more.await.ok();
    let admin = keeper.patch(&path, json!({"roles": ["admin"]})).await;
    assert_eq!(admin.status, 403);
}

#[tokio::test]
async fn a_model_change_keeps_roles_true() {
    let tenant = Tenant::new().await;
    let fields = ["title", "secret", "team"];
    let fields = fields.map(|name| json!({"api_name": name, "type": "text"}));
    tenant.object("ticket", json!(fields)).await;
    let of_ticket = json!({"objects": {"ticket": {
        "read": {"filter": {"team": {"eq": "a"}}, "fields": ["title", "secret"]},
    }}});
    tenant
        .post("/api/v1/roles", role("support", &of_ticket))
        .await
        .created();
    let remove = |path: &str, name: &str| {
        let path = format!("/api/v1/metadata/objects/{path}?confirm={name}");
        let tenant = &tenant;
        async move { tenant.delete(&path).await }
    };
    let refused = remove("ticket/fields/team", "team").await;
    assert_eq!(refused.status, 409);
    let first = &refused.body["errors"][0];
    assert_eq!(first["code"], "used_by_role");
    assert!(first["message"].as_str().unwrap().contains("support"));
    remove("ticket/fields/secret", "secret").await.no_content();
    let left = tenant.get("/api/v1/roles/support").await.ok();
    let read = &left["objects"]["ticket"]["read"];
    assert_eq!(read["fields"], json!(["title"]));
    remove("ticket", "ticket").await.no_content();
    let left = tenant.get("/api/v1/roles/support").await.ok();
    assert_eq!(left["objects"], json!({}));
}

#[tokio::test]
async fn guests_members_and_other_tenants_meet_no_roles() {
    let tenant = Tenant::new().await;
    tenant.post("/api/v1/roles", sales()).await.created();
    let other = Tenant::new().await;
    let path = "/api/v1/roles/sales";
    assert_eq!(other.get(path).await.status, 404);
    assert_eq!(other.patch(path, json!({})).await.status, 404);
    assert_eq!(other.delete(path).await.status, 404);
    let member = tenant.member().await;
    for (client, status) in [(&tenant.guest(), 401), (&member, 403)] {
        assert_eq!(client.get("/api/v1/roles").await.status, status);
        assert_eq!(client.get(path).await.status, status);
        let made = client.post("/api/v1/roles", sales()).await;
        assert_eq!(made.status, status);
        let changed = client.patch(path, json!({"name": "Other"})).await;
        assert_eq!(changed.status, status);
        assert_eq!(client.delete(path).await.status, status);
    }
}

/// A program with these roles.
async fn program(tenant: &Tenant, roles: Json) -> Client {
    let key = json!({"name": "Program", "roles": roles});
    let key = tenant.post("/api/v1/api-keys", key).await.created();
    tenant.with_token(&key["key"])
}

#[tokio::test]
async fn everybody_has_their_own_of_the_workspace_and_the_shared_ones() {
    let tenant = Tenant::new().await;
    tenant
        .post("/api/v1/roles", role("nobody", &json!({})))
        .await
        .created();
    let admin = id_of(&tenant).await;
    for (name, shared) in [("Secret", false), ("Shared", true)] {
        let view = json!({"name": name, "object": "contact", "owner_id": admin, "shared": shared});
        tenant.id_of("views", view).await;
    }
    for roles in [json!(["nobody"]), json!(["read_only"]), json!(["member"])] {
        let caller = program(&tenant, roles.clone()).await;
        let me = id_of(&caller).await;
        let own = json!({"name": "Own", "object": "contact"});
        let own = caller.post("/api/v1/views", own).await.created();
        assert_eq!(own["owner_id"], me.as_str());
        let others = json!({"name": "Theirs", "object": "contact", "owner_id": admin});
        let others = caller.post("/api/v1/views", others).await;
        assert_eq!(others.status, 403, "{}", others.text);
        let list = caller.get("/api/v1/views?sort=name").await.ok();
        let list = list["data"].as_array().unwrap().iter();
        let names: Vec<_> = list.map(|view| &view["name"]).collect();
        assert_eq!(names, ["Own", "Shared"], "{roles}");
        let path = format!("/api/v1/views/{}", own["id"].as_str().unwrap());
        caller.patch(&path, json!({"rank": "a"})).await.ok();
        assert_eq!(caller.delete(&path).await.status, 204);
    }
}

#[tokio::test]
async fn access_is_explained_by_role_and_condition() {
    let tenant = Tenant::new().await;
    let member = with_role(&tenant, sales()).await;
    let user = id_of(&member).await;
    let theirs = tenant
        .id_of("contacts", json!({"last_name": "Other"}))
        .await;
    let own = member.post("/api/v1/contacts", json!({"last_name": "Own"}));
    let own = own.await.created()["id"].as_str().unwrap().to_owned();
    let explain = |client: &Client, id: &str, action: &str, user: &str| {
        let user = if user.is_empty() {
            String::new()
        } else {
            format!("&user={user}")
        };
        let path = format!("/api/v1/access/explain?object=contact&id={id}&action={action}{user}");
        let client = client.with_token(&json!(client.token));
        async move { client.get(&path).await }
    };
    let condition = json!({"created_by": {"eq": "$user.id"}});
    let why = explain(&tenant, &own, "read", &user).await.ok();
    assert_eq!(why["allowed"], true);
    assert_eq!(why["because"][0]["role"], "sales");
    assert_eq!(why["because"][0]["condition"], condition);
    let why = explain(&tenant, &theirs, "update", &user).await.ok();
    assert_eq!(why["allowed"], false);
    assert_eq!(why["because"], json!([]));
    let admin = id_of(&tenant).await;
    assert_eq!(
        why["missing"],
        json!([
            {"role": "sales", "action": "read", "condition": condition, "value": admin},
            {"role": "sales", "action": "update", "condition": condition, "value": admin},
        ])
    );
    let why = explain(&tenant, &own, "restore", &user).await.ok();
    assert_eq!(why["allowed"], false);
    let missing = json!({"role": "sales", "action": "restore", "condition": null, "value": null});
    assert_eq!(why["missing"], json!([missing]));
    // Of themselves, people ask without an area; of records that they do not see, nothing is said.
    let why = explain(&member, &own, "update", "").await.ok();
    assert_eq!(why["allowed"], true);
    assert_eq!(explain(&member, &theirs, "read", "").await.status, 404);
    assert_eq!(explain(&member, &own, "read", &admin).await.status, 403);
    let other = Tenant::new().await;
    assert_eq!(explain(&other, &own, "read", "").await.status, 404);
    for (query, status) in [
        ("", 400),
        ("?object=contact", 400),
        ("?object=contact&action=look", 400),
        ("?object=contact&action=read&id=1", 400),
        ("?object=nothing&action=read", 404),
        ("?object=contact&action=read", 200),
    ] {
        let path = format!("/api/v1/access/explain{query}");
        assert_eq!(tenant.get(&path).await.status, status, "{query}");
    }
}
