//! `GET /{plural}`: records by filter, in order, page by page.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use tessera_engine::error::{Result, UserError};
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::principal::Principal;
use tessera_engine::query::tree::{
    Connection, ConnectionPart, End, PagePart, Query, Root, Shape, Window,
};
use tessera_engine::records::{EstimatePlan, ReadPlan};
use tessera_schema::filter::Filter;
use tessera_schema::ident::RecordId;
use tessera_schema::model::Model;
use tessera_schema::object::Object;
use tessera_schema::search::Search;
use tessera_schema::sort::Sort;
use tessera_schema::source::Located;
use tessera_schema::unknown::clip;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use super::plan::{self, Plan, Planned};
use super::{answer, fields, request};
use crate::caller::Caller;
use crate::parameters::{Faults, Parameters};
use crate::path::Segments;
use crate::problem;
use crate::state::Api;

pub(super) const PARAMETERS: &[&str] = &[
    "filter", "q", "sort", "fields", "limit", "after", "before", "count", "deleted",
];

pub(crate) const DEFAULT_LIMIT: u32 = 50;
pub(crate) const MOST: u32 = 1_000;

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
    let planned = Planned::of(&principal, b'L', &plural, &parameters);
    let (api, principal, planned) = (&api, &principal, &planned);
    let (plural, parameters) = (&plural, &parameters);
    let work = |snapshot: Arc<Snapshot>| async move {
        let make = || ListPlan::make(api, principal, &snapshot, plural, parameters);
        let run = |plan: Arc<ListPlan>| {
            let snapshot = Arc::clone(&snapshot);
            async move { plan.run(api, principal, &snapshot, &planned.inputs).await }
        };
        planned.answer(&snapshot, make, run).await
    };
    let body = api.engine.on_model(principal.tenant, work).await?;
    Ok(answer::json(StatusCode::OK, body))
}

/// A list worked out.
#[derive(Debug)]
pub(super) struct ListPlan {
    pub(super) read: ReadPlan,
    /// Only where an estimate of the total is asked for.
    pub(super) estimate: Option<EstimatePlan>,
    /// A search makes another statement for other words.
    lasting: bool,
}

impl Plan for ListPlan {
    fn weight(&self) -> usize {
        let estimate = self.estimate.as_ref().map_or(0, EstimatePlan::weight);
        self.read.weight() + estimate
    }

    fn is_lasting(&self) -> bool {
        self.lasting
    }
}

impl ListPlan {
    pub(super) fn make(
        api: &Api,
        principal: &Principal,
        snapshot: &Snapshot,
        plural: &str,
        parameters: &Parameters,
    ) -> Result<Self> {
        let object = request::object(&snapshot.model, plural)?;
        let (connection, count) = read(&snapshot.model, object, parameters)?;
        let estimate = (count == Count::Estimated).then(|| {
            let search = connection.search.as_ref();
            let (filter, deleted) = (&connection.filter, connection.deleted);
            api.engine
                .plan_estimate(snapshot, object, filter, search, deleted)
        });
        let lasting = connection.search.is_none();
        let roots = vec![Root::Many {
            object: Arc::clone(object),
            connection,
        }];
        let read = api
            .engine
            .plan_read(principal, snapshot, &Query { roots })?;
        Ok(Self {
            read,
            estimate,
            lasting,
        })
    }

    async fn run(
        &self,
        api: &Api,
        principal: &Principal,
        snapshot: &Snapshot,
        inputs: &Map<String, Json>,
    ) -> Result<Option<axum::body::Bytes>> {
        let found = api
            .engine
            .run_read(principal, snapshot, &self.read, inputs)
            .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let list = found.roots.into_iter().next().flatten();
        let list = list.ok_or_else(request::not_found)?;
        let Some(estimate) = &self.estimate else {
            return Ok(Some(list));
        };
        let total = api.engine.run_estimate(principal, estimate, inputs).await?;
        Ok(Some(answer::with_total(&list, total).into()))
    }
}

/// Reads a list's parameters against the model.
fn read(
    model: &Model,
    object: &Arc<Object>,
    parameters: &Parameters,
) -> Result<(Connection, Count), UserError> {
    let mut faults = Faults::default();
    let filter = faults.keep(request::filter(
        model,
        object,
        parameters,
        &plan::source("filter"),
    ));
    let search = faults.keep(search(object, parameters));
    let sort = faults.keep(sort(model, object, parameters));
    let selection = faults.keep(fields::asked(model, object, parameters));
    let window = faults.keep(window(parameters));
    let counts = [("exact", Count::Exact), ("estimated", Count::Estimated)];
    let count = faults.keep(parameters.word("count", ("none", Count::None), &counts));
    let deleted = faults.keep(request::deleted(parameters));
    let (
        Some(filter),
        Some(search),
        Some(sort),
        Some(selection),
        Some(window),
        Some(count),
        Some(deleted),
    ) = (filter, search, sort, selection, window, count, deleted)
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
        search,
        sort,
        window,
        deleted,
        shape: Shape::Object(parts),
    };
    Ok((connection, count))
}

fn search(object: &Object, parameters: &Parameters) -> Result<Option<Search>, Vec<Violation>> {
    let search = parameters.get("q").map(|q| Search::in_object(object, q));
    let search = search.transpose();
    search.map_err(|violation| vec![violation.below("q")])
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

fn cursor(
    parameters: &Parameters,
    name: &str,
) -> Result<Option<Located<RecordId>>, Vec<Violation>> {
    let Some(text) = parameters.get(name) else {
        return Ok(None);
    };
    let id = Uuid::try_parse(text).map(|id| Located {
        value: RecordId(id),
        source: Some(plan::source(name)),
    });
    id.map(Some).map_err(|_| {
        let message = "a cursor comes from `page` of an earlier answer";
        vec![Violation::new(Pointer::root().key(name), "cursor", message)]
    })
}

#[cfg(test)]
mod tests;
