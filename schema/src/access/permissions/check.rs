//! Whether what a role grants fits a model.

use serde_json::{Value as Json, json};

use super::{Fields, Permission, Permissions};
use crate::access::Right;
use crate::filter::Filter;
use crate::filter::variable::Variable;
use crate::model::Model;
use crate::naming::Spelling;
use crate::object::{Attribute, Object};
use crate::record::Record;
use crate::text::clip;
use crate::violation::{Pointer, Violation};

impl Permissions {
    /// Everything that the permissions name and a model does not have, with pointers that begin at the role.
    #[must_use]
    pub fn check(&self, model: &Model) -> Vec<Violation> {
        let mut violations = Vec::new();
        for (name, permissions) in &self.objects {
            let at = Pointer::root().key("objects").key(name);
            let Some(object) = model.object(name.as_str()) else {
                let message = format!("there is no object `{name}`");
                violations.push(Violation::new(at, "unknown", message));
                continue;
            };
            for (right, permission) in permissions.granted() {
                let below = |violation: Violation| Violation {
                    pointer: at.key(right.name()).join(&violation.pointer),
                    ..violation
                };
                let found = permission.check(model, object, right);
                violations.extend(found.into_iter().map(below));
            }
        }
        violations
    }
}

impl Permission {
    fn check(&self, model: &Model, object: &Object, right: Right) -> Vec<Violation> {
        let mut violations = Vec::new();
        if let Some(filter) = &self.filter
            && let Err(found) = Filter::parse(model, object, filter, Spelling::Snake)
        {
            violations.extend(found.into_iter().map(|violation| violation.below("filter")));
        }
        let at = Pointer::root().key("fields");
        let (names, at) = match &self.fields {
            Fields::All => (None, at),
            Fields::Only(names) => (Some(names), at),
            Fields::Except(names) => (Some(names), at.key("except")),
        };
        for name in names.into_iter().flatten() {
            if !object.fields.values().any(|field| field.is_called(name)) {
                let message = format!("`{}` has no field `{}`", object.api_name(), clip(name));
                violations.push(Violation::new(at.key(name), "unknown", message));
            }
        }
        for (key, value) in &self.presets {
            let found = preset(object, right, key, value);
            violations.extend(
                found
                    .into_iter()
                    .map(|violation| violation.below("presets")),
            );
        }
        violations
    }
}

fn preset(object: &Object, right: Right, key: &str, value: &Json) -> Vec<Violation> {
    debug_assert!(right.gives_values(), "the reader refuses presets elsewhere");
    let variable = value.as_str().and_then(Variable::parse);
    let kept = object
        .fields
        .values()
        .any(|field| field.is_called(key) && !field.writable());
    if kept {
        let message = format!("`{key}` is kept by the server");
        return vec![Violation::new(
            Pointer::root().key(key),
            "read_only",
            message,
        )];
    }
    let column = match object.attribute(key) {
        Some(Attribute::Column(_, column)) => Some(column),
        _ => None,
    };
    match (variable, column) {
        (Some(variable), Some(column)) if variable.fits(column.column_type.scalar) => {
            if variable.presets(column.column_type.scalar) {
                return Vec::new();
            }
            let message =
                "a preset may be `$user.id`, `$now` for a date with time, and `$today` for a date";
            vec![Violation::new(
                Pointer::root().key(key),
                "variable",
                message,
            )]
        }
        _ => {
            let change = Record::update(object, &json!({ key: value }), Spelling::Snake);
            change.err().unwrap_or_default()
        }
    }
}
