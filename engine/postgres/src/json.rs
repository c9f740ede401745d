//! Column values as JSON: from Postgres's binary form, byte for byte as its own `to_json` prints them.
//!
//! Postgres can do it itself, but takes longer over it than over the rest of a plain read. What it prints depends on
//! how [`database`](crate::database) sets connections up: UTC, ISO 8601 intervals, the shortest exact form of floats,
//! UTF-8.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the formats of the database bound the numbers"
)]

mod array;
mod calendar;
mod decimal;
mod digits;
mod document;
mod float;
mod integer;
mod interval;
#[cfg(test)]
mod tests;
mod text;
mod uuid;

use std::str::Utf8Error;
use tessera_schema::column::ColumnType;
use tessera_schema::scalar::{Output, Scalar};

pub use text::write_text;

/// Bytes that are no value of the type that the column has: the database and we disagree about the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("no value of this type has {0} bytes")]
    Length(usize),
    #[error("text is not UTF-8: {0}")]
    Text(#[from] Utf8Error),
    #[error("{0} is no boolean")]
    Boolean(u8),
    #[error("{0:#x} is no sign of a decimal")]
    DecimalSign(u16),
    #[error("a decimal has {0} digits after its point")]
    DecimalScale(u16),
    #[error("{0} is no digit to the base of 10000")]
    DecimalDigit(u16),
    #[error("{0} µs after midnight is no time of day")]
    TimeOfDay(i64),
    #[error("a document begins with {0:#x}")]
    Document(u8),
    #[error("{0} is no number of dimensions of an array")]
    Dimensions(i32),
    #[error("{0} is no length of a dimension")]
    DimensionLength(i32),
}

/// Writes one value that is not null.
type Value = fn(&[u8], &mut Vec<u8>) -> Result<(), Malformed>;

/// How the values of a column are written; found once for a statement, then used for every row.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    value: Value,
    list: bool,
}

impl Writer {
    /// For a column that a query reads as it is, in its binary form.
    #[must_use]
    pub const fn of(column_type: &ColumnType) -> Self {
        let list = column_type.list;
        let scalar = column_type.scalar;
        // In a list the elements are as Postgres has them.
        let output = if list { Output::Plain } else { scalar.output() };
        let value = match scalar {
            Scalar::Text => text::write,
            Scalar::Integer | Scalar::BigInteger => match output {
                Output::SafeInteger => integer::safe,
                Output::Plain | Output::Text => integer::write,
            },
            Scalar::Decimal => match output {
                Output::Text => decimal::quoted,
                Output::Plain | Output::SafeInteger => decimal::write,
            },
            Scalar::Float => float::write,
            Scalar::Boolean => boolean,
            Scalar::Date => calendar::date,
            Scalar::DateTime => calendar::date_time,
            Scalar::Time => calendar::time,
            Scalar::Duration => interval::write,
            Scalar::Uuid => uuid::write,
            Scalar::Json => document::write,
        };
        Self { value, list }
    }

    /// Writes one value: `raw` is its binary form, or none for SQL's null.
    ///
    /// # Errors
    /// [`Malformed`] where the bytes are no value of the column's type; then `out` may have got a part of it.
    #[inline]
    pub fn write(self, raw: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), Malformed> {
        match raw {
            None => {
                out.extend_from_slice(b"null");
                Ok(())
            }
            Some(raw) if self.list => array::write(raw, self.value, out),
            Some(raw) => (self.value)(raw, out),
        }
    }
}

fn boolean(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let word: &[u8] = match fixed(raw)? {
        [0] => b"false",
        [1] => b"true",
        [other] => return Err(Malformed::Boolean(other)),
    };
    out.extend_from_slice(word);
    Ok(())
}

/// The bytes of a value whose type has always as many.
fn fixed<const N: usize>(raw: &[u8]) -> Result<[u8; N], Malformed> {
    raw.try_into().map_err(|_| Malformed::Length(raw.len()))
}
