//! Records and connections of records.

use async_graphql::dynamic::{Field as Output, Object as Type, TypeRef};
use std::sync::Arc;
use tessera_schema::column::ColumnType;
use tessera_schema::naming::{NODE_ID, camel};
use tessera_schema::object::{Attribute, Object};

use super::platform::{NODE, PAGE_INFO};
use super::{Builder, Part, description, input, named, output};

impl Builder<'_> {
    pub(super) fn add_record(&mut self, object: &Arc<Object>) {
        let mut fields = Vec::new();
        for (key, attribute) in object.attributes() {
            fields.extend(self.record_field(object, camel(&key), &attribute));
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

    /// The field of a record under a name; none where no document that is read speaks of it.
    fn record_field(
        &mut self,
        object: &Object,
        name: String,
        attribute: &Attribute<'_>,
    ) -> Option<Output> {
        // A type has at least one field, and every record its id.
        let wanted = self.scope.has(&name) || name == "id";
        match attribute {
            Attribute::Column(field, column) if wanted => {
                let there = column.not_null && !self.view.rules.may_hide(object, field);
                let ty = self.column_type(&column.column_type, there);
                Some(output(name, ty, description(field).as_deref()))
            }
            Attribute::Composite(field, components) if wanted => {
                let there = field.definition.required && !self.view.rules.may_hide(object, field);
                let ty = named(self.value(field, components), there);
                Some(output(name, ty, description(field).as_deref()))
            }
            Attribute::ToOne(to_one) if self.leads(&name) => {
                let target = Arc::clone(self.model.target(&to_one.target));
                // Nullable even where it is required: what it points at may be in the bin.
                let ty = TypeRef::named(self.refer(Part::Record, &target));
                let description = description(&object.fields[&to_one.key]);
                Some(output(name, ty, description.as_deref()))
            }
            Attribute::ToMany(to_many) if self.leads(&name) => {
                let target = Arc::clone(self.model.target(&to_many.target));
                Some(self.connection_field(&name, &target))
            }
            _ => None,
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
