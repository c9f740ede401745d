//! `/api/v1/metadata`: the tenant's model. Everybody reads what they may see of it; some roles may change it.
//!
//! A change is the engine's, as data; a description of what came of it is the schema's. Both only pass through here.

mod field_types;
mod fields;
mod modules;
mod objects;
mod permissions;

use axum::Router;
use axum::extract::{FromRequestParts, RawQuery};
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use serde_json::Value as Json;
use tessera_catalog::before_commit::Ending;
use tessera_compiler::snapshot::Snapshot;
use tessera_engine::request_context::RequestContext;
use tessera_error::UserError;
use tessera_http::caller::Caller;
use tessera_http::problem::Problem;
use tessera_http::state::Api;
use tessera_schema::access::area::Area;
use tessera_schema::definition::Patch;
use tessera_schema::violation::Pointer;

use crate::etag::tagged;
use crate::parameters::Parameters;
use crate::prefer::Prefer;

pub(crate) fn routes() -> Router<Api> {
    let object = get(objects::get)
        .patch(objects::change)
        .delete(objects::remove);
    Router::new()
        .route("/objects", get(objects::list).post(objects::create))
        .route("/objects/{object}", object)
        .route("/objects/{object}/fields", post(fields::create))
        .route(
            "/objects/{object}/fields/{field}",
            patch(fields::change).delete(fields::remove),
        )
        .route("/objects/{object}/fields/{field}/usage", get(fields::usage))
        .route("/field-types", get(field_types::list))
        .route("/modules", get(modules::list))
        .route("/modules/{module}/enable", post(modules::enable))
}

/// A caller who may change the model, and whether they only try a change. A handler that takes it answers 403 to anybody else.
#[derive(Debug)]
struct Modeller {
    context: RequestContext,
    prefer: Prefer,
}

impl Modeller {
    fn of(context: RequestContext, headers: &HeaderMap, area: Area) -> Result<Self, UserError> {
        context.principal.must_administer(area)?;
        let prefer = Prefer {
            // A change answers with what it made in every case.
            minimal: false,
            ..Prefer::read(headers)
        };
        Ok(Self { context, prefer })
    }

    const fn ending(&self) -> Ending {
        if self.prefer.rollback {
            Ending::Rollback
        } else {
            Ending::Commit
        }
    }

    /// The answer to a change, which says whether it was only tried.
    fn answer(&self, content: impl IntoResponse) -> Response {
        let mut response = content.into_response();
        self.prefer.acknowledge(response.headers_mut());
        response
    }
}

impl FromRequestParts<Api> for Modeller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let Caller(context) = Caller::from_request_parts(parts, api).await?;
        Ok(Self::of(context, &parts.headers, Area::Model)?)
    }
}

/// Refuses every query parameter. A handler that takes it understands none.
#[derive(Debug)]
struct NoParameters;

impl FromRequestParts<Api> for NoParameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let Ok(RawQuery(query)) = RawQuery::from_request_parts(parts, api).await;
        Parameters::read(query.as_deref(), &[])?;
        Ok(Self)
    }
}

/// What a model of one version says. A change of the caller's roles raises the version.
fn at_version(
    request: &HeaderMap,
    snapshot: &Snapshot,
    content: impl FnOnce() -> Response,
) -> Response {
    let tag = format!("\"{}\"", snapshot.version);
    let mut response = tagged(request, &tag, "authorization", content);
    // Callers see different parts of a version. A browser that two of them share may not answer one with the other's.
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response
}

/// The repeated name that a removal asks for, so that it cannot be a slip.
#[derive(Debug)]
struct Confirmation(Option<String>);

impl FromRequestParts<Api> for Confirmation {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let Ok(RawQuery(query)) = RawQuery::from_request_parts(parts, api).await;
        let parameters = Parameters::read(query.as_deref(), &["confirm"])?;
        Ok(Self(parameters.get("confirm").map(ToOwned::to_owned)))
    }
}

/// What a body changes of a definition.
fn patch_of(body: Json) -> Result<Patch, UserError> {
    match body {
        Json::Object(patch) => Ok(patch),
        _ => Err(UserError::invalid(
            Pointer::root(),
            "type",
            "a change is a JSON object",
        )),
    }
}
