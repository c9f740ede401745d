//! Names of components and operations, unique whatever a tenant calls its objects.
//!
//! The names made of an object's are those that GraphQL has too, which the rules on definitions keep apart. A name of the
//! platform's own gives way to an object that happens to be called so.

use serde_json::{Value as Json, json};
use std::collections::HashSet;
use tessera_schema::ident::ApiName;
use tessera_schema::model::Model;
use tessera_schema::naming::{pascal, type_names};

/// Component schemas of the platform's own.
#[derive(Debug)]
pub(super) struct Names(HashSet<String>);

impl Names {
    pub(super) fn of(model: &Model) -> Self {
        let objects = model.objects().into_iter();
        Self(
            objects
                .flat_map(|object| type_names(object.api_name()).collect::<Vec<_>>())
                .collect(),
        )
    }

    /// A name that no object claims. Those that objects claim never end in an underscore.
    pub(super) fn own(&self, name: &str) -> String {
        if self.0.contains(name) {
            format!("{name}_")
        } else {
            name.to_owned()
        }
    }

    /// A reference to a schema of the platform's own.
    pub(super) fn refer(&self, name: &str) -> Json {
        schema(&self.own(name))
    }

    /// A schema of the platform's own that belongs to one object.
    pub(super) fn of_object(&self, object: &ApiName, suffix: &str) -> String {
        self.own(&object_schema(object, suffix))
    }
}

/// A schema that is an object's, such as `ContactFilter`.
pub(super) fn object_schema(object: &ApiName, suffix: &str) -> String {
    format!("{}{suffix}", pascal(object.as_str()))
}

pub(super) fn schema(name: &str) -> Json {
    reference("schemas", name)
}

/// A reference to an object's schema.
pub(super) fn of(object: &ApiName, suffix: &str) -> Json {
    schema(&object_schema(object, suffix))
}

pub(super) fn parameter(name: &str) -> Json {
    reference("parameters", name)
}

pub(super) fn reference(section: &str, name: &str) -> Json {
    json!({"$ref": format!("#/components/{section}/{name}")})
}
