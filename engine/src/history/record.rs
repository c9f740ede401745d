//! The history of one record.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::HashMap;
use std::sync::Arc;
use tessera_compiler::query::stored::Next;
use tessera_compiler::query::tree::Selection;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::sql::Quoted;
use tessera_error::{Result, UserError};
use tessera_schema::access::Right;
use tessera_schema::ident::RecordId;
use tessera_schema::object::{Field, Object};
use uuid::Uuid;

use super::event::{self, Event, Values, Verb};
use super::state::{self, State};
use crate::engine::Engine;
use crate::records::may;
use crate::request_context::RequestContext;

/// A part of a history.
#[derive(Debug)]
pub struct History {
    /// The latest first.
    pub entries: Vec<Entry>,
    /// Where the next part begins; `None` after the first event of all.
    pub next: Option<i64>,
}

/// What one write did with the record. Values have the names and forms that they have in the record.
#[derive(Debug, Serialize)]
pub struct Entry {
    at: String,
    by: Actor,
    action: Verb,
    /// Of events of servers before changes had ids: none.
    change_id: Option<Uuid>,
    version: Option<i64>,
    /// Null where the record was made.
    before: Shown,
    /// Null where nothing is left of it.
    after: Shown,
}

/// Values as the record shows them.
type Shown = Option<Map<String, Json>>;

/// Who did something.
#[derive(Debug, Clone, Serialize)]
pub struct Actor {
    id: Uuid,
    /// Null where the tenant knows no such user.
    name: Option<String>,
    email: Option<String>,
}

impl Actor {
    pub(super) fn of(known: &HashMap<Uuid, Self>, id: Uuid) -> Self {
        known.get(&id).cloned().unwrap_or(Self {
            id,
            name: None,
            email: None,
        })
    }
}

/// The part of a history that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// As [`History::next`] of the part before.
    pub after: Option<i64>,
    pub limit: u32,
}

impl Engine {
    /// What happened to a record, also to one that is in the bin or destroyed. `plain` shows all of its own values. Call it inside
    /// [`Engine::on_model`].
    ///
    /// # Errors
    /// There never was such a record.
    pub async fn record_history(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        (object, id): (&Arc<Object>, RecordId),
        plain: &Selection,
        stretch: Stretch,
    ) -> Result<History> {
        let view = snapshot.view(context.principal.roles());
        may(&view, object, Right::Read)?;
        let mut transaction = self.begin_reading(context).await?;
        let connection = transaction.connection();
        let subject = (&**object, id);
        let mut state = state::now(connection, context, snapshot, subject, Next::Nothing).await?;
        let from = stretch.after.unwrap_or(i64::MAX);
        let limit = i64::from(stretch.limit) + 1;
        let mut events = event::of_record(connection, snapshot, subject, from, limit).await?;
        // One that is gone tells no more whether the caller might see it.
        let unseen = state.is_none() && view.rules.get(object.api_name(), Right::Read).is_some();
        if unseen {
            return Err(UserError::NotFound { what: "record" }.into());
        }
        if state.is_none() && events.is_empty() && stretch.after.is_none() {
            return Err(UserError::NotFound { what: "record" }.into());
        }
        let more = events.len() > stretch.limit as usize;
        events.truncate(stretch.limit as usize);
        if let Some(from) = stretch.after {
            for later in event::since(connection, snapshot, subject, from).await? {
                state = state::before(state, &later);
            }
        }
        let actors = actors(connection, snapshot, events.iter().map(|event| event.actor)).await?;
        let mut states: Vec<State> = vec![state];
        for event in &events {
            let after = states[states.len() - 1].clone();
            states.push(state::before(after, event));
        }
        let there: Vec<&Values> = states.iter().flatten().collect();
        let shown = self.show_states(&mut transaction, context, snapshot, (object, plain), &there);
        let mut shown = shown.await?.into_iter();
        let shown: Vec<Option<Json>> = states
            .iter()
            .map(|state| state.as_ref().and_then(|_| shown.next()))
            .collect();
        let next = events.last().filter(|_| more).map(|event| event.seq);
        let entries = events.iter().zip(shown.windows(2)).map(|(event, pair)| {
            let (before, after) = difference(object, event, (pair[1].as_ref(), pair[0].as_ref()));
            Entry {
                at: event.at.clone(),
                by: Actor::of(&actors, event.actor),
                action: event.action,
                change_id: event.change_id,
                version: event.version(),
                before,
                after,
            }
        });
        Ok(History {
            entries: entries.collect(),
            next,
        })
    }
}

/// What an event changed, as the record shows it.
fn difference(
    object: &Object,
    event: &Event,
    (before, after): (Option<&Json>, Option<&Json>),
) -> (Shown, Shown) {
    let one_sided = |side: Option<&Values>, shown: Option<&Json>| {
        let values = fields(object, side).filter_map(|field| {
            let key = field.value_key();
            let value = shown?.get(&key).filter(|value| !value.is_null())?.clone();
            Some((key, value))
        });
        Some(values.collect())
    };
    match event.action {
        Verb::Created => (None, one_sided(event.after(), after)),
        Verb::Destroyed => (one_sided(event.before(), before), None),
        Verb::Updated | Verb::Deleted | Verb::Restored => {
            let (mut old, mut new) = (Map::new(), Map::new());
            for field in fields(object, event.before()) {
                let key = field.value_key();
                let value = |shown: Option<&Json>| shown.and_then(|shown| shown.get(&key)).cloned();
                let (was, is) = (
                    value(before).unwrap_or_default(),
                    value(after).unwrap_or_default(),
                );
                if was != is {
                    old.insert(key.clone(), was);
                    new.insert(key, is);
                }
            }
            (Some(old), Some(new))
        }
    }
}

/// The fields that one side of an event has values of. The time, the user and the version of each change stand beside the values.
fn fields<'o>(object: &'o Object, side: Option<&Values>) -> impl Iterator<Item = &'o Field> {
    object
        .fields
        .values()
        .map(AsRef::as_ref)
        .filter(move |field| {
            let said_apart = field.system && field.api_name().as_str() != "deleted_at";
            let mut columns = field.columns.iter();
            !said_apart
                && columns
                    .any(|column| side.is_some_and(|side| side.contains_key(column.name.as_str())))
        })
}

/// The users of these ids, as the tenant knows them.
pub(super) async fn actors(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Actor>> {
    let text = format!(
        "select id, name, email from {}._users where id = any($1)",
        Quoted(snapshot.tenant.schema.as_str())
    );
    let found: Vec<(Uuid, String, String)> = sqlx::query_as(AssertSqlSafe(text))
        .bind(ids.collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
    let actors = found.into_iter().map(|(id, name, email)| {
        let actor = Actor {
            id,
            name: Some(name),
            email: Some(email),
        };
        (id, actor)
    });
    Ok(actors.collect())
}
