//! A change of a model as data: what an admin asks, and the definitions that come of it.

use serde_json::Value as Json;
use std::sync::Arc;
use tessera_error::UserError;
use tessera_schema::definition::{
    FieldDefinition, FieldDraft, ObjectDefinition, ObjectDraft, Patch,
};
use tessera_schema::ident::{ApiName, FieldId};
use tessera_schema::model::Model;
use tessera_schema::object::{FieldSource, Object, ObjectSource, Origin};
use tessera_schema::rules;
use tessera_schema::text::clip;
use tessera_schema::violation::{Pointer, Violation, add_beyond};
use uuid::Uuid;

/// What an admin asks of the model.
#[derive(Debug, Clone)]
pub enum Change {
    CreateObject(ObjectDraft),
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
        draft: FieldDraft,
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

/// An object's name with its new definition; `None` for one that goes.
pub(crate) type Edit = (ApiName, Option<ObjectSource>);

/// The objects that a change edits.
pub(crate) type Edits = Vec<Edit>;

/// What a change makes of a model's definitions.
pub(crate) fn edits(model: &Model, change: &Change) -> Result<Edits, UserError> {
    match change {
        Change::CreateObject(draft) => {
            create_object(model, draft, &Origin::Tenant).map(|edit| vec![edit])
        }
        Change::PatchObject { object, patch } => {
            patch_object(model, object, patch).map(|edit| vec![edit])
        }
        Change::RemoveObject { object, confirm } => {
            let object = find_object(model, object)?;
            confirmed(object.api_name(), confirm.as_deref())?;
            removable(&object.source.origin)?;
            not_pointed_at(model, object)?;
            Ok(vec![(object.api_name().clone(), None)])
        }
        Change::CreateField { object, draft } => {
            let object = find_object(model, object)?;
            add_field(model, object, draft).map(|edit| vec![edit])
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
            let name = &source.definition.api_name;
            not_the_label(object, name)?;
            Ok(vec![edited(object, |edited| {
                edited.fields.retain(|field| field.id != id);
                for section in &mut edited.head.form {
                    section.fields.retain(|field| field != name);
                }
            })])
        }
    }
}

pub(crate) fn create_object(
    model: &Model,
    draft: &ObjectDraft,
    origin: &Origin,
) -> Result<Edit, UserError> {
    let mut faults = draft.violations.clone();
    let Some(definition) = &draft.sound else {
        return Err(UserError::Invalid(faults));
    };
    let taken = taken_names(model, definition);
    let in_fields = of_fields(model, draft, definition);
    let (definition, places) = without_faults(model, draft, definition, &in_fields, &taken);
    add_beyond(&mut faults, in_fields);
    let last = model
        .definitions()
        .last()
        .map_or(0, |object| object.source.position);
    let source = ObjectSource::new(definition, origin, last + 1, Uuid::now_v7);
    let edit = (source.head.api_name.clone(), Some(source));
    let place = |violation| placed(violation, &places);
    if taken.is_empty() {
        settled(model, Some(edit), faults, place)
    } else {
        // The objects that come with one of a module are not in the model yet.
        let alone = Some(edit).filter(|_| *origin == Origin::Tenant);
        Err(conflict(model, alone, faults, taken, place))
    }
}

/// The names of a new object that another one has.
fn taken_names(model: &Model, definition: &ObjectDefinition) -> Vec<Violation> {
    let head = &definition.head;
    let is_taken = |found: Option<&Arc<Object>>| found.is_some_and(|object| !object.read_only);
    let mut taken = Vec::new();
    if is_taken(model.object(head.api_name.as_str())) {
        let message = format!("there is an object `{}` already", head.api_name);
        let place = Pointer::root().key("api_name");
        taken.push(Violation::new(place, "unique", message));
    }
    if is_taken(model.by_plural(head.plural_api_name.as_str())) {
        let message = format!(
            "there is an object with the plural `{}` already",
            head.plural_api_name
        );
        let place = Pointer::root().key("plural_api_name");
        taken.push(Violation::new(place, "unique", message));
    }
    taken
}

/// The faults of each field of a new object by itself, at the places where the fields were sent.
fn of_fields(model: &Model, draft: &ObjectDraft, definition: &ObjectDefinition) -> Vec<Violation> {
    let faults = rules::check_fields(model.types(), definition).into_iter();
    faults.map(|fault| placed(fault, &draft.places)).collect()
}

/// A definition without what is wrong in its fields, under stand-ins for names that are taken, so that the rest can be compared
/// with the model; and the places of the fields that stay.
fn without_faults(
    model: &Model,
    draft: &ObjectDraft,
    definition: &ObjectDefinition,
    faults: &[Violation],
    taken: &[Violation],
) -> (ObjectDefinition, Vec<usize>) {
    let fields = definition.fields.iter().zip(&draft.places);
    let sound = fields.filter_map(|(field, place)| {
        let of_field = faults.iter();
        let of_field = of_field.filter(|fault| field_place(fault) == Some(*place));
        let of_field: Vec<_> = of_field.cloned().map(seen_from_field).collect();
        Some((without(model, field, &of_field, *place)?, *place))
    });
    let (sound, places): (Vec<_>, Vec<_>) = sound.unzip();
    let mut head = definition.head.clone();
    for violation in taken {
        match violation.pointer.as_str() {
            "/api_name" => head.api_name = ApiName::stand_in(0),
            _ => head.plural_api_name = ApiName::stand_in(1),
        }
    }
    let names = |fields: &[FieldDefinition], label: &ApiName| {
        fields.iter().any(|field| field.api_name == *label)
    };
    // A label that names a field which was taken out is no fault.
    head.label_field = head
        .label_field
        .filter(|label| names(&sound, label) || !names(&definition.fields, label));
    // Nor is a form that does: it is looked at once its fields are right.
    let mut shown = head.form.iter().flat_map(|section| &section.fields);
    if shown.any(|name| names(&definition.fields, name) && !names(&sound, name)) {
        head.form.clear();
    }
    let definition = ObjectDefinition {
        head,
        fields: sound,
    };
    (definition, places)
}

/// The index of the field that a violation is in.
fn field_place(violation: &Violation) -> Option<usize> {
    let mut keys = violation.pointer.keys();
    (keys.next()? == "fields")
        .then(|| keys.next()?.parse().ok())
        .flatten()
}

/// A violation at the place where its field was sent.
fn placed(violation: Violation, places: &[usize]) -> Violation {
    let Some(index) = field_place(&violation) else {
        return violation;
    };
    let rest = violation.pointer.keys().skip(2);
    let field = Pointer::root().key("fields").key(places[index]);
    Violation {
        pointer: rest.fold(field, |pointer, key| pointer.key(key)),
        ..violation
    }
}

fn add_field(model: &Model, object: &Object, draft: &FieldDraft) -> Result<Edit, UserError> {
    let Some(definition) = &draft.sound else {
        return Err(UserError::Invalid(draft.violations.clone()));
    };
    let name = &definition.api_name;
    let mut faults = draft.violations.clone();
    let is_taken = object.own_fields().any(|field| field.api_name() == name);
    let sound = sound_field(model, definition, &mut faults);
    let edit = sound.map(|mut definition| {
        if is_taken {
            definition.api_name = ApiName::stand_in(0);
        }
        let field = FieldSource::new(definition, &Origin::Tenant, Uuid::now_v7());
        edited(object, |source| source.fields.push(field))
    });
    if !is_taken {
        return settled(model, edit, faults, seen_from_field);
    }
    let message = format!("`{}` has a field `{name}` already", object.api_name());
    let taken = Violation::new(Pointer::root().key("api_name"), "unique", message);
    Err(conflict(model, edit, faults, vec![taken], seen_from_field))
}

fn patch_object(model: &Model, object: &str, patch: &Patch) -> Result<Edit, UserError> {
    let object = find_object(model, object)?;
    let mut patch = patch.clone();
    let order = patch.shift_remove(FIELD_ORDER);
    let draft = object.source.head.patched(&patch);
    let mut faults = draft.violations;
    let order = match order.map(|order| field_order(object, &order)).transpose() {
        Ok(order) => order.unwrap_or_default(),
        Err(found) => {
            faults.extend(found);
            Vec::new()
        }
    };
    let edit = draft.sound.map(|sound| {
        edited(object, |source| {
            source.head = sound.head;
            // A stable sort: fields that the order does not name stay behind the others, as they were.
            let place = |field: &FieldSource| order.iter().position(|id| *id == field.id);
            source
                .fields
                .sort_by_key(|field| place(field).unwrap_or(usize::MAX));
        })
    });
    settled(model, edit, faults, |fault| fault)
}

/// The key of a patch that says in which order an object's fields are shown.
const FIELD_ORDER: &str = "field_order";

/// The fields that an order names, each once.
fn field_order(object: &Object, order: &Json) -> Result<Vec<FieldId>, Vec<Violation>> {
    let place = Pointer::root().key(FIELD_ORDER);
    let Some(names) = order.as_array() else {
        let message = "a list of names of fields is expected";
        return Err(vec![Violation::new(place, "type", message)]);
    };
    let mut ids = Vec::with_capacity(names.len());
    let mut faults = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let name = name.as_str().unwrap_or_default();
        let field = object
            .own_fields()
            .find(|field| field.api_name().as_str() == name);
        let (code, message) = match field {
            None => ("unknown", format!("there is no field `{}`", clip(name))),
            Some(field) if ids.contains(&field.id) => {
                ("unique", format!("the field `{name}` stands twice"))
            }
            Some(field) => {
                ids.push(field.id);
                continue;
            }
        };
        faults.push(Violation::new(place.key(index), code, message));
    }
    if faults.is_empty() {
        Ok(ids)
    } else {
        Err(faults)
    }
}

fn patch_field(model: &Model, object: &str, field: &str, patch: &Patch) -> Result<Edit, UserError> {
    let object = find_object(model, object)?;
    let field = find_field(object, field)?;
    let draft = field.definition.patched(patch);
    let mut faults = draft.violations;
    let Some(mut definition) = draft.sound else {
        return Err(UserError::Invalid(faults));
    };
    let to = field.definition.settings.get("to");
    if patch.get("settings").is_some() && definition.settings.get("to") != to {
        let place = Pointer::root().key("settings").key("to");
        let message = "a relation cannot be pointed at another object: make a new one";
        add_beyond(&mut faults, [Violation::new(place, "immutable", message)]);
        let same = to.map(|to| ("to".to_owned(), to.clone()));
        definition.settings.0.extend(same);
    }
    let sound = sound_field(model, &definition, &mut faults);
    let id = field.id;
    let edit = sound.map(|definition| {
        edited(object, |source| {
            if let Some(field) = source.fields.iter_mut().find(|field| field.id == id) {
                field.definition = Arc::new(definition);
            }
        })
    });
    settled(model, edit, faults, seen_from_field)
}

/// The field without the parts that the rules refuse, whose faults are added to the others.
fn sound_field(
    model: &Model,
    definition: &FieldDefinition,
    faults: &mut Vec<Violation>,
) -> Option<FieldDefinition> {
    let found = rules::check_field(model.types(), definition);
    let sound = without(model, definition, &found, 0);
    add_beyond(faults, found);
    sound
}

/// The field without the parts that have faults; `None` where the rest is no field by itself.
fn without(
    model: &Model,
    definition: &FieldDefinition,
    faults: &[Violation],
    number: usize,
) -> Option<FieldDefinition> {
    if faults.is_empty() {
        return Some(definition.clone());
    }
    let rest = definition.without(faults, number);
    rest.filter(|rest| rules::check_field(model.types(), rest).is_empty())
}

/// The rules look at the whole object; a caller who sent one field sees the place within that field.
pub(super) fn seen_from_field(violation: Violation) -> Violation {
    let below = violation.pointer.as_str().strip_prefix("/fields/");
    match below.and_then(|rest| Some(Pointer::parsed(&rest[rest.find('/')?..]))) {
        Some(pointer) => Violation {
            pointer,
            ..violation
        },
        None => violation,
    }
}

/// An edit without faults; the rules between objects are checked when all edits of a change are there. An edit with faults
/// is refused, and the answer names its faults between objects as well. `place` turns a place in the object into one in the
/// request.
fn settled(
    model: &Model,
    edit: Option<Edit>,
    mut faults: Vec<Violation>,
    place: impl Fn(Violation) -> Violation,
) -> Result<Edit, UserError> {
    match edit {
        Some(edit) if faults.is_empty() => Ok(edit),
        edit => {
            add_beyond(&mut faults, between(model, edit).map(place));
            Err(UserError::Invalid(faults))
        }
    }
}

/// The error for an edit whose names are taken: alone that is a conflict with what is there, among other faults it is the first
/// of them. Where a definition is sent twice, the others follow from it.
fn conflict(
    model: &Model,
    edit: Option<Edit>,
    mut faults: Vec<Violation>,
    taken: Vec<Violation>,
    place: impl Fn(Violation) -> Violation,
) -> UserError {
    add_beyond(&mut faults, between(model, edit).map(place));
    if faults.is_empty() {
        return UserError::Conflict(taken);
    }
    UserError::Invalid(taken.into_iter().chain(faults).collect())
}

/// The faults of an edited object between it and others.
fn between(model: &Model, edit: Option<Edit>) -> impl Iterator<Item = Violation> + use<> {
    let found = edit.and_then(|(name, source)| {
        let next = model.with(vec![(name.clone(), source)]).ok()?;
        let object = next.object(name.as_str())?;
        Some(rules::check_object(&next, object))
    });
    found.into_iter().flatten()
}

/// A copy of an object's source with something changed.
fn edited(object: &Object, change: impl FnOnce(&mut ObjectSource)) -> Edit {
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

/// The field that names records to people stays until another one does.
fn not_the_label(object: &Object, name: &ApiName) -> Result<(), UserError> {
    if object.source.head.label_field.as_ref() != Some(name) {
        return Ok(());
    }
    let message = format!(
        "`{name}` is the label_field of `{}`: set another one, or null, first",
        object.api_name()
    );
    Err(UserError::conflict(Pointer::root(), "in_use", message))
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
