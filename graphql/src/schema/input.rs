//! What is written into a record.

use async_graphql::dynamic::{Enum, InputValue, TypeRef};
use std::sync::Arc;
use tessera_schema::access::Right;
use tessera_schema::naming::camel;
use tessera_schema::object::{Field, Object, UniqueKey};
use tessera_schema::scalar::Scalar;
use tessera_schema::storage::ValueForm;

use super::{Builder, Part, description, input, named};

impl Builder<'_> {
    pub(super) fn add_create_input(&mut self, object: &Arc<Object>) {
        let id = input(
            "id",
            TypeRef::named(self.scalar(Scalar::Uuid)),
            Some("Made by the server where it is not given."),
        );
        let mut values = vec![id];
        let may = |field: &Arc<Field>| self.view.may_on(object, field, Right::Create);
        for field in object.own_fields().filter(|field| may(field)) {
            let definition = &field.definition;
            let has_default = definition
                .default_value
                .as_ref()
                .is_some_and(|value| !value.is_null());
            let required = definition.required && !has_default;
            // What must be given is there even if the document forgets it: that is the error to report.
            if required || self.scope.has(&camel(&field.value_key())) {
                values.push(self.written(field, required));
            }
        }
        self.add_input(&self.name(Part::CreateInput, object), values);
    }

    pub(super) fn add_update_input(&mut self, object: &Arc<Object>) {
        let may = |field: &Arc<Field>| self.view.may_on(object, field, Right::Update);
        let writable = || object.own_fields().filter(|field| may(field));
        let named = writable().filter(|field| self.scope.has(&camel(&field.value_key())));
        let mut fields: Vec<_> = named.collect();
        if fields.is_empty() {
            // An input type has at least one field.
            fields.extend(writable().next());
        }
        let values = fields
            .into_iter()
            .map(|field| self.written(field, false))
            .collect();
        self.add_input(&self.name(Part::UpdateInput, object), values);
    }

    /// Every key, whatever the document names: an enum has few values, and the id is always one of them.
    pub(super) fn add_unique_field(&mut self, object: &Arc<Object>) {
        let keys: Vec<_> = std::iter::once(object.id_key())
            .chain(object.unique_keys())
            .collect();
        let count = keys.len();
        let values = keys.into_iter().map(|key| unique_value(&key));
        let name = self.name(Part::UniqueField, object);
        self.add(values.fold(Enum::new(name), Enum::item), count);
    }

    fn written(&mut self, field: &Field, required: bool) -> InputValue {
        let ty = match field.form() {
            ValueForm::Column(column) => self.column_type(column, required),
            ValueForm::Composite(components) => {
                named(self.value_input(field, components), required)
            }
            ValueForm::Ids => TypeRef::named_nn_list(self.scalar(Scalar::Uuid)),
        };
        input(camel(&field.value_key()), ty, description(field).as_deref())
    }
}

/// What an upsert can match on, as a value of an enum: these cannot have just any name.
pub(crate) fn unique_value(key: &UniqueKey) -> String {
    let name = camel(&key.name);
    match name.as_str() {
        "true" | "false" | "null" => format!("{name}_"),
        _ => name,
    }
}
