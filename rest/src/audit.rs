//! `GET /api/v1/audit`: changes of the model and of access, and sign-ins.

use axum::Json;
use axum::extract::{RawQuery, State};
use serde_json::{Value, json};
use tessera_error::UserError;
use tessera_http::caller::Caller;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_identity::audit::{AuditRequest, Subject};
use tessera_schema::ident::UserId;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use crate::parameters::{Faults, Parameters};
use crate::records::history;

const PARAMETERS: &[&str] = &["area", "by", "limit", "after"];

pub(crate) async fn list(
    State(api): State<Api>,
    Caller(context): Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>> {
    let parameters = Parameters::read(query.as_deref(), PARAMETERS)?;
    let request = request(&parameters)?;
    let log = api.identity.audit(&context.principal, request).await?;
    Ok(Json(
        json!({"data": log.entries, "page": history::page(log.next)}),
    ))
}

fn request(parameters: &Parameters) -> Result<AuditRequest, UserError> {
    let mut faults = Faults::default();
    let wrong = |key: &str, code, message: String| {
        vec![Violation::new(Pointer::root().key(key), code, message)]
    };
    let subject = parameters.get("area").map(|text| {
        let areas = Subject::ALL.map(Subject::name).join(", ");
        Subject::parse(text)
            .ok_or_else(|| wrong("area", "unknown", format!("the areas are {areas}")))
    });
    let by = parameters.get("by").map(|text| {
        let id = Uuid::parse_str(text).map(UserId);
        id.map_err(|_| wrong("by", "format", "a UUID is expected".to_owned()))
    });
    let stretch = faults.keep(history::stretch(parameters));
    let (subject, by) = (
        faults.keep(subject.transpose()),
        faults.keep(by.transpose()),
    );
    match (subject, by, stretch) {
        (Some(subject), Some(by), Some(stretch)) => Ok(AuditRequest {
            subject,
            by,
            after: stretch.after,
            limit: stretch.limit,
        }),
        _ => Err(faults.malformed()),
    }
}
