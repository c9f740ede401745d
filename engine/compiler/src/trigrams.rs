//! The extension `pg_trgm`, as statements name it.
//!
//! An extension exists once in a database, not once in a schema, so its operators are the one thing in a tenant's statements
//! that lies outside the tenant's schema.

use std::sync::Arc;

use crate::sql::Quoted;

/// The extension, by the schema it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigrams(Arc<str>);

impl Trigrams {
    /// `schema` becomes part of statements, so it has to be a plain name.
    #[must_use]
    pub fn in_schema(schema: &str) -> Self {
        Self(schema.into())
    }

    /// A name of the extension, with its schema.
    #[must_use]
    pub fn name(&self, name: &str) -> String {
        format!("{}.{name}", Quoted(&self.0))
    }
}
