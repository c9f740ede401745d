//! `/api/v1/metadata`: the model, to be read by everybody and changed by those whose role may.

pub(super) mod schemas;

use serde_json::{Value as Json, json};

use super::access::Access;
use super::names::{Names, parameter};
use super::operation::Operation;
use super::words::Words;

pub(super) const TAG: &str = "metadata";

pub(super) fn paths(access: &Access, names: &Names, words: Words) -> Vec<(String, Json)> {
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
const APPLIED: (&str, &str) = ("Preference-Applied", "PreferenceApplied");
const VERSION: (&str, &str) = ("ETag", "ETag");

/// The parameter that has a change only tried.
const TRIAL: &str = "PreferTrial";

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
    fn read(&self, access: &Access) -> Vec<(&'static str, Json)> {
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
                &[VERSION],
            );
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
            (
                "modules",
                json!({"get": tagged(modules).refused(&[400]).into_json()}),
            ),
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
            .parameters([parameter(TRIAL)])
            .idempotent(words)
            .body(names.refer("ObjectDefinition"));
        let define = self
            .object(define, 201, &[PLACE, APPLIED])
            .refused(refusals);
        let change = self
            .operation(
                "changeObject",
                ("Change an object", "Изменить объект"),
                (
                    "What is absent stays as it is; null empties. Names that are part of the API cannot change.",
                    "Чего нет, остаётся прежним; null очищает. Имена, входящие в API, изменить нельзя.",
                ),
            )
            .parameters([Self::part("object", "vehicle"), parameter(TRIAL)])
            .idempotent(words)
            .body(names.refer("ObjectPatch"));
        let change = self.object(change, 200, &[APPLIED]).refused(refusals);
        let remove = self
            .operation(
                "removeObject",
                ("Remove an object", "Удалить объект"),
                (
                    "Its records go with it.",
                    "Вместе с ним удаляются его записи.",
                ),
            )
            .parameters([
                Self::part("object", "vehicle"),
                self.confirm("vehicle"),
                parameter(TRIAL),
            ])
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
            .parameters([parameter(TRIAL)])
            .idempotent(words)
            .body(names.refer("FieldDefinition"));
        let add = self.field(add, 201, &[PLACE, APPLIED]).refused(refusals);
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
            .parameters([parameter(TRIAL)])
            .idempotent(words)
            .body(names.refer("FieldPatch"));
        let change = self.field(change, 200, &[APPLIED]).refused(refusals);
        let remove = self
            .operation(
                "removeField",
                ("Remove a field", "Удалить поле"),
                (
                    "Its values go with it.",
                    "Вместе с ним удаляются его значения.",
                ),
            )
            .parameters([self.confirm("colour"), parameter(TRIAL)])
            .shared(204, "NoContent")
            .refused(&[400, 404, 409, 422]);
        let field = json!({
            "parameters": [Self::part("object", "vehicle"), Self::part("field", "colour")],
            "patch": change.into_json(),
            "delete": remove.into_json(),
        });
        let usage = self
            .operation(
                "describeFieldUsage",
                ("What hangs on a field", "Что зависит от поля"),
                (
                    "The records with a value, and the forms, views and roles that name the field. Ask before you change or remove it.",
                    "Записи со значением, а также формы, представления и роли, где названо поле. Спросите, прежде чем менять или удалять его.",
                ),
            )
            .answer(
                200,
                words.say("What hangs on it.", "Что от него зависит."),
                names.refer("FieldUsage"),
                &[],
            )
            .refused(&[400, 404]);
        let usage = json!({
            "parameters": [Self::part("object", "vehicle"), Self::part("field", "colour")],
            "get": usage.into_json(),
        });
        let enable = self
            .operation(
                "enableModule",
                ("Enable a module", "Включить модуль"),
                (
                    "Its objects are served from the answer on.",
                    "Его объекты доступны сразу после ответа.",
                ),
            )
            .parameters([parameter(TRIAL)])
            .idempotent(words)
            .answer(
                200,
                words.say("The module.", "Модуль."),
                names.refer("Module"),
                &[APPLIED],
            )
            .refused(&[400, 404, 409, 422]);
        paths.extend([
            ("objects/{object}/fields", fields),
            ("objects/{object}/fields/{field}", field),
            ("objects/{object}/fields/{field}/usage", usage),
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
