//! The registry of field types.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use tessera_schema::describe;

use super::{Modeller, NoParameters};
use crate::problem::Result;
use crate::state::Api;

pub(super) async fn list(
    State(api): State<Api>,
    _: Modeller,
    _: NoParameters,
) -> Result<Json<Value>> {
    let types = api.engine.field_types().iter();
    let types: Vec<Value> = types
        .map(|field_type| describe::field_type(field_type.as_ref()))
        .collect();
    Ok(Json(json!({"data": types})))
}
