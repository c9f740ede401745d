//! What reaches over several objects: batches and search; and the description of the API itself.

use serde_json::{Map, Value as Json, json};

use super::access::Access;
use super::names::{Names, parameter};
use super::operation::Operation;
use super::words::Words;

pub(super) const TAG: &str = "across";

pub(super) fn paths(access: Access, names: &Names, words: Words) -> Vec<(String, Json)> {
    let mut paths = Vec::new();
    if access.writes_records() {
        paths.push((
            "/api/v1/batch".to_owned(),
            json!({"post": batch(names, words)}),
        ));
    }
    if access.reads_records() {
        paths.push((
            "/api/v1/search".to_owned(),
            json!({"get": search(names, words)}),
        ));
    }
    let description = Operation::new(
        "describeApi",
        TAG,
        words.say("This document", "Этот документ"),
    )
    .parameters([parameter("IfNoneMatch")])
    .answer(
        200,
        words.say(
            "What you may do, as OpenAPI 3.1.",
            "Что вам доступно, в формате OpenAPI 3.1.",
        ),
        json!({"type": "object"}),
        &[("ETag", "ETag")],
    )
    .shared(304, "NotModified")
    .refused(&[400])
    .into_json();
    paths.push((
        "/api/v1/openapi.json".to_owned(),
        json!({"get": description}),
    ));
    paths
}

fn batch(names: &Names, words: Words) -> Json {
    Operation::new("batch", TAG, words.say("Many operations at once", "Много операций сразу"))
        .description(words.say(
            "Up to 100 operations over any objects, in one transaction: all of them happen, or none. A later one may name the result of an earlier one.",
            "До 100 операций над любыми объектами в одной транзакции: все или ни одной. Более поздняя может ссылаться на итог более ранней.",
        ))
        .parameters(["Prefer", "IdempotencyKey"].map(parameter))
        .body(names.refer("Batch"))
        .answer(200, words.say("A result for each operation, in their order.", "По итогу на операцию, в том же порядке."), names.refer("BatchResult"), &[("Preference-Applied", "PreferenceApplied")])
        .refused(&[400, 404, 409, 412, 413, 415, 422])
        .into_json()
}

fn search(names: &Names, words: Words) -> Json {
    let q = json!({
        "name": "q",
        "in": "query",
        "required": true,
        "description": words.say("What to look for.", "Что искать."),
        "schema": {"type": "string", "minLength": 1},
    });
    Operation::new(
        "search",
        TAG,
        words.say("Search everywhere", "Искать везде"),
    )
    .description(words.say(
        "Over the searchable fields of every object you may read, the best first.",
        "По полям с поиском всех объектов, которые вам можно читать; лучшее — первым.",
    ))
    .parameters([q])
    .answer(
        200,
        words.say("What was found.", "Что нашлось."),
        names.refer("SearchResult"),
        &[],
    )
    .refused(&[400])
    .into_json()
}

pub(super) fn schemas(access: Access, names: &Names, words: Words) -> Vec<(String, Json)> {
    let mut schemas = Vec::new();
    if access.writes_records() {
        let operation = json!({"type": "object"});
        schemas.push((
            names.own("Batch"),
            json!({
                "type": "object",
                "properties": {"operations": {"type": "array", "items": operation, "minItems": 1, "maxItems": 100}},
                "required": ["operations"],
            }),
        ));
        schemas.push((names.own("BatchResult"), json!({"type": "object"})));
    }
    if access.reads_records() {
        let result = json!({
            "type": "object",
            "description": words.say("Records found, the best first.", "Найденные записи, лучшие — первыми."),
            "properties": {"data": {"type": "array", "items": {"type": "object"}}},
            "required": ["data"],
        });
        schemas.push((names.own("SearchResult"), result));
    }
    schemas
}

/// The status and the schema that an upsert answers with.
pub(super) fn upserted(record: Json, words: Words) -> (u16, Json) {
    let created = json!({
        "type": "boolean",
        "description": words.say("Whether it is new.", "Новая ли она."),
    });
    let one = json!({
        "allOf": [record, {"type": "object", "properties": Map::from_iter([("created".to_owned(), created)])}],
    });
    let many = json!({"type": "object", "properties": {"data": {"type": "array", "items": one}}, "required": ["data"]});
    (200, json!({"anyOf": [one, many]}))
}
