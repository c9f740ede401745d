//! Groups of records: by what, which, in what order, and what their records share.

use async_graphql::dynamic::{
    Enum, EnumItem, Field as Output, Object as Type, Scalar as Custom, TypeRef,
};
use std::sync::Arc;
use tessera_schema::aggregate::MOST_GROUPS;
use tessera_schema::column::ColumnType;
use tessera_schema::function::Function;
use tessera_schema::naming::camel;
use tessera_schema::object::{Attribute, Field, Object};
use tessera_schema::scalar::Scalar;
use tessera_schema::storage::Component;

use super::platform::{DIRECTION, PERIOD};
use super::{Builder, Leaves, Part, input, output};

/// The part of a date or an instant that is no part: the whole.
pub(crate) const WHOLE: &str = "VALUE";

/// Whether a field is the record's id. Groups have none: clients that keep what they were answered take anything with an
/// `id` for a record, and would mix up groups.
pub(super) fn is_id(field: &Field) -> bool {
    field.system && field.api_name().as_str() == "id"
}

/// The names on an object that groups can be made by.
fn grouping(object: &Object) -> impl Iterator<Item = (String, Attribute<'_>)> {
    let all = object.attributes();
    all.filter(|(_, attribute)| !matches!(attribute, Attribute::Column(field, _) if is_id(field)))
}

impl Builder<'_> {
    /// A field that answers with groups.
    pub(super) fn groups_field(&mut self, name: &str, object: &Arc<Object>) -> Output {
        let group = self.refer(Part::Group, object);
        let keys = self.refer(Part::GroupBy, object);
        let filter = self.refer(Part::Filter, object);
        let having = self.refer(Part::GroupHaving, object);
        let order = self.refer(Part::GroupOrderBy, object);
        let first = format!("{MOST_GROUPS} where it is not given, which is also the most.");
        let zone = "Where days and the like begin for instants, such as `Europe/Riga`; `UTC` where it is not given.";
        output(
            name,
            TypeRef::named_nn_list_nn(group),
            object.source.head.description.as_deref(),
        )
        .argument(input("groupBy", TypeRef::named_nn_list_nn(keys), None))
        .argument(input("filter", TypeRef::named(filter), None))
        .argument(input("having", TypeRef::named(having), None))
        .argument(input(
            "orderBy",
            TypeRef::named_nn_list(order),
            Some("The keys are always the last in order."),
        ))
        .argument(input("first", TypeRef::named(TypeRef::INT), Some(&first)))
        .argument(input(
            "timeZone",
            TypeRef::named(TypeRef::STRING),
            Some(zone),
        ))
    }

    pub(super) fn add_group(&mut self, object: &Arc<Object>) {
        let keys = self.refer(Part::GroupKeys, object);
        let keys = output("keys", TypeRef::named_nn(keys), None);
        let ty = Type::new(self.name(Part::Group, object)).field(keys);
        self.add_aggregates(ty, object);
    }

    pub(super) fn add_group_by(&mut self, object: &Arc<Object>) {
        let mut keys = Vec::new();
        for (key, attribute) in grouping(object) {
            let key = camel(&key);
            // An input type has at least one field, and every record its version.
            let wanted = self.scope.has(&key) || key == "version";
            match attribute {
                Attribute::Column(_, column) if wanted && column.column_type.groupable() => {
                    let ty = self.key_choice(&column.column_type);
                    keys.push(input(key, TypeRef::named(ty), None));
                }
                Attribute::Composite(field, components) if wanted => {
                    if let Some(ty) = self.value_group_by(field, components) {
                        keys.push(input(key, TypeRef::named(ty), None));
                    }
                }
                Attribute::ToOne(to_one) if self.leads(&key) => {
                    let target = Arc::clone(self.model.target(&to_one.target));
                    let ty = self.refer(Part::GroupBy, &target);
                    keys.push(input(key, TypeRef::named(ty), None));
                }
                _ => {}
            }
        }
        self.add_input(&self.name(Part::GroupBy, object), keys);
    }

    /// How groups can be made by a column: by its value, or by some part of it.
    fn key_choice(&mut self, column: &ColumnType) -> String {
        let parts = column.scalar.parts();
        if parts.is_empty() {
            return TypeRef::BOOLEAN.to_owned();
        }
        let name = self.platform(&format!("{}Part", column.scalar.graphql()));
        if self.seen.insert(name.clone()) {
            let whole = EnumItem::new(WHOLE).description("The value itself.");
            let choice = parts
                .iter()
                .fold(Enum::new(&name).item(whole), |choice, part| {
                    choice.item(part.name().to_ascii_uppercase())
                });
            self.add(choice, parts.len() + 1);
        }
        name
    }

    fn value_group_by(&mut self, field: &Field, components: &[Component]) -> Option<String> {
        let name = self.value_type(field, "GroupBy");
        let groupable = components.iter().filter(|c| c.column_type.groupable());
        let parts: Vec<_> = groupable
            .map(|component| {
                let ty = self.key_choice(&component.column_type);
                input(camel(&component.name), TypeRef::named(ty), None)
            })
            .collect();
        if parts.is_empty() {
            return None;
        }
        if self.seen.insert(name.clone()) {
            self.add_input(&name, parts);
        }
        Some(name)
    }

    pub(super) fn add_group_keys(&mut self, object: &Arc<Object>) {
        let mut keys = Vec::new();
        for (key, attribute) in grouping(object) {
            let key = camel(&key);
            // A type has at least one field, and every record its version.
            let wanted = self.scope.has(&key) || key == "version";
            match attribute {
                Attribute::Column(_, column) if wanted && column.column_type.groupable() => {
                    let ty = self.key_type(&column.column_type);
                    keys.push(output(key, ty, None));
                }
                Attribute::Composite(field, components) if wanted => {
                    if let Some(ty) = self.value_keys(field, components) {
                        keys.push(output(key, TypeRef::named(ty), None));
                    }
                }
                Attribute::ToOne(to_one) if self.leads(&key) => {
                    let target = Arc::clone(self.model.target(&to_one.target));
                    let ty = self.refer(Part::GroupKeys, &target);
                    keys.push(output(key, TypeRef::named(ty), None));
                }
                _ => {}
            }
        }
        let count = keys.len();
        let ty = Type::new(self.name(Part::GroupKeys, object))
            .description("Only what the groups are made by can be asked for.");
        self.add(keys.into_iter().fold(ty, Type::field), count);
    }

    fn key_type(&mut self, column: &ColumnType) -> TypeRef {
        if column.scalar.parts().is_empty() {
            return self.column_type(column, false);
        }
        let name = self.platform(PERIOD);
        if self.seen.insert(name.clone()) {
            let text = "What a date or an instant falls into: the first day of a year, quarter, month, week or day, the \
                instant an hour begins at, the number of what comes round again, or the value itself.";
            self.add(Custom::new(&name).description(text), 1);
        }
        TypeRef::named(name)
    }

    fn value_keys(&mut self, field: &Field, components: &[Component]) -> Option<String> {
        let name = self.value_type(field, "Keys");
        let groupable = components.iter().filter(|c| c.column_type.groupable());
        let parts: Vec<_> = groupable
            .map(|component| {
                let ty = self.key_type(&component.column_type);
                output(camel(&component.name), ty, None)
            })
            .collect();
        if parts.is_empty() {
            return None;
        }
        if self.seen.insert(name.clone()) {
            let count = parts.len();
            self.add(parts.into_iter().fold(Type::new(&name), Type::field), count);
        }
        Some(name)
    }

    pub(super) fn add_group_having(&mut self, object: &Arc<Object>) {
        let name = self.name(Part::GroupHaving, object);
        let count = self.scalar_filter(Scalar::Integer);
        let mut parts = vec![
            input("and", TypeRef::named_nn_list(&name), None),
            input("or", TypeRef::named_nn_list(&name), None),
            input("not", TypeRef::named(&name), None),
            input(Function::Count.name(), TypeRef::named(count), None),
        ];
        for (key, leaves) in self.wanted_leaves() {
            let ty = self.refer(Part::LeavesHaving(leaves), object);
            parts.push(input(key, TypeRef::named(ty), None));
        }
        self.add_input(&name, parts);
    }

    pub(super) fn add_group_order_by(&mut self, object: &Arc<Object>) {
        let keys = self.refer(Part::OrderBy, object);
        let mut parts = vec![
            input("keys", TypeRef::named(keys), None),
            input(
                Function::Count.name(),
                TypeRef::named(self.platform(DIRECTION)),
                None,
            ),
        ];
        for (key, _) in self.wanted_leaves() {
            let ty = self.refer(Part::LeavesOrderBy, object);
            parts.push(input(key, TypeRef::named(ty), None));
        }
        self.add_input(&self.name(Part::GroupOrderBy, object), parts);
    }

    /// The aggregates of fields that a document speaks of.
    pub(super) fn wanted_leaves(&self) -> Vec<(String, Leaves)> {
        let functions = Function::ALL.into_iter();
        let leaves = functions.filter_map(|function| {
            let key = camel(function.name());
            Some((key, Leaves::of(function)?))
        });
        leaves.filter(|(key, _)| self.scope.has(key)).collect()
    }
}
