//! Carrying a model from one tenant to another: what it is, what differs, and the changes that make two the same.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tessera_schema::definition::{FieldDefinition, ObjectDefinition, Patch};
use tessera_schema::ident::ApiName;
use tessera_schema::model::Model;
use tessera_schema::object::{Object, Origin};

use crate::change::Change;

/// A whole model, as a file has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// The built-in modules that the objects belong to or relate to.
    pub modules: Vec<ApiName>,
    pub objects: Vec<ObjectDefinition>,
}

/// A tenant's model as a file.
#[must_use]
pub fn export(model: &Model) -> ModelFile {
    let mut modules: Vec<ApiName> = Vec::new();
    let mut objects = Vec::new();
    for object in model.definitions() {
        if let Origin::Module(module) = &object.source.origin
            && !modules.contains(module)
        {
            modules.push(module.clone());
        }
        objects.push(Model::definition(object));
    }
    ModelFile { modules, objects }
}

/// The changes that bring a model to the wanted definitions. What is not wanted stays, unless `remove` says otherwise;
/// what a module brought stays always.
#[must_use]
pub fn changes(model: &Model, wanted: &[ObjectDefinition], remove: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    for definition in wanted {
        match model.object(definition.head.api_name.as_str()) {
            Some(object) => object_changes(object, definition, remove, &mut changes),
            None => changes.push(Change::CreateObject(definition.clone().into())),
        }
    }
    if remove {
        let kept = |name: &ApiName| {
            wanted
                .iter()
                .any(|definition| definition.head.api_name == *name)
        };
        let gone = model
            .definitions()
            .into_iter()
            .filter(|object| object.source.origin == Origin::Tenant && !kept(object.api_name()));
        changes.extend(gone.map(|object| Change::RemoveObject {
            object: object.api_name().to_string(),
            confirm: Some(object.api_name().to_string()),
        }));
    }
    changes
}

fn object_changes(
    object: &Object,
    wanted: &ObjectDefinition,
    remove: bool,
    changes: &mut Vec<Change>,
) {
    let name = object.api_name().to_string();
    for definition in &wanted.fields {
        let here = object
            .own_fields()
            .find(|field| *field.api_name() == definition.api_name);
        match here {
            None => changes.push(Change::CreateField {
                object: name.clone(),
                draft: definition.clone().into(),
            }),
            Some(field) => {
                let patch = field_patch(&field.definition, definition);
                if !patch.is_empty() {
                    changes.push(Change::PatchField {
                        object: name.clone(),
                        field: definition.api_name.to_string(),
                        patch,
                    });
                }
            }
        }
    }
    // The title may be one of the new fields, and one that goes is no longer the title.
    let patch = differing(&object.source.head, &wanted.head);
    if !patch.is_empty() {
        changes.push(Change::PatchObject {
            object: name.clone(),
            patch,
        });
    }
    if remove {
        let kept = |name: &ApiName| wanted.fields.iter().any(|field| field.api_name == *name);
        let gone = object
            .own_fields()
            .filter(|field| field.origin == Origin::Tenant && !kept(field.api_name()));
        changes.extend(gone.map(|field| Change::RemoveField {
            object: name.clone(),
            field: field.api_name().to_string(),
            confirm: Some(field.api_name().to_string()),
        }));
    }
}

/// As [`differing`], with settings that are no longer wanted named as null, since settings are merged.
fn field_patch(here: &FieldDefinition, wanted: &FieldDefinition) -> Patch {
    let mut patch = differing(here, wanted);
    if let Some(Json::Object(settings)) = patch.get_mut("settings") {
        for key in here.settings.0.keys() {
            settings.entry(key.clone()).or_insert(Json::Null);
        }
    }
    patch
}

/// The parts of a definition that are wanted otherwise.
fn differing<T: Serialize>(here: &T, wanted: &T) -> Patch {
    let here = parts(here);
    let wanted = parts(wanted).into_iter();
    wanted
        .filter(|(key, value)| here.get(key) != Some(value))
        .collect()
}

fn parts<T: Serialize>(definition: &T) -> Map<String, Json> {
    match serde_json::to_value(definition) {
        Ok(Json::Object(parts)) => parts,
        _ => Map::new(),
    }
}
