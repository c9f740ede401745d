//! Addresses and telephone numbers: however one is written it is one value, under `unique`, in filters and in upserts, over both APIs.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

/// A type, the form that is kept, and other ways to write it.
const SPELLINGS: [(&str, &str, &[&str]); 7] = [
    (
        "email",
        "info@müller.test",
        &[
            "Info@MÜLLER.test",
            "info@xn--mller-kva.test",
            "info@mu\u{308}ller.test",
        ],
    ),
    (
        "email",
        "ivan@почта.рф",
        &["Ivan@почта.рф", "IVAN@XN--80a1acny.xn--p1ai"],
    ),
    (
        "email",
        "иван@почта.рф",
        &["Иван@Почта.РФ", "иван@xn--80a1acny.xn--p1ai"],
    ),
    (
        "url",
        "https://пример.рф/страница",
        &[
            "https://xn--e1afmkfd.xn--p1ai/страница",
            "HTTPS://Пример.РФ/страница",
        ],
    ),
    (
        "url",
        "http://müller.test:8080/A?b=C",
        &["http://xn--mller-kva.test:8080/A?b=C"],
    ),
    (
        "phone",
        "+4920922334455",
        &[
            "+49 (0) 209 22334455",
            "0049 209/2233-4455",
            "+49 0209 22334455",
        ],
    ),
    (
        "phone",
        "+78005553535",
        &["+7 800 555-35-35", "+7 (8) 800 555-35-35"],
    ),
];

/// Parts that filters find values by: a type, an operator of REST, its operand, the value.
const PARTS: [(&str, &str, &str, &str); 5] = [
    (
        "email",
        "ends_with",
        "@XN--MLLER-KVA.test",
        "info@müller.test",
    ),
    ("email", "ends_with", "@MÜLLER.test", "info@müller.test"),
    ("email", "contains", "ИВАН@xn--80a1acny", "иван@почта.рф"),
    (
        "url",
        "starts_with",
        "https://xn--e1afmkfd.xn--p1ai",
        "https://пример.рф/страница",
    ),
    ("phone", "contains", "(209) 22-33", "+4920922334455"),
];

async fn tenant() -> Tenant {
    let tenant = Tenant::new().await;
    let unique = |name| json!({"api_name": name, "type": name, "unique": true});
    tenant
        .object(
            "place",
            json!([unique("email"), unique("phone"), unique("url")]),
        )
        .await;
    tenant
}

#[tokio::test]
async fn every_spelling_is_one_value_under_unique_and_in_upserts() {
    let tenant = tenant().await;
    let create = "mutation($data: PlaceCreateInput!) { createPlace(data: $data) { id } }";
    for (name, kept, spellings) in SPELLINGS {
        let made = tenant.create("places", json!({name: spellings[0]})).await;
        assert_eq!(made[name], kept);
        for spelling in spellings.iter().chain([&kept]) {
            let again = tenant.post("/api/v1/places", json!({name: spelling})).await;
            assert_eq!(again.refusal(), format!("409 /{name} unique"), "{spelling}");
            let again = tenant
                .graphql(create, json!({"data": {name: spelling}}))
                .await;
            assert!(
                again.text.contains("\"unique\""),
                "{spelling} {}",
                again.text
            );
            let upsert = format!("/api/v1/places/upsert?on={name}&fields=id");
            let same = tenant.post(&upsert, json!({name: spelling})).await.ok();
            assert_eq!(same["id"], made["id"], "{spelling}");
        }
    }
}

#[tokio::test]
async fn filters_find_a_value_by_every_spelling_and_by_parts() {
    let tenant = tenant().await;
    for (name, kept, _) in SPELLINGS {
        tenant.create("places", json!({name: kept})).await;
    }
    let mut cases: Vec<(Json, Json, &str, &str)> = Vec::new();
    for (name, kept, spellings) in SPELLINGS {
        for spelling in spellings {
            for operand in [json!({"eq": spelling}), json!({"in": [spelling]})] {
                cases.push((json!({name: operand}), json!({name: operand}), name, kept));
            }
        }
    }
    for (name, operator, part, kept) in PARTS {
        let in_graphql = operator.replace("_with", "With");
        cases.push((
            json!({name: {operator: part}}),
            json!({name: {in_graphql: part}}),
            name,
            kept,
        ));
    }
    let query =
        "query($filter: PlaceFilter) { places(filter: $filter) { nodes { email phone url } } }";
    for (rest, graphql, name, kept) in cases {
        let found = tenant
            .find(
                "/api/v1/places",
                &[("filter", &rest.to_string()), ("fields", name)],
            )
            .await
            .ok();
        assert_eq!(found["data"], json!([{name: kept}]), "{rest}");
        let found = tenant.data(query, json!({"filter": graphql})).await;
        let nodes = found["places"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 1, "{graphql}");
        assert_eq!(nodes[0][name], kept, "{graphql}");
    }
}

#[tokio::test]
async fn what_is_not_one_address_is_refused_by_both_apis() {
    let tenant = tenant().await;
    let create = "mutation($data: PlaceCreateInput!) { createPlace(data: $data) { id } }";
    for (name, bad) in [
        ("email", "John <j@x.test>"),
        ("email", "\"John <j@x.test>\""),
        ("email", "a@x.test, b@x.test"),
        ("email", "a b@x.test"),
        ("email", " a@x.test"),
        ("phone", "+49 209 22334455 ext. 5"),
        ("phone", "call +49 209 22334455"),
        ("phone", "+999 123 456 789"),
        ("url", "https://a b.test"),
        ("url", "пример.рф/страница"),
    ] {
        let refused = tenant.post("/api/v1/places", json!({name: bad})).await;
        assert_eq!(refused.refusal(), format!("422 /{name} format"), "{bad}");
        let refused = tenant.graphql(create, json!({"data": {name: bad}})).await;
        assert!(
            refused.text.contains("\"format\""),
            "{bad} {}",
            refused.text
        );
    }
}
