//! `POST /{plural}/upsert?on=`, and `/many` for lists alone: records made where their key is new, and changed where a live record has it.
//!
//! Every record must be fit to be made, since only the database knows which ones are new: what is required must be there.
//! In a record that is there already, what was left out stays as it is; defaults and an `id` are for new ones. One record
//! is answered with 201 or 200; of several, `results` says `created` or `updated` for each of `data`, in order.

use axum::extract::State;
use axum::http::StatusCode;
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
use tessera_schema::object::{Object, UniqueKey};
use tessera_schema::record::Upsert;
use tessera_schema::text::clip;
use tessera_schema::violation::Pointer;
use uuid::Uuid;

use super::create::{self, location};
use super::write::{Asked, Endpoint, Sent, WriteRequest, Writing};
use super::{answer, request};
use crate::parameters::Parameters;

#[derive(Debug)]
struct UpsertOne {
    /// Where it is new.
    id: Option<Uuid>,
    body: Json,
}

impl Endpoint for UpsertOne {
    fn action(
        &self,
        request: &WriteRequest,
        inputs: Inputs<'_>,
        _: Filter,
    ) -> Result<Action, UserError> {
        let key = key(inputs.object(), &request.parameters)?;
        let record = Upsert::read(inputs.upsert()?, &self.body, Spelling::Snake);
        let mut record = record.map_err(UserError::Invalid)?;
        record.given.id = self.id.map(RecordId);
        Ok(Action::Upsert { key, record })
    }

    fn shape(&self, key: &mut Vec<u8>) {
        key.push(b'o');
        shape::write_keys(&self.body, key);
    }

    fn answer(&self, request: &WriteRequest, written: Written) -> Response {
        if written.created != [true] {
            return request.record(StatusCode::OK, written);
        }
        let mut response = request.record(StatusCode::CREATED, written);
        location(&mut response, &request.plural, self.id);
        response
    }
}

#[derive(Debug)]
struct UpsertMany {
    items: Vec<Json>,
}

impl Endpoint for UpsertMany {
    fn action(
        &self,
        request: &WriteRequest,
        inputs: Inputs<'_>,
        _: Filter,
    ) -> Result<Action, UserError> {
        let key = key(inputs.object(), &request.parameters)?;
        let input = inputs.upsert()?;
        let read = |item: &Json| Upsert::read(input.clone(), item, Spelling::Snake);
        let records = request::each(&self.items, read)?;
        Ok(Action::UpsertMany { key, records })
    }

    fn shape(&self, key: &mut Vec<u8>) {
        key.push(b's');
        shape::write_keys_of_each(&self.items, key);
    }

    fn answer(&self, request: &WriteRequest, written: Written) -> Response {
        let word = |created: &bool| if *created { "created" } else { "updated" };
        let results = written.created.iter().map(word);
        let body = answer::with_results(&written.body, results);
        request.body(StatusCode::OK, body)
    }
}

pub(super) fn some(asked: Asked<'_>, body: Json) -> Result<Writing, UserError> {
    let parameters = &["on", "fields"];
    match body {
        Json::Array(items) => {
            create::check_number(&items)?;
            asked.writing("POST", parameters, UpsertMany { items })
        }
        body => {
            let id = create::id(&body);
            asked.writing("POST", parameters, UpsertOne { id, body })
        }
    }
}

pub(super) async fn upsert(
    State(api): State<Api>,
    sent: Sent,
    Segments(plural): Segments<String>,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let upsert = some(sent.to(&plural), body)?;
    upsert.alone(&api, &sent.context).await
}

/// As [`upsert`], of a list alone.
pub(super) async fn many(
    state: State<Api>,
    sent: Sent,
    plural: Segments<String>,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    create::must_be_list(&body)?;
    upsert(state, sent, plural, JsonValue(body)).await
}

/// What the parameter `on` names.
fn key(object: &Object, parameters: &Parameters) -> Result<UniqueKey, UserError> {
    let refuse = |code, message| {
        let place = Pointer::root().key("on");
        Err(UserError::malformed(place, code, message))
    };
    let keys = || std::iter::once(object.id_key()).chain(object.unique_keys());
    let names = || keys().map(|key| key.name).collect::<Vec<_>>().join(", ");
    let Some(name) = parameters.get("on") else {
        let message = format!("say in `on` by what records are matched: {}", names());
        return refuse("required", message);
    };
    match keys().find(|key| key.name == name) {
        Some(key) => Ok(key),
        None => refuse(
            "unknown",
            format!(
                "records are not told apart by `{}`, but by {}",
                clip(name),
                names()
            ),
        ),
    }
}
