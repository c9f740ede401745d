//! The text of a statement: parameters are numbered, and what a planner has to know beforehand is written out.
//!
//! With a parameter for a limit, a plan for all values reckons with a tenth of all rows. It never looks cheaper than a plan
//! for these values, so Postgres would plan each run of a prepared statement anew, which takes longer than most lists.

use sea_query::prepare::SqlWriter;
use sea_query::{PostgresQueryBuilder, QueryBuilder, QueryStatementWriter, Value, Values};
use std::fmt;

/// Marks a number that is written out among those that are indexes of parameters.
const WRITTEN_OUT: u64 = 1 << 63;

/// A `LIMIT` or `OFFSET` that stands in the text as it is.
pub(crate) fn written_out(value: u32) -> u64 {
    WRITTEN_OUT | u64::from(value)
}

/// The text of a statement, and its parameters in order, each once however often it is named.
pub(super) fn build(statement: &impl QueryStatementWriter) -> (String, Values) {
    let mut text = Text::default();
    statement.build_collect_into(PostgresQueryBuilder, &mut text);
    (text.written, Values(text.values))
}

#[derive(Default)]
struct Text {
    written: String,
    values: Vec<Value>,
}

impl SqlWriter for Text {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, _: &T) {
        let text = match value {
            Value::BigUnsigned(Some(number)) if number & WRITTEN_OUT != 0 => {
                (number ^ WRITTEN_OUT).to_string()
            }
            value => {
                let known = self.values.iter().position(|known| *known == value);
                let index = known.unwrap_or_else(|| {
                    self.values.push(value);
                    self.values.len() - 1
                });
                format!("${}", index + 1)
            }
        };
        self.written.push_str(&text);
    }

    fn as_writer(&mut self) -> &mut dyn fmt::Write {
        self
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.written.write_str(text)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}
