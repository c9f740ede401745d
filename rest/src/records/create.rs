//! `POST /{plural}`: one record, or up to a thousand, all or none; `POST /{plural}/many`: the latter alone.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::Value as Json;
use tessera_compiler::plan::shape;
use tessera_compiler::write::{Action, Written};
use tessera_engine::inputs::Inputs;
use tessera_error::UserError;
use tessera_http::json::JsonValue;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::filter::Filter;
use tessera_schema::ident::RecordId;
use tessera_schema::naming::Spelling;
use tessera_schema::record::Record;
use tessera_schema::violation::Pointer;
use uuid::Uuid;

use super::write::{Asked, Endpoint, Sent, WriteRequest, Writing};
use super::{answer, request};

/// The most records of one request.
pub(crate) const MOST: usize = 1_000;

#[derive(Debug)]
struct Create {
    id: Option<Uuid>,
    body: Json,
}

impl Endpoint for Create {
    fn action(&self, _: &WriteRequest, inputs: Inputs<'_>, _: Filter) -> Result<Action, UserError> {
        let record = Record::create(inputs.create()?, &self.body, Spelling::Snake);
        let mut record = record.map_err(UserError::Invalid)?;
        record.id = self.id.map(RecordId);
        Ok(Action::Create(record))
    }

    fn shape(&self, key: &mut Vec<u8>) {
        key.push(b'c');
        shape::write_keys(&self.body, key);
    }

    fn answer(&self, request: &WriteRequest, written: Written) -> Response {
        let mut response = request.record(StatusCode::CREATED, written);
        location(&mut response, &request.plural, self.id);
        response
    }
}

#[derive(Debug)]
struct CreateMany {
    items: Vec<Json>,
}

impl Endpoint for CreateMany {
    fn action(&self, _: &WriteRequest, inputs: Inputs<'_>, _: Filter) -> Result<Action, UserError> {
        let input = inputs.create()?;
        let read = |item: &Json| Record::create(input.clone(), item, Spelling::Snake);
        let records = request::each(&self.items, read)?;
        Ok(Action::CreateMany(records))
    }

    fn shape(&self, key: &mut Vec<u8>) {
        key.push(b'm');
        shape::write_keys_of_each(&self.items, key);
    }

    fn answer(&self, request: &WriteRequest, written: Written) -> Response {
        request.body(StatusCode::CREATED, answer::in_data(&written.body))
    }
}

pub(super) fn some(asked: Asked<'_>, body: Json) -> Result<Writing, UserError> {
    match body {
        Json::Array(items) => {
            check_number(&items)?;
            asked.writing("POST", &["fields"], CreateMany { items })
        }
        body => {
            let id = id(&body);
            asked.writing("POST", &["fields"], Create { id, body })
        }
    }
}

pub(super) async fn create(
    State(api): State<Api>,
    sent: Sent,
    Segments(plural): Segments<String>,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let create = some(sent.to(&plural), body)?;
    create.alone(&api, &sent.context).await
}

/// As [`create`], of a list alone: what is answered does not depend on the body's form.
pub(super) async fn many(
    state: State<Api>,
    sent: Sent,
    plural: Segments<String>,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    must_be_list(&body)?;
    create(state, sent, plural, JsonValue(body)).await
}

pub(super) fn must_be_list(body: &Json) -> Result<(), UserError> {
    if body.is_array() {
        return Ok(());
    }
    let message = "a list of records is expected here";
    Err(UserError::invalid(Pointer::root(), "type", message))
}

/// The id of a new record, known before the write, so that `Location` can name it whatever of it is shown.
pub(super) fn id(body: &Json) -> Option<Uuid> {
    match body.get("id") {
        Some(given) => given.as_str().and_then(|text| Uuid::parse_str(text).ok()),
        None => Some(Uuid::now_v7()),
    }
}

/// Says in an answer where the new record is.
pub(super) fn location(response: &mut Response, plural: &str, id: Option<Uuid>) {
    if let Some(id) = id {
        let location = HeaderValue::try_from(format!("/api/v1/{plural}/{id}"));
        let location = location.expect("the name of an object and an id are ASCII");
        response.headers_mut().insert(LOCATION, location);
    }
}

/// Refuses an empty list and one that is too long.
pub(super) fn check_number(items: &[Json]) -> Result<(), UserError> {
    let refuse = |code, message: String| Err(UserError::invalid(Pointer::root(), code, message));
    match items.len() {
        0 => refuse("too_few", "at least one record is needed".to_owned()),
        1..=MOST => Ok(()),
        _ => refuse(
            "too_many",
            format!("at most {MOST} records are written at once"),
        ),
    }
}
