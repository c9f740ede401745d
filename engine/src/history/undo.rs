//! Undoing a change: each record's part of it, unless the record was changed since.
//!
//! The values that a record had before the change are in the change's own events. They are written back to fields that still have
//! the value which the change gave them; other fields are conflicts and stay as they are. What the change made goes to the bin,
//! what it removed comes back. Records of one object are written together, targets of relations before the records that refer to them.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use sqlx::AssertSqlSafe;
use sqlx::types::Json as JsonColumn;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tessera_compiler::query::tree::Selection;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::sql::Quoted;
use tessera_compiler::write::Action;
use tessera_error::{Result, UserError};
use tessera_schema::field_type::Storage;
use tessera_schema::filter::Filter;
use tessera_schema::ident::{ChangeId, RecordId};
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Field, Object, Via};
use tessera_schema::record::{Record, Upsert};
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use super::event::{self, Values, Verb};
use super::revert::{Undoing, holds, is_binned, restorable, version};
use super::state::fitting;
use crate::engine::Engine;
use crate::records::may_write_records;
use crate::request_context::RequestContext;

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

#[derive(Debug, sqlx::FromRow)]
struct Event {
    object: String,
    record_id: Uuid,
    action: Verb,
    before: Option<JsonColumn<Values>>,
    after: Option<JsonColumn<Values>>,
}

/// What a change did with one record.
#[derive(Debug)]
struct Part {
    first: Verb,
    last: Verb,
    /// The columns that it changed, as they were before.
    before: Values,
    /// The same as the change left them.
    after: Values,
}

impl Part {
    fn new(event: Event) -> Self {
        let mut part = Self {
            first: event.action,
            last: event.action,
            before: Values::new(),
            after: Values::new(),
        };
        part.add(event);
        part
    }

    fn add(&mut self, event: Event) {
        self.last = event.action;
        for (column, value) in event.before.map(|before| before.0).unwrap_or_default() {
            self.before.entry(column).or_insert(value);
        }
        self.after
            .extend(event.after.map(|after| after.0).unwrap_or_default());
    }
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

type Parts = BTreeMap<RecordId, Part>;

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
        may_write_records(context)?;
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
        let objects = targets_first(self.snapshot, parts.keys().map(String::as_str));
        let mut jobs = Vec::with_capacity(objects.len());
        for object in objects {
            let parts = parts.remove(object.api_name().as_str()).unwrap_or_default();
            let plain = plain(&object).map_err(UserError::Malformed)?;
            let job = self.job(&object, &plain, &parts, &mut conflicts).await?;
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

    /// The rows of records as they are now, locked.
    async fn rows(
        &mut self,
        object: &Object,
        ids: impl Iterator<Item = RecordId>,
    ) -> Result<BTreeMap<RecordId, Values>> {
        let text = format!(
            "select id, row_to_json(t) from {}.{} t where id = any($1) order by id for update",
            Quoted(self.snapshot.tenant.schema.as_str()),
            Quoted(object.table.as_str())
        );
        let rows: Vec<(Uuid, JsonColumn<Values>)> = sqlx::query_as(AssertSqlSafe(text))
            .bind(ids.map(|id| id.0).collect::<Vec<_>>())
            .fetch_all(self.transaction.connection())
            .await
            .map_err(|error| tessera_compiler::failure::explain(error.into()))?;
        Ok(rows
            .into_iter()
            .map(|(id, row)| (RecordId(id), row.0))
            .collect())
    }

    async fn job(
        &mut self,
        object: &Arc<Object>,
        plain: &Selection,
        parts: &Parts,
        conflicts: &mut Vec<Conflict>,
    ) -> Result<Job> {
        let rows = self.rows(object, parts.keys().copied()).await?;
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
        for ((id, _, fields), shown) in changed.iter().zip(&mut shown) {
            let (record, refused) = valid(object, fields, &shown);
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
            match remade(object, id, &state, &shown) {
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
        let filter = Filter::parse(&self.snapshot.model, object, &filter, Spelling::Snake);
        Ok(Some(filter.map_err(UserError::Malformed)?))
    }
}

/// How a record that is there gets back what it was.
struct Back<'o> {
    /// What it is to be.
    state: Values,
    /// The fields that get their values of that.
    fields: Vec<&'o Field>,
    /// The fields that were changed since.
    left: Vec<String>,
    /// Out of the bin, before its fields get their values.
    comes_out: bool,
    /// Into the bin, after that.
    goes_in: bool,
}

impl<'o> Back<'o> {
    fn of(object: &'o Object, part: &Part, now: &Values) -> Self {
        let mut back = Self {
            state: now.clone(),
            fields: Vec::new(),
            left: Vec::new(),
            comes_out: false,
            goes_in: false,
        };
        let before = fitting(object, &part.before);
        for field in restorable(object) {
            let mut columns = field
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .filter(|name| part.before.contains_key(*name))
                .peekable();
            if columns.peek().is_none() {
                continue;
            }
            let same = |one: &Values, other: &Values| {
                let mut columns = columns.clone();
                columns.all(|name| one.get(name) == other.get(name))
            };
            if same(&part.before, &part.after) || same(&part.before, now) {
                continue;
            }
            if same(&part.after, now) && columns.clone().all(|name| before.contains_key(name)) {
                for name in columns {
                    let value = part.before.get(name).cloned().unwrap_or_default();
                    back.state.insert(name.to_owned(), value);
                }
                back.fields.push(field);
            } else {
                back.left.push(field.value_key());
            }
        }
        back.by_way_of_the_bin(part, is_binned(now));
        back
    }

    /// Decides which way it goes. A record in the bin takes no values: it comes out for them where the change has put it there, and
    /// otherwise is left alone.
    fn by_way_of_the_bin(&mut self, part: &Part, binned: bool) {
        let moved = part.before.contains_key("deleted_at") && is_binned(&part.after) == binned;
        let was = is_binned(&part.before);
        let writes = !self.fields.is_empty();
        match (moved, was, binned) {
            (true, false, true) => self.comes_out = true,
            (true, true, false) => self.goes_in = true,
            (true, true, true) => (self.comes_out, self.goes_in) = (writes, writes),
            (false, _, true) => {
                let fields = self.fields.drain(..).map(Field::value_key);
                self.left.extend(fields);
            }
            (true, false, false) | (false, _, false) => {}
        }
    }
}

/// The fields of a record that a change made which were changed since.
fn changed_since(object: &Object, part: &Part, now: &Values) -> Vec<String> {
    if version(now) == version(&part.after) {
        return Vec::new();
    }
    let fields = restorable(object).filter(|field| {
        let mut columns = field.columns.iter().map(|column| column.name.as_str());
        // A column that is not in the event was null.
        columns.any(|name| now.get(name) != Some(part.after.get(name).unwrap_or(&Json::Null)))
    });
    fields.map(Field::value_key).collect()
}

/// The fields that a change gave other values.
fn touched(object: &Object, part: &Part) -> Vec<String> {
    let fields = object.fields.values().map(AsRef::as_ref);
    let fields = fields.filter(|field: &&Field| {
        let said_apart = field.system && field.api_name().as_str() != "deleted_at";
        let mut columns = field.columns.iter().map(|column| column.name.as_str());
        !said_apart && columns.any(|name| part.before.get(name) != part.after.get(name))
    });
    fields.map(Field::value_key).collect()
}

/// What of a destroyed record no event has: the records at the other side of many-to-many relations.
fn lost(object: &Object) -> Vec<String> {
    let own = object.own_fields();
    let own = own.filter(|field| matches!(field.storage, Storage::ManyToMany(_)));
    let own = own.map(|field| field.value_key());
    let inverses = object.inverses.iter();
    let inverses = inverses.filter(|(_, inverse)| matches!(inverse.to_many.via, Via::Link { .. }));
    own.chain(inverses.map(|(name, _)| name.to_string()))
        .collect()
}

/// The values of these fields as a change, as far as they are valid now; and the fields whose values are not.
fn valid(object: &Object, fields: &[&Field], shown: &Json) -> (Option<Record>, Vec<String>) {
    let mut body: Map<String, Json> = fields
        .iter()
        .map(|field| {
            let key = field.value_key();
            let value = shown.get(&key).cloned().unwrap_or_default();
            (key, value)
        })
        .collect();
    let read = |body: &Map<String, Json>| {
        Record::update(object, &Json::Object(body.clone()), Spelling::Snake)
    };
    match read(&body) {
        Ok(record) => (Some(record), Vec::new()),
        Err(violations) => {
            let refused = named(&violations);
            body.retain(|key, _| !refused.contains(key));
            let rest = read(&body).ok().filter(|_| !body.is_empty());
            (rest, refused)
        }
    }
}

/// A destroyed record as a new one of the same id.
fn remade(
    object: &Object,
    id: RecordId,
    state: &Values,
    shown: &Json,
) -> Result<Record, Vec<Violation>> {
    let held = fitting(object, state);
    let body = restorable(object).filter(|field| holds(&held, field));
    let body = body.filter_map(|field| {
        let key = field.value_key();
        let value = shown.get(&key).cloned().unwrap_or_default();
        // What is empty is left out, unless it would be filled.
        let filled = field.definition.default_value.is_some();
        (filled || !value.is_null()).then_some((key, value))
    });
    let mut record = Record::create(object, &Json::Object(body.collect()), Spelling::Snake)?;
    let columns = object.own_fields().flat_map(|field| &field.columns);
    for column in columns.filter(|column| column.column_type.numbering.is_some()) {
        if let Some(number) = held.get(column.name.as_str()) {
            record.columns.insert(column.name.clone(), number.clone());
        }
    }
    record.id = Some(id);
    Ok(record)
}

/// The fields that violations are about.
fn named(violations: &[Violation]) -> Vec<String> {
    let keys = violations.iter().filter_map(|violation| {
        let mut keys = violation.pointer.as_str().split('/').skip(1);
        keys.next().map(ToOwned::to_owned)
    });
    let mut keys: Vec<String> = keys.collect();
    keys.dedup();
    keys
}

/// The objects that the model has of these names, each after those that it refers to, as far as they do not refer to each other.
fn targets_first<'n>(
    snapshot: &Snapshot,
    names: impl Iterator<Item = &'n str>,
) -> Vec<Arc<Object>> {
    let mut rest: Vec<Arc<Object>> = names
        .filter_map(|name| snapshot.model.object(name).cloned())
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
