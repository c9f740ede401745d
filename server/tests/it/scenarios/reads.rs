//! What changes nothing.

use serde_json::{Value as Json, json};

use super::{Scenario, scenario};

pub(super) fn reads() -> Vec<Scenario> {
    let read = |request, statuses| scenario(request, Json::Null, statuses, &[]);
    let ask =
        |query: &str, statuses| scenario("POST /graphql", json!({"query": query}), statuses, &[]);
    vec![
        read("GET /", [200; 4]),
        read("GET /health", [200; 4]),
        read("GET /health/live", [200; 4]),
        read("GET /health/ready", [200; 4]),
        read("GET /metrics", [200; 4]),
        read("GET /nothing", [404; 4]),
        read("GET /api/v2/contacts", [404; 4]),
        read("GET /api/v1/nothings", [401, 404, 404, 404]),
        read("GET /api/v1/contacts/a/b/c", [404; 4]),
        read("GET /api/v1/auth/login", [405; 4]),
        read("GET /api/v1/auth/me", [401, 200, 200, 200]),
        read("GET /api/v1/auth/sessions", [401, 200, 200, 200]),
        read("GET /api/v1/teams", [401, 200, 200, 200]),
        read("GET /api/v1/teams/nonsense", [401, 404, 404, 404]),
        read("GET /api/v1/api-keys", [401, 403, 200, 200]),
        read("GET /api/v1/members", [401, 403, 200, 200]),
        read("GET /api/v1/invitations", [401, 403, 200, 200]),
        read("GET /api/v1/invitations/token/{user}", [404; 4]),
        read("GET /api/v1/openapi.json", [401, 200, 200, 200]),
        read("GET /api/v1/metadata/objects", [401, 200, 200, 200]),
        read(
            "GET /api/v1/metadata/objects/classified",
            [401, 200, 200, 404],
        ),
        read(
            "GET /api/v1/metadata/objects?nonsense=1",
            [401, 400, 400, 400],
        ),
        read("GET /api/v1/metadata/field-types", [401, 200, 200, 200]),
        read("GET /api/v1/metadata/modules", [401, 200, 200, 200]),
        read("GET /api/v1/contacts", [401, 200, 200, 200]),
        read(
            "GET /api/v1/contacts?count=exact&deleted=include&fields=*,company.name,created_by",
            [401, 200, 200, 200],
        ),
        read("GET /api/v1/contacts?nonsense=1", [401, 400, 400, 400]),
        read(
            "GET /api/v1/contacts?filter={\"id\":{\"eq\":\"{contact}\"}}",
            [401, 200, 200, 200],
        ),
        read("GET /api/v1/contacts?after={contact}", [401, 400, 400, 400]),
        read(
            "GET /api/v1/contacts?q=confidentialson&fields=last_name,email",
            [401, 200, 200, 200],
        ),
        read("GET /api/v1/contacts?q=", [401, 400, 400, 400]),
        read("GET /api/v1/classifieds?q=word", [401, 400, 400, 404]),
        read("GET /api/v1/search?q=ltd", [401, 200, 200, 200]),
        read(
            "GET /api/v1/search?q={contact}&objects=contact,company",
            [401, 200, 200, 200],
        ),
        read("GET /api/v1/search", [401, 400, 400, 400]),
        read(
            "GET /api/v1/search?q=ltd&objects=nonsense",
            [401, 400, 400, 400],
        ),
        read("GET /api/v1/contacts/{contact}", [401, 200, 200, 404]),
        read("HEAD /api/v1/contacts/{contact}", [401, 200, 200, 404]),
        read(
            "GET /api/v1/contacts/{contact}?fields=nonsense",
            [401, 400, 400, 400],
        ),
        read("GET /api/v1/changes", [401, 200, 200, 200]),
        read("GET /api/v1/changes?by=me", [401, 200, 200, 200]),
        read("GET /api/v1/changes?by=you", [401, 400, 400, 400]),
        read("GET /api/v1/contacts/nonsense", [401, 404, 404, 404]),
        read(
            "GET /api/v1/contacts/{contact}/history",
            [401, 200, 200, 404],
        ),
        read(
            "GET /api/v1/contacts/{binned}/history",
            [401, 200, 200, 404],
        ),
        read(
            "GET /api/v1/contacts/{contact}/history?x=1",
            [401, 400, 400, 400],
        ),
        read(
            "GET /api/v1/contacts/nonsense/history",
            [401, 404, 404, 404],
        ),
        read(
            "GET /api/v1/classifieds/{contact}/history",
            [401, 404, 404, 404],
        ),
        read(
            "GET /api/v1/contacts/{contact}?as_of=2999-01-01T00:00:00Z",
            [401, 200, 200, 404],
        ),
        read(
            "GET /api/v1/contacts/{contact}?as_of=1999-01-01T00:00:00Z",
            [401, 404, 404, 404],
        ),
        read("GET /api/v1/classifieds", [401, 200, 200, 404]),
        read(
            "GET /api/v1/contacts?fields=secrets.codeword",
            [401, 200, 200, 400],
        ),
        scenario(
            "POST /api/v1/contacts/aggregate",
            json!({"group_by": ["last_name", "email"], "aggregates": {"n": {"count": "*"}}}),
            [401, 200, 200, 200],
            &[],
        ),
        scenario(
            "POST /api/v1/classifieds/aggregate",
            json!({"group_by": ["codeword"]}),
            [401, 200, 200, 404],
            &[],
        ),
        read("GET /api/v1/users", [401, 200, 200, 200]),
        read("GET /api/v1/users/{user}", [401, 200, 200, 404]),
        ask("{ __typename }", [401, 200, 200, 200]),
        ask(
            "{ contact(id: \"{contact}\") { lastName email company { name } } }",
            [401, 200, 200, 200],
        ),
        ask(
            "{ contacts(first: 1000, deleted: INCLUDE) { totalCount nodes { lastName email } } }",
            [401, 200, 200, 200],
        ),
        ask(
            "{ search(query: \"ltd\") { object id label rank } contacts(q: \"confidentialson\") { nodes { email } } }",
            [401, 200, 200, 200],
        ),
        ask(
            "{ search(query: \"ltd\", objects: [\"nonsense\"]) { id } }",
            [401, 200, 200, 200],
        ),
        ask("{ users { nodes { name email } } }", [401, 200, 200, 200]),
        ask(
            "{ contactsGroupBy(groupBy: [{lastName: true}]) { keys { lastName } max { email } } }",
            [401, 200, 200, 200],
        ),
        ask(
            "{ contacts { aggregate { count min { lastName email } } } }",
            [401, 200, 200, 200],
        ),
        ask(
            "{ classifiedsGroupBy(groupBy: [{codeword: true}]) { keys { codeword } } }",
            [401, 200, 200, 400],
        ),
        ask(
            "{ classifieds { nodes { codeword } } }",
            [401, 200, 200, 400],
        ),
        ask(
            "{ __type(name: \"Classified\") { fields { name } } }",
            [401, 200, 200, 200],
        ),
        ask(
            "{ __schema { types { name fields { name } } } }",
            [401, 200, 200, 200],
        ),
        ask("{ nonsense }", [401, 400, 400, 400]),
    ]
}
