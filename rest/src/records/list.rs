//! `GET /{plural}`: records by filter, in order, page by page.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;
use tessera_engine::error::{Result, UserError};
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::principal::Principal;
use tessera_engine::query::tree::{
    Connection, ConnectionPart, End, PagePart, Query, Root, Shape, Window,
};
use tessera_schema::filter::{Filter, clip};
use tessera_schema::ident::RecordId;
use tessera_schema::model::Model;
use tessera_schema::object::Object;
use tessera_schema::sort::Sort;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use super::{answer, fields, request};
use crate::caller::Caller;
use crate::parameters::{Faults, Parameters};
use crate::path::Segments;
use crate::problem;
use crate::state::Api;

const PARAMETERS: &[&str] = &[
    "filter", "sort", "fields", "limit", "after", "before", "count", "deleted",
];

const DEFAULT_LIMIT: u32 = 50;
const MOST: u32 = 1_000;

/// How the records that a filter matches are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    None,
    Exact,
    Estimated,
}

pub(super) async fn list(
    State(api): State<Api>,
    Caller(principal): Caller,
    Segments(plural): Segments<String>,
    RawQuery(query): RawQuery,
) -> problem::Result<Response> {
    request::must_read(&principal)?;
    let parameters = Parameters::read(query.as_deref(), PARAMETERS)?;
    let (api, principal, plural, parameters) = (&api, &principal, &plural, &parameters);
    let work = |snapshot: Arc<Snapshot>| async move {
        let object = request::object(&snapshot.model, plural)?;
        let (connection, count) = read(&snapshot.model, object, parameters)?;
        answered(api, principal, &snapshot, object, connection, count).await
    };
    let body = api.engine.on_model(principal.tenant, work).await?;
    Ok(answer::json(StatusCode::OK, body))
}

async fn answered(
    api: &Api,
    principal: &Principal,
    snapshot: &Snapshot,
    object: &Arc<Object>,
    connection: Connection,
    count: Count,
) -> Result<axum::body::Bytes> {
    let (filter, deleted) = (connection.filter.clone(), connection.deleted);
    let object = Arc::clone(object);
    let roots = vec![Root::Many {
        object: Arc::clone(&object),
        connection,
    }];
    let found = api
        .engine
        .read(principal, snapshot, &Query { roots })
        .await?;
    let list = found
        .roots
        .into_iter()
        .next()
        .flatten()
        .ok_or_else(request::not_found)?;
    if count != Count::Estimated {
        return Ok(list);
    }
    let total = api
        .engine
        .estimate(principal, snapshot, &object, &filter, deleted)
        .await?;
    Ok(answer::with_total(&list, total).into())
}

/// Reads a list's parameters against the model.
fn read(
    model: &Model,
    object: &Arc<Object>,
    parameters: &Parameters,
) -> Result<(Connection, Count), UserError> {
    let mut faults = Faults::default();
    let filter = faults.keep(request::filter(model, object, parameters));
    let sort = faults.keep(sort(model, object, parameters));
    let selection = faults.keep(fields::asked(model, object, parameters));
    let window = faults.keep(window(parameters));
    let counts = [("exact", Count::Exact), ("estimated", Count::Estimated)];
    let count = faults.keep(parameters.word("count", ("none", Count::None), &counts));
    let deleted = faults.keep(request::deleted(parameters));
    let (Some(filter), Some(sort), Some(selection), Some(window), Some(count), Some(deleted)) =
        (filter, sort, selection, window, count, deleted)
    else {
        return Err(faults.malformed());
    };
    let named = |name: &str, part| (name.to_owned(), part);
    let page = vec![
        ("next".to_owned(), PagePart::Next),
        ("previous".to_owned(), PagePart::Previous),
    ];
    let mut parts = vec![
        named("data", ConnectionPart::Nodes(selection)),
        named("page", ConnectionPart::Page(page)),
    ];
    if count == Count::Exact {
        parts.push(named("total", ConnectionPart::Total));
    }
    let connection = Connection {
        filter: filter.unwrap_or_else(Filter::all),
        sort,
        window,
        deleted,
        shape: Shape::Object(parts),
    };
    Ok((connection, count))
}

fn sort(
    model: &Model,
    object: &Arc<Object>,
    parameters: &Parameters,
) -> Result<Sort, Vec<Violation>> {
    let keys = parameters.get("sort").unwrap_or_default();
    Sort::parse(model, object, keys).map_err(|violations| request::below(violations, "sort"))
}

fn window(parameters: &Parameters) -> Result<Window, Vec<Violation>> {
    let limit = limit(parameters)?;
    let after = cursor(parameters, "after")?;
    let before = cursor(parameters, "before")?;
    if after.is_some() && before.is_some() {
        let message = "a page stands after a record or before one, not both";
        return Err(vec![Violation::new(
            Pointer::root().key("before"),
            "clash",
            message,
        )]);
    }
    // The page before a record is the last one of all that stands before it.
    let from = if before.is_some() {
        End::End
    } else {
        End::Start
    };
    Ok(Window {
        from,
        after,
        before,
        ..Window::first(limit)
    })
}

fn limit(parameters: &Parameters) -> Result<u32, Vec<Violation>> {
    let Some(text) = parameters.get("limit") else {
        return Ok(DEFAULT_LIMIT);
    };
    let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| {
        let message = format!("`{}` is no whole number from 1 to {MOST}", clip(text));
        vec![Violation::new(
            Pointer::root().key("limit"),
            "range",
            message,
        )]
    })
}

fn cursor(parameters: &Parameters, name: &str) -> Result<Option<RecordId>, Vec<Violation>> {
    let Some(text) = parameters.get(name) else {
        return Ok(None);
    };
    let id = Uuid::try_parse(text).map(RecordId);
    id.map(Some).map_err(|_| {
        let message = "a cursor comes from `page` of an earlier answer";
        vec![Violation::new(Pointer::root().key(name), "cursor", message)]
    })
}

#[cfg(test)]
mod tests;
