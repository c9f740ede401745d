//! Reading a filter against a model.

use serde_json::{Map, Value as Json};
use std::sync::Arc;

use super::operand::Reread;
use super::subject::{Subject, conditions_of};
use super::{Filter, Quantifier, Request};
use crate::column::Column;
use crate::model::Model;
use crate::naming::Spelling;
use crate::object::{Attribute, Field, Object, ToMany};
use crate::operator::{Operand, Operator};
use crate::source::Origin;
use crate::text::clip;
use crate::time_zone::TimeZone;
use crate::unknown::unknown_attribute;
use crate::violation::{Pointer, Violation, is_enough};

/// The most conditions one filter may have.
const MOST: usize = 500;
/// How deep one filter may nest.
const DEEPEST: usize = 32;

pub(super) struct Reader<'m> {
    model: &'m Model,
    spelling: Spelling,
    origin: &'m dyn Origin,
    time_zone: Option<&'m TimeZone>,
    violations: Vec<Violation>,
    conditions: usize,
}

impl<'m> Reader<'m> {
    pub(super) const fn new(model: &'m Model, request: Request<'m>) -> Self {
        Self {
            model,
            spelling: request.spelling,
            origin: request.origin,
            time_zone: request.time_zone,
            violations: Vec::new(),
            conditions: 0,
        }
    }

    pub(super) fn read(mut self, object: &Object, filter: &Json) -> Result<Filter, Vec<Violation>> {
        let filter = self.group(object, filter, &Pointer::root(), 0);
        if self.violations.is_empty() {
            Ok(filter)
        } else {
            Err(self.violations)
        }
    }

    fn refuse(&mut self, at: Pointer, code: &'static str, message: impl Into<String>) {
        if !is_enough(&self.violations) {
            self.violations.push(Violation::new(at, code, message));
        }
    }

    /// An object of conditions, all of which must hold.
    fn group(&mut self, object: &Object, filter: &Json, at: &Pointer, depth: usize) -> Filter {
        let Some(map) = filter.as_object() else {
            self.refuse(at.clone(), "type", "a filter is an object of conditions");
            return Filter::all();
        };
        if depth > DEEPEST {
            self.refuse(
                at.clone(),
                "too_deep",
                format!("a filter may nest {DEEPEST} deep"),
            );
            return Filter::all();
        }
        let mut parts = Vec::with_capacity(map.len());
        for (key, value) in map {
            self.conditions += 1;
            if self.conditions > MOST {
                self.refuse(
                    at.clone(),
                    "too_many",
                    format!("a filter may have {MOST} conditions"),
                );
                return Filter::all();
            }
            let at = at.key(key);
            parts.push(match key.as_str() {
                "and" => Filter::All(self.list(object, value, &at, depth)),
                "or" => Filter::Any(self.list(object, value, &at, depth)),
                "not" => Filter::Not(Box::new(self.group(object, value, &at, depth + 1))),
                _ => self.attribute(object, key, value, &at, depth),
            });
        }
        match parts.len() {
            1 => parts.remove(0),
            _ => Filter::All(parts),
        }
    }

    fn list(&mut self, object: &Object, value: &Json, at: &Pointer, depth: usize) -> Vec<Filter> {
        let Some(items) = value.as_array() else {
            self.refuse(at.clone(), "type", "a list of filters is expected");
            return Vec::new();
        };
        items
            .iter()
            .enumerate()
            .map(|(index, item)| self.group(object, item, &at.key(index), depth + 1))
            .collect()
    }

    fn attribute(
        &mut self,
        object: &Object,
        key: &str,
        value: &Json,
        at: &Pointer,
        depth: usize,
    ) -> Filter {
        let name = self.spelling.read(key);
        match name.as_deref().and_then(|name| object.attribute(name)) {
            Some(Attribute::Column(field, column)) => self.column(field, column, value, at),
            Some(Attribute::Composite(field, _)) => self.composite(field, value, at),
            Some(Attribute::ToOne(to_one)) => {
                let target = Arc::clone(self.model.target(&to_one.target));
                let inner = self.group(&target, value, at, depth + 1);
                Filter::ToOne(to_one, Box::new(inner))
            }
            Some(Attribute::ToMany(to_many)) => self.through_many(&to_many, value, at, depth),
            Some(Attribute::LinkIds(_)) | None => {
                self.violations
                    .push(unknown_attribute(object, key, at.clone(), self.spelling));
                Filter::all()
            }
        }
    }

    fn through_many(
        &mut self,
        to_many: &ToMany,
        value: &Json,
        at: &Pointer,
        depth: usize,
    ) -> Filter {
        let Some(map) = self.conditions_of(value, at) else {
            return Filter::all();
        };
        let target = Arc::clone(self.model.target(&to_many.target));
        let mut parts = Vec::with_capacity(map.len());
        for (key, value) in map {
            let at = at.key(key);
            let found = Quantifier::ALL.iter().find(|(word, _)| word == key);
            let Some((_, quantifier)) = found else {
                let words = Quantifier::ALL.map(|(word, _)| word).join(", ");
                let message = format!("`{}` is none of {words}", clip(key));
                self.refuse(at, "unknown_operator", message);
                continue;
            };
            let inner = self.group(&target, value, &at, depth + 1);
            parts.push(Filter::ToMany(
                to_many.clone(),
                *quantifier,
                Box::new(inner),
            ));
        }
        Filter::All(parts)
    }

    fn composite(&mut self, field: &Field, value: &Json, at: &Pointer) -> Filter {
        let components = field.components();
        let Some(map) = self.conditions_of(value, at) else {
            return Filter::all();
        };
        let mut parts = Vec::with_capacity(map.len());
        for (key, value) in map {
            let at = at.key(key);
            let name = self.spelling.read(key);
            let found = components
                .iter()
                .position(|c| Some(&*c.name) == name.as_deref());
            if let Some(index) = found {
                parts.push(self.column(field, &field.columns[index], value, &at));
            } else {
                let names: Vec<_> = components
                    .iter()
                    .map(|c| self.spelling.write(&c.name))
                    .collect();
                let message = format!("`{}` is none of {}", clip(key), names.join(", "));
                self.refuse(at, "unknown", message);
            }
        }
        Filter::All(parts)
    }

    fn column(&mut self, field: &Field, column: &Column, value: &Json, at: &Pointer) -> Filter {
        let subject = Subject {
            column: &column.name,
            column_type: &column.column_type,
            operators: field.field_type.operators(&column.column_type),
            normalise: &|operand| field.field_type.operand(&column.column_type, operand),
            time_zone: self.time_zone,
            reread: &|operator, at| self.reread(field, column, operator, at),
        };
        let mut violations = Vec::new();
        let filter = subject.conditions(value, at, self.spelling, &mut violations);
        self.violations.append(&mut violations);
        filter
    }

    fn reread(
        &self,
        field: &Field,
        column: &Column,
        operator: &'static Operator,
        at: &Pointer,
    ) -> Option<Reread> {
        // Flags are part of what is asked, not values it is asked with.
        if operator.operand == Operand::Flag {
            return None;
        }
        let source = self.origin.source(at)?;
        Some(Reread {
            source,
            field_type: Arc::clone(&field.field_type),
            column_type: column.column_type.clone(),
            operator,
        })
    }

    fn conditions_of<'v>(
        &mut self,
        value: &'v Json,
        at: &Pointer,
    ) -> Option<&'v Map<String, Json>> {
        conditions_of(value, at, &mut self.violations)
    }
}
