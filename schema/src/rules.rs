//! The rules for definitions beyond their form: names do not clash, types exist, relations lead somewhere.
//!
//! Checked on a whole model after a change, for the objects the change touched.

use std::collections::{HashMap, HashSet};

use crate::definition::{MAX_FIELDS, ObjectDefinition};
use crate::field_type::FieldType;
use crate::field_types::FieldTypes;
use crate::ident::ApiName;
use crate::model::Model;
use crate::object::Object;
use crate::setting;
use crate::settings::Settings;
use crate::validator::Validator;
use crate::violation::{Pointer, Violation, add_beyond};

/// Names that every object has already, or that mean something else in a filter or a connection.
const RESERVED_KEYS: [&str; 14] = [
    "id",
    "created_at",
    "updated_at",
    "created_by",
    "updated_by",
    "deleted_at",
    "version",
    "and",
    "or",
    "not",
    "node",
    "nodes",
    "edges",
    "cursor",
];

/// The object that every tenant has: its members.
const MEMBERS: [&str; 2] = ["user", "users"];

/// Columns that every Postgres table has of itself.
const RESERVED_COLUMNS: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// The paths `/api/v1/…` that are not an object's records, or will be. A path of two words has a hyphen, which no name has.
const PATHS: [&str; 15] = [
    "access",
    "audit",
    "auth",
    "batch",
    "changes",
    "docs",
    "imports",
    "invitations",
    "marketplace",
    "members",
    "metadata",
    "plugins",
    "roles",
    "search",
    "teams",
];

/// The rules for a field before it can be compiled: its type exists and its settings fit.
#[must_use]
pub fn check_fields(types: &FieldTypes, definition: &ObjectDefinition) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut seen = HashSet::new();
    for (index, field) in definition.fields.iter().enumerate() {
        let mut own = check_field(types, field);
        if !seen.insert(&field.api_name) {
            let message = format!("the field `{}` stands twice", field.api_name);
            own.push(Violation::new(
                Pointer::root().key("api_name"),
                "unique",
                message,
            ));
        }
        violations.extend(own.into_iter().map(|v| v.below(index).below("fields")));
    }
    violations
}

/// As [`check_fields`], for one field; pointers begin at the field.
#[must_use]
pub fn check_field(
    types: &FieldTypes,
    field: &crate::definition::FieldDefinition,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    let at = |key: &str| Pointer::root().key(key);
    let name = field.api_name.as_str();
    if RESERVED_KEYS.contains(&name) || RESERVED_COLUMNS.contains(&name) {
        let message = format!("`{}` is a reserved name", field.api_name);
        violations.push(Violation::new(at("api_name"), "reserved", message));
    }
    let Some(field_type) = types.get(&field.field_type) else {
        let message = format!(
            "there is no field type `{}`; there are {}",
            field.field_type.chars().take(50).collect::<String>(),
            types.names().join(", ")
        );
        violations.push(Violation::new(at("type"), "unknown", message));
        return violations;
    };
    let schema = Validator::new(&setting::schema(&field_type.settings()))
        .expect("a field type's JSON Schema of its settings compiles");
    let mut in_settings = schema.check(&serde_json::json!(field.settings));
    // Well-formed settings are checked even where others are not, if they are enough for the field type.
    let well_formed = field.settings.without(&in_settings);
    let sound = schema.check(&serde_json::json!(well_formed)).is_empty()
        && field_type.check_settings(&well_formed).is_empty();
    add_beyond(&mut in_settings, field_type.check_settings(&field.settings));
    violations.extend(in_settings.into_iter().map(|v| v.below("settings")));
    violations.extend(field_type.check_field(field.required, &well_formed));
    let allows = field_type.allows();
    for (key, wanted, allowed) in [
        ("required", field.required, allows.required),
        ("unique", field.unique, allows.unique),
        ("indexed", field.indexed, allows.indexed),
        (
            "default_value",
            field.default_value.is_some(),
            allows.default_value,
        ),
    ] {
        if wanted && !allowed {
            let message = format!("a field of type `{}` cannot have `{key}`", field.field_type);
            violations.push(Violation::new(at(key), "not_possible", message));
        }
    }
    if sound && allows.default_value {
        violations.extend(check_default(
            field_type.as_ref(),
            &well_formed,
            field.default_value.as_ref(),
        ));
    }
    violations
}

fn check_default(
    field_type: &dyn FieldType,
    settings: &Settings,
    default: Option<&serde_json::Value>,
) -> Vec<Violation> {
    let Some(value) = default.filter(|value| !value.is_null()) else {
        return Vec::new();
    };
    let violations = match Validator::new(&field_type.value_schema(settings)) {
        Ok(validator) => validator.check(value),
        Err(_) => return Vec::new(),
    };
    let violations = if violations.is_empty() {
        field_type
            .store(settings, &field_type.storage(settings), value)
            .err()
            .unwrap_or_default()
    } else {
        violations
    };
    violations
        .into_iter()
        .map(|v| v.below("default_value"))
        .collect()
}

/// The rules between objects. Pointers begin at the object's definition.
#[must_use]
pub fn check_object(model: &Model, object: &Object) -> Vec<Violation> {
    let mut violations = check_names(model, object);
    let at_field = |index: usize| Pointer::root().key("fields").key(index);
    if object.source.fields.len() > MAX_FIELDS {
        let message = format!("an object may have at most {MAX_FIELDS} fields");
        violations.push(Violation::new(
            Pointer::root().key("fields"),
            "too_many",
            message,
        ));
    }
    let mut keys: HashMap<String, ApiName> = HashMap::new();
    for (index, field) in object.own_fields().enumerate() {
        let target = field.storage.target();
        if let Some(name) =
            target.filter(|name| model.object(name.as_str()).is_none_or(|o| o.read_only))
        {
            let place = at_field(index).key("settings").key("to");
            violations.push(Violation::new(
                place,
                "unknown",
                format!("there is no object `{name}`"),
            ));
        }
        for key in field.keys() {
            let system = RESERVED_KEYS.contains(&key.as_str());
            if let Some(other) = keys.insert(key.clone(), field.api_name().clone())
                && other != *field.api_name()
            {
                let message = format!(
                    "the fields `{other}` and `{}` would both be called `{key}`",
                    field.api_name()
                );
                violations.push(Violation::new(
                    at_field(index).key("api_name"),
                    "clash",
                    message,
                ));
            } else if system && key != field.api_name().as_str() {
                let message = format!("`{key}` is a reserved name");
                violations.push(Violation::new(
                    at_field(index).key("api_name"),
                    "reserved",
                    message,
                ));
            }
        }
    }
    violations.extend(check_label(object));
    violations.extend(check_form(object));
    violations.extend(check_inverses(model, object));
    violations
}

fn check_label(object: &Object) -> Option<Violation> {
    let label = object.source.head.label_field.as_ref()?;
    let message = match object.fields.get(label) {
        Some(field) if field.field_type.titles() => return None,
        Some(_) => {
            format!("the field `{label}` cannot serve as a title: choose one that holds text")
        }
        None => format!("there is no field `{label}`"),
    };
    Some(Violation::new(
        Pointer::root().key("label_field"),
        "unknown",
        message,
    ))
}

/// A form names fields that there are, each once.
fn check_form(object: &Object) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut seen = HashSet::new();
    for (section, about) in object.source.head.form.iter().enumerate() {
        for (index, name) in about.fields.iter().enumerate() {
            let (code, message) = if !object.fields.contains_key(name) {
                ("unknown", format!("there is no field `{name}`"))
            } else if !seen.insert(name) {
                ("unique", format!("the field `{name}` stands twice"))
            } else {
                continue;
            };
            let place = Pointer::root().key("form").key(section);
            let place = place.key("fields").key(index);
            violations.push(Violation::new(place, code, message));
        }
    }
    violations
}

/// An inverse must not take a name its target has already. Looks from both ends, since either may be the new one.
fn check_inverses(model: &Model, object: &Object) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (index, field) in object.own_fields().enumerate() {
        let target = field
            .storage
            .target()
            .and_then(|name| model.object(name.as_str()));
        let (Some(target), Some(inverse)) = (target, field.storage.inverse()) else {
            continue;
        };
        let key = inverse.api_name.as_str();
        let claims = offered(model, target.api_name(), key);
        let taken = target
            .fields
            .values()
            .any(|f| f.keys().iter().any(|k| k == key));
        if taken || claims > 1 || RESERVED_KEYS.contains(&key) {
            let place = Pointer::root()
                .key("fields")
                .key(index)
                .key("settings")
                .key("inverse")
                .key("api_name");
            let message = format!(
                "`{}` has something called `{key}` already",
                target.api_name()
            );
            violations.push(Violation::new(place, "clash", message));
        }
    }
    // A new field here may take the name that another object's relation already offers.
    let own: HashMap<String, usize> = object
        .own_fields()
        .enumerate()
        .flat_map(|(index, field)| field.keys().into_iter().map(move |key| (key, index)))
        .collect();
    for (key, inverse) in &object.inverses {
        if let Some(index) = own.get(key.as_str())
            && inverse.object != *object.api_name()
        {
            let place = Pointer::root().key("fields").key(index).key("api_name");
            let message = format!(
                "the relation `{}` of `{}` is called `{key}` here already",
                inverse.field, inverse.object
            );
            violations.push(Violation::new(place, "clash", message));
        }
    }
    violations
}

/// How many relations offer `key` on `target`.
fn offered(model: &Model, target: &ApiName, key: &str) -> usize {
    model
        .definitions()
        .iter()
        .flat_map(|object| object.offered_inverses())
        .filter(|(to, inverse)| to == target && inverse.definition.api_name.as_str() == key)
        .count()
}

/// The object's own names: not reserved, and not another object's.
fn check_names(model: &Model, object: &Object) -> Vec<Violation> {
    let head = &object.source.head;
    let (name, plural) = (&head.api_name, &head.plural_api_name);
    let mut violations = Vec::new();
    let mut at = |key: &str, code, message: String| {
        violations.push(Violation::new(Pointer::root().key(key), code, message));
    };
    if MEMBERS.contains(&name.as_str()) {
        at(
            "api_name",
            "reserved",
            format!("`{name}` is a reserved name"),
        );
    }
    if MEMBERS.contains(&plural.as_str()) || PATHS.contains(&plural.as_str()) {
        let message = format!("`/api/v1/{plural}` is a path of Tessera's own");
        at("plural_api_name", "reserved", message);
    }
    if name == plural {
        at(
            "plural_api_name",
            "clash",
            "the plural must differ from the name".to_owned(),
        );
    }
    for other in model.definitions() {
        let theirs = &other.source.head;
        let taken = [&theirs.api_name, &theirs.plural_api_name];
        if other.source.id != object.source.id
            && (taken.contains(&plural) || theirs.plural_api_name == *name)
        {
            at(
                "plural_api_name",
                "clash",
                format!("the names of `{}` and these would clash", theirs.api_name),
            );
        }
    }
    violations
}
