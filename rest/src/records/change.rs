//! `PATCH /{plural}/{id}`, `PATCH /{plural}?filter=` with the same change for all that are found, and `PATCH /{plural}` with a list
//! of changes: what is absent stays, null clears. `PATCH /{plural}/many` is the last alone.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value as Json;
use std::collections::HashSet;
use std::sync::Arc;
use tessera_compiler::plan::shape;
use tessera_compiler::query::tree::Selection;
use tessera_compiler::write::{Action, Expected, Written};
use tessera_engine::inputs::Inputs;
use tessera_error::UserError;
use tessera_http::json::JsonValue;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::filter::Filter;
use tessera_schema::model::Model;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::record::{Change as RecordChange, Record};
use tessera_schema::violation::{Pointer, Violation};

use super::write::{Asked, Endpoint, Sent, WriteRequest, Writing};
use super::{answer, create, preconditions, request};

#[derive(Debug)]
struct Change {
    id: String,
    body: Json,
    expected: Option<Expected>,
}

impl Endpoint for Change {
    fn action(&self, _: &WriteRequest, inputs: Inputs<'_>, _: Filter) -> Result<Action, UserError> {
        let id = request::record_id(&self.id)?;
        let changes = changes(inputs, &self.body)?;
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
        inputs: Inputs<'_>,
        filter: Filter,
    ) -> Result<Action, UserError> {
        let action = Action::UpdateWhere {
            filter,
            changes: changes(inputs, &self.body)?,
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

/// Changes of up to a thousand records, each of one, all or none.
#[derive(Debug)]
struct ChangeEach {
    items: Vec<Json>,
}

impl Endpoint for ChangeEach {
    fn action(&self, _: &WriteRequest, inputs: Inputs<'_>, _: Filter) -> Result<Action, UserError> {
        let input = inputs.update()?;
        let read = |item: &Json| RecordChange::read(input.clone(), item, Spelling::Snake);
        let changes = request::each(&self.items, read)?;
        each_once(&changes)?;
        Ok(Action::UpdateMany(changes))
    }

    fn shape(&self, key: &mut Vec<u8>) {
        key.push(b'e');
        shape::write_keys_of_each(&self.items, key);
    }

    fn answer(&self, request: &WriteRequest, written: Written) -> Response {
        request.body(StatusCode::OK, answer::in_data(&written.body))
    }
}

/// Refuses changes of which several are of one record.
fn each_once(changes: &[RecordChange]) -> Result<(), UserError> {
    let mut seen = HashSet::new();
    let places = changes.iter().enumerate();
    let repeated = places.filter(|(_, change)| !seen.insert(change.id));
    let violations = repeated.map(|(place, _)| {
        let message = "a change before it is of the same record";
        Violation::new(Pointer::root().key(place).key("id"), "unique", message)
    });
    let violations: Vec<_> = violations.collect();
    if violations.is_empty() {
        Ok(())
    } else {
        Err(UserError::Conflict(violations))
    }
}

fn changes(inputs: Inputs<'_>, body: &Json) -> Result<Record, UserError> {
    Record::update(inputs.update()?, body, Spelling::Snake).map_err(UserError::Invalid)
}

pub(super) fn one(asked: Asked<'_>, id: String, body: Json) -> Result<Writing, UserError> {
    let expected = preconditions::if_match(asked.headers)?;
    let change = Change { id, body, expected };
    asked.writing("PATCH", &["fields"], change)
}

pub(super) fn many(asked: Asked<'_>, body: Json) -> Result<Writing, UserError> {
    match body {
        Json::Array(items) => {
            create::check_number(&items)?;
            asked.writing("PATCH", &["fields"], ChangeEach { items })
        }
        body => asked.writing(
            "PATCH",
            &["filter", "max_affected", request::TIME_ZONE],
            ChangeMany { body },
        ),
    }
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

/// As [`change_many`], of a list alone.
pub(super) async fn change_each(
    state: State<Api>,
    sent: Sent,
    plural: Segments<String>,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    create::must_be_list(&body)?;
    change_many(state, sent, plural, JsonValue(body)).await
}
