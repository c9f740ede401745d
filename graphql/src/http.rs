//! `/graphql`, following GraphQL over HTTP.

use async_graphql::Pos;
use async_graphql::parser::types::OperationType;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use tessera_engine::engine::Engine;
use tessera_engine::request_context::RequestContext;
use tessera_error::UserError;
use tessera_http::body;
use tessera_http::caller::Caller;
use tessera_http::change;
use tessera_http::json::must_be_json;
use tessera_http::problem::Problem;
use tessera_schema::violation::Pointer;

use crate::cache::Schemas;
use crate::documents::Documents;
use crate::error::GraphQlError;
use crate::execute::Job;
use crate::introspected::Introspected;
use crate::negotiate::Media;
use crate::plan;
use crate::request::GraphQlRequest;
use crate::response::Answer;

#[derive(Debug)]
struct Face {
    engine: Engine,
    schemas: Schemas,
    introspected: Introspected,
    documents: Documents,
}

const NOT_ACCEPTABLE: UserError = UserError::NotAcceptable {
    offered: "application/graphql-response+json or application/json",
};

/// The routes of GraphQL.
pub fn router(engine: Engine) -> Router {
    let face = Face {
        engine,
        schemas: Schemas::new(),
        introspected: Introspected::new(),
        documents: Documents::new(),
    };
    let methods = get(get_query).post(post).fallback(other_method);
    Router::new()
        .route("/graphql", methods)
        .with_state(Arc::new(face))
}

/// The parameters of the address, as far as they can be read.
type Parameters = Result<Query<Vec<(String, String)>>, QueryRejection>;

async fn post(
    State(face): State<Arc<Face>>,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers();
    let media = Media::accepted(headers).ok_or(NOT_ACCEPTABLE)?;
    must_be_json(headers)?;
    let Caller(context) = Caller::of(&face.engine.identity, headers, request.extensions()).await?;
    // Only of a caller who may ask.
    let body = body::read(request.into_body()).await?;
    let request =
        read(parameters).and_then(|parameters| GraphQlRequest::from_body(&body, &parameters));
    face.answer(&context, media, request, true).await
}

async fn get_query(
    State(face): State<Arc<Face>>,
    method: Method,
    headers: HeaderMap,
    extensions: Extensions,
    parameters: Parameters,
) -> Result<Response, Problem> {
    if method == Method::HEAD {
        return Err(not_allowed(&method));
    }
    let media = Media::accepted(&headers).ok_or(NOT_ACCEPTABLE)?;
    let Caller(context) = Caller::of(&face.engine.identity, &headers, &extensions).await?;
    let request =
        read(parameters).and_then(|parameters| GraphQlRequest::from_parameters(&parameters));
    face.answer(&context, media, request, false).await
}

fn read(parameters: Parameters) -> Result<Vec<(String, String)>, UserError> {
    parameters
        .map(|Query(parameters)| parameters)
        .map_err(|rejection| {
            UserError::malformed(Pointer::root(), "malformed", rejection.body_text())
        })
}

async fn other_method(method: Method) -> Problem {
    not_allowed(&method)
}

fn not_allowed(method: &Method) -> Problem {
    Problem::method_not_allowed(method, "GET, POST")
}

impl Face {
    /// `writes`: whether the method lets mutations through.
    async fn answer(
        &self,
        context: &RequestContext,
        media: Media,
        request: Result<GraphQlRequest, UserError>,
        writes: bool,
    ) -> Result<Response, Problem> {
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                let error = GraphQlError::of_field(&error, Pos::default(), Vec::new());
                let answer = Answer::refused(vec![GraphQlError {
                    locations: Vec::new(),
                    ..error
                }]);
                return Ok(respond(media, StatusCode::BAD_REQUEST, &answer));
            }
        };
        let mut mutates = false;
        let answer = match self.documents.get(&request) {
            Ok(document) if document.kind() == OperationType::Mutation && !writes => {
                return Err(Problem::method_not_allowed(&Method::GET, "POST"));
            }
            Ok(document) => {
                mutates = document.kind() == OperationType::Mutation;
                let job = Job {
                    engine: &self.engine,
                    schemas: &self.schemas,
                    introspected: &self.introspected,
                    context,
                    document: &document,
                    variables: &request.variables,
                    time_zone: request.time_zone.as_ref(),
                    key: plan::key(&request, &document, &context.principal),
                };
                job.run().await?
            }
            Err(error) => Answer::refused(vec![error]),
        };
        let status = match media {
            Media::Graphql if !answer.was_begun() => StatusCode::BAD_REQUEST,
            Media::Graphql | Media::Json => StatusCode::OK,
        };
        let mut response = respond(media, status, &answer);
        if mutates {
            change::show(response.headers_mut(), context.change);
        }
        Ok(response)
    }
}

fn respond(media: Media, status: StatusCode, answer: &Answer) -> Response {
    (
        status,
        [(CONTENT_TYPE, media.content_type())],
        answer.to_body(),
    )
        .into_response()
}
