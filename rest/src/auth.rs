//! `/api/v1/auth`: signing up, in and out, and who one is.

mod account;
pub(crate) mod cookie;
mod second_factor;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tessera_compiler::tenant::Tenant;
use tessera_error::UserError;
use tessera_http::caller::bearer;
use tessera_http::json::{JsonBody, must_be_json};
use tessera_http::origin::RequestOrigin;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::{LoginRequest, METHODS, Secret, SignIn, SignedIn, SignupRequest, User};

use self::cookie::SessionCookie;

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/login", post(login))
        .route("/login/mfa", post(second_factor::login))
        .route(
            "/totp",
            post(second_factor::enrol).delete(second_factor::remove),
        )
        .route("/totp/confirm", post(second_factor::confirm))
        .route("/password/reset", post(account::ask_for_reset))
        .route("/password/reset/confirm", post(account::reset_password))
        .route("/refresh", post(refresh))
        .route("/logout", post(logout))
        .route("/signup", post(signup))
        .route("/me", get(account::show).patch(account::change))
        .route("/password", post(account::change_password))
        .route("/sessions", get(account::sessions))
        .route("/sessions/{id}", delete(account::end_session))
}

/// Where the refresh token travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Session {
    /// In the bodies.
    #[default]
    Token,
    /// In a cookie that scripts cannot read. For browsers.
    Cookie,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Login {
    email: String,
    password: Secret,
    tenant: Option<String>,
    session: Session,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Signup {
    tenant_name: String,
    tenant_slug: String,
    email: String,
    password: Secret,
    session: Session,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Refresh {
    refresh_token: Secret,
    session: Session,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Logout {
    refresh_token: Secret,
}

async fn login(
    State(api): State<Api>,
    RequestOrigin(origin): RequestOrigin,
    cookie: SessionCookie,
    JsonBody(body): JsonBody<Login>,
) -> Result<Response> {
    let request = LoginRequest {
        email: body.email,
        password: body.password,
        tenant: body.tenant,
    };
    let signed_in = api.identity.login(request, &origin).await?;
    Ok(outcome(signed_in, body.session, &cookie))
}

async fn signup(
    State(api): State<Api>,
    RequestOrigin(origin): RequestOrigin,
    cookie: SessionCookie,
    JsonBody(body): JsonBody<Signup>,
) -> Result<Response> {
    let request = SignupRequest {
        tenant_name: body.tenant_name,
        tenant_slug: body.tenant_slug,
        email: body.email,
        password: body.password,
    };
    let signed_in = api.identity.signup(request, &origin).await?;
    Ok(outcome(signed_in, body.session, &cookie))
}

/// Trades the token in the body, or else that of the cookie. A token that came in the cookie is never answered in a body: the
/// page's scripts are not to see it.
async fn refresh(
    State(api): State<Api>,
    RequestOrigin(origin): RequestOrigin,
    cookie: SessionCookie,
    JsonBody(body): JsonBody<Refresh>,
) -> Result<Response> {
    let is_given = !body.refresh_token.expose().is_empty();
    let (token, session) = match &cookie.refresh_token {
        Some(kept) if !is_given => (kept, Session::Cookie),
        None if !is_given && body.session == Session::Cookie => {
            return Err(UserError::Unauthenticated.into());
        }
        _ => (&body.refresh_token, body.session),
    };
    let signed_in = api.identity.refresh(token, &origin).await?;
    Ok(tokens(signed_in, session, &cookie))
}

/// Ends the session of the refresh token in the body, or that of the cookie, or that of the access token: the first that there is.
async fn logout(
    State(api): State<Api>,
    headers: HeaderMap,
    cookie: SessionCookie,
    body: Option<JsonBody<Logout>>,
) -> Result<impl IntoResponse> {
    let given = body.map(|JsonBody(body)| body.refresh_token);
    let given = given.filter(|token| !token.expose().is_empty());
    // Without the media type the request may come from a form on another host of the site.
    let is_json = must_be_json(&headers);
    match (given, &cookie.refresh_token, bearer(&headers)) {
        (Some(token), _, _) => api.identity.logout_by_refresh_token(&token).await?,
        (None, Some(token), _) if is_json.is_ok() => {
            api.identity.logout_by_refresh_token(token).await?;
        }
        (None, _, Some(token)) => api.identity.logout(token).await?,
        (None, Some(_), None) => is_json?,
        (None, None, None) => return Err(UserError::Unauthenticated.into()),
    }
    let removed = cookie.refresh_token.as_ref().map(|_| cookie.remove());
    let headers = removed.map(|cookie| (SET_COOKIE, cookie));
    Ok((StatusCode::NO_CONTENT, AppendHeaders(headers)))
}

/// The answer to signing in, and to each refresh.
#[derive(Debug, Serialize)]
struct Tokens {
    access_token: Secret,
    token_type: &'static str,
    /// Seconds for which the access token is good.
    expires_in: u64,
    /// None where it travels in the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Secret>,
    user: User,
    tenant: Tenant,
}

/// The answer to the right password: tokens, or the question for the second factor.
pub(crate) fn outcome(sign_in: SignIn, session: Session, cookie: &SessionCookie) -> Response {
    match sign_in {
        SignIn::Done(signed_in) => tokens(signed_in, session, cookie),
        SignIn::NeedsCode { mfa_token } => {
            let body = Json(json!({"mfa_token": mfa_token, "methods": METHODS}));
            (StatusCode::ACCEPTED, [(CACHE_CONTROL, "no-store")], body).into_response()
        }
    }
}

/// No cache may keep tokens.
fn tokens(signed_in: SignedIn, session: Session, cookie: &SessionCookie) -> Response {
    let (kept, shown) = match session {
        Session::Cookie => (Some(cookie.keep(&signed_in.refresh_token)), None),
        Session::Token => (None, Some(signed_in.refresh_token)),
    };
    let body = Tokens {
        access_token: signed_in.access_token,
        token_type: signed_in.token_type,
        expires_in: signed_in.expires_in,
        refresh_token: shown,
        user: signed_in.user,
        tenant: signed_in.tenant,
    };
    let headers = kept.map(|cookie| (SET_COOKIE, cookie));
    let headers = AppendHeaders(headers);
    ([(CACHE_CONTROL, "no-store")], headers, Json(body)).into_response()
}
