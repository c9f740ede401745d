//! Writing back the values that a record had in a version.

use serde_json::{Map, Value as Json};
use std::sync::Arc;
use tessera_compiler::query::stored::Next;
use tessera_compiler::query::tree::Selection;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::{Action, Expected, Write, Written};
use tessera_error::{InternalError, Result, UserError};
use tessera_schema::access::Right;
use tessera_schema::ident::RecordId;
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Field, Object};
use tessera_schema::record::Record;
use tessera_schema::violation::Pointer;

use super::event::{self, Values};
use super::state::{self, State, fitting, is_hidden};
use crate::engine::Engine;
use crate::inputs::Inputs;
use crate::records::may;
use crate::request_context::RequestContext;
use crate::transaction::Transaction;

/// How many events are read at once on the way back to a version.
const STRIDE: i64 = 1_000;

/// What a record is to become.
#[derive(Debug, Clone)]
pub struct Reversion {
    /// The version whose values it gets.
    pub version: i64,
    /// The version that it must still have.
    pub expected: Option<Expected>,
    /// Do it, answer, and take it back.
    pub rollback: bool,
}

impl Engine {
    /// Gives a record the values that it had in a version, as a change of it would; it comes out of the bin if need be. `plain` shows
    /// all of its own values, `selection` what is answered. Call it inside [`Engine::on_model`].
    ///
    /// # Errors
    /// What a change to these values would be refused for, or that the record never had the version.
    pub async fn revert_record(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        subject: (&Arc<Object>, RecordId),
        (plain, selection): (&Selection, &Selection),
        reversion: &Reversion,
    ) -> Result<Written> {
        let view = snapshot.view(context.principal.roles());
        may(&view, subject.0, Right::Update)?;
        self.undisturbed(|| async {
            let mut transaction = self.begin(context).await?;
            let mut undoing = Undoing {
                engine: self,
                transaction: &mut transaction,
                context,
                snapshot,
            };
            let written = undoing.record(subject, (plain, selection), reversion).await;
            transaction.end(written, reversion.rollback).await
        })
        .await
    }
}

/// A transaction in which something is undone.
pub(super) struct Undoing<'u> {
    pub(super) engine: &'u Engine,
    pub(super) transaction: &'u mut Transaction,
    pub(super) context: &'u RequestContext,
    pub(super) snapshot: &'u Snapshot,
}

impl Undoing<'_> {
    async fn record(
        &mut self,
        (object, id): (&Arc<Object>, RecordId),
        (plain, selection): (&Selection, &Selection),
        reversion: &Reversion,
    ) -> Result<Written> {
        let connection = self.transaction.connection();
        let subject = (&**object, id);
        let (context, snapshot) = (self.context, self.snapshot);
        let now = state::now(connection, context, snapshot, subject, Next::Change).await?;
        let now = now.ok_or(UserError::NotFound { what: "record" })?;
        if let (Some(expected), Some(version)) = (&reversion.expected, version(&now)) {
            expected.check(i32::try_from(version).unwrap_or_default())?;
        }
        let then = self.version(subject, &now, reversion.version).await?;
        let states = [&then, &now];
        let shown = self.show((object, plain), &states).await?;
        let held = fitting(object, &then);
        let mut body = Map::new();
        for field in restorable(object).filter(|field| holds(&held, field)) {
            // What the caller does not see stays as it is.
            let sides = [(&held, &shown[0]), (&now, &shown[1])];
            if sides
                .iter()
                .any(|(state, shown)| is_hidden(field, state, shown))
            {
                continue;
            }
            let key = field.value_key();
            if shown[0].get(&key) != shown[1].get(&key) {
                body.insert(key.clone(), shown[0].get(&key).cloned().unwrap_or_default());
            }
        }
        let view = snapshot.view(context.principal.roles());
        let inputs = Inputs::of(context, snapshot, &view, object);
        let changes = Record::update(inputs.update()?, &Json::Object(body), Spelling::Snake);
        let changes = changes.map_err(UserError::Invalid)?;
        if is_binned(&now) {
            let nothing = Selection::default();
            self.write(object, Action::Restore { id }, nothing).await?;
        }
        let update = Action::Update {
            id,
            changes,
            expected: None,
        };
        self.write(object, update, selection.clone()).await
    }

    /// The record as it was in a version.
    async fn version(
        &mut self,
        (object, id): (&Object, RecordId),
        now: &Values,
        wanted: i64,
    ) -> Result<Values> {
        let is_wanted = |state: &Values| version(state) == Some(wanted);
        let mut state: State = Some(now.clone());
        let mut from = i64::MAX;
        loop {
            let connection = self.transaction.connection();
            let subject = (object, id);
            let events = event::of_record(connection, self.snapshot, subject, from, STRIDE).await?;
            for event in &events {
                if let Some(found) = state.as_ref().filter(|state| is_wanted(state)) {
                    return Ok(found.clone());
                }
                state = state::before(state, event);
                from = event.seq;
            }
            if events.is_empty() {
                let found = state.filter(is_wanted);
                return found.ok_or_else(|| {
                    let message = format!("the record never had the version {wanted}");
                    UserError::invalid(Pointer::root().key("version"), "unknown", message).into()
                });
            }
        }
    }

    pub(super) async fn show(
        &mut self,
        (object, selection): (&Object, &Selection),
        states: &[&Values],
    ) -> Result<Vec<Json>> {
        let shown = (object, selection);
        let engine = self.engine;
        engine
            .show_states(self.transaction, self.context, self.snapshot, shown, states)
            .await
    }

    pub(super) async fn write(
        &mut self,
        object: &Arc<Object>,
        action: Action,
        selection: Selection,
    ) -> Result<Written> {
        let write = Write {
            object: Arc::clone(self.snapshot.whole_of(object)),
            action,
            selection,
            rollback: false,
        };
        let plan = self
            .engine
            .plan_write(self.context, self.snapshot, &write)?;
        let mut executor = self.transaction.executor();
        let inputs = Map::new();
        let written = executor
            .write(self.context, self.snapshot, &plan, &write, &inputs)
            .await?;
        written.ok_or_else(|| InternalError::Unbound.into())
    }
}

pub(super) fn version(state: &Values) -> Option<i64> {
    state.get("version")?.as_i64()
}

pub(super) fn is_binned(state: &Values) -> bool {
    state.get("deleted_at").is_some_and(|at| !at.is_null())
}

/// The fields whose values events hold and callers may give.
pub(super) fn restorable(object: &Object) -> impl Iterator<Item = &Field> {
    let fields = object.own_fields().map(AsRef::as_ref);
    fields.filter(|field: &&Field| field.writable() && !field.columns.is_empty())
}

/// Whether a state has all columns of a field.
pub(super) fn holds(state: &Values, field: &Field) -> bool {
    let mut columns = field.columns.iter();
    columns.all(|column| state.contains_key(column.name.as_str()))
}
