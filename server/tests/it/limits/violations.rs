//! However much is wrong with a request, its answer lists a thousand errors and says that there are more.

use serde_json::{Map, Value as Json, json};

use crate::support::{Answer, Tenant};

const MANY: usize = 20_000;

/// How many errors an answer lists, and the code of the last.
fn listed(answer: &Answer) -> (usize, &str) {
    let mut errors = answer.body["errors"].as_array().unwrap();
    if let [only] = errors.as_slice()
        && let Some(own) = only["extensions"]["errors"].as_array()
    {
        errors = own;
    }
    let last = errors.last().unwrap();
    let code = match last["extensions"]["errors"].as_array() {
        Some(own) => &own.last().unwrap()["code"],
        None => &last["code"],
    };
    (errors.len(), code.as_str().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_are_listed() {
    let tenant = Tenant::new().await;
    let unknown_keys: Map<String, Json> = (0..MANY).map(|n| (format!("k{n}"), json!(n))).collect();
    let bad_list = vec![json!("no id"); MANY];
    let bad_records = vec![json!({"email": "x", "lead_score": "x", "city": 5}); 1_000];
    let bad_conditions: Vec<Json> = (0..MANY).map(|n| json!({format!("k{n}"): 1})).collect();
    let attendees = json!({"kind": "call", "subject": "x", "happened_at": "2024-01-01T00:00:00Z", "attendees_ids": bad_list});
    let fields: Vec<Json> = (0..600)
        .map(|_| json!({"api_name": 1, "type": 2, "name": 3}))
        .collect();
    for (name, path, body) in [
        ("unknown keys", "contacts", Json::from(unknown_keys)),
        ("records", "contacts", json!(bad_records)),
        ("upserts", "contacts/upsert?on=id", json!(bad_records)),
        ("ids of a list", "activities", attendees),
        (
            "conditions",
            "contacts/aggregate",
            json!({"aggregates": {"n": "count"}, "filter": {"and": bad_conditions}}),
        ),
        (
            "fields of an object",
            "metadata/objects",
            json!({"api_name": "thing", "fields": fields}),
        ),
    ] {
        let answer = tenant.post(&format!("/api/v1/{path}"), body).await;
        assert!(
            (400..500).contains(&answer.status),
            "{name}: {}",
            answer.status
        );
        assert_eq!(
            listed(&answer),
            (1_001, "too_many_errors"),
            "{name}: {:.500}",
            answer.text
        );
        assert!(answer.text.len() < 500_000, "{name}: {}", answer.text.len());
    }

    let create = "mutation($data: [ContactCreateInput!]!) { createContacts(data: $data) { id } }";
    let unknown: String = (0..MANY / 10).map(|n| format!("k{n} ")).collect();
    let records = vec![json!({"email": "x", "phone": "x", "mobile": "x"}); 1_000];
    for (name, document, variables) in [
        ("records", create.to_owned(), json!({"data": records})),
        (
            "fields",
            format!("{{contacts {{nodes {{{unknown}}}}}}}"),
            json!({}),
        ),
    ] {
        let answer = tenant.graphql(&document, variables).await;
        assert_eq!(
            listed(&answer),
            (1_001, "too_many_errors"),
            "{name}: {:.500}",
            answer.text
        );
        assert!(answer.text.len() < 500_000, "{name}: {}", answer.text.len());
    }
}
