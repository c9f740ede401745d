//! A change of a model as data: what an admin asks, and the definitions that come of it.

use serde_json::Value as Json;
use std::sync::Arc;
use tessera_schema::definition::{FieldDefinition, ObjectDefinition, Patch};
use tessera_schema::ident::ApiName;
use tessera_schema::model::Model;
use tessera_schema::object::{FieldSource, Object, ObjectSource, Origin};
use tessera_schema::rules;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use crate::error::UserError;

/// What an admin asks of the model.
#[derive(Debug, Clone)]
pub enum Change {
    CreateObject(ObjectDefinition),
    PatchObject {
        object: String,
        patch: Patch,
    },
    /// `confirm` must repeat the name.
    RemoveObject {
        object: String,
        confirm: Option<String>,
    },
    CreateField {
        object: String,
        definition: FieldDefinition,
    },
    PatchField {
        object: String,
        field: String,
        patch: Patch,
    },
    RemoveField {
        object: String,
        field: String,
        confirm: Option<String>,
    },
}

/// Objects by name with their new definition; `None` for one that goes.
pub(crate) type Edits = Vec<(ApiName, Option<ObjectSource>)>;

/// What a change makes of a model's definitions.
pub(crate) fn edits(model: &Model, change: &Change) -> Result<Edits, UserError> {
    match change {
        Change::CreateObject(definition) => {
            create_object(model, definition, &Origin::Tenant).map(|edit| vec![edit])
        }
        Change::PatchObject { object, patch } => {
            let object = find_object(model, object)?;
            let head = object
                .source
                .head
                .patched(patch)
                .map_err(UserError::Invalid)?;
            Ok(vec![edited(object, |source| source.head = head)])
        }
        Change::RemoveObject { object, confirm } => {
            let object = find_object(model, object)?;
            confirmed(object.api_name(), confirm.as_deref())?;
            removable(&object.source.origin)?;
            not_pointed_at(model, object)?;
            Ok(vec![(object.api_name().clone(), None)])
        }
        Change::CreateField { object, definition } => {
            let object = find_object(model, object)?;
            add_field(model, object, definition).map(|edit| vec![edit])
        }
        Change::PatchField {
            object,
            field,
            patch,
        } => patch_field(model, object, field, patch).map(|edit| vec![edit]),
        Change::RemoveField {
            object,
            field,
            confirm,
        } => {
            let object = find_object(model, object)?;
            let id = find_field(object, field)?.id;
            let source = object
                .source
                .fields
                .iter()
                .find(|f| f.id == id)
                .ok_or(NO_FIELD)?;
            confirmed(&source.definition.api_name, confirm.as_deref())?;
            removable(&source.origin)?;
            let label =
                object.source.head.label_field.as_ref() == Some(&source.definition.api_name);
            Ok(vec![edited(object, |edited| {
                edited.fields.retain(|field| field.id != id);
                if label {
                    edited.head.label_field = None;
                }
            })])
        }
    }
}

pub(crate) fn create_object(
    model: &Model,
    definition: &ObjectDefinition,
    origin: &Origin,
) -> Result<(ApiName, Option<ObjectSource>), UserError> {
    let head = &definition.head;
    if model
        .object(head.api_name.as_str())
        .is_some_and(|object| !object.read_only)
    {
        let message = format!("there is an object `{}` already", head.api_name);
        return Err(UserError::conflict(
            Pointer::root().key("api_name"),
            "unique",
            message,
        ));
    }
    if model
        .by_plural(head.plural_api_name.as_str())
        .is_some_and(|object| !object.read_only)
    {
        let message = format!(
            "there is an object with the plural `{}` already",
            head.plural_api_name
        );
        return Err(UserError::conflict(
            Pointer::root().key("plural_api_name"),
            "unique",
            message,
        ));
    }
    let violations = rules::check_fields(model.types(), definition);
    if !violations.is_empty() {
        return Err(UserError::Invalid(violations));
    }
    let last = model
        .definitions()
        .last()
        .map_or(0, |object| object.source.position);
    let source = ObjectSource::new(definition.clone(), origin, last + 1, Uuid::now_v7);
    Ok((head.api_name.clone(), Some(source)))
}

fn add_field(
    model: &Model,
    object: &Object,
    definition: &FieldDefinition,
) -> Result<(ApiName, Option<ObjectSource>), UserError> {
    let name = &definition.api_name;
    if object.own_fields().any(|field| field.api_name() == name) {
        let message = format!("`{}` has a field `{name}` already", object.api_name());
        return Err(UserError::conflict(
            Pointer::root().key("api_name"),
            "unique",
            message,
        ));
    }
    let violations = rules::check_field(model.types(), definition);
    if !violations.is_empty() {
        return Err(UserError::Invalid(violations));
    }
    let field = FieldSource::new(definition.clone(), &Origin::Tenant, Uuid::now_v7());
    Ok(edited(object, |source| source.fields.push(field)))
}

fn patch_field(
    model: &Model,
    object: &str,
    field: &str,
    patch: &Patch,
) -> Result<(ApiName, Option<ObjectSource>), UserError> {
    let object = find_object(model, object)?;
    let field = find_field(object, field)?;
    let definition = field
        .definition
        .patched(patch)
        .map_err(UserError::Invalid)?;
    let mut violations = rules::check_field(model.types(), &definition);
    let to = |definition: &FieldDefinition| definition.settings.get("to").cloned();
    if to(&definition) != to(&field.definition) {
        let place = Pointer::root().key("settings").key("to");
        let message = "a relation cannot be pointed at another object: make a new one";
        violations.push(Violation::new(place, "immutable", message));
    }
    if !violations.is_empty() {
        return Err(UserError::Invalid(violations));
    }
    let id = field.id;
    Ok(edited(object, |source| {
        if let Some(field) = source.fields.iter_mut().find(|field| field.id == id) {
            field.definition = Arc::new(definition);
        }
    }))
}

/// A copy of an object's source with something changed.
fn edited(
    object: &Object,
    change: impl FnOnce(&mut ObjectSource),
) -> (ApiName, Option<ObjectSource>) {
    let mut source = ObjectSource::clone(&object.source);
    change(&mut source);
    (object.api_name().clone(), Some(source))
}

fn find_object<'m>(model: &'m Model, name: &str) -> Result<&'m Arc<Object>, UserError> {
    model
        .object(name)
        .filter(|object| !object.read_only)
        .ok_or(UserError::NotFound { what: "object" })
}

const NO_FIELD: UserError = UserError::NotFound { what: "field" };

fn find_field<'o>(
    object: &'o Object,
    name: &str,
) -> Result<&'o Arc<tessera_schema::object::Field>, UserError> {
    object
        .fields
        .get(name)
        .filter(|field| !field.system)
        .ok_or(NO_FIELD)
}

fn confirmed(name: &ApiName, confirm: Option<&str>) -> Result<(), UserError> {
    if confirm == Some(name.as_str()) {
        return Ok(());
    }
    let message =
        format!("all its data would be lost: repeat the name to confirm, ?confirm={name}");
    Err(UserError::invalid(
        Pointer::root().key("confirm"),
        "required",
        message,
    ))
}

fn removable(origin: &Origin) -> Result<(), UserError> {
    let Origin::Module(module) = origin else {
        return Ok(());
    };
    let message = format!("this belongs to the module `{module}` and cannot be removed from it");
    Err(UserError::conflict(Pointer::root(), "built_in", message))
}

/// An object goes only when no other object's relation leads to it.
fn not_pointed_at(model: &Model, object: &Object) -> Result<(), UserError> {
    let name = object.api_name().as_str();
    let pointing: Vec<String> = model
        .definitions()
        .into_iter()
        .filter(|other| other.source.id != object.source.id)
        .flat_map(|other| {
            let fields = other.own_fields().filter(|field| {
                field.definition.settings.get("to").and_then(Json::as_str) == Some(name)
            });
            fields
                .map(|field| format!("{}.{}", other.api_name(), field.api_name()))
                .collect::<Vec<_>>()
        })
        .collect();
    if pointing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "relations point at it: remove {} first",
        pointing.join(", ")
    );
    Err(UserError::conflict(Pointer::root(), "in_use", message))
}
