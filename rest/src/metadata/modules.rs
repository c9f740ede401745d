//! Modules of built-in objects: which there are, and enabling one.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tessera_http::caller::Caller;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::access::area::Area;

use super::{Modeller, NoParameters, at_version};

pub(super) async fn list(
    State(api): State<Api>,
    Caller(context): Caller,
    headers: HeaderMap,
    _: NoParameters,
) -> Result<Response> {
    let snapshot = api.engine.model(context.principal.tenant).await?;
    let view = snapshot.view(context.principal.roles());
    let modules = if view.knows_objects() {
        api.engine.modules(&context).await?
    } else {
        Vec::new()
    };
    Ok(at_version(&headers, &snapshot, || {
        Json(json!({"data": modules})).into_response()
    }))
}

pub(super) async fn enable(
    State(api): State<Api>,
    Caller(context): Caller,
    headers: HeaderMap,
    Segments(module): Segments<String>,
    _: NoParameters,
) -> Result<Response> {
    let modeller = Modeller::of(context, &headers, Area::Modules)?;
    let enabled = api
        .engine
        .enable_module(&modeller.context, &module, modeller.ending())
        .await?;
    Ok(modeller.answer(Json(enabled)))
}
