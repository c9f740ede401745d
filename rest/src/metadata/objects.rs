//! Objects: looked at, made, changed and removed.

use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tessera_catalog::change::Change;
use tessera_compiler::snapshot::Snapshot;
use tessera_error::UserError;
use tessera_http::caller::Caller;
use tessera_http::json::JsonValue;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::principal::Principal;
use tessera_schema::definition::ObjectDefinition;

use super::permissions::shown;
use super::{Confirmation, Modeller, NoParameters, at_version, patch_of};

pub(super) async fn list(
    State(api): State<Api>,
    Caller(context): Caller,
    headers: HeaderMap,
    _: NoParameters,
) -> Result<Response> {
    let snapshot = api.engine.model(context.principal.tenant).await?;
    let view = snapshot.view(context.principal.roles());
    let show = || {
        let objects = view.model.definitions().into_iter();
        let objects: Vec<Value> = objects.map(|object| shown(object, &view)).collect();
        Json(json!({"data": objects})).into_response()
    };
    Ok(at_version(&headers, &snapshot, show))
}

pub(super) async fn get(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(object): Segments<String>,
    headers: HeaderMap,
    _: NoParameters,
) -> Result<Response> {
    let snapshot = api.engine.model(context.principal.tenant).await?;
    let object = described(&snapshot, &context.principal, &object)?;
    Ok(at_version(&headers, &snapshot, || {
        Json(object).into_response()
    }))
}

pub(super) async fn create(
    State(api): State<Api>,
    modeller: Modeller,
    _: NoParameters,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let draft = ObjectDefinition::draft(body);
    let name = draft
        .sound
        .as_ref()
        .map(|sound| sound.head.api_name.clone());
    let change = Change::CreateObject(draft);
    let snapshot = api
        .engine
        .change_model(&modeller.context, &change, modeller.ending())
        .await?;
    let name = name.expect("a change without a sound definition is refused");
    let location = format!("/api/v1/metadata/objects/{name}");
    let object = described(&snapshot, &modeller.context.principal, name.as_str())?;
    Ok(modeller.answer((StatusCode::CREATED, [(LOCATION, location)], Json(object))))
}

pub(super) async fn change(
    State(api): State<Api>,
    modeller: Modeller,
    Segments(object): Segments<String>,
    _: NoParameters,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let change = Change::PatchObject {
        object: object.clone(),
        patch: patch_of(body)?,
    };
    let snapshot = api
        .engine
        .change_model(&modeller.context, &change, modeller.ending())
        .await?;
    let object = described(&snapshot, &modeller.context.principal, &object)?;
    Ok(modeller.answer(Json(object)))
}

pub(super) async fn remove(
    State(api): State<Api>,
    modeller: Modeller,
    Segments(object): Segments<String>,
    Confirmation(confirm): Confirmation,
) -> Result<Response> {
    let change = Change::RemoveObject { object, confirm };
    api.engine
        .change_model(&modeller.context, &change, modeller.ending())
        .await?;
    Ok(modeller.answer(StatusCode::NO_CONTENT))
}

fn described(snapshot: &Snapshot, principal: &Principal, name: &str) -> Result<Value, UserError> {
    let view = snapshot.view(principal.roles());
    let object = view.model.object(name).filter(|_| view.knows_objects());
    let object = object.ok_or(UserError::NotFound { what: "object" })?;
    Ok(shown(object, &view))
}
