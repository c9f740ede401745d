//! What all writes share: how they are asked for, done and answered.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tessera_engine::error::{Result, UserError};
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::principal::Principal;
use tessera_engine::query::tree::Selection;
use tessera_engine::write::Written;
use tessera_engine::write::{Action, Write};
use tessera_schema::model::Model;
use tessera_schema::object::Object;

use super::prefer::Prefer;
use super::{answer, fields, preconditions, request};
use crate::parameters::Parameters;
use crate::state::Api;

/// A request to write, as far as it can be read without the model.
#[derive(Debug)]
pub(super) struct WriteRequest {
    method: &'static str,
    plural: String,
    pub(super) parameters: Parameters,
    prefer: Prefer,
}

impl WriteRequest {
    /// Refuses whoever may not write.
    pub(super) fn read(
        principal: &Principal,
        method: &'static str,
        plural: String,
        parameters: Parameters,
        headers: &HeaderMap,
    ) -> Result<Self, UserError> {
        request::must_write(principal)?;
        Ok(Self {
            method,
            plural,
            parameters,
            prefer: Prefer::read(headers),
        })
    }

    /// What is answered of each record: nothing where the caller prefers that.
    pub(super) fn selection(
        &self,
        model: &Model,
        object: &Arc<Object>,
    ) -> Result<Selection, UserError> {
        let asked = fields::asked(model, object, &self.parameters).map_err(UserError::Malformed)?;
        Ok(if self.prefer.minimal {
            Selection::default()
        } else {
            asked
        })
    }

    /// Does what `plan` makes of the request and the tenant's model.
    pub(super) async fn perform<P>(
        &self,
        api: &Api,
        principal: &Principal,
        plan: P,
    ) -> Result<Written>
    where
        P: Fn(&Model, &Arc<Object>) -> Result<(Action, Selection), UserError> + Send + Sync,
    {
        let plan = &plan;
        let work = |snapshot: Arc<Snapshot>| async move {
            let object = request::writable(&snapshot.model, &self.plural, self.method)?;
            let (action, selection) = plan(&snapshot.model, object)?;
            let object = Arc::clone(object);
            let write = Write {
                object,
                action,
                selection,
                rollback: self.prefer.rollback,
            };
            api.engine.write(principal, &snapshot, &write).await
        };
        api.engine.on_model(principal.tenant, work).await
    }

    /// An answer with the one record written.
    pub(super) fn record(&self, status: StatusCode, written: Written) -> Response {
        let mut response = self.body(status, written.body);
        if let Some(version) = written.version {
            preconditions::show_version(response.headers_mut(), version);
        }
        response
    }

    /// `{"affected":n}`
    pub(super) fn affected(&self, written: &Written) -> Response {
        self.body(
            StatusCode::OK,
            format!("{{\"affected\":{}}}", written.affected),
        )
    }

    /// An answer with a body, or without it where the caller prefers that.
    pub(super) fn body(&self, status: StatusCode, body: impl Into<Bytes>) -> Response {
        match (self.prefer.minimal, status) {
            (false, _) => self.acknowledged(answer::json(status, body)),
            (true, StatusCode::OK) => self.no_content(),
            (true, _) => self.acknowledged(status.into_response()),
        }
    }

    pub(super) fn no_content(&self) -> Response {
        self.acknowledged(StatusCode::NO_CONTENT.into_response())
    }

    fn acknowledged(&self, mut response: Response) -> Response {
        self.prefer.acknowledge(response.headers_mut());
        response
    }
}
