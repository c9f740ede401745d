//! `/api/v1/metadata`: the model, for those whose role may change it.

use serde_json::{Map, Value as Json, json};
use tessera_schema::definition::{field_schema, object_schema};
use tessera_schema::field_type::settings_schema;
use tessera_schema::field_types::FieldTypes;

use super::filter::described;
use super::names::{Names, parameter};
use super::operation::Operation;
use super::shape::nullable;
use super::words::Words;

pub(super) const TAG: &str = "metadata";

/// What a patch cannot change.
const FIXED: [&str; 4] = ["api_name", "plural_api_name", "type", "fields"];

pub(super) fn paths(names: &Names, words: Words) -> Vec<(String, Json)> {
    let part = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let confirm = || {
        json!({
            "name": "confirm",
            "in": "query",
            "required": true,
            "description": words.say(
                "The name of what is removed once more, so that it cannot be a slip.",
                "Ещё раз имя удаляемого, чтобы это не вышло случайно.",
            ),
            "schema": {"type": "string"},
        })
    };
    let operation = |id: &str, english: &str, russian: &str| {
        Operation::new(id, TAG, words.say(english, russian))
    };
    let place: &[(&str, &str)] = &[("Location", "Location")];
    let list = |of: Json| json!({"type": "object", "properties": {"data": {"type": "array", "items": of}}, "required": ["data"]});
    let (the_object, the_field) = (
        words.say("The object.", "Объект."),
        words.say("The field.", "Поле."),
    );
    let objects = json!({
            "get": operation("describeObjects", "List the objects", "Список объектов")
                .answer(200, words.say("Every object with its fields.", "Все объекты с полями."), list(names.refer("ObjectDescription")), &[])
                .refused(&[400]).into_json(),
            "post": operation("defineObject", "Define an object", "Создать объект")
                .parameters([parameter("IdempotencyKey")])
    .body(names.refer("ObjectDefinition"))
                .answer(201, the_object, names.refer("ObjectDescription"), place)
                .refused(&[400, 409, 413, 415, 422]).into_json(),
        });
    let object = json!({
            "parameters": [part("object")],
            "get": operation("describeObject", "Look at an object", "Посмотреть объект")
                .answer(200, the_object, names.refer("ObjectDescription"), &[])
                .refused(&[400, 404]).into_json(),
            "patch": operation("changeObject", "Change an object", "Изменить объект")
                .parameters([parameter("IdempotencyKey")])
    .body(names.refer("ObjectPatch"))
                .answer(200, the_object, names.refer("ObjectDescription"), &[])
                .refused(&[400, 404, 409, 413, 415, 422]).into_json(),
            "delete": operation("removeObject", "Remove an object", "Удалить объект")
                .description(words.say("Its records go with it.", "Вместе с ним удаляются его записи."))
                .parameters([confirm()])
                .shared(204, "NoContent")
                .refused(&[400, 404, 409, 422]).into_json(),
        });
    let fields = json!({
            "parameters": [part("object")],
            "post": operation("defineField", "Add a field", "Добавить поле")
                .parameters([parameter("IdempotencyKey")])
    .body(names.refer("FieldDefinition"))
                .answer(201, the_field, names.refer("FieldDescription"), place)
                .refused(&[400, 404, 409, 413, 415, 422]).into_json(),
        });
    let field = json!({
            "parameters": [part("object"), part("field")],
            "patch": operation("changeField", "Change a field", "Изменить поле")
                .parameters([parameter("IdempotencyKey")])
    .body(names.refer("FieldPatch"))
                .answer(200, the_field, names.refer("FieldDescription"), &[])
                .refused(&[400, 404, 409, 413, 415, 422]).into_json(),
            "delete": operation("removeField", "Remove a field", "Удалить поле")
                .description(words.say("Its values go with it.", "Вместе с ним удаляются его значения."))
                .parameters([confirm()])
                .shared(204, "NoContent")
                .refused(&[400, 404, 409, 422]).into_json(),
        });
    let types = json!({
        "get": operation("describeFieldTypes", "List the field types", "Список типов полей")
            .answer(200, words.say("Every type of field, with its settings and operators.", "Все типы полей с настройками и операторами."), list(json!({"type": "object"})), &[])
            .refused(&[400]).into_json(),
    });
    let modules = json!({
        "get": operation("describeModules", "List the modules", "Список модулей")
            .answer(200, words.say("Every module of built-in objects.", "Все модули встроенных объектов."), list(names.refer("Module")), &[])
            .refused(&[400]).into_json(),
    });
    let enable = json!({
        "parameters": [part("module")],
        "post": operation("enableModule", "Enable a module", "Включить модуль").parameters([parameter("IdempotencyKey")])
            .answer(200, words.say("The module.", "Модуль."), names.refer("Module"), &[])
            .refused(&[400, 404, 409, 422]).into_json(),
    });
    [
        ("objects", objects),
        ("objects/{object}", object),
        ("objects/{object}/fields", fields),
        ("objects/{object}/fields/{field}", field),
        ("field-types", types),
        ("modules", modules),
        ("modules/{module}/enable", enable),
    ]
    .map(|(path, operations)| (format!("/api/v1/metadata/{path}"), operations))
    .into()
}

pub(super) fn schemas(types: &FieldTypes, names: &Names, words: Words) -> Vec<(String, Json)> {
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
                "then": {"properties": {"settings": settings_schema(field_type.as_ref())}},
            })
        })
        .collect();
    field["examples"] = json!([{"api_name": "colour", "name": "Colour", "type": "text"}]);
    let mut object_patch = patch(object_schema(), words);
    object_patch["examples"] = json!([{"description": "What we drive"}]);
    let mut field_patch = patch(field_schema(), words);
    field_patch["examples"] = json!([{"name": "Color"}]);
    vec![
        (names.own("ObjectDefinition"), object),
        (names.own("FieldDefinition"), field),
        (names.own("ObjectPatch"), object_patch),
        (names.own("FieldPatch"), field_patch),
        (names.own("ObjectDescription"), object_description(names)),
        (names.own("FieldDescription"), field_description()),
        (names.own("Module"), module()),
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

fn object_description(names: &Names) -> Json {
    let fields = || json!({"type": "array", "items": names.refer("FieldDescription")});
    json!({
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "api_name": {"type": "string"},
            "plural_api_name": {"type": "string"},
            "name": {"type": "string"},
            "plural_name": {"type": "string"},
            "description": {"type": ["string", "null"]},
            "icon": {"type": ["string", "null"]},
            "label_field": {"type": ["string", "null"]},
            "translations": {"type": "object"},
            "module": {"type": ["string", "null"]},
            "read_only": {"type": "boolean"},
            "fields": fields(),
            "system_fields": fields(),
            "inverses": {"type": "array", "items": {"type": "object"}},
        },
        "required": [
            "id", "api_name", "plural_api_name", "name", "plural_name", "module", "fields", "system_fields", "inverses",
        ],
    })
}

fn field_description() -> Json {
    json!({
        "type": "object",
        "properties": {
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
            "translations": {"type": "object"},
            "value_key": {"type": "string"},
            "operators": {"type": ["array", "object"]},
        },
        "required": ["api_name", "name", "type", "required", "unique", "indexed", "settings", "value_key", "operators"],
    })
}

fn module() -> Json {
    let names = || json!({"type": "array", "items": {"type": "string"}});
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "icon": {"type": "string"},
            "translations": {"type": "object"},
            "requires": names(),
            "objects": names(),
            "enabled": {"type": "boolean"},
            "not_applied": {},
        },
        "required": ["name", "title", "requires", "objects", "enabled"],
    })
}
