//! `/api/v1/invitations`: links by which people become members.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tessera_http::caller::Caller;
use tessera_http::json::JsonBody;
use tessera_http::origin::RequestOrigin;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::{
    Acceptance, Invitation, InvitationRequest, OpenInvitation, Secret, SentInvitation,
};
use uuid::Uuid;

use crate::auth::cookie::SessionCookie;
use crate::auth::{Session, outcome};

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/", get(list).post(invite))
        .route("/{id}", delete(withdraw))
        .route("/token/{token}", get(open))
        .route("/token/{token}/accept", post(accept))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Accept {
    name: Option<String>,
    password: Secret,
    session: Session,
}

/// An invitation with the link that leads to it.
#[derive(Debug, Serialize)]
struct Linked {
    #[serde(flatten)]
    invitation: Invitation,
    link: String,
}

impl Linked {
    fn of(sent: SentInvitation, api: &Api) -> Self {
        Self {
            link: format!("{}/invite/{}", api.public_url, sent.token.expose()),
            invitation: sent.invitation,
        }
    }
}

/// No cache may keep the links.
async fn invite(
    State(api): State<Api>,
    Caller(context): Caller,
    JsonBody(request): JsonBody<InvitationRequest>,
) -> Result<Response> {
    let sent = api.identity.invite(&context.principal, &request).await?;
    let sent: Vec<Linked> = sent.into_iter().map(|one| Linked::of(one, &api)).collect();
    let body = Json(json!({"data": sent}));
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], body).into_response())
}

async fn list(State(api): State<Api>, Caller(context): Caller) -> Result<Json<Value>> {
    let invitations = api.identity.invitations(&context.principal).await?;
    Ok(Json(json!({"data": invitations})))
}

async fn withdraw(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(id): Segments<Uuid>,
) -> Result<StatusCode> {
    api.identity
        .withdraw_invitation(&context.principal, id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn open(
    State(api): State<Api>,
    Segments(token): Segments<String>,
) -> Result<Json<OpenInvitation>> {
    Ok(Json(api.identity.open_invitation(&token).await?))
}

async fn accept(
    State(api): State<Api>,
    Segments(token): Segments<String>,
    RequestOrigin(origin): RequestOrigin,
    cookie: SessionCookie,
    JsonBody(body): JsonBody<Accept>,
) -> Result<Response> {
    let acceptance = Acceptance {
        name: body.name,
        password: body.password,
    };
    let signed_in = api
        .identity
        .accept_invitation(&token, &acceptance, &origin)
        .await?;
    Ok(outcome(signed_in, body.session, &cookie))
}
