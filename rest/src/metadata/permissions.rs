//! What a caller sees of the model, and what they may do with the records.

use serde_json::{Value as Json, json};
use tessera_engine::principal::Principal;
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
    let may = principal.role.permissions;
    let writes = may.write && !object.read_only;
    description["permissions"] = json!({
        "read": may.read,
        "create": writes,
        "update": writes,
        "delete": writes,
        "restore": writes,
        "destroy": writes,
    });
    for list in ["fields", "system_fields"] {
        let described = description[list].as_array_mut().into_iter().flatten();
        for field in described {
            let name = field["api_name"].as_str().unwrap_or_default();
            if let Some(known) = object.fields.get(name) {
                field["permissions"] = of_field(object, known, principal);
            }
        }
    }
    description
}

/// A field's description with the `permissions` of the caller.
pub(super) fn shown_field(object: &Object, field: &Field, principal: &Principal) -> Json {
    let mut description = describe::field(field);
    description["permissions"] = of_field(object, field, principal);
    description
}

fn of_field(object: &Object, field: &Field, principal: &Principal) -> Json {
    let may = principal.role.permissions;
    let writes = may.write && !object.read_only && field.writable();
    json!({"read": may.read, "create": writes, "update": writes})
}
