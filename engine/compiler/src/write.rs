//! Writing: each write is one statement that changes rows, records the event and answers with the records' new shape.
//!
//! `statement` makes it from its parts, a chain of CTEs: `_old` (the rows before), `_new` (the rows after), `_event`, and what
//! many-to-many relations need. `event` says what is recorded. `target` sees to the records that links lead to, `family` to
//! records that go with the one they refer to, `unlink` to records that lose a link to it. `keys` is the order in which unique
//! values are taken. `constraint` tells what the database refused in the caller's words.

mod affected;
pub mod allowed;
mod assign;
pub mod constraint;
mod demand;
mod event;
mod family;
mod insert;
mod keys;
mod link;
pub mod lock;
mod merge;
pub mod part;
mod sparse;
pub mod statement;
mod target;
mod unlink;
mod update;
mod update_many;
mod upsert;

use bytes::Bytes;
use sea_query::LockType;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use tessera_error::{InternalError, Result, UserError};
use tessera_postgres::failure::Failure;
use tessera_postgres::row::Row;
use tessera_schema::access::Right;
use tessera_schema::access::view::View;
use tessera_schema::filter::Filter;
use tessera_schema::ident::{ChangeId, RecordId};
use tessera_schema::object::{Object, UniqueKey};
use tessera_schema::record::{Change, Record, Upsert};
use tessera_schema::violation::{Pointer, Violation};

use crate::bind::{BindContext, Caller};
use crate::cursor::Sealer;
use crate::query::tree::Selection;
use crate::snapshot::Snapshot;

/// One write on one object.
#[derive(Debug, Clone)]
pub struct Write {
    pub object: Arc<Object>,
    pub action: Action,
    /// What is answered of each record written; empty for nothing.
    pub selection: Selection,
    /// Do it, answer, and undo it.
    pub rollback: bool,
}

impl Write {
    /// The values that the write gives to its statement, with who writes and the change that it belongs to.
    pub fn bind<'r>(
        &'r self,
        inputs: &'r Map<String, Json>,
        (caller, change): (Caller<'r>, ChangeId),
    ) -> BindContext<'r> {
        let action = &self.action;
        BindContext {
            inputs,
            caller,
            change: Some(change),
            id: action.id(),
            versions: action.expected().map_or(&[], Expected::versions),
            records: match action {
                Action::Create(record) => std::slice::from_ref(record),
                Action::CreateMany(records) => records,
                _ => action.changes().map_or(&[], std::slice::from_ref),
            },
            upserts: action.upserts().map_or(&[], |(_, records)| records),
            changes: action.each(),
        }
    }
}

#[derive(Debug, Clone)]
pub enum Action {
    /// One record; answered with an object.
    Create(Record),
    /// All or none; answered with an array in the same order.
    CreateMany(Vec<Record>),
    /// Made, or changed where a live record has its key; answered with an object. A record without a key is made.
    Upsert { key: UniqueKey, record: Upsert },
    /// As [`Action::Upsert`], all or none; answered with an array in the same order.
    UpsertMany {
        key: UniqueKey,
        records: Vec<Upsert>,
    },
    Update {
        id: RecordId,
        changes: Record,
        expected: Option<Expected>,
    },
    /// Records, each by its id and only once, all or none; answered with an array in the same order.
    UpdateMany(Vec<Change>),
    /// Into the bin.
    Delete {
        id: RecordId,
        expected: Option<Expected>,
    },
    /// Out of the bin.
    Restore { id: RecordId },
    /// For good, from the bin or not.
    Destroy {
        id: RecordId,
        expected: Option<Expected>,
    },
    UpdateWhere {
        filter: Filter,
        changes: Record,
        /// Where the filter finds more records than this, none is changed.
        at_most: Option<u32>,
    },
    /// Into the bin.
    DeleteWhere {
        filter: Filter,
        /// Where the filter finds more records than this, none is deleted.
        at_most: Option<u32>,
    },
    /// Out of the bin.
    RestoreWhere { filter: Filter },
}

/// The version a caller has seen; a write on another one is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// `If-Match`, any of these: refused with 412.
    IfMatch(Vec<i32>),
    /// `ifVersion`: refused with 409.
    Version(i32),
}

/// What a write did.
#[derive(Debug)]
pub struct Written {
    /// The records in the shape asked for: one JSON object after a write of one record, an array after a write of many;
    /// empty after a write by filter or where nothing was asked for.
    pub body: Bytes,
    pub affected: u64,
    /// Of the one record written.
    pub version: Option<i32>,
    /// Of each record of an upsert, in order: whether it is new.
    pub created: Vec<bool>,
}

impl Action {
    /// The record that the write names.
    pub(crate) const fn id(&self) -> Option<RecordId> {
        match self {
            Self::Update { id, .. }
            | Self::Delete { id, .. }
            | Self::Restore { id }
            | Self::Destroy { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// The right on the object that the write needs. An upsert needs the right to create as well.
    #[must_use]
    pub const fn right(&self) -> Right {
        match self {
            Self::Create(_) | Self::CreateMany(_) => Right::Create,
            Self::Upsert { .. }
            | Self::UpsertMany { .. }
            | Self::Update { .. }
            | Self::UpdateMany(_)
            | Self::UpdateWhere { .. } => Right::Update,
            Self::Delete { .. } | Self::DeleteWhere { .. } => Right::Delete,
            Self::Restore { .. } | Self::RestoreWhere { .. } => Right::Restore,
            Self::Destroy { .. } => Right::Destroy,
        }
    }

    /// The key and the records of an upsert.
    pub(crate) fn upserts(&self) -> Option<(&UniqueKey, &[Upsert])> {
        match self {
            Self::Upsert { key, record } => Some((key, std::slice::from_ref(record))),
            Self::UpsertMany { key, records } => Some((key, records)),
            _ => None,
        }
    }

    /// How the records are locked that are there. One that is only changed may be referred to meanwhile: its id stays. One that
    /// goes may not, since a reference is checked under `FOR KEY SHARE`.
    pub(crate) const fn lock(&self) -> LockType {
        match self {
            Self::Delete { .. } | Self::DeleteWhere { .. } | Self::Destroy { .. } => {
                LockType::Update
            }
            _ => LockType::NoKeyUpdate,
        }
    }

    /// Whether a filter chooses the records.
    pub(crate) const fn is_by_filter(&self) -> bool {
        matches!(
            self,
            Self::UpdateWhere { .. } | Self::DeleteWhere { .. } | Self::RestoreWhere { .. }
        )
    }

    /// What is changed in records that are there.
    pub(crate) const fn changes(&self) -> Option<&Record> {
        match self {
            Self::Update { changes, .. } | Self::UpdateWhere { changes, .. } => Some(changes),
            _ => None,
        }
    }

    /// The changes of records that are changed each in a way of its own.
    pub(crate) fn each(&self) -> &[Change] {
        match self {
            Self::UpdateMany(changes) => changes,
            _ => &[],
        }
    }

    /// Tells actions apart that name other columns. Those of one request may depend on more than its keys: parts of a composite
    /// value may be left out.
    #[must_use]
    pub fn columns(&self) -> u64 {
        let of = |record: &Record| {
            let mut hasher = DefaultHasher::new();
            record
                .columns
                .keys()
                .for_each(|name| name.hash(&mut hasher));
            hasher.write_u8(0);
            record.fills.keys().for_each(|name| name.hash(&mut hasher));
            hasher.finish()
        };
        if let Some(changes) = self.changes() {
            return of(changes);
        }
        let upserts = self.upserts().map_or(&[][..], |(_, records)| records);
        let upserts = upserts.iter().map(|record| of(&record.given));
        let changes = self.each().iter().map(|change| of(&change.values));
        let kinds: BTreeSet<u64> = upserts.chain(changes).collect();
        let mut hasher = DefaultHasher::new();
        kinds.hash(&mut hasher);
        hasher.finish()
    }

    /// How many records are answered.
    #[must_use]
    pub const fn records(&self) -> usize {
        match self {
            Self::CreateMany(records) => records.len(),
            Self::UpsertMany { records, .. } => records.len(),
            Self::UpdateMany(changes) => changes.len(),
            _ => 1,
        }
    }

    /// How many records a filter may find.
    const fn at_most(&self) -> Option<u32> {
        match self {
            Self::UpdateWhere { at_most, .. } | Self::DeleteWhere { at_most, .. } => *at_most,
            _ => None,
        }
    }

    /// Whether the answer is an array.
    const fn answers_many(&self) -> bool {
        matches!(
            self,
            Self::CreateMany(_) | Self::UpsertMany { .. } | Self::UpdateMany(_)
        )
    }
}

impl Action {
    /// The versions of which the record must still have one.
    pub(crate) const fn expected(&self) -> Option<&Expected> {
        match self {
            Self::Update { expected, .. }
            | Self::Delete { expected, .. }
            | Self::Destroy { expected, .. } => expected.as_ref(),
            _ => None,
        }
    }
}

impl Expected {
    pub(crate) fn versions(&self) -> &[i32] {
        match self {
            Self::IfMatch(versions) => versions,
            Self::Version(version) => std::slice::from_ref(version),
        }
    }

    /// Refuses a record that has another version now.
    pub fn check(&self, current: i32) -> Result<(), UserError> {
        if self.versions().contains(&current) {
            Ok(())
        } else {
            Err(self.refusal(current))
        }
    }

    const fn refusal(&self, current: i32) -> UserError {
        match self {
            Self::IfMatch(_) => UserError::PreconditionFailed { current },
            Self::Version(given) => UserError::Stale {
                current,
                given: *given,
            },
        }
    }
}

/// Reads what became of the write, for a caller with this view.
pub fn written(
    outcome: Result<Vec<Row>, Failure>,
    snapshot: &Snapshot,
    write: &Write,
    sealer: &Sealer<'_>,
    view: &dyn Fn() -> Arc<View>,
) -> Result<Written> {
    let rows = outcome.map_err(|error| constraint::explain(error, snapshot, write, view))?;
    let row = rows.first().ok_or_else(Failure::no_row)?;
    if row.get::<i64>("_model")? != snapshot.version {
        return Err(InternalError::ModelChanged.into());
    }
    if let Action::UpsertMany { key, .. } = &write.action {
        upsert::each_once(key, row.get("_repeated")?)?;
    }
    if let Action::UpdateMany(changes) = &write.action {
        update_many::check(&write.object, &write.action, changes, row)?;
    }
    allowed::check(&write.action, row)?;
    if let Some((key, _)) = write.action.upserts() {
        upsert::none_hidden(&write.object, &write.action, key, row)?;
    }
    if let Some(most) = write.action.at_most() {
        let matched: i64 = row.get("_matched")?;
        if matched > i64::from(most) {
            return Err(UserError::TooManyMatched { matched, most }.into());
        }
    }
    let affected: i64 = row.get("_count")?;
    let created: Option<Vec<bool>> = match write.action.upserts() {
        Some(_) => row.get("_created")?,
        None => None,
    };
    let written = Written {
        body: sealer.json(row, statement::BODY)?.unwrap_or_default(),
        affected: u64::try_from(affected).unwrap_or_default(),
        version: row.get("_version")?,
        created: created.unwrap_or_default(),
    };
    if written.affected == 0 {
        missed(write, row)?;
    }
    Ok(written)
}

/// Why a write found nothing to write.
fn missed(write: &Write, row: &Row) -> Result<()> {
    let action = &write.action;
    let current: Option<i32> = row.get("_current")?;
    if let (Some(expected), Some(current)) = (action.expected(), current)
        && !expected.versions().contains(&current)
    {
        return Err(expected.refusal(current).into());
    }
    allowed::check_relations(&write.object, action, row)?;
    let unmet = merge::violations(&write.object, action, row)?;
    if !unmet.is_empty() {
        return Err(UserError::Invalid(unmet).into());
    }
    match action {
        Action::UpdateWhere { .. }
        | Action::DeleteWhere { .. }
        | Action::RestoreWhere { .. }
        | Action::Create(_)
        | Action::CreateMany(_)
        | Action::Upsert { .. }
        | Action::UpsertMany { .. }
        | Action::UpdateMany(_) => Ok(()),
        Action::Restore { .. }
            if current.is_some() && row.get::<Option<bool>>("_binned")? == Some(false) =>
        {
            let message = "the record is not in the bin";
            let violation = Violation::new(Pointer::root(), "not_deleted", message);
            Err(UserError::Conflict(vec![violation]).into())
        }
        _ => Err(UserError::NotFound { what: "record" }.into()),
    }
}
