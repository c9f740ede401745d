//! `/api/v1/roles`: what roles grant.

use serde_json::{Value as Json, json};
use tessera_schema::access::Right;
use tessera_schema::access::area::Area;

use super::access::Access;
use super::operation::Operation;
use super::people::TAG;
use super::schema::{area, closed, list_of, object, text, with_example};
use super::words::Words;

pub(super) fn paths(access: &Access, words: Words) -> Vec<(String, Json)> {
    if !access.administers(Area::Roles) {
        return Vec::new();
    }
    let list = Operation::new("listRoles", TAG, words.say("List roles", "Список ролей"))
        .description(words.say(
            "The built-in roles `admin`, `member` and `read_only`, and those of your tenant. Who administers members reads them too.",
            "Встроенные роли `admin`, `member` и `read_only` и роли вашей организации. Читать их могут и те, кто управляет участниками.",
        ))
        .answer(200, words.say("The roles.", "Роли."), list_of(role(words)), &[])
        .refused(&[]);
    let create = Operation::new("createRole", TAG, words.say("Make a role", "Создать роль"))
        .description(words.say(
            "An action is `true`, `false`, or an object with `filter` (the records), `fields` and, on `create` and `update`, `presets` (values that the role sets; a field that `fields` lists too is only filled where it is absent). `default` is for the objects that are not named. A role may grant no more than your own roles do.",
            "Действие — это `true`, `false` или объект с `filter` (записи), `fields` и, для `create` и `update`, `presets` (значения, которые задаёт роль; поле, названное и в `fields`, заполняется, только если его нет). `default` — для неназванных объектов. Роль может дать не больше, чем ваши собственные.",
        ))
        .body(with_example(given(&["api_name", "name"]), example()))
        .answer(201, words.say("The role.", "Роль."), role(words), &[("Location", "Location")])
        .refused(&[409, 413, 415, 422]);
    let one = |operation: Operation| {
        operation.answer(200, words.say("The role.", "Роль."), role(words), &[])
    };
    let show = Operation::new("getRole", TAG, words.say("Get a role", "Получить роль"))
        .description(words.say(
            "What it grants, as it was written.",
            "Что она даёт, как это было записано.",
        ));
    let show = one(show).refused(&[404]);
    let change = Operation::new("changeRole", TAG, words.say("Change a role", "Изменить роль"))
        .description(words.say(
            "It holds in the next request. `admin`, `default` and `objects` are replaced each as a whole; built-in roles stay as they are (409).",
            "Действует со следующего запроса. `admin`, `default` и `objects` заменяются целиком; встроенные роли не меняются (409).",
        ))
        .body(with_example(given(&[]), json!({"default": {"read": true}})));
    let change = one(change).refused(&[404, 409, 413, 415, 422]);
    let remove = Operation::new(
        "deleteRole",
        TAG,
        words.say("Delete a role", "Удалить роль"),
    )
    .description(words.say(
        "Nobody may have it, and no invitation bring it (409).",
        "Её ни у кого не должно быть, и её не должно давать ни одно приглашение (409).",
    ))
    .shared(204, "NoContent")
    .refused(&[404, 409]);
    let name = json!({"name": "api_name", "in": "path", "required": true, "schema": text()});
    vec![
        (
            "/api/v1/roles".to_owned(),
            json!({"get": list.into_json(), "post": create.into_json()}),
        ),
        (
            "/api/v1/roles/{api_name}".to_owned(),
            json!({
                "parameters": [name],
                "get": show.into_json(),
                "patch": change.into_json(),
                "delete": remove.into_json(),
            }),
        ),
    ]
}

fn role(words: Words) -> Json {
    let mut properties = properties();
    properties["built_in"] = json!({
        "type": "boolean",
        "description": words.say("Every tenant has it, and nobody changes it.", "Есть у каждой организации и не меняется."),
    });
    object(
        properties,
        &[
            "api_name", "name", "built_in", "admin", "default", "objects",
        ],
    )
}

fn given(required: &[&str]) -> Json {
    closed(properties(), required)
}

fn properties() -> Json {
    let rights = |action: &Json| {
        let actions = Right::ALL.map(|right| (right.name().to_owned(), action.clone()));
        let actions: serde_json::Map<String, Json> = actions.into_iter().collect();
        json!({"type": "object", "properties": actions, "additionalProperties": false})
    };
    let names = || json!({"type": "array", "items": text()});
    let fields = json!({"anyOf": [
        {"type": "string", "const": "*"},
        names(),
        closed(json!({"except": names()}), &["except"]),
    ]});
    let some = closed(
        json!({"filter": {"type": "object"}, "fields": fields, "presets": {"type": "object"}}),
        &[],
    );
    let action = json!({"anyOf": [{"type": "boolean"}, some]});
    json!({
        "api_name": text(),
        "name": {"type": "string", "minLength": 1, "maxLength": 100},
        "admin": {"type": "array", "items": area()},
        "default": rights(&json!({"type": "boolean"})),
        "objects": {"type": "object", "additionalProperties": rights(&action)},
    })
}

fn example() -> Json {
    json!({
        "api_name": "sales",
        "name": "Sales",
        "default": {"read": true},
        "objects": {},
    })
}
