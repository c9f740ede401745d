//! Filters: the filter language as input types.

use async_graphql::dynamic::TypeRef;
use std::sync::Arc;
use tessera_schema::field_type::Storage;
use tessera_schema::naming::camel;
use tessera_schema::object::Object;

use super::{Builder, Part, input, options};

impl Builder<'_> {
    pub(super) fn add_filter(&mut self, object: &Arc<Object>) {
        let name = self.name(Part::Filter, object);
        let mut parts = vec![
            input("and", TypeRef::named_nn_list(&name), None),
            input("or", TypeRef::named_nn_list(&name), None),
            input("not", TypeRef::named(&name), None),
        ];
        for field in object.fields.values() {
            let key = camel(field.api_name().as_str());
            let wanted = self.scope.has(&key);
            match &field.storage {
                Storage::Column(column) if wanted => {
                    let ty = self.column_filter(field, column, None);
                    parts.push(input(key, TypeRef::named(ty), options(field).as_deref()));
                }
                Storage::Components(components) if wanted => {
                    let ty = self.value_filter(field, components);
                    parts.push(input(key, TypeRef::named(ty), None));
                }
                Storage::ToOne(_) => {
                    if let Some(to_one) = field.to_one().filter(|_| self.leads(&key)) {
                        let target = Arc::clone(self.model.target(&to_one.target));
                        let ty = self.refer(Part::Filter, &target);
                        parts.push(input(key, TypeRef::named(ty), None));
                    }
                    let key = camel(&field.value_key());
                    if self.scope.has(&key) {
                        let ty = self.column_filter(field, &field.columns[0].column_type, None);
                        parts.push(input(key, TypeRef::named(ty), None));
                    }
                }
                Storage::ManyToMany(link) if self.leads(&key) => {
                    let target = Arc::clone(self.model.target(&link.target));
                    let ty = self.refer(Part::ListFilter, &target);
                    parts.push(input(key, TypeRef::named(ty), None));
                }
                Storage::Column(_) | Storage::Components(_) | Storage::ManyToMany(_) => {}
            }
        }
        for (key, inverse) in &object.inverses {
            let key = camel(key.as_str());
            if self.leads(&key) {
                let target = Arc::clone(self.model.target(&inverse.to_many.target));
                let ty = self.refer(Part::ListFilter, &target);
                parts.push(input(key, TypeRef::named(ty), None));
            }
        }
        self.add_input(&name, parts);
    }

    pub(super) fn add_list_filter(&mut self, object: &Arc<Object>) {
        let filter = self.refer(Part::Filter, object);
        let quantifiers = ["some", "every", "none"];
        let parts = quantifiers.map(|word| input(word, TypeRef::named(&filter), None));
        self.add_input(&self.name(Part::ListFilter, object), parts.into());
    }
}
