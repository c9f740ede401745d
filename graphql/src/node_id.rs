//! Ids of records over all objects, as Relay needs them.

use std::sync::Arc;
use tessera_schema::ident::{ApiName, RecordId};
use tessera_schema::model::Model;
use tessera_schema::object::Object;
use uuid::Uuid;

/// The field that holds it, and the argument that takes it.
pub(crate) const NODE_ID: &str = "nodeId";

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

    /// The record's object, where there is such an object and its records have these ids.
    pub(crate) fn object<'m>(&self, model: &'m Model) -> Option<&'m Arc<Object>> {
        model
            .object(self.object.as_str())
            .filter(|object| has_node_id(object))
    }
}

/// Whether records of an object have a `nodeId`: all but those of an object that gives this name to something else.
pub(crate) fn has_node_id(object: &Object) -> bool {
    object.attribute("node_id").is_none()
}
