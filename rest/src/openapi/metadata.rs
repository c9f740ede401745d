//! `/api/v1/metadata`: the model, to be read by everybody and changed by those whose role may.

use serde_json::{Map, Value as Json, json};
use tessera_schema::definition::{field_schema, object_schema};
use tessera_schema::field_type::settings_schema;
use tessera_schema::field_types::FieldTypes;

use super::access::Access;
use super::filter::described;
use super::names::{Names, parameter};
use super::operation::Operation;
use super::shape::nullable;
use super::words::Words;

pub(super) const TAG: &str = "metadata";

/// What a patch cannot change.
const FIXED: [&str; 4] = ["api_name", "plural_api_name", "type", "fields"];

pub(super) fn paths(access: Access, names: &Names, words: Words) -> Vec<(String, Json)> {
    let mut paths = Paths { names, words }.read(access);
    if access.changes_model() {
        Paths { names, words }.change(&mut paths);
    }
    let paths = paths.into_iter();
    paths
        .map(|(path, operations)| (format!("/api/v1/metadata/{path}"), operations))
        .collect()
}

const PLACE: (&str, &str) = ("Location", "Location");
const VERSION: (&str, &str) = ("ETag", "ETag");

struct Paths<'d> {
    names: &'d Names,
    words: Words,
}

impl Paths<'_> {
    fn operation(&self, id: &str, summary: (&str, &str), about: (&str, &str)) -> Operation {
        let words = self.words;
        Operation::new(id, TAG, words.say(summary.0, summary.1))
            .description(words.say(about.0, about.1))
    }

    fn part(name: &str, example: &str) -> Json {
        json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}, "example": example})
    }

    fn confirm(&self, example: &str) -> Json {
        json!({
            "name": "confirm",
            "in": "query",
            "required": true,
            "description": self.words.say(
                "The name of what is removed once more, so that it cannot be a slip.",
                "Ещё раз имя удаляемого, чтобы это не вышло случайно.",
            ),
            "schema": {"type": "string"},
            "example": example,
        })
    }

    fn list(of: &Json) -> Json {
        json!({"type": "object", "properties": {"data": {"type": "array", "items": of}}, "required": ["data"]})
    }

    fn object(&self, operation: Operation, status: u16, headers: &[(&str, &str)]) -> Operation {
        let description = self.words.say("The object.", "Объект.");
        operation.answer(
            status,
            description,
            self.names.refer("ObjectDescription"),
            headers,
        )
    }

    fn field(&self, operation: Operation, status: u16, headers: &[(&str, &str)]) -> Operation {
        let description = self.words.say("The field.", "Поле.");
        operation.answer(
            status,
            description,
            self.names.refer("FieldDescription"),
            headers,
        )
    }

    /// What every member may do.
    fn read(&self, access: Access) -> Vec<(&'static str, Json)> {
        let (names, words) = (self.names, self.words);
        let tagged = |operation: Operation| {
            operation
                .parameters([parameter("IfNoneMatch")])
                .shared(304, "NotModified")
        };
        let types = self
            .operation(
                "describeFieldTypes",
                ("List the field types", "Список типов полей"),
                (
                    "Every type that a field can have: what it takes and stores, its settings and its operators.",
                    "Все типы, какие могут быть у поля: что они принимают и хранят, их настройки и операторы.",
                ),
            )
            .answer(
                200,
                words.say("Every type of field.", "Все типы полей."),
                Self::list(&names.refer("FieldType")),
                &[VERSION],
            );
        let types = json!({"get": tagged(types).refused(&[400]).into_json()});
        if !access.sees_objects() {
            return vec![("field-types", types)];
        }
        let list = self
            .operation(
                "describeObjects",
                ("List the objects", "Список объектов"),
                (
                    "Every object that you may see, with its fields and what you may do with both. `ETag` is the model's version.",
                    "Все объекты, которые вам видны, с полями и тем, что вам с ними можно. `ETag` — версия модели.",
                ),
            )
            .answer(
                200,
                words.say("The objects with their fields.", "Объекты с их полями."),
                Self::list(&names.refer("ObjectDescription")),
                &[VERSION],
            );
        let one = self.operation(
            "describeObject",
            ("Look at an object", "Посмотреть объект"),
            (
                "One object with its fields, and the relations of others that lead to it.",
                "Один объект с полями и связями других объектов, которые к нему ведут.",
            ),
        );
        let one = one.parameters([Self::part("object", "user")]);
        let one = self.object(one, 200, &[VERSION]);
        vec![
            (
                "objects",
                json!({"get": tagged(list).refused(&[400]).into_json()}),
            ),
            (
                "objects/{object}",
                json!({
                    "get": tagged(one).refused(&[400, 404]).into_json(),
                }),
            ),
            ("field-types", types),
        ]
    }

    /// What changes the model, laid over what reads it.
    fn change(&self, paths: &mut Vec<(&'static str, Json)>) {
        let (names, words) = (self.names, self.words);
        let refusals = &[400, 404, 409, 413, 415, 422];
        let define = self
            .operation(
                "defineObject",
                ("Define an object", "Создать объект"),
                (
                    "The object is served from the answer on: its records over REST and GraphQL, and here.",
                    "Объект доступен сразу после ответа: его записи — через REST и GraphQL, и он сам — здесь.",
                ),
            )
            .idempotent(words)
            .body(names.refer("ObjectDefinition"));
        let define = self.object(define, 201, &[PLACE]).refused(refusals);
        let change = self
            .operation(
                "changeObject",
                ("Change an object", "Изменить объект"),
                (
                    "What is absent stays as it is; null empties. Names that are part of the API cannot change.",
                    "Чего нет, остаётся прежним; null очищает. Имена, входящие в API, изменить нельзя.",
                ),
            )
            .parameters([Self::part("object", "vehicle")])
            .idempotent(words)
            .body(names.refer("ObjectPatch"));
        let change = self.object(change, 200, &[]).refused(refusals);
        let remove = self
            .operation(
                "removeObject",
                ("Remove an object", "Удалить объект"),
                (
                    "Its records go with it.",
                    "Вместе с ним удаляются его записи.",
                ),
            )
            .parameters([Self::part("object", "vehicle"), self.confirm("vehicle")])
            .shared(204, "NoContent")
            .refused(&[400, 404, 409, 422]);
        for (path, operations) in paths.iter_mut() {
            if *path == "objects" {
                operations["post"] = define.clone().into_json();
            }
            if *path == "objects/{object}" {
                operations["patch"] = change.clone().into_json();
                operations["delete"] = remove.clone().into_json();
            }
        }
        let add = self
            .operation(
                "defineField",
                ("Add a field", "Добавить поле"),
                (
                    "The field is served from the answer on. Its settings depend on its type: see the field types.",
                    "Поле доступно сразу после ответа. Его настройки зависят от типа: см. типы полей.",
                ),
            )
            .idempotent(words)
            .body(names.refer("FieldDefinition"));
        let add = self.field(add, 201, &[PLACE]).refused(refusals);
        let fields =
            json!({"parameters": [Self::part("object", "vehicle")], "post": add.into_json()});
        let change = self
            .operation(
                "changeField",
                ("Change a field", "Изменить поле"),
                (
                    "What is absent stays as it is; null empties; settings are merged key by key. Neither its name nor its type can change.",
                    "Чего нет, остаётся прежним; null очищает; настройки объединяются по ключам. Имя и тип изменить нельзя.",
                ),
            )
            .idempotent(words)
            .body(names.refer("FieldPatch"));
        let change = self.field(change, 200, &[]).refused(refusals);
        let remove = self
            .operation(
                "removeField",
                ("Remove a field", "Удалить поле"),
                (
                    "Its values go with it.",
                    "Вместе с ним удаляются его значения.",
                ),
            )
            .parameters([self.confirm("colour")])
            .shared(204, "NoContent")
            .refused(&[400, 404, 409, 422]);
        let field = json!({
            "parameters": [Self::part("object", "vehicle"), Self::part("field", "colour")],
            "patch": change.into_json(),
            "delete": remove.into_json(),
        });
        let modules = self
            .operation(
                "describeModules",
                ("List the modules", "Список модулей"),
                (
                    "The modules of built-in objects: what each brings, and whether it is enabled.",
                    "Модули встроенных объектов: что приносит каждый и включён ли он.",
                ),
            )
            .answer(
                200,
                words.say("Every module.", "Все модули."),
                Self::list(&names.refer("Module")),
                &[],
            )
            .refused(&[400]);
        let enable = self
            .operation(
                "enableModule",
                ("Enable a module", "Включить модуль"),
                (
                    "Its objects are served from the answer on.",
                    "Его объекты доступны сразу после ответа.",
                ),
            )
            .idempotent(words)
            .answer(
                200,
                words.say("The module.", "Модуль."),
                names.refer("Module"),
                &[],
            )
            .refused(&[400, 404, 409, 422]);
        paths.extend([
            ("objects/{object}/fields", fields),
            ("objects/{object}/fields/{field}", field),
            ("modules", json!({"get": modules.into_json()})),
            (
                "modules/{module}/enable",
                json!({
                    "parameters": [Self::part("module", "projects")],
                    "post": enable.into_json(),
                }),
            ),
        ]);
    }
}

/// Schemas of what is read of the model.
pub(super) fn schemas_read(access: Access, names: &Names, words: Words) -> Vec<(String, Json)> {
    let mut schemas = vec![(names.own("FieldType"), field_type(words))];
    if access.sees_objects() {
        schemas.push((names.own("ObjectDescription"), object_description(names)));
        schemas.push((names.own("FieldDescription"), field_description(words)));
    }
    schemas
}

/// Schemas of changes, and of modules.
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

/// Actions that a caller may do or not.
fn permissions(actions: &[&str]) -> Json {
    let properties = actions
        .iter()
        .map(|action| ((*action).to_owned(), json!({"type": "boolean"})));
    json!({
        "type": "object",
        "properties": properties.collect::<Map<_, _>>(),
        "required": actions,
    })
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
            "module": {"type": ["string", "null"]},
            "read_only": {"type": "boolean"},
            "fields": fields(),
            "system_fields": fields(),
            "inverses": {"type": "array", "items": inverse},
            "permissions": permissions(&["read", "create", "update", "delete", "restore", "destroy"]),
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
            "permissions": permissions(&["read", "create", "update"]),
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
