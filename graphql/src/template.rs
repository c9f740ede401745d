//! An argument as a document writes it: what in it is the same in every request, and where variables stand.

use async_graphql_value::Value;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::cell::Cell;
use tessera_schema::source::{Origin, Source};
use tessera_schema::violation::Pointer;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Template {
    Constant(Json),
    Variable(String),
    Object(Vec<(String, Template)>),
    List(Vec<Template>),
}

impl Template {
    /// `default` tells of a variable that is left out what it then stands for, if anything: requests that leave out others
    /// have other templates.
    pub(crate) fn of(value: &Value, default: &dyn Fn(&str) -> Option<Json>) -> Self {
        match value {
            Value::Variable(name) => {
                default(name).map_or_else(|| Self::Variable(name.to_string()), Self::Constant)
            }
            Value::Object(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| (key.to_string(), Self::of(value, default)));
                Self::Object(entries.collect()).folded()
            }
            Value::List(items) => {
                let items = items.iter().map(|item| Self::of(item, default));
                Self::List(items.collect()).folded()
            }
            constant => Self::Constant(constant.clone().into_json().unwrap_or(Json::Null)),
        }
    }

    /// A constant, where no part of it varies.
    fn folded(self) -> Self {
        match self {
            Self::Object(entries) => {
                let constant = entries.iter().map(|(key, value)| match value {
                    Self::Constant(json) => Some((key.clone(), json.clone())),
                    _ => None,
                });
                let constant: Option<Map<_, _>> = constant.collect();
                constant.map_or(Self::Object(entries), |map| Self::Constant(map.into()))
            }
            Self::List(items) => {
                let constant = items.iter().map(|value| match value {
                    Self::Constant(json) => Some(json.clone()),
                    _ => None,
                });
                let constant: Option<Vec<_>> = constant.collect();
                constant.map_or(Self::List(items), |items| Self::Constant(items.into()))
            }
            other => other,
        }
    }

    /// The argument in one request; none where all of it is an omitted variable.
    pub(crate) fn fill<'v>(&'v self, variables: &'v Map<String, Json>) -> Option<Cow<'v, Json>> {
        Some(match self {
            Self::Constant(json) => Cow::Borrowed(json),
            Self::Variable(name) => Cow::Borrowed(variables.get(name)?),
            Self::Object(entries) => {
                let given = entries.iter().filter_map(|(key, value)| {
                    Some((key.clone(), value.fill(variables)?.into_owned()))
                });
                Cow::Owned(Json::Object(given.collect()))
            }
            Self::List(items) => {
                let items = items
                    .iter()
                    .map(|item| item.fill(variables).map_or(Json::Null, Cow::into_owned));
                Cow::Owned(items.collect())
            }
        })
    }
}

/// Where the values of one argument come from in one request.
#[derive(Debug)]
pub(crate) struct ArgumentOrigin<'a> {
    pub(crate) template: &'a Template,
    pub(crate) variables: &'a Map<String, Json>,
    /// Set where a value is put together of variables, so that no one place in a request has it.
    pub(crate) mixed: &'a Cell<bool>,
}

impl Origin for ArgumentOrigin<'_> {
    fn source(&self, at: &Pointer) -> Option<Source> {
        let mut template = self.template;
        let mut keys = at.keys();
        loop {
            let next = match template {
                Template::Constant(_) => return None,
                // One that was left out has a default, or takes its argument with it.
                Template::Variable(name) if !self.variables.contains_key(name) => return None,
                Template::Variable(name) => {
                    let rest = keys.fold(Pointer::root(), |at, key| at.key(key));
                    return Some(Source::input(name).below(&rest));
                }
                Template::Object(entries) => keys.next().and_then(|key| {
                    let found = entries.iter().find(|(name, _)| *name == key);
                    // One value stands for a list of it.
                    let alone = (key == "0").then_some(template);
                    found.map(|(_, value)| value).or(alone)
                }),
                Template::List(items) => keys
                    .next()
                    .and_then(|key| items.get(key.parse::<usize>().ok()?)),
            };
            let Some(next) = next else {
                self.mixed.set(true);
                return None;
            };
            template = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ArgumentOrigin, Template};
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::Selection;
    use serde_json::{Map, Value as Json, json};
    use std::borrow::Cow;
    use std::cell::Cell;
    use tessera_schema::source::{Origin, Source};
    use tessera_schema::violation::Pointer;

    fn template(argument: &str) -> Template {
        let document = parse_query(format!("{{ f(a: {argument}) }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else {
            panic!("a field")
        };
        Template::of(&field.node.arguments[0].1.node, &|name| {
            (name == "defaulted").then(|| json!("the default"))
        })
    }

    fn variables(json: &Json) -> Map<String, Json> {
        json.as_object().unwrap().clone()
    }

    #[test]
    fn it_is_filled_with_what_each_request_gives() {
        let template = template("{a: $x, b: [1, $y], c: {d: $z}, e: \"k\"}");
        let filled = template
            .fill(&variables(&json!({"x": [1], "z": null})).clone())
            .map(Cow::into_owned);
        assert_eq!(
            filled,
            Some(json!({"a": [1], "b": [1, null], "c": {"d": null}, "e": "k"}))
        );
        assert_eq!(
            super::Template::Variable("x".into()).fill(&Map::new()),
            None
        );
    }

    #[test]
    fn what_has_no_variables_is_a_constant() {
        assert_eq!(
            template("{a: [1, {b: KEY}]}"),
            Template::Constant(json!({"a": [1, {"b": "KEY"}]}))
        );
    }

    #[test]
    fn a_default_stands_where_its_variable_is_left_out() {
        assert_eq!(
            template("{a: [$defaulted]}"),
            Template::Constant(json!({"a": ["the default"]}))
        );
        let template = template("{a: $defaulted, b: $x}");
        let filled = template.fill(&Map::new()).map(Cow::into_owned);
        assert_eq!(filled, Some(json!({"a": "the default"})));
    }

    #[test]
    fn places_lead_to_variables_or_to_nothing_that_varies() {
        let given = variables(&json!({"x": 1, "f": {"or": []}, "l": "one"}));
        let find = |argument: &str, at: &str| {
            let mixed = Cell::new(false);
            let template = template(argument);
            let origin = ArgumentOrigin {
                template: &template,
                variables: &given,
                mixed: &mixed,
            };
            let source = origin.source(&Pointer::parsed(at));
            (source, mixed.get())
        };
        let from =
            |name: &str, below: &str| Some(Source::input(name).below(&Pointer::parsed(below)));
        assert_eq!(find("{a: {eq: $x}}", "/a/eq"), (from("x", ""), false));
        assert_eq!(find("$f", "/or/0/a/eq"), (from("f", "/or/0/a/eq"), false));
        assert_eq!(
            find("{or: {a: {eq: $x}}}", "/or/0/a/eq"),
            (from("x", ""), false)
        );
        assert_eq!(find("{a: {eq: 5}, b: $x}", "/a/eq"), (None, false));
        assert_eq!(find("{a: {eq: $omitted}}", "/a/eq"), (None, false));
        assert_eq!(find("{a: {in: [$x, $x]}}", "/a/in"), (None, true));
        assert_eq!(
            find("{a: {contains: {k: $x}}}", "/a/contains"),
            (None, true)
        );
    }
}
