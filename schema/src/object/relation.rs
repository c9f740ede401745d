//! Relations as they are walked: to one record, to many, and back.

use crate::column::SqlName;
use crate::definition::InverseDefinition;
use crate::ident::ApiName;

#[derive(Debug, Clone, PartialEq)]
pub struct ToOne {
    pub key: ApiName,
    pub column: SqlName,
    pub target: ApiName,
    /// A record always points at something.
    pub required: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ToMany {
    pub key: ApiName,
    pub target: ApiName,
    pub via: Via,
}

/// How the records of a to-many relation are found.
#[derive(Debug, Clone, PartialEq)]
pub enum Via {
    /// A column of theirs points here.
    Column(SqlName),
    /// Rows of a link table join `near`, this record, with `far`, the other.
    Link {
        table: SqlName,
        near: SqlName,
        far: SqlName,
    },
}

/// The way back from a relation's target.
#[derive(Debug, Clone, PartialEq)]
pub struct Inverse {
    pub definition: InverseDefinition,
    /// The object and field the relation was defined on.
    pub object: ApiName,
    pub field: ApiName,
    pub to_many: ToMany,
}
