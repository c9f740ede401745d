//! `/api/v1/auth`: signing up, in and out, and who one is.

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tessera_engine::identity::{LoginRequest, Me, Secret, SignedIn, SignupRequest};
use tessera_error::UserError;
use tessera_http::caller::{Caller, bearer};
use tessera_http::json::JsonBody;
use tessera_http::origin::RequestOrigin;
use tessera_http::problem::Result;
use tessera_http::state::Api;

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/login", post(login))
        .route("/refresh", post(refresh))
        .route("/logout", post(logout))
        .route("/signup", post(signup))
        .route("/me", get(me))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RefreshToken {
    refresh_token: Secret,
}

async fn login(
    State(api): State<Api>,
    RequestOrigin(origin): RequestOrigin,
    JsonBody(request): JsonBody<LoginRequest>,
) -> Result<impl IntoResponse> {
    let signed_in = api.identity.login(request, &origin).await?;
    Ok(tokens(signed_in))
}

async fn signup(
    State(api): State<Api>,
    RequestOrigin(origin): RequestOrigin,
    JsonBody(request): JsonBody<SignupRequest>,
) -> Result<impl IntoResponse> {
    let signed_in = api.identity.signup(request, &origin).await?;
    Ok(tokens(signed_in))
}

async fn refresh(
    State(api): State<Api>,
    RequestOrigin(origin): RequestOrigin,
    JsonBody(request): JsonBody<RefreshToken>,
) -> Result<impl IntoResponse> {
    let signed_in = api
        .identity
        .refresh(&request.refresh_token, &origin)
        .await?;
    Ok(tokens(signed_in))
}

/// Ends the session of the refresh token in the body, or else that of the access token.
async fn logout(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Option<JsonBody<RefreshToken>>,
) -> Result<StatusCode> {
    match body {
        Some(JsonBody(RefreshToken { refresh_token })) if !refresh_token.expose().is_empty() => {
            api.identity.logout_by_refresh_token(&refresh_token).await?;
        }
        _ => {
            let token = bearer(&headers).ok_or(UserError::Unauthenticated)?;
            api.identity.logout(token).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn me(State(api): State<Api>, Caller(principal): Caller) -> Result<Json<Me>> {
    Ok(Json(api.identity.me(&principal).await?))
}

/// Tokens are for whoever asked, and for no cache in between.
fn tokens(signed_in: SignedIn) -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(signed_in))
}
