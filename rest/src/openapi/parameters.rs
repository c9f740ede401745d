//! Query parameters and request headers: those that all objects share, and those that speak of one.

use serde_json::{Value as Json, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use tessera_compiler::query::tree::Window;
use tessera_schema::naming::pascal;
use tessera_schema::object::{Attribute, Object};
use uuid::Uuid;

use super::names::Names;
use super::words::Words;
use crate::records::{DEFAULT_LIMIT, LONGEST_PAGE};

/// The longest `Idempotency-Key`.
const LONGEST_KEY: usize = 255;

pub(super) fn shared(words: Words) -> Json {
    let parameter = |name: &str, place: &str, schema: Json, english: &str, russian: &str| {
        json!({
            "name": name,
            "in": place,
            "required": place == "path",
            "description": words.say(english, russian),
            "schema": schema,
        })
    };
    let cursor = || json!({"type": "string"});
    json!({
        "Id": parameter("id", "path", json!({"type": "string", "format": "uuid"}),
            "The record's id.", "Идентификатор записи."),
        "Limit": parameter("limit", "query", json!({"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": DEFAULT_LIMIT}),
            "How many records a page has at most.", "Сколько записей на странице, не больше."),
        "After": parameter("after", "query", cursor(),
            "`page.next` of an earlier answer: what follows it. It fits only the same `sort`, `filter`, `q` and `deleted`. Not together with `before`.",
            "`page.next` прежнего ответа: то, что за ним. Годится только при тех же `sort`, `filter`, `q` и `deleted`. Не вместе с `before`."),
        "Before": parameter("before", "query", cursor(),
            "`page.previous` of an earlier answer: what stands before it. It fits only the same `sort`, `filter`, `q` and `deleted`.",
            "`page.previous` прежнего ответа: то, что перед ним. Годится только при тех же `sort`, `filter`, `q` и `deleted`."),
        "Offset": parameter("offset", "query", json!({"type": "integer", "minimum": 0, "maximum": Window::MAX_OFFSET, "default": 0}),
            "How many records to leave out first: a jump to any place. To read on from page to page, `after` is quicker and misses nothing.",
            "Сколько записей пропустить: переход к любому месту. Для чтения подряд `after` быстрее и ничего не пропускает."),
        "Count": parameter("count", "query", json!({"type": "string", "enum": ["none", "exact", "estimated"], "default": "none"}),
            "Whether the answer has a `total`: the exact one, or what the database thinks, at no cost.",
            "Нужен ли в ответе `total`: точный или по оценке базы данных, что ничего не стоит."),
        "Search": parameter("q", "query", json!({"type": "string", "maxLength": 200}),
            "Words to look for in the searchable fields.", "Слова, которые надо искать в полях с поиском."),
        "Deleted": parameter("deleted", "query", json!({"type": "string", "enum": ["exclude", "include", "only"], "default": "exclude"}),
            "Whether records in the bin are among the answer.", "Входят ли в ответ записи из корзины."),
        "TimeZone": parameter("time_zone", "query", json!({"type": "string", "maxLength": 64, "default": "UTC", "examples": ["Europe/Riga"]}),
            "Where a day begins, for `$today`, `$week` and `$month` in the filter: a time zone by its IANA name.",
            "Где начинается день для `$today`, `$week` и `$month` в фильтре: часовой пояс по имени IANA."),
        "Permanent": parameter("permanent", "query", json!({"type": "string", "enum": ["false", "true"], "default": "false"}),
            "Destroy the record instead of moving it to the bin.", "Уничтожить запись, а не переместить в корзину."),
        "MaxAffected": parameter("max_affected", "query", json!({"type": "integer", "minimum": 0}),
            "Refuse the request, and change nothing, where more records than this would be affected.",
            "Отклонить запрос и ничего не менять, если затронуто было бы больше записей."),
        "IfMatch": parameter("If-Match", "header", json!({"type": "string", "pattern": r#"^(\*|(W/)?"[!#-~]*"(, *(W/)?"[!#-~]*")*)$"#, "examples": ["\"3\""]}),
            "The versions the change was made for, as `ETag` shows them; 412 where the record has another.",
            "Версии, для которых сделано изменение, из `ETag`; 412, если у записи другая."),
        "IfNoneMatch": parameter("If-None-Match", "header", json!({"type": "string", "pattern": r#"^(\*|(W/)?"[!#-~]*"(, *(W/)?"[!#-~]*")*)$"#, "examples": ["\"3\""]}),
            "What you have already, as `ETag` showed it: 304 while it is the same.",
            "Что у вас уже есть, из `ETag`: 304, пока оно то же."),
        "Prefer": parameter("Prefer", "header", json!({"type": "string", "pattern": "^[!-~]+( [!-~]+)*$", "examples": ["return=minimal", "tx=rollback"]}),
            "`return=minimal` answers without a body; `tx=rollback` tries the write and undoes it.",
            "`return=minimal` — ответ без тела; `tx=rollback` — проверить запись и отменить её."),
        "PreferTrial": parameter("Prefer", "header", json!({"type": "string", "enum": ["tx=rollback"]}),
            "`tx=rollback` answers as if the change were made, and makes none.",
            "`tx=rollback` — ответить так, будто изменение сделано, и не делать его."),
    })
}

/// The header `Idempotency-Key` of one operation. Each has an example of its own, so that examples sent one after the other
/// are not taken for the same request.
pub(super) fn idempotency_key(operation: &str, words: Words) -> Json {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": words.say(
            "The same key with the same body within 24 hours gets the same answer, and nothing is done twice; with another body, 422. Use a new key for each request.",
            "Тот же ключ с тем же телом в течение 24 часов даёт тот же ответ, и ничего не делается дважды; с другим телом — 422. Для каждого запроса нужен новый ключ.",
        ),
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
        "example": sample_key(operation),
    })
}

fn sample_key(operation: &str) -> Uuid {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, operation).hash(&mut hasher);
        hasher.finish().to_be_bytes()
    };
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&half(0));
    bytes[8..].copy_from_slice(&half(1));
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// `filter`, `sort` and `fields` of one object.
pub(super) fn of_object(
    object: &Object,
    reads: bool,
    names: &Names,
    words: Words,
) -> Vec<(String, Json)> {
    let name = pascal(object.api_name().as_str());
    let fields = json!({
        "name": "fields",
        "in": "query",
        "description": words.say(
            "What the answer shows of each record: names joined by commas. Dots go through relations and into composite values; `*` is every plain field, as without this parameter. A list shows its first 50 records; `opportunities(limit:5,sort:-created_at).name` says how many, at most 1,000, and in what order. Where it has more, `opportunities_more` is true beside it. Name `id` or `*` too: clients made from this document expect an id. (A request without either is answered as well.)",
            "Что показать из каждой записи: имена через запятую. Точки ведут через связи и внутрь составных значений; `*` — все простые поля, как и без этого параметра. Список показывает первые 50 записей; `opportunities(limit:5,sort:-created_at).name` говорит, сколько, не больше 1000, и в каком порядке. Если их больше, рядом стоит `opportunities_more`: true. Назовите и `id` или `*`: клиенты, созданные по этому документу, ждут id. (Запрос без них тоже выполняется.)",
        ),
        "schema": {"type": "string", "default": "*", "pattern": "^(.*,)?(id|\\*)(,.*)?$"},
        "example": fields_example(object),
    });
    let mut all = vec![(format!("{name}Fields"), fields)];
    if reads {
        let sort = json!({
            "name": "sort",
            "in": "query",
            "description": words.say(
                "The order: names joined by commas, `-` before one turns it around. Empty values come last either way, or first with `:nulls_first` behind the name. Dots go through relations to one and into composite values. Ends with the id in any case.",
                "Порядок: имена через запятую, `-` перед именем — обратный. Пустые значения всегда в конце, а с `:nulls_first` после имени — в начале. Точки ведут через связи к одной записи и внутрь составных значений. В конце всегда id.",
            ),
            "schema": {"type": "string"},
            "example": sort_example(object),
        });
        all.push((format!("{name}Sort"), sort));
        all.push((format!("{name}Filter"), filter(object, false, names, words)));
    }
    all
}

/// The parameter `filter`: text that is JSON in the filter language.
pub(super) fn filter(object: &Object, required: bool, names: &Names, words: Words) -> Json {
    let description = if required {
        words.say(
            "Which records are meant: JSON as text. It needs a condition that leaves records out; `{}`, together with `max_affected`, means all.",
            "Какие записи имеются в виду: текст JSON. Нужно условие, которое оставляет часть записей в стороне; `{}` вместе с `max_affected` — все.",
        )
    } else {
        words.say(
            "Which records to find: JSON as text.",
            "Какие записи найти: текст JSON.",
        )
    };
    json!({
        "name": "filter",
        "in": "query",
        "required": required,
        "description": description,
        // Not under `content`, as some generators of clients do not know that form, and others encode it wrongly.
        "schema": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": names.refer_to(object.api_name(), "Filter"),
        },
        "example": filter_example(object, names).to_string(),
    })
}

fn sort_example(object: &Object) -> String {
    object.source.head.label_field.as_ref().map_or_else(
        || "-created_at".to_owned(),
        |label| match object.attribute(label.as_str()) {
            Some(Attribute::Column(..)) => format!("-created_at,{label}"),
            _ => "-created_at".to_owned(),
        },
    )
}

fn fields_example(object: &Object) -> String {
    let mut names = vec!["id".to_owned()];
    let plain = object
        .own_fields()
        .filter(|field| field.columns.len() == 1 && !field.is_relation());
    names.extend(plain.take(2).map(|field| field.api_name().to_string()));
    let to_one = object.own_fields().find(|field| field.to_one().is_some());
    names.extend(to_one.map(|field| format!("{}.id", field.api_name())));
    let inverse = object.inverses.keys().next();
    names.extend(inverse.map(|inverse| format!("{inverse}(limit:5).id")));
    names.join(",")
}

fn filter_example(object: &Object, names: &Names) -> Json {
    let column = object.own_fields().find_map(|field| {
        let column = field.columns.first()?;
        if field.columns.len() != 1 || column.column_type.list {
            return None;
        }
        let operator = field.field_type.operators(&column.column_type).first()?;
        let value = super::example::value(&super::shape::answered(field, false, names))?;
        Some(json!({field.value_key(): {operator.name: value}}))
    });
    column.unwrap_or_else(|| json!({"created_at": {"gte": "2026-01-01T00:00:00Z"}}))
}
