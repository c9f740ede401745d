//! Changes: what one or several requests did together under one id.

use serde::Serialize;
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tessera_compiler::snapshot::Snapshot;
use tessera_error::{Result, UserError};
use tessera_schema::access::Right;
use tessera_schema::ident::{ChangeId, UserId};
use uuid::Uuid;

use super::event::{self, Verb};
use super::record::{Actor, Stretch, actors};
use crate::engine::Engine;
use crate::request_context::RequestContext;

/// A part of the list of changes.
#[derive(Debug)]
pub struct Changes {
    /// The latest first.
    pub entries: Vec<Change>,
    /// Where the next part begins; `None` after the first change of all.
    pub next: Option<i64>,
}

/// One change.
#[derive(Debug, Serialize)]
pub struct Change {
    id: ChangeId,
    /// When it last did something.
    at: String,
    by: Actor,
    /// The objects whose records it touched.
    objects: BTreeSet<String>,
    /// How often it did what.
    counts: BTreeMap<Verb, i64>,
}

/// The latest event of a change.
#[derive(Debug, sqlx::FromRow)]
struct Latest {
    seq: i64,
    change_id: Uuid,
    actor: Uuid,
    at: String,
}

impl Engine {
    /// The changes of one user, or of all. Call it inside [`Engine::on_model`].
    pub async fn changes(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        by: Option<UserId>,
        stretch: Stretch,
    ) -> Result<Changes> {
        let view = snapshot.view(context.principal.roles());
        if !view.may_somewhere(Right::Read) {
            let action = Right::Read.action();
            return Err(UserError::Forbidden { action }.into());
        }
        let mut transaction = self.begin_reading(context).await?;
        let connection = transaction.connection();
        let mut latest: Vec<Latest> = sqlx::query_as(AssertSqlSafe(walk(snapshot)))
            .bind(by.map(|user| user.0))
            .bind(stretch.after.unwrap_or(i64::MAX))
            .bind(i64::from(stretch.limit) + 1)
            .fetch_all(&mut *connection)
            .await?;
        let more = latest.len() > stretch.limit as usize;
        latest.truncate(stretch.limit as usize);
        let count = format!(
            "select change_id, object, action, count(*) from {} where change_id = any($1) \
             group by change_id, object, action",
            event::table(snapshot)
        );
        let ids: Vec<Uuid> = latest.iter().map(|latest| latest.change_id).collect();
        let counted: Vec<(Uuid, String, Verb, i64)> = sqlx::query_as(AssertSqlSafe(count))
            .bind(ids)
            .fetch_all(&mut *connection)
            .await?;
        let mut parts: HashMap<Uuid, (BTreeSet<String>, BTreeMap<Verb, i64>)> = HashMap::new();
        for (change, object, verb, count) in counted {
            // What has gone from the model, or is hidden from the caller, has no name.
            if view.model.object(&object).is_none() {
                continue;
            }
            let (objects, counts) = parts.entry(change).or_default();
            objects.insert(object);
            *counts.entry(verb).or_default() += count;
        }
        let users = latest.iter().map(|latest| latest.actor);
        let users = actors(connection, snapshot, users).await?;
        let next = latest.last().filter(|_| more).map(|latest| latest.seq);
        let entries = latest.into_iter().map(|latest| {
            let (objects, counts) = parts.remove(&latest.change_id).unwrap_or_default();
            Change {
                id: ChangeId(latest.change_id),
                at: latest.at,
                by: Actor::of(&users, latest.actor),
                objects,
                counts,
            }
        });
        Ok(Changes {
            entries: entries.collect(),
            next,
        })
    }
}

/// The latest event of each change, the latest first. Each step goes back to the next event of a change that was not met yet. Events
/// of a change whose latest event is not below `$2` belong to a page before.
fn walk(snapshot: &Snapshot) -> String {
    let events = event::table(snapshot);
    let one = |below: &str, unmet: &str| {
        format!(
            "select e.seq, e.change_id, e.actor, to_json(e.at) #>> '{{}}' as at from {events} e \
             where e.change_id is not null and ($1::uuid is null or e.actor = $1) \
                 and e.seq < {below} {unmet} \
                 and not exists (select from {events} l where l.change_id = e.change_id and l.seq >= $2) \
             order by e.seq desc limit 1"
        )
    };
    let first = one("$2::int8", "");
    let next = one("w.seq", "and e.change_id <> all (w.met)");
    format!(
        "with recursive walk as ( \
             (select n.*, array[n.change_id] as met from ({first}) n) \
             union all \
             select n.*, w.met || n.change_id from walk w cross join lateral ({next}) n \
             where cardinality(w.met) < $3 \
         ) select seq, change_id, actor, at from walk"
    )
}
