//! Members: their roles, and their removal.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{id_of, with_email};
use crate::support::tenant::PASSWORD;
use crate::support::{Client, Tenant};

async fn set_roles(admin: &Client, user: &str, roles: Json) -> crate::support::Answer {
    let path = format!("/api/v1/members/{user}");
    admin.patch(&path, json!({"roles": roles})).await
}

/// What the caller may do with records, over REST and GraphQL: reading, creating.
async fn may(client: &Client) -> [u16; 4] {
    let contact = json!({"last_name": "Lee"});
    let mutation = "mutation { createContact(data: {lastName: \"Lee\"}) { id } }";
    [
        client.get("/api/v1/contacts").await.status,
        client.post("/api/v1/contacts", contact).await.status,
        client
            .graphql("{ contacts { totalCount } }", json!({}))
            .await
            .status,
        client.graphql(mutation, json!({})).await.status,
    ]
}

#[tokio::test]
async fn roles_hold_in_the_next_request_in_both_apis_and_add_up() {
    let tenant = Tenant::new().await;
    let member = tenant.member().await;
    let user = id_of(&member).await;
    let members = tenant.get("/api/v1/members").await.ok();
    let entry = with_email(&members, &format!("member@{}.example", tenant.slug)).unwrap();
    assert_eq!(entry["user"]["id"], user.as_str());
    assert_eq!(entry["roles"], json!(["member"]));
    assert_eq!(entry["teams"], json!([]));
    assert!(entry["joined_at"].is_string() && entry["last_seen_at"].is_string());
    assert_eq!(members["data"].as_array().unwrap().len(), 2);

    for (roles, expected, model) in [
        (json!(["read_only"]), [200, 403, 200, 403], 403),
        (json!(["read_only", "member"]), [200, 201, 200, 200], 403),
        (json!(["admin"]), [200, 201, 200, 200], 201),
        (json!(["member"]), [200, 201, 200, 200], 403),
    ] {
        let changed = set_roles(&tenant, &user, roles.clone()).await.ok();
        let mut names: Vec<&str> = roles
            .as_array()
            .unwrap()
            .iter()
            .map(|role| role.as_str().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(changed["roles"], json!(names));
        let mut found = may(&member).await;
        // A schema without mutations refuses one as unknown.
        if found[3] == 400 {
            found[3] = 403;
        }
        assert_eq!(found, expected, "{roles}");
        let object = json!({"api_name": "thing", "fields": []});
        let made = member.post("/api/v1/metadata/objects", object).await.status;
        assert_eq!(made, model, "{roles}");
        let me = member.get("/api/v1/auth/me").await.ok();
        assert_eq!(me["permissions"]["write"], expected[1] == 201, "{roles}");
    }
}

#[tokio::test]
async fn whoever_only_reads_writes_in_no_way() {
    let tenant = Tenant::new().await;
    let reader = tenant.member().await;
    set_roles(&tenant, &id_of(&reader).await, json!(["read_only"]))
        .await
        .ok();
    let contact = tenant.id_of("contacts", json!({"last_name": "Lee"})).await;
    let one = format!("/api/v1/contacts/{contact}");
    reader.get(&one).await.ok();
    let record = json!({"last_name": "Ray"});
    for (method, path, body) in [
        (Method::POST, "/api/v1/contacts", record.clone()),
        (Method::POST, "/api/v1/contacts/many", json!([record])),
        (
            Method::POST,
            "/api/v1/contacts/upsert?on=id",
            record.clone(),
        ),
        (Method::PATCH, &one, record.clone()),
        (Method::PATCH, "/api/v1/contacts", json!([{"id": contact}])),
        (
            Method::PATCH,
            "/api/v1/contacts?filter={\"last_name\":{\"eq\":\"Lee\"}}",
            record.clone(),
        ),
        (
            Method::DELETE,
            "/api/v1/contacts?filter={\"last_name\":{\"eq\":\"Lee\"}}",
            Json::Null,
        ),
        (Method::DELETE, &one, Json::Null),
        (Method::POST, &format!("{one}/restore"), json!({})),
        (
            Method::POST,
            &format!("{one}/revert"),
            json!({"version": 1}),
        ),
        (
            Method::POST,
            "/api/v1/batch",
            json!({"operations": [{"method": "POST", "path": "/contacts", "body": record}]}),
        ),
        (
            Method::POST,
            "/api/v1/invitations",
            json!({"emails": [], "roles": []}),
        ),
        (
            Method::POST,
            "/api/v1/metadata/objects",
            json!({"api_name": "thing"}),
        ),
    ] {
        let body = (!body.is_null()).then_some(body);
        let answer = reader.send(method.clone(), path, body).await;
        assert_eq!(answer.status, 403, "{method} {path}: {}", answer.text);
    }
    let contacts = tenant.get("/api/v1/contacts?count=exact").await.ok();
    assert_eq!(contacts["total"], 1);
    assert_eq!(contacts["data"][0]["last_name"], "Lee");
    let introspected = reader
        .data(
            "{ __schema { mutationType { fields { name } } } }",
            json!({}),
        )
        .await;
    // Views, sidebar items and dashboards are everybody's own.
    let own = ["View", "SidebarItem", "Dashboard"];
    for mutation in introspected["__schema"]["mutationType"]["fields"]
        .as_array()
        .unwrap()
    {
        let name = mutation["name"].as_str().unwrap();
        assert!(own.iter().any(|own| name.contains(own)), "{name}");
    }
}

#[tokio::test]
async fn a_removed_member_is_out_at_once() {
    let tenant = Tenant::new().await;
    let member = tenant.member().await;
    let user = id_of(&member).await;
    let email = format!("member@{}.example", tenant.slug);
    let credentials = json!({"email": email, "password": PASSWORD});
    let guest = tenant.guest();
    let session = guest.post("/api/v1/auth/login", credentials.clone()).await;
    let session = session.ok();
    let path = format!("/api/v1/members/{user}");
    tenant.delete(&path).await.no_content();
    assert_eq!(member.get("/api/v1/auth/me").await.status, 401);
    assert_eq!(member.get("/api/v1/contacts").await.status, 401);
    let refresh = json!({"refresh_token": session["refresh_token"]});
    let refreshed = guest.post("/api/v1/auth/refresh", refresh).await;
    assert_eq!(refreshed.status, 401);
    let login = guest.post("/api/v1/auth/login", credentials).await;
    assert_eq!(login.status, 401);
    assert_eq!(tenant.delete(&path).await.status, 404);
    let users = tenant.get("/api/v1/users").await.ok();
    assert_eq!(with_email(&users, &email), None);

    // The account is theirs: it may come back.
    let admit = ["user", "create", &email, "--tenant", &tenant.slug];
    assert_eq!(tenant.run(&admit).code, Some(0));
    let users = tenant.get("/api/v1/users").await.ok();
    assert!(with_email(&users, &email).is_some());
}

#[tokio::test]
async fn one_admin_is_always_left() {
    let tenant = Tenant::new().await;
    let (admin, member) = (id_of(&tenant).await, tenant.member().await);
    let user = id_of(&member).await;
    let demoted = set_roles(&tenant, &admin, json!(["member"])).await;
    assert_eq!(demoted.refusal(), "409 /roles last_admin");
    let removed = tenant.delete(&format!("/api/v1/members/{admin}")).await;
    assert_eq!(removed.refusal(), "409  last_admin");
    set_roles(&tenant, &user, json!(["admin"])).await.ok();
    // Two who demote each other at once.
    let (one, other) = tokio::join!(
        set_roles(&tenant, &user, json!(["member"])),
        set_roles(&member, &admin, json!(["member"])),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert!([[200, 409], [200, 403]].contains(&statuses), "{statuses:?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_change_of_a_member_is_said() {
    let tenant = Tenant::new().await;
    let user = id_of(&tenant).await;
    for (roles, refusal) in [
        (json!(["admin", "boss"]), "422 /roles/1 unknown"),
        (json!([]), "422 /roles required"),
        (json!("admin"), "400 /roles type"),
    ] {
        let refused = set_roles(&tenant, &user, roles).await;
        assert_eq!(refused.refusal(), refusal);
    }
    let path = format!("/api/v1/members/{user}");
    let refused = tenant.patch(&path, json!({"password": "x"})).await;
    assert_eq!(refused.refusal(), "400 /password unknown_key");
    for nobody in ["x", "0193b0a8-0000-7000-8000-000000000000"] {
        assert_eq!(
            set_roles(&tenant, nobody, json!(["admin"])).await.status,
            404
        );
    }
}
