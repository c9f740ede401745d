//! Every field type: what the registry says of it, and a value's way through both faces.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

/// Type, settings, a value as given, as REST shows it, and as GraphQL does; for `auto_number` and the like see below.
fn values() -> Vec<(&'static str, Json, Json, Json)> {
    let options = json!({"options": [{"value": "a", "label": "A", "color": "red"}, {"value": "b", "label": "B"}]});
    let same = |value: Json| (value.clone(), value);
    let row = |name, settings, (given, shown)| (name, settings, given, shown);
    vec![
        row(
            "text",
            json!({"max_length": 5, "pattern": "^[a-zü]+$"}),
            same(json!("grün")),
        ),
        row("long_text", json!({}), same(json!("a\nb 'c' \"d\" \\"))),
        row("integer", json!({"min": -5, "max": 5}), same(json!(-5))),
        row(
            "decimal",
            json!({"precision": 20, "scale": 4}),
            (
                json!("1234567890123456.7800"),
                json!("1234567890123456.7800"),
            ),
        ),
        row("float", json!({}), same(json!(0.1))),
        row(
            "currency",
            json!({}),
            (
                json!({"amount": "12.50", "currency_code": "EUR"}),
                json!({"amount": "12.50", "currency_code": "EUR"}),
            ),
        ),
        row("percent", json!({}), same(json!(12.5))),
        row("boolean", json!({}), same(json!(false))),
        row("date", json!({}), same(json!("2024-02-29"))),
        row(
            "datetime",
            json!({}),
            (
                json!("2024-02-29T12:30:00+02:00"),
                json!("2024-02-29T10:30:00+00:00"),
            ),
        ),
        row("time", json!({}), same(json!("23:59:59"))),
        row("duration", json!({}), same(json!("PT1H30M"))),
        row("select", options.clone(), same(json!("a"))),
        row("multi_select", options, same(json!(["b", "a"]))),
        row(
            "email",
            json!({}),
            (json!("Ann@Example.COM"), json!("ann@example.com")),
        ),
        row(
            "phone",
            json!({}),
            (json!("+371 (2) 000-0000"), json!("+37120000000")),
        ),
        row("url", json!({}), same(json!("https://example.com/a?b=c"))),
        row(
            "uuid",
            json!({}),
            same(json!("01939f8e-0000-7000-8000-000000000001")),
        ),
        row("json", json!({}), same(json!({"a": [1, null, {"b": "c"}]}))),
        row(
            "address",
            json!({}),
            (
                json!({"city": "Riga", "latitude": 56.95}),
                json!({"street": null, "street2": null, "city": "Riga", "region": null, "postcode": null, "country": null, "latitude": 56.95, "longitude": null}),
            ),
        ),
        row(
            "full_name",
            json!({}),
            same(json!({"first": "Ann", "last": "Lee"})),
        ),
        row("rating", json!({"max": 5}), same(json!(5))),
    ]
}

#[tokio::test]
async fn the_registry_lists_all_with_their_parts() {
    let tenant = Tenant::new().await;
    let types = tenant.get("/api/v1/metadata/field-types").await.ok();
    let types = types["data"].as_array().unwrap();
    let names: Vec<_> = types
        .iter()
        .map(|field_type| field_type["name"].as_str().unwrap())
        .collect();
    let expected = "text long_text integer decimal float currency percent boolean date datetime time duration select multi_select email phone url uuid json address full_name rating auto_number user relation many_to_many";
    assert_eq!(names, expected.split(' ').collect::<Vec<_>>());
    for field_type in types {
        let name = &field_type["name"];
        assert_eq!(field_type["settings_schema"]["type"], "object", "{name}");
        assert!(field_type["widget"].is_string(), "{name}");
        assert!(field_type["value_schema"].is_object(), "{name}");
        assert!(field_type["graphql"].is_string(), "{name}");
        assert!(field_type["allows"]["default_value"].is_boolean(), "{name}");
        assert!(
            field_type["title"]["en"].is_string() && field_type["title"]["ru"].is_string(),
            "{name}"
        );
        let storage = &field_type["storage"];
        for column in storage["columns"].as_array().unwrap() {
            for part in ["postgres", "graphql"] {
                assert!(column[part].is_string(), "{name} {part}");
            }
            assert!(column["openapi"].is_object(), "{name}");
            let operators = column["operators"].as_array().unwrap();
            assert!(operators.contains(&json!("is_null")), "{name}");
            let aggregates = column["aggregates"].as_array().unwrap();
            assert!(aggregates.contains(&json!("empty_share")), "{name}");
            assert!(column["group_by"].is_array(), "{name}");
        }
        let kind = storage["kind"].as_str().unwrap();
        let count = storage["columns"].as_array().unwrap().len();
        match kind {
            "components" => assert!(count > 1, "{name}"),
            "many_to_many" => assert_eq!(storage["operators"], json!(["some", "every", "none"])),
            _ => assert_eq!(count, 1, "{name}"),
        }
    }
}

#[tokio::test]
async fn values_go_in_and_come_out() {
    let tenant = Tenant::new().await;
    let fields = values().into_iter().map(|(name, settings, ..)| json!({"api_name": format!("my_{name}"), "type": name, "settings": settings}));
    tenant.object("thing", fields.collect()).await;
    let given: Json = values()
        .into_iter()
        .map(|(name, _, given, _)| (format!("my_{name}"), given))
        .collect();
    let made = tenant.create("things", given).await;
    for (name, _, _, shown) in values() {
        assert_eq!(made[format!("my_{name}")], shown, "{name}");
    }
    let path = format!("/api/v1/things/{}", made["id"].as_str().unwrap());
    assert_eq!(tenant.get(&path).await.ok(), made);
    let nothing: Json = values()
        .into_iter()
        .filter(|(name, ..)| *name != "boolean")
        .map(|(name, ..)| (format!("my_{name}"), Json::Null))
        .collect();
    let cleared = tenant.patch(&path, nothing.clone()).await.ok();
    for name in nothing.as_object().unwrap().keys() {
        assert_eq!(cleared[name], Json::Null, "{name}");
    }
}

#[tokio::test]
async fn numbers_given_by_the_server_and_members() {
    let tenant = Tenant::new().await;
    tenant
        .object(
            "ticket",
            json!([
                {"api_name": "number", "type": "auto_number", "settings": {"format": "T-{0000}"}},
                {"api_name": "assignee", "type": "user"},
            ]),
        )
        .await;
    let me = tenant.get("/api/v1/auth/me").await.ok()["user"]["id"].clone();
    for number in ["T-0001", "T-0002"] {
        let made = tenant.create("tickets", json!({"assignee_id": me})).await;
        assert_eq!(made["number"], number);
    }
    let given = tenant
        .post("/api/v1/tickets", json!({"number": "T-0009"}))
        .await;
    assert_eq!(given.status, 422, "{}", given.text);
    let stranger = tenant
        .post(
            "/api/v1/tickets",
            json!({"assignee_id": "01939f8e-0000-7000-8000-000000000001"}),
        )
        .await;
    assert!(
        stranger.refusal().contains("/assignee_id"),
        "{}",
        stranger.text
    );
    let found = tenant
        .data(
            "{ tickets { nodes { assignee { email } createdBy } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        found["tickets"]["nodes"][0],
        json!({"assignee": {"email": tenant.email}, "createdBy": me})
    );
}

#[tokio::test]
async fn values_that_do_not_fit_are_refused_all_at_once() {
    let tenant = Tenant::new().await;
    let fields = values().into_iter().map(|(name, settings, ..)| json!({"api_name": format!("my_{name}"), "type": name, "settings": settings}));
    tenant.object("thing", fields.collect()).await;
    let bad = json!({
        "my_text": "GRÜN!", "my_integer": 6, "my_decimal": "x", "my_currency": {"amount": "1"}, "my_percent": "x",
        "my_boolean": "yes", "my_date": "2023-02-29", "my_datetime": "yesterday", "my_time": "25:00", "my_duration": "1h",
        "my_select": "c", "my_multi_select": ["a", "a", "c"], "my_email": "@", "my_phone": "12", "my_url": "javascript:alert(1)",
        "my_uuid": "x", "my_address": {"planet": "Mars"}, "my_full_name": "Ann", "my_rating": 6, "nonsense": 1,
    });
    let answer = tenant.post("/api/v1/things", bad.clone()).await;
    let refusal = answer.refusal();
    assert!(refusal.starts_with("422"), "{refusal}");
    for name in bad.as_object().unwrap().keys() {
        assert!(
            refusal.contains(&format!("/{name}")),
            "{name} is missing in {refusal}"
        );
    }
    let listed = tenant
        .find("/api/v1/things", &[("count", "exact")])
        .await
        .ok();
    assert_eq!(listed["total"], 0);
}
