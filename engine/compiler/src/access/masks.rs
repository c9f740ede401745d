//! The values of an object's rows that the caller may not see in every record.

use sea_query::Expr;
use std::sync::Arc;
use tessera_schema::column::SqlName;
use tessera_schema::filter::Filter;
use tessera_schema::ident::ApiName;

/// The values of an object's rows that may be hidden.
#[derive(Debug)]
pub(crate) struct Masks {
    /// By the names of their columns; those of one field have the same mask.
    pub(super) columns: Vec<(SqlName, Mask)>,
    /// Of many-to-many relations, by the names of their tables.
    pub(super) links: Vec<(SqlName, Arc<Filter>)>,
}

/// What has to hold for a value to be seen.
#[derive(Debug, Clone)]
pub(super) struct Mask {
    /// The rules that the record has to match.
    pub(super) rules: Vec<Arc<Filter>>,
    /// The object that the value is a record of, where not all of its records are seen.
    pub(super) target: Option<ApiName>,
}

/// A column that may be hidden: its stored value, and that the caller sees it.
pub(crate) struct Masked {
    pub(crate) stored: Expr,
    pub(crate) seen: Expr,
}

impl Masks {
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.links.is_empty()
    }

    pub(super) fn place(&self, column: &SqlName) -> Option<usize> {
        self.columns.iter().position(|(name, _)| name == column)
    }
}
