//! What would change something.

use serde_json::{Value as Json, json};

use super::{Scenario, scenario};
use crate::support::tenant::PASSWORD;

pub(super) fn writes() -> Vec<Scenario> {
    let nobody = json!({"email": "{admin}", "password": "not this"});
    let taken = json!({"tenant_name": "x", "tenant_slug": "{slug}", "email": "x@example.com", "password": PASSWORD});
    let ask = |query: &str, statuses, events| {
        scenario("POST /graphql", json!({"query": query}), statuses, events)
    };
    let one = [401, 200, 200, 404];
    let model = |request, body, statuses| scenario(request, body, statuses, &[]);
    vec![
        scenario("POST /api/v1/auth/login", nobody, [401; 4], &[]),
        scenario("POST /api/v1/auth/signup", taken, [409; 4], &[]),
        scenario(
            "POST /api/v1/auth/refresh",
            json!({"refresh_token": "x"}),
            [401; 4],
            &[],
        ),
        model(
            "PATCH /api/v1/auth/me",
            json!({"language": "ru", "time_zone": "Europe/Riga", "preferences": {"theme": "dark"}}),
            [401, 200, 200, 200],
        ),
        model(
            "POST /api/v1/auth/password",
            json!({"current": "not this", "new": "correct horse"}),
            [401, 422, 422, 422],
        ),
        model(
            "DELETE /api/v1/auth/sessions/{user}",
            Json::Null,
            [401, 404, 404, 404],
        ),
        model(
            "POST /api/v1/metadata/objects",
            json!({"api_name": "probe"}),
            [401, 403, 201, 201],
        ),
        model(
            "PATCH /api/v1/metadata/objects/classified",
            json!({"description": "x"}),
            [401, 403, 200, 404],
        ),
        model(
            "DELETE /api/v1/metadata/objects/classified",
            Json::Null,
            [401, 403, 422, 404],
        ),
        model(
            "POST /api/v1/metadata/objects/classified/fields",
            json!({"api_name": "more", "type": "text"}),
            [401, 403, 201, 404],
        ),
        model(
            "PATCH /api/v1/metadata/objects/classified/fields/codeword",
            json!({"description": "x"}),
            [401, 403, 200, 404],
        ),
        model(
            "DELETE /api/v1/metadata/objects/classified/fields/codeword",
            Json::Null,
            [401, 403, 422, 404],
        ),
        scenario(
            "POST /api/v1/auth/login/mfa",
            json!({"mfa_token": "x", "code": "123456"}),
            [401; 4],
            &[],
        ),
        scenario(
            "POST /api/v1/auth/password/reset",
            json!({"email": "{admin}"}),
            [202; 4],
            &[],
        ),
        scenario(
            "POST /api/v1/auth/password/reset/confirm",
            json!({"token": "x", "password": "correct horse"}),
            [404; 4],
            &[],
        ),
        model("DELETE /api/v1/auth/totp", Json::Null, [401, 404, 404, 404]),
        model(
            "POST /api/v1/auth/totp/confirm",
            json!({}),
            [401, 422, 422, 422],
        ),
        model(
            "POST /api/v1/teams",
            json!({"api_name": "sales", "name": "Sales", "members": ["{user}"]}),
            [401, 403, 201, 422],
        ),
        model(
            "PATCH /api/v1/teams/sales",
            json!({"members": ["{user}"], "managers": ["{user}"]}),
            [401, 403, 200, 404],
        ),
        model(
            "DELETE /api/v1/teams/sales",
            Json::Null,
            [401, 403, 204, 404],
        ),
        model(
            "POST /api/v1/api-keys",
            json!({"name": "Import", "roles": ["member"]}),
            [401, 403, 201, 201],
        ),
        model(
            "DELETE /api/v1/api-keys/{user}",
            Json::Null,
            [401, 403, 404, 404],
        ),
        model(
            "PATCH /api/v1/members/{user}",
            json!({"roles": ["admin", "member"]}),
            [401, 403, 200, 404],
        ),
        model(
            "DELETE /api/v1/members/{user}",
            Json::Null,
            [401, 403, 409, 404],
        ),
        model(
            "POST /api/v1/invitations",
            json!({"emails": ["new@example.com"], "roles": ["member"]}),
            [401, 403, 201, 201],
        ),
        model(
            "DELETE /api/v1/invitations/{user}",
            Json::Null,
            [401, 403, 404, 404],
        ),
        model(
            "POST /api/v1/invitations/token/{user}/accept",
            json!({"name": "Eve", "password": "correct horse"}),
            [404; 4],
        ),
        model(
            "POST /api/v1/metadata/modules/projects/enable",
            json!({}),
            [401, 403, 200, 200],
        ),
        scenario(
            "POST /api/v1/contacts",
            json!({"last_name": "New"}),
            [401, 201, 201, 201],
            &["created"],
        ),
        scenario(
            "POST /api/v1/contacts",
            json!({"email": "no"}),
            [401, 422, 422, 422],
            &[],
        ),
        scenario(
            "POST /api/v1/contacts",
            json!([{}, {}]),
            [401, 201, 201, 201],
            &["created", "created"],
        ),
        scenario(
            "POST /api/v1/contacts",
            json!([{}, {"email": "no"}]),
            [401, 422, 422, 422],
            &[],
        ),
        scenario(
            "POST /api/v1/contacts",
            json!({"company_id": "{company}"}),
            [401, 201, 201, 422],
            &["created"],
        ),
        scenario(
            "POST /api/v1/contacts",
            json!({"id": "{contact}"}),
            [401, 409, 409, 201],
            &[],
        ),
        scenario(
            "POST /api/v1/contacts/upsert?on=id",
            json!({"last_name": "New"}),
            [401, 201, 201, 201],
            &["created"],
        ),
        scenario(
            "POST /api/v1/contacts/upsert?on=id",
            json!({"id": "{contact}", "city": "Riga"}),
            // An id is taken where its record is, and free elsewhere.
            [401, 200, 200, 201],
            &["updated"],
        ),
        scenario(
            "POST /api/v1/contacts/upsert?on=id",
            json!([{"id": "{contact}"}, {}, {"id": "{contact}"}]),
            [401, 409, 409, 409],
            &[],
        ),
        scenario(
            "PATCH /api/v1/contacts/{contact}",
            json!({"city": "Riga"}),
            one,
            &["updated"],
        ),
        scenario(
            "PATCH /api/v1/contacts/{contact}",
            json!({"nonsense": 1}),
            [401, 422, 422, 422],
            &[],
        ),
        scenario(
            "DELETE /api/v1/contacts/{contact}",
            Json::Null,
            [401, 204, 204, 404],
            &["deleted"],
        ),
        scenario(
            "DELETE /api/v1/contacts/{contact}?permanent=true",
            Json::Null,
            [401, 204, 204, 404],
            &["destroyed"],
        ),
        scenario(
            "POST /api/v1/contacts/{contact}/restore",
            json!({}),
            [401, 409, 409, 404],
            &[],
        ),
        scenario(
            "POST /api/v1/contacts/{binned}/restore",
            json!({}),
            one,
            &["restored"],
        ),
        scenario(
            "POST /api/v1/contacts/{contact}/revert",
            json!({"version": 1}),
            one,
            &["updated"],
        ),
        scenario(
            "POST /api/v1/contacts/{binned}/revert",
            json!({"version": 1}),
            one,
            &["restored", "updated"],
        ),
        scenario(
            "POST /api/v1/contacts/{contact}/revert",
            json!({"version": 2}),
            [401, 422, 422, 404],
            &[],
        ),
        scenario(
            "POST /api/v1/changes/{contact}/revert",
            json!({}),
            [401, 404, 404, 404],
            &[],
        ),
        scenario(
            "PATCH /api/v1/contacts?filter={\"id\":{\"eq\":\"{contact}\"}}",
            json!({"city": "Riga"}),
            [401, 200, 200, 200],
            &["updated"],
        ),
        scenario(
            "DELETE /api/v1/contacts?filter={\"id\":{\"eq\":\"{contact}\"}}",
            Json::Null,
            [401, 200, 200, 200],
            &["deleted"],
        ),
        scenario(
            "DELETE /api/v1/contacts?filter={\"id\":{\"eq\":\"{contact}\"}}&max_affected=0",
            Json::Null,
            [401, 409, 409, 200],
            &[],
        ),
        scenario(
            "POST /api/v1/batch",
            json!({"operations": [
                {"ref": "new", "method": "POST", "path": "/contacts", "body": {"last_name": "New"}},
                {"method": "DELETE", "path": "/contacts/$new.id"},
            ]}),
            [401, 200, 200, 200],
            &["created", "deleted"],
        ),
        scenario(
            "POST /api/v1/batch",
            json!({"operations": [
                {"method": "POST", "path": "/contacts", "body": {}},
                {"method": "PATCH", "path": "/contacts/{contact}", "body": {"city": "Riga"}},
            ]}),
            [401, 200, 200, 404],
            &["created", "updated"],
        ),
        scenario(
            "POST /api/v1/batch",
            json!({"operations": [
                {"method": "GET", "path": "/classifieds"},
            ]}),
            [401, 200, 200, 404],
            &[],
        ),
        scenario(
            "DELETE /api/v1/contacts",
            Json::Null,
            [401, 400, 400, 400],
            &[],
        ),
        scenario("POST /api/v1/users", json!({}), [401, 405, 405, 405], &[]),
        scenario(
            "DELETE /api/v1/users/{user}",
            Json::Null,
            [401, 405, 405, 405],
            &[],
        ),
        ask(
            "mutation { createContact(data: {lastName: \"New\"}) { id } }",
            [401, 200, 200, 200],
            &["created"],
        ),
        ask(
            "mutation { updateContact(id: \"{contact}\", data: {city: \"Riga\"}) { id } }",
            [401, 200, 200, 200],
            &["updated"],
        ),
        ask(
            "mutation { deleteContact(id: \"{contact}\") { id } }",
            [401, 200, 200, 200],
            &["deleted"],
        ),
        ask(
            "mutation { restoreContact(id: \"{binned}\") { id } }",
            [401, 200, 200, 200],
            &["restored"],
        ),
        ask(
            "mutation { destroyContact(id: \"{contact}\") { id } }",
            [401, 200, 200, 200],
            &["destroyed"],
        ),
        ask(
            "mutation { deleteContacts(filter: {id: {eq: \"{contact}\"}}) { affected } }",
            [401, 200, 200, 200],
            &["deleted"],
        ),
        ask(
            "mutation { createContact(data: {companyId: \"{company}\"}) { id } }",
            [401, 200, 200, 200],
            &["created"],
        ),
    ]
}
