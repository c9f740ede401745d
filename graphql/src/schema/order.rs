//! Orders: what records can be sorted by, through relations to one record and into composite values.

use async_graphql::dynamic::TypeRef;
use std::sync::Arc;
use tessera_schema::field_type::Storage;
use tessera_schema::naming::camel;
use tessera_schema::object::Object;

use super::platform::DIRECTION;
use super::value::has_order;
use super::{Builder, Part, input};

impl Builder<'_> {
    pub(super) fn add_order_by(&mut self, object: &Arc<Object>) {
        let mut keys = Vec::new();
        for field in object.fields.values() {
            let key = camel(field.api_name().as_str());
            // An input type has at least one field, and every record its id.
            let wanted = self.scope.has(&key) || key == "id";
            match &field.storage {
                Storage::Column(column) if wanted && has_order(column) => {
                    keys.push(input(key, TypeRef::named(self.platform(DIRECTION)), None));
                }
                Storage::Components(components) if wanted => {
                    if let Some(ty) = self.value_order_by(field, components) {
                        keys.push(input(key, TypeRef::named(ty), None));
                    }
                }
                Storage::ToOne(_) => {
                    if let Some(to_one) = field.to_one().filter(|_| self.leads(&key)) {
                        let target = Arc::clone(self.model.target(&to_one.target));
                        let ty = self.refer(Part::OrderBy, &target);
                        keys.push(input(key, TypeRef::named(ty), None));
                    }
                    let key = camel(&field.value_key());
                    if self.scope.has(&key) {
                        keys.push(input(key, TypeRef::named(self.platform(DIRECTION)), None));
                    }
                }
                Storage::Column(_) | Storage::Components(_) | Storage::ManyToMany(_) => {}
            }
        }
        self.add_input(&self.name(Part::OrderBy, object), keys);
    }
}
