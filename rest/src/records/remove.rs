//! `DELETE /{plural}/{id}` and `DELETE /{plural}?filter=`: into the bin, or for good; and out of it again.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::sync::Arc;
use tessera_engine::error::UserError;
use tessera_engine::query::tree::Selection;
use tessera_engine::write::Action;
use tessera_schema::model::Model;
use tessera_schema::object::Object;

use super::write::WriteRequest;
use super::{preconditions, request};
use crate::caller::Caller;
use crate::parameters::Parameters;
use crate::path::Segments;
use crate::problem::Result;
use crate::state::Api;

pub(super) async fn delete(
    State(api): State<Api>,
    Caller(principal): Caller,
    Segments((plural, id)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    let parameters = Parameters::read(query.as_deref(), &["permanent"])?;
    let permanent = parameters.word("permanent", ("false", false), &[("true", true)]);
    let permanent = permanent.map_err(UserError::Malformed)?;
    let request = WriteRequest::read(&principal, "DELETE", plural, parameters, &headers)?;
    let expected = preconditions::if_match(&headers)?;
    let plan = |_: &Model, _: &Arc<Object>| {
        let id = request::record_id(&id)?;
        let action = if permanent {
            Action::Destroy { id, expected }
        } else {
            Action::Delete { id, expected }
        };
        Ok((action, Selection::default()))
    };
    request.perform(&api, &principal, plan).await?;
    Ok(request.no_content())
}

pub(super) async fn delete_many(
    State(api): State<Api>,
    Caller(principal): Caller,
    Segments(plural): Segments<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    let parameters = Parameters::read(query.as_deref(), &["filter"])?;
    let request = WriteRequest::read(&principal, "DELETE", plural, parameters, &headers)?;
    let plan = |model: &Model, object: &Arc<Object>| {
        let filter = request::required_filter(model, object, &request.parameters)?;
        Ok((Action::DeleteWhere { filter }, Selection::default()))
    };
    let written = request.perform(&api, &principal, plan).await?;
    Ok(request.affected(&written))
}

/// `POST /{plural}/{id}/restore`
pub(super) async fn restore(
    State(api): State<Api>,
    Caller(principal): Caller,
    Segments((plural, id)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    let parameters = Parameters::read(query.as_deref(), &["fields"])?;
    let request = WriteRequest::read(&principal, "POST", plural, parameters, &headers)?;
    let plan = |model: &Model, object: &Arc<Object>| {
        let id = request::record_id(&id)?;
        Ok((Action::Restore { id }, request.selection(model, object)?))
    };
    let written = request.perform(&api, &principal, plan).await?;
    Ok(request.record(StatusCode::OK, written))
}
