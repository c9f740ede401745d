//! The names of a table's indexes and constraints: made with the table, and told by Postgres when it refuses a write.

use tessera_schema::column::SqlName;
use tessera_schema::object::{Field, Object};

/// The name of a field's unique index, by which a violation is told.
pub fn unique_name(object: &Object, field: &Field) -> SqlName {
    SqlName::join(&[object.table.as_str(), field.api_name().as_str(), "unique"])
}

/// The names that the indexes of a field's values may have.
pub fn index_names(object: &Object, field: &Field) -> impl Iterator<Item = SqlName> {
    [unique_name(object, field), index_name(object, field)].into_iter()
}

/// The name of a field's sorted index.
pub fn index_name(object: &Object, field: &Field) -> SqlName {
    SqlName::join(&[object.table.as_str(), field.api_name().as_str(), "sorted"])
}

/// The name of a relation's foreign key, by which a violation is told.
#[must_use]
pub fn foreign_key_name(object: &Object, column: &SqlName) -> SqlName {
    SqlName::join(&[object.table.as_str(), column.as_str(), "fkey"])
}

/// The name of a link table's key to the other side, by which a violation is told.
#[must_use]
pub fn link_key_name(table: &SqlName) -> SqlName {
    SqlName::join(&[table.as_str(), "to", "fkey"])
}

/// How the name of every index begins that is made beside another one; no index of a model's own does.
pub const BESIDE: &str = "_beside";

/// The name of the index that is made beside another one, to take its place.
#[must_use]
pub fn beside(index: &SqlName) -> SqlName {
    SqlName::join(&[BESIDE, index.as_str()])
}
