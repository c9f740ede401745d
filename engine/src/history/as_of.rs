//! A record as it was at a time.

use chrono::{DateTime, Utc};
use serde_json::Value as Json;
use std::sync::Arc;
use tessera_compiler::query::stored::Next;
use tessera_compiler::query::tree::{Deleted, Selection};
use tessera_compiler::snapshot::Snapshot;
use tessera_error::Result;
use tessera_schema::access::Right;
use tessera_schema::ident::RecordId;
use tessera_schema::object::Object;

use super::event;
use super::state::{self, State};
use crate::engine::Engine;
use crate::records::may;
use crate::request_context::RequestContext;

impl Engine {
    /// The record as it would have been read at that time; `None` before it was made, after it was destroyed, and where `deleted`
    /// leaves it out. Relations lead to records as they are now. Call it inside [`Engine::on_model`].
    pub async fn record_as_of(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        (object, id): (&Arc<Object>, RecordId),
        (time, deleted): (DateTime<Utc>, Deleted),
        selection: &Selection,
    ) -> Result<Option<Json>> {
        let view = snapshot.view(context.principal.roles());
        may(&view, object, Right::Read)?;
        let mut transaction = self.begin_reading(context).await?;
        let connection = transaction.connection();
        let subject = (&**object, id);
        let last = event::last_until(connection, snapshot, subject, time).await?;
        let mut state = state::now(connection, context, snapshot, subject, Next::Nothing).await?;
        if state.is_none() && !state::tells_of_gone(context, snapshot, object) {
            return Ok(None);
        }
        let later = event::since(connection, snapshot, subject, last.unwrap_or(0) + 1).await?;
        for event in &later {
            state = state::before(state, event);
        }
        let Some(state) = seen(state, (time, last.is_some()), deleted) else {
            return Ok(None);
        };
        let shown = (&**object, selection);
        let shown = self
            .show_states(&mut transaction, context, snapshot, shown, &[&state])
            .await?;
        Ok(shown.into_iter().next())
    }
}

/// The state, where there was one that is asked for. A record may have no event, and then its own row says when it was made.
fn seen(state: State, (time, known): (DateTime<Utc>, bool), deleted: Deleted) -> State {
    let state = state?;
    let made = state.get("created_at").and_then(Json::as_str);
    let made = made.and_then(|made| DateTime::parse_from_rfc3339(made).ok());
    if !known && made.is_some_and(|made| made > time) {
        return None;
    }
    let binned = state.get("deleted_at").is_some_and(Json::is_string);
    let wanted = match deleted {
        Deleted::Exclude => !binned,
        Deleted::Only => binned,
        Deleted::Include => true,
    };
    wanted.then_some(state)
}
