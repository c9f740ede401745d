//! Groups of records, and aggregates over each group: counts, sums, averages.
//!
//! One language for both APIs. REST's body is read by [`Body`]; GraphQL, whose documents say what they want in their
//! selections, reads its arguments with the same [`Reader`]. Either ends in an [`Aggregation`].

mod body;
mod having;
mod place;
mod reader;

use std::borrow::Cow;

use crate::column::{Column, ColumnType, SqlName};
use crate::date_part::DatePart;
use crate::filter::Filter;
use crate::function::Function;
use crate::object::ToOne;
use crate::sort::{Direction, Nulls};
use crate::time_zone::TimeZone;

pub use body::Body;
pub use having::Names;
pub use reader::Reader;

/// The most groups of one answer, which is also the default.
pub const MOST_GROUPS: u32 = 1_000;

/// A request for an object's records in groups. Everything in it has been checked against the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregation {
    pub filter: Filter,
    /// The values that the records of one group share. Without keys there is one group, of all records.
    pub keys: Vec<Key>,
    pub aggregates: Vec<Aggregate>,
    /// Which groups; its columns are those of the keys and aggregates.
    pub having: Filter,
    /// Ends in such keys that every order is total.
    pub order: Vec<Order>,
    pub limit: u32,
    /// Where days, months and the like begin for instants; UTC where it is not given.
    pub time_zone: Option<TimeZone>,
}

/// A value that the records of a group share.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The relations to walk, from the grouped object on.
    pub path: Vec<ToOne>,
    pub source: Column,
    /// The part of a date or an instant; the value itself where none is named.
    pub part: Option<DatePart>,
    /// The name of the key among the groups' columns.
    pub column: SqlName,
    pub column_type: ColumnType,
}

/// An aggregate over the records of each group.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    pub function: Function,
    pub operand: Operand,
    /// The name of the aggregate among the groups' columns.
    pub column: SqlName,
    pub column_type: ColumnType,
    /// Given where it is answered once for each unit that the values are in, as a list.
    pub per: Option<PerUnit>,
}

/// The answer for an amount with a unit, such as money with its currency: amounts in different units are not added.
#[derive(Debug, Clone, PartialEq)]
pub struct PerUnit {
    /// The name of the amount in each answer.
    pub amount: Cow<'static, str>,
    /// The parts of the unit; one, as a rule.
    pub units: Vec<Unit>,
}

/// A part of an amount's unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    pub name: Cow<'static, str>,
    pub source: Column,
    /// Its name among the groups' columns.
    pub column: SqlName,
}

/// The operand of an aggregate.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// The records themselves.
    Records,
    Value {
        /// The relations to walk, from the grouped object on.
        path: Vec<ToOne>,
        /// Several for a composite value, which is there where any of them is.
        columns: Vec<SqlName>,
    },
}

/// A key of the order groups come in.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Of a key or an aggregate.
    pub column: SqlName,
    pub direction: Direction,
    pub nulls: Nulls,
}
