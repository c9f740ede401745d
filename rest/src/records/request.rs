//! What requests on records have in common: whose records, which record, which of them.

use serde_json::Value as Json;
use std::sync::Arc;
use tessera_compiler::query::tree::Deleted;
use tessera_error::UserError;
use tessera_schema::access::Right;
use tessera_schema::access::view::View;
use tessera_schema::filter::{Filter, Request};
use tessera_schema::ident::RecordId;
use tessera_schema::model::Model;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::source::Origin;
use tessera_schema::text::clip;
use tessera_schema::time_zone::TimeZone;
use tessera_schema::violation::{Pointer, Violation, is_enough};
use uuid::Uuid;

use super::plan;
use crate::parameters::{Faults, Parameters};

/// The parameter that names a time zone.
pub(super) const TIME_ZONE: &str = "time_zone";

/// Refuses a caller who may write no records at all.
pub(crate) fn must_write(view: &View) -> Result<(), UserError> {
    let mut writes = Right::WRITES.into_iter();
    if writes.any(|right| view.may_somewhere(right)) {
        return Ok(());
    }
    let action = "change records";
    Err(UserError::Forbidden { action })
}

/// The object that a path names by its plural.
pub(super) fn object<'m>(model: &'m Model, plural: &str) -> Result<&'m Arc<Object>, UserError> {
    let object = model.by_plural(plural);
    object.ok_or(UserError::NotFound { what: "object" })
}

/// As [`object`], for a request of a method that writes.
pub(super) fn writable<'m>(
    model: &'m Model,
    plural: &str,
    method: &str,
) -> Result<&'m Arc<Object>, UserError> {
    let object = object(model, plural)?;
    if object.read_only {
        return Err(UserError::MethodNotAllowed {
            method: method.to_owned(),
        });
    }
    Ok(object)
}

/// The record that a path names. What is no id is the id of nothing.
pub(super) fn record_id(text: &str) -> Result<RecordId, UserError> {
    let id = Uuid::parse_str(text);
    id.map(RecordId).map_err(|_| not_found())
}

pub(super) const fn not_found() -> UserError {
    UserError::NotFound { what: "record" }
}

/// The parameter `filter`; `None` where it is absent. Pointers begin at the parameters, and `origin` at the filter.
pub(super) fn filter(
    model: &Model,
    object: &Object,
    parameters: &Parameters,
    origin: &dyn Origin,
) -> Result<Option<Filter>, Vec<Violation>> {
    let Some(json) = filter_json(parameters)? else {
        return Ok(None);
    };
    let time_zone = time_zone(parameters)?;
    let request = Request {
        spelling: Spelling::Snake,
        origin,
        time_zone: time_zone.as_ref(),
    };
    let filter = Filter::parse_in(model, object, &json, request);
    filter
        .map(Some)
        .map_err(|violations| below(violations, "filter"))
}

/// The parameter `time_zone`, in which the days of variables begin.
fn time_zone(parameters: &Parameters) -> Result<Option<TimeZone>, Vec<Violation>> {
    let zone = parameters.get(TIME_ZONE).map(TimeZone::parse).transpose();
    zone.map_err(|mismatch| {
        let place = Pointer::root().key(TIME_ZONE);
        vec![Violation::new(place, mismatch.code, mismatch.message)]
    })
}

fn filter_json(parameters: &Parameters) -> Result<Option<Json>, Vec<Violation>> {
    let Some(text) = parameters.get("filter") else {
        return Ok(None);
    };
    serde_json::from_str(text).map(Some).map_err(|error| {
        let message = format!("a filter is a JSON object: {error}");
        let place = Pointer::root().key("filter");
        vec![Violation::new(place, "json", message)]
    })
}

/// The filter of a change to many records.
pub(super) fn required_filter(
    model: &Model,
    object: &Object,
    parameters: &Parameters,
) -> Result<Filter, UserError> {
    let mut faults = Faults::default();
    let bounded = parameters.get("max_affected").is_some();
    let origin = plan::source("filter");
    let filter = filter(model, object, parameters, &origin).and_then(|filter| {
        let checked = match (filter, filter_json(parameters)?) {
            (Some(filter), Some(json)) => filter
                .check_write(&json, bounded, Spelling::Snake)
                .map(|()| filter),
            _ => {
                let message = "say in `filter` which records are meant";
                Err(Violation::new(Pointer::root(), "required", message))
            }
        };
        checked.map_err(|violation| vec![violation.below("filter")])
    });
    match (faults.keep(filter), faults.keep(max_affected(parameters))) {
        (Some(filter), Some(_)) => Ok(filter),
        _ => Err(faults.malformed()),
    }
}

/// How many records a change to many may find.
pub(super) fn max_affected(parameters: &Parameters) -> Result<Option<u32>, Vec<Violation>> {
    let Some(text) = parameters.get("max_affected") else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| {
        let message = format!("`{}` is no whole number from 0 to {}", clip(text), u32::MAX);
        let place = Pointer::root().key("max_affected");
        vec![Violation::new(place, "range", message)]
    })
}

/// The parameter `deleted`.
pub(super) fn deleted(parameters: &Parameters) -> Result<Deleted, Vec<Violation>> {
    let others = [("include", Deleted::Include), ("only", Deleted::Only)];
    parameters.word("deleted", ("exclude", Deleted::Exclude), &others)
}

/// What each item of a list stands for; pointers begin with the index.
pub(super) fn each<T>(
    items: &[Json],
    read: impl Fn(&Json) -> Result<T, Vec<Violation>>,
) -> Result<Vec<T>, UserError> {
    let mut records = Vec::with_capacity(items.len());
    let mut violations = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match read(item) {
            Ok(record) => records.push(record),
            Err(own) => violations.extend(below(own, index)),
        }
        if is_enough(&violations) {
            break;
        }
    }
    if violations.is_empty() {
        Ok(records)
    } else {
        Err(UserError::Invalid(violations))
    }
}

/// Violations seen from one level further out.
pub(super) fn below(violations: Vec<Violation>, key: impl std::fmt::Display) -> Vec<Violation> {
    violations
        .into_iter()
        .map(|violation| violation.below(&key))
        .collect()
}
