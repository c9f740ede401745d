//! Records and connections of records.

use async_graphql::dynamic::{Field as Output, Object as Type, TypeRef};
use std::sync::Arc;
use tessera_schema::column::ColumnType;
use tessera_schema::field_type::Storage;
use tessera_schema::naming::{NODE_ID, camel};
use tessera_schema::object::{Field, Object};

use super::platform::{NODE, PAGE_INFO};
use super::{Builder, Part, description, input, named, output};

impl Builder<'_> {
    pub(super) fn add_record(&mut self, object: &Arc<Object>) {
        let mut fields = Vec::new();
        for field in object.fields.values() {
            self.record_fields(object, field, &mut fields);
        }
        for (key, inverse) in &object.inverses {
            let name = camel(key.as_str());
            if self.leads(&name) {
                let target = Arc::clone(self.model.target(&inverse.to_many.target));
                fields.push(self.connection_field(&name, &target));
            }
        }
        if self.has_nodes || self.scope.has(NODE_ID) {
            fields.push(output(NODE_ID, TypeRef::named_nn(TypeRef::ID), None));
        }
        let head = &object.source.head;
        let ty = Type::new(self.name(Part::Record, object));
        let ty = match &head.description {
            Some(text) => ty.description(text),
            None => ty,
        };
        let ty = if self.has_nodes {
            ty.implement(self.platform(NODE))
        } else {
            ty
        };
        let count = fields.len();
        self.add(fields.into_iter().fold(ty, Type::field), count);
    }

    fn record_fields(&mut self, object: &Object, field: &Field, into: &mut Vec<Output>) {
        let definition = &field.definition;
        let description = description(field);
        let description = description.as_deref();
        let name = camel(definition.api_name.as_str());
        // A type has at least one field, and every record its id.
        let wanted = self.scope.has(&name) || name == "id";
        match &field.storage {
            Storage::Column(column) if wanted => {
                let required = field.columns.iter().all(|c| c.not_null);
                into.push(output(
                    name,
                    self.column_type(column, required),
                    description,
                ));
            }
            Storage::Components(components) if wanted => {
                let ty = named(self.value(field, components), definition.required);
                into.push(output(name, ty, description));
            }
            Storage::ToOne(_) => {
                let target = field
                    .to_one()
                    .filter(|_| self.leads(&name))
                    .map(|to_one| Arc::clone(self.model.target(&to_one.target)));
                if let Some(target) = target {
                    // Nullable even where it is required: what it points at may be in the bin.
                    let ty = TypeRef::named(self.refer(Part::Record, &target));
                    into.push(output(name, ty, description));
                }
                let key = camel(&field.value_key());
                if self.scope.has(&key) {
                    let ty = self.column_type(&field.columns[0].column_type, definition.required);
                    into.push(output(key, ty, description));
                }
            }
            Storage::ManyToMany(_) if self.leads(&name) => {
                if let Some(to_many) = object.link(field) {
                    let target = Arc::clone(self.model.target(&to_many.target));
                    into.push(self.connection_field(&name, &target));
                }
            }
            Storage::Column(_) | Storage::Components(_) | Storage::ManyToMany(_) => {}
        }
    }

    /// A field that answers with a connection, and the arguments every connection takes.
    pub(super) fn connection_field(&mut self, name: &str, object: &Arc<Object>) -> Output {
        let connection = self.refer(Part::Connection, object);
        let filter = self.refer(Part::Filter, object);
        let order = self.refer(Part::OrderBy, object);
        let int = || TypeRef::named(TypeRef::INT);
        let text = || TypeRef::named(TypeRef::STRING);
        output(
            name,
            TypeRef::named_nn(connection),
            object.source.head.description.as_deref(),
        )
        .argument(input("filter", TypeRef::named(filter), None))
        .argument(input(
            "orderBy",
            TypeRef::named_nn_list(order),
            Some("The id is always the last key."),
        ))
        .argument(input(
            "first",
            int(),
            Some("50 where it is not given; at most 1000."),
        ))
        .argument(input("after", text(), None))
        .argument(input(
            "last",
            int(),
            Some("Counts from the end; at most 1000."),
        ))
        .argument(input("before", text(), None))
        .argument(input("offset", int(), None))
    }

    pub(super) fn add_connection(&mut self, object: &Arc<Object>) {
        let record = self.refer(Part::Record, object);
        let edge = self.refer(Part::Edge, object);
        let ty = Type::new(self.name(Part::Connection, object))
            .field(output("edges", TypeRef::named_nn_list_nn(edge), None))
            .field(output("nodes", TypeRef::named_nn_list_nn(record), None))
            .field(output(
                "pageInfo",
                TypeRef::named_nn(self.platform(PAGE_INFO)),
                None,
            ))
            .field(output(
                "totalCount",
                TypeRef::named_nn(TypeRef::INT),
                Some("Counted only where it is asked for."),
            ));
        // Much hangs from it.
        let ty = if self.scope.has("aggregate") {
            let aggregate = self.refer(Part::Aggregate, object);
            let text = "Over all records that the filter finds, whatever the window.";
            ty.field(output(
                "aggregate",
                TypeRef::named_nn(aggregate),
                Some(text),
            ))
        } else {
            ty
        };
        self.add(ty, 5);
    }

    pub(super) fn add_edge(&mut self, object: &Arc<Object>) {
        let record = self.refer(Part::Record, object);
        let ty = Type::new(self.name(Part::Edge, object))
            .field(output("cursor", TypeRef::named_nn(TypeRef::STRING), None))
            .field(output("node", TypeRef::named_nn(record), None));
        self.add(ty, 2);
    }

    /// A column's values.
    pub(super) fn column_type(&self, column: &ColumnType, required: bool) -> TypeRef {
        let scalar = self.scalar(column.scalar);
        match (column.list, required) {
            (true, true) => TypeRef::named_nn_list_nn(scalar),
            (true, false) => TypeRef::named_nn_list(scalar),
            (false, required) => named(scalar, required),
        }
    }
}
