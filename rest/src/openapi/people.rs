//! `/api/v1/members`, `/invitations`, `/teams` and `/api-keys`: the people and programs of a tenant.

use serde_json::{Value as Json, json};
use tessera_schema::access::area::Area;

use super::access::Access;
use super::names::Names;
use super::operation::Operation;
use super::schema::{closed, id, list_of, names_of, object, text, time, uuid, with_example};
use super::session;
use super::words::Words;

pub(super) const TAG: &str = "people";

pub(super) fn paths(access: &Access, names: &Names, words: Words) -> Vec<(String, Json)> {
    let mut paths = of_links(names, words);
    paths.extend(teams(access, words));
    if access.administers(Area::Members) {
        paths.extend(members(words));
        paths.extend(invitations(words));
    }
    if access.administers(Area::Keys) {
        paths.extend(api_keys(words));
    }
    paths
}

fn members(words: Words) -> Vec<(String, Json)> {
    let list = Operation::new(
        "listMembers",
        TAG,
        words.say("List members", "Список участников"),
    )
    .description(words.say(
        "The people of your tenant, by name.",
        "Люди вашей организации, по имени.",
    ))
    .answer(
        200,
        words.say("The members.", "Участники."),
        list_of(member(words)),
        &[],
    )
    .refused(&[]);
    let change = Operation::new(
        "changeMember",
        TAG,
        words.say("Change a member's roles", "Изменить роли участника"),
    )
    .description(words.say(
        "It holds in the member's next request; another server may take 5 s. Several roles add up. The last admin stays one (409).",
        "Действует со следующего запроса участника; на другом сервере — в течение 5 с. Роли складываются. Последний администратор остаётся им (409).",
    ))
    .body(with_example(
        closed(json!({"roles": given_roles(words)}), &[]),
        json!({"roles": ["member"]}),
    ))
    .answer(
        200,
        words.say("The member.", "Участник."),
        member(words),
        &[],
    )
    .refused(&[400, 404, 409, 413, 415, 422]);
    let remove = Operation::new(
        "removeMember",
        TAG,
        words.say("Remove a member", "Удалить участника"),
    )
    .description(words.say(
        "Their sessions in this tenant end. Their account stays. The last admin cannot be removed (409).",
        "Их сеансы в этой организации завершаются. Учётная запись остаётся. Последнего администратора удалить нельзя (409).",
    ))
    .shared(204, "NoContent")
    .refused(&[404, 409]);
    vec![
        (
            "/api/v1/members".to_owned(),
            json!({"get": list.into_json()}),
        ),
        (
            "/api/v1/members/{user_id}".to_owned(),
            json!({"parameters": [id("user_id")], "patch": change.into_json(), "delete": remove.into_json()}),
        ),
    ]
}

fn invitations(words: Words) -> Vec<(String, Json)> {
    let invite = Operation::new("invite", TAG, words.say("Invite people", "Пригласить людей"))
        .description(words.say(
            "Up to 100 addresses. Each link is shown in this answer alone, is good once and for a week; pass it on yourself. A new invitation of an address takes the place of its earlier one.",
            "До 100 адресов. Каждая ссылка есть только в этом ответе, действует один раз и неделю; передайте её сами. Новое приглашение заменяет прежнее на тот же адрес.",
        ))
        .body(with_example(
            closed(
                json!({
                    "emails": {"type": "array", "minItems": 1, "maxItems": 100, "items": text()},
                    "roles": given_roles(words),
                }),
                &["emails", "roles"],
            ),
            json!({"emails": ["ada@example.com"], "roles": ["member"]}),
        ))
        .answer(
            201,
            words.say("The invitations.", "Приглашения."),
            list_of(invitation(words, true)),
            &[],
        )
        .refused(&[400, 409, 413, 415, 422]);
    let list = Operation::new(
        "listInvitations",
        TAG,
        words.say("List invitations", "Список приглашений"),
    )
    .description(words.say(
        "Those that have not been accepted, the newest first.",
        "Ещё не принятые, сначала новые.",
    ))
    .answer(
        200,
        words.say("The invitations.", "Приглашения."),
        list_of(invitation(words, false)),
        &[],
    )
    .refused(&[]);
    let withdraw = Operation::new(
        "withdrawInvitation",
        TAG,
        words.say("Withdraw an invitation", "Отозвать приглашение"),
    )
    .description(words.say(
        "Its link is worth nothing afterwards.",
        "Ссылка больше не действует.",
    ))
    .shared(204, "NoContent")
    .refused(&[404]);
    vec![
        (
            "/api/v1/invitations".to_owned(),
            json!({"get": list.into_json(), "post": invite.into_json()}),
        ),
        (
            "/api/v1/invitations/{id}".to_owned(),
            json!({"parameters": [id("id")], "delete": withdraw.into_json()}),
        ),
    ]
}

fn api_keys(words: Words) -> Vec<(String, Json)> {
    let create = Operation::new(
        "createApiKey",
        TAG,
        words.say("Make an API key", "Создать ключ API"),
    )
    .description(words.say(
        "The key is in this answer alone; its hash is stored. Send it as `Authorization: Bearer`, over REST and GraphQL. It signs in as a service account of its own, with these roles, which may do no more than you.",
        "Ключ есть только в этом ответе; хранится его хэш. Отправляйте его как `Authorization: Bearer`, в REST и GraphQL. Вход — от имени собственной служебной учётной записи с этими ролями; они дают не больше, чем у вас.",
    ))
    .body(with_example(
        closed(
            json!({
                "name": {"type": "string", "maxLength": 100},
                "roles": given_roles(words),
                "expires_at": {
                    "type": ["string", "null"],
                    "format": "date-time",
                    "description": words.say("It lasts for good where this is absent.", "Без него ключ бессрочный."),
                },
            }),
            &["name", "roles"],
        ),
        json!({"name": "Nightly import", "roles": ["member"]}),
    ))
    .answer(
        201,
        words.say("The key.", "Ключ."),
        api_key(words, true),
        &[],
    )
    .refused(&[400, 413, 415, 422]);
    let list = Operation::new(
        "listApiKeys",
        TAG,
        words.say("List API keys", "Список ключей API"),
    )
    .description(words.say(
        "The tenant's keys, the newest first. `last_used_at` is a minute.",
        "Ключи организации, сначала новые. `last_used_at` — с точностью до минуты.",
    ))
    .answer(
        200,
        words.say("The keys.", "Ключи."),
        list_of(api_key(words, false)),
        &[],
    )
    .refused(&[]);
    let revoke = Operation::new(
        "revokeApiKey",
        TAG,
        words.say("Revoke an API key", "Отозвать ключ API"),
    )
    .description(words.say(
        "It is worth nothing afterwards. Another server may accept it for 5 s.",
        "Ключ больше не действует. Другой сервер может принимать его ещё 5 с.",
    ))
    .shared(204, "NoContent")
    .refused(&[404]);
    vec![
        (
            "/api/v1/api-keys".to_owned(),
            json!({"get": list.into_json(), "post": create.into_json()}),
        ),
        (
            "/api/v1/api-keys/{id}".to_owned(),
            json!({"parameters": [id("id")], "delete": revoke.into_json()}),
        ),
    ]
}

/// Everybody reads them.
fn teams(access: &Access, words: Words) -> Vec<(String, Json)> {
    let one = |operation: Operation| {
        operation.answer(200, words.say("The team.", "Команда."), team(words), &[])
    };
    let list = Operation::new("listTeams", TAG, words.say("List teams", "Список команд"))
        .description(words.say(
            "By name. `$user.team_ids` in a filter stands for the ids of your own.",
            "По имени. `$user.team_ids` в фильтре — идентификаторы ваших команд.",
        ))
        .answer(
            200,
            words.say("The teams.", "Команды."),
            list_of(team(words)),
            &[],
        )
        .refused(&[]);
    let show = Operation::new("getTeam", TAG, words.say("Get a team", "Получить команду"))
        .description(words.say(
            "Everybody in it, by the ids of users.",
            "Все её участники, по идентификаторам пользователей.",
        ));
    let show = one(show).refused(&[404]);
    let mut all = json!({"get": list.into_json()});
    let name = json!({"name": "api_name", "in": "path", "required": true, "schema": text()});
    let mut single = json!({"parameters": [name], "get": show.into_json()});
    if access.administers(Area::Members) {
        let people = || json!({"type": "array", "items": uuid()});
        let create = Operation::new("createTeam", TAG, words.say("Make a team", "Создать команду"))
            .description(words.say(
                "Managers are members of the team.",
                "Руководители — участники команды.",
            ))
            .body(with_example(
                closed(
                    json!({"api_name": text(), "name": text(), "members": people(), "managers": people()}),
                    &["api_name", "name"],
                ),
                json!({"api_name": "sales", "name": "Sales", "members": []}),
            ))
            .answer(
                201,
                words.say("The team.", "Команда."),
                team(words),
                &[("Location", "Location")],
            )
            .refused(&[400, 409, 413, 415, 422]);
        let change = Operation::new(
            "changeTeam",
            TAG,
            words.say("Change a team", "Изменить команду"),
        )
        .description(words.say(
            "Lists are replaced as wholes. Without `managers`, those stay who are still members.",
            "Списки заменяются целиком. Без `managers` остаются те, кто всё ещё участник.",
        ))
        .body(with_example(
            closed(
                json!({"name": text(), "members": people(), "managers": people()}),
                &[],
            ),
            json!({"name": "Field sales"}),
        ));
        let change = one(change).refused(&[400, 404, 413, 415, 422]);
        let remove = Operation::new(
            "deleteTeam",
            TAG,
            words.say("Remove a team", "Удалить команду"),
        )
        .description(words.say("Its members stay.", "Участники остаются."))
        .shared(204, "NoContent")
        .refused(&[404]);
        all["post"] = create.into_json();
        single["patch"] = change.into_json();
        single["delete"] = remove.into_json();
    }
    vec![
        ("/api/v1/teams".to_owned(), all),
        ("/api/v1/teams/{api_name}".to_owned(), single),
    ]
}

/// For the owner of a link, who need not be signed in.
fn of_links(names: &Names, words: Words) -> Vec<(String, Json)> {
    let nobody = || json!([]);
    let open = Operation::new(
        "openInvitation",
        TAG,
        words.say("Look at an invitation", "Посмотреть приглашение"),
    )
    .description(words.say(
        "Whom a link invites, and where to. `has_account` says that the address has an account, whose password is needed to accept.",
        "Кого и куда приглашает ссылка. `has_account` — у адреса есть учётная запись, и для принятия нужен её пароль.",
    ))
    .security(nobody())
    .answer(
        200,
        words.say("The invitation.", "Приглашение."),
        object(
            json!({
                "email": text(),
                "tenant": names.refer("Tenant"),
                "expires_at": time(),
                "has_account": {"type": "boolean"},
            }),
            &["email", "tenant", "expires_at", "has_account"],
        ),
        &[],
    )
    .refused(&[404]);
    let accept = Operation::new(
        "acceptInvitation",
        TAG,
        words.say("Accept an invitation", "Принять приглашение"),
    )
    .description(words.say(
        "Makes you a member and signs you in. A new address gets an account with this name and password; another one gives the password it has.",
        "Делает вас участником и выполняет вход. Новый адрес получает учётную запись с этим именем и паролем; у другого нужен его пароль.",
    ))
    .security(nobody())
    .body(with_example(
        closed(
            json!({
                "name": {"type": ["string", "null"], "maxLength": 100},
                "password": {"type": "string", "format": "password"},
                "session": {"type": "string", "enum": ["token", "cookie"], "default": "token"},
            }),
            &["password"],
        ),
        json!({"name": "Ada", "password": "correct horse"}),
    ))
    .answer(
        200,
        words.say("The tokens, and who you are.", "Токены, и кто вы."),
        names.refer("SignedIn"),
        &[],
    )
    ;
    let accept = session::needs_code(accept, words).refused(&[400, 404, 409, 413, 415, 422, 429]);
    let token =
        json!({"name": "token", "in": "path", "required": true, "schema": {"type": "string"}});
    vec![
        (
            "/api/v1/invitations/token/{token}".to_owned(),
            json!({"parameters": [token], "get": open.into_json()}),
        ),
        (
            "/api/v1/invitations/token/{token}/accept".to_owned(),
            json!({"parameters": [token], "post": accept.into_json()}),
        ),
    ]
}

fn member(words: Words) -> Json {
    let user = object(
        json!({"id": uuid(), "email": text(), "name": text()}),
        &["id", "email", "name"],
    );
    object(
        json!({
            "user": user,
            "roles": names_of(words.say("The api names of their roles.", "Имена API их ролей.")),
            "teams": names_of(words.say("The api names of their teams.", "Имена API их команд.")),
            "joined_at": time(),
            "last_seen_at": {"type": ["string", "null"], "format": "date-time"},
        }),
        &["user", "roles", "teams", "joined_at", "last_seen_at"],
    )
}

fn team(words: Words) -> Json {
    let people =
        |description: &str| json!({"type": "array", "items": uuid(), "description": description});
    object(
        json!({
            "id": uuid(),
            "api_name": text(),
            "name": text(),
            "members": people(words.say("The users in it, its managers included.", "Пользователи в ней, вместе с руководителями.")),
            "managers": people(words.say("Those of them who manage it.", "Те из них, кто ею руководит.")),
        }),
        &["id", "api_name", "name", "members", "managers"],
    )
}

fn invitation(words: Words, with_link: bool) -> Json {
    let mut properties = json!({
        "id": uuid(),
        "email": text(),
        "roles": names_of(words.say("The api names of the roles that it brings.", "Имена API ролей, которые оно даёт.")),
        "created_by": uuid(),
        "created_at": time(),
        "expires_at": time(),
    });
    let mut required = vec![
        "id",
        "email",
        "roles",
        "created_by",
        "created_at",
        "expires_at",
    ];
    if with_link {
        properties["link"] = json!({
            "type": "string",
            "description": words.say("Begins with `PUBLIC_URL`; a path where that is not set.", "Начинается с `PUBLIC_URL`; без него — путь."),
        });
        required.push("link");
    }
    object(properties, &required)
}

fn api_key(words: Words, with_key: bool) -> Json {
    let mut properties = json!({
        "id": uuid(),
        "name": text(),
        "user_id": {
            "type": "string",
            "format": "uuid",
            "description": words.say("The service account: `created_by` of what the key makes.", "Служебная учётная запись: `created_by` того, что создаёт ключ."),
        },
        "roles": names_of(words.say("The api names of its roles.", "Имена API его ролей.")),
        "created_by": uuid(),
        "created_at": time(),
        "expires_at": {"type": ["string", "null"], "format": "date-time"},
        "last_used_at": {"type": ["string", "null"], "format": "date-time"},
    });
    let mut required = vec![
        "id",
        "name",
        "user_id",
        "roles",
        "created_by",
        "created_at",
        "expires_at",
        "last_used_at",
    ];
    if with_key {
        properties["key"] = text();
        required.push("key");
    }
    object(properties, &required)
}

fn given_roles(words: Words) -> Json {
    json!({
        "type": "array",
        "minItems": 1,
        "items": text(),
        "description": words.say("Api names of roles: `admin`, `member` (all records), `read_only`.", "Имена API ролей: `admin`, `member` (все записи), `read_only`."),
    })
}
