//! The schemas of an object's records: as they are answered, as they are made, and as they are changed.

use serde_json::{Map, Value as Json, json};
use tessera_schema::access::Right;
use tessera_schema::access::view::View;
use tessera_schema::ident::ApiName;
use tessera_schema::object::{Attribute, Field, Object};
use tessera_schema::scalar::Scalar;

use super::access::Access;
use super::filter::described;
use super::names::{CHANGE_INPUT, CREATE, Names, PAGE, PART, UPDATE};
use super::words::Words;
use super::{example, shape};
use crate::records::{MOST_AT_ONCE, more_of};

/// A record as it is answered.
pub(super) fn answered(object: &Object, names: &Names, words: Words) -> (String, Json) {
    let head = &object.source.head;
    let id = json!({
        "type": "object",
        "properties": {"id": Scalar::Uuid.json_schema()},
        "required": ["id"],
    });
    let part = names.refer_to(object.api_name(), PART);
    let mut record = json!({
        "title": words.of(&head.translations, "name", &head.name),
        "allOf": [part, id],
    });
    if let Some(description) = &head.description {
        record["description"] = json!(words.of(&head.translations, "description", description));
    }
    (names.of_object(object.api_name(), ""), record)
}

/// A record as it stands within another.
pub(super) fn part(object: &Object, view: &View, names: &Names, words: Words) -> (String, Json) {
    let name = names.of_object(object.api_name(), PART);
    (name, record(object, view, names, words))
}

/// A page of a list.
pub(super) fn page(object: &Object, names: &Names, words: Words) -> (String, Json) {
    let total = words.say(
        "Only where `count` asks for it.",
        "Только если об этом просит `count`.",
    );
    let page = json!({
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": names.refer_to(object.api_name(), "")},
            "page": names.refer("Cursors"),
            "total": {"type": "integer", "minimum": 0, "description": total},
        },
        "required": ["data", "page"],
        "additionalProperties": false,
    });
    (names.of_object(object.api_name(), PAGE), page)
}

/// Schemas for writing.
pub(super) fn given(
    object: &Object,
    access: &Access,
    names: &Names,
    words: Words,
) -> Vec<(String, Json)> {
    let name = object.api_name();
    let mut schemas = Vec::new();
    if access.may(object, Right::Create) {
        schemas.push((names.of_object(name, CREATE), create(object, access, words)));
    }
    if access.may(object, Right::Update) {
        schemas.push((names.of_object(name, UPDATE), update(object, access, words)));
        schemas.push((
            names.of_object(name, CHANGE_INPUT),
            change(object, access, words),
        ));
    }
    schemas
}

fn record(object: &Object, view: &View, names: &Names, words: Words) -> Json {
    let mut properties = Map::new();
    let part = |object: &ApiName| names.refer_to(object, PART);
    for field in object.fields.values() {
        let mut value = titled(
            field,
            shape::answered(field, view.rules.may_hide(object, field), names),
            words,
        );
        value["x-field-type"] = json!(field.field_type.name());
        if !field.writable() {
            value["readOnly"] = json!(true);
        }
        if field.definition.unique {
            value["x-unique"] = json!(true);
        }
        // The ids of a many-to-many relation are written only; its records are asked for by `fields`.
        if field.linked().is_none() {
            properties.insert(field.value_key(), value);
        }
    }
    for key in object.keys() {
        let asked = words.say(
            "Only where `fields` asks for it.",
            "Только если об этом просит `fields`.",
        );
        let related = match object.attribute(&key) {
            Some(Attribute::ToOne(to_one)) => {
                shape::nullable(part(view.model.target(&to_one.target).api_name()))
            }
            Some(Attribute::ToMany(to_many)) => {
                json!({"type": "array", "items": part(&to_many.target)})
            }
            _ => continue,
        };
        if let Some(Attribute::ToMany(_)) = object.attribute(&key) {
            let more = words.say(
                "There, and true, only where the list beside it has more records than are shown.",
                "Есть, и верно, только если в списке рядом больше записей, чем показано.",
            );
            let more = json!({"type": "boolean", "description": more, "readOnly": true});
            properties.insert(more_of(object, &key), more);
        }
        let mut related = described(related, asked);
        related["title"] = json!(relation_title(object, &key, words));
        related["readOnly"] = json!(true);
        properties.insert(key, related);
    }
    json!({
        "type": "object",
        "description": words.say(
            "What `fields` names of a record; without `fields` every value of its own.",
            "То из записи, что названо в `fields`; без `fields` — все её собственные значения.",
        ),
        "properties": properties,
    })
}

fn relation_title(object: &Object, key: &str, words: Words) -> String {
    if let Some(field) = object.fields.get(key) {
        return words.of(
            &field.definition.translations,
            "name",
            &field.definition.name,
        );
    }
    let inverse = object.inverses.get(key).map(|inverse| &inverse.definition);
    inverse.map_or_else(String::new, |inverse| {
        let name = inverse.name.as_deref().unwrap_or(inverse.api_name.as_str());
        words.of(&inverse.translations, "name", name)
    })
}

fn create(object: &Object, access: &Access, words: Words) -> Json {
    let mut properties = Map::new();
    let id = json!({
        "type": "string",
        "format": "uuid",
        "description": words.say("Given by the server where it is absent.", "Если не указан, его даст сервер."),
    });
    properties.insert("id".to_owned(), id);
    let mut required = Vec::new();
    for field in access.given(object, Right::Create) {
        let mut value = titled(field, shape::given(field), words);
        match field
            .definition
            .default_value
            .as_ref()
            .filter(|default| !default.is_null())
        {
            Some(default) => say_default(&mut value, default, words),
            None if field.definition.required => required.push(field.value_key()),
            None => {}
        }
        properties.insert(field.value_key(), value);
    }
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if let Some(example) = example::create(access.given(object, Right::Create)) {
        schema["examples"] = json!([example]);
    }
    schema
}

/// Says in words what a field is where it is absent. Not by the keyword `default`: generators of clients take a property that
/// has it for one that is always there, and would have it written each time.
pub(super) fn say_default(schema: &mut Json, default: &Json, words: Words) {
    let default = match default {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let absent = words.say("Where it is absent:", "Если не указано:");
    let said = match schema.get("description").and_then(Json::as_str) {
        Some(about) => format!("{about} {absent} `{default}`."),
        None => format!("{absent} `{default}`."),
    };
    schema["description"] = json!(said);
}

fn update(object: &Object, access: &Access, words: Words) -> Json {
    let values = access
        .given(object, Right::Update)
        .map(|field| (field.value_key(), shape::changed(field)));
    let mut schema = json!({
        "type": "object",
        "description": words.say(
            "What is absent stays as it is; null empties a field, or a part of one.",
            "Чего нет в теле, остаётся прежним; null очищает поле или его часть.",
        ),
        "properties": values.collect::<Map<_, _>>(),
        "additionalProperties": false,
    });
    if let Some(example) = example::update(access.given(object, Right::Update)) {
        schema["examples"] = json!([example]);
    }
    schema
}

/// The change of one record among several.
fn change(object: &Object, access: &Access, words: Words) -> Json {
    let mut schema = update(object, access, words);
    schema["properties"]["id"] = json!({"type": "string", "format": "uuid"});
    schema["properties"]["version"] = json!({
        "type": "integer",
        "minimum": 1,
        "maximum": i32::MAX,
        "description": words.say(
            "The version that the record must still have.",
            "Версия, которую запись должна всё ещё иметь.",
        ),
    });
    schema["required"] = json!(["id"]);
    if let Some(example) = schema.pointer_mut("/examples/0") {
        example["id"] = json!(example::SOME_ID);
    }
    schema
}

fn titled(field: &Field, schema: Json, words: Words) -> Json {
    let definition = &field.definition;
    let mut schema = schema;
    schema["title"] = json!(words.of(&definition.translations, "name", &definition.name));
    if let Some(description) = &definition.description {
        schema["description"] =
            json!(words.of(&definition.translations, "description", description));
    }
    schema
}

/// A list of records to be written.
pub(super) fn several(one: &Json) -> Json {
    json!({"type": "array", "items": one, "minItems": 1, "maxItems": MOST_AT_ONCE})
}
