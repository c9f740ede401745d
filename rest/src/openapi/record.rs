//! The schemas of an object's records: as they are answered, as they are made, and as they are changed.

use serde_json::{Map, Value as Json, json};
use tessera_schema::field_type::Storage;
use tessera_schema::model::Model;
use tessera_schema::object::{Attribute, Field, Object};

use super::filter::described;
use super::names::Names;
use super::words::Words;
use super::{example, shape};
use crate::records::MOST_AT_ONCE;

/// Suffixes of the schemas made here.
pub(super) const CREATE: &str = "CreateInput";
pub(super) const UPDATE: &str = "UpdateInput";
pub(super) const PAGE: &str = "Page";

/// A record as it is answered.
pub(super) fn answered(
    object: &Object,
    model: &Model,
    names: &Names,
    words: Words,
) -> (String, Json) {
    let name = names.of_object(object.api_name(), "");
    (name, record(object, model, names, words))
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
pub(super) fn given(object: &Object, names: &Names, words: Words) -> Vec<(String, Json)> {
    let name = object.api_name();
    vec![
        (names.of_object(name, CREATE), create(object, words)),
        (names.of_object(name, UPDATE), update(object, words)),
    ]
}

fn record(object: &Object, model: &Model, names: &Names, words: Words) -> Json {
    let mut properties = Map::new();
    for field in object.fields.values() {
        let mut value = titled(field, shape::answered(field, names), words);
        value["x-field-type"] = json!(field.field_type.name());
        if !field.writable() {
            value["readOnly"] = json!(true);
        }
        if field.definition.unique {
            value["x-unique"] = json!(true);
        }
        // The ids of a many-to-many relation are written only; its records are asked for by `fields`.
        if !matches!(field.storage, Storage::ManyToMany(_)) {
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
                shape::nullable(names.refer_to(model.target(&to_one.target).api_name(), ""))
            }
            Some(Attribute::ToMany(to_many)) => {
                json!({"type": "array", "items": names.refer_to(&to_many.target, "")})
            }
            _ => continue,
        };
        let mut related = described(related, asked);
        related["title"] = json!(relation_title(object, &key, words));
        related["readOnly"] = json!(true);
        properties.insert(key, related);
    }
    let mut schema = json!({
        "type": "object",
        "title": words.of(&object.source.head.translations, "name", &object.source.head.name),
        "properties": properties,
    });
    let head = &object.source.head;
    if let Some(description) = &head.description {
        schema["description"] = json!(words.of(&head.translations, "description", description));
    }
    schema
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

fn create(object: &Object, words: Words) -> Json {
    let mut properties = Map::new();
    let id = json!({
        "type": "string",
        "format": "uuid",
        "description": words.say("Given by the server where it is absent.", "Если не указан, его даст сервер."),
    });
    properties.insert("id".to_owned(), id);
    let mut required = Vec::new();
    for field in writable(object) {
        let mut value = titled(field, shape::given(field), words);
        match field
            .definition
            .default_value
            .as_ref()
            .filter(|default| !default.is_null())
        {
            Some(default) => value["default"] = default.clone(),
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
    if let Some(example) = example::create(object) {
        schema["examples"] = json!([example]);
    }
    schema
}

fn update(object: &Object, words: Words) -> Json {
    let values = writable(object).map(|field| (field.value_key(), shape::changed(field)));
    let mut schema = json!({
        "type": "object",
        "description": words.say(
            "What is absent stays as it is; null empties a field, or a part of one.",
            "Чего нет в теле, остаётся прежним; null очищает поле или его часть.",
        ),
        "properties": values.collect::<Map<_, _>>(),
        "additionalProperties": false,
    });
    if let Some(example) = example::update(object) {
        schema["examples"] = json!([example]);
    }
    schema
}

fn writable(object: &Object) -> impl Iterator<Item = &Field> {
    let fields = object.own_fields().map(AsRef::as_ref);
    fields.filter(|field: &&Field| field.writable())
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

/// One record, or a list of them.
pub(super) fn one_or_many(one: Json) -> Json {
    let many = json!({"type": "array", "items": one, "minItems": 1, "maxItems": MOST_AT_ONCE});
    let either = Json::Array(vec![one, many]);
    Json::Object(Map::from_iter([("oneOf".to_owned(), either)]))
}
