//! The unique keys of an object, by which its records differ.

use super::Object;
use crate::column::Column;

/// A value that no two records have, those in the bin apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueKey {
    /// The name under which it is written.
    pub name: String,
    pub column: Column,
}

impl Object {
    /// The keys that an upsert can match on: the unique fields that callers give, each by the name it is written under.
    pub fn unique_keys(&self) -> impl Iterator<Item = UniqueKey> {
        let fields = self.own_fields();
        let unique = fields.filter(|field| field.definition.unique && field.writable());
        unique.filter_map(|field| {
            Some(UniqueKey {
                name: field.value_key(),
                column: field.columns.first()?.clone(),
            })
        })
    }

    /// The id, by which every object's records can be matched.
    #[must_use]
    pub fn id_key(&self) -> UniqueKey {
        let id = &self.fields["id"];
        UniqueKey {
            name: id.value_key(),
            column: id.columns[0].clone(),
        }
    }
}
