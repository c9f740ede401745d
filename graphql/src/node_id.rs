//! Ids of records over all objects, as Relay needs them.

use std::sync::Arc;
use tessera_schema::ident::{ApiName, RecordId};
use tessera_schema::model::Model;
use tessera_schema::object::Object;
use uuid::Uuid;

/// What separates the name of an object from a record's id: no name has it.
const SEPARATOR: char = ':';

/// The id of a record, with its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeId {
    pub(crate) object: ApiName,
    pub(crate) record: RecordId,
}

impl NodeId {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (object, record) = text.split_once(SEPARATOR)?;
        Some(Self {
            object: ApiName::parse(object).ok()?,
            record: RecordId(Uuid::parse_str(record).ok()?),
        })
    }

    /// What stands before the record's id.
    pub(crate) fn prefix(object: &Object) -> String {
        format!("{}{SEPARATOR}", object.api_name())
    }

    /// The record's object, where there is such an object.
    pub(crate) fn object<'m>(&self, model: &'m Model) -> Option<&'m Arc<Object>> {
        model.object(self.object.as_str())
    }
}
