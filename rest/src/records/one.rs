//! `GET /{plural}/{id}`: one record.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::query::tree::{Query, Root};

use super::{answer, fields, preconditions, request};
use crate::caller::Caller;
use crate::parameters::{Faults, Parameters};
use crate::path::Segments;
use crate::problem::Result;
use crate::state::Api;

pub(super) async fn get(
    State(api): State<Api>,
    Caller(principal): Caller,
    Segments((plural, id)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    request::must_read(&principal)?;
    let parameters = Parameters::read(query.as_deref(), &["fields", "deleted"])?;
    let (api, principal, plural, id, parameters) = (&api, &principal, &plural, &id, &parameters);
    let work = |snapshot: Arc<Snapshot>| async move {
        let object = request::object(&snapshot.model, plural)?;
        let id = request::record_id(id)?;
        let mut faults = Faults::default();
        let selection = faults.keep(fields::asked(&snapshot.model, object, parameters));
        let deleted = faults.keep(request::deleted(parameters));
        let (Some(selection), Some(deleted)) = (selection, deleted) else {
            return Err(faults.malformed().into());
        };
        let alone = !fields::reaches_further(&selection);
        let object = Arc::clone(object);
        let query = Query {
            roots: vec![Root::One {
                object,
                id,
                deleted,
                selection,
            }],
        };
        let found = api.engine.read(principal, &snapshot, &query).await?;
        let body = found
            .roots
            .into_iter()
            .next()
            .flatten()
            .ok_or_else(request::not_found)?;
        let version = found.versions.into_iter().next().flatten();
        Ok((body, version, alone))
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
