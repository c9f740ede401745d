//! A request's document: parsed, within limits, and with the operation that is asked for.

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
    Selection, SelectionSet, Type,
};
use async_graphql::{Name, Positioned, ServerError};
use async_graphql_value::Value;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::GraphQlError;
use crate::escapes;
use crate::limits;
use crate::roles::Roles;
use crate::scope::{Names, Scope};

#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) executable: ExecutableDocument,
    /// Only where the document has several.
    pub(crate) operation_name: Option<String>,
    /// How deep its brackets nest.
    nesting: usize,
    pub(crate) roles: Roles,
}

impl Document {
    pub(crate) fn parse(text: &str, operation_name: Option<&str>) -> Result<Self, GraphQlError> {
        let nesting = limits::check_text(text)?;
        let executable = parse_query(escapes::resolve(text)?)
            .map_err(|error| GraphQlError::from(ServerError::from(error)))?;
        limits::check_selections(&executable)?;
        let operation_name = choose(
            &executable.operations,
            operation_name.filter(|name| !name.is_empty()),
        )?;
        let fragments = executable.fragments.values();
        let fragments: Vec<_> = fragments
            .map(|fragment| &fragment.node.selection_set.node)
            .collect();
        let operation = operation(&executable, operation_name.as_deref());
        let roles = Roles::of(&operation.node, &fragments);
        Ok(Self {
            executable,
            operation_name,
            nesting,
            roles,
        })
    }

    /// The operation that is asked for.
    pub(crate) fn operation(&self) -> &Positioned<OperationDefinition> {
        operation(&self.executable, self.operation_name.as_deref())
    }

    pub(crate) fn kind(&self) -> OperationType {
        self.operation().node.ty
    }

    /// What the document and its variables can mean: everything they speak of, as far as they reach.
    pub(crate) fn scope(&self, variables: &Map<String, Json>) -> Scope {
        let mut names = BTreeSet::new();
        let mut mutation = false;
        for (_, operation) in self.executable.operations.iter() {
            let operation = &operation.node;
            mutation |= operation.ty == OperationType::Mutation;
            for definition in &operation.variable_definitions {
                names.insert(type_name(&definition.node.var_type.node).to_owned());
                if let Some(value) = &definition.node.default_value {
                    value_names(&value.node.clone().into_value(), &mut names);
                }
            }
            selection_names(&operation.selection_set.node, &mut names);
        }
        for fragment in self.executable.fragments.values() {
            names.insert(fragment.node.type_condition.node.on.node.to_string());
            selection_names(&fragment.node.selection_set.node, &mut names);
        }
        let in_variables = variables
            .values()
            .map(|value| json_names(value, &mut names))
            .max();
        let reach = self.nesting + in_variables.unwrap_or_default();
        Scope::Named(Arc::new(Names {
            names,
            reach,
            mutation,
        }))
    }

    /// Whether it asks about the schema itself, which then has to be there as a whole.
    pub(crate) fn introspects(&self) -> bool {
        let operations = self
            .executable
            .operations
            .iter()
            .map(|(_, operation)| &operation.node.selection_set);
        let fragments = self
            .executable
            .fragments
            .values()
            .map(|fragment| &fragment.node.selection_set);
        operations
            .chain(fragments)
            .any(|set| set_introspects(&set.node))
    }
}

fn operation<'d>(
    executable: &'d ExecutableDocument,
    name: Option<&str>,
) -> &'d Positioned<OperationDefinition> {
    let mut operations = executable.operations.iter();
    operations
        .find(|(known, _)| known.map(Name::as_str) == name)
        .map(|(_, operation)| operation)
        .expect("the operation is one of the document's")
}

/// The name of the operation to run, as far as one is needed.
fn choose(
    operations: &DocumentOperations,
    wanted: Option<&str>,
) -> Result<Option<String>, GraphQlError> {
    match (operations, wanted) {
        (DocumentOperations::Single(_), None) => Ok(None),
        (DocumentOperations::Multiple(all), Some(name)) if all.contains_key(name) => {
            Ok(Some(name.to_owned()))
        }
        (DocumentOperations::Multiple(all), None) if all.len() == 1 => {
            Ok(all.keys().next().map(ToString::to_string))
        }
        (DocumentOperations::Multiple(_), None) => {
            let message = "the document has several operations: say which one in `operationName`";
            Err(GraphQlError::malformed(message, Vec::new()))
        }
        (_, Some(name)) => {
            let name: String = name.chars().take(80).collect();
            Err(GraphQlError::malformed(
                format!("the document has no operation `{name}`"),
                Vec::new(),
            ))
        }
    }
}

/// The name inside the brackets of a type.
pub(crate) fn type_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => type_name(inner),
    }
}

fn set_introspects(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => matches!(field.node.name.node.as_str(), "__schema" | "__type"),
        Selection::InlineFragment(inline) => set_introspects(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => false,
    })
}

fn selection_names(set: &SelectionSet, names: &mut BTreeSet<String>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                names.insert(field.node.name.node.to_string());
                for (_, value) in &field.node.arguments {
                    value_names(&value.node, names);
                }
                selection_names(&field.node.selection_set.node, names);
            }
            Selection::InlineFragment(inline) => {
                if let Some(condition) = &inline.node.type_condition {
                    names.insert(condition.node.on.node.to_string());
                }
                selection_names(&inline.node.selection_set.node, names);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn value_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                names.insert(name.to_string());
                value_names(value, names);
            }
        }
        Value::List(items) => items.iter().for_each(|item| value_names(item, names)),
        _ => {}
    }
}

/// Collects the keys of a value and tells how deep it nests.
fn json_names(value: &Json, names: &mut BTreeSet<String>) -> usize {
    let deepest = match value {
        Json::Object(entries) => entries
            .iter()
            .map(|(name, value)| {
                if !names.contains(name) {
                    names.insert(name.clone());
                }
                json_names(value, names)
            })
            .max(),
        Json::Array(items) => items.iter().map(|item| json_names(item, names)).max(),
        _ => return 0,
    };
    1 + deepest.unwrap_or_default()
}
