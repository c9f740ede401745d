//! Definitions that cannot be: each is refused with the place of its fault, and leaves nothing behind.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

const OBJECTS: &str = "/api/v1/metadata/objects";

fn object(fields: impl Into<Json>) -> Json {
    let mut definition = json!({"api_name": "thing"});
    definition["fields"] = fields.into();
    definition
}

fn field(field_type: &str, settings: impl Into<Json>) -> Json {
    let mut field = json!({"api_name": "a", "type": field_type});
    field["settings"] = settings.into();
    object(vec![field])
}

#[tokio::test]
async fn bad_objects_are_told_their_faults() {
    let tenant = Tenant::new().await;
    let many: Vec<_> = (0..1_000)
        .map(|n| json!({"api_name": format!("f{n}"), "type": "text"}))
        .collect();
    let name = "n".repeat(80);
    let mut unexpected = Vec::new();
    for (definition, refused) in [
        (json!({}), "422 /api_name required"),
        (json!([]), "422  type"),
        (json!("thing"), "422  type"),
        (json!({"api_name": 5}), "422 /api_name type"),
        (json!({"api_name": name}), "422 /api_name too_long"),
        (json!({"api_name": "Thing"}), "422 /api_name pattern"),
        (json!({"api_name": "a__b"}), "422 /api_name pattern"),
        (
            json!({"api_name": "select\"; drop table x"}),
            "422 /api_name pattern",
        ),
        (
            json!({"api_name": "thing", "colour": 1}),
            "422 /colour unknown",
        ),
        (
            json!({"api_name": "thing", "plural_api_name": "thing"}),
            "422 /plural_api_name clash",
        ),
        (
            json!({"api_name": "users", "plural_api_name": "people"}),
            "422 /api_name reserved",
        ),
        (
            json!({"api_name": "thing", "plural_api_name": "batch"}),
            "422 /plural_api_name reserved",
        ),
        (
            json!({"api_name": "contact", "plural_api_name": "people"}),
            "409 /api_name unique",
        ),
        (
            json!({"api_name": "thing", "plural_api_name": "contacts"}),
            "409 /plural_api_name unique",
        ),
        (
            json!({"api_name": "thing", "label_field": "nothing"}),
            "422 /label_field unknown",
        ),
        (object(json!(many)), "422 /fields too_many"),
        (
            object(json!([{"api_name": name, "type": "text"}])),
            "422 /fields/0/api_name too_long",
        ),
        (
            object(json!([{"type": "text"}])),
            "422 /fields/0/api_name required",
        ),
        (
            object(json!([{"api_name": "a"}])),
            "422 /fields/0/type required",
        ),
        (
            object(json!([{"api_name": "a", "type": "text"}, {"api_name": "a", "type": "date"}])),
            "422 /fields/1/api_name unique",
        ),
        (
            object(json!([{"api_name": "id", "type": "text"}])),
            "422 /fields/0/api_name reserved",
        ),
        (
            object(json!([{"api_name": "version", "type": "integer"}])),
            "422 /fields/0/api_name reserved",
        ),
        (
            object(json!([{"api_name": "and", "type": "text"}])),
            "422 /fields/0/api_name reserved",
        ),
        (
            object(
                json!([{"api_name": "created_by_id", "type": "text"}, {"api_name": "b", "type": "relation", "settings": {"to": "contact"}}, {"api_name": "b_id", "type": "text"}]),
            ),
            "422 /fields/2/api_name clash",
        ),
        (field("nonsense", json!({})), "422 /fields/0/type unknown"),
        (
            field("relation", json!({})),
            "422 /fields/0/settings/to required",
        ),
        (
            field("relation", json!({"to": "nothing"})),
            "422 /fields/0/settings/to unknown",
        ),
        (
            field("many_to_many", json!({"to": "nothing"})),
            "422 /fields/0/settings/to unknown",
        ),
        (
            field(
                "relation",
                json!({"to": "contact", "inverse": {"api_name": "email"}}),
            ),
            "422 /fields/0/settings/inverse/api_name clash",
        ),
        (
            field("relation", json!({"to": "contact", "on_delete": "explode"})),
            "422 /fields/0/settings/on_delete option",
        ),
        (
            field("select", json!({})),
            "422 /fields/0/settings/options required",
        ),
        (
            field("text", json!({"max_length": 0})),
            "422 /fields/0/settings/max_length minimum",
        ),
        (
            field("text", json!({"pattern": "("})),
            "422 /fields/0/settings/pattern pattern",
        ),
        (
            field("text", json!({"colour": "red"})),
            "422 /fields/0/settings/colour unknown",
        ),
        (
            field("auto_number", json!({"format": "no digits"})),
            "422 /fields/0/settings/format pattern",
        ),
        (
            object(json!([{"api_name": "a", "type": "integer", "default_value": "x"}])),
            "422 /fields/0/default_value pattern",
        ),
        (
            object(json!([{"api_name": "a", "type": "json", "unique": true}])),
            "422 /fields/0/unique not_possible",
        ),
    ] {
        let shown = definition.to_string();
        let answer = tenant.post(OBJECTS, definition).await;
        if answer.refusal() != refused {
            unexpected.push(format!("{shown:.200}: {:.300}", answer.text));
        }
    }
    assert_eq!(unexpected, [""; 0]);
    assert_eq!(tenant.get(&format!("{OBJECTS}/thing")).await.status, 404);
    assert_eq!(tenant.get("/api/v1/things").await.status, 404);
}

#[tokio::test]
async fn all_faults_are_told_at_once() {
    let tenant = Tenant::new().await;
    let definition = object(json!([
        {"api_name": "A", "type": "text"},
        {"api_name": "b", "type": "text", "required": "yes"},
        {"api_name": "c"},
    ]));
    let refusal = tenant.post(OBJECTS, definition).await.refusal();
    for place in [
        "/fields/0/api_name pattern",
        "/fields/1/required type",
        "/fields/2/type required",
    ] {
        assert!(refusal.contains(place), "{refusal}");
    }
}

#[tokio::test]
async fn bad_fields_are_told_their_faults() {
    let tenant = Tenant::new().await;
    tenant
        .object("thing", json!([{"api_name": "taken", "type": "text"}]))
        .await;
    let fields = format!("{OBJECTS}/thing/fields");
    for (definition, refused) in [
        (
            json!({"api_name": "taken", "type": "date"}),
            "409 /api_name unique",
        ),
        (
            json!({"api_name": "deleted_at", "type": "date"}),
            "422 /api_name reserved",
        ),
        (
            json!({"api_name": "or", "type": "date"}),
            "422 /api_name reserved",
        ),
        (
            json!({"api_name": "x", "type": "nonsense"}),
            "422 /type unknown",
        ),
        (
            json!({"api_name": "x".repeat(51), "type": "date"}),
            "422 /api_name too_long",
        ),
        (
            json!({"api_name": "x", "type": "relation", "settings": {"to": "user"}}),
            "422 /settings/to unknown",
        ),
        (
            json!({"api_name": "x", "type": "relation", "settings": {"to": "contact", "inverse": {"api_name": "id"}}}),
            "422 /settings/inverse/api_name clash",
        ),
    ] {
        let answer = tenant.post(&fields, definition.clone()).await;
        assert_eq!(answer.refusal(), refused, "{definition}: {}", answer.text);
    }
    for (path, body) in [
        (
            format!("{OBJECTS}/nothing/fields"),
            json!({"api_name": "x", "type": "date"}),
        ),
        (
            format!("{OBJECTS}/user/fields"),
            json!({"api_name": "x", "type": "date"}),
        ),
    ] {
        assert_eq!(tenant.post(&path, body).await.status, 404, "{path}");
    }
    let system = tenant
        .patch(&format!("{fields}/created_at"), json!({"name": "Born"}))
        .await;
    assert_eq!(system.status, 404);
}

#[tokio::test]
async fn of_two_admins_adding_one_field_the_second_is_told() {
    let tenant = Tenant::new().await;
    let fields = format!("{OBJECTS}/contact/fields");
    for round in 0..5 {
        let definition = json!({"api_name": format!("field_{round}"), "type": "text"});
        let (one, other) = tokio::join!(
            tenant.post(&fields, definition.clone()),
            tenant.post(&fields, definition)
        );
        let mut answers = [one.refusal(), other.refusal()];
        answers.sort();
        assert_eq!(answers, ["201", "409 /api_name unique"]);
    }
}
