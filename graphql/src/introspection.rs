//! Questions about the schema itself: the one thing async-graphql answers.

use async_graphql::dynamic::Schema;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field as Node, OperationDefinition, OperationType,
    Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Request};
use async_graphql_value::Value;
use std::collections::HashMap;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::error::GraphQlError;
use crate::field::Field;
use crate::introspected::Turn;

/// Introspecting fields at the root of one operation.
const MOST: usize = 10;
/// Levels of selection below such a field.
const DEEPEST: usize = 20;
/// Lists of fields within lists of fields: each level multiplies the answer by the size of the schema.
const LISTS: usize = 2;

pub(crate) fn is_introspection(field: &Field) -> bool {
    matches!(field.name.as_str(), "__schema" | "__type")
}

/// Whether a type is one that only introspection answers with.
pub(crate) fn is_about_types(type_name: &str) -> bool {
    type_name.starts_with("__")
}

/// Refuses questions whose answer would outgrow the schema.
pub(crate) fn check(fields: &[Field]) -> Result<(), GraphQlError> {
    let introspecting = || fields.iter().filter(|field| is_introspection(field));
    if introspecting().count() > MOST {
        let message = format!("an operation may ask about the schema at most {MOST} times");
        return Err(GraphQlError::limit("too_many", message, Vec::new()));
    }
    introspecting().try_for_each(|field| check_field(field, 1, 0))
}

fn check_field(field: &Field, depth: usize, lists: usize) -> Result<(), GraphQlError> {
    let is_list = matches!(
        field.name.as_str(),
        "fields" | "inputFields" | "interfaces" | "possibleTypes"
    );
    let lists = lists + usize::from(is_list);
    if depth > DEEPEST || lists > LISTS {
        let message =
            format!("introspection may nest at most {DEEPEST} levels, and {LISTS} lists of fields");
        return Err(GraphQlError::limit("too_deep", message, vec![field.at]));
    }
    field
        .fields
        .iter()
        .try_for_each(|inner| check_field(inner, depth + 1, lists))
}

/// The answer to one introspecting root field, as JSON text. Though nobody wait for it any more the `turn` lasts until it is made.
pub(crate) async fn answer(
    schema: &Schema,
    field: &Field,
    turn: Option<Turn>,
) -> Result<String, Vec<GraphQlError>> {
    let operation = OperationDefinition {
        ty: OperationType::Query,
        variable_definitions: Vec::new(),
        directives: Vec::new(),
        selection_set: selection_set(std::slice::from_ref(field)),
    };
    let mut request = Request::new("");
    request.set_parsed_query(ExecutableDocument {
        operations: DocumentOperations::Single(Positioned::new(operation, field.at)),
        fragments: HashMap::new(),
    });
    let schema = schema.clone();
    // Large schemas keep a thread busy for long: not one that serves others.
    let executing = spawn_blocking(move || {
        let _turn = turn;
        Handle::current().block_on(schema.execute(request))
    });
    let response = executing
        .await
        .expect("answering about a schema does not panic");
    if !response.errors.is_empty() {
        return Err(response
            .errors
            .into_iter()
            .map(GraphQlError::from)
            .collect());
    }
    let value = match response.data {
        async_graphql::Value::Object(mut data) => data.swap_remove(field.key.as_str()),
        _ => None,
    };
    Ok(serde_json::to_string(&value.unwrap_or_default())
        .expect("an answer about the schema is plain JSON"))
}

/// The document that asks for just these fields.
fn selection_set(fields: &[Field]) -> Positioned<SelectionSet> {
    let items = fields.iter().map(|field| {
        let node = Node {
            alias: Some(Positioned::new(Name::new(&field.key), field.at)),
            name: Positioned::new(Name::new(&field.name), field.at),
            arguments: field
                .arguments
                .iter()
                .filter_map(|(name, value)| {
                    let value = Value::from_json(value.clone()).ok()?;
                    Some((
                        Positioned::new(Name::new(name), field.at),
                        Positioned::new(value, field.at),
                    ))
                })
                .collect(),
            directives: Vec::new(),
            selection_set: selection_set(&field.fields),
        };
        Positioned::new(Selection::Field(Positioned::new(node, field.at)), field.at)
    });
    Positioned::new(
        SelectionSet {
            items: items.collect(),
        },
        fields.first().map_or_else(Default::default, |f| f.at),
    )
}
