//! JSON values as values of GraphQL types: input coercion, as the specification has it.

use async_graphql::dynamic::TypeRef;
use async_graphql::registry::{MetaInputValue, MetaType, MetaTypeName, Registry};
use async_graphql::{Pos, Value as ConstValue};
use serde_json::{Map, Value as Json};
use tessera_schema::number;
use tessera_schema::scalar::Scalar;
use tessera_schema::violation::Pointer;

use crate::error::GraphQlError;

/// A value that does not fit its type.
#[derive(Debug)]
pub(crate) struct Unfit {
    at: Pointer,
    message: String,
}

impl Unfit {
    pub(crate) fn new(at: &Pointer, message: impl Into<String>) -> Self {
        Self {
            at: at.clone(),
            message: message.into(),
        }
    }

    /// As an error on the value called `name`.
    pub(crate) fn error(&self, name: &str, pos: Pos) -> GraphQlError {
        let message = format!(
            "{name}{}: {}",
            self.at.as_str().replace('/', "."),
            self.message
        );
        GraphQlError::malformed(message, vec![pos])
    }
}

/// Whether every value of type `given` is one of type `expected`.
pub(crate) fn fits(given: &str, expected: &str) -> bool {
    match (MetaTypeName::create(given), MetaTypeName::create(expected)) {
        (MetaTypeName::NonNull(given), MetaTypeName::NonNull(expected))
        | (MetaTypeName::List(given), MetaTypeName::List(expected)) => fits(given, expected),
        (_, MetaTypeName::NonNull(_)) => false,
        (MetaTypeName::NonNull(given), _) => fits(given, expected),
        (MetaTypeName::Named(given), MetaTypeName::Named(expected)) => given == expected,
        _ => false,
    }
}

/// A JSON value as a value of a type.
pub(crate) fn coerce(
    registry: &Registry,
    ty: &str,
    value: Json,
    at: &Pointer,
) -> Result<Json, Unfit> {
    match MetaTypeName::create(ty) {
        MetaTypeName::NonNull(inner) if value.is_null() => Err(Unfit::new(
            at,
            format!("a value of type `{inner}` is required, not null"),
        )),
        MetaTypeName::NonNull(inner) => coerce(registry, inner, value, at),
        _ if value.is_null() => Ok(Json::Null),
        MetaTypeName::List(inner) => match value {
            Json::Array(items) => {
                let items = items.into_iter().enumerate();
                let items =
                    items.map(|(index, item)| coerce(registry, inner, item, &at.key(index)));
                items.collect::<Result<_, _>>().map(Json::Array)
            }
            one => coerce(registry, inner, one, at).map(|one| Json::Array(vec![one])),
        },
        MetaTypeName::Named(name) => coerce_named(registry, name, value, at),
    }
}

fn coerce_named(registry: &Registry, name: &str, value: Json, at: &Pointer) -> Result<Json, Unfit> {
    let wrong = || Unfit::new(at, format!("a value of type `{name}` is expected"));
    match registry.types.get(name) {
        Some(MetaType::Scalar { is_valid: None, .. }) => Ok(value),
        Some(MetaType::Scalar {
            is_valid: Some(is_valid),
            ..
        }) => {
            // JSON tells no whole number from others: 5.0 is one.
            let whole = if is_integer(name) {
                number::whole(&value)
            } else {
                None
            };
            let value = whole.map_or(value, Json::from);
            if name == TypeRef::INT && value.as_i64().is_some_and(is_large) {
                let message = format!(
                    "`{value}` is beyond the 32 bits of `{name}`; a field whose `min` or `max` reaches beyond has 64"
                );
                return Err(Unfit::new(at, message));
            }
            let leaf = match &value {
                Json::Array(_) | Json::Object(_) => return Err(wrong()),
                // The library's own reading of JSON would make an object of a number with a point.
                Json::Number(number) => ConstValue::Number(number.clone()),
                leaf => ConstValue::from_json(leaf.clone()).map_err(|_| wrong())?,
            };
            if is_valid(&leaf) {
                Ok(value)
            } else {
                Err(wrong())
            }
        }
        Some(MetaType::Enum { enum_values, .. }) => match value.as_str() {
            Some(text) if enum_values.contains_key(text) => Ok(value),
            _ => {
                let names: Vec<_> = enum_values.keys().map(String::as_str).collect();
                Err(Unfit::new(
                    at,
                    format!("one of {} is expected", names.join(", ")),
                ))
            }
        },
        Some(MetaType::InputObject { input_fields, .. }) => {
            let Json::Object(entries) = value else {
                return Err(wrong());
            };
            let mut object = Map::with_capacity(entries.len());
            for (key, value) in entries {
                let field = input_fields
                    .get(&key)
                    .ok_or_else(|| unknown_field(at, name, &key))?;
                let value = coerce(registry, &field.ty, value, &at.key(&key))?;
                object.insert(key, value);
            }
            required_fields(input_fields.values(), &object, at)?;
            Ok(Json::Object(object))
        }
        _ => Err(wrong()),
    }
}

fn is_integer(scalar: &str) -> bool {
    Scalar::of_graphql(scalar).is_some_and(Scalar::is_whole)
}

fn is_large(number: i64) -> bool {
    i32::try_from(number).is_err()
}

pub(crate) fn is_required(value: &MetaInputValue) -> bool {
    value.ty.ends_with('!') && value.default_value.is_none()
}

/// What has a default may be left to a nullable variable.
pub(crate) fn expected_type(value: &MetaInputValue) -> &str {
    match &value.default_value {
        Some(_) => value.ty.trim_end_matches('!'),
        None => &value.ty,
    }
}

pub(crate) fn required_fields<'a>(
    mut fields: impl Iterator<Item = &'a MetaInputValue>,
    object: &Map<String, Json>,
    at: &Pointer,
) -> Result<(), Unfit> {
    match fields.find(|field| is_required(field) && !object.contains_key(&field.name)) {
        Some(field) => Err(Unfit::new(
            &at.key(&field.name),
            format!("a value of type `{}` is required", field.ty),
        )),
        None => Ok(()),
    }
}

pub(crate) fn unknown_field(at: &Pointer, ty: &str, key: &str) -> Unfit {
    let key: String = key.chars().take(80).collect();
    Unfit::new(at, format!("`{ty}` has no field `{key}`"))
}

/// A constant of a document as JSON; an enum's value is its name.
pub(crate) fn json(value: &ConstValue) -> Json {
    value.clone().into_json().unwrap_or(Json::Null)
}
