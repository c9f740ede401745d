//! An operation's variables, and arguments with the variables filled in.
//!
//! What is absent stays absent: an omitted variable takes its argument or its input field with it, and becomes null
//! only as an item of a list.

use async_graphql::parser::types::OperationDefinition;
use async_graphql::registry::{MetaInputValue, MetaType, MetaTypeName, Registry};
use async_graphql_value::Value;
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use tessera_schema::violation::Pointer;

use crate::coerce::{
    Unfit, coerce, expected_type, fits, is_required, json, required_fields, unknown_field,
};
use crate::error::GraphQlError;

/// The values of an operation's variables.
pub(crate) struct Variables<'r> {
    registry: &'r Registry,
    /// Only those that have a value.
    values: HashMap<String, Json>,
    /// As the operation declares them.
    types: HashMap<String, Declared>,
}

#[derive(Debug)]
struct Declared {
    ty: String,
    /// There is a default that is not null, so the variable may stand where null may not.
    defaulted: bool,
    /// The request says nothing of it.
    omitted: bool,
}

impl<'r> Variables<'r> {
    /// Reads what a request gives for the variables of an operation.
    pub(crate) fn read(
        registry: &'r Registry,
        operation: &OperationDefinition,
        given: &Map<String, Json>,
    ) -> Result<Self, Vec<GraphQlError>> {
        let mut errors = Vec::new();
        let mut variables = Self {
            registry,
            values: HashMap::new(),
            types: HashMap::new(),
        };
        for definition in &operation.variable_definitions {
            let (pos, definition) = (definition.pos, &definition.node);
            let name = definition.name.node.as_str();
            let ty = definition.var_type.node.to_string();
            let default = definition
                .default_value
                .as_ref()
                .map(|value| json(&value.node));
            let defaulted = default.as_ref().is_some_and(|value| !value.is_null());
            match given.get(name).cloned().or(default) {
                Some(value) => match coerce(registry, &ty, value, &Pointer::root()) {
                    Ok(value) => {
                        variables.values.insert(name.to_owned(), value);
                    }
                    Err(unfit) => errors.push(unfit.error(&format!("${name}"), pos)),
                },
                None if ty.ends_with('!') => {
                    let message = format!("${name}: a value of type `{ty}` is required");
                    errors.push(GraphQlError::malformed(message, vec![pos]));
                }
                None => {}
            }
            let declared = Declared {
                ty,
                defaulted,
                omitted: !given.contains_key(name),
            };
            variables.types.insert(name.to_owned(), declared);
        }
        if errors.is_empty() {
            Ok(variables)
        } else {
            Err(errors)
        }
    }

    /// The default of a variable that the request leaves out: what it stands for in all requests that do.
    pub(crate) fn default_in_use(&self, name: &str) -> Option<&Json> {
        let declared = self.types.get(name)?;
        declared.omitted.then(|| self.values.get(name)).flatten()
    }

    /// The arguments of a field or directive, those that have a value.
    pub(crate) fn arguments<'a>(
        &self,
        expected: impl Iterator<Item = &'a MetaInputValue>,
        given: impl Fn(&str) -> Option<&'a Value>,
    ) -> Result<Map<String, Json>, (String, Unfit)> {
        let mut arguments = Map::new();
        for argument in expected {
            let value = match given(&argument.name) {
                Some(value) => self.value(expected_type(argument), value, &Pointer::root()),
                None => Ok(None),
            };
            let value = value.map_err(|unfit| (argument.name.clone(), unfit))?;
            match value {
                Some(value) => {
                    arguments.insert(argument.name.clone(), value);
                }
                None if is_required(argument) => {
                    let unfit = Unfit::new(
                        &Pointer::root(),
                        format!("a value of type `{}` is required", argument.ty),
                    );
                    return Err((argument.name.clone(), unfit));
                }
                None => {}
            }
        }
        Ok(arguments)
    }

    /// A value as the document writes it; none for an omitted variable.
    fn value(&self, ty: &str, value: &Value, at: &Pointer) -> Result<Option<Json>, Unfit> {
        match (MetaTypeName::create(ty), value) {
            (_, Value::Variable(name)) => self.variable(ty, name, at),
            (MetaTypeName::NonNull(inner), value) if *value != Value::Null => {
                self.value(inner, value, at)
            }
            (MetaTypeName::List(inner), Value::List(items)) => {
                let items = items.iter().enumerate().map(|(index, item)| {
                    let at = at.key(index);
                    let item = self.value(inner, item, &at)?.unwrap_or(Json::Null);
                    if item.is_null() && inner.ends_with('!') {
                        return Err(Unfit::new(
                            &at,
                            format!("a value of type `{inner}` is required"),
                        ));
                    }
                    Ok(item)
                });
                items
                    .collect::<Result<_, _>>()
                    .map(|items| Some(Json::Array(items)))
            }
            (MetaTypeName::List(inner), value) if *value != Value::Null => {
                let item = self.value(inner, value, at)?;
                Ok(item.map(|item| Json::Array(vec![item])))
            }
            (MetaTypeName::Named(name), Value::Object(entries)) => {
                match self.registry.types.get(name) {
                    Some(MetaType::InputObject { input_fields, .. }) => {
                        if let Some(unknown) = entries
                            .keys()
                            .find(|key| !input_fields.contains_key(key.as_str()))
                        {
                            return Err(unknown_field(at, name, unknown));
                        }
                        let mut object = Map::new();
                        // In the document's order, which tells the keys of an order apart.
                        for (key, value) in entries {
                            let field = &input_fields[key.as_str()];
                            if let Some(value) = self.value(&field.ty, value, &at.key(key))? {
                                object.insert(key.to_string(), value);
                            }
                        }
                        required_fields(input_fields.values(), &object, at)?;
                        Ok(Some(Json::Object(object)))
                    }
                    _ => self.plain(ty, value, at),
                }
            }
            _ => self.plain(ty, value, at),
        }
    }

    /// A value in which variables have no types of their own: a scalar's.
    fn plain(&self, ty: &str, value: &Value, at: &Pointer) -> Result<Option<Json>, Unfit> {
        match self.untyped(value) {
            Some(value) => coerce(self.registry, ty, value, at).map(Some),
            None => Ok(None),
        }
    }

    fn untyped(&self, value: &Value) -> Option<Json> {
        Some(match value {
            Value::Variable(name) => return self.values.get(name.as_str()).cloned(),
            Value::List(items) => items
                .iter()
                .map(|item| self.untyped(item).unwrap_or(Json::Null))
                .collect(),
            Value::Object(entries) => {
                let given = entries
                    .iter()
                    .filter_map(|(key, value)| Some((key.to_string(), self.untyped(value)?)));
                Json::Object(given.collect())
            }
            leaf => leaf.clone().into_json().unwrap_or(Json::Null),
        })
    }

    fn variable(&self, ty: &str, name: &str, at: &Pointer) -> Result<Option<Json>, Unfit> {
        let Some(declared) = self.types.get(name) else {
            return Err(Unfit::new(
                at,
                format!("the variable `${name}` is not declared"),
            ));
        };
        let nullable = ty.strip_suffix('!').filter(|_| declared.defaulted);
        if !fits(&declared.ty, nullable.unwrap_or(ty)) {
            let message = format!(
                "the variable `${name}` of type `{}` stands where `{ty}` is expected",
                declared.ty
            );
            return Err(Unfit::new(at, message));
        }
        match self.values.get(name) {
            Some(Json::Null) if ty.ends_with('!') => Err(Unfit::new(
                at,
                format!("a value of type `{ty}` is required, but `${name}` is null"),
            )),
            value => Ok(value.cloned()),
        }
    }
}
