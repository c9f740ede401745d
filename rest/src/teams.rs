//! `/api/v1/teams`: groups of members.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tessera_http::caller::Caller;
use tessera_http::json::JsonBody;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::{NewTeam, Team, TeamChange};

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/", get(list).post(create))
        .route("/{api_name}", get(show).patch(change).delete(remove))
}

async fn list(State(api): State<Api>, Caller(context): Caller) -> Result<Json<Value>> {
    let teams = api.identity.teams(&context.principal).await?;
    Ok(Json(json!({"data": teams})))
}

async fn create(
    State(api): State<Api>,
    Caller(context): Caller,
    JsonBody(new): JsonBody<NewTeam>,
) -> Result<Response> {
    let team = api.identity.create_team(&context.principal, new).await?;
    let location = HeaderValue::try_from(format!("/api/v1/teams/{}", team.api_name));
    let location = location.expect("an api name is visible ASCII");
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(team)).into_response())
}

async fn show(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(api_name): Segments<String>,
) -> Result<Json<Team>> {
    let team = api.identity.team(&context.principal, &api_name);
    Ok(Json(team.await?))
}

async fn change(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(api_name): Segments<String>,
    JsonBody(change): JsonBody<TeamChange>,
) -> Result<Json<Team>> {
    let changed = api
        .identity
        .change_team(&context.principal, &api_name, change);
    Ok(Json(changed.await?))
}

async fn remove(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(api_name): Segments<String>,
) -> Result<StatusCode> {
    let removed = api.identity.delete_team(&context.principal, &api_name);
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}
