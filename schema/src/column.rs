//! Columns: the places of a field's values in its object's table.

use serde_json::{Value as Json, json};
use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use crate::date_part::DatePart;
use crate::function::Function;
use crate::ident::ApiName;
use crate::scalar::Scalar;

/// The longest identifier Postgres keeps whole, in bytes.
const MAX_IDENTIFIER: usize = 63;

/// The name of a column, table, index or constraint inside a tenant's schema. Made only from [`ApiName`]s and our own words.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SqlName(Arc<str>);

impl SqlName {
    /// Joins parts with `__`, which no [`ApiName`] contains; a name that would be too long ends in a hash of the whole.
    #[must_use]
    pub fn join(parts: &[&str]) -> Self {
        let whole = parts.join("__");
        if whole.len() <= MAX_IDENTIFIER {
            return Self(whole.into());
        }
        let hash = fnv1a(whole.as_bytes());
        Self(format!("{}__{hash:016x}", &whole[..MAX_IDENTIFIER - 18]).into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for SqlName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&ApiName> for SqlName {
    fn from(name: &ApiName) -> Self {
        Self(name.as_str().into())
    }
}

impl fmt::Display for SqlName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SqlName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Fowler–Noll–Vo: stable over versions and platforms, which the standard library's hasher is not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The type of one column, as a field type asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnType {
    pub scalar: Scalar,
    /// An array of the scalar.
    pub list: bool,
    /// Digits in all and after the point, for a decimal.
    pub precision: Option<(u16, u16)>,
    /// The only values the column may hold; kept by a `CHECK`.
    pub one_of: Option<Vec<String>>,
    /// The server counts up and fills the column itself.
    pub numbering: Option<Numbering>,
    /// By which texts are compared and sorted; `None` for other scalars, and for the options of a choice, which the
    /// database compares by its own collation.
    pub collation: Option<Collation>,
    /// Whether a text may have more than [`SORTED_CHARACTERS`].
    pub long: bool,
}

/// How many characters of a text decide its place in an order. A cursor holds the values that a list is sorted by, and a client
/// sends it in an address. A field with an index is sorted by whole values: the index bounds their length.
pub const SORTED_CHARACTERS: u16 = 1_000;

/// The order of texts. In each, two different texts differ, so equality does not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collation {
    /// As people sort words of any language: case and accents count only where the letters are the same.
    Words,
    /// The same, with numbers inside a text by their value: `A9` before `A10`.
    Natural,
    /// By its bytes: for addresses and numbers, which are no words. An index of it takes less time to keep.
    Bytes,
}

impl ColumnType {
    #[must_use]
    pub const fn of(scalar: Scalar) -> Self {
        Self {
            scalar,
            list: false,
            precision: None,
            one_of: None,
            numbering: None,
            collation: match scalar {
                Scalar::Text => Some(Collation::Words),
                _ => None,
            },
            long: false,
        }
    }

    /// A text that is an address or a number, not words.
    #[must_use]
    pub const fn of_bytes() -> Self {
        let mut column = Self::of(Scalar::Text);
        column.collation = Some(Collation::Bytes);
        column
    }

    /// JSON Schema of any value that the column can hold.
    #[must_use]
    pub fn json_schema(&self) -> Json {
        let one = self.scalar.json_schema();
        if self.list {
            json!({"type": "array", "items": one})
        } else {
            one
        }
    }

    /// The type parameters of this column are cast to.
    #[must_use]
    pub fn postgres(&self) -> String {
        let brackets = if self.list { "[]" } else { "" };
        format!("{}{brackets}", self.scalar.postgres())
    }

    /// The type of an aggregate over a column of this type.
    #[must_use]
    pub const fn aggregated(&self, function: Function) -> Self {
        let scalar = match function {
            Function::Count | Function::CountDistinct => Scalar::Integer,
            Function::EmptyShare => Scalar::Float,
            // The average of whole numbers is not a whole number.
            Function::Avg if self.scalar.is_whole() => Scalar::Float,
            Function::Sum if matches!(self.scalar, Scalar::Integer) => Scalar::BigInteger,
            Function::Sum | Function::Avg | Function::Min | Function::Max => self.scalar,
        };
        let mut aggregated = Self::of(scalar);
        if matches!(function, Function::Min | Function::Max) {
            aggregated.collation = self.collation;
        }
        aggregated
    }

    /// The type of a part of a date or an instant. A period is its first day, an hour the instant at which it begins, a
    /// recurring part its number.
    #[must_use]
    pub const fn of_part(part: DatePart) -> Self {
        use DatePart::{Day, DayOfWeek, Hour, HourOfDay, Month, MonthOfYear, Quarter, Week, Year};
        Self::of(match part {
            Year | Quarter | Month | Week | Day => Scalar::Date,
            Hour => Scalar::DateTime,
            MonthOfYear | DayOfWeek | HourOfDay => Scalar::Integer,
        })
    }

    /// Whether records can be put into groups by its values.
    #[must_use]
    pub const fn groupable(&self) -> bool {
        !self.list && self.scalar.sortable()
    }

    /// The type the column is declared with.
    #[must_use]
    pub fn declared(&self) -> String {
        match self.precision {
            Some((precision, scale)) => format!("numeric({precision},{scale})"),
            None => self.postgres(),
        }
    }
}

/// How a running number is written: `INV-{0000}` is `INV-`, four digits, nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    pub prefix: String,
    pub digits: usize,
    pub suffix: String,
}

/// A column of an object's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: SqlName,
    pub column_type: ColumnType,
    /// Never null in the database.
    pub not_null: bool,
}

#[cfg(test)]
mod tests {
    use super::SqlName;

    #[test]
    fn long_names_stay_distinct_and_fit() {
        let long = "a".repeat(50);
        let one = SqlName::join(&[&long, "currency_code"]);
        let other = SqlName::join(&[&long, "currency_cope"]);
        assert!(one.as_str().len() <= 63 && other.as_str().len() <= 63);
        assert_ne!(one, other);
        assert_eq!(
            SqlName::join(&["address", "city"]).as_str(),
            "address__city"
        );
    }
}
