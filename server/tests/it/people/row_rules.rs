//! What a caller with row rules may do with records that they see and may change, that they only see, and that they do not see.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::roles::with_role;
use crate::support::{Answer, Client, Tenant};

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

/// Contacts of Riga are seen, with the score of one's own. One's own are changed, and stay in Riga; companies of Riga are seen.
fn clerk() -> Json {
    let own = json!({"created_by": {"eq": "$user.id"}});
    let here = json!({"city": {"eq": "Riga"}});
    let both = json!({"and": [own, here]});
    json!({
        "api_name": "clerk", "name": "Clerk", "default": {"read": true},
        "objects": {
            "company": {"read": {"filter": here}},
            "contact": {
                "read": {"filter": here}, "create": {"filter": here}, "update": {"filter": both},
                "delete": {"filter": own}, "restore": {"filter": own}, "destroy": {"filter": own},
            },
        },
    })
}

struct Scene {
    tenant: Tenant,
    clerk: Client,
    own: String,
    seen: String,
    unseen: String,
}

async fn scene() -> Scene {
    let tenant = Tenant::new().await;
    let clerk = with_role(&tenant, clerk()).await;
    let contact =
        |name: &str, city: &str| json!({"last_name": name, "city": city, "lead_score": 7});
    let own = clerk.post("/api/v1/contacts", contact("Own", "Riga")).await;
    let own = own.created()["id"].as_str().unwrap().to_owned();
    let seen = tenant.id_of("contacts", contact("Seen", "Riga")).await;
    let unseen = tenant.id_of("contacts", contact("Unseen", "Bonn")).await;
    Scene {
        tenant,
        clerk,
        own,
        seen,
        unseen,
    }
}

/// The body of a refusal, without the id that was asked for.
fn told(answer: &Answer, id: &str) -> String {
    answer.text.replace(id, "…")
}

#[tokio::test]
async fn every_verb_tells_unseen_from_forbidden() {
    let Scene {
        tenant,
        clerk,
        own,
        seen,
        unseen,
    } = scene().await;
    let one = |id: &str| format!("/api/v1/contacts/{id}");
    let change = || Some(json!({"last_name": "Other"}));
    let of_one = |method: Method, path: String, body: Option<Json>, done: u16, action| {
        (method, path, body, done, action)
    };
    for (id, kind) in [(&seen, "seen"), (&unseen, "unseen"), (&own, "own")] {
        let verbs = [
            of_one(Method::GET, one(id), None, 200, None),
            of_one(Method::GET, format!("{}/history", one(id)), None, 200, None),
            of_one(Method::PATCH, one(id), change(), 200, Some("update")),
            of_one(Method::DELETE, one(id), None, 204, Some("delete")),
            of_one(
                Method::POST,
                format!("{}/restore", one(id)),
                None,
                200,
                Some("restore"),
            ),
            of_one(
                Method::DELETE,
                format!("{}?permanent=true", one(id)),
                None,
                204,
                Some("destroy"),
            ),
        ];
        for (method, path, body, done, action) in verbs {
            let what = format!("{kind}: {method} {path}");
            let before = tenant.events("contact").await.len();
            let answer = clerk.send(method.clone(), &path, body.clone()).await;
            match (kind, action) {
                ("own", _) | ("seen", None) => {
                    assert_eq!(answer.status, done, "{what}: {}", answer.text);
                }
                ("seen", Some(action)) => {
                    assert_eq!(answer.status, 403, "{what}: {}", answer.text);
                    assert_eq!(answer.body["action"], action, "{what}");
                    assert_eq!(answer.body["errors"][0]["code"], "forbidden", "{what}");
                }
                _ => {
                    let other = path.replace(id, NOBODY);
                    let unknown = clerk.send(method, &other, body).await;
                    assert_eq!(answer.status, 404, "{what}: {}", answer.text);
                    assert_eq!(told(&answer, id), told(&unknown, NOBODY), "{what}");
                }
            }
            if answer.status >= 400 {
                assert_eq!(tenant.events("contact").await.len(), before, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn writes_keep_the_rules_before_and_after() {
    let Scene {
        tenant,
        clerk,
        own,
        seen,
        unseen,
    } = scene().await;
    let path = "/api/v1/contacts";
    let own_path = format!("{path}/{own}");
    let before = tenant.events("contact").await.len();
    let moved = clerk.patch(&own_path, json!({"city": "Bonn"})).await;
    assert_eq!(
        (moved.status, &moved.body["action"]),
        (403, &json!("update")),
        "{}",
        moved.text
    );
    let made = clerk
        .post(path, json!({"last_name": "New", "city": "Bonn"}))
        .await;
    assert_eq!(
        (made.status, &made.body["action"]),
        (403, &json!("create")),
        "{}",
        made.text
    );
    let several = json!([{"last_name": "A", "city": "Riga"}, {"last_name": "B"}]);
    let made = clerk.post(path, several).await;
    assert_eq!(made.status, 403, "{}", made.text);
    assert_eq!(made.body["errors"][0]["pointer"], "/1", "{}", made.text);
    let list = |id: &str| json!([{"id": own, "last_name": "A"}, {"id": id, "last_name": "B"}]);
    let changed = clerk.patch(path, list(&seen)).await;
    assert_eq!(
        (changed.status, &changed.body["errors"][0]["pointer"]),
        (403, &json!("/1")),
        "{}",
        changed.text
    );
    let changed = clerk.patch(path, list(&unseen)).await;
    assert_eq!(
        (changed.status, changed.refusal()),
        (422, "422 /1/id not_found".to_owned())
    );
    let by_key = json!([{"id": seen, "last_name": "A", "city": "Riga"}]);
    let upserted = clerk.post(&format!("{path}/upsert?on=id"), by_key).await;
    assert_eq!(
        (upserted.status, &upserted.body["action"]),
        (403, &json!("upsert")),
        "{}",
        upserted.text
    );
    let by_key = json!([{"id": unseen, "last_name": "A", "city": "Riga"}]);
    let upserted = clerk.post(&format!("{path}/upsert?on=id"), by_key).await;
    assert_eq!(
        (upserted.status, upserted.refusal()),
        (409, "409 /0/id unique".to_owned())
    );
    let stale = clerk.request(Method::PATCH, &format!("{path}/{unseen}"));
    let stale = Answer::to(
        stale
            .header("if-match", "\"99\"")
            .json(&json!({"last_name": "A"})),
    )
    .await;
    assert_eq!(stale.status, 404, "what is not seen has no version");
    assert_eq!(
        tenant.events("contact").await.len(),
        before,
        "nothing was written"
    );

    let every = r#"/api/v1/contacts?filter={"city":{"is_null":false}}"#;
    let moved = clerk.patch(every, json!({"city": "Bonn"})).await;
    assert_eq!(moved.status, 403, "{}", moved.text);
    let renamed = clerk.patch(every, json!({"last_name": "Mine"})).await.ok();
    assert_eq!(renamed["affected"], 1);
    let hidden = r#"/api/v1/contacts?filter={"city":{"eq":"Bonn"}}"#;
    let none = clerk.patch(hidden, json!({"last_name": "Mine"})).await.ok();
    assert_eq!(none["affected"], 0);
    assert_eq!(clerk.delete(every).await.ok()["affected"], 1);

    let query = "mutation($id: UUID!) { updateContact(id: $id, data: {lastName: \"x\"}) { id } }";
    let refused = clerk.graphql(query, json!({"id": seen})).await;
    let extensions = &refused.body["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "forbidden", "{}", refused.text);
    assert_eq!(extensions["action"], "update", "{}", refused.text);
}

#[tokio::test]
async fn a_relation_to_an_unseen_record_reads_null_and_is_not_set() {
    let Scene {
        tenant, clerk, own, ..
    } = scene().await;
    let company = |name: &str, city: &str| json!({"name": name, "city": city});
    let here = tenant.id_of("companies", company("Here", "Riga")).await;
    let there = tenant.id_of("companies", company("There", "Bonn")).await;
    let path = format!("/api/v1/contacts/{own}");
    let refusal = |answer: Answer| (answer.status, answer.refusal());
    let missing = refusal(clerk.patch(&path, json!({"company_id": NOBODY})).await);
    assert_eq!(missing, (422, "422 /company_id not_found".to_owned()));
    assert_eq!(
        refusal(clerk.patch(&path, json!({"company_id": there})).await),
        missing
    );
    clerk.patch(&path, json!({"company_id": here})).await.ok();
    tenant.patch(&path, json!({"company_id": there})).await.ok();
    let shown = clerk
        .get(&format!("{path}?fields=company_id,company.name"))
        .await
        .ok();
    assert_eq!(shown, json!({"company_id": null, "company": null}));
    for (filter, count) in [
        (json!({"company_id": {"eq": there}}), 0),
        (json!({"company_id": {"neq": there}}), 2),
        (json!({"company_id": {"is_null": true}}), 2),
        (json!({"company": {"name": {"eq": "There"}}}), 0),
        (json!({"not": {"company": {}}}), 2),
    ] {
        let filter = filter.to_string();
        let found = clerk
            .find(
                "/api/v1/contacts",
                &[("filter", &filter), ("count", "exact")],
            )
            .await
            .ok();
        assert_eq!(found["total"], count, "{filter}");
    }
    // What is not named stays.
    clerk.patch(&path, json!({"last_name": "Other"})).await.ok();
    assert_eq!(tenant.get(&path).await.ok()["company_id"], json!(there));
    let body = json!({"group_by": ["company.city"], "aggregates": {"n": {"count": "*"}}});
    let groups = clerk.post("/api/v1/contacts/aggregate", body).await.ok();
    assert_eq!(groups["data"], json!([{"company": {"city": null}, "n": 2}]));
}

#[tokio::test]
async fn counts_are_of_visible_records() {
    let Scene { tenant, clerk, .. } = scene().await;
    let more: Vec<Json> = (0..40)
        .map(|number| json!({"last_name": format!("n{number}"), "city": if number < 5 { "Riga" } else { "Bonn" }}))
        .collect();
    tenant.post("/api/v1/contacts", json!(more)).await.created();
    for count in ["exact", "estimated"] {
        let page = clerk
            .find("/api/v1/contacts", &[("count", count), ("limit", "7")])
            .await
            .ok();
        assert_eq!(page["total"], 7, "{count}");
        assert_eq!(page["page"]["next"], json!(null), "{count}");
    }
    let query =
        "{ contacts(first: 7) { totalCount pageInfo { hasNextPage } aggregate { count } } }";
    let data = clerk.data(query, json!({})).await;
    let expected =
        json!({"totalCount": 7, "pageInfo": {"hasNextPage": false}, "aggregate": {"count": 7}});
    assert_eq!(data["contacts"], expected);
}

#[tokio::test]
async fn a_hidden_object_is_not_named_where_it_holds_a_record() {
    let tenant = Tenant::new().await;
    let relation =
        json!({"to": "company", "inverse": {"api_name": "secrets"}, "on_delete": "restrict"});
    let holder = json!([{"api_name": "holder", "type": "relation", "settings": relation}]);
    tenant.object("secret", holder).await;
    let mut role = clerk();
    role["objects"]["company"] = json!({"read": true, "delete": true});
    role["objects"]["secret"] = json!({});
    let clerk = with_role(&tenant, role).await;
    let company = tenant.id_of("companies", json!({"name": "Held"})).await;
    tenant
        .create("secrets", json!({"holder_id": company}))
        .await;
    let path = format!("/api/v1/companies/{company}");
    let refused = clerk.delete(&path).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(
        !refused.text.to_lowercase().contains("secret"),
        "{}",
        refused.text
    );
    let refused = tenant.delete(&path).await;
    assert!(
        refused.text.to_lowercase().contains("secret"),
        "{}",
        refused.text
    );
}
