//! Undoing a change: each record's part of it, unless the record was changed since.
//!
//! The values that a record had before the change are in the change's own events. They are written back to fields that still have
//! the value which the change gave them; other fields are conflicts and stay as they are. What the change made goes to the bin,
//! what it removed comes back. Records of one object are written together, targets of relations before the records that refer to them.

use serde::Serialize;
use serde_json::{Value as Json, json};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tessera_compiler::query::stored::Next;
use tessera_compiler::query::tree::Selection;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::Action;
use tessera_error::{Result, UserError};
use tessera_schema::access::Right;
use tessera_schema::access::view::View;
use tessera_schema::filter::Filter;
use tessera_schema::ident::{ChangeId, RecordId};
use tessera_schema::model::Model;
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Field, Object};
use tessera_schema::record::{Record, Upsert};
use tessera_schema::violation::{Pointer, Violation};

use self::back::{Back, changed_since, lost, named, remade, touched, valid};
use self::part::{Event, Part, Parts};
use super::event::{self, Values, Verb};
use super::revert::{Undoing, is_binned, restorable};
use super::state::{self, is_hidden};
use crate::engine::Engine;
use crate::inputs::Inputs;
use crate::request_context::RequestContext;

mod back;
mod part;

/// The most events of a change that is undone.
pub const MOST: usize = 10_000;
/// How many records a statement writes values to.
const BATCH: usize = 1_000;

/// What became of undoing a change.
#[derive(Debug, Serialize)]
pub struct Undone {
    /// The change that undoing it was. It can be undone itself.
    pub change_id: ChangeId,
    /// The number of records that were written.
    pub reverted: usize,
    pub conflicts: Vec<Conflict>,
}

/// What was left alone of a record.
#[derive(Debug, Serialize)]
pub struct Conflict {
    object: String,
    id: RecordId,
    fields: Vec<String>,
}

/// What is to be done with the records of one object.
#[derive(Debug, Default)]
struct Job {
    made_again: Vec<Record>,
    taken_out: Vec<RecordId>,
    changed: Vec<Upsert>,
    binned: Vec<RecordId>,
}

impl Job {
    /// How many records are written.
    fn records(&self) -> usize {
        let made_again = self.made_again.iter().filter_map(|record| record.id);
        let changed = self.changed.iter().filter_map(|record| record.given.id);
        let moved = self.taken_out.iter().chain(&self.binned).copied();
        let all: BTreeSet<RecordId> = made_again.chain(changed).chain(moved).collect();
        all.len()
    }
}

impl Engine {
    /// Undoes a change. `plain` shows all of an object's own values. Call it inside [`Engine::on_model`].
    ///
    /// # Errors
    /// There is no such change, it is too large, or what was there before is refused now, as a unique value that another record has.
    pub async fn revert_change(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        id: ChangeId,
        plain: impl Fn(&Arc<Object>) -> Result<Selection, Vec<Violation>> + Sync,
        rollback: bool,
    ) -> Result<Undone> {
        let view = snapshot.view(context.principal.roles());
        let mut writes = Right::WRITES.into_iter();
        if !writes.any(|right| view.may_somewhere(right)) {
            let action = "change records";
            return Err(UserError::Forbidden { action }.into());
        }
        if id == context.change {
            let place = Pointer::root().key("X-Change-Id");
            let message = "undoing a change is a change of its own, with another id";
            return Err(UserError::malformed(place, "clash", message).into());
        }
        self.undisturbed(|| async {
            let mut transaction = self.begin(context).await?;
            let mut undoing = Undoing {
                engine: self,
                transaction: &mut transaction,
                context,
                snapshot,
            };
            let undone = undoing.change(id, &plain).await;
            transaction.end(undone, rollback).await
        })
        .await
    }
}

impl Undoing<'_> {
    async fn change(
        &mut self,
        id: ChangeId,
        plain: &(impl Fn(&Arc<Object>) -> Result<Selection, Vec<Violation>> + Sync),
    ) -> Result<Undone> {
        let mut conflicts = Vec::new();
        let mut parts = self.parts(id).await?;
        let view = self.snapshot.view(self.context.principal.roles());
        // What the caller does not know of is not there.
        parts.retain(|name, _| {
            let whole = self.snapshot.whole().object(name);
            whole.is_none() || view.model.object(name).is_some()
        });
        let objects = targets_first(&view.model, parts.keys().map(String::as_str));
        let mut jobs = Vec::with_capacity(objects.len());
        for object in objects {
            let parts = parts.remove(object.api_name().as_str()).unwrap_or_default();
            let plain = plain(&object).map_err(UserError::Malformed)?;
            let job = self.job(&view, &object, &plain, &parts, &mut conflicts);
            let job = job.await?;
            jobs.push((object, job));
        }
        // Of objects that have gone.
        for (object, parts) in parts {
            conflicts.extend(parts.into_keys().map(|id| Conflict {
                object: object.clone(),
                id,
                fields: Vec::new(),
            }));
        }
        let nothing = Selection::default;
        let reverted = jobs.iter().map(|(_, job)| job.records()).sum();
        for (object, job) in &mut jobs {
            for records in chunks(&mut job.made_again) {
                self.write(object, Action::CreateMany(records), nothing())
                    .await?;
            }
        }
        for (object, job) in &jobs {
            if let Some(filter) = self.these(object, &job.taken_out)? {
                self.write(object, Action::RestoreWhere { filter }, nothing())
                    .await?;
            }
        }
        for (object, job) in &mut jobs {
            for records in chunks(&mut job.changed) {
                let key = object.id_key();
                self.write(object, Action::UpsertMany { key, records }, nothing())
                    .await?;
            }
        }
        for (object, job) in jobs.iter().rev() {
            if let Some(filter) = self.these(object, &job.binned)? {
                let at_most = None;
                self.write(object, Action::DeleteWhere { filter, at_most }, nothing())
                    .await?;
            }
        }
        Ok(Undone {
            change_id: self.context.change,
            reverted,
            conflicts,
        })
    }

    /// What the change did, by objects and records.
    async fn parts(&mut self, id: ChangeId) -> Result<BTreeMap<String, Parts>> {
        let text = format!(
            "select object, record_id, action, before::json, after::json from {} \
             where change_id = $1 order by seq limit $2",
            event::table(self.snapshot)
        );
        let events: Vec<Event> = sqlx::query_as(AssertSqlSafe(text))
            .bind(id.0)
            .bind(i64::try_from(MOST).unwrap_or(i64::MAX) + 1)
            .fetch_all(self.transaction.connection())
            .await?;
        if events.is_empty() {
            return Err(UserError::NotFound { what: "change" }.into());
        }
        if events.len() > MOST {
            let message = format!("at most {MOST} writes are undone at once");
            return Err(UserError::invalid(Pointer::root(), "too_many", message).into());
        }
        let mut parts: BTreeMap<String, Parts> = BTreeMap::new();
        for event in events {
            let records = parts.entry(event.object.clone()).or_default();
            match records.get_mut(&RecordId(event.record_id)) {
                Some(part) => part.add(event),
                None => {
                    records.insert(RecordId(event.record_id), Part::new(event));
                }
            }
        }
        Ok(parts)
    }

    async fn job(
        &mut self,
        view: &View,
        object: &Arc<Object>,
        plain: &Selection,
        parts: &Parts,
        conflicts: &mut Vec<Conflict>,
    ) -> Result<Job> {
        let connection = self.transaction.connection();
        let (context, snapshot) = (self.context, self.snapshot);
        let records = (&**object, parts.keys().copied());
        let rows = state::rows(connection, context, snapshot, records, Next::Removal).await?;
        let tells_of_gone = state::tells_of_gone(context, snapshot, object);
        let mut job = Job::default();
        let mut conflict = |id: RecordId, fields: Vec<String>| {
            conflicts.push(Conflict {
                object: object.api_name().to_string(),
                id,
                fields,
            });
        };
        // Each with the state that it gets, and the fields that it gets of that.
        let mut changed: Vec<(RecordId, Values, Vec<&Field>)> = Vec::new();
        let mut made_again: Vec<(RecordId, Values)> = Vec::new();
        for (id, part) in parts {
            let id = *id;
            match (rows.get(&id), part.first, part.last) {
                // What it made is gone, or was by its end.
                (None, Verb::Created, _) => {}
                // It may be there, and not be seen.
                (None, ..) if !tells_of_gone => {}
                (None, _, Verb::Destroyed) => match lost(object) {
                    lost if lost.is_empty() => made_again.push((id, part.before.clone())),
                    lost => conflict(id, lost),
                },
                (None, ..) => conflict(id, touched(object, part)),
                (Some(_), _, Verb::Destroyed) => conflict(id, Vec::new()),
                (Some(now), Verb::Created, _) => {
                    let since = changed_since(object, part, now);
                    if !since.is_empty() {
                        conflict(id, since);
                    } else if !is_binned(now) {
                        job.binned.push(id);
                    }
                }
                (Some(now), ..) => {
                    let back = Back::of(object, part, now);
                    if back.comes_out {
                        job.taken_out.push(id);
                    }
                    if back.goes_in {
                        job.binned.push(id);
                    }
                    if !back.fields.is_empty() {
                        changed.push((id, back.state, back.fields));
                    }
                    if !back.left.is_empty() {
                        conflict(id, back.left);
                    }
                }
            }
        }
        let states: Vec<&Values> = changed
            .iter()
            .map(|(_, state, _)| state)
            .chain(made_again.iter().map(|(_, state)| state))
            .collect();
        if states.is_empty() {
            return Ok(job);
        }
        let mut shown = self.show((object, plain), &states).await?.into_iter();
        // What is hidden stays as it is.
        let hidden = |state: &Values, shown: &Json| -> Vec<String> {
            let fields = restorable(object).filter(|field| is_hidden(field, state, shown));
            let keys = fields.map(Field::value_key);
            keys.filter(|key| shown.get(key).is_some()).collect()
        };
        for ((id, state, fields), shown) in changed.iter().zip(&mut shown) {
            let seen = fields.iter().copied();
            let seen: Vec<_> = seen
                .filter(|field| !is_hidden(field, state, &shown))
                .collect();
            let left = fields.iter().map(|field| field.value_key());
            let hidden = hidden(state, &shown);
            let left: Vec<_> = left.filter(|key| hidden.contains(key)).collect();
            if !left.is_empty() {
                conflict(*id, left);
            }
            let inputs = Inputs::of(context, snapshot, view, object);
            let (record, refused) = match inputs.update() {
                Ok(input) => valid(&input, &seen, &shown),
                Err(_) => (None, seen.iter().map(|field| field.value_key()).collect()),
            };
            job.changed.extend(record.map(|record| Upsert {
                given: Record {
                    id: Some(*id),
                    ..record
                },
                defaults: Record::default(),
            }));
            if !refused.is_empty() {
                conflict(*id, refused);
            }
        }
        for ((id, state), shown) in made_again.into_iter().zip(shown) {
            let hidden = hidden(&state, &shown);
            if !hidden.is_empty() {
                conflict(id, hidden);
                continue;
            }
            let whole = snapshot.whole_of(object);
            if !may_make_again(view, object, whole) {
                conflict(id, Vec::new());
                continue;
            }
            match remade(whole, id, &state, &shown) {
                Ok(record) => {
                    job.made_again.push(record);
                    if is_binned(&state) {
                        job.binned.push(id);
                    }
                }
                Err(violations) => conflict(id, named(&violations)),
            }
        }
        Ok(job)
    }

    /// The records of these ids as a filter; `None` where there are none.
    fn these(&self, object: &Object, ids: &[RecordId]) -> Result<Option<Filter>> {
        if ids.is_empty() {
            return Ok(None);
        }
        let filter = json!({"id": {"in": ids}});
        let filter = Filter::parse(self.snapshot.whole(), object, &filter, Spelling::Snake);
        Ok(Some(filter.map_err(UserError::Malformed)?))
    }
}

/// Whether the caller may give a record all that it had.
fn may_make_again(view: &View, seen: &Object, whole: &Object) -> bool {
    seen.fields.len() == whole.fields.len()
        && whole
            .own_fields()
            .all(|field| !field.writable() || view.may_on(whole, field, Right::Create))
}

/// The objects that the model has of these names, each after those that it refers to, as far as they do not refer to each other.
fn targets_first<'n>(model: &Model, names: impl Iterator<Item = &'n str>) -> Vec<Arc<Object>> {
    let mut rest: Vec<Arc<Object>> = names
        .filter_map(|name| model.object(name).cloned())
        .filter(|object| !object.read_only)
        .collect();
    let mut sorted = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let waits = |object: &Object| {
            let mut relations = object.own_fields().filter_map(|field| field.to_one());
            relations.any(|relation| {
                let other = relation.target != *object.api_name();
                other && rest.iter().any(|rest| relation.target == *rest.api_name())
            })
        };
        let next = rest.iter().position(|object| !waits(object)).unwrap_or(0);
        sorted.push(rest.remove(next));
    }
    sorted
}

fn chunks<T>(all: &mut Vec<T>) -> Vec<Vec<T>> {
    let mut rest = std::mem::take(all).into_iter();
    let mut chunks = Vec::new();
    loop {
        let chunk: Vec<T> = rest.by_ref().take(BATCH).collect();
        if chunk.is_empty() {
            return chunks;
        }
        chunks.push(chunk);
    }
}
