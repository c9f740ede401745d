//! What is reckoned over records: as it is answered, and as conditions and orders name it.

use async_graphql::dynamic::{Object as Type, TypeRef};
use std::sync::Arc;
use tessera_schema::column::ColumnType;
use tessera_schema::function::Function;
use tessera_schema::function::PRESENT;
use tessera_schema::naming::camel;
use tessera_schema::object::{Field, Object};
use tessera_schema::scalar::Scalar;
use tessera_schema::storage::{Component, ValueForm};

use super::group::is_id;
use super::platform::DIRECTION;
use super::{Builder, Leaves, Part, input, output};

/// What of a field an aggregate is reckoned over.
enum Over<'f> {
    /// A column, perhaps of a composite.
    Column(&'f ColumnType, Option<&'f Component>),
    /// A composite as a whole.
    Whole,
}

impl Over<'_> {
    fn of(field: &Field) -> Option<Over<'_>> {
        match field.form() {
            ValueForm::Column(column) => Some(Over::Column(column, None)),
            ValueForm::Composite(components) => Some(match field.measure() {
                Some(measure) => {
                    let index = field.columns.iter().position(|column| column == measure);
                    let component = index.and_then(|index| components.get(index));
                    Over::Column(&measure.column_type, component)
                }
                None => Over::Whole,
            }),
            ValueForm::Ids => None,
        }
    }

    fn possible<'f>(&self, field: &'f Field) -> &'f [Function] {
        match self {
            Self::Column(column, _) => field.field_type.aggregates(column),
            Self::Whole => PRESENT,
        }
    }

    fn result(&self, function: Function) -> ColumnType {
        match self {
            Self::Column(column, _) => column.aggregated(function),
            Self::Whole => ColumnType::of(Scalar::Json).aggregated(function),
        }
    }
}

impl Builder<'_> {
    pub(super) fn add_aggregate(&mut self, object: &Arc<Object>) {
        self.add_aggregates(Type::new(self.name(Part::Aggregate, object)), object);
    }

    /// Adds a type with a field for each kind of aggregate.
    pub(super) fn add_aggregates(&mut self, ty: Type, object: &Arc<Object>) {
        let count = output(
            Function::Count.name(),
            TypeRef::named_nn(TypeRef::INT),
            Some("How many records there are."),
        );
        let wanted = self.wanted_leaves();
        let fields = wanted.len() + 2;
        let ty = wanted
            .into_iter()
            .fold(ty.field(count), |ty, (key, leaves)| {
                let leaf = self.refer(Part::Leaves(leaves), object);
                ty.field(output(key, TypeRef::named_nn(leaf), None))
            });
        self.add(ty, fields);
    }

    pub(super) fn add_leaves(&mut self, object: &Arc<Object>, leaves: Leaves) {
        let function = leaves.function();
        let fields = self.wanted_fields(object, Some(function));
        let count = fields.len();
        let leaf = |(key, field): (String, &Field)| {
            if function.has_unit() && field.measure().is_some() {
                let ty = TypeRef::named_nn_list_nn(self.value(field, field.components()));
                return output(key, ty, Some("One for each unit, such as a currency."));
            }
            let ty = Over::of(field).map(|over| over.result(function));
            let ty = self.column_type(
                &ty.unwrap_or(ColumnType::of(Scalar::Json)),
                function.counts(),
            );
            output(key, ty, None)
        };
        let fields: Vec<_> = fields.into_iter().map(leaf).collect();
        let ty = Type::new(self.name(Part::Leaves(leaves), object));
        self.add(fields.into_iter().fold(ty, Type::field), count);
    }

    pub(super) fn add_leaves_having(&mut self, object: &Arc<Object>, leaves: Leaves) {
        let function = leaves.function();
        let mut parts = Vec::new();
        for (key, field) in self.wanted_fields(object, Some(function)) {
            let Some(over) = Over::of(field) else {
                continue;
            };
            let ty = match over {
                // As the field itself is compared.
                Over::Column(column, component) if leaves == Leaves::MinMax => {
                    self.column_filter(field, column, component)
                }
                over => self.scalar_filter(over.result(function).scalar),
            };
            parts.push(input(key, TypeRef::named(ty), None));
        }
        self.add_input(&self.name(Part::LeavesHaving(leaves), object), parts);
    }

    pub(super) fn add_leaves_order_by(&mut self, object: &Arc<Object>) {
        let fields = self.wanted_fields(object, None);
        let keys = fields.into_iter();
        let keys = keys.map(|(key, _)| input(key, TypeRef::named(self.platform(DIRECTION)), None));
        self.add_input(&self.name(Part::LeavesOrderBy, object), keys.collect());
    }

    /// The fields over which something, or this, can be reckoned, and that the document speaks of.
    fn wanted_fields<'o>(
        &self,
        object: &'o Object,
        function: Option<Function>,
    ) -> Vec<(String, &'o Field)> {
        let fields = object.fields.values().filter(|field| !is_id(field));
        let keyed = fields.filter_map(|field| {
            let possible = Over::of(field)?.possible(field);
            let fits = function.is_none_or(|function| possible.contains(&function));
            fits.then(|| (camel(&field.value_key()), &**field))
        });
        // A type has at least one field, and everything can be reckoned over every record's version.
        keyed
            .filter(|(key, _)| self.scope.has(key) || key == "version")
            .collect()
    }
}
