//! `GET /changes` and `POST /changes/{id}/revert`: what requests did together, and undoing it.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;
use std::sync::Arc;
use tessera_compiler::snapshot::Snapshot;
use tessera_error::UserError;
use tessera_http::caller::Caller;
use tessera_http::change;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::principal::Principal;
use tessera_schema::ident::{ChangeId, UserId};
use tessera_schema::object::Object;
use tessera_schema::text::clip;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use crate::parameters::{Faults, Parameters};
use crate::prefer::Prefer;
use crate::records::{answer, fields, history, request};

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/changes", get(list))
        .route("/changes/{id}/revert", post(revert))
}

async fn list(
    State(api): State<Api>,
    Caller(context): Caller,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let parameters = Parameters::read(query.as_deref(), &["by", "limit", "after"])?;
    let mut faults = Faults::default();
    let by = faults.keep(by(&context.principal, &parameters));
    let stretch = faults.keep(history::stretch(&parameters));
    let (Some(by), Some(stretch)) = (by, stretch) else {
        return Err(faults.malformed().into());
    };
    let (api, context) = (&api, &context);
    let work = |snapshot: Arc<Snapshot>| async move {
        let changes = api.engine.changes(context, &snapshot, by, stretch);
        changes.await
    };
    let changes = api.engine.on_model(context.principal.tenant, work).await?;
    let body = json!({"data": changes.entries, "page": history::page(changes.next)});
    Ok(answer::json(StatusCode::OK, body.to_string()))
}

/// Whose changes are listed; everybody's where the parameter is absent.
fn by(principal: &Principal, parameters: &Parameters) -> Result<Option<UserId>, Vec<Violation>> {
    match parameters.get("by") {
        None => Ok(None),
        Some("me") => Ok(Some(principal.user)),
        Some(text) => match Uuid::parse_str(text) {
            Ok(id) => Ok(Some(UserId(id))),
            Err(_) => {
                let message = format!("`{}` is neither `me` nor the id of a user", clip(text));
                let place = Pointer::root().key("by");
                Err(vec![Violation::new(place, "unknown", message)])
            }
        },
    }
}

async fn revert(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(id): Segments<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    Parameters::read(query.as_deref(), &[])?;
    let id = Uuid::parse_str(&id).map_err(|_| UserError::NotFound { what: "change" })?;
    let prefer = Prefer::read(&headers);
    let (api, context) = (&api, &context);
    let work = |snapshot: Arc<Snapshot>| async move {
        let view = snapshot.view(context.principal.roles());
        request::must_write(&view)?;
        let model = &view.model;
        let plain = |object: &Arc<Object>| fields::plain(model, object);
        let undone =
            api.engine
                .revert_change(context, &snapshot, ChangeId(id), plain, prefer.rollback);
        undone.await
    };
    let undone = api.engine.on_model(context.principal.tenant, work).await?;
    let body = serde_json::to_vec(&undone).expect("what was undone is JSON");
    let mut response = answer::json(StatusCode::OK, body);
    prefer.acknowledge(response.headers_mut());
    change::show(response.headers_mut(), context.change);
    Ok(response)
}
