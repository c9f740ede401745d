//! What a caller sees of the model, and what they may do with the records.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use tessera_identity::principal::Principal;
use tessera_schema::describe;
use tessera_schema::object::{Field, Object};

/// Whether there is anything of the objects that the caller may know of.
pub(super) fn sees(principal: &Principal) -> bool {
    let may = principal.role.permissions;
    may.read || may.write || may.model
}

/// An object's description with the `permissions` of the caller, its fields' included.
pub(super) fn shown(object: &Object, principal: &Principal) -> Json {
    let mut description = describe::object(object);
    let mut readable = Map::new();
    for list in ["fields", "system_fields"] {
        let described = description[list].as_array_mut().into_iter().flatten();
        for field in described {
            let name = field["api_name"].as_str().unwrap_or_default().to_owned();
            if let Some(known) = object.fields.get(name.as_str()) {
                let may = FieldAccess::of(object, known, principal);
                field["permissions"] = json!(may);
                readable.insert(name, json!(may.most()));
            }
        }
    }
    let may = principal.role.permissions;
    let writes = may.write && !object.read_only;
    description["permissions"] = json!({
        "read": may.read,
        "create": writes,
        "update": writes,
        "delete": writes,
        "restore": writes,
        "destroy": writes,
        "fields": readable,
    });
    description
}

/// A field's description with the `permissions` of the caller.
pub(super) fn shown_field(object: &Object, field: &Field, principal: &Principal) -> Json {
    let mut description = describe::field(field);
    description["permissions"] = json!(FieldAccess::of(object, field, principal));
    description
}

/// What a caller may do with the values of one field.
#[derive(Debug, Clone, Copy, Serialize)]
struct FieldAccess {
    read: bool,
    create: bool,
    update: bool,
}

impl FieldAccess {
    fn of(object: &Object, field: &Field, principal: &Principal) -> Self {
        let may = principal.role.permissions;
        let writes = may.write && !object.read_only && field.writable();
        Self {
            read: may.read,
            create: writes,
            update: writes,
        }
    }

    /// The most of it in one word.
    const fn most(self) -> &'static str {
        if self.create || self.update {
            "write"
        } else if self.read {
            "read"
        } else {
            "none"
        }
    }
}
