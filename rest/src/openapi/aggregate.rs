//! `POST /{plural}/aggregate`: records in groups, and what is reckoned over each.

use serde_json::{Value as Json, json};
use tessera_schema::aggregate::MOST_GROUPS;
use tessera_schema::date_part::{DatePart, OF_INSTANTS};
use tessera_schema::function::Function;
use tessera_schema::object::Object;

use super::names::{AGGREGATE, Names};
use super::words::Words;

pub(super) fn request(object: &Object, names: &Names, words: Words) -> (String, Json) {
    let schema = json!({
        "type": "object",
        "description": words.say("`group_by`, `aggregates` or both.", "`group_by`, `aggregates` или оба."),
        "properties": {
            "group_by": {"type": "array", "items": names.refer("GroupKey")},
            "aggregates": names.refer("Aggregates"),
            "filter": names.refer_to(object.api_name(), "Filter"),
            "having": names.refer("Having"),
            "sort": {
                "type": "string",
                "description": words.say(
                    "Names of keys and aggregates joined by commas, `-` before one turns it around. Empty values come last either way, or first with `:nulls_first` behind the name.",
                    "Имена ключей и итогов через запятую, `-` перед именем — обратный порядок. Пустые значения всегда в конце, а с `:nulls_first` после имени — в начале.",
                ),
            },
            "limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": MOST_GROUPS,
                "description": words.say("How many groups are answered at most; 1,000 where it is absent.", "Сколько групп в ответе, не больше; если не указано — 1000."),
            },
            "time_zone": {
                "type": "string",
                "description": words.say("Where days, months and the like begin; UTC where it is absent.", "Где начинаются дни, месяцы и прочее; если не указано — UTC."),
                "examples": ["Europe/Riga"],
            },
        },
        "additionalProperties": false,
    });
    (names.of_object(object.api_name(), AGGREGATE), schema)
}

/// What all objects' requests share.
pub(super) fn schemas(names: &Names, words: Words) -> Vec<(String, Json)> {
    let path = json!({
        "type": "string",
        "description": words.say(
            "A field; dots go through relations to one and into composite values.",
            "Поле; точки ведут через связи к одной записи и внутрь составных значений.",
        ),
    });
    let name = json!({
        "type": "string",
        "description": words.say("Another name in the answer.", "Другое имя в ответе."),
    });
    // Instants have every part that dates have.
    let parts = OF_INSTANTS.iter().copied().map(DatePart::name);
    let parts: Vec<_> = parts.collect();
    let key = json!({
        "description": words.say(
            "A field, or a part of a date or an instant.",
            "Поле или часть даты или момента времени.",
        ),
        "oneOf": [
            path,
            {
                "type": "object",
                "properties": {"field": path, "by": {"type": "string", "enum": parts}, "as": name},
                "required": ["field"],
                "additionalProperties": false,
            },
        ],
        "examples": ["stage", {"field": "close_date", "by": "month"}],
    });
    let functions = Function::ALL
        .into_iter()
        .map(|function| (function.name().to_owned(), json!({"type": "string"})));
    let aggregates = json!({
        "type": "object",
        "description": words.say(
            "By the name each has in the answer: a function and the field it is of; `*` counts records. The sum, average, minimum and maximum of money are a list with one amount for each currency.",
            "По имени, под которым итог будет в ответе: функция и её поле; `*` считает записи. Сумма, среднее, минимум и максимум денег — список, где на каждую валюту одна сумма.",
        ),
        "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_]{0,49}$"},
        "additionalProperties": {
            "type": "object",
            "properties": functions.collect::<serde_json::Map<_, _>>(),
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": false,
        },
        "examples": [{"total": {"sum": "amount"}, "n": {"count": "*"}}],
    });
    let having = json!({
        "type": "object",
        "description": words.say(
            "Which groups, by their aggregates, in the filter language.",
            "Какие группы, по их итогам, на языке фильтров.",
        ),
        "additionalProperties": true,
        "examples": [{"n": {"gt": 1}}],
    });
    vec![
        (names.own("GroupKey"), key),
        (names.own("Aggregates"), aggregates),
        (names.own("Having"), having),
    ]
}

pub(super) fn answer(words: Words) -> Json {
    json!({
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": {"type": "object"}},
            "more": {
                "type": "boolean",
                "description": words.say(
                    "There are more groups than `limit`; absent where there are not.",
                    "Групп больше, чем `limit`; если нет — отсутствует.",
                ),
            },
        },
        "required": ["data"],
    })
}

pub(super) fn example(object: &Object) -> Json {
    let keyed = object.own_fields().find(|field| {
        let column = field.columns.first();
        column.is_some_and(|column| column.column_type.one_of.is_some() && !column.column_type.list)
    });
    let key = keyed.map_or_else(
        || json!({"field": "created_at", "by": "month"}),
        |field| json!(field.api_name()),
    );
    json!({"group_by": [key], "aggregates": {"n": {"count": "*"}}, "sort": "-n"})
}
