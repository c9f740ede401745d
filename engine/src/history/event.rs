//! Events as the tenant's `_events` has them.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use sqlx::types::Json as JsonColumn;
use sqlx::{AssertSqlSafe, PgConnection};
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::sql::Quoted;
use tessera_error::Result;
use tessera_schema::ident::RecordId;
use tessera_schema::object::Object;
use uuid::Uuid;

/// Values by the names of their columns.
pub(crate) type Values = Map<String, Json>;

/// The kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub(crate) enum Verb {
    Created,
    Updated,
    Deleted,
    Restored,
    Destroyed,
}

#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Event {
    pub(crate) seq: i64,
    /// As JSON has it.
    pub(crate) at: String,
    pub(crate) actor: Uuid,
    pub(crate) action: Verb,
    pub(crate) change_id: Option<Uuid>,
    before: Option<JsonColumn<Values>>,
    after: Option<JsonColumn<Values>>,
}

const COLUMNS: &str =
    "seq, to_json(at) #>> '{}' as at, actor, action, change_id, before::json, after::json";

impl Event {
    pub(crate) fn before(&self) -> Option<&Values> {
        self.before.as_deref()
    }

    pub(crate) fn after(&self) -> Option<&Values> {
        self.after.as_deref()
    }

    /// The version of the record after it; of one that was destroyed, its last.
    pub(crate) fn version(&self) -> Option<i64> {
        let values = self.after().or(self.before())?;
        values.get("version")?.as_i64()
    }
}

/// One record's events, the latest first: those below `before`, at most `limit`.
pub(crate) async fn of_record(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    (object, id): (&Object, RecordId),
    before: i64,
    limit: i64,
) -> Result<Vec<Event>> {
    let text = format!(
        "select {COLUMNS} from {} where record_id = $1 and object = $2 and seq < $3 \
         order by seq desc limit $4",
        table(snapshot)
    );
    let events = sqlx::query_as(AssertSqlSafe(text))
        .bind(id.0)
        .bind(object.api_name().as_str())
        .bind(before)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    Ok(events)
}

/// As [`of_record`], all of those from `since` on.
pub(crate) async fn since(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    (object, id): (&Object, RecordId),
    since: i64,
) -> Result<Vec<Event>> {
    let text = format!(
        "select {COLUMNS} from {} where record_id = $1 and object = $2 and seq >= $3 \
         order by seq desc",
        table(snapshot)
    );
    let events = sqlx::query_as(AssertSqlSafe(text))
        .bind(id.0)
        .bind(object.api_name().as_str())
        .bind(since)
        .fetch_all(connection)
        .await?;
    Ok(events)
}

/// The last of a record's events up to a time.
pub(crate) async fn last_until(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    (object, id): (&Object, RecordId),
    time: chrono::DateTime<chrono::Utc>,
) -> Result<Option<i64>> {
    let text = format!(
        "select max(seq) from {} where record_id = $1 and object = $2 and at <= $3",
        table(snapshot)
    );
    let last = sqlx::query_scalar(AssertSqlSafe(text))
        .bind(id.0)
        .bind(object.api_name().as_str())
        .bind(time)
        .fetch_one(connection)
        .await?;
    Ok(last)
}

/// The tenant's events.
pub(crate) fn table(snapshot: &Snapshot) -> String {
    format!("{}._events", Quoted(snapshot.tenant.schema.as_str()))
}
