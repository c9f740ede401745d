//! Composite values: a change leaves alone the parts that it does not name.

use serde_json::{Value as Json, json};

use crate::support::Tenant;
use crate::support::client::with_parameters;

const PLACES: &str = "/api/v1/places";

/// The parts of a value that are there.
fn parts(value: &Json) -> Json {
    let parts = value.as_object().into_iter().flatten();
    let parts = parts.filter(|(_, part)| !part.is_null());
    parts
        .map(|(name, part)| (name.clone(), part.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

async fn tenant() -> Tenant {
    let tenant = Tenant::new().await;
    let fields = json!([
        {"api_name": "code", "type": "text", "unique": true},
        {"api_name": "place", "type": "address"},
        {"api_name": "amount", "type": "currency"},
        {"api_name": "price", "type": "currency", "settings": {"currency_code": "CHF"}},
        {"api_name": "person", "type": "full_name"},
        {"api_name": "owner", "type": "full_name", "required": true, "default_value": {"first": "No", "last": "One"}},
        {"api_name": "cost", "type": "currency", "required": true, "default_value": {"amount": 1, "currency_code": "EUR"}},
    ]);
    tenant.object("place", fields).await;
    tenant
}

/// A field, what it had, a change, and what it has then.
fn changes() -> Vec<(&'static str, Json, Json, Json)> {
    let riga = json!({"street": "A 1", "city": "Riga", "postcode": "LV-1010", "latitude": 56.9});
    let usd = json!({"amount": "10000", "currency_code": "USD"});
    let ada = json!({"first": "Ada", "last": "Lovelace"});
    vec![
        (
            "place",
            riga.clone(),
            json!({"street": "B 2"}),
            json!({"street": "B 2", "city": "Riga", "postcode": "LV-1010", "latitude": 56.9}),
        ),
        (
            "place",
            riga.clone(),
            json!({"street": null, "latitude": null}),
            json!({"city": "Riga", "postcode": "LV-1010"}),
        ),
        (
            "place",
            riga.clone(),
            json!({"street2": "flat 3", "city": null}),
            json!({"street": "A 1", "street2": "flat 3", "postcode": "LV-1010", "latitude": 56.9}),
        ),
        ("place", riga.clone(), json!({}), riga.clone()),
        ("place", riga, json!(null), json!({})),
        (
            "place",
            json!(null),
            json!({"city": "Riga"}),
            json!({"city": "Riga"}),
        ),
        (
            "amount",
            usd.clone(),
            json!({"amount": "12000"}),
            json!({"amount": "12000", "currency_code": "USD"}),
        ),
        (
            "amount",
            usd.clone(),
            json!({"currency_code": "GBP"}),
            json!({"amount": "10000", "currency_code": "GBP"}),
        ),
        (
            "amount",
            usd.clone(),
            json!({"amount": null, "currency_code": null}),
            json!({}),
        ),
        ("amount", usd.clone(), json!(null), json!({})),
        ("amount", json!(null), usd.clone(), usd.clone()),
        (
            "price",
            usd.clone(),
            json!({"amount": 5}),
            json!({"amount": "5", "currency_code": "USD"}),
        ),
        (
            "price",
            json!(null),
            json!({"amount": 5}),
            json!({"amount": "5", "currency_code": "CHF"}),
        ),
        (
            "person",
            ada.clone(),
            json!({"last": "King"}),
            json!({"first": "Ada", "last": "King"}),
        ),
        (
            "person",
            ada.clone(),
            json!({"first": null}),
            json!({"last": "Lovelace"}),
        ),
        (
            "owner",
            ada,
            json!({"first": null}),
            json!({"last": "Lovelace"}),
        ),
        (
            "cost",
            usd,
            json!({"amount": 7}),
            json!({"amount": "7", "currency_code": "USD"}),
        ),
    ]
}

/// Doors that change a record by its id: what is sent, and where.
fn doors(id: &str, field: &str, change: &Json) -> Vec<(&'static str, String, &'static str, Json)> {
    let body = json!({field: change});
    let filter = json!({"id": {"eq": id}}).to_string();
    let camel: Json =
        serde_json::from_str(&body.to_string().replace("currency_code", "currencyCode")).unwrap();
    let graphql = |query: &str| json!({"query": query, "variables": {"id": id, "d": camel}});
    vec![
        ("by id", format!("{PLACES}/{id}"), "PATCH", body.clone()),
        (
            "by filter",
            with_parameters(PLACES, &[("filter", &filter)]),
            "PATCH",
            body.clone(),
        ),
        (
            "batch",
            "/api/v1/batch".to_owned(),
            "POST",
            json!({"operations": [{"method": "PATCH", "path": format!("/places/{id}"), "body": body}]}),
        ),
        (
            "mutation",
            "/graphql".to_owned(),
            "POST",
            graphql(
                "mutation($id: UUID!, $d: PlaceUpdateInput!) { updatePlace(id: $id, data: $d) { id } }",
            ),
        ),
        (
            "mutation by filter",
            "/graphql".to_owned(),
            "POST",
            graphql(
                "mutation($id: UUID!, $d: PlaceUpdateInput!) { updatePlaces(filter: {id: {eq: $id}}, data: $d) { affected } }",
            ),
        ),
    ]
}

#[tokio::test]
async fn parts_that_are_absent_stay_and_null_empties() {
    let tenant = tenant().await;
    for (field, before, change, after) in changes() {
        for at in 0..5 {
            let mut record = json!({});
            if !before.is_null() {
                record[field] = before.clone();
            }
            let id = tenant.id_of("places", record).await;
            let (door, path, method, body) = doors(&id, field, &change).swap_remove(at);
            let answer = tenant
                .send(method.parse().unwrap(), &path, Some(body))
                .await
                .ok();
            assert!(
                answer["errors"].is_null(),
                "{door} {field} {change}: {answer}"
            );
            let found = tenant.get(&format!("{PLACES}/{id}")).await.ok();
            assert_eq!(
                parts(&found[field]),
                after,
                "{door} {field} {before} {change}"
            );
            assert_eq!(found["version"], 2, "{door} {field} {change}");
        }
    }
}

#[tokio::test]
async fn an_upsert_leaves_parts_alone_too() {
    let tenant = tenant().await;
    for (at, (field, before, change, after)) in changes().into_iter().enumerate() {
        // Each record has to be fit to be made.
        let has = |part: &str| change.get(part).is_some_and(|part| !part.is_null());
        let fit = change.is_null() || has("amount") && (has("currency_code") || field == "price");
        let bare = ["place", "person"].contains(&field) && change != json!({});
        if !fit && !bare {
            continue;
        }
        for (others, name) in [(0, "one"), (1, "many")] {
            let code = format!("{name}{at}");
            let mut record = json!({"code": code});
            if !before.is_null() {
                record[field] = before.clone();
            }
            let id = tenant.id_of("places", record).await;
            let upsert = json!({"code": code, field: change});
            let mut all = vec![upsert.clone()];
            all.extend((0..others).map(|other| json!({"code": format!("{name}{at}-{other}")})));
            let body = if others == 0 { upsert } else { json!(all) };
            tenant
                .post(&format!("{PLACES}/upsert?on=code"), body)
                .await
                .ok();
            let found = tenant.get(&format!("{PLACES}/{id}")).await.ok();
            assert_eq!(
                parts(&found[field]),
                after,
                "{name} {field} {before} {change}"
            );
        }
    }
}

#[tokio::test]
async fn a_merged_value_is_whole() {
    let tenant = tenant().await;
    let usd = json!({"amount": "10000", "currency_code": "USD"});
    for (field, before, change, refusal) in [
        (
            "amount",
            json!(null),
            json!({"amount": 5}),
            "/amount/currency_code required",
        ),
        (
            "amount",
            json!(null),
            json!({"currency_code": "EUR"}),
            "/amount/amount required",
        ),
        (
            "amount",
            usd.clone(),
            json!({"currency_code": null}),
            "/amount/currency_code required",
        ),
        (
            "amount",
            usd.clone(),
            json!({"amount": null}),
            "/amount/amount required",
        ),
        (
            "amount",
            usd.clone(),
            json!({"amount": null, "currency_code": "EUR"}),
            "/amount/amount required",
        ),
        (
            "amount",
            usd.clone(),
            json!({"amount": 5, "rate": null}),
            "/amount/rate unknown",
        ),
        (
            "amount",
            usd.clone(),
            json!({"amount": "1.00001"}),
            "/amount/amount scale",
        ),
        (
            "price",
            json!(null),
            json!({"currency_code": "EUR"}),
            "/price/amount required",
        ),
        (
            "cost",
            usd.clone(),
            json!({"amount": null}),
            "/cost/amount required",
        ),
        (
            "cost",
            usd.clone(),
            json!({"amount": null, "currency_code": null}),
            "/cost required",
        ),
        ("cost", usd, json!(null), "/cost required"),
        (
            "owner",
            json!({"first": "Ada"}),
            json!({"first": null}),
            "/owner required",
        ),
        (
            "owner",
            json!({"first": "Ada"}),
            json!({"first": null, "last": null}),
            "/owner required",
        ),
        (
            "place",
            json!(null),
            json!({"latitude": 91}),
            "/place/latitude maximum",
        ),
        (
            "place",
            json!(null),
            json!({"town": null}),
            "/place/town unknown",
        ),
    ] {
        for at in 0..5 {
            let mut record = json!({});
            if !before.is_null() {
                record[field] = before.clone();
            }
            let id = tenant.id_of("places", record).await;
            let (door, path, method, body) = doors(&id, field, &change).swap_remove(at);
            let answer = tenant
                .send(method.parse().unwrap(), &path, Some(body))
                .await;
            // GraphQL itself knows the parts there are.
            if !(door.starts_with("mutation") && refusal.ends_with("unknown")) {
                let (status, refusal) = match door {
                    "batch" => (422, format!("/operations/0/body{refusal}")),
                    door if door.starts_with("mutation") => {
                        (200, refusal.replace("currency_code", "currencyCode"))
                    }
                    _ => (422, refusal.to_owned()),
                };
                assert_eq!(
                    answer.refusal(),
                    format!("{status} {refusal}"),
                    "{door} {field} {before} {change}"
                );
            }
            let found = tenant.get(&format!("{PLACES}/{id}")).await.ok();
            assert_eq!(found["version"], 1, "{door} {field} {change}");
        }
    }
}

#[tokio::test]
async fn one_value_that_would_not_be_whole_stops_a_change_by_filter() {
    let tenant = tenant().await;
    let usd = json!({"amount": "10000", "currency_code": "USD"});
    tenant
        .create("places", json!({"name": "a", "amount": usd}))
        .await;
    tenant.create("places", json!({"name": "b"})).await;
    let path = with_parameters(PLACES, &[("filter", r#"{"name":{"in":["a","b"]}}"#)]);
    let refused = tenant.patch(&path, json!({"amount": {"amount": 5}})).await;
    assert_eq!(refused.refusal(), "422 /amount/currency_code required");
    let path = with_parameters(PLACES, &[("filter", r#"{"name":{"eq":"a"}}"#)]);
    let changed = tenant
        .patch(&path, json!({"amount": {"amount": 5}}))
        .await
        .ok();
    assert_eq!(changed["affected"], 1);
}

/// Requests of other parts have other statements, whatever order they come in.
#[tokio::test]
async fn plans_of_other_parts_are_not_taken() {
    let tenant = tenant().await;
    let place = json!({"street": "A 1", "city": "Riga", "country": "LV"});
    let id = tenant.id_of("places", json!({"place": place})).await;
    let path = format!("{PLACES}/{id}");
    for (change, expected) in [
        (
            json!({"street": "B"}),
            json!({"street": "B", "city": "Riga", "country": "LV"}),
        ),
        (
            json!({"city": "Ogre"}),
            json!({"street": "B", "city": "Ogre", "country": "LV"}),
        ),
        (
            json!({"street": "C"}),
            json!({"street": "C", "city": "Ogre", "country": "LV"}),
        ),
        (
            json!({"street": "D", "city": "Cesis"}),
            json!({"street": "D", "city": "Cesis", "country": "LV"}),
        ),
        (
            json!({"country": null, "city": "X"}),
            json!({"street": "D", "city": "X"}),
        ),
        (json!({"street": "E"}), json!({"street": "E", "city": "X"})),
    ] {
        let changed = tenant.patch(&path, json!({"place": change})).await.ok();
        assert_eq!(parts(&changed["place"]), expected, "{change}");
    }
}

#[tokio::test]
async fn events_show_the_parts_that_changed() {
    let tenant = tenant().await;
    let place = json!({"street": "A 1", "city": "Riga"});
    let id = tenant.id_of("places", json!({"place": place})).await;
    let change = json!({"place": {"street": "B 2"}});
    tenant.patch(&format!("{PLACES}/{id}"), change).await.ok();
    let (action, before, after) = tenant.events("place").await.pop().unwrap();
    assert_eq!(action, "updated");
    for (side, street) in [(&before, "A 1"), (&after, "B 2")] {
        assert_eq!(side["place__street"], street);
        assert!(side.get("place__city").is_none(), "{side}");
    }
}
