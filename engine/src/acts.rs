//! Changes of a model and its roles, as the audit log keeps them.

use serde_json::{Value as Json, json};
use tessera_catalog::change::Change;
use tessera_catalog::role_change::RoleChange;
use tessera_identity::audit::{Act, Subject};

const fn of_model(action: &'static str, details: Json) -> Act {
    Act {
        subject: Subject::Model,
        action,
        details,
    }
}

pub(crate) fn of_change(change: &Change) -> Act {
    match change {
        Change::CreateObject(draft) => {
            let name = draft.sound.as_ref().map(|sound| &sound.head.api_name);
            of_model("object.made", json!({"object": name}))
        }
        Change::PatchObject { object, patch } => {
            of_model("object.changed", json!({"object": object, "patch": patch}))
        }
        Change::RemoveObject { object, .. } => {
            of_model("object.removed", json!({"object": object}))
        }
        Change::CreateField { object, draft } => {
            let field = draft.sound.as_ref().map(|sound| &sound.api_name);
            of_model("field.made", json!({"object": object, "field": field}))
        }
        Change::PatchField {
            object,
            field,
            patch,
        } => {
            let details = json!({"object": object, "field": field, "patch": patch});
            of_model("field.changed", details)
        }
        Change::RemoveField { object, field, .. } => {
            of_model("field.removed", json!({"object": object, "field": field}))
        }
    }
}

pub(crate) fn of_module(name: &str) -> Act {
    of_model("module.enabled", json!({"module": name}))
}

pub(crate) fn of_role(change: &RoleChange) -> Act {
    let (action, details) = match change {
        RoleChange::Create(role) => ("role.made", json!(role)),
        RoleChange::Patch { role, patch } => {
            ("role.changed", json!({"role": role, "patch": patch}))
        }
        RoleChange::Remove { role } => ("role.removed", json!({"role": role})),
    };
    Act {
        subject: Subject::Access,
        action,
        details,
    }
}
