//! The filter language: one for REST, GraphQL and every rule, read against a model.
//!
//! `{"status":{"eq":"lead"},"company":{"city":{"ilike":"%berlin%"}},"opportunities":{"some":{…}},"or":[…]}`

use serde_json::{Map, Value as Json};
use std::sync::Arc;

use crate::column::{Column, ColumnType, SqlName};
use crate::field_type::FieldType;
use crate::ident::ApiName;
use crate::mismatch::Mismatch;
use crate::model::Model;
use crate::naming::Spelling;
use crate::object::{Attribute, Field, Object, ToMany, ToOne};
use crate::operator::{Operand, Operator, Predicate};
use crate::source::{Fixed, Origin, Source};
use crate::violation::{Pointer, Violation};

/// A filter that fits the model it was read against.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Compare(Comparison),
    /// The record this one points at fits.
    ToOne(ToOne, Box<Filter>),
    ToMany(ToMany, Quantifier, Box<Filter>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    pub column: SqlName,
    pub column_type: ColumnType,
    pub operator: &'static Operator,
    pub operand: Value,
    /// How the operand of another request is read; `None` where it has the same.
    pub reread: Option<Reread>,
}

/// How the operand of a comparison is read from another request of the same shape.
#[derive(Debug, Clone)]
pub struct Reread {
    source: Source,
    field_type: Arc<dyn FieldType>,
    column_type: ColumnType,
    operator: &'static Operator,
}

impl Reread {
    /// The operand in its normal form; `None` where there is none or it does not fit. Where a list is expected, one value
    /// stands for a list of it.
    #[must_use]
    pub fn operand(&self, inputs: &Map<String, Json>) -> Option<Value> {
        let value = match self.source.read(inputs)? {
            one if self.operator.operand == Operand::Many && !one.is_array() => {
                &Json::Array(vec![one.clone()])
            }
            value => value,
        };
        let normalise = |value: &Json| self.field_type.operand(&self.column_type, value);
        operand(&normalise, self.operator, value).ok()
    }
}

impl PartialEq for Reread {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
            && self.field_type.name() == other.field_type.name()
            && self.column_type == other.column_type
            && self.operator == other.operator
    }
}

/// An operand in its normal form.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    One(Json),
    Many(Vec<Json>),
    Pair(Json, Json),
    Flag(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    Some,
    Every,
    None,
}

impl Quantifier {
    /// Each with the word for it.
    pub const ALL: [(&str, Self); 3] = [
        ("some", Self::Some),
        ("every", Self::Every),
        ("none", Self::None),
    ];
}

/// The most conditions one filter may have.
const MOST: usize = 500;
/// How deep one filter may nest.
const DEEPEST: usize = 32;
/// The most members of one list.
pub const LONGEST: usize = 10_000;

impl Filter {
    /// Matches everything.
    #[must_use]
    pub const fn all() -> Self {
        Self::All(Vec::new())
    }

    #[must_use]
    pub fn is_all(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// Reads a filter on `object`.
    ///
    /// # Errors
    /// Everything in it that does not fit the model; pointers begin at the filter.
    pub fn parse(
        model: &Model,
        object: &Object,
        filter: &Json,
        spelling: Spelling,
    ) -> Result<Self, Vec<Violation>> {
        Self::parse_from(model, object, filter, spelling, &Fixed)
    }

    /// As [`Filter::parse`], remembering where each operand came from.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn parse_from(
        model: &Model,
        object: &Object,
        filter: &Json,
        spelling: Spelling,
        origin: &dyn Origin,
    ) -> Result<Self, Vec<Violation>> {
        let mut reader = Reader {
            model,
            spelling,
            origin,
            violations: Vec::new(),
            conditions: 0,
        };
        let filter = reader.group(object, filter, &Pointer::root(), 0);
        if reader.violations.is_empty() {
            Ok(filter)
        } else {
            Err(reader.violations)
        }
    }
}

struct Reader<'m> {
    model: &'m Model,
    spelling: Spelling,
    origin: &'m dyn Origin,
    violations: Vec<Violation>,
    conditions: usize,
}

impl Reader<'_> {
    fn refuse(&mut self, at: Pointer, code: &'static str, message: impl Into<String>) {
        self.violations.push(Violation::new(at, code, message));
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
        let crate::field_type::Storage::Components(components) = &field.storage else {
            return Filter::all();
        };
        let Some(map) = self.conditions_of(value, at) else {
            return Filter::all();
        };
        let mut parts = Vec::with_capacity(map.len());
        for (key, value) in map {
            let at = at.key(key);
            let name = self.spelling.read(key);
            let found = components
                .iter()
                .position(|c| Some(c.name) == name.as_deref());
            if let Some(index) = found {
                parts.push(self.column(field, &field.columns[index], value, &at));
            } else {
                let names: Vec<_> = components
                    .iter()
                    .map(|c| self.spelling.write(c.name))
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

/// An object of conditions by the names of their operators.
pub(crate) fn conditions_of<'v>(
    value: &'v Json,
    at: &Pointer,
    violations: &mut Vec<Violation>,
) -> Option<&'v Map<String, Json>> {
    let map = value.as_object();
    if map.is_none() {
        let message = "conditions are expected here, such as {\"eq\": …}";
        violations.push(Violation::new(at.clone(), "type", message));
    }
    map
}

/// A column as far as conditions on it need to know it.
pub(crate) struct Subject<'a> {
    pub(crate) column: &'a SqlName,
    pub(crate) column_type: &'a ColumnType,
    pub(crate) operators: &'a [&'static Operator],
    /// Brings an operand into the form of the column's values.
    pub(crate) normalise: &'a dyn Fn(&Json) -> Result<Json, Mismatch>,
    /// How the operand at a place is read from other requests.
    pub(crate) reread: &'a dyn Fn(&'static Operator, &Pointer) -> Option<Reread>,
}

impl Subject<'_> {
    /// Reads conditions, all of which must hold.
    pub(crate) fn conditions(
        &self,
        value: &Json,
        at: &Pointer,
        spelling: Spelling,
        violations: &mut Vec<Violation>,
    ) -> Filter {
        let Some(map) = conditions_of(value, at, violations) else {
            return Filter::all();
        };
        let mut parts = Vec::with_capacity(map.len());
        for (key, value) in map {
            let at = at.key(key);
            let name = spelling.read(key);
            let mut operators = self.operators.iter();
            let Some(operator) = operators.find(|o| Some(o.name) == name.as_deref()) else {
                let names: Vec<_> = self
                    .operators
                    .iter()
                    .map(|o| spelling.write(o.name))
                    .collect();
                let message = format!("`{}` is none of {}", clip(key), names.join(", "));
                violations.push(Violation::new(at, "unknown_operator", message));
                continue;
            };
            match operand(self.normalise, operator, value) {
                Ok(operand) => parts.push(Filter::Compare(Comparison {
                    column: self.column.clone(),
                    column_type: self.column_type.clone(),
                    operator,
                    operand,
                    reread: (self.reread)(operator, &at),
                })),
                Err(mismatch) => {
                    violations.push(Violation::new(at, mismatch.code, mismatch.message));
                }
            }
        }
        match parts.len() {
            1 => parts.remove(0),
            _ => Filter::All(parts),
        }
    }
}

fn operand(
    normalise: &dyn Fn(&Json) -> Result<Json, Mismatch>,
    operator: &Operator,
    value: &Json,
) -> Result<Value, Mismatch> {
    let one = |value: &Json| -> Result<Json, Mismatch> {
        if value.is_null() {
            return Err(Mismatch::new("type", "null is not compared: use is_null"));
        }
        let normal = normalise(value)?;
        if matches!(operator.predicate, Predicate::Matches { literal: None, .. })
            && dangling(&normal)
        {
            return Err(Mismatch::new(
                "pattern",
                "the pattern ends in the middle of an escape",
            ));
        }
        Ok(normal)
    };
    match operator.operand {
        Operand::One => one(value).map(Value::One),
        Operand::Many => {
            let items = value
                .as_array()
                .ok_or_else(|| Mismatch::new("type", "a list of values is expected"))?;
            if items.len() > LONGEST {
                return Err(Mismatch::new(
                    "too_many",
                    format!("at most {LONGEST} values are allowed"),
                ));
            }
            items
                .iter()
                .map(one)
                .collect::<Result<_, _>>()
                .map(Value::Many)
        }
        Operand::Pair => match value.as_array().map(Vec::as_slice) {
            Some([from, to]) => Ok(Value::Pair(one(from)?, one(to)?)),
            _ => Err(Mismatch::new("type", "two values are expected: [from, to]")),
        },
        Operand::Flag => value
            .as_bool()
            .map(Value::Flag)
            .ok_or_else(|| Mismatch::new("type", "true or false is expected")),
    }
}

/// A `LIKE` pattern that ends in a lone backslash is an error to Postgres.
fn dangling(pattern: &Json) -> bool {
    let text = pattern.as_str().unwrap_or_default();
    let backslashes = text.len() - text.trim_end_matches('\\').len();
    backslashes % 2 == 1
}

/// The names that can be asked for on an object, for a message.
#[must_use]
pub fn fitting(object: &Object, spelling: Spelling) -> String {
    const SHOWN: usize = 60;
    let mut names: Vec<String> = object
        .keys()
        .map(|key| spelling.write(&key).into_owned())
        .collect();
    if names.len() > SHOWN {
        names.truncate(SHOWN);
        names.push("…".to_owned());
    }
    names.join(", ")
}

/// A name from a request, short enough to repeat in a message.
#[must_use]
pub fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}

/// An attribute that a caller named but the object does not have, as both faces report it.
#[must_use]
pub fn unknown_attribute(object: &Object, key: &str, at: Pointer, spelling: Spelling) -> Violation {
    let message = format!(
        "`{}` has no `{}`; there are {}",
        spelling.write(object.api_name().as_str()),
        clip(key),
        fitting(object, spelling)
    );
    Violation::new(at, "unknown", message)
}

/// A record by its id.
#[must_use]
pub fn by_id(object: &Object, id: crate::ident::RecordId) -> Filter {
    let id_name = ApiName::parse("id").expect("`id` is a name");
    let field = &object.fields[&id_name];
    Filter::Compare(Comparison {
        column: field.columns[0].name.clone(),
        column_type: field.columns[0].column_type.clone(),
        operator: &crate::operator::EQ,
        operand: Value::One(Json::String(id.to_string())),
        reread: None,
    })
}
