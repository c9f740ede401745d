//! Orders: what records can be sorted by, through relations to one record and into composite values.

use async_graphql::dynamic::TypeRef;
use std::sync::Arc;
use tessera_schema::naming::camel;
use tessera_schema::object::{Attribute, Object};

use super::platform::DIRECTION;
use super::value::has_order;
use super::{Builder, Part, input};

impl Builder<'_> {
    pub(super) fn add_order_by(&mut self, object: &Arc<Object>) {
        let mut keys = Vec::new();
        for (key, attribute) in object.attributes() {
            let key = camel(&key);
            // An input type has at least one field, and every record its id.
            let wanted = self.scope.has(&key) || key == "id";
            match attribute {
                Attribute::Column(_, column) if wanted && has_order(&column.column_type) => {
                    keys.push(input(key, TypeRef::named(self.platform(DIRECTION)), None));
                }
                Attribute::Composite(field, components) if wanted => {
                    if let Some(ty) = self.value_order_by(field, components) {
                        keys.push(input(key, TypeRef::named(ty), None));
                    }
                }
                Attribute::ToOne(to_one) if self.leads(&key) => {
                    let target = Arc::clone(self.model.target(&to_one.target));
                    let ty = self.refer(Part::OrderBy, &target);
                    keys.push(input(key, TypeRef::named(ty), None));
                }
                _ => {}
            }
        }
        self.add_input(&self.name(Part::OrderBy, object), keys);
    }
}
