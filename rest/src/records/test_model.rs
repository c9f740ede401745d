//! A small model to read requests against.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use tessera_schema::definition::ObjectDefinition;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::model::Model;
use tessera_schema::object::{Object, ObjectSource, Origin};
use uuid::Uuid;

/// Companies, their contacts, and tags of both.
pub(super) fn model() -> Model {
    let definitions = [
        json!({"api_name": "company", "plural_api_name": "companies", "fields": [
            {"api_name": "name", "type": "text"},
            {"api_name": "address", "type": "address"},
            {"api_name": "parent", "type": "relation", "settings": {
                "to": "company", "inverse": {"api_name": "children"},
            }},
        ]}),
        json!({"api_name": "contact", "fields": [
            {"api_name": "first_name", "type": "text", "settings": {"searchable": true}},
            {"api_name": "lead_score", "type": "integer"},
            {"api_name": "amount", "type": "currency"},
            {"api_name": "owner", "type": "user"},
            {"api_name": "company", "type": "relation", "settings": {
                "to": "company", "inverse": {"api_name": "contacts"},
            }},
            {"api_name": "tags", "type": "many_to_many", "settings": {"to": "tag"}},
        ]}),
        json!({"api_name": "tag", "fields": [{"api_name": "name", "type": "text"}]}),
    ];
    let sources = (0..)
        .zip(definitions)
        .map(|(position, definition)| source(position, definition));
    Model::compile(FieldTypes::builtin(), sources.collect()).unwrap()
}

pub(super) fn contact(model: &Model) -> &Arc<Object> {
    model.by_plural("contacts").unwrap()
}

fn source(position: i32, definition: Json) -> ObjectSource {
    let definition = ObjectDefinition::parse(definition).unwrap();
    ObjectSource::new(definition, &Origin::Tenant, position, Uuid::now_v7)
}
