//! A small model, and the way of a document up to the engine.

use serde_json::{Map, Value as Json, json};
use std::sync::{Arc, LazyLock};
use tessera_compiler::cursor::CursorKey;
use tessera_compiler::query::tree::{
    Connection, ConnectionPart, GroupItem, GroupShape, Item, Root, Selection, Shape,
};
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::tenant::{SchemaName, Tenant};
use tessera_compiler::write::Write;
use tessera_engine::request_context::RequestContext;
use tessera_identity::principal::{HeldRoles, Principal};
use tessera_schema::access::grants::Grants;
use tessera_schema::access::permissions::Permissions;
use tessera_schema::access::role::Roles;
use tessera_schema::access::view::View;
use tessera_schema::aggregate::{Aggregate, Key, Operand};
use tessera_schema::date_part::DatePart;
use tessera_schema::definition::ObjectDefinition;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::ident::{TenantId, UserId};
use tessera_schema::model::Model;
use tessera_schema::object::{ObjectSource, Origin};
use tessera_schema::record::Record;
use uuid::Uuid;

use crate::compile::{self, Planned, Step};
use crate::document::Document;
use crate::error::GraphQlError;
use crate::operation;
use crate::schema::Built;
use crate::scope::Scope;
use crate::validate::validate;

pub(super) fn compiled(definitions: &[Json]) -> Arc<Model> {
    let sources = definitions.iter().enumerate().map(|(index, definition)| {
        let definition =
            ObjectDefinition::parse(definition.clone()).expect("the definition is well formed");
        ObjectSource::new(
            definition,
            &Origin::Tenant,
            i32::try_from(index).expect("few"),
            Uuid::now_v7,
        )
    });
    let model = Model::compile(FieldTypes::builtin(), sources.collect());
    Arc::new(model.expect("the field types exist"))
}

pub(super) static MODEL: LazyLock<Arc<Model>> = LazyLock::new(|| {
    let options = |values: &[&str]| json!({"options": values.iter().map(|v| json!({"value": v})).collect::<Vec<_>>()});
    let company = json!({
        "api_name": "company", "plural_api_name": "companies", "description": "An organisation.",
        "fields": [
            {"api_name": "name", "type": "text", "required": true, "settings": {"searchable": true}, "description": "As it is registered."},
            {"api_name": "city", "type": "text"},
            {"api_name": "address", "type": "address"},
            {"api_name": "employees", "type": "integer"},
        ],
    });
    let contact = json!({
        "api_name": "contact",
        "fields": [
            {"api_name": "first_name", "type": "text"},
            {"api_name": "last_name", "type": "text", "required": true},
            {"api_name": "line_2", "type": "text"},
            {"api_name": "status", "type": "select", "required": true, "default_value": "lead", "settings": options(&["lead", "won"])},
            {"api_name": "interests", "type": "multi_select", "settings": options(&["a", "b"])},
            {"api_name": "lead_score", "type": "integer"},
            {"api_name": "born", "type": "date"},
            {"api_name": "extra", "type": "json"},
            {"api_name": "number", "type": "auto_number", "settings": {"format": "C-{0000}"}},
            {"api_name": "owner", "type": "user"},
            {"api_name": "company", "type": "relation", "settings": {"to": "company", "inverse": {"api_name": "contacts"}}},
            {"api_name": "tags", "type": "many_to_many", "settings": {"to": "tag", "inverse": {"api_name": "contacts"}}},
        ],
    });
    let opportunity = json!({
        "api_name": "opportunity", "plural_api_name": "opportunities",
        "fields": [
            {"api_name": "name", "type": "text", "required": true},
            {"api_name": "amount", "type": "currency"},
            {"api_name": "probability", "type": "percent"},
            {"api_name": "company", "type": "relation", "required": true, "settings": {"to": "company", "inverse": {"api_name": "opportunities"}}},
            {"api_name": "contact", "type": "relation", "settings": {"to": "contact", "inverse": {"api_name": "opportunities"}}},
        ],
    });
    let tag = json!({
        "api_name": "tag",
        "fields": [
            {"api_name": "name", "type": "text"},
            {"api_name": "uses", "type": "integer", "settings": {"max": i64::MAX}},
        ],
    });
    compiled(&[company, contact, opportunity, tag])
});

/// A model as somebody sees it who may read all records, and change them.
pub(super) fn seen(model: &Arc<Model>, writes: bool) -> View {
    let all = json!({"read": true, "create": writes, "update": writes, "delete": writes, "restore": writes, "destroy": writes});
    seen_by(model, &json!({"default": all}))
}

/// A model as callers of a role see it.
pub(super) fn seen_by(model: &Arc<Model>, role: &Json) -> View {
    let permissions = Permissions::read(role.as_object().unwrap()).unwrap();
    let grants = Grants::new(vec![Arc::new(permissions)]);
    View::of(model, &Arc::new(grants))
}

/// Everything up to the engine, as `execute` does it.
pub(super) fn plan_on(
    model: &Arc<Model>,
    scope: Option<Scope>,
    text: &str,
    variables: &Json,
) -> Result<Vec<Planned>, Vec<GraphQlError>> {
    let variables: Map<String, Json> = variables.as_object().cloned().unwrap_or_default();
    let document = Document::parse(text, None).map_err(|error| vec![error])?;
    let scope = scope.unwrap_or_else(|| {
        if document.introspects() {
            Scope::Everything
        } else {
            document.scope(&variables)
        }
    });
    let view = seen(model, true);
    let built = Built::new(&view, &scope);
    block_on(validate(&built.schema, &document))?;
    let fields = operation::fields(model, built.schema.registry(), &document, &variables)?;
    let id = TenantId(Uuid::nil());
    let tenant = Tenant {
        id,
        slug: "acme".to_owned(),
        name: "Acme".to_owned(),
        schema: SchemaName::of(id),
    };
    let cursors = CursorKey::of_no_secret(id);
    let snapshot = Snapshot::new(
        tenant,
        1,
        Arc::clone(model),
        Roles::default(),
        None,
        cursors,
    );
    let context = RequestContext::of(Principal {
        tenant: id,
        user: UserId(Uuid::nil()),
        held: Arc::new(HeldRoles::of(&[])),
        team_ids: Arc::default(),
    });
    Ok(compile::plan(
        &context,
        &snapshot,
        &view,
        document.kind(),
        &fields,
        &variables,
        None,
    )
    .fields)
}

pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime starts").block_on(future)
}

/// The plan, which must be the same whether the schema is whole or only as large as the document needs.
pub(super) fn plan(text: &str, variables: &Json) -> Result<Vec<Planned>, Vec<GraphQlError>> {
    let partial = plan_on(&MODEL, None, text, variables);
    let whole = plan_on(&MODEL, Some(Scope::Everything), text, variables);
    assert_eq!(
        partial.is_ok(),
        whole.is_ok(),
        "partial: {partial:?}\nwhole: {whole:?}"
    );
    partial
}

/// The errors of a document, wherever they arise.
pub(super) fn errors(text: &str, variables: &Json) -> Vec<GraphQlError> {
    match plan(text, variables) {
        Ok(planned) => planned
            .into_iter()
            .filter_map(|field| field.step.err())
            .collect(),
        Err(errors) => errors,
    }
}

pub(super) fn message(text: &str, variables: &Json) -> String {
    let errors = errors(text, variables);
    errors
        .first()
        .map(|error| error.message.clone())
        .expect("an error is expected")
}

pub(super) fn roots(text: &str, variables: &Json) -> Vec<Root> {
    let planned = plan(text, variables).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let roots = planned.into_iter().filter_map(|field| match field.step {
        Ok(Step::Read(root)) => Some(root),
        Ok(_) => None,
        Err(error) => panic!("{error:#?}"),
    });
    roots.collect()
}

pub(super) fn connection(text: &str, variables: &Json) -> Connection {
    match roots(text, variables).swap_remove(0) {
        Root::Many { connection, .. } => connection,
        other => panic!("{other:?}"),
    }
}

pub(super) fn write(text: &str, variables: &Json) -> Write {
    let planned = plan(text, variables)
        .unwrap_or_else(|errors| panic!("{errors:#?}"))
        .swap_remove(0);
    match planned.step {
        Ok(Step::Write(write, _) | Step::WriteMany(write, ..)) => write,
        other => panic!("{other:?}"),
    }
}

/// What a record holds, by column.
pub(super) fn values(record: &Record) -> Json {
    let columns = record.columns.iter();
    let values = columns.map(|(name, value)| (name.to_string(), value.clone()));
    Json::Object(values.collect())
}

/// A connection's parts in short: keys, and what is under them.
pub(super) fn outline(connection: &Connection) -> String {
    let Shape::Object(parts) = &connection.shape else {
        panic!("a connection is an object");
    };
    let parts = parts.iter().map(|(key, part)| match part {
        ConnectionPart::Nodes(selection) => format!("{key}: nodes {}", outline_of(selection)),
        ConnectionPart::Constant(text) => format!("{key}: '{text}'"),
        ConnectionPart::Total => format!("{key}: total"),
        ConnectionPart::Aggregate(aggregates, shape) => {
            format!("{key}: {}", shape_of(shape, &[], aggregates))
        }
        ConnectionPart::Edges(parts) => format!("{key}: edges {parts:?}"),
        ConnectionPart::Page(parts) => format!("{key}: page {parts:?}"),
    });
    format!(
        "[{}] {{{}}}",
        connection.window.limit,
        parts.collect::<Vec<_>>().join(", ")
    )
}

pub(super) fn outline_of(selection: &Selection) -> String {
    let items = selection.0.iter().map(|(key, item)| match item {
        Item::Column(leaf) => format!("{key}: {}", leaf.column),
        Item::Composite { parts, .. } => format!(
            "{key}: {}",
            parts
                .iter()
                .map(|(key, _)| key.as_str())
                .collect::<Vec<_>>()
                .join("+")
        ),
        Item::ToOne(_, target, selection) => {
            format!("{key}: {} {}", target.api_name(), outline_of(selection))
        }
        Item::ToMany(_, target, inner) => {
            format!("{key}: {} {}", target.api_name(), outline(inner))
        }
        Item::GlobalId { prefix } => format!("{key}: {prefix}id"),
        Item::Constant(text) => format!("{key}: '{text}'"),
    });
    format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
}

/// What is shown of groups in short: keys, and what is under them.
pub(super) fn shape_of(shape: &GroupShape, keys: &[Key], aggregates: &[Aggregate]) -> String {
    let items = shape.0.iter().map(|(key, item)| match item {
        GroupItem::Key(place) => format!("{key}: {}", of_key(&keys[*place])),
        GroupItem::Aggregate(place) => format!("{key}: {}", of_aggregate(&aggregates[*place])),
        GroupItem::Amounts(place, parts) => {
            format!(
                "{key}: {} each {parts:?}",
                of_aggregate(&aggregates[*place])
            )
        }
        GroupItem::Object(inner) => format!("{key}: {}", shape_of(inner, keys, aggregates)),
        GroupItem::Constant(text) => format!("{key}: '{text}'"),
    });
    format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
}

pub(super) fn of_key(key: &Key) -> String {
    let path = key.path.iter().map(|step| format!("{}.", step.key));
    let part = key.part.map_or("", DatePart::name);
    let path: String = path.collect();
    format!("{part}({path}{})", key.source.name)
}

pub(super) fn of_aggregate(aggregate: &Aggregate) -> String {
    let columns = match &aggregate.operand {
        Operand::Records => "*".to_owned(),
        Operand::Value { columns, .. } => {
            let names: Vec<_> = columns.iter().map(ToString::to_string).collect();
            names.join("+")
        }
    };
    format!("{}({columns})", aggregate.function.name())
}

/// The first error of a document that has one under this model.
pub(super) fn message_on(model: &Arc<Model>, text: &str) -> String {
    let errors = plan_on(model, None, text, &json!({})).expect_err("an error is expected");
    errors[0].message.clone()
}
