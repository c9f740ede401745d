//! `DELETE /{plural}/{id}` and `DELETE /{plural}?filter=`: into the bin, or for good; and out of it again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;
use tessera_engine::error::UserError;
use tessera_engine::query::tree::Selection;
use tessera_engine::write::{Action, Expected, Written};
use tessera_schema::model::Model;
use tessera_schema::object::Object;

use super::write::{Asked, Endpoint, Sent, WriteRequest, Writing};
use super::{preconditions, request};
use crate::path::Segments;
use crate::problem::Result;
use crate::state::Api;

#[derive(Debug)]
struct Delete {
    id: String,
    expected: Option<Expected>,
}

impl Endpoint for Delete {
    fn action(
        &self,
        request: &WriteRequest,
        _: &Model,
        _: &Arc<Object>,
    ) -> Result<Action, UserError> {
        let others = [("true", true)];
        let permanent = request
            .parameters
            .word("permanent", ("false", false), &others)
            .map_err(UserError::Malformed)?;
        let id = request::record_id(&self.id)?;
        let expected = self.expected;
        let action = if permanent {
            Action::Destroy { id, expected }
        } else {
            Action::Delete { id, expected }
        };
        Ok(action)
    }

    fn selection(
        &self,
        _: &WriteRequest,
        _: &Model,
        _: &Arc<Object>,
    ) -> Result<Selection, UserError> {
        Ok(Selection::default())
    }

    fn shape(&self, key: &mut Vec<u8>) -> bool {
        key.extend([b'd', u8::from(self.expected.is_some())]);
        true
    }

    fn answer(&self, request: &WriteRequest, _: Written) -> Response {
        request.no_content()
    }
}

#[derive(Debug)]
struct DeleteMany;

impl Endpoint for DeleteMany {
    fn action(
        &self,
        request: &WriteRequest,
        model: &Model,
        object: &Arc<Object>,
    ) -> Result<Action, UserError> {
        let (filter, at_most) = request::required_filter(model, object, &request.parameters)?;
        let action = Action::DeleteWhere { filter, at_most };
        Ok(action)
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

#[derive(Debug)]
struct Restore {
    id: String,
}

impl Endpoint for Restore {
    fn action(&self, _: &WriteRequest, _: &Model, _: &Arc<Object>) -> Result<Action, UserError> {
        let id = request::record_id(&self.id)?;
        Ok(Action::Restore { id })
    }

    fn shape(&self, key: &mut Vec<u8>) -> bool {
        key.push(b'r');
        true
    }

    fn answer(&self, request: &WriteRequest, written: Written) -> Response {
        request.record(StatusCode::OK, written)
    }
}

pub(super) fn one(asked: Asked<'_>, id: String) -> Result<Writing, UserError> {
    let expected = preconditions::if_match(asked.headers)?;
    asked.writing("DELETE", &["permanent"], Delete { id, expected })
}

pub(super) fn many(asked: Asked<'_>) -> Result<Writing, UserError> {
    asked.writing("DELETE", &["filter", "max_affected"], DeleteMany)
}

pub(super) fn back(asked: Asked<'_>, id: String) -> Result<Writing, UserError> {
    asked.writing("POST", &["fields"], Restore { id })
}

pub(super) async fn delete(
    State(api): State<Api>,
    sent: Sent,
    Segments((plural, id)): Segments<(String, String)>,
) -> Result<Response> {
    let delete = one(sent.to(&plural), id)?;
    delete.perform(&api, &sent.principal).await
}

pub(super) async fn delete_many(
    State(api): State<Api>,
    sent: Sent,
    Segments(plural): Segments<String>,
) -> Result<Response> {
    let delete = many(sent.to(&plural))?;
    delete.perform(&api, &sent.principal).await
}

/// `POST /{plural}/{id}/restore`
pub(super) async fn restore(
    State(api): State<Api>,
    sent: Sent,
    Segments((plural, id)): Segments<(String, String)>,
) -> Result<Response> {
    let restore = back(sent.to(&plural), id)?;
    restore.perform(&api, &sent.principal).await
}
