//! `/api/v1/audit`: changes of the model and of access, and sign-ins.

use serde_json::{Value as Json, json};
use tessera_identity::audit::Subject;
use tessera_schema::access::area::Area;

use super::access::Access;
use super::operation::Operation;
use super::people::TAG;
use super::schema::{object, text, time, uuid};
use super::shape::nullable;
use super::words::Words;

pub(super) fn paths(access: &Access, words: Words) -> Vec<(String, Json)> {
    let audited = access.administers(Area::Audit).then(|| audit(words));
    audited.into_iter().collect()
}

fn audit(words: Words) -> (String, Json) {
    let actor = object(
        json!({"id": uuid(), "name": nullable(text()), "email": nullable(text())}),
        &["id", "name", "email"],
    );
    let area = || json!({"type": "string", "enum": Subject::ALL.map(Subject::name)});
    let entry = object(
        json!({
            "at": time(),
            "by": nullable(actor),
            "area": area(),
            "action": text(),
            "details": {"type": "object"},
        }),
        &["at", "by", "area", "action", "details"],
    );
    let page = object(json!({"next": nullable(text())}), &["next"]);
    let mut answer = object(json!({"page": page}), &["data", "page"]);
    answer["properties"]["data"] = json!({"type": "array", "items": entry});
    let parameter =
        |name: &str, schema: Json| json!({"name": name, "in": "query", "schema": schema});
    let parameters = json!([
        parameter("area", area()),
        parameter("by", uuid()),
        parameter(
            "limit",
            json!({"type": "integer", "minimum": 1, "maximum": 1000})
        ),
        parameter("after", text()),
    ]);
    let operation = Operation::new("listAudit", TAG, words.say("Read the audit log", "Журнал аудита"))
        .description(words.say(
            "Changes of the model, of access to it, and sign-ins, the latest first. `page.next` is the `after` of the next page.",
            "Изменения модели и доступа и входы, сначала последние. `page.next` — это `after` следующей страницы.",
        ))
        .answer(200, words.say("The entries.", "Записи."), answer, &[])
        .refused(&[400]);
    (
        "/api/v1/audit".to_owned(),
        json!({"parameters": parameters, "get": operation.into_json()}),
    )
}
