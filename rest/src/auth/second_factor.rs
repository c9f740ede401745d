//! The second factor: set up, proved at signing in, removed.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tessera_error::UserError;
use tessera_http::caller::{Caller, bearer};
use tessera_http::json::JsonBody;
use tessera_http::origin::RequestOrigin;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::{Secret, TotpConfirmation};

use super::cookie::SessionCookie;
use super::{Session, tokens};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Proof {
    mfa_token: Secret,
    code: Secret,
    session: Session,
}

pub(super) async fn login(
    State(api): State<Api>,
    RequestOrigin(origin): RequestOrigin,
    cookie: SessionCookie,
    JsonBody(proof): JsonBody<Proof>,
) -> Result<Response> {
    let signed_in = api
        .identity
        .login_with_second_factor(&proof.mfa_token, &proof.code, &origin);
    Ok(tokens(signed_in.await?, proof.session, &cookie))
}

/// No cache may keep the secret.
pub(super) async fn enrol(
    State(api): State<Api>,
    _: Caller,
    headers: HeaderMap,
) -> Result<Response> {
    let token = bearer(&headers).ok_or(UserError::Unauthenticated)?;
    let enrolment = api.identity.enrol_totp(token).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(enrolment)).into_response())
}

/// No cache may keep the codes.
pub(super) async fn confirm(
    State(api): State<Api>,
    _: Caller,
    headers: HeaderMap,
    RequestOrigin(origin): RequestOrigin,
    JsonBody(confirmation): JsonBody<TotpConfirmation>,
) -> Result<Response> {
    let token = bearer(&headers).ok_or(UserError::Unauthenticated)?;
    let codes = api.identity.confirm_totp(token, &confirmation, &origin);
    Ok(([(CACHE_CONTROL, "no-store")], Json(codes.await?)).into_response())
}

pub(super) async fn remove(
    State(api): State<Api>,
    _: Caller,
    headers: HeaderMap,
) -> Result<StatusCode> {
    let token = bearer(&headers).ok_or(UserError::Unauthenticated)?;
    api.identity.remove_totp(token).await?;
    Ok(StatusCode::NO_CONTENT)
}
