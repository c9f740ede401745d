//! `GET /{plural}/{id}`: one record.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use tessera_engine::error::{Result as Outcome, UserError};
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::principal::Principal;
use tessera_engine::query::tree::{Query, Root};
use tessera_engine::records::ReadPlan;
use tessera_schema::model::Model;
use tessera_schema::source::Located;

use super::plan::{self, Plan, Planned};
use super::{answer, fields, preconditions, request};
use crate::caller::Caller;
use crate::parameters::{Faults, Parameters};
use crate::path::Segments;
use crate::problem::Result;
use crate::state::Api;

pub(super) const PARAMETERS: &[&str] = &["fields", "deleted"];

/// The query, and whether it shows the record alone.
pub(super) fn read(
    model: &Model,
    plural: &str,
    id: &str,
    parameters: &Parameters,
) -> Result<(Query, bool), UserError> {
    let object = request::object(model, plural)?;
    let id = Located {
        value: request::record_id(id)?,
        source: Some(plan::source("id")),
    };
    let mut faults = Faults::default();
    let selection = faults.keep(fields::asked(model, object, parameters));
    let deleted = faults.keep(request::deleted(parameters));
    let (Some(selection), Some(deleted)) = (selection, deleted) else {
        return Err(faults.malformed());
    };
    let alone = !fields::reaches_further(&selection);
    let root = Root::One {
        object: Arc::clone(object),
        id,
        deleted,
        selection,
    };
    Ok((Query { roots: vec![root] }, alone))
}

pub(super) async fn get(
    State(api): State<Api>,
    Caller(principal): Caller,
    Segments((plural, id)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    request::must_read(&principal)?;
    let parameters = Parameters::read(query.as_deref(), PARAMETERS)?;
    let mut planned = Planned::of(&principal, b'O', &plural, &parameters);
    planned.bind("id", &id);
    let (api, principal, planned) = (&api, &principal, &planned);
    let (plural, id, parameters) = (&plural, &id, &parameters);
    let work = |snapshot: Arc<Snapshot>| async move {
        let make = || OnePlan::make(api, principal, &snapshot, plural, id, parameters);
        let run = |plan: Arc<OnePlan>| {
            let snapshot = Arc::clone(&snapshot);
            async move { plan.run(api, principal, &snapshot, &planned.inputs).await }
        };
        planned.answer(&snapshot, make, run).await
    };
    let (body, version, alone) = api.engine.on_model(principal.tenant, work).await?;
    // A record's version says nothing of the records around it.
    let unchanged =
        alone && version.is_some_and(|version| preconditions::unchanged(&headers, version));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        answer::json(StatusCode::OK, body)
    };
    if let Some(version) = version {
        preconditions::show_version(response.headers_mut(), version);
    }
    Ok(response)
}

/// One record, worked out.
#[derive(Debug)]
struct OnePlan {
    read: ReadPlan,
    /// Whether no other record is shown.
    alone: bool,
}

impl Plan for OnePlan {
    fn weight(&self) -> usize {
        self.read.weight()
    }
}

impl OnePlan {
    fn make(
        api: &Api,
        principal: &Principal,
        snapshot: &Snapshot,
        plural: &str,
        id: &str,
        parameters: &Parameters,
    ) -> Outcome<Self> {
        let (query, alone) = read(&snapshot.model, plural, id, parameters)?;
        let read = api.engine.plan_read(principal, snapshot, &query)?;
        Ok(Self { read, alone })
    }

    /// The record, its version, and whether it is shown alone.
    async fn run(
        &self,
        api: &Api,
        principal: &Principal,
        snapshot: &Snapshot,
        inputs: &Map<String, Json>,
    ) -> Outcome<Option<(Bytes, Option<i32>, bool)>> {
        let found = api
            .engine
            .run_read(principal, snapshot, &self.read, inputs)
            .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let body = found.roots.into_iter().next().flatten();
        let body = body.ok_or_else(request::not_found)?;
        let version = found.versions.into_iter().next().flatten();
        Ok(Some((body, version, self.alone)))
    }
}
