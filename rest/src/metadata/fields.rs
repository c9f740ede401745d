//! Fields of an object, relations among them: made, changed and removed.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::Response;
use serde_json::Value;
use tessera_catalog::change::Change;
use tessera_catalog::usage::FieldUsage;
use tessera_compiler::snapshot::Snapshot;
use tessera_error::UserError;
use tessera_http::json::JsonValue;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::principal::Principal;
use tessera_schema::definition::FieldDefinition;

use super::permissions::shown_field;
use super::{Confirmation, Modeller, NoParameters, patch_of};

pub(super) async fn create(
    State(api): State<Api>,
    modeller: Modeller,
    Segments(object): Segments<String>,
    _: NoParameters,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let draft = FieldDefinition::draft(body);
    let name = draft.sound.as_ref().map(|sound| sound.api_name.clone());
    let change = Change::CreateField {
        object: object.clone(),
        draft,
    };
    let snapshot = api
        .engine
        .change_model(&modeller.context, &change, modeller.ending())
        .await?;
    let name = name.expect("a change without a sound definition is refused");
    let location = format!("/api/v1/metadata/objects/{object}/fields/{name}");
    let field = described(
        &snapshot,
        &modeller.context.principal,
        &object,
        name.as_str(),
    )?;
    Ok(modeller.answer((StatusCode::CREATED, [(LOCATION, location)], Json(field))))
}

pub(super) async fn change(
    State(api): State<Api>,
    modeller: Modeller,
    Segments((object, field)): Segments<(String, String)>,
    _: NoParameters,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let change = Change::PatchField {
        object: object.clone(),
        field: field.clone(),
        patch: patch_of(body)?,
    };
    let snapshot = api
        .engine
        .change_model(&modeller.context, &change, modeller.ending())
        .await?;
    let field = described(&snapshot, &modeller.context.principal, &object, &field)?;
    Ok(modeller.answer(Json(field)))
}

pub(super) async fn usage(
    State(api): State<Api>,
    Modeller { context, .. }: Modeller,
    Segments((object, field)): Segments<(String, String)>,
    _: NoParameters,
) -> Result<Json<FieldUsage>> {
    let usage = api.engine.field_usage(&context, &object, &field).await?;
    Ok(Json(usage))
}

pub(super) async fn remove(
    State(api): State<Api>,
    modeller: Modeller,
    Segments((object, field)): Segments<(String, String)>,
    Confirmation(confirm): Confirmation,
) -> Result<Response> {
    let change = Change::RemoveField {
        object,
        field,
        confirm,
    };
    api.engine
        .change_model(&modeller.context, &change, modeller.ending())
        .await?;
    Ok(modeller.answer(StatusCode::NO_CONTENT))
}

fn described(
    snapshot: &Snapshot,
    principal: &Principal,
    object: &str,
    field: &str,
) -> Result<Value, UserError> {
    let view = snapshot.view(principal.roles());
    let object = view.model.object(object);
    let object = object.ok_or(UserError::NotFound { what: "object" })?;
    let field = object
        .fields
        .get(field)
        .ok_or(UserError::NotFound { what: "field" })?;
    Ok(shown_field(object, field, &view))
}
