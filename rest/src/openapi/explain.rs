//! `/api/v1/access/explain`: why somebody may do something with a record, or not.

use serde_json::{Value as Json, json};
use tessera_schema::access::Right;

use super::access::Access;
use super::operation::Operation;
use super::people::TAG;
use super::schema::{object, uuid};
use super::words::Words;

pub(super) fn paths(access: &Access, words: Words) -> Vec<(String, Json)> {
    let explained = access.sees_objects().then(|| explain(words));
    explained.into_iter().collect()
}

/// Everybody may ask it about themselves.
fn explain(words: Words) -> (String, Json) {
    let text = |said| json!({"type": "string", "description": said});
    let reason = object(
        json!({
            "role": text(words.say("The api name of the role.", "Имя API роли.")),
            "action": action_name(),
            "condition": {
                "type": ["object", "null"],
                "description": words.say("In the filter language. Null where the role grants the action on every record, or on none.", "На языке фильтров. Null, если роль даёт действие для всех записей или ни для одной."),
            },
            "value": {"description": words.say("The value of the record, as far as you may read it.", "Значение записи, если вам можно его читать.")},
        }),
        &["role", "action", "condition", "value"],
    );
    let reasons = json!({"type": "array", "items": reason});
    let answer = object(
        json!({"allowed": {"type": "boolean"}, "because": reasons, "missing": reasons}),
        &["allowed", "because", "missing"],
    );
    let parameter = |name: &str, required: bool, schema: Json| json!({"name": name, "in": "query", "required": required, "schema": schema});
    let operation = Operation::new(
        "explainAccess",
        TAG,
        words.say("Explain access", "Объяснить доступ"),
    )
    .description(words.say(
        "Which role and which of its conditions let somebody do something with a record, or are missing. Without `user` it is about you; about others, you have to administer roles or members. Without `id` it is about the object as a whole.",
        "Какая роль и какое её условие позволяют действие с записью, или чего не хватает. Без `user` — о вас; о других — если вы управляете ролями или участниками. Без `id` — об объекте в целом.",
    ))
    .answer(200, words.say("The explanation.", "Объяснение."), answer, &[])
    .refused(&[400, 404]);
    let parameters = json!([
        parameter("object", true, super::schema::text()),
        parameter("action", true, action_name()),
        parameter("id", false, uuid()),
        parameter("user", false, uuid()),
    ]);
    (
        "/api/v1/access/explain".to_owned(),
        json!({"parameters": parameters, "get": operation.into_json()}),
    )
}

fn action_name() -> Json {
    json!({"type": "string", "enum": Right::ALL.map(Right::name)})
}
