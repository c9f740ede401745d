//! `GET /{plural}/{id}`: one record.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tessera_compiler::query::tree::{Query, Root};
use tessera_compiler::snapshot::Snapshot;
use tessera_engine::engine::Engine;
use tessera_engine::executor::Executor;
use tessera_engine::records::ReadPlan;
use tessera_engine::request_context::RequestContext;
use tessera_error::{Result as Outcome, UserError};
use tessera_http::caller::Caller;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::source::Located;

use super::plan::{self, Planned, Work};
use super::{answer, fields, history, preconditions, request};
use crate::parameters::{Faults, Parameters};

const PARAMETERS: &[&str] = &["fields", "deleted", history::AS_OF];

pub(super) async fn get(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments((plural, id)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    let one = One::read(&context, plural, id, query.as_deref())?;
    if one.is_past() {
        let One {
            plural,
            id,
            parameters,
            ..
        } = &one;
        return history::as_of(&api, &context, (plural, id), parameters).await;
    }
    let found = plan::alone(&api, &context, &one).await?;
    // A record's version says nothing of the records around it.
    let unchanged = |version| found.alone && preconditions::unchanged(&headers, version);
    if !found.version.is_some_and(unchanged) {
        return Ok(found.response());
    }
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    found.show_version(&mut response);
    Ok(response)
}

/// A record asked for.
#[derive(Debug)]
pub(super) struct One {
    plural: String,
    id: String,
    parameters: Parameters,
    planned: Planned,
}

/// One record, worked out.
#[derive(Debug)]
pub(super) struct OnePlan {
    read: ReadPlan,
    /// Whether no other record is shown.
    alone: bool,
}

/// A record that is there.
#[derive(Debug)]
pub(super) struct Found {
    body: Bytes,
    version: Option<i32>,
    /// Whether no other record is shown.
    alone: bool,
}

impl Found {
    pub(super) fn response(self) -> Response {
        let mut response = answer::json(StatusCode::OK, self.body.clone());
        self.show_version(&mut response);
        response
    }

    fn show_version(&self, response: &mut Response) {
        if let Some(version) = self.version {
            preconditions::show_version(response.headers_mut(), version);
        }
    }
}

impl One {
    /// Whether it asks for the record as it was at a time. [`history::as_of`] answers that.
    pub(super) fn is_past(&self) -> bool {
        self.parameters.get(history::AS_OF).is_some()
    }

    /// Reads what does not depend on the model.
    pub(super) fn read(
        context: &RequestContext,
        plural: String,
        id: String,
        query: Option<&str>,
    ) -> Outcome<Self, UserError> {
        let parameters = Parameters::read(query, PARAMETERS)?;
        let mut planned = Planned::of(&context.principal, b'O', &plural, &parameters);
        planned.bind("id", &id);
        Ok(Self {
            plural,
            id,
            parameters,
            planned,
        })
    }
}

impl Work for One {
    type Plan = OnePlan;
    type Done = Found;

    fn planned(&self) -> &Planned {
        &self.planned
    }

    fn plan(
        &self,
        engine: &Engine,
        context: &RequestContext,
        snapshot: &Snapshot,
    ) -> Outcome<OnePlan> {
        let view = snapshot.view(context.principal.roles());
        let model = &view.model;
        let object = request::object(model, &self.plural)?;
        let id = Located {
            value: request::record_id(&self.id)?,
            source: Some(plan::source("id")),
        };
        let mut faults = Faults::default();
        let selection = faults.keep(fields::asked(model, object, &self.parameters));
        let deleted = faults.keep(request::deleted(&self.parameters));
        let (Some(selection), Some(deleted)) = (selection, deleted) else {
            return Err(faults.malformed().into());
        };
        let alone = !fields::reaches_further(&selection);
        let roots = vec![Root::One {
            object: Arc::clone(object),
            id,
            deleted,
            selection,
        }];
        let read = engine.plan_read(context, snapshot, &Query { roots })?;
        Ok(OnePlan { read, alone })
    }

    fn weight(&self, plan: &OnePlan) -> Option<usize> {
        Some(plan.read.weight())
    }

    async fn run(
        &self,
        plan: &OnePlan,
        executor: &mut Executor<'_>,
        context: &RequestContext,
        snapshot: &Snapshot,
    ) -> Outcome<Option<Found>> {
        let found = executor
            .read(context, snapshot, &plan.read, &self.planned.inputs)
            .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let body = found.roots.into_iter().next().flatten();
        Ok(Some(Found {
            body: body.ok_or_else(request::not_found)?,
            version: found.versions.into_iter().next().flatten(),
            alone: plan.alone,
        }))
    }
}
