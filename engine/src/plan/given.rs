//! What a plan is bound with: the values of one request.

use serde_json::{Map, Value as Json};
use tessera_schema::ident::UserId;
use tessera_schema::record::{Record, Upsert};

use crate::write::{Action, Write};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'r> {
    /// What the request's sources name.
    pub(crate) inputs: &'r Map<String, Json>,
    /// Who asks.
    pub(crate) actor: UserId,
    /// Only for a write.
    pub(crate) write: Option<&'r Write>,
}

impl<'r> Given<'r> {
    /// The records that are written, or the changes as one.
    pub(crate) fn records(&self) -> &'r [Record] {
        match self.write.map(|write| &write.action) {
            Some(Action::Create(record)) => std::slice::from_ref(record),
            Some(Action::CreateMany(records)) => records,
            Some(Action::Update { changes, .. } | Action::UpdateWhere { changes, .. }) => {
                std::slice::from_ref(changes)
            }
            _ => &[],
        }
    }

    /// The records of an upsert.
    pub(crate) fn upserts(&self) -> &'r [Upsert] {
        let upserts = self.write.and_then(|write| write.action.upserts());
        upserts.map_or(&[], |(_, records)| records)
    }
}
