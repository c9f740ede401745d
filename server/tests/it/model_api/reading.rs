//! The model as it is read: by whom, what they may do with it, and whether it has changed.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Client, Tenant};

const OBJECTS: &str = "/api/v1/metadata/objects";

async fn held(client: &Client, path: &str, tag: &str) -> Answer {
    let request = client.request(Method::GET, path);
    Answer::to(request.header("if-none-match", tag)).await
}

#[tokio::test]
async fn members_read_what_they_may_do() {
    let tenant = Tenant::new().await;
    let member = tenant.member().await;
    let permissions = |writes: bool| {
        json!({
            "read": true, "create": writes, "update": writes,
            "delete": writes, "restore": writes, "destroy": writes,
        })
    };
    let contact = member.get(&format!("{OBJECTS}/contact")).await.ok();
    // What may be done with the object, and apart from that the most of each field.
    let split = |object: &Json| {
        let mut actions = object["permissions"].clone();
        let fields = actions.as_object_mut().unwrap().remove("fields").unwrap();
        (actions, fields)
    };
    let (actions, fields) = split(&contact);
    assert_eq!(actions, permissions(true));
    assert_eq!(
        (&fields["city"], &fields["created_at"]),
        (&json!("write"), &json!("read"))
    );
    let of = |fields: &Json, name: &str| {
        let mut fields = fields.as_array().unwrap().iter();
        fields.find(|field| field["api_name"] == name).unwrap()["permissions"].clone()
    };
    let (written, kept) = (
        json!({"read": true, "create": true, "update": true}),
        json!({"read": true, "create": false, "update": false}),
    );
    assert_eq!(of(&contact["fields"], "city"), written);
    assert_eq!(of(&contact["system_fields"], "created_at"), kept);
    let user = member.get(&format!("{OBJECTS}/user")).await.ok();
    let (actions, fields) = split(&user);
    assert_eq!(
        (actions, &fields["email"]),
        (permissions(false), &json!("read"))
    );
    // The same objects, by the same names, are in the list.
    let listed = member.get(OBJECTS).await.ok();
    assert!(listed["data"].as_array().unwrap().contains(&contact));
    let types = member.get("/api/v1/metadata/field-types").await.ok();
    assert!(types["data"].as_array().unwrap().len() > 20);
    let modules = member.get("/api/v1/metadata/modules").await.ok();
    assert_eq!(
        (&modules["data"][0]["name"], &modules["data"][0]["enabled"]),
        (&json!("crm"), &json!(true))
    );
    // Changes are for others.
    let field = json!({"api_name": "colour", "type": "text"});
    let path = format!("{OBJECTS}/contact/fields");
    assert_eq!(member.post(&path, field.clone()).await.status, 403);
    let field = tenant.post(&path, field).await.created();
    assert_eq!(field["permissions"], written);
}

#[tokio::test]
async fn the_tag_is_the_version_that_every_answer_tells() {
    let tenant = Tenant::new().await;
    let member = tenant.member().await;
    let version = async |client: &Client, path: &str| {
        let answer = client.get(path).await;
        answer.header("x-model-version").to_owned()
    };
    for (index, path) in [
        OBJECTS,
        "/api/v1/metadata/objects/contact",
        "/api/v1/metadata/field-types",
        "/api/v1/metadata/modules",
    ]
    .into_iter()
    .enumerate()
    {
        if index > 0 {
            tenant.object(&format!("thing_{index}"), json!([])).await;
        }
        let first = member.get(path).await;
        let tag = first.header("etag").to_owned();
        assert_eq!(tag, format!("\"{}\"", first.header("x-model-version")));
        let again = held(&member, path, &tag).await;
        assert_eq!((again.status, again.header("etag")), (304, &*tag), "{path}");
        assert_eq!(held(&member, path, "\"none\"").await.status, 200);
        tenant.object(&format!("other_{index}"), json!([])).await;
        assert_eq!(held(&member, path, &tag).await.status, 200, "{path}");
    }
    let now = version(&tenant, OBJECTS).await;
    let contact = tenant.id_of("contacts", json!({})).await;
    for path in [
        "/api/v1/contacts",
        &format!("/api/v1/contacts/{contact}"),
        "/api/v1/nothings",
        "/api/v1/auth/me",
        "/api/v1/openapi.json",
        "/graphql?query={__typename}",
        "/graphql?query={nothing}",
    ] {
        assert_eq!(version(&tenant, path).await, now, "{path}");
    }
    // Also where the answer is one of before.
    let create = || {
        let request = tenant.request(Method::POST, "/api/v1/contacts");
        Answer::to(request.header("idempotency-key", "k1").json(&json!({})))
    };
    assert_eq!(create().await.header("x-model-version"), now);
    tenant.object("later", json!([])).await;
    let replayed = create().await;
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    assert_ne!(replayed.header("x-model-version"), now);
    // A stranger is under no tenant.
    assert_eq!(version(&tenant.guest(), "/api/v1/contacts").await, "");
}
