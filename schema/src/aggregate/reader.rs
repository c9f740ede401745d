//! Keys and aggregates as they are asked for, checked against the model.

use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::place::{self, Place, Value};
use super::{Aggregate, Aggregation, Key, MOST_GROUPS, Operand, Order, PerUnit, Unit};
use crate::column::{Column, ColumnType, SqlName};
use crate::date_part::DatePart;
use crate::filter::{Filter, Request};
use crate::function::Function;
use crate::function::PRESENT;
use crate::model::Model;
use crate::naming::Spelling;
use crate::object::{Field, Object, ToOne};
use crate::scalar::Scalar;
use crate::sort::{Direction, Nulls};
use crate::source::Origin;
use crate::storage::Component;
use crate::text::clip;
use crate::time_zone::TimeZone;
use crate::violation::{Pointer, Violation, is_enough};

/// The most keys of one grouping.
pub(super) const MOST_KEYS: usize = 8;
/// The most aggregates of one answer.
pub(super) const MOST_AGGREGATES: usize = 100;
/// The most relations that one answer may walk.
const MOST_RELATIONS: usize = 16;
/// The most keys of one order.
pub(super) const MOST_ORDERS: usize = 16;

/// Reads a request for groups, and keeps all its violations.
#[derive(Debug)]
pub struct Reader<'m> {
    pub(super) model: &'m Model,
    pub(super) object: &'m Arc<Object>,
    pub(super) spelling: Spelling,
    pub(super) violations: Vec<Violation>,
    pub(super) keys: Vec<Key>,
    pub(super) aggregates: Vec<Aggregate>,
    /// The field that an aggregate is a value of, for those that are.
    pub(super) fields: Vec<Option<&'m Arc<Field>>>,
    pub(super) order: Vec<Order>,
    relations: BTreeSet<Vec<SqlName>>,
    /// The time zone that days and hours are cut in; UTC where none is given.
    pub time_zone: Option<TimeZone>,
}

impl<'m> Reader<'m> {
    #[must_use]
    pub const fn new(model: &'m Model, object: &'m Arc<Object>, spelling: Spelling) -> Self {
        Self {
            model,
            object,
            spelling,
            violations: Vec::new(),
            keys: Vec::new(),
            aggregates: Vec::new(),
            fields: Vec::new(),
            order: Vec::new(),
            relations: BTreeSet::new(),
            time_zone: None,
        }
    }

    /// Reads the name of the time zone that days and hours are cut in. Read it before conditions, whose variables need it.
    pub fn time_zone(&mut self, zone: &Json, at: &Pointer) {
        match TimeZone::parse(zone.as_str().unwrap_or_default()) {
            Ok(zone) => self.time_zone = Some(zone),
            Err(mismatch) => self.refuse(at.clone(), mismatch.code, mismatch.message),
        }
    }

    /// Reads the filter of the records.
    pub fn filter(&mut self, filter: &Json, origin: &dyn Origin) -> Filter {
        let request = Request {
            spelling: self.spelling,
            origin,
            time_zone: self.time_zone.as_ref(),
        };
        Filter::parse_in(self.model, self.object, filter, request).unwrap_or_else(|violations| {
            self.refuse_all(
                violations
                    .into_iter()
                    .map(|violation| violation.below("filter")),
            );
            Filter::all()
        })
    }

    /// Adds a key, perhaps a part of a date, which is named elsewhere; gives its place among the keys.
    pub fn key(
        &mut self,
        path: &[&str],
        at: &Pointer,
        part: Option<(&str, &Pointer)>,
    ) -> Option<usize> {
        let source = match self.find_source(path) {
            Ok(source) => source,
            Err(violation) => return self.fail(at, violation),
        };
        let part = match part {
            None => None,
            Some((name, at)) => match find_part(name, &source.column.column_type, path) {
                Ok(part) => Some(part),
                Err(violation) => return self.fail(at, violation),
            },
        };
        let Source { path, column } = source;
        let key = Key {
            path,
            source: column.clone(),
            part,
            column: SqlName::join(&["k", &self.keys.len().to_string()]),
            column_type: part.map_or_else(|| column.column_type.clone(), ColumnType::of_part),
        };
        self.add_key(key, at)
    }

    /// Keeps the violation of a part that cannot be added.
    fn fail(&mut self, at: &Pointer, violation: Violation) -> Option<usize> {
        let pointer = at.join(&violation.pointer);
        self.violations.push(Violation {
            pointer,
            ..violation
        });
        None
    }

    fn add_key(&mut self, key: Key, at: &Pointer) -> Option<usize> {
        let same = |other: &Key| {
            (&other.source, &other.path, other.part) == (&key.source, &key.path, key.part)
        };
        if self.keys.iter().any(same) {
            self.refuse(at.clone(), "clash", "groups are made by this already");
            return None;
        }
        if self.keys.len() == MOST_KEYS {
            self.refuse(
                at.clone(),
                "too_many",
                format!("groups are made by at most {MOST_KEYS} values"),
            );
            return None;
        }
        self.walk(&key.path, at);
        self.keys.push(key);
        Some(self.keys.len() - 1)
    }

    fn find_source(&self, path: &[&str]) -> Result<Source<'m>, Violation> {
        let refuse = |message| Violation::new(Pointer::root(), "not_possible", message);
        let last = path.last().copied().unwrap_or_default();
        let Place { path, value } = place::find(self.model, self.object, path, self.spelling)?;
        match value {
            Value::Column(_, column) if column.column_type.groupable() => {
                Ok(Source { path, column })
            }
            Value::Column(..) => Err(refuse(format!("groups cannot be made by `{last}`"))),
            Value::Composite(_, components) => {
                let names = place::names(components, self.spelling);
                Err(refuse(format!(
                    "to group by `{last}`, name one of its parts: {names}"
                )))
            }
        }
    }

    /// Adds an aggregate over the records, or over the field that a path names; gives its place among the aggregates, where it may
    /// have been already.
    pub fn aggregate(
        &mut self,
        function: Function,
        path: Option<&[&str]>,
        at: &Pointer,
    ) -> Option<usize> {
        let found = match path {
            None => Ok(Found {
                operand: Operand::Records,
                column_type: ColumnType::of(Scalar::Integer).aggregated(function),
                field: None,
                per: None,
            }),
            Some(path) => self.find_operand(function, path),
        };
        match found {
            Ok(found) => self.add_aggregate(function, found, at),
            Err(violation) => self.fail(at, violation),
        }
    }

    fn add_aggregate(
        &mut self,
        function: Function,
        found: Found<'m>,
        at: &Pointer,
    ) -> Option<usize> {
        let Found {
            operand,
            column_type,
            field,
            mut per,
        } = found;
        let mut known = self.aggregates.iter();
        let known = known.position(|known| {
            known.function == function
                && known.operand == operand
                && known.per.is_some() == per.is_some()
        });
        if known.is_some() {
            return known;
        }
        if self.aggregates.len() == MOST_AGGREGATES {
            self.refuse(
                at.clone(),
                "too_many",
                format!("at most {MOST_AGGREGATES} aggregates are answered at once"),
            );
            return None;
        }
        if let Operand::Value { path, .. } = &operand {
            self.walk(&path.clone(), at);
        }
        let column = SqlName::join(&["a", &self.aggregates.len().to_string()]);
        for (unit, place) in per.iter_mut().flat_map(|per| &mut per.units).zip(0..) {
            unit.column = SqlName::join(&[column.as_str(), &format!("u{place}")]);
        }
        self.aggregates.push(Aggregate {
            function,
            operand,
            column,
            column_type,
            per,
        });
        self.fields.push(field);
        Some(self.aggregates.len() - 1)
    }

    /// The aggregate that groups are compared by in place of another: one that is answered for each unit is one amount where
    /// groups are made by the unit too.
    pub fn compared(&mut self, place: usize, at: &Pointer) -> Option<usize> {
        let aggregate = &self.aggregates[place];
        let (Some(per), Operand::Value { path, .. }) = (&aggregate.per, &aggregate.operand) else {
            return Some(place);
        };
        if !self.is_grouped_by(path, per.units.iter().map(|unit| &unit.source)) {
            let units = per.units.iter().map(|unit| self.spelling.write(&unit.name));
            let units: Vec<_> = units.collect();
            let message = format!(
                "this is a list, with one `{}` for each `{}`: to compare groups by it, group by that too",
                self.spelling.write(&per.amount),
                units.join(", ")
            );
            self.refuse(at.clone(), "not_possible", message);
            return None;
        }
        let found = Found {
            operand: aggregate.operand.clone(),
            column_type: aggregate.column_type.clone(),
            field: self.fields[place],
            per: None,
        };
        self.add_aggregate(aggregate.function, found, at)
    }

    /// Whether all records of a group have the same in these columns.
    fn is_grouped_by<'c>(
        &self,
        path: &[ToOne],
        mut columns: impl Iterator<Item = &'c Column>,
    ) -> bool {
        columns.all(|column| {
            let mut keys = self.keys.iter();
            keys.any(|key| key.source == *column && key.path == path && key.part.is_none())
        })
    }

    fn find_operand(&self, function: Function, path: &[&str]) -> Result<Found<'m>, Violation> {
        let last = path.last().copied().unwrap_or_default();
        let Place { path, value } = place::find(self.model, self.object, path, self.spelling)?;
        let impossible = |possible: &[Function], parts: Option<String>| {
            let names: Vec<_> = possible
                .iter()
                .map(|f| self.spelling.write(f.name()))
                .collect();
            let parts = parts.map_or_else(String::new, |names| {
                format!("; of its parts {names} there may be others")
            });
            let message = format!(
                "`{}` does not apply to `{last}`; there are {}{parts}",
                self.spelling.write(function.name()),
                names.join(", ")
            );
            Violation::new(Pointer::root(), "not_possible", message)
        };
        let mut per = None;
        let (field, column) = match value {
            Value::Column(field, column) => {
                if function.has_unit() && field.measure() == Some(column) {
                    self.check_unit(field, &path, last)?;
                }
                (field, column)
            }
            Value::Composite(field, components) => match field.measure() {
                Some(column) => {
                    per = function.has_unit().then(|| per_unit(field, components));
                    (field, column)
                }
                None if PRESENT.contains(&function) => {
                    let columns = field
                        .columns
                        .iter()
                        .map(|column| column.name.clone())
                        .collect();
                    let column_type = ColumnType::of(Scalar::Json).aggregated(function);
                    return Ok(Found {
                        operand: Operand::Value { path, columns },
                        column_type,
                        field: None,
                        per: None,
                    });
                }
                None => {
                    return Err(impossible(
                        PRESENT,
                        Some(place::names(components, self.spelling)),
                    ));
                }
            },
        };
        let possible = field.field_type.aggregates(&column.column_type);
        if !possible.contains(&function) {
            return Err(impossible(possible, None));
        }
        let operand = Operand::Value {
            path,
            columns: vec![column.name.clone()],
        };
        // The least and the greatest are values of the field, and are compared as such.
        let value = matches!(function, Function::Min | Function::Max).then_some(field);
        Ok(Found {
            operand,
            column_type: column.column_type.aggregated(function),
            field: value,
            per,
        })
    }

    /// Refuses an amount that is named without its unit, where groups may have it in several.
    fn check_unit(&self, field: &Field, path: &[ToOne], last: &str) -> Result<(), Violation> {
        let units = || field.columns.iter().filter(|c| field.measure() != Some(c));
        if self.is_grouped_by(path, units()) {
            return Ok(());
        }
        let names = field.components().iter().zip(&field.columns);
        let units = names
            .filter(|(_, column)| units().any(|unit| unit == *column))
            .map(|(component, _)| self.spelling.write(&component.name));
        let units: Vec<_> = units.collect();
        let name = self.spelling.write(field.api_name().as_str());
        let message = format!(
            "`{last}` may be in several units, which are not added: name `{name}`, which is answered for each `{}`, or group by that too",
            units.join(", ")
        );
        Err(Violation::new(Pointer::root(), "not_possible", message))
    }

    /// Counts the relations that the whole walks.
    fn walk(&mut self, path: &[ToOne], at: &Pointer) {
        for end in 1..=path.len() {
            let columns = path[..end].iter().map(|step| step.column.clone()).collect();
            let new = self.relations.insert(columns);
            if new && self.relations.len() == MOST_RELATIONS + 1 {
                let message = format!("groups may walk at most {MOST_RELATIONS} relations");
                self.refuse(at.clone(), "too_many", message);
            }
        }
    }

    pub fn refuse(&mut self, at: Pointer, code: &'static str, message: impl Into<String>) {
        if !is_enough(&self.violations) {
            self.violations.push(Violation::new(at, code, message));
        }
    }

    /// Adds violations found elsewhere, as seen from the whole.
    pub fn refuse_all(&mut self, violations: impl IntoIterator<Item = Violation>) {
        self.violations.extend(violations);
    }

    /// Adds a key to the order.
    pub fn order_by(&mut self, order: Order, at: &Pointer) {
        if self.order.len() == MOST_ORDERS {
            self.refuse(
                at.clone(),
                "too_many",
                format!("an order may have at most {MOST_ORDERS} keys"),
            );
        } else {
            self.order.push(order);
        }
    }

    /// The place of the key that was made of the field that a path names.
    #[must_use]
    pub fn key_of(&self, path: &[&str]) -> Option<usize> {
        let source = self.find_source(path).ok()?;
        let mut keys = self.keys.iter();
        keys.position(|key| key.source == *source.column && key.path == source.path)
    }

    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    #[must_use]
    pub fn aggregates(&self) -> &[Aggregate] {
        &self.aggregates
    }

    /// The aggregation over all records, in the order that was asked for, then in that of the keys.
    ///
    /// # Errors
    /// Everything that was wrong.
    pub fn finish(mut self) -> Result<Aggregation, Vec<Violation>> {
        if !self.violations.is_empty() {
            return Err(self.violations);
        }
        for key in &self.keys {
            if self.order.iter().all(|order| order.column != key.column) {
                self.order.push(Order {
                    column: key.column.clone(),
                    direction: Direction::Ascending,
                    nulls: Nulls::DEFAULT,
                });
            }
        }
        Ok(Aggregation {
            filter: Filter::all(),
            keys: self.keys,
            aggregates: self.aggregates,
            having: Filter::all(),
            order: self.order,
            limit: MOST_GROUPS,
            time_zone: self.time_zone,
        })
    }
}

/// A column that groups are made by, and the relations that lead to it.
struct Source<'m> {
    path: Vec<ToOne>,
    column: &'m Column,
}

/// The operand of an aggregate, as it was found in the model.
struct Found<'m> {
    operand: Operand,
    column_type: ColumnType,
    /// The field that the aggregate is a value of, if it is one.
    field: Option<&'m Arc<Field>>,
    per: Option<PerUnit>,
}

/// How an amount is answered whose other parts are its unit.
fn per_unit(field: &Field, components: &[Component]) -> PerUnit {
    let parts = components.iter().zip(&field.columns);
    let (amounts, units): (Vec<_>, Vec<_>) =
        parts.partition(|(_, column)| field.measure() == Some(column));
    let units = units.into_iter().map(|(component, column)| Unit {
        name: component.name.clone(),
        source: column.clone(),
        column: column.name.clone(),
    });
    PerUnit {
        amount: amounts
            .first()
            .map_or("amount".into(), |(amount, _)| amount.name.clone()),
        units: units.collect(),
    }
}

fn find_part(name: &str, column: &ColumnType, path: &[&str]) -> Result<DatePart, Violation> {
    let parts = column.scalar.parts();
    let found = parts.iter().copied().find(|part| part.name() == name);
    found.ok_or_else(|| {
        let names: Vec<_> = parts.iter().map(|part| part.name()).collect();
        let message = if names.is_empty() {
            let last = path.last().copied().unwrap_or_default();
            format!("`{last}` is no date: it is taken as it is")
        } else {
            format!("`{}` is none of {}", clip(name), names.join(", "))
        };
        Violation::new(Pointer::root(), "unknown", message)
    })
}
