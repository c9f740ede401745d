//! `/api/v1/api-keys`: keys for programs.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde_json::{Value, json};
use tessera_http::caller::Caller;
use tessera_http::json::JsonBody;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::NewApiKey;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/", get(list).post(create))
        .route("/{id}", delete(revoke))
}

async fn list(State(api): State<Api>, Caller(context): Caller) -> Result<Json<Value>> {
    let keys = api.identity.api_keys(&context.principal).await?;
    Ok(Json(json!({"data": keys})))
}

/// No cache may keep the key.
async fn create(
    State(api): State<Api>,
    Caller(context): Caller,
    JsonBody(new): JsonBody<NewApiKey>,
) -> Result<Response> {
    let made = api.identity.create_api_key(&context.principal, &new);
    let made = Json(made.await?);
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], made).into_response())
}

async fn revoke(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(id): Segments<Uuid>,
) -> Result<StatusCode> {
    api.identity.revoke_api_key(&context.principal, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
