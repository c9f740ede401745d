//! `PATCH /{plural}/{id}` and `PATCH /{plural}?filter=`: what is absent stays, null clears.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value as Json;
use std::sync::Arc;
use tessera_compiler::plan::shape;
use tessera_compiler::query::tree::Selection;
use tessera_compiler::write::{Action, Expected, Written};
use tessera_error::UserError;
use tessera_http::json::JsonValue;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::filter::Filter;
use tessera_schema::model::Model;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::record::Record;

use super::write::{Asked, Endpoint, Sent, WriteRequest, Writing};
use super::{preconditions, request};

#[derive(Debug)]
struct Change {
    id: String,
    body: Json,
    expected: Option<Expected>,
}

impl Endpoint for Change {
    fn action(
        &self,
        _: &WriteRequest,
        object: &Arc<Object>,
        _: Filter,
    ) -> Result<Action, UserError> {
        let id = request::record_id(&self.id)?;
        let changes = changes(object, &self.body)?;
        let action = Action::Update {
            id,
            changes,
            expected: self.expected.clone(),
        };
        Ok(action)
    }

    fn shape(&self, key: &mut Vec<u8>) {
        key.extend([b'u', u8::from(self.expected.is_some())]);
        shape::write_keys(&self.body, key);
    }

    fn answer(&self, request: &WriteRequest, written: Written) -> Response {
        request.record(StatusCode::OK, written)
    }
}

#[derive(Debug)]
struct ChangeMany {
    body: Json,
}

impl Endpoint for ChangeMany {
    fn filter(
        &self,
        request: &WriteRequest,
        model: &Model,
        object: &Arc<Object>,
    ) -> Result<Filter, UserError> {
        request::required_filter(model, object, &request.parameters)
    }

    fn action(
        &self,
        request: &WriteRequest,
        object: &Arc<Object>,
        filter: Filter,
    ) -> Result<Action, UserError> {
        let action = Action::UpdateWhere {
            filter,
            changes: changes(object, &self.body)?,
            at_most: request.at_most()?,
        };
        Ok(action)
    }

    fn shape(&self, key: &mut Vec<u8>) {
        key.push(b'U');
        shape::write_keys(&self.body, key);
    }

    fn selection(
        &self,
        _: &WriteRequest,
        _: &Model,
        _: &Arc<Object>,
    ) -> Result<Selection, UserError> {
        Ok(Selection::default())
    }

    fn answer(&self, request: &WriteRequest, written: Written) -> Response {
        request.affected(&written)
    }
}

fn changes(object: &Object, body: &Json) -> Result<Record, UserError> {
    Record::update(object, body, Spelling::Snake).map_err(UserError::Invalid)
}

pub(super) fn one(asked: Asked<'_>, id: String, body: Json) -> Result<Writing, UserError> {
    let expected = preconditions::if_match(asked.headers)?;
    let change = Change { id, body, expected };
    asked.writing("PATCH", &["fields"], change)
}

pub(super) fn many(asked: Asked<'_>, body: Json) -> Result<Writing, UserError> {
    asked.writing(
        "PATCH",
        &["filter", "max_affected", request::TIME_ZONE],
        ChangeMany { body },
    )
}

pub(super) async fn change(
    State(api): State<Api>,
    sent: Sent,
    Segments((plural, id)): Segments<(String, String)>,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let change = one(sent.to(&plural), id, body)?;
    change.alone(&api, &sent.context).await
}

pub(super) async fn change_many(
    State(api): State<Api>,
    sent: Sent,
    Segments(plural): Segments<String>,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let change = many(sent.to(&plural), body)?;
    change.alone(&api, &sent.context).await
}
