//! Requests that no client would send: whatever comes, the answer is one that a client can read.

mod mutate;
pub(crate) mod random;

use reqwest::Method;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

use crate::support::{Answer, Tenant};
use mutate::{mutated_json, mutated_text};
use random::Random;

/// A valid request, to be spoilt.
struct Sample {
    method: Method,
    path: String,
    body: Json,
}

fn samples(id: &str) -> Vec<Sample> {
    let sample = |method: Method, path: &str, body: Json| Sample {
        method,
        path: path.replace("{id}", id),
        body,
    };
    vec![
        sample(
            Method::GET,
            "/api/v1/contacts?filter={\"last_name\":{\"ilike\":\"%a%\"},\"company\":{\"employees\":{\"between\":[1,5]}}}&sort=-created_at,company.name&fields=id,company.name,amount&limit=5&count=exact",
            Json::Null,
        ),
        sample(
            Method::GET,
            "/api/v1/contacts/{id}?fields=*,opportunities.amount.amount&deleted=include",
            Json::Null,
        ),
        sample(
            Method::POST,
            "/api/v1/contacts?fields=id",
            json!({"last_name": "Ann", "email": "ann@example.com", "phone": "+37120000000", "lead_score": 5, "tags": [], "address": {"city": "Riga", "latitude": 1.5}, "birthday": "1990-01-01"}),
        ),
        sample(
            Method::POST,
            "/api/v1/opportunities",
            json!([{"name": "x", "amount": {"amount": "1.50", "currency_code": "EUR"}, "close_date": "2024-01-01", "probability": 50, "contact_id": id}]),
        ),
        sample(
            Method::POST,
            "/api/v1/activities",
            json!({"kind": "call", "subject": "x", "happened_at": "2024-01-01T00:00:00Z", "duration": "PT5M", "attendees_ids": [id]}),
        ),
        sample(
            Method::PATCH,
            "/api/v1/contacts/{id}",
            json!({"city": "Riga", "company_id": null, "lead_score": "7"}),
        ),
        sample(
            Method::PATCH,
            "/api/v1/contacts?filter={\"id\":{\"eq\":\"{id}\"}}",
            json!({"city": "Riga"}),
        ),
        // Taken ids are conflicts.
        sample(
            Method::POST,
            "/api/v1/contacts",
            json!({"id": id, "last_name": "Ann"}),
        ),
        sample(
            Method::POST,
            "/api/v1/metadata/objects",
            json!({"api_name": "thing", "label_field": "a", "fields": [
            {"api_name": "a", "type": "text", "settings": {"max_length": 5, "pattern": "^a"}},
            {"api_name": "b", "type": "select", "default_value": "x", "settings": {"options": [{"value": "x", "label": "X"}]}},
            {"api_name": "c", "type": "relation", "settings": {"to": "contact", "inverse": {"api_name": "things"}}}]}),
        ),
        sample(
            Method::PATCH,
            "/api/v1/metadata/objects/contact/fields/city",
            json!({"name": "City", "settings": {"max_length": 120}}),
        ),
        sample(
            Method::POST,
            "/api/v1/auth/login",
            json!({"email": "nobody@example.com", "password": "x", "tenant": "x"}),
        ),
        sample(
            Method::POST,
            "/graphql",
            json!({
                "query": "query Q($id: UUID!, $first: Int = 2, $filter: ContactFilter) { contact(id: $id) { ...F } contacts(first: $first, filter: $filter, orderBy: [{lastName: ASC}]) { totalCount edges { cursor node { ...F } } } } fragment F on Contact { id lastName company @include(if: true) { name } }",
                "variables": {"id": id, "first": 1, "filter": {"leadScore": {"gt": 1}, "opportunities": {"some": {"amount": {"amount": {"gt": "1.5"}}}}}},
                "operationName": "Q",
            }),
        ),
        sample(
            Method::POST,
            "/graphql",
            json!({
                "query": "mutation($data: ContactUpdateInput!, $id: UUID!) { updateContact(id: $id, data: $data, ifVersion: 1) { id address { city } } }",
                "variables": {"id": id, "data": {"city": "Riga", "address": {"city": "x"}, "tags": ["vip"]}},
            }),
        ),
    ]
}

/// Puts what may not stand in an address as it is in its place.
fn encoded(path: &str, keep_odd: bool) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'%' if keep_odd => "%".to_owned(),
            b' '
            | b'"'
            | b'<'
            | b'>'
            | b'\\'
            | b'^'
            | b'`'
            | b'{'
            | b'|'
            | b'}'
            | b'#'
            | b'['
            | b']'
            | b'%'
            | 0..=31
            | 127..=255 => format!("%{byte:02X}"),
            other => char::from(other).to_string(),
        })
        .collect()
}

#[tokio::test]
async fn spoilt_requests_are_refused_politely() {
    let tenant = Tenant::new().await;
    let id = tenant.id_of("contacts", json!({"last_name": "Ann"})).await;
    let random = &mut Random::new(20_241_122);
    let mut statuses = BTreeSet::new();
    for round in 0..70 {
        for sample in samples(&id) {
            let mut path = encoded(&sample.path, false);
            let mut body = sample.body.to_string().into_bytes();
            let mut media = "application/json";
            match random.below(6) {
                0 => path = encoded(&mutated_text(random, &sample.path), random.below(2) == 0),
                1 => {
                    media = [
                        "text/plain",
                        "application/json; charset=latin1",
                        "",
                        "multipart/form-data; boundary=x",
                    ][random.below(4)];
                }
                2 => body = mutated_text(random, &sample.body.to_string()).into_bytes(),
                3 => body.insert(
                    random.below(body.len() + 1),
                    [0xff, 0x00, 0xc0][random.below(3)],
                ),
                _ => body = mutated_json(random, &sample.body).to_string().into_bytes(),
            }
            if !path.starts_with('/') {
                path.insert(0, '/');
            }
            let told = format!(
                "round {round}: {} {path} {media} {}",
                sample.method,
                String::from_utf8_lossy(&body)
            );
            let mut request = tenant
                .request(sample.method, &path)
                .header("content-type", media)
                .header("accept", "application/json");
            if !sample.body.is_null() {
                request = request.body(body);
            }
            let answer = Answer::to_any(request)
                .await
                .unwrap_or_else(|error| panic!("{error:?}: {told:.2000}"));
            assert!(
                answer.status < 500
                    || (answer.status == 503 && !answer.header("retry-after").is_empty()),
                "{} {} {told:.2000}",
                answer.status,
                answer.text
            );
            answer.is_decent();
            statuses.insert(answer.status);
        }
    }
    let met = [200, 201, 400, 401, 404, 409, 415, 422].map(|status| statuses.contains(&status));
    assert_eq!(met, [true; 8], "the requests are too tame: {statuses:?}");
    tenant.get("/health").await.ok();
}

#[tokio::test]
async fn values_from_the_edge_of_the_world() {
    let tenant = Tenant::new().await;
    let id = tenant.id_of("contacts", json!({"last_name": "Ann"})).await;
    let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
    for value in [
        json!("\u{0}"),
        json!("a\u{0}b"),
        json!("\u{feff}\u{202e}\u{1f468}\u{200d}\u{1f469}"),
        json!("x".repeat(100_000)),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e308),
        json!(-1e-308),
        json!("1e400"),
        json!("NaN"),
        json!("infinity"),
        json!("-0"),
        json!("9".repeat(500)),
        json!("0.".to_owned() + &"1".repeat(500)),
        json!("0001-01-01"),
        json!("9999-12-31"),
        json!("10000-01-01"),
        json!("-0001-01-01T00:00:00Z"),
        json!("294277-01-01T00:00:00Z"),
        json!("2024-12-31T23:59:60Z"),
        json!("P999999999Y"),
        json!("24:00:00"),
        json!("'; drop table contact; --"),
        json!("\\"),
        json!("%"),
        json!("{\"$user\": 1}"),
        json!({}),
        json!([]),
        json!([null]),
        json!({"": ""}),
        deep,
    ] {
        for key in [
            "first_name",
            "email",
            "phone",
            "lead_score",
            "birthday",
            "tags",
            "address",
            "status",
            "do_not_call",
            "company_id",
            "rating",
            "id",
            "version",
            "linkedin",
        ] {
            tenant
                .patch(&format!("/api/v1/contacts/{id}"), json!({key: value}))
                .await;
            let filter = json!({key: {"eq": value}}).to_string();
            if filter.len() < 10_000 {
                tenant
                    .find("/api/v1/contacts", &[("filter", &filter), ("limit", "1")])
                    .await;
            }
        }
        for (plural, key) in [
            ("opportunities", "amount"),
            ("opportunities", "close_date"),
            ("opportunities", "probability"),
            ("activities", "happened_at"),
            ("activities", "duration"),
            ("activities", "attendees_ids"),
        ] {
            tenant
                .post(
                    &format!("/api/v1/{plural}"),
                    json!({"name": "x", key: value}),
                )
                .await;
        }
        let create = "mutation($v: ContactCreateInput!) { createContact(data: $v) { id } }";
        tenant
            .graphql(
                create,
                json!({"v": {"firstName": value, "leadScore": value, "birthday": value}}),
            )
            .await;
        tenant.graphql("query($v: Int, $w: String, $id: UUID!) { contact(id: $id) { id } contacts(first: $v, after: $w) { totalCount } }", json!({"v": value, "w": value, "id": value})).await;
    }
    tenant.get("/health").await.ok();
}

#[tokio::test]
async fn odd_ids_headers_and_addresses() {
    let tenant = Tenant::new().await;
    let long = "x".repeat(6_000);
    for id in [
        "0",
        "-1",
        "null",
        "%00",
        "%ff",
        "..%2f..",
        "%27%20or%201=1",
        "00000000-0000-0000-0000-000000000000",
        "{01939f8e-0000-7000-8000-000000000001}",
        long.as_str(),
        "a%2Fb",
        "%F0%9F%98%80",
    ] {
        for path in [
            format!("/api/v1/contacts/{id}"),
            format!("/api/v1/{id}"),
            format!("/api/v1/contacts/{id}/restore"),
            format!("/api/v1/metadata/objects/{id}"),
            format!("/{id}"),
            format!("/api/v1/contacts?after={id}"),
            format!("/api/v1/contacts?{id}={id}"),
        ] {
            for method in [Method::GET, Method::DELETE, Method::OPTIONS] {
                Answer::to(tenant.request(method, &path)).await;
            }
        }
    }
    for (name, value) in [
        ("authorization", "Bearer"),
        ("authorization", "Bearer \u{ff}"),
        ("authorization", "Basic eDp5"),
        ("if-match", "\"\u{ff}\""),
        ("if-match", "999999999999999999999"),
        ("prefer", ";;==,"),
        ("accept", ";q=x"),
        ("content-length", "0"),
        ("x-request-id", "\u{e9}"),
        ("cookie", "a"),
        ("range", "bytes=0-1"),
        ("content-encoding", "gzip"),
    ] {
        for path in ["/api/v1/contacts", "/graphql"] {
            let request = tenant
                .guest()
                .request(Method::POST, path)
                .header(name, value)
                .json(&json!({"query": "{ __typename }"}));
            Answer::to(request).await;
        }
    }
    let large = json!({"last_name": "x".repeat(11 << 20)});
    for path in ["/api/v1/contacts", "/graphql"] {
        // The connection may be closed on a client that is still sending.
        let answer = Answer::to_any(tenant.request(Method::POST, path).json(&large)).await;
        assert!(
            answer.is_err() || answer.is_ok_and(|answer| answer.status == 413),
            "{path}"
        );
    }
    tenant.get("/health").await.ok();
}

#[tokio::test]
async fn a_method_of_ones_own_invention_makes_no_numbers_of_its_own() {
    let tenant = Tenant::new().await;
    let brew = Method::from_bytes(b"BREW").unwrap();
    let answer = Answer::to(tenant.request(brew, "/api/v1/contacts")).await;
    assert_eq!(answer.status, 405, "{}", answer.text);
    let told = Answer::to_any(tenant.request(Method::GET, "/metrics")).await;
    let told = told.unwrap().text;
    assert!(
        told.contains("method=\"other\"") && !told.contains("BREW"),
        "{told}"
    );
}
