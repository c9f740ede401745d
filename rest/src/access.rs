//! `GET /api/v1/access/explain`: why somebody may do something with a record, or not.

use axum::extract::{RawQuery, State};
use axum::{Json, Router, routing::get};
use std::sync::Arc;
use tessera_compiler::snapshot::Snapshot;
use tessera_engine::explain::{Explanation, Question};
use tessera_engine::request_context::RequestContext;
use tessera_error::UserError;
use tessera_http::caller::Caller;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::access::Right;
use tessera_schema::ident::{RecordId, UserId};
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use crate::parameters::{Faults, Parameters};

const PARAMETERS: &[&str] = &["object", "id", "action", "user"];

pub(crate) fn routes() -> Router<Api> {
    Router::new().route("/explain", get(explain))
}

async fn explain(
    State(api): State<Api>,
    Caller(context): Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Explanation>> {
    let parameters = Parameters::read(query.as_deref(), PARAMETERS)?;
    let question = question(&context, &parameters)?;
    let name = parameters.get("object").unwrap_or_default();
    let (api, context) = (&api, &context);
    let work = |snapshot: Arc<Snapshot>| async move {
        let view = snapshot.view(context.principal.roles());
        let object = view.model.object(name);
        let object = object.ok_or(UserError::NotFound { what: "object" })?;
        api.engine
            .explain(context, &snapshot, object, question)
            .await
    };
    let explanation = api.engine.on_model(context.principal.tenant, work).await?;
    Ok(Json(explanation))
}

fn question(context: &RequestContext, parameters: &Parameters) -> Result<Question, UserError> {
    let mut faults = Faults::default();
    let uuid = |key: &str| match parameters.get(key).map(Uuid::parse_str) {
        None => Ok(None),
        Some(Ok(id)) => Ok(Some(id)),
        Some(Err(_)) => refuse(key, "format", "a UUID is expected".to_owned()),
    };
    let action = match parameters.get("action").map(Right::parse) {
        Some(Some(action)) => Ok(action),
        given => {
            let code = if given.is_some() {
                "unknown"
            } else {
                "required"
            };
            let actions = Right::ALL.map(Right::name).join(", ");
            refuse("action", code, format!("the actions are {actions}"))
        }
    };
    let object = match parameters.get("object") {
        Some(_) => Ok(()),
        None => refuse(
            "object",
            "required",
            "name an object by its api name".to_owned(),
        ),
    };
    let (object, action) = (faults.keep(object), faults.keep(action));
    let (id, user) = (faults.keep(uuid("id")), faults.keep(uuid("user")));
    match (object, action, id, user) {
        (Some(()), Some(action), Some(id), Some(user)) => Ok(Question {
            user: user.map_or(context.principal.user, UserId),
            action,
            record: id.map(RecordId),
        }),
        _ => Err(faults.malformed()),
    }
}

fn refuse<T>(key: &str, code: &'static str, message: String) -> Result<T, Vec<Violation>> {
    let place = Pointer::root().key(key);
    Err(vec![Violation::new(place, code, message)])
}
