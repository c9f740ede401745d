//! Schemas of the model: as it is read, and as changes of it are sent.

use serde_json::{Map, Value as Json, json};
use tessera_schema::appearance::{Align, Group};
use tessera_schema::definition::{field_schema, object_schema};
use tessera_schema::field_types::FieldTypes;
use tessera_schema::setting;

use crate::openapi::access::Access;
use crate::openapi::filter::described;
use crate::openapi::names::Names;
use crate::openapi::shape::nullable;
use crate::openapi::words::Words;

/// What a patch cannot change.
const FIXED: [&str; 4] = ["api_name", "plural_api_name", "type", "fields"];

/// Schemas of the model as it is read.
pub(in crate::openapi) fn read(
    access: &Access,
    names: &Names,
    words: Words,
) -> Vec<(String, Json)> {
    let mut schemas = vec![(names.own("FieldType"), field_type(words))];
    if access.sees_objects() {
        schemas.push((names.own("ObjectDescription"), object_description(names)));
        schemas.push((names.own("FieldDescription"), field_description(words)));
        schemas.push((names.own("Module"), module()));
    }
    schemas
}

/// Schemas of changes.
pub(in crate::openapi) fn changed(
    types: &FieldTypes,
    names: &Names,
    words: Words,
) -> Vec<(String, Json)> {
    let mut object = object_schema();
    object["properties"]["fields"]["items"] = names.refer("FieldDefinition");
    object["examples"] = json!([{
        "api_name": "vehicle",
        "plural_api_name": "vehicles",
        "name": "Vehicle",
        "label_field": "plate",
        "fields": [{"api_name": "plate", "type": "text", "required": true, "unique": true}],
    }]);
    let mut field = field_schema();
    field["properties"]["type"]["enum"] = json!(types.names());
    // Each type has its own settings.
    field["allOf"] = types
        .iter()
        .map(|field_type| {
            json!({
                "if": {"properties": {"type": {"const": field_type.name()}}},
                "then": {"properties": {"settings": setting::schema(&field_type.settings())}},
            })
        })
        .collect();
    field["examples"] = json!([{"api_name": "colour", "name": "Colour", "type": "text"}]);
    let mut object_patch = patch(object_schema(), words);
    object_patch["properties"]["field_order"] = described(
        names_list(),
        words.say(
            "The order of the fields. Fields that it does not name come last.",
            "Порядок полей. Неназванные идут последними.",
        ),
    );
    object_patch["examples"] = json!([{"description": "What we drive"}]);
    let mut field_patch = patch(field_schema(), words);
    field_patch["examples"] = json!([{"name": "Color"}]);
    vec![
        (names.own("ObjectDefinition"), object),
        (names.own("FieldDefinition"), field),
        (names.own("ObjectPatch"), object_patch),
        (names.own("FieldPatch"), field_patch),
        (names.own("FieldUsage"), field_usage()),
    ]
}

/// A definition's schema, as a change of it.
fn patch(mut definition: Json, words: Words) -> Json {
    let properties = match definition["properties"].take() {
        Json::Object(properties) => properties,
        _ => Map::new(),
    };
    let changed = properties
        .into_iter()
        .filter(|(name, _)| !FIXED.contains(&name.as_str()));
    let changed = changed.map(|(name, schema)| {
        let is_nullable = schema["type"].is_array();
        (
            name,
            if is_nullable {
                schema
            } else {
                nullable(schema)
            },
        )
    });
    let schema = json!({
        "type": "object",
        "properties": changed.collect::<Map<_, _>>(),
    });
    described(
        schema,
        words.say(
            "What is absent stays as it is; null empties. Settings are merged key by key.",
            "Чего нет, остаётся прежним; null очищает. Настройки объединяются по ключам.",
        ),
    )
}

/// Actions that a caller may do or not.
fn permissions(actions: &[&str]) -> Map<String, Json> {
    let properties = actions
        .iter()
        .map(|action| ((*action).to_owned(), json!({"type": "boolean"})));
    properties.collect()
}

fn object_permissions() -> Json {
    let mut properties = permissions(&["read", "create", "update", "delete", "restore", "destroy"]);
    let most = json!({"type": "string", "enum": ["read", "write", "none"]});
    let of_fields = json!({"type": "object", "additionalProperties": most});
    properties.insert("fields".to_owned(), of_fields);
    always(&Json::Object(properties), &[])
}

fn translations() -> Json {
    let words = json!({"type": "object", "additionalProperties": {"type": "string"}});
    json!({"type": "object", "additionalProperties": words})
}

fn names_list() -> Json {
    json!({"type": "array", "items": {"type": "string"}})
}

/// An object all of whose properties are always there, save those that are named.
fn always(properties: &Json, save: &[&str]) -> Json {
    let keys = properties.as_object().into_iter().flat_map(Map::keys);
    let required: Vec<String> = keys
        .filter(|key| !save.contains(&key.as_str()))
        .cloned()
        .collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn object_description(names: &Names) -> Json {
    let fields = || json!({"type": "array", "items": names.refer("FieldDescription")});
    let section = always(
        &json!({
            "title": {"type": ["string", "null"]},
            "fields": names_list(),
            "translations": translations(),
        }),
        &[],
    );
    let inverse = always(
        &json!({
            "api_name": {"type": "string"},
            "name": {"type": ["string", "null"]},
            "translations": translations(),
            "object": {"type": "string"},
            "field": {"type": "string"},
            "operators": names_list(),
        }),
        &[],
    );
    always(
        &json!({
            "id": {"type": "string", "format": "uuid"},
            "api_name": {"type": "string"},
            "plural_api_name": {"type": "string"},
            "name": {"type": "string"},
            "plural_name": {"type": "string"},
            "description": {"type": ["string", "null"]},
            "icon": {"type": ["string", "null"]},
            "label_field": {"type": ["string", "null"]},
            "translations": translations(),
            "hidden": {"type": "boolean"},
            "form": {"type": "array", "items": section},
            "module": {"type": ["string", "null"]},
            "read_only": {"type": "boolean"},
            "fields": fields(),
            "system_fields": fields(),
            "inverses": {"type": "array", "items": inverse},
            "permissions": object_permissions(),
        }),
        &[],
    )
}

fn field_description(words: Words) -> Json {
    let operators = json!({
        "description": words.say(
            "The operators of its conditions; of a composite value those of each part.",
            "Операторы условий; у составного значения — для каждой его части.",
        ),
        "oneOf": [
            {"title": "Operators", "type": "array", "items": {"type": "string"}},
            {"title": "OperatorsOfParts", "type": "object", "additionalProperties": names_list()},
        ],
    });
    always(
        &json!({
            "id": {"type": "string", "format": "uuid"},
            "module": {"type": ["string", "null"]},
            "api_name": {"type": "string"},
            "name": {"type": "string"},
            "type": {"type": "string"},
            "description": {"type": ["string", "null"]},
            "required": {"type": "boolean"},
            "unique": {"type": "boolean"},
            "indexed": {"type": "boolean"},
            "default_value": {},
            "settings": {"type": "object"},
            "translations": translations(),
            "value_key": {"type": "string"},
            "operators": operators,
            "permissions": always(&Json::Object(permissions(&["read", "create", "update"])), &[]),
        }),
        // The platform's own fields have neither.
        &["id", "module"],
    )
}

fn field_type(words: Words) -> Json {
    let flag = || json!({"type": "boolean"});
    let of_settings = words.say(
        "For `example_settings`; absent where no example of the settings is known.",
        "Для `example_settings`; нет, если пример настроек неизвестен.",
    );
    always(
        &json!({
            "name": {"type": "string"},
            "title": {"type": "object", "additionalProperties": {"type": "string"}},
            "icon": {"type": "string"},
            "group": {"enum": Group::ALL},
            "align": {"enum": Align::ALL},
            "summary": {"type": "object", "additionalProperties": {"type": "string"}},
            "widget": {"type": "string"},
            "settings_schema": {"type": "object"},
            "required_settings": names_list(),
            "allows": always(
                &json!({"required": flag(), "unique": flag(), "indexed": flag(), "default_value": flag()}),
                &[],
            ),
            "titles": flag(),
            "example_settings": {"type": "object"},
            "value_schema": described(json!({"type": "object"}), of_settings),
            "graphql": described(json!({"type": "string"}), of_settings),
            "storage": described(json!({"type": "object"}), of_settings),
        }),
        &["example_settings", "value_schema", "graphql", "storage"],
    )
}

fn field_usage() -> Json {
    let list = |of: Json| json!({"type": "array", "items": of});
    let form = json!({"section": {"type": "integer"}, "title": {"type": ["string", "null"]}});
    let view = json!({"id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}});
    always(
        &json!({
            "values": {"type": "integer"},
            "label": {"type": "boolean"},
            "forms": list(always(&form, &[])),
            "views": list(always(&view, &[])),
            "roles": names_list(),
        }),
        &[],
    )
}

fn module() -> Json {
    always(
        &json!({
            "name": {"type": "string"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "icon": {"type": "string"},
            "translations": translations(),
            "requires": names_list(),
            "objects": names_list(),
            "enabled": {"type": "boolean"},
            "not_applied": {},
        }),
        &[],
    )
}
