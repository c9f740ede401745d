//! `/api/v1/roles`: what roles grant.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use tessera_catalog::before_commit::Ending;
use tessera_catalog::role_change::RoleChange;
use tessera_engine::request_context::RequestContext;
use tessera_error::UserError;
use tessera_http::caller::Caller;
use tessera_http::json::JsonValue;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::access::role::Role;
use tessera_schema::violation::Pointer;

use crate::prefer::Prefer;

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/", get(list).post(create))
        .route("/{api_name}", get(show).patch(change).delete(remove))
}

async fn list(State(api): State<Api>, Caller(context): Caller) -> Result<Json<Value>> {
    let roles = api.engine.roles(&context).await?;
    Ok(Json(json!({"data": roles})))
}

async fn show(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(api_name): Segments<String>,
) -> Result<Json<Role>> {
    let roles = api.engine.roles(&context).await?;
    let role = roles.into_iter().find(|role| role.api_name == api_name);
    Ok(Json(role.ok_or(UserError::NotFound { what: "role" })?))
}

async fn create(
    State(api): State<Api>,
    Caller(context): Caller,
    headers: HeaderMap,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let change = RoleChange::Create(object(body)?);
    let (role, mut response) =
        changed(&api, &context, &headers, &change, StatusCode::CREATED).await?;
    if let Some(role) = role {
        let location = HeaderValue::try_from(format!("/api/v1/roles/{}", role.api_name));
        let location = location.expect("an api name is visible ASCII");
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

async fn change(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(role): Segments<String>,
    headers: HeaderMap,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let patch = object(body)?;
    let change = RoleChange::Patch { role, patch };
    let (_, response) = changed(&api, &context, &headers, &change, StatusCode::OK).await?;
    Ok(response)
}

async fn remove(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(role): Segments<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let change = RoleChange::Remove { role };
    let (_, response) = changed(&api, &context, &headers, &change, StatusCode::NO_CONTENT).await?;
    Ok(response)
}

/// Makes a change, and answers with the role as it is then.
async fn changed(
    api: &Api,
    context: &RequestContext,
    headers: &HeaderMap,
    change: &RoleChange,
    status: StatusCode,
) -> Result<(Option<Role>, Response)> {
    let prefer = Prefer {
        minimal: false,
        ..Prefer::read(headers)
    };
    let ending = if prefer.rollback {
        Ending::Rollback
    } else {
        Ending::Commit
    };
    let role = api.engine.change_role(context, change, ending).await?;
    let mut response = match &role {
        Some(role) => (status, Json(role)).into_response(),
        None => status.into_response(),
    };
    prefer.acknowledge(response.headers_mut());
    Ok((role, response))
}

fn object(body: Value) -> Result<Map<String, Value>, UserError> {
    match body {
        Value::Object(object) => Ok(object),
        _ => {
            let message = "a role is a JSON object";
            Err(UserError::invalid(Pointer::root(), "type", message))
        }
    }
}
