//! `DELETE /{plural}/{id}` and `DELETE /{plural}?filter=`: into the bin, or for good; and out of it again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;
use tessera_compiler::query::tree::Selection;
use tessera_compiler::write::{Action, Expected, Written};
use tessera_engine::inputs::Inputs;
use tessera_error::UserError;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::filter::Filter;
use tessera_schema::model::Model;
use tessera_schema::object::Object;

use super::write::{Asked, Endpoint, Sent, WriteRequest, Writing};
use super::{preconditions, request};

#[derive(Debug)]
struct Delete {
    id: String,
    expected: Option<Expected>,
}

impl Endpoint for Delete {
    fn action(
        &self,
        request: &WriteRequest,
        _: Inputs<'_>,
        _: Filter,
    ) -> Result<Action, UserError> {
        let others = [("true", true)];
        let permanent = request
            .parameters
            .word("permanent", ("false", false), &others)
            .map_err(UserError::Malformed)?;
        let id = request::record_id(&self.id)?;
        let expected = self.expected.clone();
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

    fn shape(&self, key: &mut Vec<u8>) {
        key.extend([b'd', u8::from(self.expected.is_some())]);
    }

    fn answer(&self, request: &WriteRequest, _: Written) -> Response {
        request.no_content()
    }
}

#[derive(Debug)]
struct DeleteMany;

impl Endpoint for DeleteMany {
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
        _: Inputs<'_>,
        filter: Filter,
    ) -> Result<Action, UserError> {
        let at_most = request.at_most()?;
        Ok(Action::DeleteWhere { filter, at_most })
    }

    fn shape(&self, key: &mut Vec<u8>) {
        key.push(b'D');
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
    fn action(&self, _: &WriteRequest, _: Inputs<'_>, _: Filter) -> Result<Action, UserError> {
        let id = request::record_id(&self.id)?;
        Ok(Action::Restore { id })
    }

    fn shape(&self, key: &mut Vec<u8>) {
        key.push(b'r');
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
    asked.writing(
        "DELETE",
        &["filter", "max_affected", request::TIME_ZONE],
        DeleteMany,
    )
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
    delete.alone(&api, &sent.context).await
}

pub(super) async fn delete_many(
    State(api): State<Api>,
    sent: Sent,
    Segments(plural): Segments<String>,
) -> Result<Response> {
    let delete = many(sent.to(&plural))?;
    delete.alone(&api, &sent.context).await
}

/// `POST /{plural}/{id}/restore`
pub(super) async fn restore(
    State(api): State<Api>,
    sent: Sent,
    Segments((plural, id)): Segments<(String, String)>,
) -> Result<Response> {
    let restore = back(sent.to(&plural), id)?;
    restore.alone(&api, &sent.context).await
}
