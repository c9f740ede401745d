//! Filters: the filter language as input types.

use async_graphql::dynamic::TypeRef;
use std::sync::Arc;
use tessera_schema::naming::camel;
use tessera_schema::object::{Attribute, Object};

use super::{Builder, Part, input, options};

impl Builder<'_> {
    pub(super) fn add_filter(&mut self, object: &Arc<Object>) {
        let name = self.name(Part::Filter, object);
        let mut parts = vec![
            input("and", TypeRef::named_nn_list(&name), None),
            input("or", TypeRef::named_nn_list(&name), None),
            input("not", TypeRef::named(&name), None),
        ];
        for (key, attribute) in object.attributes() {
            let key = camel(&key);
            let wanted = self.scope.has(&key);
            match attribute {
                Attribute::Column(field, column) if wanted => {
                    let ty = self.column_filter(field, &column.column_type, None);
                    parts.push(input(key, TypeRef::named(ty), options(field).as_deref()));
                }
                Attribute::Composite(field, components) if wanted => {
                    let ty = self.value_filter(field, components);
                    parts.push(input(key, TypeRef::named(ty), None));
                }
                Attribute::ToOne(to_one) if self.leads(&key) => {
                    let target = Arc::clone(self.model.target(&to_one.target));
                    let ty = self.refer(Part::Filter, &target);
                    parts.push(input(key, TypeRef::named(ty), None));
                }
                Attribute::ToMany(to_many) if self.leads(&key) => {
                    let target = Arc::clone(self.model.target(&to_many.target));
                    let ty = self.refer(Part::ListFilter, &target);
                    parts.push(input(key, TypeRef::named(ty), None));
                }
                _ => {}
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
