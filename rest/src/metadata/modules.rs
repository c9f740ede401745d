//! Modules of built-in objects: which there are, and enabling one.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use tessera_engine::model::builtin::ModuleStatus;
use tessera_error::UserError;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;

use super::{Modeller, NoParameters};

pub(super) async fn list(
    State(api): State<Api>,
    Modeller(principal): Modeller,
    _: NoParameters,
) -> Result<Json<Value>> {
    let modules = api.engine.modules(&principal).await?;
    Ok(Json(json!({"data": modules})))
}

pub(super) async fn enable(
    State(api): State<Api>,
    Modeller(principal): Modeller,
    Segments(module): Segments<String>,
    _: NoParameters,
) -> Result<Json<ModuleStatus>> {
    api.engine.enable_module(&principal, &module).await?;
    let modules = api.engine.modules(&principal).await?;
    let enabled = modules.into_iter().find(|status| status.name == *module);
    Ok(Json(enabled.ok_or(UserError::NotFound { what: "module" })?))
}
