//! `POST /{plural}`: one record, or up to a thousand, all or none.

use axum::extract::{RawQuery, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::Value as Json;
use std::sync::Arc;
use tessera_engine::error::UserError;
use tessera_engine::principal::Principal;
use tessera_engine::write::Action;
use tessera_schema::ident::RecordId;
use tessera_schema::model::Model;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::record::Record;
use tessera_schema::violation::Pointer;
use uuid::Uuid;

use super::write::WriteRequest;
use super::{answer, request};
use crate::caller::Caller;
use crate::json::JsonValue;
use crate::parameters::Parameters;
use crate::path::Segments;
use crate::problem::Result;
use crate::state::Api;

/// The most records of one request.
const MOST: usize = 1_000;

pub(super) async fn create(
    State(api): State<Api>,
    Caller(principal): Caller,
    Segments(plural): Segments<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let parameters = Parameters::read(query.as_deref(), &["fields"])?;
    let request = WriteRequest::read(&principal, "POST", plural.clone(), parameters, &headers)?;
    match body {
        Json::Array(items) => create_many(&api, &principal, &request, &items).await,
        body => create_one(&api, &principal, &request, &plural, &body).await,
    }
}

async fn create_one(
    api: &Api,
    principal: &Principal,
    request: &WriteRequest,
    plural: &str,
    body: &Json,
) -> Result<Response> {
    // Known before the write, so that `Location` can name the record whatever of it is shown.
    let id = match body.get("id") {
        Some(given) => given.as_str().and_then(|text| Uuid::parse_str(text).ok()),
        None => Some(Uuid::now_v7()),
    };
    let plan = |model: &Model, object: &Arc<Object>| {
        let selection = request.selection(model, object)?;
        let mut record =
            Record::create(object, body, Spelling::Snake).map_err(UserError::Invalid)?;
        record.id = id.map(RecordId);
        Ok((Action::Create(record), selection))
    };
    let written = request.perform(api, principal, plan).await?;
    let mut response = request.record(StatusCode::CREATED, written);
    if let Some(id) = id {
        let location = HeaderValue::try_from(format!("/api/v1/{plural}/{id}"));
        let location = location.expect("the name of an object and an id are ASCII");
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

async fn create_many(
    api: &Api,
    principal: &Principal,
    request: &WriteRequest,
    items: &[Json],
) -> Result<Response> {
    let refuse =
        |code, message: String| Err(UserError::invalid(Pointer::root(), code, message).into());
    if items.is_empty() {
        return refuse("too_few", "at least one record is needed".to_owned());
    }
    if items.len() > MOST {
        return refuse(
            "too_many",
            format!("at most {MOST} records are created at once"),
        );
    }
    let plan = |model: &Model, object: &Arc<Object>| {
        let selection = request.selection(model, object)?;
        Ok((Action::CreateMany(records(object, items)?), selection))
    };
    let written = request.perform(api, principal, plan).await?;
    Ok(request.body(StatusCode::CREATED, answer::in_data(&written.body)))
}

/// The records that a list stands for; pointers begin with the index.
fn records(object: &Object, items: &[Json]) -> Result<Vec<Record>, UserError> {
    let mut records = Vec::with_capacity(items.len());
    let mut violations = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match Record::create(object, item, Spelling::Snake) {
            Ok(record) => records.push(record),
            Err(own) => violations.extend(request::below(own, index)),
        }
    }
    if violations.is_empty() {
        Ok(records)
    } else {
        Err(UserError::Invalid(violations))
    }
}
