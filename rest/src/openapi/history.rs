//! What happened to records, and undoing it: the history of a record, and changes.

use serde_json::{Map, Value as Json, json};

use super::access::Access;
use super::across;
use super::names::{Names, parameter};
use super::operation::Operation;
use super::responses::CHANGE;
use super::schema::time;
use super::words::Words;

const VERBS: [&str; 5] = ["created", "updated", "deleted", "restored", "destroyed"];

/// The paths of changes.
pub(super) fn paths(access: &Access, names: &Names, words: Words) -> Vec<(String, Json)> {
    let mut paths = Vec::new();
    if access.reads_records() {
        let list = json!({"get": list(names, words)});
        paths.push(("/api/v1/changes".to_owned(), list));
    }
    if access.writes_records() {
        let path = "/api/v1/changes/{id}/revert".to_owned();
        let mut revert = json!({"post": revert(names, words)});
        revert["parameters"] = json!([parameter("ChangeInPath")]);
        paths.push((path, revert));
    }
    paths
}

fn list(names: &Names, words: Words) -> Json {
    let by = json!({
        "name": "by",
        "in": "query",
        "required": false,
        "description": words.say(
            "Whose changes: `me` or the id of a user; everybody's where it is absent.",
            "Чьи изменения: `me` или идентификатор пользователя; без параметра — всех.",
        ),
        "schema": {"type": "string", "examples": ["me"]},
    });
    Operation::new("listChanges", across::TAG, words.say("List changes", "Список изменений"))
        .description(words.say(
            "What requests did with records, the latest first. Requests that gave the same `X-Change-Id` are one change.",
            "Что запросы сделали с записями; сначала последние. Запросы с одинаковым `X-Change-Id` — одно изменение.",
        ))
        .parameters([by, parameter("Limit"), parameter("AfterEvent")])
        .answer(
            200,
            words.say("A page of changes.", "Страница изменений."),
            names.refer("Changes"),
            &[],
        )
        .refused(&[400])
        .into_json()
}

fn revert(names: &Names, words: Words) -> Json {
    Operation::new("revertChange", across::TAG, words.say("Undo a change", "Отменить изменение"))
        .description(words.say(
            "Records that the change created go to the bin, those it deleted come back, and fields get the values that they had before it. Fields that have changed since stay as they are and is listed in `conflicts`. All of it happens, or nothing: it is refused with 409 where an old value clashes with what is stored now. Undoing is a change itself: undo it to redo. Lists of many-to-many links are left as they are, and a change of more than 10,000 writes is refused.",
            "Созданные изменением записи попадают в корзину, удалённые возвращаются, поля получают прежние значения. Изменённое с тех пор остаётся и перечисляется в `conflicts`. Выполняется всё или ничего: 409, если прежнее значение противоречит тому, что хранится сейчас. Отмена — тоже изменение: отмените её, чтобы повторить. Списки связей многие-ко-многим не меняются; изменение больше чем из 10 000 записей отклоняется.",
        ))
        .parameters([parameter("Prefer"), parameter("ChangeId")])
        .idempotent(words)
        .answer(
            200,
            words.say("What was undone and what was not.", "Что отменено, а что нет."),
            names.refer("Reverted"),
            &[CHANGE, ("Preference-Applied", "PreferenceApplied")],
        )
        .refused(&[400, 404, 409, 422])
        .into_json()
}

/// The parameters of histories.
pub(super) fn parameters(words: Words) -> Vec<(String, Json)> {
    let parameter = |name: &str, place: &str, schema: Json, english: &str, russian: &str| {
        json!({
            "name": name,
            "in": place,
            "required": place == "path",
            "description": words.say(english, russian),
            "schema": schema,
        })
    };
    let after = parameter(
        "after",
        "query",
        json!({"type": "string"}),
        "`page.next` of an earlier answer: what follows it.",
        "`page.next` прежнего ответа: то, что за ним.",
    );
    let as_of = parameter(
        "as_of",
        "query",
        json!({"type": "string", "format": "date-time"}),
        "The record as it was at this time: 404 before it was created and after it was destroyed. Relations lead to records as they are now. The answer has no `ETag`.",
        "Запись, какой она была в это время: 404 до её создания и после уничтожения. Связи ведут к записям, какие они сейчас. В ответе нет `ETag`.",
    );
    let change = parameter(
        "X-Change-Id",
        "header",
        id(),
        "The change that the request belongs to. Give several requests the same id where they are one step, which is undone as one. Without it the request is a change by itself.",
        "Изменение, к которому относится запрос. Дайте нескольким запросам один идентификатор, если это один шаг: он и отменяется целиком. Без заголовка запрос — отдельное изменение.",
    );
    let in_path = parameter(
        "id",
        "path",
        id(),
        "The id of the change, as `X-Change-Id` showed it.",
        "Идентификатор изменения из `X-Change-Id`.",
    );
    vec![
        ("AfterEvent".to_owned(), after),
        ("AsOf".to_owned(), as_of),
        ("ChangeId".to_owned(), change),
        ("ChangeInPath".to_owned(), in_path),
    ]
}

/// The schemas of changes.
pub(super) fn schemas(access: &Access, names: &Names, words: Words) -> Vec<(String, Json)> {
    let mut schemas = Vec::new();
    if access.reads_records() {
        let counts: Map<String, Json> = VERBS
            .iter()
            .map(|verb| ((*verb).to_owned(), json!({"type": "integer"})))
            .collect();
        let change = json!({
            "type": "object",
            "properties": {
                "id": id(),
                "at": time(),
                "by": by(),
                "objects": {"type": "array", "items": {"type": "string"}},
                "counts": {"type": "object", "properties": counts},
            },
            "required": ["id", "at", "by", "objects", "counts"],
        });
        let about = words.say(
            "What requests did, the latest first.",
            "Что сделали запросы; сначала последнее.",
        );
        schemas.push((names.own("Changes"), page_of(&change, about, words)));
    }
    if access.writes_records() {
        let conflict = json!({
            "type": "object",
            "properties": {
                "object": {"type": "string"},
                "id": id(),
                "fields": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["object", "id", "fields"],
        });
        let reverted = json!({
            "type": "object",
            "properties": {
                "change_id": id(),
                "reverted": {"type": "integer", "description": words.say("How many records were written.", "Сколько записей изменено.")},
                "conflicts": {"type": "array", "items": conflict, "description": words.say(
                    "What was left as it is, since it was changed after the change.",
                    "Что оставлено, потому что менялось после изменения.",
                )},
            },
            "required": ["change_id", "reverted", "conflicts"],
        });
        schemas.push((names.own("Reverted"), reverted));
    }
    schemas
}

/// The schemas of histories, which only objects that can be written have.
pub(super) fn schemas_of_records(
    access: &Access,
    names: &Names,
    words: Words,
) -> Vec<(String, Json)> {
    let mut schemas = Vec::new();
    if access.reads_records() {
        let side = |english: &str, russian: &str| {
            json!({
                "type": ["object", "null"],
                "additionalProperties": true,
                "description": words.say(english, russian),
            })
        };
        let entry = json!({
            "type": "object",
            "properties": {
                "at": time(),
                "by": by(),
                "action": {"type": "string", "enum": VERBS},
                "change_id": {"type": ["string", "null"], "format": "uuid", "description": words.say(
                    "Null for events from before changes had ids.",
                    "Null для сделанного до появления идентификаторов.",
                )},
                "version": {"type": ["integer", "null"]},
                "before": side(
                    "The fields that were changed, as they were; null where the record was created.",
                    "Изменённые поля, какими они были; null, если запись создана.",
                ),
                "after": side(
                    "The fields that were changed, as they became; null where the record was destroyed.",
                    "Изменённые поля, какими они стали; null, если запись уничтожена.",
                ),
            },
            "required": ["at", "by", "action", "change_id", "version", "before", "after"],
        });
        let about = words.say(
            "What happened to a record, the latest first.",
            "Что происходило с записью; сначала последнее.",
        );
        schemas.push((names.own("History"), page_of(&entry, about, words)));
    }
    if access.writes_records() {
        let version = json!({
            "type": "object",
            "properties": {"version": {"type": "integer", "minimum": 1}},
            "required": ["version"],
            "additionalProperties": false,
            "examples": [{"version": 1}],
        });
        schemas.push((names.own("Reversion"), version));
    }
    schemas
}

fn id() -> Json {
    json!({"type": "string", "format": "uuid"})
}

/// Who did something.
fn by() -> Json {
    let text = json!({"type": ["string", "null"]});
    json!({
        "type": "object",
        "properties": {"id": id(), "name": text, "email": text},
        "required": ["id", "name", "email"],
    })
}

fn page_of(item: &Json, about: &str, words: Words) -> Json {
    let next = words.say(
        "Give it as `after` for the next page; null on the last.",
        "Передайте как `after`, чтобы получить следующую страницу; на последней — null.",
    );
    let page = json!({
        "type": "object",
        "properties": {"next": {"type": ["string", "null"], "description": next}},
        "required": ["next"],
    });
    json!({
        "type": "object",
        "description": about,
        "properties": {"data": {"type": "array", "items": item}, "page": page},
        "required": ["data", "page"],
    })
}
