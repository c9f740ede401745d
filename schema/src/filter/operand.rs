//! The operands of a filter: the values that a column is compared with.

use serde_json::{Map, Value as Json};
use std::sync::Arc;

use super::variable::{Placed, Variable};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::mismatch::Mismatch;
use crate::operator::{LONGEST, Operand, Operator, Predicate};
use crate::scalar::Scalar;
use crate::source::Source;
use crate::text;
use crate::text::clip;
use crate::time_zone::TimeZone;

/// An operand in its normal form.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    One(Term),
    Many(Vec<Term>),
    Pair(Term, Term),
    Flag(bool),
}

/// A value that a column is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    Literal(Json),
    Variable(Placed),
}

impl Value {
    /// Whether the clock or the caller decides on a part of it.
    #[must_use]
    pub fn varies(&self) -> bool {
        let varies = |term: &Term| matches!(term, Term::Variable(_));
        match self {
            Self::One(term) => varies(term),
            Self::Many(terms) => terms.iter().any(varies),
            Self::Pair(from, to) => varies(from) || varies(to),
            Self::Flag(_) => false,
        }
    }
}

/// How the operand of a comparison is read from another request of the same shape.
#[derive(Debug, Clone)]
pub struct Reread {
    pub(super) source: Source,
    pub(super) field_type: Arc<dyn FieldType>,
    pub(super) column_type: ColumnType,
    pub(super) operator: &'static Operator,
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
        let options = self.column_type.one_of.as_deref();
        let form = Form {
            normalise: &normalise,
            scalar: self.column_type.scalar,
            options,
            time_zone: None,
        };
        let operand = form.operand(self.operator, value).ok()?;
        // Its plan would be another one.
        (!operand.varies()).then_some(operand)
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

/// The form that the operands of a column have.
pub(super) struct Form<'a> {
    /// Brings a value into the form of the column's values.
    pub(super) normalise: &'a dyn Fn(&Json) -> Result<Json, Mismatch>,
    pub(super) scalar: Scalar,
    /// The only values that the column may hold, if they are limited.
    pub(super) options: Option<&'a [String]>,
    /// Where the days of variables begin; UTC where none is given.
    pub(super) time_zone: Option<&'a TimeZone>,
}

impl Form<'_> {
    pub(super) fn operand(&self, operator: &Operator, value: &Json) -> Result<Value, Mismatch> {
        let one = |value: &Json| self.term(operator, value);
        match operator.operand {
            Operand::One => one(value).map(Value::One),
            Operand::Many => {
                let is_list = |text| Variable::parse(text).is_some_and(Variable::is_list);
                let items = match value {
                    Json::Array(items) => items.as_slice(),
                    // The variable is the whole list.
                    Json::String(text) if is_list(text) => std::slice::from_ref(value),
                    _ => return Err(Mismatch::new("type", "a list of values is expected")),
                };
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

    fn term(&self, operator: &Operator, value: &Json) -> Result<Term, Mismatch> {
        if value.is_null() {
            return Err(Mismatch::new("type", "null is not compared: use is_null"));
        }
        if let Some(text) = value.as_str() {
            let variable = Variable::parse(text).filter(|variable| {
                operator.predicate.takes_variables()
                    && variable.fits(self.scalar)
                    && (!variable.is_list() || operator.operand == Operand::Many)
            });
            if let Some(variable) = variable {
                let time_zone = self.time_zone.cloned().unwrap_or_else(TimeZone::utc);
                return Ok(Term::Variable(Placed {
                    variable,
                    time_zone,
                }));
            }
            if let Some(refusal) = Variable::refusal(text, self.scalar) {
                return Err(refusal);
            }
        }
        self.literal(operator, value).map(Term::Literal)
    }

    fn literal(&self, operator: &Operator, value: &Json) -> Result<Json, Mismatch> {
        let normal = (self.normalise)(&text::compose(value))?;
        if matches!(operator.predicate, Predicate::Matches { literal: None, .. })
            && dangling(&normal)
        {
            return Err(Mismatch::new(
                "pattern",
                "the pattern ends in the middle of an escape",
            ));
        }
        match (self.options, normal.as_str()) {
            (Some(options), Some(text)) if operator.predicate.compares_whole_values() => {
                is_option(options, text)?;
            }
            _ => {}
        }
        Ok(normal)
    }
}

fn is_option(options: &[String], text: &str) -> Result<(), Mismatch> {
    const SHOWN: usize = 100;
    if options.iter().any(|option| option == text) {
        return Ok(());
    }
    let mut known: Vec<String> = options
        .iter()
        .take(SHOWN)
        .map(|option| format!("`{option}`"))
        .collect();
    if options.len() > SHOWN {
        known.push("…".to_owned());
    }
    let message = format!(
        "there is no option `{}`; there are {}",
        clip(text),
        known.join(", ")
    );
    Err(Mismatch::new("option", message))
}

/// A `LIKE` pattern that ends in a lone backslash is an error to Postgres.
fn dangling(pattern: &Json) -> bool {
    let text = pattern.as_str().unwrap_or_default();
    let backslashes = text.len() - text.trim_end_matches('\\').len();
    backslashes % 2 == 1
}
