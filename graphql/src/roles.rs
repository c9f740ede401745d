//! What an operation's variables are for, as far as the document tells: which of them a plan depends on as they stand, and of
//! which only the shape matters.

use async_graphql::Positioned;
use async_graphql::parser::types::{Directive, OperationDefinition, Selection, SelectionSet};
use async_graphql_value::Value;
use serde_json::{Map, Value as Json};
use tessera_engine::plan::shape;

/// Arguments whose values go to the database as parameters: only their shape is compiled.
const VALUES: [&str; 4] = ["filter", "id", "after", "before"];
/// The argument that has records to write.
const RECORDS: &str = "data";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Unused,
    /// Stands only where values are bound.
    Value,
    /// Stands only in records that are written.
    Records,
    /// Stands where it decides what is done.
    Fixed,
}

impl Role {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unused, role) | (role, Self::Unused) => role,
            (one, other) if one == other => one,
            _ => Self::Fixed,
        }
    }
}

/// The variables of a document's operation, each with its role.
#[derive(Debug)]
pub(crate) struct Roles(Vec<(String, Role)>);

impl Roles {
    pub(crate) fn of(operation: &OperationDefinition, fragments: &[&SelectionSet]) -> Self {
        let names = operation.variable_definitions.iter();
        let mut roles = Self(
            names
                .map(|definition| (definition.node.name.node.to_string(), Role::Unused))
                .collect(),
        );
        roles.directives(&operation.directives);
        roles.set(&operation.selection_set.node);
        fragments.iter().for_each(|set| roles.set(set));
        roles
    }

    fn set(&mut self, set: &SelectionSet) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => {
                    for (name, value) in &field.node.arguments {
                        let role = match name.node.as_str() {
                            name if VALUES.contains(&name) => Role::Value,
                            RECORDS => Role::Records,
                            _ => Role::Fixed,
                        };
                        self.value(&value.node, role);
                    }
                    self.set(&field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for directive in directives {
            for (_, value) in &directive.node.arguments {
                self.value(&value.node, Role::Fixed);
            }
        }
    }

    fn value(&mut self, value: &Value, role: Role) {
        match value {
            Value::Variable(name) => {
                let known = self.0.iter_mut().find(|(known, _)| known == name.as_str());
                if let Some((_, known)) = known {
                    *known = known.and(role);
                }
            }
            Value::List(items) => items.iter().for_each(|item| self.value(item, role)),
            Value::Object(entries) => entries.values().for_each(|value| self.value(value, role)),
            _ => {}
        }
    }

    /// Adds to a plan's key what the plan depends on of the variables.
    pub(crate) fn write_key(&self, variables: &Map<String, Json>, key: &mut Vec<u8>) {
        for (name, role) in &self.0 {
            match (variables.get(name), role) {
                (None, _) => key.push(b'-'),
                (Some(value), Role::Value | Role::Unused) => shape::write(value, key),
                (Some(value), Role::Records) => shape::write_records(value, key),
                (Some(value), Role::Fixed) => shape::text(&value.to_string(), key),
            }
        }
    }
}
