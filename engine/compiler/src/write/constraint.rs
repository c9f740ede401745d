//! What the database refused, in the words of the caller: which value of which record, and why.

use serde_json::Value as Json;
use std::sync::Arc;
use tessera_error::{Error, InternalError, UserError};
use tessera_postgres::failure::{Failure, Refusal};
use tessera_schema::access::view::View;
use tessera_schema::object::{Field, Object, UniqueKey};
use tessera_schema::record::Record;
use tessera_schema::violation::{Pointer, Violation};

use crate::failure;
use crate::names;
use crate::snapshot::Snapshot;
use crate::sql;
use crate::write::{Action, Write};

const UNIQUE: &str = "23505";
const FOREIGN_KEY: &str = "23503";
const RESTRICT: &str = "23001";
const DEADLOCK: &str = "40P01";
const SERIALIZATION: &str = "40001";
const TOO_LONG_FOR_INDEX: &str = "54000";

/// `view` is the caller's: what is hidden from them has no name.
#[must_use]
pub fn explain(
    failure: Failure,
    snapshot: &Snapshot,
    write: &Write,
    view: &dyn Fn() -> Arc<View>,
) -> Error {
    let Some(refusal) = failure.refusal() else {
        return failure::explain(failure);
    };
    let told = match refusal.code.as_str() {
        DEADLOCK | SERIALIZATION => return InternalError::Collision(UserError::Unavailable).into(),
        UNIQUE => unique(refusal, snapshot, write, view),
        FOREIGN_KEY | RESTRICT => foreign_key(refusal, snapshot, write, view),
        TOO_LONG_FOR_INDEX => Some(too_long(refusal, write)),
        _ => None,
    };
    match told {
        Some(told) if lost_race(&told, write) => InternalError::Collision(told).into(),
        Some(told) => told.into(),
        None => failure::explain(failure),
    }
}

/// As [`explain`], of a statement that only locks.
#[must_use]
pub fn explain_lock(failure: Failure) -> Error {
    match failure.state() {
        Some(DEADLOCK | SERIALIZATION) => InternalError::Collision(UserError::Unavailable).into(),
        _ => failure::explain(failure),
    }
}

/// Whether a record that an upsert took for new was made by another write at the same moment: the next try finds it.
fn lost_race(told: &UserError, write: &Write) -> bool {
    let Some((key, _)) = write.action.upserts() else {
        return false;
    };
    let of_key = |violation: &Violation| {
        let place = violation.pointer.as_str();
        place.rsplit('/').next() == Some(key.name.as_str())
    };
    matches!(told, UserError::Conflict(all) if all.iter().all(of_key))
}

fn unique(
    refusal: &Refusal,
    snapshot: &Snapshot,
    write: &Write,
    view: &dyn Fn() -> Arc<View>,
) -> Option<UserError> {
    let object = &*write.object;
    let constraint = refusal.constraint.as_deref()?;
    let value = detail_value(refusal);
    if constraint == format!("{}_pkey", object.table) {
        let place = place(write, |record| record.id.map(|id| id.to_string()) == value);
        let message = taken_by("id");
        return Some(UserError::conflict(place.key("id"), "unique", message));
    }
    let of = |object: &Object| {
        let mut fields = object.own_fields();
        fields
            .find(|field| {
                let name = names::unique_name(object, field);
                name.as_str() == constraint || names::beside(&name).as_str() == constraint
            })
            .cloned()
    };
    let Some(field) = &of(object) else {
        // A record that was restored along with this one.
        let model = snapshot.whole();
        let mut others = model.definitions().into_iter();
        let (other, field) = others.find_map(|other| Some((other, of(other)?)))?;
        let message = if knows(&view(), other, &field) {
            format!(
                "a record of {} that would be restored with it has the same {} as another one",
                other.source.head.plural_name, field.definition.name
            )
        } else {
            "another record that would be restored with it has a value that has to be unique"
                .to_owned()
        };
        return Some(UserError::conflict(Pointer::root(), "unique", message));
    };
    let is_it = |record: &Record| match (stored(record, field), &value) {
        (Some(given), Some(told)) => field.columns[0].column_type.scalar.same(&given, told),
        _ => false,
    };
    let place = place(write, is_it).key(field.value_key());
    let message = taken_by(&field.definition.name);
    Some(UserError::conflict(place, "unique", message))
}

fn taken_by(name: &str) -> String {
    format!("there is a record with this {name} already")
}

/// That another record has the key of a record that stands at this place of the input.
pub(super) fn taken(object: &Object, key: &UniqueKey, at: &Pointer) -> Violation {
    let mut fields = object.own_fields();
    let field = fields.find(|field| field.value_key() == key.name);
    let name = field.map_or("id", |field| &field.definition.name);
    Violation::new(at.key(&key.name), "unique", taken_by(name))
}

/// A value that is longer than an index can hold; how long that is depends on how well Postgres compresses it.
fn too_long(refusal: &Refusal, write: &Write) -> UserError {
    let object = &*write.object;
    let index = refusal.constraint.as_deref();
    let field = object
        .own_fields()
        .find(|field| names::index_names(object, field).any(|name| Some(name.as_str()) == index));
    let message = "this is too long for the index on its field";
    let Some(field) = field else {
        return UserError::invalid(Pointer::root(), "too_long", message);
    };
    // Postgres does not say which record it was: the one with the longest value.
    let length = |record: &Record| stored(record, field).map_or(0, |value| value.len());
    let longest = match &write.action {
        Action::CreateMany(records) => records.iter().map(length).max(),
        Action::UpsertMany { records, .. } => records.iter().map(|r| length(&r.created())).max(),
        Action::UpdateMany(changes) => changes.iter().map(|c| length(&c.values)).max(),
        _ => None,
    };
    let longest = longest.unwrap_or_default();
    let place = place(write, |record| length(record) == longest);
    UserError::invalid(place.key(field.value_key()), "too_long", message)
}

fn foreign_key(
    refusal: &Refusal,
    snapshot: &Snapshot,
    write: &Write,
    view: &dyn Fn() -> Arc<View>,
) -> Option<UserError> {
    let object = &*write.object;
    let constraint = refusal.constraint.as_deref()?;
    let value = detail_value(refusal);
    // The record itself is pointed at, and its relation says it must stay.
    if let Action::Destroy { .. } | Action::Delete { .. } | Action::DeleteWhere { .. } =
        write.action
    {
        let holder = snapshot
            .whole()
            .definitions()
            .into_iter()
            .find_map(|other| {
                let field = other
                    .own_fields()
                    .find(|field| is_key_of(other, field, constraint))?;
                knows(&view(), other, field).then_some(())?;
                Some(format!(
                    "{} ({})",
                    other.source.head.plural_name, field.definition.name
                ))
            });
        let holder = holder.unwrap_or_else(|| "other records".to_owned());
        let message = format!("it is still pointed at by {holder}");
        return Some(UserError::conflict(Pointer::root(), "restricted", message));
    }
    let field = object
        .own_fields()
        .find(|field| is_key_of(object, field, constraint))?;
    let missing = |record: &Record| {
        if field.linked().is_none() {
            return stored(record, field) == value;
        }
        record.links.iter().any(|(name, ids)| {
            name == field.api_name() && ids.iter().any(|id| id.as_str() == value.as_deref())
        })
    };
    let violation = no_such_record(field, &place(write, missing));
    Some(UserError::Invalid(vec![violation]))
}

/// That a relation of the record that stands at this place of the input leads to no record.
pub(super) fn no_such_record(field: &Field, at: &Pointer) -> Violation {
    let message = format!("{}: there is no such record", field.definition.name);
    Violation::new(at.key(field.value_key()), "not_found", message)
}

/// Whether there are such an object and field for the caller.
fn knows(view: &View, object: &Object, field: &Field) -> bool {
    let object = view.model.object(object.api_name().as_str());
    object.is_some_and(|object| object.fields.contains_key(field.api_name()))
}

fn is_key_of(object: &Object, field: &Field, constraint: &str) -> bool {
    let key = match field.columns.first() {
        Some(column) if field.is_relation() => names::foreign_key_name(object, &column.name),
        None => names::link_key_name(&object.link_table(field)),
        Some(_) => return false,
    };
    key.as_str() == constraint
}

/// Where in the input the record stands that the database complained of.
fn place(write: &Write, is_it: impl Fn(&Record) -> bool) -> Pointer {
    match &write.action {
        // Of two equal ones in the same input the later is the one too many.
        Action::CreateMany(records) => records
            .iter()
            .rposition(is_it)
            .map_or_else(Pointer::root, |index| Pointer::root().key(index)),
        Action::UpsertMany { records, .. } => records
            .iter()
            .rposition(|record| is_it(&record.created()))
            .map_or_else(Pointer::root, |index| Pointer::root().key(index)),
        Action::UpdateMany(changes) => changes
            .iter()
            .rposition(|change| is_it(&change.values))
            .map_or_else(Pointer::root, |index| Pointer::root().key(index)),
        _ => Pointer::root(),
    }
}

/// A field's value as the database was given it.
fn stored(record: &Record, field: &Field) -> Option<String> {
    let column = field.columns.first()?;
    sql::input_form(
        record
            .columns
            .get(column.name.as_str())
            .unwrap_or(&Json::Null),
        &column.column_type,
    )
}

/// The value in `Key (email)=(a@b.c) already exists.`, whatever the language around it.
fn detail_value(refusal: &Refusal) -> Option<String> {
    let detail = refusal.detail.as_deref()?;
    let (_, rest) = detail.split_once(")=(")?;
    let end = rest.rfind(')')?;
    Some(rest[..end].to_owned())
}
