//! What all writes share: how they are asked for, done and answered.

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::fmt::Debug;
use std::sync::Arc;
use tessera_compiler::query::tree::Selection;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::Written;
use tessera_compiler::write::{Action, Expected, Write};
use tessera_engine::engine::Engine;
use tessera_engine::executor::Executor;
use tessera_engine::inputs::Inputs;
use tessera_engine::records::WritePlan;
use tessera_engine::request_context::RequestContext;
use tessera_error::{Result, UserError};
use tessera_http::caller::Caller;
use tessera_http::change;
use tessera_http::problem::Problem;
use tessera_http::state::Api;
use tessera_schema::filter::Filter;
use tessera_schema::ident::ChangeId;
use tessera_schema::model::Model;
use tessera_schema::object::Object;

use super::plan::{self, Planned, Work};
use super::{answer, fields, preconditions, request};
use crate::parameters::Parameters;
use crate::prefer::Prefer;

/// What an HTTP request brings beside its path and its body.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) context: RequestContext,
    query: Option<String>,
    headers: HeaderMap,
}

impl FromRequestParts<Api> for Sent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let Caller(context) = Caller::from_request_parts(parts, api).await?;
        Ok(Self {
            context,
            query: parts.uri.query().map(ToOwned::to_owned),
            headers: parts.headers.clone(),
        })
    }
}

impl Sent {
    /// The version that the record must still have.
    pub(super) fn if_match(&self) -> Result<Option<Expected>, UserError> {
        preconditions::if_match(&self.headers)
    }

    pub(super) fn to<'r>(&'r self, plural: &'r str) -> Asked<'r> {
        Asked {
            context: &self.context,
            plural,
            query: self.query.as_deref(),
            headers: &self.headers,
        }
    }
}

/// What every request on records brings, by itself or as one of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'r> {
    pub(super) context: &'r RequestContext,
    pub(super) plural: &'r str,
    pub(super) query: Option<&'r str>,
    pub(super) headers: &'r HeaderMap,
}

/// A request to write, as far as it can be read without the model.
#[derive(Debug)]
pub(super) struct Writing {
    request: WriteRequest,
    endpoint: Box<dyn Endpoint>,
    planned: Planned,
}

/// What one endpoint makes of a request, and of what came of it.
pub(super) trait Endpoint: Debug + Send + Sync {
    /// Which records are meant, where the path does not name one.
    ///
    /// # Errors
    /// Everything in the parameters that the model does not bear out.
    fn filter(
        &self,
        _request: &WriteRequest,
        _model: &Model,
        _object: &Arc<Object>,
    ) -> Result<Filter, UserError> {
        Ok(Filter::all())
    }

    /// What the engine is asked for.
    ///
    /// # Errors
    /// Everything in the request that the object does not bear out.
    fn action(
        &self,
        request: &WriteRequest,
        inputs: Inputs<'_>,
        filter: Filter,
    ) -> Result<Action, UserError>;

    /// What is answered of each record.
    ///
    /// # Errors
    /// What the model does not have of it.
    fn selection(
        &self,
        request: &WriteRequest,
        model: &Model,
        object: &Arc<Object>,
    ) -> Result<Selection, UserError> {
        request.selection(model, object)
    }

    /// Adds to a key what the statement depends on beside the parameters.
    fn shape(&self, key: &mut Vec<u8>);

    fn answer(&self, request: &WriteRequest, written: Written) -> Response;
}

/// What all requests to write have in common.
#[derive(Debug)]
pub(super) struct WriteRequest {
    method: &'static str,
    pub(super) plural: String,
    pub(super) parameters: Parameters,
    change: ChangeId,
    pub(super) prefer: Prefer,
}

impl Asked<'_> {
    /// The part that all requests to write have in common.
    pub(super) fn request(
        self,
        method: &'static str,
        parameters: &[&'static str],
    ) -> Result<WriteRequest, UserError> {
        let parameters = Parameters::read(self.query, parameters)?;
        Ok(WriteRequest {
            method,
            plural: self.plural.to_owned(),
            parameters,
            change: self.context.change,
            prefer: Prefer::read(self.headers),
        })
    }

    /// A request to write with an endpoint's method, parameters and plan.
    pub(super) fn writing(
        self,
        method: &'static str,
        parameters: &[&'static str],
        endpoint: impl Endpoint + 'static,
    ) -> Result<Writing, UserError> {
        let request = self.request(method, parameters)?;
        let mut planned = Planned::of(
            &self.context.principal,
            b'W',
            &request.plural,
            &request.parameters,
        );
        planned.key.push(u8::from(request.prefer.minimal));
        endpoint.shape(&mut planned.key);
        Ok(Writing {
            request,
            endpoint: Box::new(endpoint),
            planned,
        })
    }
}

impl Writing {
    fn write_of(
        &self,
        inputs: Inputs<'_>,
        filter: Filter,
        selection: Selection,
    ) -> Result<Write, UserError> {
        Ok(Write {
            object: Arc::clone(inputs.whole()),
            action: self.endpoint.action(&self.request, inputs, filter)?,
            selection,
            rollback: self.request.prefer.rollback,
        })
    }

    fn object<'m>(&self, model: &'m Model) -> Result<&'m Arc<Object>, UserError> {
        self.request.object(model)
    }

    pub(super) fn answer(&self, written: Written) -> Response {
        self.endpoint.answer(&self.request, written)
    }

    /// Does it by itself.
    pub(super) async fn alone(
        self,
        api: &Api,
        context: &RequestContext,
    ) -> Result<Response, Problem> {
        let written = plan::alone(api, context, &self).await?;
        Ok(self.answer(written))
    }
}

impl Work for Writing {
    type Plan = WritePlan;
    type Done = Written;

    fn planned(&self) -> &Planned {
        &self.planned
    }

    fn plan(
        &self,
        engine: &Engine,
        context: &RequestContext,
        snapshot: &Snapshot,
    ) -> Result<WritePlan> {
        let view = snapshot.view(context.principal.roles());
        request::must_write(&view)?;
        let (request, model) = (&self.request, &view.model);
        let object = self.object(model)?;
        let selection = self.endpoint.selection(request, model, object)?;
        let filter = self.endpoint.filter(request, model, object)?;
        let inputs = Inputs::of(context, snapshot, &view, object);
        let write = self.write_of(inputs, filter, selection)?;
        Ok(engine.plan_write(context, snapshot, &write)?)
    }

    fn weight(&self, plan: &WritePlan) -> Option<usize> {
        Some(plan.weight())
    }

    async fn run(
        &self,
        plan: &WritePlan,
        executor: &mut Executor<'_>,
        context: &RequestContext,
        snapshot: &Snapshot,
    ) -> Result<Option<Written>> {
        // The plan has the conditions of the filter and the shape of the answer.
        let (filter, selection) = (Filter::all(), Selection::default());
        let view = snapshot.view(context.principal.roles());
        let object = self.object(&view.model)?;
        // What is wrong with the parameters is told before what is wrong with the body.
        let inputs = Inputs::of(context, snapshot, &view, object);
        let Ok(write) = self.write_of(inputs, filter, selection) else {
            return Ok(None);
        };
        let inputs = &self.planned.inputs;
        executor
            .write(context, snapshot, plan, &write, inputs)
            .await
    }
}

impl WriteRequest {
    /// The object whose records are written.
    pub(super) fn object<'m>(&self, model: &'m Model) -> Result<&'m Arc<Object>, UserError> {
        request::writable(model, &self.plural, self.method)
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

    /// How many records a change to many may find.
    pub(super) fn at_most(&self) -> Result<Option<u32>, UserError> {
        request::max_affected(&self.parameters).map_err(UserError::Malformed)
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
        change::show(response.headers_mut(), self.change);
        response
    }
}
