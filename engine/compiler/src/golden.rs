//! The statements themselves, to be read: what is asked of Postgres for what is asked of the engine.

mod aggregates;
mod checked;
mod guarded;
mod print;
mod reads;
mod writes;

use serde_json::{Value as Json, json};
use std::sync::Arc;
use tessera_schema::access::Right;
use tessera_schema::access::area::Area;
use tessera_schema::access::grants::Grants;
use tessera_schema::access::permissions::Permissions;
use tessera_schema::access::role::Roles;
use tessera_schema::access::view::View;
use tessera_schema::definition::ObjectDefinition;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::filter::Filter;
use tessera_schema::ident::{RecordId, TenantId, UserId};
use tessera_schema::model::Model;
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Attribute, Object, ObjectSource, Origin};
use tessera_schema::sort::Sort;
use uuid::Uuid;

use crate::cursor::{Cursor, CursorKey};
use crate::query::tree::{
    Connection, ConnectionPart, Deleted, Item, Leaf, Selection, Shape, Window,
};
use crate::snapshot::Snapshot;
use crate::tenant::{SchemaName, Tenant};
use crate::trigrams::Trigrams;

/// Companies have contacts, and contacts tags.
fn model() -> Snapshot {
    model_of([
        json!({"api_name": "company", "plural_api_name": "companies", "fields": [
            {"api_name": "name", "type": "text", "required": true, "unique": true, "settings": {"searchable": true}},
            {"api_name": "city", "type": "text"},
        ]}),
        json!({"api_name": "contact", "fields": [
            {"api_name": "name", "type": "text"},
            {"api_name": "score", "type": "integer", "required": true},
            {"api_name": "fee", "type": "currency"},
            {"api_name": "company", "type": "relation",
             "settings": {"to": "company", "inverse": {"api_name": "contacts"}}},
            {"api_name": "tags", "type": "many_to_many",
             "settings": {"to": "tag", "inverse": {"api_name": "contacts"}}},
        ]}),
        json!({"api_name": "tag", "label_field": "label",
               "fields": [{"api_name": "label", "type": "text", "settings": {"searchable": true}}]}),
    ])
}

fn model_of(definitions: impl IntoIterator<Item = Json>) -> Snapshot {
    let sources = definitions.into_iter().zip(1..).map(|(body, number)| {
        let definition = ObjectDefinition::parse(body).unwrap();
        ObjectSource::new(definition, &Origin::Tenant, number, Uuid::now_v7)
    });
    let id = TenantId(Uuid::from_u128(0xacce));
    let tenant = Tenant {
        id,
        slug: "acme".to_owned(),
        name: "Acme".to_owned(),
        schema: SchemaName::of(id),
    };
    let model = Model::compile(FieldTypes::builtin(), sources.collect()).unwrap();
    let trigrams = Some(Trigrams::in_schema("extensions"));
    let cursors = CursorKey::of_no_secret(id);
    Snapshot::new(
        tenant,
        7,
        Arc::new(model),
        Roles::default(),
        trigrams,
        cursors,
    )
}

/// What somebody sees from whom nothing is hidden.
fn view(snapshot: &Snapshot) -> Arc<View> {
    let all = Permissions::of_all(&Right::ALL, Area::ALL);
    let grants = Grants::new(vec![Arc::new(all)]);
    Arc::new(View::of(snapshot.whole(), &Arc::new(grants)))
}

fn actor() -> UserId {
    UserId(Uuid::from_u128(0xada))
}

fn cursor() -> Cursor {
    Cursor("a cursor".to_owned())
}

fn record_id() -> RecordId {
    RecordId(Uuid::from_u128(0x1d))
}

fn object(snapshot: &Snapshot, name: &str) -> Arc<Object> {
    Arc::clone(snapshot.whole().object(name).unwrap())
}

fn filter(snapshot: &Snapshot, object: &Object, filter: &Json) -> Filter {
    Filter::parse(snapshot.whole(), object, filter, Spelling::Snake).unwrap()
}

/// Plain values by their keys.
fn columns(object: &Object, keys: &[&str]) -> Selection {
    let items = keys.iter().map(|key| {
        let Some(Attribute::Column(_, column)) = object.attribute(key) else {
            panic!("{key} is no plain value")
        };
        let leaf = Leaf {
            column: column.name.clone(),
            column_type: column.column_type.clone(),
        };
        ((*key).to_owned(), Item::Column(leaf))
    });
    Selection(items.collect())
}

/// The first three records in an order, as an array.
fn list(snapshot: &Snapshot, object: &Arc<Object>, sort: &str, selection: Selection) -> Connection {
    Connection {
        filter: Filter::all(),
        search: None,
        sort: Sort::parse(snapshot.whole(), object, sort).unwrap(),
        window: Window::first(3),
        deleted: Deleted::Exclude,
        shape: Shape::Array {
            records: selection,
            more: None,
        },
    }
}

/// A to-many relation of `object`.
fn related(
    snapshot: &Snapshot,
    object: &Object,
    key: &str,
    connection: impl FnOnce(&Arc<Object>) -> Connection,
) -> (String, Item) {
    let Some(Attribute::ToMany(to_many)) = object.attribute(key) else {
        panic!("{key} leads to no records")
    };
    let target = Arc::clone(snapshot.whole().target(&to_many.target));
    let connection = connection(&target);
    (
        key.to_owned(),
        Item::ToMany(to_many, target, Box::new(connection)),
    )
}

fn nodes(selection: Selection) -> (String, ConnectionPart) {
    ("nodes".to_owned(), ConnectionPart::Nodes(selection))
}
