//! What a caller sees of the model, and what they may do with the records.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use tessera_schema::access::Right;
use tessera_schema::access::view::View;
use tessera_schema::describe;
use tessera_schema::object::{Field, Object};

/// An object's description with the `permissions` of the caller, its fields' included.
pub(super) fn shown(object: &Object, view: &View) -> Json {
    let mut description = describe::object(object);
    let mut readable = Map::new();
    for list in ["fields", "system_fields"] {
        let described = description[list].as_array_mut().into_iter().flatten();
        for field in described {
            let name = field["api_name"].as_str().unwrap_or_default().to_owned();
            if let Some(known) = object.fields.get(name.as_str()) {
                let may = FieldAccess::of(object, known, view);
                field["permissions"] = json!(may);
                readable.insert(name, json!(may.most()));
            }
        }
    }
    description["permissions"] = json!({
        "read": view.may(object, Right::Read),
        "create": view.may(object, Right::Create),
        "update": view.may(object, Right::Update),
        "delete": view.may(object, Right::Delete),
        "restore": view.may(object, Right::Restore),
        "destroy": view.may(object, Right::Destroy),
        "fields": readable,
    });
    description
}

/// A field's description with the `permissions` of the caller.
pub(super) fn shown_field(object: &Object, field: &Field, view: &View) -> Json {
    let mut description = describe::field(field);
    description["permissions"] = json!(FieldAccess::of(object, field, view));
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
    fn of(object: &Object, field: &Field, view: &View) -> Self {
        Self {
            read: view.may_on(object, field, Right::Read),
            create: view.may_on(object, field, Right::Create),
            update: view.may_on(object, field, Right::Update),
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
