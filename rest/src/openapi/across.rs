//! What reaches over several objects: batches and search; and the description of the API itself.

use serde_json::{Value as Json, json};

use super::access::Access;
use super::names::{Names, parameter};
use super::operation::Operation;
use super::responses::CHANGE;
use super::words::Words;
use crate::records::MOST_OPERATIONS;

pub(super) const TAG: &str = "across";

const LONGEST_SEARCH: u32 = 200;
const HITS: u32 = 20;
const MOST_HITS: u32 = 100;

pub(super) fn paths(access: &Access, names: &Names, words: Words) -> Vec<(String, Json)> {
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
    .description(words.say(
        "What you may do with your tenant's objects. `ETag` changes with the model and with your rights.",
        "Что вам доступно в объектах вашей организации. `ETag` меняется вместе с моделью и вашими правами.",
    ))
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
            "Up to 100 operations over any objects, in one transaction: all of them happen, or none. A later one may name the result of an earlier one. A refusal is that of the operation that failed; `operation` is its index, and `results` tells what became of each.",
            "До 100 операций над любыми объектами в одной транзакции: все или ни одной. Более поздняя может ссылаться на итог более ранней. Отказ — тот же, что у неудавшейся операции; `operation` — её номер, `results` — что стало с каждой.",
        ))
        .parameters([parameter("Prefer"), parameter("ChangeId")])
        .idempotent(words)
        .body(names.refer("Batch"))
        .answer(200, words.say("A result for each operation, in their order.", "По итогу на операцию, в том же порядке."), names.refer("BatchResult"), &[("Preference-Applied", "PreferenceApplied"), CHANGE])
        .refused(&[400, 404, 409, 412, 413, 415, 422])
        .into_json()
}

fn with_example(mut parameter: Json, example: &str) -> Json {
    parameter["example"] = json!(example);
    parameter
}

fn search(names: &Names, words: Words) -> Json {
    let parameter = |name: &str, required: bool, schema: Json, english: &str, russian: &str| {
        json!({
            "name": name,
            "in": "query",
            "required": required,
            "description": words.say(english, russian),
            "schema": schema,
        })
    };
    let text = json!({"type": "string", "minLength": 1, "maxLength": LONGEST_SEARCH});
    let limit = json!({"type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": HITS});
    Operation::new(
        "search",
        TAG,
        words.say("Search everywhere", "Искать везде"),
    )
    .description(words.say(
        "Over the searchable fields of every object you may read, the best first.",
        "По полям с поиском всех объектов, которые вам можно читать; лучшее — первым.",
    ))
    .parameters([
        with_example(
            parameter("q", true, text, "What to look for.", "Что искать."),
            "ltd",
        ),
        parameter(
            "objects",
            false,
            json!({"type": "string", "examples": ["company,contact"]}),
            "In which objects, joined by commas; in all where it is absent.",
            "В каких объектах, через запятую; без параметра — во всех.",
        ),
        parameter(
            "limit",
            false,
            limit,
            "How many hits to show at most.",
            "Сколько находок показать, не больше.",
        ),
    ])
    .answer(
        200,
        words.say("What was found.", "Что нашлось."),
        names.refer("SearchResult"),
        &[],
    )
    .refused(&[400])
    .into_json()
}

pub(super) fn schemas(access: &Access, names: &Names, words: Words) -> Vec<(String, Json)> {
    let mut schemas = Vec::new();
    if access.writes_records() {
        schemas.extend(batch_schemas(names, words));
    }
    if access.reads_records() {
        let hit = json!({
            "type": "object",
            "properties": {
                "object": {"type": "string"},
                "id": {"type": "string", "format": "uuid"},
                "label": {"type": ["string", "null"]},
                "rank": {"type": "number"},
            },
            "required": ["object", "id", "label", "rank"],
        });
        let result = json!({
            "type": "object",
            "description": words.say("Records found, the best first.", "Найденные записи, лучшие — первыми."),
            "properties": {
                "data": {"type": "array", "items": hit},
                "more": {
                    "type": "boolean",
                    "description": words.say(
                        "There are more hits than `limit`; absent where there are not.",
                        "Находок больше, чем `limit`; если нет — отсутствует.",
                    ),
                },
            },
            "required": ["data"],
        });
        schemas.push((names.own("SearchResult"), result));
    }
    schemas
}

fn batch_schemas(names: &Names, words: Words) -> [(String, Json); 2] {
    let name = json!({
        "type": "string",
        "pattern": "^[A-Za-z][A-Za-z0-9_]*$",
        "description": words.say(
            "A name for the result: a later operation writes `$name.id` for a value of it, as a segment of its path or a value in its body.",
            "Имя итога: более поздняя операция пишет `$имя.id` вместо значения из него — частью пути или значением в теле.",
        ),
    });
    let operation = json!({
        "type": "object",
        "properties": {
            "ref": name,
            "method": {"type": "string", "enum": ["GET", "POST", "PATCH", "DELETE"]},
            "path": {
                "type": "string",
                "description": words.say("Path and query, below `/api/v1`.", "Путь и параметры, относительно `/api/v1`."),
            },
            "body": {},
            "if_match": {
                "type": "string",
                "description": words.say("As the header `If-Match`.", "Как заголовок `If-Match`."),
            },
        },
        "required": ["method", "path"],
        "additionalProperties": false,
    });
    let batch = json!({
        "type": "object",
        "properties": {
            "operations": {"type": "array", "items": operation, "minItems": 1, "maxItems": MOST_OPERATIONS},
        },
        "required": ["operations"],
        "additionalProperties": false,
        "examples": [{"operations": [
            {"ref": "acme", "method": "POST", "path": "/companies", "body": {"name": "Acme"}},
            {"method": "POST", "path": "/contacts", "body": {"last_name": "Lovelace", "company_id": "$acme.id"}},
        ]}],
    });
    let done = json!({
        "type": "object",
        "properties": {
            "ref": {"type": "string"},
            "status": {"type": "integer"},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "body": {},
        },
        "required": ["status"],
    });
    let result = json!({
        "type": "object",
        "properties": {"results": {"type": "array", "items": done}},
        "required": ["results"],
    });
    [
        (names.own("Batch"), batch),
        (names.own("BatchResult"), result),
    ]
}
