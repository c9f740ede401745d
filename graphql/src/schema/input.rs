//! What is written into a record.

use async_graphql::dynamic::{Enum, InputValue, TypeRef};
use std::sync::Arc;

use super::record::column_type;
use super::{Builder, Part, description, input, named};
use tessera_schema::field_type::Storage;
use tessera_schema::naming::camel;
use tessera_schema::object::{Field, Object};
use tessera_schema::scalar::Scalar;

impl Builder<'_> {
    pub(super) fn add_create_input(&mut self, object: &Arc<Object>) {
        let id = input(
            "id",
            TypeRef::named(Scalar::Uuid.graphql()),
            Some("Made by the server where it is not given."),
        );
        let mut values = vec![id];
        for field in object.own_fields().filter(|field| field.writable()) {
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
        self.add_input(&Part::CreateInput.name(object), values);
    }

    pub(super) fn add_update_input(&mut self, object: &Arc<Object>) {
        let writable = || object.own_fields().filter(|field| field.writable());
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
        self.add_input(&Part::UpdateInput.name(object), values);
    }

    /// Every key, whatever the document names: an enum has few values, and the id is always one of them.
    pub(super) fn add_unique_field(&mut self, object: &Arc<Object>) {
        let keys: Vec<_> = std::iter::once(object.id_key())
            .chain(object.unique_keys())
            .collect();
        let count = keys.len();
        let values = keys.into_iter().map(|key| camel(&key.name));
        let name = Part::UniqueField.name(object);
        self.add(values.fold(Enum::new(name), Enum::item), count);
    }

    fn written(&mut self, field: &Field, required: bool) -> InputValue {
        let ty = match &field.storage {
            Storage::Column(column) => column_type(column, required),
            Storage::Components(components) => named(self.value_input(field, components), required),
            Storage::ToOne(_) => named(Scalar::Uuid.graphql(), required),
            Storage::ManyToMany(_) => TypeRef::named_nn_list(Scalar::Uuid.graphql()),
        };
        input(camel(&field.value_key()), ty, description(field).as_deref())
    }
}
