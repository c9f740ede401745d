//! The field types that the tenant has.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tessera_http::caller::Caller;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::describe;

use super::{NoParameters, at_version};

pub(super) async fn list(
    State(api): State<Api>,
    Caller(context): Caller,
    headers: HeaderMap,
    _: NoParameters,
) -> Result<Response> {
    let snapshot = api.engine.model(context.principal.tenant).await?;
    let view = snapshot.view(context.principal.roles());
    let show = || {
        let types = view.model.types().iter();
        let types: Vec<Value> = types
            .map(|field_type| describe::field_type(field_type.as_ref()))
            .collect();
        Json(json!({"data": types})).into_response()
    };
    Ok(at_version(&headers, &snapshot, show))
}
