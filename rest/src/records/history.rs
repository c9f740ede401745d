//! `GET /{plural}/{id}/history`, `GET /{plural}/{id}?as_of=` and `POST /{plural}/{id}/revert`: what happened to a record, what it
//! was, and making it that again.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use tessera_compiler::snapshot::Snapshot;
use tessera_engine::history::record::Stretch;
use tessera_engine::history::revert::Reversion;
use tessera_engine::request_context::RequestContext;
use tessera_error::UserError;
use tessera_http::caller::Caller;
use tessera_http::json::JsonBody;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::text::clip;
use tessera_schema::violation::{Pointer, Violation};

use super::limit::{self, DEFAULT_LIMIT};
use super::write::Sent;
use super::{answer, fields, request};
use crate::parameters::{Faults, Parameters};

/// The parameter that asks for a record as it was.
pub(super) const AS_OF: &str = "as_of";

/// `GET /{plural}/{id}/history`
pub(super) async fn history(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments((plural, id)): Segments<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let parameters = Parameters::read(query.as_deref(), &["limit", "after"])?;
    let stretch = stretch(&parameters).map_err(UserError::Malformed)?;
    let (api, context, plural, id) = (&api, &context, &plural, &id);
    let work = |snapshot: Arc<Snapshot>| async move {
        let view = snapshot.view(context.principal.roles());
        let object = request::object(&view.model, plural)?;
        let id = request::record_id(id)?;
        let plain = fields::plain(&view.model, object).map_err(UserError::Malformed)?;
        let subject = (object, id);
        let history = api
            .engine
            .record_history(context, &snapshot, subject, &plain, stretch);
        history.await
    };
    let history = api.engine.on_model(context.principal.tenant, work).await?;
    let body = json!({"data": history.entries, "page": page(history.next)});
    Ok(answer::json(StatusCode::OK, body.to_string()))
}

/// The record as it was. The parameters are those of a read of one record, with a time.
pub(super) async fn as_of(
    api: &Api,
    context: &RequestContext,
    (plural, id): (&str, &str),
    parameters: &Parameters,
) -> Result<Response> {
    let work = |snapshot: Arc<Snapshot>| async move {
        let view = snapshot.view(context.principal.roles());
        let object = request::object(&view.model, plural)?;
        let id = request::record_id(id)?;
        let mut faults = Faults::default();
        let selection = faults.keep(fields::asked(&view.model, object, parameters));
        let deleted = faults.keep(request::deleted(parameters));
        let time = faults.keep(time(parameters));
        let (Some(selection), Some(deleted), Some(time)) = (selection, deleted, time) else {
            return Err(faults.malformed().into());
        };
        let at = (time, deleted);
        let subject = (object, id);
        let record = api
            .engine
            .record_as_of(context, &snapshot, subject, at, &selection);
        Ok(record.await?.ok_or_else(request::not_found)?)
    };
    let record = api.engine.on_model(context.principal.tenant, work).await?;
    Ok(answer::json(StatusCode::OK, record.to_string()))
}

/// `POST /{plural}/{id}/revert`
pub(super) async fn revert(
    State(api): State<Api>,
    sent: Sent,
    Segments((plural, id)): Segments<(String, String)>,
    JsonBody(body): JsonBody<Body>,
) -> Result<Response> {
    let request = sent.to(&plural).request("POST", &["fields"])?;
    let reversion = Reversion {
        version: body.version,
        expected: sent.if_match()?,
        rollback: request.prefer.rollback,
    };
    let (api, context, request, id) = (&api, &sent.context, &request, &id);
    let reversion = &reversion;
    let work = |snapshot: Arc<Snapshot>| async move {
        let view = snapshot.view(context.principal.roles());
        let model = &view.model;
        let object = request.object(model)?;
        let id = request::record_id(id)?;
        let plain = fields::plain(model, object).map_err(UserError::Malformed)?;
        let selection = request.selection(model, object)?;
        let shown = (&plain, &selection);
        let subject = (object, id);
        let reverted = api
            .engine
            .revert_record(context, &snapshot, subject, shown, reversion);
        reverted.await
    };
    let written = api.engine.on_model(context.principal.tenant, work).await?;
    Ok(request.record(StatusCode::OK, written))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    version: i64,
}

/// `limit` and `after` of a list of events.
pub(crate) fn stretch(parameters: &Parameters) -> Result<Stretch, Vec<Violation>> {
    let mut faults = Faults::default();
    let wrong = |name: &str, code, message: String| {
        vec![Violation::new(Pointer::root().key(name), code, message)]
    };
    let limit = parameters.get("limit").map_or(Ok(DEFAULT_LIMIT), |text| {
        limit::read(text).map_err(|message| wrong("limit", "range", message))
    });
    let after = parameters.get("after").map(|text| {
        let place = i64::from_str_radix(text, 36)
            .ok()
            .filter(|place| *place > 0);
        place.ok_or_else(|| {
            let message = "this is no cursor of a page before";
            wrong("after", "cursor", message.to_owned())
        })
    });
    match (faults.keep(limit), faults.keep(after.transpose())) {
        (Some(limit), Some(after)) => Ok(Stretch { after, limit }),
        _ => Err(faults.into_violations()),
    }
}

/// Where the next page begins.
pub(crate) fn page(next: Option<i64>) -> serde_json::Value {
    json!({"next": next.map(in_base_36)})
}

fn in_base_36(mut number: i64) -> String {
    let mut digits = Vec::new();
    while number > 0 {
        let digit = u32::try_from(number % 36).expect("it is below 36");
        digits.push(char::from_digit(digit, 36).expect("it is below 36"));
        number /= 36;
    }
    digits.iter().rev().collect()
}

fn time(parameters: &Parameters) -> Result<DateTime<Utc>, Vec<Violation>> {
    let text = parameters.get(AS_OF).unwrap_or_default();
    // In a query an unencoded `+` is a space.
    let time = DateTime::parse_from_rfc3339(&text.replace(' ', "+"));
    time.map(|time| time.to_utc()).map_err(|_| {
        let message = format!(
            "`{}` is no time such as 2026-11-22T10:30:00Z (RFC 3339, with its offset)",
            clip(text)
        );
        vec![Violation::new(
            Pointer::root().key(AS_OF),
            "format",
            message,
        )]
    })
}

#[cfg(test)]
mod tests {
    use super::{in_base_36, stretch};
    use crate::parameters::Parameters;

    #[test]
    fn a_page_begins_where_the_one_before_said() {
        for seq in [1, 35, 36, 1_234_567, i64::MAX] {
            let query = format!("after={}", in_base_36(seq));
            let parameters = Parameters::read(Some(&query), &["after"]).unwrap();
            assert_eq!(stretch(&parameters).unwrap().after, Some(seq));
        }
        for bad in [
            "after=", "after=-1", "after=0", "after=!", "limit=0", "limit=x",
        ] {
            let parameters = Parameters::read(Some(bad), &["after", "limit"]).unwrap();
            assert!(stretch(&parameters).is_err(), "{bad}");
        }
    }
}
