//! `PATCH /{plural}/{id}` and `PATCH /{plural}?filter=`: what is absent stays, null clears.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::sync::Arc;
use tessera_engine::error::UserError;
use tessera_engine::query::tree::Selection;
use tessera_engine::write::Action;
use tessera_schema::model::Model;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::record::Record;

use super::write::WriteRequest;
use super::{preconditions, request};
use crate::caller::Caller;
use crate::json::JsonValue;
use crate::parameters::Parameters;
use crate::path::Segments;
use crate::problem::Result;
use crate::state::Api;

pub(super) async fn change(
    State(api): State<Api>,
    Caller(principal): Caller,
    Segments((plural, id)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let parameters = Parameters::read(query.as_deref(), &["fields"])?;
    let request = WriteRequest::read(&principal, "PATCH", plural, parameters, &headers)?;
    let expected = preconditions::if_match(&headers)?;
    let plan = |model: &Model, object: &Arc<Object>| {
        let id = request::record_id(&id)?;
        let selection = request.selection(model, object)?;
        let changes = Record::update(object, &body, Spelling::Snake).map_err(UserError::Invalid)?;
        Ok((
            Action::Update {
                id,
                changes,
                expected,
            },
            selection,
        ))
    };
    let written = request.perform(&api, &principal, plan).await?;
    Ok(request.record(StatusCode::OK, written))
}

pub(super) async fn change_many(
    State(api): State<Api>,
    Caller(principal): Caller,
    Segments(plural): Segments<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let parameters = Parameters::read(query.as_deref(), &["filter"])?;
    let request = WriteRequest::read(&principal, "PATCH", plural, parameters, &headers)?;
    let plan = |model: &Model, object: &Arc<Object>| {
        let filter = request::required_filter(model, object, &request.parameters)?;
        let changes = Record::update(object, &body, Spelling::Snake).map_err(UserError::Invalid)?;
        Ok((
            Action::UpdateWhere { filter, changes },
            Selection::default(),
        ))
    };
    let written = request.perform(&api, &principal, plan).await?;
    Ok(request.affected(&written))
}
