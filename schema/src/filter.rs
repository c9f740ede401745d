//! The filter language: one for REST, GraphQL and every rule, read against a model.
//!
//! `{"status":{"eq":"lead"},"company":{"city":{"ilike":"%berlin%"}},"opportunities":{"some":{…}},"or":[…]}`
//!
//! All conditions of an object must hold, so an empty one holds for every record: `{}`, `{"name":{}}`. `{"company":{}}` finds
//! records that have a company, as `{"contacts":{"some":{}}}` finds those that have contacts. `or` of nothing finds nothing.
//! That is for reads: `reach` says which filters may choose the records of a write.

use serde_json::Value as Json;

use self::reader::Reader;
use crate::column::{ColumnType, SqlName};
use crate::model::Model;
use crate::naming::Spelling;
use crate::object::{Object, ToMany, ToOne};
use crate::operator::Operator;
use crate::source::{Fixed, Origin};
use crate::time_zone::TimeZone;
use crate::violation::Violation;

mod operand;
mod reach;
mod reader;
mod subject;
pub mod variable;

pub use self::operand::{Reread, Term, Value};
pub(crate) use self::subject::{Subject, conditions_of};

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

/// The request that a filter is a part of.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    pub spelling: Spelling,
    /// Where each operand comes from.
    pub origin: &'r dyn Origin,
    /// Where the days of variables begin; UTC where none is given.
    pub time_zone: Option<&'r TimeZone>,
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
        let request = Request {
            spelling,
            origin: &Fixed,
            time_zone: None,
        };
        Self::parse_in(model, object, filter, request)
    }

    /// As [`Filter::parse`], in a request that gives more.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn parse_in(
        model: &Model,
        object: &Object,
        filter: &Json,
        request: Request<'_>,
    ) -> Result<Self, Vec<Violation>> {
        Reader::new(model, request).read(object, filter)
    }
}
