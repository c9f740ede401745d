//! The condition on groups: the filter language over their aggregates.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::Reader;
use crate::filter::{Filter, Subject, conditions_of};
use crate::function::Function;
use crate::text::clip;
use crate::violation::Pointer;

/// The most conditions on groups.
const MOST: usize = 100;
/// How deep they may nest.
const DEEPEST: usize = 16;

/// The way in which an API names aggregates in conditions.
#[derive(Debug, Clone, Copy)]
pub enum Names<'n> {
    /// By the names the request gave them: `{"total":{"gt":1}}`.
    /// An aggregate that is wrong itself gets no further violations.
    Given(&'n IndexMap<String, Option<usize>>),
    /// By function and field: `{count: {gt: 1}, sum: {amount: {gt: 1}}}`.
    Functions,
}

impl Reader<'_> {
    /// Reads conditions on groups; pointers begin at `at`.
    pub fn having(&mut self, having: &Json, names: Names<'_>, at: &Pointer) -> Filter {
        Conditions {
            reader: self,
            names,
            count: 0,
        }
        .group(having, at, 0)
    }

    /// The conditions on one aggregate.
    fn conditions(&mut self, index: usize, value: &Json, at: &Pointer) -> Filter {
        let Some(index) = self.compared(index, at) else {
            return Filter::all();
        };
        let aggregate = self.aggregates[index].clone();
        let time_zone = self.time_zone.clone();
        let column_type = &aggregate.column_type;
        let of_scalar = |operand: &Json| column_type.scalar.normalise(operand);
        let subject = |operators, normalise| Subject {
            column: &aggregate.column,
            column_type,
            operators,
            normalise,
            time_zone: time_zone.as_ref(),
            reread: &|_, _| None,
        };
        match self.fields[index] {
            None => subject(column_type.scalar.operators(), &of_scalar).conditions(
                value,
                at,
                self.spelling,
                &mut self.violations,
            ),
            Some(field) => {
                let of_field = |operand: &Json| field.field_type.operand(column_type, operand);
                subject(field.field_type.operators(column_type), &of_field).conditions(
                    value,
                    at,
                    self.spelling,
                    &mut self.violations,
                )
            }
        }
    }
}

struct Conditions<'r, 'm, 'n> {
    reader: &'r mut Reader<'m>,
    names: Names<'n>,
    count: usize,
}

impl Conditions<'_, '_, '_> {
    /// An object of conditions, all of which must hold.
    fn group(&mut self, having: &Json, at: &Pointer, depth: usize) -> Filter {
        let Some(map) = having.as_object() else {
            let message = "an object of conditions on the groups is expected";
            self.reader.refuse(at.clone(), "type", message);
            return Filter::all();
        };
        if depth > DEEPEST {
            let message = format!("conditions on groups may nest {DEEPEST} deep");
            self.reader.refuse(at.clone(), "too_deep", message);
            return Filter::all();
        }
        let mut parts = Vec::with_capacity(map.len());
        for (key, value) in map {
            self.count += 1;
            if self.count > MOST {
                let message = format!("there may be {MOST} conditions on groups");
                self.reader.refuse(at.clone(), "too_many", message);
                return Filter::all();
            }
            let at = at.key(key);
            parts.push(match key.as_str() {
                "and" => Filter::All(self.list(value, &at, depth)),
                "or" => Filter::Any(self.list(value, &at, depth)),
                "not" => Filter::Not(Box::new(self.group(value, &at, depth + 1))),
                _ => match self.names {
                    Names::Given(names) => self.given(names, key, value, &at),
                    Names::Functions => self.by_function(key, value, &at),
                },
            });
        }
        match parts.len() {
            1 => parts.remove(0),
            _ => Filter::All(parts),
        }
    }

    fn list(&mut self, value: &Json, at: &Pointer, depth: usize) -> Vec<Filter> {
        let Some(items) = value.as_array() else {
            let message = "a list of conditions on the groups is expected";
            self.reader.refuse(at.clone(), "type", message);
            return Vec::new();
        };
        let items = items.iter().enumerate();
        items
            .map(|(index, item)| self.group(item, &at.key(index), depth + 1))
            .collect()
    }

    fn given(
        &mut self,
        names: &IndexMap<String, Option<usize>>,
        key: &str,
        value: &Json,
        at: &Pointer,
    ) -> Filter {
        match names.get(key) {
            Some(Some(index)) => return self.reader.conditions(*index, value, at),
            Some(None) => return Filter::all(),
            None => {}
        }
        let known: Vec<_> = names.keys().map(String::as_str).collect();
        let message = format!(
            "`{}` is none of the aggregates: {}",
            clip(key),
            known.join(", ")
        );
        self.reader.refuse(at.clone(), "unknown", message);
        Filter::all()
    }

    fn by_function(&mut self, key: &str, value: &Json, at: &Pointer) -> Filter {
        let name = self.reader.spelling.read(key);
        let Some(function) = name.as_deref().and_then(Function::named) else {
            let known = Function::ALL.map(|f| self.reader.spelling.write(f.name()).into_owned());
            let message = format!("`{}` is none of {}", clip(key), known.join(", "));
            self.reader.refuse(at.clone(), "unknown", message);
            return Filter::all();
        };
        if function == Function::Count {
            let index = self.reader.aggregate(function, None, at);
            return index.map_or_else(Filter::all, |index| {
                self.reader.conditions(index, value, at)
            });
        }
        let Some(map) = conditions_of(value, at, &mut self.reader.violations) else {
            return Filter::all();
        };
        let parts = map.iter().filter_map(|(field, value)| {
            let at = at.key(field);
            let index = self.reader.aggregate(function, Some(&[field]), &at)?;
            Some(self.reader.conditions(index, value, &at))
        });
        Filter::All(parts.collect())
    }
}
