//! `/api/v1/auth`: the caller's own account.

use serde_json::{Value as Json, json};

use super::names::Names;
use super::operation::Operation;
use super::schema::area;
use super::session::TAG;
use super::words::Words;

pub(super) fn paths(names: &Names, words: Words) -> Vec<(String, Json)> {
    let me = |operation: Operation| {
        operation.answer(
            200,
            words.say(
                "You, your tenant and your rights.",
                "Вы, ваша организация и ваши права.",
            ),
            names.refer("Me"),
            &[],
        )
    };
    let show =
        Operation::new("whoAmI", TAG, words.say("Who am I", "Кто я")).description(words.say(
            "Whose access token this is, in which tenant, and what it may do.",
            "Чей это токен доступа, в какой организации и что с ним можно.",
        ));
    let change = Operation::new(
        "changeProfile",
        TAG,
        words.say("Change your profile", "Изменить профиль"),
    )
    .description(words.say(
        "What is absent stays as it is; null empties. Name, language and time zone hold in all of your tenants, preferences in this one. Preferences are replaced as a whole.",
        "Чего нет, остаётся прежним; null очищает. Имя, язык и часовой пояс общие для всех ваших организаций, настройки — только этой. Настройки заменяются целиком.",
    ))
    .body(names.refer("ProfileChange"));
    let password = Operation::new(
        "changePassword",
        TAG,
        words.say("Change your password", "Сменить пароль"),
    )
    .description(words.say(
        "Ends all of your other sessions, in every tenant.",
        "Завершает все остальные ваши сеансы, во всех организациях.",
    ))
    .body(names.refer("PasswordChange"))
    .shared(204, "NoContent")
    .refused(&[400, 413, 415, 422, 429]);
    let sessions = Operation::new(
        "listSessions",
        TAG,
        words.say("List your sessions", "Список ваших сеансов"),
    )
    .description(words.say(
        "Your sessions that have not ended, in all of your tenants, the one refreshed last first.",
        "Ваши незавершённые сеансы во всех организациях; сначала обновлённый последним.",
    ))
    .answer(
        200,
        words.say("Your sessions.", "Ваши сеансы."),
        json!({
            "type": "object",
            "properties": {"data": {"type": "array", "items": names.refer("Session")}},
            "required": ["data"],
        }),
        &[],
    )
    .refused(&[]);
    let end = Operation::new(
        "endSession",
        TAG,
        words.say("End one of your sessions", "Завершить один из сеансов"),
    )
    .description(words.say(
        "Its tokens are worth nothing afterwards. Another server may accept its access token for 5 s.",
        "Его токены больше не действуют. Другой сервер может принимать его токен доступа ещё 5 с.",
    ))
    .shared(204, "NoContent")
    .refused(&[404]);
    let text = || json!({"type": "string"});
    let enrol = Operation::new(
        "enrolTotp",
        TAG,
        words.say("Set up an authenticator app", "Настроить приложение кодов"),
    )
    .description(words.say(
        "Answers a secret and its `otpauth:` address, for a QR code. It counts once a code confirms it.",
        "Ответ — секрет и его адрес `otpauth:` для QR-кода. Действует после подтверждения кодом.",
    ))
    .answer(
        200,
        words.say("The secret.", "Секрет."),
        json!({"type": "object", "properties": {"secret": text(), "uri": text()}, "required": ["secret", "uri"]}),
        &[],
    )
    .refused(&[409]);
    let confirm = Operation::new(
        "confirmTotp",
        TAG,
        words.say("Turn the second factor on", "Включить второй фактор"),
    )
    .description(words.say(
        "With a code of the app. Answers ten recovery codes, each good once, which are shown here alone.",
        "С кодом приложения. Ответ — десять одноразовых резервных кодов, которые показаны только здесь.",
    ))
    .body_with(
        json!({"type": "object", "properties": {"code": text()}, "required": ["code"], "additionalProperties": false}),
        true,
        Some(json!({"code": "123456"})),
    )
    .answer(
        200,
        words.say("The recovery codes.", "Резервные коды."),
        json!({"type": "object", "properties": {"recovery_codes": {"type": "array", "items": text()}}, "required": ["recovery_codes"]}),
        &[],
    )
    .refused(&[400, 413, 415, 422, 429]);
    let remove = Operation::new(
        "removeTotp",
        TAG,
        words.say("Turn the second factor off", "Выключить второй фактор"),
    )
    .description(words.say(
        "The recovery codes go with it.",
        "Резервные коды удаляются вместе с ним.",
    ))
    .shared(204, "NoContent")
    .refused(&[404]);
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}});
    let path = |(name, path)| (format!("/api/v1/auth/{name}"), path);
    [
        (
            "me",
            json!({
                "get": me(show).refused(&[]).into_json(),
                "patch": me(change).refused(&[400, 413, 415, 422]).into_json(),
            }),
        ),
        ("password", json!({"post": password.into_json()})),
        (
            "totp",
            json!({"post": enrol.into_json(), "delete": remove.into_json()}),
        ),
        ("totp/confirm", json!({"post": confirm.into_json()})),
        ("sessions", json!({"get": sessions.into_json()})),
        (
            "sessions/{id}",
            json!({"parameters": [id], "delete": end.into_json()}),
        ),
    ]
    .into_iter()
    .map(path)
    .collect()
}

pub(super) fn schemas(names: &Names, words: Words) -> Vec<(String, Json)> {
    let text = || json!({"type": "string"});
    let text_or_null =
        |description: &str| json!({"type": ["string", "null"], "description": description});
    let object = |properties: Json, required: &[&str]| json!({"type": "object", "properties": properties, "required": required});
    let language = || {
        text_or_null(words.say(
            "A BCP 47 tag, such as `en`, `ru` or `pt-BR`.",
            "Тег BCP 47, например `en`, `ru` или `pt-BR`.",
        ))
    };
    let time_zone = || {
        text_or_null(words.say(
            "As the IANA names it, such as `Europe/Riga`.",
            "Имя IANA, например `Europe/Riga`.",
        ))
    };
    let flag = || json!({"type": "boolean"});
    let mut permissions = object(
        json!({
            "model": flag(),
            "read": flag(),
            "write": flag(),
            "admin": {"type": "array", "items": area()},
        }),
        &["model", "read", "write", "admin"],
    );
    permissions["description"] = json!(words.say(
        "What your roles grant together: to change the model, to read and to write some records, and areas of administration.",
        "Что дают все ваши роли: менять модель, читать и писать какие-то записи, и области администрирования.",
    ));
    let role = object(
        json!({"api_name": text(), "name": text()}),
        &["api_name", "name"],
    );
    let profile = object(
        json!({
            "id": {"type": "string", "format": "uuid"},
            "email": text(),
            "name": text(),
            "language": language(),
            "time_zone": time_zone(),
        }),
        &["id", "email", "name", "language", "time_zone"],
    );
    let me = object(
        json!({
            "user": names.refer("Profile"),
            "tenant": names.refer("Tenant"),
            "roles": {"type": "array", "items": role},
            "permissions": permissions,
            "preferences": {"type": "object"},
        }),
        &["user", "tenant", "roles", "permissions", "preferences"],
    );
    let mut change = object(
        json!({
            "name": {"type": "string", "maxLength": 100},
            "language": language(),
            "time_zone": time_zone(),
            "preferences": {
                "type": ["object", "null"],
                "description": words.say("At most 32 KiB.", "Не более 32 КиБ."),
            },
        }),
        &[],
    );
    change["additionalProperties"] = json!(false);
    change["examples"] =
        json!([{"language": "ru", "time_zone": "Europe/Riga", "preferences": {"theme": "dark"}}]);
    let secret = || json!({"type": "string", "format": "password"});
    let mut password = object(
        json!({"current": secret(), "new": secret()}),
        &["current", "new"],
    );
    password["additionalProperties"] = json!(false);
    password["examples"] = json!([{"current": "password", "new": "correct horse"}]);
    let time = || json!({"type": "string", "format": "date-time"});
    let session = object(
        json!({
            "id": {"type": "string", "format": "uuid"},
            "tenant": {
                "type": "string",
                "description": words.say("The tenant's slug.", "Краткое имя организации."),
            },
            "user_agent": {"type": ["string", "null"]},
            "created_at": time(),
            "refreshed_at": time(),
            "expires_at": time(),
            "current": {"type": "boolean"},
        }),
        &[
            "id",
            "tenant",
            "user_agent",
            "created_at",
            "refreshed_at",
            "expires_at",
            "current",
        ],
    );
    vec![
        (names.own("Me"), me),
        (names.own("Profile"), profile),
        (names.own("ProfileChange"), change),
        (names.own("PasswordChange"), password),
        (names.own("Session"), session),
    ]
}
