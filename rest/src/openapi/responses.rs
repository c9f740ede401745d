//! Answers and headers that many operations share.

use serde_json::{Map, Value as Json, json};

use super::names::{self, Names};
use super::words::Words;

pub(super) const CHANGE: (&str, &str) = ("X-Change-Id", "ChangeId");

/// Every status of a refusal, in English and in Russian.
const REFUSALS: [(u16, &str, &str); 14] = [
    (
        400,
        "The request cannot be understood.",
        "Запрос непонятен.",
    ),
    (401, "Not signed in.", "Вход не выполнен."),
    (
        403,
        "Your role may not do this.",
        "Ваша роль этого не позволяет.",
    ),
    (
        404,
        "It is not there, or not visible to you.",
        "Этого нет, или вам это не видно.",
    ),
    (
        409,
        "It clashes with what is stored.",
        "Противоречит тому, что хранится.",
    ),
    (
        412,
        "The record has another version than `If-Match` names.",
        "Версия записи не та, что в `If-Match`.",
    ),
    (
        413,
        "The body is too large.",
        "Тело запроса слишком велико.",
    ),
    (
        414,
        "The address is too long.",
        "Адрес запроса слишком длинный.",
    ),
    (415, "The body is not JSON.", "Тело запроса — не JSON."),
    (
        422,
        "Some values are not allowed; `errors` names each.",
        "Некоторые значения недопустимы; `errors` называет каждое.",
    ),
    (
        431,
        "The headers are too large.",
        "Заголовки запроса слишком велики.",
    ),
    (
        429,
        "Too many requests: try again after `Retry-After` seconds.",
        "Слишком много запросов: повторите через `Retry-After` секунд.",
    ),
    (
        500,
        "A fault of the server. Its operator can find it by `x-request-id`.",
        "Ошибка сервера. Её найдёт администратор по `x-request-id`.",
    ),
    (
        503,
        "Busy or starting: try again after `Retry-After` seconds.",
        "Сервер занят или запускается: повторите через `Retry-After` секунд.",
    ),
];

/// The refusals that any signed-in request may meet.
const ALWAYS: [u16; 6] = [401, 403, 414, 431, 500, 503];

pub(super) fn components(names: &Names, words: Words) -> Vec<(String, Json)> {
    let refusals = REFUSALS.iter().map(|(status, english, russian)| {
        let mut headers = json!({"x-request-id": header("RequestId")});
        match status {
            401 => headers["WWW-Authenticate"] = header("Authenticate"),
            429 | 503 => headers["Retry-After"] = header("RetryAfter"),
            _ => {}
        }
        let response = json!({
            "description": words.say(english, russian),
            "headers": headers,
            "content": {"application/problem+json": {"schema": names.refer("Problem")}},
        });
        (problem_name(*status), response)
    });
    let empty = json!({
        "description": words.say("Done; there is nothing to add.", "Сделано; добавить нечего."),
        "headers": {"x-request-id": header("RequestId"), "Preference-Applied": header("PreferenceApplied"), "X-Change-Id": header("ChangeId")},
    });
    let affected = json!({
        "description": words.say("So many records were affected.", "Столько записей затронуто."),
        "headers": {"x-request-id": header("RequestId"), "Preference-Applied": header("PreferenceApplied"), "X-Change-Id": header("ChangeId")},
        "content": {"application/json": {"schema": names.refer("Affected")}},
    });
    let unchanged = json!({
        "description": words.say("You have it already.", "У вас это уже есть."),
        "headers": {"ETag": header("ETag"), "x-request-id": header("RequestId")},
    });
    refusals
        .chain([
            ("NoContent".to_owned(), empty),
            ("Affected".to_owned(), affected),
            ("NotModified".to_owned(), unchanged),
        ])
        .collect()
}

pub(super) fn headers(words: Words) -> Json {
    let header = |english: &str, russian: &str, pattern: &str, example: &str| {
        json!({
            "description": words.say(english, russian),
            "schema": {"type": "string", "pattern": pattern},
            "example": example,
        })
    };
    json!({
        "RequestId": header("Names this request in the server's log.", "Имя этого запроса в журнале сервера.", "^[A-Za-z0-9._-]{1,128}$", "0195f2c4-8f4b-7c3e-9a37-5b8f8a2f6c11"),
        "ETag": header("The version of what is answered.", "Версия того, что в ответе.", "^\"[!#-~]+\"$", "\"3\""),
        "Location": header("Where the new one is.", "Где находится созданное.", "^/api/v1/", "/api/v1/contacts/0195f2c4-8f4b-7c3e-9a37-5b8f8a2f6c11"),
        "PreferenceApplied": header("Which preferences of `Prefer` were followed.", "Какие пожелания из `Prefer` учтены.", "^(return=minimal|tx=rollback|return=minimal, tx=rollback)$", "return=minimal"),
        "ChangeId": header("The change that the request was, or belongs to.", "Изменение, которым был запрос или к которому относится.", "^[0-9a-f-]{36}$", "0195f2c4-8f4b-7c3e-9a37-5b8f8a2f6c12"),
        "RetryAfter": header("Seconds to wait.", "Сколько секунд ждать.", "^[0-9]+$", "2"),
        "Authenticate": header("How to sign in.", "Как войти.", "^Bearer", "Bearer"),
    })
}

pub(super) fn header(name: &str) -> Json {
    names::reference("headers", name)
}

/// References to refusals: these, and those that may meet any request.
pub(super) fn refusals(statuses: &[u16]) -> Map<String, Json> {
    let mut all: Vec<u16> = statuses.iter().chain(&ALWAYS).copied().collect();
    all.sort_unstable();
    all.dedup();
    let reference = |status: u16| (status.to_string(), shared(&problem_name(status)));
    all.into_iter().map(reference).collect()
}

/// A reference to a shared answer.
pub(super) fn shared(name: &str) -> Json {
    names::reference("responses", name)
}

fn problem_name(status: u16) -> String {
    format!("Problem{status}")
}

/// Schemas that answers share.
pub(super) fn schemas(names: &Names, words: Words) -> Vec<(String, Json)> {
    let problem = json!({
        "type": "object",
        "description": words.say("What went wrong (RFC 9457).", "Что пошло не так (RFC 9457)."),
        "properties": {
            "type": {
                "type": "string",
                "pattern": "^/problems/[a-z_]+$",
                "description": words.say("Stable, and the address of a page that explains it.", "Не меняется; это и адрес страницы с объяснением."),
            },
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": names.refer("Violation")},
            "tenants": {
                "type": "array",
                "items": {"type": "string"},
                "description": words.say("At signing in: the tenants to choose from.", "При входе: из каких организаций выбрать."),
            },
        },
        "required": ["type", "title", "status"],
        "examples": [{
            "type": "/problems/invalid",
            "title": "Invalid values",
            "status": 422,
            "detail": "Name is required",
            "errors": [{"pointer": "/name", "code": "required", "message": "Name is required"}],
        }],
    });
    let violation = json!({
        "type": "object",
        "description": words.say("One bad value.", "Одно недопустимое значение."),
        "properties": {
            "pointer": {
                "type": "string",
                "description": words.say("A JSON Pointer into what was sent; for a query parameter, its name.", "JSON Pointer на место в отправленном; для параметра запроса — его имя."),
            },
            "code": {"type": "string", "description": words.say("Stable.", "Не меняется.")},
            "message": {"type": "string", "description": words.say("For people; may change.", "Для людей; может измениться.")},
        },
        "required": ["pointer", "code", "message"],
    });
    let affected = json!({
        "type": "object",
        "properties": {"affected": {"type": "integer", "minimum": 0}},
        "required": ["affected"],
        "additionalProperties": false,
    });
    vec![
        (names.own("Problem"), problem),
        (names.own("Violation"), violation),
        (names.own("Affected"), affected),
    ]
}

/// Where the pages around one begin.
pub(super) fn cursors(names: &Names, words: Words) -> (String, Json) {
    let cursor = |english: &str, russian: &str| json!({"type": ["string", "null"], "description": words.say(english, russian)});
    let cursors = json!({
        "type": "object",
        "properties": {
            "next": cursor("Give it as `after` for the next page; null on the last.", "Передайте как `after`, чтобы получить следующую страницу; на последней — null."),
            "previous": cursor("Give it as `before` for the page before; null on the first.", "Передайте как `before`, чтобы получить предыдущую страницу; на первой — null."),
        },
        "required": ["next", "previous"],
        "additionalProperties": false,
    });
    (names.own("Cursors"), cursors)
}
