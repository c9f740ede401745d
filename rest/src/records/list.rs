//! `GET /{plural}`: records by filter, in order, page by page.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;
use tessera_compiler::cursor::Cursor;
use tessera_compiler::query::position;
use tessera_compiler::query::tree::{
    Connection, ConnectionPart, End, PagePart, Query, Root, Shape, Window,
};
use tessera_compiler::snapshot::Snapshot;
use tessera_engine::engine::Engine;
use tessera_engine::executor::Executor;
use tessera_engine::records::{EstimatePlan, ReadPlan};
use tessera_engine::request_context::RequestContext;
use tessera_error::{Result, UserError};
use tessera_http::caller::Caller;
use tessera_http::path::Segments;
use tessera_http::problem;
use tessera_http::state::Api;
use tessera_schema::filter::Filter;
use tessera_schema::model::Model;
use tessera_schema::object::Object;
use tessera_schema::search::Search;
use tessera_schema::sort::Sort;
use tessera_schema::source::Located;
use tessera_schema::text::clip;
use tessera_schema::violation::{Pointer, Violation};

use super::limit::{self, DEFAULT_LIMIT};
use super::plan::{self, Planned, Work};
use super::{answer, fields, request};
use crate::parameters::{Faults, Parameters};

const PARAMETERS: &[&str] = &[
    "filter",
    "q",
    "sort",
    "fields",
    "limit",
    "after",
    "before",
    "offset",
    "count",
    "deleted",
    request::TIME_ZONE,
];

/// How the records that a filter matches are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    None,
    Exact,
    Estimated,
}

pub(super) async fn list(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(plural): Segments<String>,
    RawQuery(query): RawQuery,
) -> problem::Result<Response> {
    let list = List::read(&context, plural, query.as_deref())?;
    let body = plan::alone(&api, &context, &list).await?;
    Ok(answer::json(StatusCode::OK, body))
}

/// A list asked for.
#[derive(Debug)]
pub(super) struct List {
    plural: String,
    parameters: Parameters,
    planned: Planned,
}

/// A list worked out.
#[derive(Debug)]
pub(super) struct ListPlan {
    read: ReadPlan,
    /// Only where an estimate of the total is asked for.
    estimate: Option<EstimatePlan>,
}

impl List {
    /// Reads what does not depend on the model.
    pub(super) fn read(
        context: &RequestContext,
        plural: String,
        query: Option<&str>,
    ) -> Result<Self, UserError> {
        let parameters = Parameters::read(query, PARAMETERS)?;
        Ok(Self {
            planned: Planned::of(&context.principal, b'L', &plural, &parameters),
            plural,
            parameters,
        })
    }
}

impl Work for List {
    type Plan = ListPlan;
    type Done = Bytes;

    fn planned(&self) -> &Planned {
        &self.planned
    }

    fn plan(
        &self,
        engine: &Engine,
        context: &RequestContext,
        snapshot: &Snapshot,
    ) -> Result<ListPlan> {
        let view = snapshot.view(context.principal.roles());
        let object = request::object(&view.model, &self.plural)?;
        let (connection, count) = read(&view.model, object, &self.parameters)?;
        let estimate = (count == Count::Estimated).then(|| {
            let search = connection.search.as_ref();
            let (filter, deleted) = (&connection.filter, connection.deleted);
            engine.plan_estimate(context, snapshot, object, filter, search, deleted)
        });
        let estimate = estimate.transpose()?;
        let inputs = &self.planned.inputs;
        position::check(snapshot, &view, object, &connection, None, inputs)
            .map_err(UserError::Malformed)?;
        let roots = vec![Root::Many {
            object: Arc::clone(object),
            connection,
        }];
        let read = engine.plan_read(context, snapshot, &Query { roots })?;
        Ok(ListPlan { read, estimate })
    }

    fn weight(&self, plan: &ListPlan) -> Option<usize> {
        // A search makes another statement for other words, and hardly anybody jumps to the same place twice.
        let lasting = ["q", "offset"].map(|name| self.parameters.get(name));
        let lasting = lasting.iter().all(Option::is_none);
        let estimate = plan.estimate.as_ref().map_or(0, EstimatePlan::weight);
        lasting.then(|| plan.read.weight() + estimate)
    }

    async fn run(
        &self,
        plan: &ListPlan,
        executor: &mut Executor<'_>,
        context: &RequestContext,
        snapshot: &Snapshot,
    ) -> Result<Option<Bytes>> {
        let inputs = &self.planned.inputs;
        let found = executor.read(context, snapshot, &plan.read, inputs).await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let list = found.roots.into_iter().next().flatten();
        let list = list.ok_or_else(request::not_found)?;
        let Some(estimate) = &plan.estimate else {
            return Ok(Some(list));
        };
        let total = executor.estimate(context, estimate, inputs).await?;
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
    let mut faults = Faults::default();
    let limit = faults.keep(limit(parameters));
    let offset = faults.keep(offset(parameters));
    let (Some(limit), Some(offset)) = (limit, offset) else {
        return Err(faults.into_violations());
    };
    let after = cursor(parameters, "after");
    let before = cursor(parameters, "before");
    if after.is_some() && before.is_some() {
        let message = "a page stands after a cursor or before one, not both";
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
        offset,
        limit,
    })
}

fn offset(parameters: &Parameters) -> Result<u32, Vec<Violation>> {
    let Some(text) = parameters.get("offset") else {
        return Ok(0);
    };
    let offset = text.parse().ok();
    offset
        .filter(|offset| *offset <= Window::MAX_OFFSET)
        .ok_or_else(|| {
            let most = Window::MAX_OFFSET;
            let message = format!("`{}` is no whole number from 0 to {most}", clip(text));
            vec![Violation::new(
                Pointer::root().key("offset"),
                "range",
                message,
            )]
        })
}

fn limit(parameters: &Parameters) -> Result<u32, Vec<Violation>> {
    let Some(text) = parameters.get("limit") else {
        return Ok(DEFAULT_LIMIT);
    };
    limit::read(text).map_err(|message| {
        let place = Pointer::root().key("limit");
        vec![Violation::new(place, "range", message)]
    })
}

fn cursor(parameters: &Parameters, name: &str) -> Option<Located<Cursor>> {
    parameters.get(name).map(|text| Located {
        value: Cursor(text.to_owned()),
        source: Some(plan::source(name)),
    })
}

#[cfg(test)]
mod tests;
