//! Many records in one request: all or none.

use serde_json::{Value as Json, json};

use crate::support::Tenant;
use crate::support::client::with_parameters;

const CONTACTS: &str = "/api/v1/contacts";

async fn total(tenant: &Tenant) -> Json {
    tenant
        .get("/api/v1/contacts?limit=1&count=exact")
        .await
        .ok()["total"]
        .take()
}

#[tokio::test]
async fn a_thousand_go_in_at_once_and_not_one_more() {
    let tenant = Tenant::new().await;
    let many = |count: usize| -> Json {
        (0..count)
            .map(|n| json!({"last_name": format!("n{n}"), "lead_score": n}))
            .collect()
    };
    let made = tenant.post(CONTACTS, many(1_000)).await.created();
    let made = made["data"].as_array().unwrap();
    assert_eq!(made.len(), 1_000);
    assert!(
        (0..1_000).all(|n| made[n]["lead_score"] == n),
        "in the order they were given"
    );
    let refused = tenant.post(CONTACTS, many(1_001)).await;
    assert_eq!(refused.refusal(), "422  too_many", "{}", refused.text);
    assert_eq!(total(&tenant).await, 1_000);
    let none = tenant.post(CONTACTS, json!([])).await;
    assert_eq!(none.refusal(), "422  too_few");
    assert_eq!(tenant.events("contact").await.len(), 1_000);
}

#[tokio::test]
async fn one_bad_record_stops_all_and_says_which() {
    let tenant = Tenant::new().await;
    tenant
        .patch(
            "/api/v1/metadata/objects/contact/fields/email",
            json!({"unique": true}),
        )
        .await
        .ok();
    tenant
        .create("contacts", json!({"email": "taken@example.com"}))
        .await;
    let nobody = "01939f8e-0000-7000-8000-000000000001";
    for (records, refused) in [
        (
            json!([{"last_name": "a"}, {"email": "no"}, {"lead_score": "x"}]),
            "422 /1/email format /2/lead_score pattern",
        ),
        (
            json!([{"last_name": "a"}, {"nonsense": 1}]),
            "422 /1/nonsense unknown",
        ),
        (json!([{"last_name": "a"}, 5]), "422 /1 type"),
        (
            json!([{"last_name": "a"}, {"email": "Taken@example.com"}]),
            "409 /1/email unique",
        ),
        (
            json!([{"email": "b@example.com"}, {}, {"email": "b@example.com"}]),
            "409 /2/email unique",
        ),
        (
            json!([{}, {"company_id": nobody}]),
            "422 /1/company_id not_found",
        ),
    ] {
        let answer = tenant.post(CONTACTS, records.clone()).await;
        assert_eq!(answer.refusal(), refused, "{records}: {}", answer.text);
    }
    assert_eq!(total(&tenant).await, 1);
    assert_eq!(tenant.events("contact").await.len(), 1);
    let fields = tenant
        .post(
            "/api/v1/contacts?fields=last_name,company.name",
            json!([{"last_name": "a"}, {"last_name": "b"}]),
        )
        .await;
    assert_eq!(
        fields.created(),
        json!({"data": [{"last_name": "a", "company": null}, {"last_name": "b", "company": null}]})
    );
}

#[tokio::test]
async fn many_are_changed_and_deleted_by_filter() {
    let tenant = Tenant::new().await;
    let records: Json = (0..10)
        .map(|n| json!({"last_name": format!("n{n}"), "lead_score": n}))
        .collect();
    tenant.post(CONTACTS, records).await.created();
    let where_ = |filter: &str| with_parameters(CONTACTS, &[("filter", filter)]);
    let all = with_parameters(CONTACTS, &[("filter", "{}"), ("max_affected", "100")]);

    assert_eq!(
        tenant
            .patch(CONTACTS, json!({"city": "Riga"}))
            .await
            .refusal(),
        "400 /filter required"
    );
    assert_eq!(
        tenant.delete(CONTACTS).await.refusal(),
        "400 /filter required"
    );
    assert_eq!(
        tenant.delete(&where_("nonsense")).await.refusal(),
        "400 /filter json"
    );
    assert_eq!(
        tenant
            .patch(&all, json!({"lead_score": "x"}))
            .await
            .refusal(),
        "422 /lead_score pattern"
    );

    let high = where_(r#"{"lead_score":{"gte":7}}"#);
    assert_eq!(
        tenant.patch(&high, json!({"city": "Riga"})).await.ok(),
        json!({"affected": 3})
    );
    let riga = where_(r#"{"city":{"eq":"Riga"}}"#);
    let changed = tenant.get(&riga).await.ok();
    assert!(
        changed["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|contact| contact["version"] == 2)
    );
    assert_eq!(tenant.delete(&riga).await.ok(), json!({"affected": 3}));
    assert_eq!(
        tenant.delete(&riga).await.ok(),
        json!({"affected": 0}),
        "they are in the bin already"
    );
    assert_eq!(total(&tenant).await, 7);
    assert_eq!(
        tenant.patch(&all, json!({"city": null})).await.ok(),
        json!({"affected": 7})
    );
    let actions: Vec<_> = tenant
        .events("contact")
        .await
        .into_iter()
        .map(|(action, ..)| action)
        .collect();
    assert_eq!(
        actions,
        [
            vec!["created"; 10],
            vec!["updated"; 3],
            vec!["deleted"; 3],
            vec!["updated"; 7]
        ]
        .concat()
    );
}

#[tokio::test]
async fn a_write_by_filter_goes_no_further_than_it_may() {
    let tenant = Tenant::new().await;
    tenant
        .post(CONTACTS, json!([{}, {}, {"city": "Oslo"}]))
        .await
        .created();
    let where_ =
        |most: &str| with_parameters(CONTACTS, &[("filter", "{}"), ("max_affected", most)]);
    let city = || json!({"city": "Riga"});
    for answer in [
        tenant.patch(&where_("2"), city()).await,
        tenant.delete(&where_("0")).await,
    ] {
        assert_eq!(
            (answer.status, &answer.body["type"]),
            (409, &json!("/problems/too_many_matched"))
        );
        assert!(answer.text.contains("finds 3 records"), "{}", answer.text);
    }
    for bad in ["-1", "x", "", "1.5", "99999999999"] {
        let refused = tenant.patch(&where_(bad), city()).await;
        assert_eq!(refused.refusal(), "400 /max_affected range", "{bad}");
    }
    let both = tenant.delete("/api/v1/contacts?max_affected=x").await;
    assert_eq!(both.refusal(), "400 /filter required /max_affected range");
    assert_eq!(tenant.events("contact").await.len(), 3);
    assert_eq!(
        tenant.patch(&where_("3"), city()).await.ok(),
        json!({"affected": 3})
    );

    let delete = "mutation($most: Int) { deleteContacts(filter: {city: {eq: \"Riga\"}}, maxAffected: $most) { affected } }";
    let refused = tenant.graphql(delete, json!({"most": 2})).await;
    let code = &refused.body["errors"][0]["extensions"]["code"];
    assert_eq!(
        (refused.status, code),
        (200, &json!("too_many_matched")),
        "{}",
        refused.text
    );
    let negative = tenant.graphql(delete, json!({"most": -1})).await;
    assert_eq!(
        negative.refusal(),
        "200 /maxAffected range",
        "{}",
        negative.text
    );
    let update = "mutation { updateContacts(filter: {city: {eq: \"Riga\"}}, data: {title: \"x\"}, maxAffected: 3) { affected } }";
    assert_eq!(
        tenant.data(update, json!({})).await["updateContacts"]["affected"],
        3
    );
    assert_eq!(
        tenant.data(delete, json!({"most": 3})).await["deleteContacts"]["affected"],
        3
    );
    assert_eq!(tenant.events("contact").await.len(), 12);
}

#[tokio::test]
async fn a_filter_that_says_nothing_changes_nothing() {
    let tenant = Tenant::new().await;
    tenant
        .post(CONTACTS, json!([{"city": "Riga"}, {}]))
        .await
        .created();
    let city = json!({"title": "x"});
    // What has a plan already must not lend it to what says nothing.
    let three = r#"{"city":{"not_in":["a","b","c"]}}"#;
    tenant
        .patch(
            &with_parameters(CONTACTS, &[("filter", three)]),
            city.clone(),
        )
        .await
        .ok();
    let had = tenant.events("contact").await.len();
    for filter in [
        "{}",
        r#"{"city":{}}"#,
        r#"{"or":[{}]}"#,
        r#"{"or":[]}"#,
        r#"{"and":[]}"#,
        r#"{"and":[{},{"city":{}}]}"#,
        r#"{"not":{}}"#,
        r#"{"not":{"not":{}}}"#,
        r#"{"not":{"or":[]}}"#,
        r#"{"company":{}}"#,
        r#"{"company":{"city":{}}}"#,
        r#"{"opportunities":{}}"#,
        r#"{"opportunities":{"every":{}}}"#,
        r#"{"or":[{"city":{"eq":"Riga"}},{}]}"#,
        r#"{"city":{"not_in":[]}}"#,
    ] {
        for bound in [None, Some(("max_affected", "50"))] {
            if (filter, bound) == ("{}", Some(("max_affected", "50"))) {
                continue;
            }
            let mut parameters = vec![("filter", filter)];
            parameters.extend(bound);
            let path = with_parameters(CONTACTS, &parameters);
            let one = |method: &str| {
                let mut operation =
                    json!({"method": method, "path": path.trim_start_matches("/api/v1")});
                if method == "PATCH" {
                    operation["body"] = city.clone();
                }
                json!({"operations": [operation]})
            };
            for answer in [
                tenant.patch(&path, city.clone()).await,
                tenant.delete(&path).await,
            ] {
                assert_eq!(answer.refusal(), "400 /filter required", "{path}");
            }
            for method in ["PATCH", "DELETE"] {
                let batch = tenant.post("/api/v1/batch", one(method)).await;
                assert_eq!(batch.status, 400, "{path} {}", batch.text);
            }
        }
        // To a read it is an open question, or one that nothing answers.
        let read = with_parameters(CONTACTS, &[("filter", filter)]);
        assert_eq!(tenant.get(&read).await.status, 200, "{filter}");
    }
    assert_eq!(tenant.events("contact").await.len(), had);
}
