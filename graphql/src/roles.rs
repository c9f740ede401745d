//! What an operation's variables are for, as far as the document tells: which of them a plan depends on as they stand, and of
//! which only the shape matters.

use async_graphql::Positioned;
use async_graphql::parser::types::{Directive, OperationDefinition, Selection, SelectionSet};
use async_graphql_value::Value;
use serde_json::{Map, Value as Json};
use tessera_compiler::plan::shape;

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

#[cfg(test)]
mod tests {
    use super::Role::{self, Fixed, Records, Unused, Value};
    use crate::document::Document;
    use serde_json::{Map, Value as Json, json};

    fn document(text: &str) -> Document {
        Document::parse(text, None).unwrap()
    }

    fn roles(text: &str) -> Vec<(String, Role)> {
        document(text).roles.0
    }

    /// The role of `$x` where it stands in this operation.
    fn role(selection: &str) -> Role {
        let operation = format!("query($x: Any, $other: Any) {{ {selection} }}");
        let (name, role) = roles(&operation).swap_remove(0);
        assert_eq!(name, "x");
        role
    }

    #[test]
    fn places_give_variables_their_roles() {
        for (selection, expected) in [
            ("f", Unused),
            ("f(filter: $x)", Value),
            ("f(filter: {a: {or: [{b: {in: [1, $x]}}]}})", Value),
            ("f(id: $x)", Value),
            ("f(after: $x)", Value),
            ("f(before: $x)", Value),
            ("f(data: $x)", Records),
            ("f(data: [{a: {b: $x}}])", Records),
            ("f(first: $x)", Fixed),
            ("f(orderBy: [{a: $x}])", Fixed),
            ("f(on: $x)", Fixed),
            ("f(having: {filter: $x})", Fixed),
            ("f @include(if: $x)", Fixed),
            ("... @skip(if: $x) { f }", Fixed),
            ("f { g { h(filter: $x) } }", Value),
            ("... on T { f(filter: $x) }", Value),
            ("f(filter: $other)", Unused),
        ] {
            assert_eq!(role(selection), expected, "{selection}");
        }
    }

    #[test]
    fn what_has_two_roles_is_taken_as_it_stands() {
        for (selection, expected) in [
            ("f(filter: $x, id: $x) g(filter: $x)", Value),
            ("f(data: $x) g(data: {a: $x})", Records),
            ("f(filter: $x, first: $x)", Fixed),
            ("f(first: $x) g(filter: $x)", Fixed),
            ("f(filter: $x, data: $x)", Fixed),
            ("f(data: $x) g(filter: $x)", Fixed),
            ("f(filter: $x) @include(if: $x)", Fixed),
            ("f(filter: $x) { g(first: $x) }", Fixed),
        ] {
            assert_eq!(role(selection), expected, "{selection}");
        }
    }

    #[test]
    fn fragments_count_wherever_they_are_spread() {
        let spread = "query($x: Any) { f { ...p } } fragment p on T { ...q } fragment q on T { g(first: $x) h(filter: $x) }";
        assert_eq!(roles(spread), [("x".to_owned(), Fixed)]);
        let value = "query($x: Any) { f { ...p } } fragment p on T { h(filter: $x) }";
        assert_eq!(roles(value), [("x".to_owned(), Value)]);
        let on_the_operation = "query($x: Any) @d(a: $x) { f(filter: $x) }";
        assert_eq!(roles(on_the_operation), [("x".to_owned(), Fixed)]);
    }

    fn key(operation: &str, variables: Json) -> Vec<u8> {
        let Json::Object(variables) = variables else {
            panic!("variables are an object")
        };
        let mut key = Vec::new();
        document(operation).roles.write_key(&variables, &mut key);
        key
    }

    #[test]
    fn keys_depend_on_what_roles_let_them() {
        let filter = "query($x: Any, $y: Any) { f(filter: $x, id: $y) }";
        let first = "query($x: Any, $y: Any) { f(first: $x, id: $y) }";
        let data = "mutation($x: Any, $y: Any) { f(data: $x, id: $y) }";
        let alike = [
            (filter, json!({"x": {"a": 1}}), json!({"x": {"a": 2}})),
            (filter, json!({"x": 1, "unknown": 5}), json!({"x": 1})),
            (
                data,
                json!({"x": {"on": true}}),
                json!({"x": {"on": false}}),
            ),
            (
                data,
                json!({"x": [{"a": 1}]}),
                json!({"x": [{"a": 2}, {"a": 3}]}),
            ),
        ];
        for (operation, one, other) in alike {
            assert_eq!(
                key(operation, one.clone()),
                key(operation, other.clone()),
                "{one} {other}"
            );
        }
        let apart = [
            (filter, json!({}), json!({"x": null})),
            (filter, json!({"x": "a"}), json!({"y": "a"})),
            (
                filter,
                json!({"x": {"on": true}}),
                json!({"x": {"on": false}}),
            ),
            (first, json!({"x": 1}), json!({"x": 2})),
            (first, json!({"x": [1]}), json!({"x": [1, 2]})),
            (data, json!({"x": [{"a": 1}]}), json!({"x": {"a": 1}})),
            (data, json!({"x": {"a": 1}}), json!({"x": {"a": null}})),
            (
                data,
                json!({"x": [{"a": 1}]}),
                json!({"x": [{"a": 1}, {"b": 1}]}),
            ),
        ];
        for (operation, one, other) in apart {
            assert_ne!(
                key(operation, one.clone()),
                key(operation, other.clone()),
                "{one} {other}"
            );
        }
        assert_eq!(key(filter, Map::new().into()), b"--");
    }
}
