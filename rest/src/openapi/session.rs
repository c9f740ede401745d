//! `/api/v1/auth`: signing in and out.

use serde_json::{Value as Json, json};

use super::access::Access;
use super::names::Names;
use super::operation::Operation;
use super::schema::{closed, text, uuid};
use super::words::Words;

pub(super) const TAG: &str = "auth";

pub(super) fn paths(access: &Access, names: &Names, words: Words) -> Vec<(String, Json)> {
    let nobody = || json!([]);
    let tokens = |operation: Operation| {
        operation.answer(
            200,
            words.say("The tokens, and who you are.", "Токены, и кто вы."),
            names.refer("SignedIn"),
            &[],
        )
    };
    let login = Operation::new("login", TAG, words.say("Sign in", "Войти"))
        .description(words.say(
            "Answers an access token for the header `Authorization`, and a refresh token to get the next one with. With `\"session\": \"cookie\"` the refresh token is in an HttpOnly cookie instead of the body. Where the address belongs to several tenants, 409 lists them.",
            "Ответ — токен доступа для заголовка `Authorization` и токен обновления, чтобы получить следующий. С `\"session\": \"cookie\"` токен обновления приходит не в теле, а в cookie с HttpOnly. Если адрес принадлежит нескольким организациям, 409 перечисляет их.",
        ))
        .security(nobody())
        .body(names.refer("Credentials"));
    let login = needs_code(tokens(login), words).refused(&[400, 409, 413, 415, 422, 429]);
    let code = Operation::new(
        "loginWithSecondFactor",
        TAG,
        words.say("Prove the second factor", "Подтвердить второй фактор"),
    )
    .description(words.say(
        "Takes the token of a sign-in that was answered with 202, and a code of the authenticator app or a recovery code. Each code is good once.",
        "Принимает токен входа, на который ответили 202, и код приложения или резервный код. Каждый код действует один раз.",
    ))
    .security(nobody())
    .body_with(
        closed(
            json!({"mfa_token": {"type": "string"}, "code": {"type": "string"}, "session": {"type": "string", "enum": ["token", "cookie"], "default": "token"}}),
            &["mfa_token", "code"],
        ),
        true,
        Some(json!({"mfa_token": "$MFA_TOKEN", "code": "123456"})),
    );
    let code = tokens(code).refused(&[400, 413, 415, 422, 429]);
    let reset = Operation::new(
        "askForNewPassword",
        TAG,
        words.say("Ask for a new password", "Запросить новый пароль"),
    )
    .description(words.say(
        "The answer is the same for every address. While no mail is set up, the operator makes the link: `tessera user reset-link`.",
        "Ответ одинаков для всех адресов. Пока почта не настроена, ссылку создаёт администратор сервера: `tessera user reset-link`.",
    ))
    .security(nobody())
    .body_with(
        closed(json!({"email": {"type": "string"}}), &["email"]),
        true,
        Some(json!({"email": "test@example.com"})),
    )
    .shared(202, "NoContent")
    .refused(&[400, 413, 415, 422]);
    let confirm_reset = Operation::new(
        "setNewPassword",
        TAG,
        words.say("Set a new password", "Задать новый пароль"),
    )
    .description(words.say(
        "With the token of a link, which is good once. Ends all of the person's sessions.",
        "С токеном из ссылки, который действует один раз. Завершает все сеансы человека.",
    ))
    .security(nobody())
    .body_with(
        closed(
            json!({"token": {"type": "string"}, "password": {"type": "string", "format": "password"}}),
            &["token", "password"],
        ),
        true,
        Some(json!({"token": "$RESET_TOKEN", "password": "correct horse"})),
    )
    .shared(204, "NoContent")
    .refused(&[400, 404, 413, 415, 422]);
    let refresh = Operation::new(
        "refresh",
        TAG,
        words.say("Refresh the tokens", "Обновить токены"),
    )
    .description(words.say(
        "Trades the refresh token in the body, or else that of the cookie. It is good for one use. Within 30 s it brings the same next token again, while that is unused. Later reuse ends the session.",
        "Обменивает токен обновления из тела, а без него — из cookie. Токен действует один раз. В течение 30 с он даёт тот же следующий токен, пока тот не использован. Повторное использование позже завершает сеанс.",
    ))
    .security(nobody())
    .body(names.refer("RefreshRequest"));
    let refresh = tokens(refresh).refused(&[400, 413, 415, 422]);
    let logout = Operation::new("logout", TAG, words.say("Sign out", "Выйти"))
        .description(words.say(
            "Ends the session of the refresh token in the body, or that of the cookie, or that of the access token: the first that there is. Removes the cookie.",
            "Завершает сеанс токена обновления из тела, либо из cookie, либо токена доступа: первого, который есть. Удаляет cookie.",
        ))
        .security(json!([{}, {"bearer": []}]))
        .body_with(names.refer("LogoutRequest"), false, None)
        .shared(204, "NoContent")
        .refused(&[400, 413, 415]);
    let mut all = vec![
        ("login", json!({"post": login.into_json()})),
        ("login/mfa", json!({"post": code.into_json()})),
        ("password/reset", json!({"post": reset.into_json()})),
        (
            "password/reset/confirm",
            json!({"post": confirm_reset.into_json()}),
        ),
        ("refresh", json!({"post": refresh.into_json()})),
        ("logout", json!({"post": logout.into_json()})),
    ];
    if access.signup {
        let signup = Operation::new("signUp", TAG, words.say("Sign up", "Зарегистрироваться"))
            .description(words.say(
                "Makes a tenant with its first admin.",
                "Создаёт организацию с её первым администратором.",
            ))
            .security(nobody())
            .body(names.refer("SignUp"));
        let signup = needs_code(tokens(signup), words).refused(&[400, 409, 413, 415, 422]);
        all.push(("signup", json!({"post": signup.into_json()})));
    }
    let path = |(name, path)| (format!("/api/v1/auth/{name}"), path);
    all.into_iter().map(path).collect()
}

/// The answer to the right password of a person who has a second factor.
pub(super) fn needs_code(operation: Operation, words: Words) -> Operation {
    let asked = closed(
        json!({
            "mfa_token": {"type": "string"},
            "methods": {"type": "array", "items": {"type": "string", "enum": ["totp", "recovery_code"]}},
        }),
        &["mfa_token", "methods"],
    );
    let words = words.say(
        "The password is right. `POST /auth/login/mfa` completes the sign-in within 5 minutes.",
        "Пароль верен. `POST /auth/login/mfa` завершает вход в течение 5 минут.",
    );
    operation.answer(202, words, asked, &[])
}

pub(super) fn schemas(access: &Access, names: &Names, words: Words) -> Vec<(String, Json)> {
    let id = uuid;
    let object = |properties: Json, required: &[&str]| json!({"type": "object", "properties": properties, "required": required});
    let closed = |mut schema: Json| {
        schema["additionalProperties"] = json!(false);
        schema
    };
    let example = |mut schema: Json, example: Json| {
        schema["examples"] = Json::Array(vec![example]);
        schema
    };
    let session = || {
        json!({
            "type": "string",
            "enum": ["token", "cookie"],
            "default": "token",
            "description": words.say(
                "Where the refresh token travels: in the bodies, or in an HttpOnly cookie, for browsers.",
                "Где передаётся токен обновления: в телах или в cookie с HttpOnly, для браузеров.",
            ),
        })
    };
    let slug = json!({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"});
    let member = object(
        json!({"id": id(), "email": text(), "name": text()}),
        &["id", "email", "name"],
    );
    let tenant = object(
        json!({"id": id(), "slug": slug, "name": text()}),
        &["id", "slug", "name"],
    );
    let credentials = object(
        json!({
            "email": text(),
            "password": {"type": "string", "format": "password"},
            "tenant": {
                "type": ["string", "null"],
                "description": words.say(
                    "The tenant's slug; needed only where the address belongs to several.",
                    "Краткое имя организации; нужно, только если адрес принадлежит нескольким.",
                ),
            },
            "session": session(),
        }),
        &["email", "password"],
    );
    let signed_in = object(
        json!({
            "access_token": text(),
            "token_type": {"type": "string", "const": "Bearer"},
            "expires_in": {"type": "integer", "description": words.say("Seconds.", "Секунды.")},
            "refresh_token": {
                "type": "string",
                "description": words.say("Absent where it is in the cookie.", "Отсутствует, если он в cookie."),
            },
            "user": names.refer("Member"),
            "tenant": names.refer("Tenant"),
        }),
        &["access_token", "token_type", "expires_in", "user", "tenant"],
    );
    let refresh = object(json!({"refresh_token": text(), "session": session()}), &[]);
    let logout = object(json!({"refresh_token": text()}), &[]);
    let mut all = vec![
        (
            names.own("Credentials"),
            example(
                closed(credentials),
                json!({"email": "test@example.com", "password": "password"}),
            ),
        ),
        // The page of documentation has it read from the environment, as the access token.
        (
            names.own("RefreshRequest"),
            example(closed(refresh), json!({"refresh_token": "$REFRESH_TOKEN"})),
        ),
        (
            names.own("LogoutRequest"),
            example(closed(logout), json!({"refresh_token": "$REFRESH_TOKEN"})),
        ),
        (names.own("SignedIn"), signed_in),
        (names.own("Member"), member),
        (names.own("Tenant"), tenant),
    ];
    if access.signup {
        let signup = object(
            json!({
                "tenant_name": text(),
                "tenant_slug": slug,
                "email": {"type": "string", "format": "idn-email"},
                "password": {"type": "string", "format": "password"},
                "session": session(),
            }),
            &["tenant_name", "tenant_slug", "email", "password"],
        );
        let sample = json!({
            "tenant_name": "Acme",
            "tenant_slug": "acme",
            "email": "ada@acme.example",
            "password": "correct horse",
        });
        all.push((names.own("SignUp"), example(closed(signup), sample)));
    }
    all
}
