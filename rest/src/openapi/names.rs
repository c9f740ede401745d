//! Names of components, unique whatever a tenant calls its objects.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use tessera_schema::ident::ApiName;
use tessera_schema::model::Model;
use tessera_schema::naming::from_type_stem;
use tessera_schema::scalar::Scalar;
use tessera_schema::type_names::TypeNames;

/// Suffixes of the schemas of one object.
pub(super) const CREATE: &str = "CreateInput";
pub(super) const UPDATE: &str = "UpdateInput";
pub(super) const CHANGE_INPUT: &str = "ChangeInput";
pub(super) const PAGE: &str = "Page";
/// A record with only some of its values: `fields` shows just what it names.
pub(super) const PART: &str = "Part";
/// The body of `POST /{plural}/aggregate`.
pub(super) const AGGREGATE: &str = "AggregateRequest";

const TYPES: TypeNames<'static> = TypeNames::new(
    &[
        "",
        "Filter",
        "ListFilter",
        CREATE,
        UPDATE,
        CHANGE_INPUT,
        PAGE,
        PART,
        AGGREGATE,
    ],
    is_fixed,
);

/// The schemas of the platform's own, those of field types apart.
const OWN: [&str; 36] = [
    "Affected",
    "Aggregates",
    "Batch",
    "BatchResult",
    "Changes",
    "Credentials",
    "Cursors",
    "FieldDefinition",
    "FieldDescription",
    "FieldPatch",
    "FieldType",
    "FieldUsage",
    "GroupKey",
    "Having",
    "History",
    "LogoutRequest",
    "Me",
    "Member",
    "Module",
    "ObjectDefinition",
    "ObjectDescription",
    "ObjectPatch",
    "PasswordChange",
    "Problem",
    "Profile",
    "ProfileChange",
    "RefreshRequest",
    "RefreshToken",
    "Reversion",
    "Reverted",
    "SearchResult",
    "Session",
    "SignUp",
    "SignedIn",
    "Tenant",
    "Violation",
];

/// Whether a schema of this name is no object's.
pub(super) fn is_fixed(model: &Model, name: &str) -> bool {
    let is_scalar = |name: &str| Scalar::ALL.iter().any(|scalar| scalar.graphql() == name);
    let is_field_type =
        |name: &str| from_type_stem(name).is_some_and(|name| model.types().get(&name).is_some());
    let is_value = |name: &str| name.strip_suffix("Value").is_some_and(is_field_type);
    let is_condition = |name: &str| {
        let of = name.strip_suffix("Condition");
        of.is_some_and(|of| is_scalar(of) || is_field_type(of) || is_value(of))
    };
    OWN.contains(&name) || is_value(name) || is_condition(name)
}

/// The names of component schemas under one model.
#[derive(Debug)]
pub(super) struct Names(Arc<Model>);

impl Names {
    pub(super) const fn of(model: Arc<Model>) -> Self {
        Self(model)
    }

    /// A schema of the platform's own; [`OWN`] lists them.
    #[expect(clippy::unused_self, reason = "names are asked for in one place")]
    pub(super) fn own(&self, name: &str) -> String {
        name.to_owned()
    }

    /// A reference to a schema of the platform's own.
    pub(super) fn refer(&self, name: &str) -> Json {
        schema(&self.own(name))
    }

    /// A schema that belongs to one object, such as `ContactFilter`.
    pub(super) fn of_object(&self, object: &ApiName, suffix: &str) -> String {
        TYPES.of_object(&self.0, object, suffix)
    }

    /// A reference to an object's schema.
    pub(super) fn refer_to(&self, object: &ApiName, suffix: &str) -> Json {
        schema(&self.of_object(object, suffix))
    }
}

pub(super) fn schema(name: &str) -> Json {
    reference("schemas", name)
}

pub(super) fn parameter(name: &str) -> Json {
    reference("parameters", name)
}

pub(super) fn reference(section: &str, name: &str) -> Json {
    json!({"$ref": format!("#/components/{section}/{name}")})
}
