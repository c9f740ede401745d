//! A row of an answer, be it from a lane or from a transaction.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Type, ValueRef as _};
use tokio_postgres::types::{FromSql, Type as ColumnType};

use crate::failure::Failure;

/// Columns as Postgres sends them.
#[derive(Debug)]
pub enum Row {
    Lane(tokio_postgres::Row),
    Transaction(PgRow),
}

/// A column by its number or its name.
pub trait Column:
    tokio_postgres::row::RowIndex + sqlx::ColumnIndex<PgRow> + std::fmt::Display
{
}

impl Column for usize {}
impl Column for &str {}

/// A value in Postgres's binary form, whatever its type.
struct Raw<'r>(Option<&'r [u8]>);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(
        _: &ColumnType,
        raw: &'r [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &ColumnType) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &ColumnType) -> bool {
        true
    }
}

impl Row {
    /// The bytes of a column, in Postgres's binary form; `None` for null.
    pub fn raw(&self, column: usize) -> Result<Option<&[u8]>, Failure> {
        match self {
            Self::Lane(row) => Ok(row.try_get::<_, Raw<'_>>(column)?.0),
            Self::Transaction(row) => {
                let value = row.try_get_raw(column)?;
                if value.is_null() {
                    return Ok(None);
                }
                Ok(Some(value.as_bytes().map_err(sqlx::Error::Decode)?))
            }
        }
    }

    /// Whether there is a column of this name.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        match self {
            Self::Lane(row) => row.columns().iter().any(|known| known.name() == column),
            Self::Transaction(row) => row.try_column(column).is_ok(),
        }
    }

    /// A column's value.
    ///
    /// # Errors
    /// There is no such column, or it is of another type.
    pub fn get<'r, T>(&'r self, column: impl Column) -> Result<T, Failure>
    where
        T: FromSql<'r> + Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Self::Lane(row) => Ok(row.try_get(column)?),
            Self::Transaction(row) => Ok(row.try_get(column)?),
        }
    }
}
