//! Binding: the values that one request gives to the parameters of a statement.

use serde_json::{Map, Value as Json};
use std::sync::Arc;
use tessera_schema::ident::{ChangeId, RecordId, UserId};
use tessera_schema::record::{Change, Record, Upsert};
use uuid::Uuid;

pub use tessera_postgres::param::Param;

/// The values of one request.
#[derive(Debug, Clone, Copy)]
pub struct BindContext<'r> {
    /// The values that the request's sources name.
    pub(crate) inputs: &'r Map<String, Json>,
    pub(crate) caller: Caller<'r>,
    /// The change that a write belongs to.
    pub(crate) change: Option<ChangeId>,
    /// The record that a write names.
    pub(crate) id: Option<RecordId>,
    /// The versions of which this record must still have one.
    pub(crate) versions: &'r [i32],
    /// The records that are written, or the changes as one.
    pub(crate) records: &'r [Record],
    /// The records of an upsert.
    pub(crate) upserts: &'r [Upsert],
    /// The changes of records that are changed each in a way of its own.
    pub(crate) changes: &'r [Change],
}

/// The person that a statement is run for: the values of `$user.id` and `$user.team_ids`.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'r> {
    pub user: UserId,
    pub team_ids: &'r [Uuid],
}

impl Caller<'_> {
    /// Where a statement does not depend on the caller.
    pub const NOBODY: Caller<'static> = Caller {
        user: UserId(Uuid::nil()),
        team_ids: &[],
    };
}

impl<'r> BindContext<'r> {
    /// The context of a read.
    #[must_use]
    pub const fn of_read(inputs: &'r Map<String, Json>, caller: Caller<'r>) -> Self {
        Self {
            inputs,
            caller,
            change: None,
            id: None,
            versions: &[],
            records: &[],
            upserts: &[],
            changes: &[],
        }
    }
}

/// Where the value of a parameter comes from.
#[derive(Clone)]
pub(crate) enum Slot {
    /// It is the same in every request of the shape.
    Constant(Param),
    /// Something that a source of the request names.
    Input(Arc<InputReading>),
    /// The caller, or the records that are written.
    Given(Arc<Reading>),
}

/// Reads a parameter from a request's inputs.
type InputReading = dyn Fn(&Map<String, Json>) -> Option<Param> + Send + Sync;
/// Reads a parameter from what a request gives.
type Reading = dyn Fn(&BindContext<'_>) -> Option<Param> + Send + Sync;

impl Slot {
    pub(crate) fn read(&self, context: &BindContext<'_>) -> Option<Param> {
        match self {
            Self::Constant(param) => Some(param.clone()),
            Self::Input(reading) => reading(context.inputs),
            Self::Given(reading) => reading(context),
        }
    }
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Constant(param) => f.debug_tuple("Constant").field(param).finish(),
            Self::Input(_) => f.write_str("Input"),
            Self::Given(_) => f.write_str("Given"),
        }
    }
}
