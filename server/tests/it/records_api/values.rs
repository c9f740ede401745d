//! What values a field takes, in records and in filters, the same over REST and GraphQL.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

const LARGE: i64 = 5_000_000_000;

/// A tenant with vehicles, each of which has run so many metres.
async fn vehicles(settings: Json) -> Tenant {
    let tenant = Tenant::new().await;
    let metres = json!([{"api_name": "metres", "type": "integer", "settings": settings}]);
    tenant.object("vehicle", metres).await;
    tenant
}

#[tokio::test]
async fn an_integer_has_32_bits_unless_its_bounds_reach_beyond() {
    let tenant = vehicles(json!({})).await;
    for (metres, code) in [(LARGE, "maximum"), (-LARGE, "minimum")] {
        let body = json!({"metres": metres});
        let refused = tenant.post("/api/v1/vehicles", body.clone()).await;
        assert_eq!(refused.refusal(), format!("422 /metres {code}"));
        let message = refused.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("`min` or `max`"), "{message}");
        let mutation = "mutation($d: VehicleCreateInput!) { createVehicle(data: $d) { id } }";
        let refused = tenant.graphql(mutation, json!({"d": body})).await;
        let message = refused.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("`min` or `max`"), "{message}");
        let filter = json!({"metres": {"lt": metres}}).to_string();
        let refused = tenant
            .find("/api/v1/vehicles", &[("filter", &filter)])
            .await;
        assert_eq!(refused.refusal(), format!("400 /filter/metres/lt {code}"));
    }
    let field = "/api/v1/metadata/objects/vehicle/fields/metres";
    let large = json!({"settings": {"max": 10_000_000_000_i64}});
    tenant.patch(field, large).await.ok();
    let id = tenant.id_of("vehicles", json!({"metres": LARGE})).await;
    let query = "query($m: BigInt) { vehicles(filter: {metres: {eq: $m}}) { nodes { metres } aggregate { sum { metres } } } }";
    for given in [json!(LARGE), json!(LARGE.to_string())] {
        let data = tenant.data(query, json!({"m": given})).await;
        let found = json!({"nodes": [{"metres": LARGE}], "aggregate": {"sum": {"metres": LARGE}}});
        assert_eq!(data["vehicles"], found);
    }

    // What is stored outlives the setting.
    tenant.patch(field, json!({"settings": {}})).await.ok();
    let vehicle = format!("/api/v1/vehicles/{id}");
    let renamed = tenant.patch(&vehicle, json!({"name": "Lada"})).await.ok();
    assert_eq!(renamed["metres"], LARGE);
    let data = tenant
        .data("{ vehicles { nodes { metres name } } }", json!({}))
        .await;
    let nodes = json!([{"metres": LARGE, "name": "Lada"}]);
    assert_eq!(data["vehicles"]["nodes"], nodes);
}

#[tokio::test]
async fn a_filter_names_options_that_there_are() {
    let tenant = Tenant::new().await;
    let options = json!({"options": [{"value": "in use"}, {"value": "true"}, {"value": "ЁЖ"}]});
    let fields = json!([
        {"api_name": "state", "type": "select", "settings": options},
        {"api_name": "marks", "type": "multi_select", "settings": options},
    ]);
    tenant.object("vehicle", fields).await;
    let record = json!({"state": "in use", "marks": ["true", "ЁЖ"]});
    tenant.create("vehicles", record).await;
    let query = "query($f: VehicleFilter) { vehicles(filter: $f) { totalCount } }";
    for (filter, refusal) in [
        (json!({"state": {"eq": "in use"}}), ""),
        (json!({"state": {"in": ["ЁЖ", "in use"]}}), ""),
        (json!({"state": {"ilike": "IN%"}}), ""),
        (json!({"state": {"starts_with": "i"}}), ""),
        (json!({"marks": {"contains_any": ["true"]}}), ""),
        (json!({"state": {"eq": "inuse"}}), "/state/eq option"),
        (json!({"state": {"neq": "inuse"}}), "/state/neq option"),
        (
            json!({"state": {"in": ["in use", "x"]}}),
            "/state/in option",
        ),
        (json!({"state": {"not_in": ["x"]}}), "/state/not_in option"),
        (
            json!({"marks": {"contains_any": ["x"]}}),
            "/marks/contains_any option",
        ),
        (
            json!({"marks": {"contains_all": ["x"]}}),
            "/marks/contains_all option",
        ),
        (json!({"marks": {"eq": ["x"]}}), "/marks/eq option"),
    ] {
        let text = filter.to_string();
        let answer = tenant.find("/api/v1/vehicles", &[("filter", &text)]).await;
        let camel = ["starts_with", "not_in", "contains_any", "contains_all"];
        let camels = ["startsWith", "notIn", "containsAny", "containsAll"];
        let text = camel
            .iter()
            .zip(camels)
            .fold(text, |text, (from, to)| text.replace(from, to));
        let filter: Json = serde_json::from_str(&text).unwrap();
        let graphql = tenant.graphql(query, json!({"f": filter})).await;
        if refusal.is_empty() {
            assert_eq!(answer.ok()["data"].as_array().unwrap().len(), 1, "{text}");
            assert_eq!(graphql.ok()["data"]["vehicles"]["totalCount"], 1, "{text}");
            continue;
        }
        assert_eq!(answer.refusal(), format!("400 /filter{refusal}"));
        let message = graphql.body["errors"][0]["extensions"]["errors"][0]["message"].to_string();
        for told in [&answer.body["errors"][0]["message"].to_string(), &message] {
            assert!(told.contains("`in use`, `true`, `ЁЖ`"), "{told}");
        }
    }
}

#[tokio::test]
async fn one_text_has_one_form_and_an_empty_one_is_no_unique_value() {
    let tenant = Tenant::new().await;
    let fields = json!([
        {"api_name": "title", "type": "text", "unique": true, "settings": {"searchable": true}},
        {"api_name": "line", "type": "text", "required": true, "default_value": "x"},
        {"api_name": "state", "type": "select", "settings": {"options": [{"value": "e\u{301}"}]}},
        {"api_name": "notes", "type": "json"},
    ]);
    let definition = json!({"api_name": "thing", "label_field": "title", "fields": fields});
    let made = tenant.post("/api/v1/metadata/objects", definition).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let (apart, composed) = ("Cafe\u{301}", "Café");
    let first = json!({"title": apart, "state": "e\u{301}", "notes": [apart]});
    let first = tenant.post("/api/v1/things", first).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert_eq!(
        [
            &first.body["title"],
            &first.body["state"],
            &first.body["notes"]
        ],
        [&json!(composed), &json!("é"), &json!([apart])]
    );
    for same in [apart, composed] {
        let again = tenant.post("/api/v1/things", json!({"title": same})).await;
        assert_eq!(again.status, 409, "{}", again.text);
        let filter = json!({"title": {"eq": same}}).to_string();
        for parameter in [("filter", filter.as_str()), ("q", same)] {
            let found = tenant.find("/api/v1/things", &[parameter]).await;
            assert_eq!(
                found.body["data"].as_array().unwrap().len(),
                1,
                "{parameter:?}"
            );
        }
    }
    for _ in 0..2 {
        let empty = tenant.post("/api/v1/things", json!({"title": ""})).await;
        assert_eq!((empty.status, &empty.body["title"]), (201, &Json::Null));
    }
    let missing = tenant.post("/api/v1/things", json!({"line": ""})).await;
    assert_eq!(missing.status, 422);
    assert_eq!(missing.body["errors"][0]["pointer"], "/line");

    // Random words are not compressed, so they are too long for an index.
    let long: String = (0..900_u32)
        .map(|n| char::from_u32(0x4e00 + n.wrapping_mul(2_654_435_761) % 20_000).unwrap())
        .collect();
    let refused = tenant
        .post(
            "/api/v1/things",
            json!([{"title": "short"}, {"title": long}]),
        )
        .await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert_eq!(refused.body["errors"][0]["pointer"], "/1/title");
}
