//! The conditions of a filter on one column.

use serde_json::{Map, Value as Json};

use super::operand::{Form, Reread};
use super::{Comparison, Filter};
use crate::column::{ColumnType, SqlName};
use crate::mismatch::Mismatch;
use crate::naming::Spelling;
use crate::operator::Operator;
use crate::text::clip;
use crate::time_zone::TimeZone;
use crate::violation::{Pointer, Violation};

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
    /// Where the days of variables begin; UTC where none is given.
    pub(crate) time_zone: Option<&'a TimeZone>,
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
            let options = self.column_type.one_of.as_deref();
            let form = Form {
                normalise: self.normalise,
                scalar: self.column_type.scalar,
                options,
                time_zone: self.time_zone,
            };
            match form.operand(operator, value) {
                Ok(operand) => parts.push(Filter::Compare(Comparison {
                    column: self.column.clone(),
                    column_type: self.column_type.clone(),
                    operator,
                    reread: (self.reread)(operator, &at).filter(|_| !operand.varies()),
                    operand,
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
