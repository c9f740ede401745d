//! The types that are there whatever the model: scalars, pages, directions.

use async_graphql::Value;
use async_graphql::dynamic::{Enum, EnumItem, Interface, InterfaceField, Object, Scalar, TypeRef};
use tessera_schema::model::Model;
use tessera_schema::naming::{NODE_ID, from_type_stem};
use tessera_schema::scalar::Scalar as Kind;

use super::{Builder, output};

pub(super) const QUERY: &str = "Query";
pub(super) const MUTATION: &str = "Mutation";
pub(super) const NODE: &str = "Node";
pub(super) const AFFECTED: &str = "Affected";
pub(super) const DELETED: &str = "Deleted";
pub(super) const DIRECTION: &str = "OrderDirection";
pub(super) const PAGE_INFO: &str = "PageInfo";
pub(super) const PERIOD: &str = "Period";
pub(super) const SEARCH_HIT: &str = "SearchHit";

/// The types that are there whatever the model, its scalars apart.
const OWN: [&str; 11] = [
    QUERY,
    MUTATION,
    // Of this name, a client that reads the schema would take any type for the root of subscriptions.
    "Subscription",
    TypeRef::ID,
    NODE,
    AFFECTED,
    DELETED,
    DIRECTION,
    PAGE_INFO,
    PERIOD,
    SEARCH_HIT,
];

/// Whether a type of this name is no object's: it is there whatever the model, or is made of a scalar or of a field type.
pub(super) fn is_fixed(model: &Model, name: &str) -> bool {
    let is_scalar = |name: &str| Kind::ALL.iter().any(|kind| kind.graphql() == name);
    let mut of_scalars = ["", "Filter", "Part"].into_iter();
    OWN.contains(&name)
        || of_scalars.any(|suffix| name.strip_suffix(suffix).is_some_and(is_scalar))
        || is_of_field_type(model, name)
}

/// Whether it is `{field type}Value`, or is made of one.
fn is_of_field_type(model: &Model, name: &str) -> bool {
    const VALUE: &str = "Value";
    const SUFFIXES: [&str; 5] = ["", "Input", "OrderBy", "GroupBy", "Keys"];
    name.match_indices(VALUE).any(|(at, _)| {
        let suffix = &name[at + VALUE.len()..];
        // Conditions may be those of one component.
        (SUFFIXES.contains(&suffix) || suffix.ends_with("Filter"))
            && from_type_stem(&name[..at]).is_some_and(|name| model.types().get(&name).is_some())
    })
}

impl Builder<'_> {
    pub(super) fn add_platform(&mut self) {
        for kind in Kind::ALL {
            if let Some(scalar) = scalar(kind, self.scalar(kind)) {
                self.add(scalar, 1);
            }
        }
        let page = Object::new(self.platform(PAGE_INFO))
            .field(output(
                "hasNextPage",
                TypeRef::named_nn(TypeRef::BOOLEAN),
                None,
            ))
            .field(output(
                "hasPreviousPage",
                TypeRef::named_nn(TypeRef::BOOLEAN),
                None,
            ))
            .field(output("startCursor", TypeRef::named(TypeRef::STRING), None))
            .field(output("endCursor", TypeRef::named(TypeRef::STRING), None));
        self.add(page, 4);
        let deleted = Enum::new(self.platform(DELETED))
            .description("Whether records in the bin are seen.")
            .items(["EXCLUDE", "INCLUDE", "ONLY"]);
        self.add(deleted, 3);
        let direction = Enum::new(self.platform(DIRECTION))
            .item(EnumItem::new("ASC").description("Empty values last."))
            .item("ASC_NULLS_FIRST")
            .item("ASC_NULLS_LAST")
            .item(EnumItem::new("DESC").description("Empty values last."))
            .item("DESC_NULLS_FIRST")
            .item("DESC_NULLS_LAST");
        self.add(direction, 6);
    }

    /// The name of a type that is no object's: one of the platform's own, or one made of a field type.
    pub(super) fn platform(&self, name: &str) -> String {
        debug_assert!(is_fixed(self.model, name), "{name} is listed as fixed");
        name.to_owned()
    }

    pub(super) fn scalar(&self, kind: Kind) -> String {
        self.platform(kind.graphql())
    }

    pub(super) fn add_search_hit(&mut self) {
        let object = "The object's name, in camel case.";
        let label = "What names the record to people.";
        let rank = "From 0 to 1; above a half where every word is in the record, and not only one like it.";
        let text = || TypeRef::STRING;
        let hit = Object::new(self.platform(SEARCH_HIT))
            .field(output("object", TypeRef::named_nn(text()), Some(object)))
            .field(output(
                "id",
                TypeRef::named_nn(self.scalar(Kind::Uuid)),
                None,
            ))
            .field(output("label", TypeRef::named(text()), Some(label)))
            .field(output(
                "rank",
                TypeRef::named_nn(TypeRef::FLOAT),
                Some(rank),
            ));
        self.add(hit, 4);
    }

    pub(super) fn add_node(&mut self) {
        let id = InterfaceField::new(NODE_ID, TypeRef::named_nn(TypeRef::ID))
            .description("Says which record of which object. To be taken as it is.");
        let node = Interface::new(self.platform(NODE)).field(id);
        self.add(node.description("A record of any object."), 1);
    }

    pub(super) fn add_affected(&mut self) {
        let count = output(
            "affected",
            TypeRef::named_nn(TypeRef::INT),
            Some("How many records were written."),
        );
        self.add(Object::new(self.platform(AFFECTED)).field(count), 1);
    }
}

/// A scalar that GraphQL itself does not bring. The engine's readers check the form of values.
fn scalar(kind: Kind, name: String) -> Option<Scalar> {
    let scalar = Scalar::new(name).description(kind.description().en);
    Some(match kind {
        Kind::Text | Kind::Integer | Kind::Float | Kind::Boolean => return None,
        Kind::BigInteger => scalar
            .specified_by_url("https://the-guild.dev/graphql/scalars/docs/scalars/big-int")
            .validator(is_whole),
        Kind::Decimal => {
            scalar.validator(|value| matches!(value, Value::String(_) | Value::Number(_)))
        }
        Kind::Date | Kind::DateTime | Kind::Time | Kind::Duration | Kind::Uuid => {
            scalar.validator(is_text)
        }
        Kind::Json => scalar,
    })
}

fn is_whole(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_i64(),
        Value::String(text) => text.parse::<i64>().is_ok(),
        _ => false,
    }
}

const fn is_text(value: &Value) -> bool {
    matches!(value, Value::String(_))
}
