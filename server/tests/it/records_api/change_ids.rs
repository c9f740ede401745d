//! `X-Change-Id`: every write keeps the id that it is given, or one of its own, and answers it.

use reqwest::Method;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{Answer, Tenant};

/// Every way to write, in an order in which each finds its record; `{id}` is a record, and `{new}` is free.
fn writes() -> Vec<(Method, &'static str, Json)> {
    let operation = |method: &str, path: &str, body: Json| json!({"method": method, "path": path, "body": body});
    let batch = json!({"operations": [
        operation("POST", "/contacts", json!({"last_name": "Cy"})),
        operation("PATCH", "/contacts/{id}", json!({"city": "Oslo"})),
    ]});
    let mutation = json!({"query": "mutation { updateContact(id: \"{id}\", data: {city: \"Bonn\"}) { id } createContact(data: {}) { id } }"});
    let this = "filter={\"id\":{\"eq\":\"{id}\"}}";
    let filtered: &'static str = Box::leak(format!("/api/v1/contacts?{this}").into_boxed_str());
    vec![
        (
            Method::POST,
            "/api/v1/contacts",
            json!({"last_name": "Ann"}),
        ),
        (Method::POST, "/api/v1/contacts", json!([{}, {}])),
        (
            Method::POST,
            "/api/v1/contacts/upsert?on=id",
            json!({"id": "{id}", "city": "Riga"}),
        ),
        (
            Method::POST,
            "/api/v1/contacts/upsert?on=id",
            json!([{"id": "{id}", "title": "x"}, {}]),
        ),
        (
            Method::PATCH,
            "/api/v1/contacts/{id}",
            json!({"city": "Riga"}),
        ),
        (Method::PATCH, filtered, json!({"city": "Oslo"})),
        (Method::DELETE, "/api/v1/contacts/{id}", Json::Null),
        (Method::POST, "/api/v1/contacts/{id}/restore", Json::Null),
        (Method::DELETE, filtered, Json::Null),
        (Method::POST, "/api/v1/contacts/{id}/restore", Json::Null),
        (Method::POST, "/api/v1/batch", batch),
        (Method::POST, "/graphql", mutation),
        (
            Method::DELETE,
            "/api/v1/contacts/{id}?permanent=true",
            Json::Null,
        ),
    ]
}

async fn ask(
    tenant: &Tenant,
    write: &(Method, &str, Json),
    id: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let (method, path, body) = write;
    let mut request = tenant.request(method.clone(), &path.replace("{id}", id));
    if !body.is_null() {
        let body: Json = serde_json::from_str(&body.to_string().replace("{id}", id)).unwrap();
        request = request.json(&body);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::to(request).await
}

#[tokio::test]
async fn all_events_of_a_request_have_the_id_that_it_gives_and_answers() {
    let tenant = Tenant::new().await;
    let id = tenant.id_of("contacts", json!({"last_name": "Zoe"})).await;
    let mut seen = tenant.change_ids().await.len();
    for write in writes() {
        let given = Uuid::new_v4().to_string();
        let answer = ask(&tenant, &write, &id, &[("x-change-id", &given)]).await;
        assert!(answer.status < 300, "{write:?} {}", answer.text);
        assert_eq!(answer.header("x-change-id"), given, "{write:?}");
        let ids = tenant.change_ids().await;
        assert!(ids.len() > seen, "{write:?}");
        assert!(
            ids[seen..].iter().all(|id| *id == Some(given.clone())),
            "{write:?}"
        );
        seen = ids.len();
    }
}

#[tokio::test]
async fn a_request_without_an_id_is_a_change_of_its_own_and_a_bad_id_is_refused() {
    let tenant = Tenant::new().await;
    let id = tenant.id_of("contacts", json!({"last_name": "Zoe"})).await;
    let mut known = vec![tenant.change_ids().await[0].clone().unwrap()];
    for write in writes() {
        for bad in ["", "x", "018cc251-f400"] {
            let refused = ask(&tenant, &write, &id, &[("x-change-id", bad)]).await;
            assert_eq!(refused.status, 400, "{write:?} {}", refused.text);
            assert_eq!(refused.refusal(), "400 /X-Change-Id format", "{write:?}");
        }
        let before = tenant.change_ids().await.len();
        let answer = ask(&tenant, &write, &id, &[]).await;
        assert!(answer.status < 300, "{write:?} {}", answer.text);
        let own = answer.header("x-change-id").to_owned();
        assert_eq!(
            Uuid::parse_str(&own).unwrap().get_version_num(),
            7,
            "{write:?}"
        );
        assert!(!known.contains(&own), "{write:?}");
        let ids = tenant.change_ids().await;
        assert!(
            ids[before..].iter().all(|id| *id == Some(own.clone())),
            "{write:?}"
        );
        known.push(own);
    }
}

#[tokio::test]
async fn an_answer_that_is_given_again_names_the_change_that_was_made() {
    let tenant = Tenant::new().await;
    let create = (
        Method::POST,
        "/api/v1/contacts",
        json!({"last_name": "Ann"}),
    );
    let key = Uuid::new_v4().to_string();
    let first = ask(&tenant, &create, "", &[("idempotency-key", &key)]).await;
    let again = ask(&tenant, &create, "", &[("idempotency-key", &key)]).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.header("x-change-id"), again.header("x-change-id"));
    assert_eq!(tenant.change_ids().await.len(), 1);
}
