//! The caller's own account: their profile, password and sessions.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tessera_error::UserError;
use tessera_http::caller::{Caller, bearer};
use tessera_http::json::JsonBody;
use tessera_http::origin::RequestOrigin;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::{Me, PasswordChange, ProfileChange, ResetConfirmation, ResetRequest};
use uuid::Uuid;

pub(super) async fn show(State(api): State<Api>, Caller(context): Caller) -> Result<Json<Me>> {
    Ok(Json(api.identity.me(&context.principal).await?))
}

pub(super) async fn change(
    State(api): State<Api>,
    Caller(context): Caller,
    JsonBody(change): JsonBody<ProfileChange>,
) -> Result<Json<Me>> {
    Ok(Json(
        api.identity
            .change_profile(&context.principal, &change)
            .await?,
    ))
}

pub(super) async fn change_password(
    State(api): State<Api>,
    _: Caller,
    headers: HeaderMap,
    RequestOrigin(origin): RequestOrigin,
    JsonBody(change): JsonBody<PasswordChange>,
) -> Result<StatusCode> {
    let token = bearer(&headers).ok_or(UserError::Unauthenticated)?;
    api.identity
        .change_password(token, &change, &origin)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The answer is the same for every address.
pub(super) async fn ask_for_reset(
    State(api): State<Api>,
    JsonBody(request): JsonBody<ResetRequest>,
) -> Result<StatusCode> {
    api.identity.ask_for_reset(&request)?;
    Ok(StatusCode::ACCEPTED)
}

pub(super) async fn reset_password(
    State(api): State<Api>,
    JsonBody(confirmation): JsonBody<ResetConfirmation>,
) -> Result<StatusCode> {
    api.identity.reset_password(&confirmation).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn sessions(
    State(api): State<Api>,
    _: Caller,
    headers: HeaderMap,
) -> Result<Json<Value>> {
    let token = bearer(&headers).ok_or(UserError::Unauthenticated)?;
    let sessions = api.identity.sessions(token).await?;
    Ok(Json(json!({"data": sessions})))
}

pub(super) async fn end_session(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(id): Segments<Uuid>,
) -> Result<StatusCode> {
    api.identity
        .end_own_session(context.principal.user, id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
