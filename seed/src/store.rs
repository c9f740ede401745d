//! Reading and writing records through the engine, as a caller's request would.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use tessera_compiler::query::tree::{
    Connection, Deleted, Item, Leaf, Query, Root, Selection, Shape, Window,
};
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::{Action, Write};
use tessera_engine::engine::Engine;
use tessera_engine::request_context::RequestContext;
use tessera_error::{Error as EngineError, Result as EngineResult, UserError};
use tessera_schema::filter::Filter;
use tessera_schema::ident::{RecordId, UserId};
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Attribute, Object};
use tessera_schema::record::Record;
use tessera_schema::sort::Sort;

use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::report::Made;

/// So many records go into one statement.
const BATCH: usize = 1_000;
/// More members than these own no records.
const MEMBERS: u32 = 1_000;

/// A member of the tenant.
#[derive(Deserialize)]
pub(crate) struct Member {
    pub(crate) id: UserId,
    pub(crate) email: String,
}

/// The tenant's members by address.
pub(crate) async fn members(engine: &Engine, reader: &RequestContext) -> Result<Vec<Member>> {
    let users = list(
        engine,
        reader,
        "user",
        &["id", "email"],
        &json!({}),
        "email",
        MEMBERS,
    )
    .await?;
    Ok(serde_json::from_value(users).expect("users have an id and an address"))
}

/// Makes records of an object, unless any of them is there, be it in the bin.
pub(crate) async fn create(
    engine: &Engine,
    writer: &RequestContext,
    object: &'static str,
    bodies: &[Json],
) -> Result<Made> {
    let ids: Vec<&Json> = bodies.iter().map(|body| &body["id"]).collect();
    if exist(engine, writer, object, &json!(ids)).await? {
        return Ok(Made { object, records: 0 });
    }
    for batch in bodies.chunks(BATCH) {
        let written = engine.on_model(writer.principal.tenant, |snapshot| async move {
            let object = find(&snapshot, object)?;
            let records = batch
                .iter()
                .enumerate()
                .map(|(index, body)| record(&object, index, body));
            let write = Write {
                action: Action::CreateMany(records.collect::<EngineResult<_>>()?),
                object,
                selection: Selection::default(),
                rollback: false,
            };
            engine.write(writer, &snapshot, &write).await
        });
        written.await.map_err(Error::of(object))?;
    }
    Ok(Made {
        object,
        records: bodies.len() as u64,
    })
}

/// Loads `total` records of an object in bulk, unless the first of them is there.
pub(crate) async fn load(
    engine: &Engine,
    writer: &RequestContext,
    object: &'static str,
    total: u64,
    first: RecordId,
    body: impl Fn(u64) -> Json + Send + Sync,
) -> Result<Made> {
    if total == 0 || exist(engine, writer, object, &json!([first])).await? {
        return Ok(Made { object, records: 0 });
    }
    let progress = Progress::new(object, total);
    let (body, shown) = (&body, &progress);
    let loaded = engine.on_model(writer.principal.tenant, |snapshot| async move {
        let object = find(&snapshot, object)?;
        shown.restart();
        let records = (0..total).map(|n| {
            shown.advance();
            record(&object, usize::try_from(n).unwrap_or(usize::MAX), &body(n))
        });
        engine.load(writer, &snapshot, &object, records).await
    });
    let records = loaded.await.map_err(Error::of(object))?;
    progress.finish();
    Ok(Made { object, records })
}

/// Whether any of these ids is taken.
async fn exist(
    engine: &Engine,
    reader: &RequestContext,
    object: &'static str,
    ids: &Json,
) -> Result<bool> {
    let found = list(
        engine,
        reader,
        object,
        &["id"],
        &json!({"id": {"in": ids}}),
        "",
        1,
    )
    .await?;
    Ok(found != json!([]))
}

async fn list(
    engine: &Engine,
    reader: &RequestContext,
    object: &'static str,
    columns: &[&str],
    filter: &Json,
    sort: &str,
    limit: u32,
) -> Result<Json> {
    let answer = engine.on_model(reader.principal.tenant, |snapshot| async move {
        let object = find(&snapshot, object)?;
        let connection = Connection {
            filter: Filter::parse(snapshot.whole(), &object, filter, Spelling::Snake)
                .map_err(UserError::Invalid)?,
            search: None,
            sort: Sort::parse(snapshot.whole(), &object, sort).map_err(UserError::Invalid)?,
            window: Window::first(limit),
            deleted: Deleted::Include,
            shape: Shape::Array {
                records: selection(&object, columns),
                more: None,
            },
        };
        let query = Query {
            roots: vec![Root::Many { object, connection }],
        };
        engine.read(reader, &snapshot, &query).await
    });
    let answer = answer.await.map_err(Error::of(object))?;
    let text = answer
        .roots
        .into_iter()
        .next()
        .flatten()
        .unwrap_or_default();
    Ok(serde_json::from_slice(&text).expect("the database writes JSON"))
}

fn find(snapshot: &Snapshot, object: &'static str) -> EngineResult<Arc<Object>> {
    let found = snapshot.whole().object(object).cloned();
    Ok(found.ok_or(UserError::NotFound { what: "object" })?)
}

fn record(object: &Object, index: usize, body: &Json) -> EngineResult<Record> {
    Record::create(object, body, Spelling::Snake).map_err(|violations| {
        let located = violations
            .into_iter()
            .map(|violation| violation.below(index));
        EngineError::User(UserError::Invalid(located.collect()))
    })
}

fn selection(object: &Object, columns: &[&str]) -> Selection {
    let items = columns
        .iter()
        .filter_map(|name| match object.attribute(name)? {
            Attribute::Column(_, column) => {
                let leaf = Leaf {
                    column: column.name.clone(),
                    column_type: column.column_type.clone(),
                };
                Some(((*name).to_owned(), Item::Column(leaf)))
            }
            _ => None,
        });
    Selection(items.collect())
}
