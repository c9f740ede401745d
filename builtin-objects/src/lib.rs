//! The built-in objects as data: definitions like any an admin draws, by module.
//!
//! A module is a folder with a `module.json` and one file for each object. Nothing here is code that a drawn object could
//! not have; to add an object, write its file and name it in its module.

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use tessera_schema::access::permissions::{ObjectPermissions, Permissions};
use tessera_schema::definition::ObjectDefinition;
use tessera_schema::ident::ApiName;

static FOLDERS: [(&str, Dir<'_>); 5] = [
    ("crm", include_dir!("$CARGO_MANIFEST_DIR/crm")),
    ("erp", include_dir!("$CARGO_MANIFEST_DIR/erp")),
    ("marketing", include_dir!("$CARGO_MANIFEST_DIR/marketing")),
    ("projects", include_dir!("$CARGO_MANIFEST_DIR/projects")),
    ("workspace", include_dir!("$CARGO_MANIFEST_DIR/workspace")),
];

/// The module every tenant starts with.
pub const FIRST: &str = "crm";

/// The modules that every tenant has.
pub fn always() -> impl Iterator<Item = &'static Module> {
    modules().iter().filter(|module| module.about.always)
}

#[derive(Debug)]
pub struct Module {
    pub about: About,
    /// In an order in which they can be made one after the other.
    pub objects: Vec<ObjectDefinition>,
    /// Rights on the objects that everybody has, in the place of those that a role gives on objects that it does not name.
    pub grants: BTreeMap<ApiName, ObjectPermissions>,
}

/// A module's `module.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub name: ApiName,
    pub title: String,
    pub description: String,
    pub icon: String,
    pub translations: Json,
    /// Every tenant has it, and lists of modules do not show it.
    #[serde(default)]
    pub always: bool,
    /// Modules whose objects these relate to.
    pub requires: Vec<ApiName>,
    pub objects: Vec<ApiName>,
    /// As a role says what it grants on objects.
    #[serde(default)]
    pub grants: Json,
}

/// Every module, in the order of its folders.
#[must_use]
pub fn modules() -> &'static [Module] {
    static MODULES: LazyLock<Vec<Module>> = LazyLock::new(|| {
        FOLDERS
            .iter()
            .map(|(name, folder)| read(name, folder))
            .collect()
    });
    &MODULES
}

#[must_use]
pub fn module(name: &str) -> Option<&'static Module> {
    modules()
        .iter()
        .find(|module| module.about.name.as_str() == name)
}

fn read(name: &str, folder: &Dir<'_>) -> Module {
    let about: About = serde_json::from_value(file(folder, "module"))
        .unwrap_or_else(|error| panic!("{name}/module.json: {error}"));
    let objects = about
        .objects
        .iter()
        .map(|object| {
            ObjectDefinition::parse(file(folder, object.as_str()))
                .unwrap_or_else(|violations| panic!("{name}/{object}.json: {violations:?}"))
        })
        .collect();
    let mut role = Map::new();
    if !about.grants.is_null() {
        role.insert("objects".to_owned(), about.grants.clone());
    }
    let granted = Permissions::read(&role)
        .unwrap_or_else(|violations| panic!("{name}/module.json: {violations:?}"));
    Module {
        about,
        objects,
        grants: granted.objects,
    }
}

fn file(folder: &Dir<'_>, name: &str) -> Json {
    let path = format!("{name}.json");
    let file = folder
        .get_file(&path)
        .unwrap_or_else(|| panic!("{path} is missing"));
    serde_json::from_slice(file.contents()).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::modules;
    use tessera_schema::field_types::FieldTypes;
    use tessera_schema::rules;

    #[test]
    fn every_definition_keeps_to_the_rules() {
        let types = FieldTypes::builtin();
        for module in modules() {
            for object in &module.objects {
                let violations = rules::check_fields(&types, object);
                assert!(
                    violations.is_empty(),
                    "{}: {violations:#?}",
                    object.head.api_name
                );
            }
        }
    }

    #[test]
    fn every_label_has_its_russian() {
        for module in modules() {
            for object in &module.objects {
                let words = &object.head.translations.words()["ru"];
                assert!(words.contains_key("name") && words.contains_key("plural_name"));
                for field in &object.fields {
                    assert!(
                        field.translations.words()["ru"].contains_key("name"),
                        "{}",
                        field.api_name
                    );
                }
            }
        }
    }
}
