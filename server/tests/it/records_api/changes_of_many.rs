//! `PATCH /{plural}` with a list: changes of several records, each in a way of its own, all or none.

use reqwest::Method;
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use super::batches_at_once::deadlocks;
use crate::support::{Answer, Tenant};

const PARTS: &str = "/api/v1/parts";
const UNKNOWN: &str = "018cc251-f400-7000-8000-000000000000";

/// A tenant with three parts, `a`, `b` and `c`, and their ids.
async fn tenant() -> (Tenant, Vec<String>) {
    let tenant = Tenant::new().await;
    tenant.object("tag", json!([])).await;
    let fields = json!([
        {"api_name": "email", "type": "email", "unique": true},
        {"api_name": "number", "type": "integer", "required": true, "default_value": 1},
        {"api_name": "price", "type": "currency"},
        {"api_name": "budget", "type": "currency", "settings": {"currency_code": "CHF"}},
        {"api_name": "owner", "type": "full_name", "required": true, "default_value": {"last": "X"}},
        {"api_name": "labels", "type": "multi_select", "settings": {"options": [{"value": "x"}, {"value": "y"}]}},
        {"api_name": "parent", "type": "relation", "settings": {"to": "part"}},
        {"api_name": "tags", "type": "many_to_many", "settings": {"to": "tag"}},
    ]);
    tenant.object("part", fields).await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        let email = format!("{name}@example.com");
        let record = json!({
            "name": name, "email": email, "price": {"amount": "5", "currency_code": "USD"}, "labels": ["x"],
        });
        ids.push(tenant.id_of("parts", record).await);
    }
    (tenant, ids)
}

async fn stored(tenant: &Tenant) -> Json {
    let fields = "name,email,number,price,budget,owner,labels,parent_id,version,tags.name";
    let path = format!("{PARTS}?sort=id&fields={fields}");
    tenant.get(&path).await.ok()["data"].take()
}

#[tokio::test]
async fn each_record_gets_its_own_values_and_the_rest_stays() {
    let (tenant, ids) = tenant().await;
    let red = tenant.id_of("tags", json!({"name": "red"})).await;
    let path = format!("{PARTS}/{}", ids[2]);
    tenant.patch(&path, json!({"tags_ids": [red]})).await.ok();
    let changes = json!([
        {"id": ids[2], "version": 2, "name": "C", "price": {"amount": "7.5"}, "labels": ["y"]},
        {"id": ids[0], "number": 9, "name": null, "parent_id": ids[1], "tags_ids": [red], "budget": {"amount": 3}},
        {"id": ids[1], "email": "new@example.com", "price": null, "owner": {"first": "Ada"}},
    ]);
    let fields = "name,number,version,tags.name";
    let answer = tenant
        .patch(&format!("{PARTS}?fields={fields}"), changes)
        .await;
    assert_eq!(
        answer.ok(),
        json!({"data": [
            {"name": "C", "number": 1, "version": 3, "tags": [{"name": "red"}]},
            {"name": null, "number": 9, "version": 2, "tags": [{"name": "red"}]},
            {"name": "b", "number": 1, "version": 2, "tags": []},
        ]})
    );
    let all = stored(&tenant).await;
    let pick = |index: usize, keys: &[&str]| -> Json {
        keys.iter().map(|key| all[index][*key].clone()).collect()
    };
    assert_eq!(
        pick(0, &["email", "parent_id", "price", "budget", "labels"]),
        json!(["a@example.com", ids[1], {"amount": "5", "currency_code": "USD"},
            {"amount": "3", "currency_code": "CHF"}, ["x"]])
    );
    assert_eq!(pick(1, &["email", "name"]), json!(["new@example.com", "b"]));
    assert_eq!(pick(1, &["owner"])[0]["last"], "X");
    assert_eq!(pick(1, &["owner"])[0]["first"], "Ada");
    assert_eq!(pick(1, &["price"])[0]["amount"], Json::Null);
    assert_eq!(
        pick(2, &["price", "labels"]),
        json!([{"amount": "7.5", "currency_code": "USD"}, ["y"]])
    );
    // An empty list of links empties the relation, an absent one leaves it.
    let changes = json!([{"id": ids[2], "tags_ids": []}, {"id": ids[0]}]);
    let answer = tenant
        .patch(&format!("{PARTS}?fields=tags.name"), changes)
        .await;
    assert_eq!(
        answer.ok(),
        json!({"data": [{"tags": []}, {"tags": [{"name": "red"}]}]})
    );
    // An event for each, as the columns were and are.
    let events = tenant.events("part").await;
    let updated = events
        .iter()
        .rev()
        .take(5)
        .filter(|event| event.0 == "updated");
    assert_eq!(updated.count(), 5);
    let of_b = events
        .iter()
        .find(|(_, _, after)| after["email"] == "new@example.com");
    let (_, before, after) = of_b.expect("the change of b");
    assert_eq!(
        (&before["email"], &before["version"]),
        (&json!("b@example.com"), &json!(1))
    );
    assert_eq!(
        (&after["version"], &after["name"]),
        (&json!(2), &json!("b"))
    );
}

#[tokio::test]
async fn what_is_wrong_with_one_is_told_by_its_place_and_none_is_changed() {
    let (tenant, ids) = tenant().await;
    let gone = tenant.id_of("parts", json!({"name": "gone"})).await;
    tenant.delete(&format!("{PARTS}/{gone}")).await.no_content();
    let other = self::tenant().await;
    let change = |more: Json| {
        let mut change = json!({"id": ids[1]});
        let more = more.as_object().unwrap().clone();
        change.as_object_mut().unwrap().extend(more);
        json!([{"id": ids[0], "name": "changed"}, change])
    };
    let before = stored(&tenant).await;
    let too_many: Json = (0..1_001).map(|_| json!({"id": UNKNOWN})).collect();
    for (body, expected) in [
        (change(json!({"id": UNKNOWN})), "422 /1/id not_found"),
        (change(json!({"id": gone})), "422 /1/id not_found"),
        (change(json!({"id": other.1[0]})), "422 /1/id not_found"),
        (change(json!({"id": "x"})), "422 /1/id format"),
        (change(json!({"id": null})), "422 /1/id format"),
        (change(json!({"id": ids[0]})), "409 /1/id unique"),
        (
            change(json!({"version": 7})),
            "409 /1/version stale_version",
        ),
        (change(json!({"version": "1"})), "422 /1/version type"),
        (change(json!({"version": 0})), "422 /1/version type"),
        (change(json!({"version": null})), "422 /1/version type"),
        (change(json!({"email": "no"})), "422 /1/email format"),
        (
            change(json!({"email": "c@example.com"})),
            "409 /1/email unique",
        ),
        (change(json!({"number": null})), "422 /1/number required"),
        (
            change(json!({"created_at": "2026-01-01T00:00:00Z"})),
            "422 /1/created_at read_only",
        ),
        (change(json!({"colour": 1})), "422 /1/colour unknown"),
        (
            change(json!({"parent_id": UNKNOWN})),
            "422 /1/parent_id not_found",
        ),
        (
            change(json!({"parent_id": gone})),
            "422 /1/parent_id not_found",
        ),
        (
            change(json!({"tags_ids": [UNKNOWN]})),
            "422 /1/tags_ids not_found",
        ),
        (
            change(json!({"price": {"currency_code": null}})),
            "422 /1/price/currency_code required",
        ),
        (
            change(json!({"owner": {"last": null}})),
            "422 /1/owner required",
        ),
        (json!([{"name": "x"}, {"id": ids[0]}]), "422 /0/id required"),
        (json!([{"id": ids[0]}, 1]), "422 /1 type"),
        (
            json!([{"id": UNKNOWN}, {"id": ids[0], "owner": {"last": null}}, {"id": ids[1], "version": 9}]),
            "422 /0/id not_found /1/owner required",
        ),
        (
            json!([{"id": ids[1], "version": 2}, {"id": ids[0], "version": 1}, {"id": ids[2], "version": 9}]),
            "409 /0/version stale_version /2/version stale_version",
        ),
        (json!([]), "422  too_few"),
        (too_many, "422  too_many"),
    ] {
        let answer = tenant.patch(PARTS, body.clone()).await;
        assert_eq!(answer.refusal(), expected, "{body} {}", answer.text);
        assert_eq!(stored(&tenant).await, before, "{body}");
    }
    // The message names the version that the record has.
    let stale = tenant.patch(PARTS, change(json!({"version": 7}))).await;
    assert!(
        stale.body["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("is 1, not 7")
    );
    // Without a filter an object is no change of anything, and a list takes no filter.
    let filter = format!("{PARTS}?filter=%7B%22name%22%3A%7B%22eq%22%3A%22a%22%7D%7D");
    for (path, body, expected) in [
        (
            PARTS.to_owned(),
            json!({"name": "x"}),
            "400 /filter required",
        ),
        (filter, json!([{"id": ids[0]}]), "400 /filter unknown"),
        (format!("{PARTS}/many"), json!({"id": ids[0]}), "422  type"),
    ] {
        let answer = tenant.patch(&path, body).await;
        assert_eq!(answer.refusal(), expected, "{path} {}", answer.text);
    }
    assert_eq!(stored(&tenant).await, before);
}

#[tokio::test]
async fn who_may_not_write_is_refused_and_who_may_is_not() {
    let (tenant, ids) = tenant().await;
    let other = Tenant::new().await;
    let member = tenant.member().await;
    let changes = json!([{"id": ids[0], "number": 2}, {"id": ids[1], "number": 3}]);
    for path in [PARTS.to_owned(), format!("{PARTS}/many")] {
        let guest = tenant.guest().patch(&path, changes.clone()).await;
        assert_eq!(guest.status, 401, "{}", guest.text);
        let other = other.patch(&path, changes.clone()).await;
        assert_eq!(other.status, 404, "{}", other.text);
        let answer = member.patch(&path, changes.clone()).await.ok();
        assert_eq!(answer["data"].as_array().unwrap().len(), 2);
    }
    let read_only = tenant.patch("/api/v1/users", changes).await;
    assert_eq!(read_only.status, 405, "{}", read_only.text);
}

#[tokio::test]
async fn preferences_keys_and_batches_hold_for_lists_too() {
    let (tenant, ids) = tenant().await;
    let changes = json!([{"id": ids[0], "name": "A"}, {"id": ids[1], "number": 2}]);
    let send = |name: &'static str, value: &'static str| {
        let request = tenant.request(Method::PATCH, PARTS).header(name, value);
        Answer::to(request.json(&changes))
    };
    let before = stored(&tenant).await;
    let trial = send("prefer", "tx=rollback").await;
    assert_eq!(trial.header("preference-applied"), "tx=rollback");
    assert_eq!(trial.ok()["data"][0]["name"], "A");
    assert_eq!(stored(&tenant).await, before);
    let minimal = send("prefer", "return=minimal").await;
    assert_eq!((minimal.status, minimal.text.as_str()), (204, ""));
    // Under a key it is done once.
    for replayed in ["", "true"] {
        let answer = send("idempotency-key", "k").await;
        assert_eq!(answer.header("idempotency-replayed"), replayed);
        assert_eq!(answer.ok()["data"][0]["version"], 3);
    }
    let operations = json!({"operations": [
        {"ref": "new", "method": "POST", "path": "/parts", "body": {"name": "n"}},
        {"method": "PATCH", "path": "/parts?fields=name", "body": [
            {"id": "$new.id", "name": "N", "parent_id": ids[2]}, {"id": ids[2], "name": "C"}]},
    ]});
    let answer = tenant.post("/api/v1/batch", operations).await.ok();
    assert_eq!(
        answer["results"][1]["body"],
        json!({"data": [{"name": "N"}, {"name": "C"}]})
    );
    let operations = json!({"operations": [
        {"method": "PATCH", "path": "/parts", "body": [{"id": ids[0], "name": "z"}, {"id": ids[1], "version": 1}]},
    ]});
    let answer = tenant.post("/api/v1/batch", operations).await;
    assert_eq!(
        answer.refusal(),
        "409 /operations/0/body/1/version stale_version"
    );
}

#[tokio::test]
async fn a_plan_fits_only_changes_of_the_same_keys() {
    let (tenant, ids) = tenant().await;
    for (changes, expected) in [
        (
            json!([{"number": 2}, {"number": 3}]),
            json!([[2, "a"], [3, "b"], [1, "c"]]),
        ),
        (
            json!([{"number": 4}]),
            json!([[4, "a"], [3, "b"], [1, "c"]]),
        ),
        (
            json!([{"name": "A"}, {"number": 5}]),
            json!([[4, "A"], [5, "b"], [1, "c"]]),
        ),
        (
            json!([{"number": 6}, {"name": "B"}, {}]),
            json!([[6, "A"], [5, "B"], [1, "c"]]),
        ),
        (json!([{}, {}]), json!([[6, "A"], [5, "B"], [1, "c"]])),
        (
            json!([{"number": 7, "name": "a"}, {"number": 8, "name": null}]),
            json!([[7, "a"], [8, null], [1, "c"]]),
        ),
    ] {
        let items = changes.as_array().unwrap().iter().zip(&ids);
        let items: Json = items
            .map(|(change, id)| {
                let mut change = change.clone();
                change["id"] = json!(id);
                change
            })
            .collect();
        tenant.patch(PARTS, items).await.ok();
        let all = stored(&tenant).await;
        let all = all.as_array().unwrap().iter();
        let all: Json = all
            .map(|record| json!([record["number"], record["name"]]))
            .collect();
        assert_eq!(all, expected, "{changes}");
    }
}

#[tokio::test]
async fn lists_in_any_order_at_once_are_all_done() {
    const CLIENTS: usize = 8;
    const ROUNDS: usize = 5;
    let (tenant, _) = tenant().await;
    let tag = tenant.id_of("tags", json!({"name": "x"})).await;
    let records: Json = (0..40).map(|number| json!({"number": number})).collect();
    let made = tenant.post(PARTS, records).await.created();
    let ids = made["data"].as_array().unwrap().iter();
    let ids: Vec<Json> = ids.map(|record| record["id"].clone()).collect();
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (tenant, ids, tag) = ((*tenant).clone(), ids.clone(), tag.clone());
        clients.spawn(async move {
            for round in 0..ROUNDS {
                let mut order = ids.clone();
                if client % 2 == 0 {
                    order.reverse();
                }
                let changes = order.iter().enumerate().map(|(place, id)| {
                    let mut change = json!({"id": id, "name": format!("{client}-{round}")});
                    match client % 4 {
                        2 if place % 2 == 0 => change["tags_ids"] = json!([tag]),
                        2 => change["tags_ids"] = json!([]),
                        3 => {
                            let email = format!("{}@c{client}.example", id.as_str().unwrap());
                            change["email"] = json!(email);
                        }
                        _ => {}
                    }
                    change
                });
                let changes: Json = changes.collect();
                let answer = tenant.patch(&format!("{PARTS}?fields=id"), changes).await;
                let shown = answer.ok()["data"].take();
                let sent: Json = order.iter().map(|id| json!({"id": id})).collect();
                assert_eq!(shown, sent);
            }
        });
    }
    clients.join_all().await;
    let all = tenant
        .find(PARTS, &[("limit", "1000"), ("fields", "version,name")])
        .await
        .ok();
    let versions = all["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| &record["version"]);
    let raised = versions.filter(|version| **version == json!(1 + CLIENTS * ROUNDS));
    assert_eq!(raised.count(), 40);
    assert_eq!(deadlocks(&tenant).await, 0);
}
