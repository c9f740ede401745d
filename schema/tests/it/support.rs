//! Models in few words, and what is wrong in fewer.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use tessera_schema::definition::ObjectDefinition;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::model::Model;
use tessera_schema::object::{Field, Object, ObjectSource, Origin};
use tessera_schema::violation::Violation;
use uuid::Uuid;

/// `pointer code` of each violation.
pub(crate) fn places(violations: &[Violation]) -> Vec<String> {
    let all = violations.iter();
    all.map(|violation| format!("{} {}", violation.pointer, violation.code))
        .collect()
}

/// A model of definitions whose form is right, whatever the rules say of them.
pub(crate) fn model(definitions: impl IntoIterator<Item = Json>) -> Model {
    let sources = definitions.into_iter().zip(1..).map(|(body, number)| {
        let definition = ObjectDefinition::parse(body).unwrap();
        ObjectSource::new(definition, &Origin::Tenant, number, Uuid::now_v7)
    });
    Model::compile(FieldTypes::builtin(), sources.collect()).unwrap()
}

/// Contacts of companies, with tags.
pub(crate) fn crm() -> Model {
    model([
        json!({"api_name": "company", "plural_api_name": "companies", "fields": [
            {"api_name": "name", "type": "text", "required": true},
            {"api_name": "line_2", "type": "text"},
        ]}),
        json!({"api_name": "contact", "fields": [
            {"api_name": "first_name", "type": "text"},
            {"api_name": "email", "type": "email"},
            {"api_name": "score", "type": "integer", "required": true, "default_value": 5},
            {"api_name": "fee", "type": "currency"},
            {"api_name": "notes", "type": "json"},
            {"api_name": "marks", "type": "multi_select", "settings": {"options": [{"value": "a"}, {"value": "b"}]}},
            {"api_name": "company", "type": "relation", "required": true,
             "settings": {"to": "company", "inverse": {"api_name": "contacts"}}},
            {"api_name": "tags", "type": "many_to_many", "settings": {"to": "tag", "inverse": {"api_name": "contacts"}}},
            {"api_name": "number", "type": "auto_number"},
        ]}),
        json!({"api_name": "tag", "fields": [{"api_name": "label", "type": "text"}]}),
    ])
}

pub(crate) fn object(model: &Model, name: &str) -> Arc<Object> {
    Arc::clone(model.object(name).unwrap())
}

/// A field called `it`.
pub(crate) fn field(field_type: &str, settings: &Json) -> Arc<Field> {
    let field = json!({"api_name": "it", "type": field_type, "settings": settings});
    let model = model([
        json!({"api_name": "thing", "fields": [field]}),
        json!({"api_name": "contact"}),
    ]);
    Arc::clone(&object(&model, "thing").fields["it"])
}
