//! `/api/v1/members`: the people of a tenant and their roles.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, patch};
use axum::{Json, Router};
use serde_json::{Value, json};
use tessera_http::caller::Caller;
use tessera_http::json::JsonBody;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::{MemberChange, MemberEntry};
use tessera_schema::ident::UserId;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/", get(list))
        .route("/{user_id}", patch(change).delete(remove))
}

async fn list(State(api): State<Api>, Caller(context): Caller) -> Result<Json<Value>> {
    let members = api.identity.members(&context.principal).await?;
    Ok(Json(json!({"data": members})))
}

async fn change(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(user): Segments<Uuid>,
    JsonBody(change): JsonBody<MemberChange>,
) -> Result<Json<MemberEntry>> {
    let changed = api
        .identity
        .change_member(&context.principal, UserId(user), &change);
    Ok(Json(changed.await?))
}

async fn remove(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(user): Segments<Uuid>,
) -> Result<StatusCode> {
    api.identity
        .remove_member(&context.principal, UserId(user))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
