//! Bound values.

use tokio_postgres::types::{ToSql, Type};

/// A bound value. Text is cast to its column's type by the statement, so its form is the column's input form.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    Text(Option<String>),
    List(Vec<Option<String>>),
    Number(i64),
}

impl Param {
    /// What it is sent as.
    #[must_use]
    pub const fn column_type(&self) -> Type {
        match self {
            Self::Text(_) => Type::TEXT,
            Self::List(_) => Type::TEXT_ARRAY,
            Self::Number(_) => Type::INT8,
        }
    }

    #[must_use]
    pub fn value(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Text(text) => text,
            Self::List(texts) => texts,
            Self::Number(number) => number,
        }
    }
}
