//! Types that come from field types: composite values, and the conditions on a column.
//!
//! They are named after what they are made of, so that fields of one kind share them.

use async_graphql::dynamic::{Object as Type, TypeRef};
use tessera_schema::column::ColumnType;
use tessera_schema::naming::{self, camel, pascal};
use tessera_schema::object::Field;
use tessera_schema::operator::{Operand, Operator};
use tessera_schema::scalar::Scalar;
use tessera_schema::storage::Component;

use super::platform::DIRECTION;
use super::{Builder, input, output};

impl Builder<'_> {
    /// A composite value as it is answered.
    pub(super) fn value(&mut self, field: &Field, components: &[Component]) -> String {
        let name = self.value_type(field, "");
        if self.seen.insert(name.clone()) {
            let parts = components.iter().map(|component| {
                let ty = self.column_type(&component.column_type, component.required);
                output(camel(&component.name), ty, None)
            });
            self.add(parts.fold(Type::new(&name), Type::field), components.len());
        }
        name
    }

    /// A composite value as it is written.
    pub(super) fn value_input(&mut self, field: &Field, components: &[Component]) -> String {
        let name = self.value_type(field, "Input");
        if self.seen.insert(name.clone()) {
            let parts = components.iter().map(|component| {
                // A change may leave out any part.
                let ty = self.column_type(&component.column_type, false);
                let description = component.required.then_some("A new value has it.");
                input(camel(&component.name), ty, description)
            });
            self.add_input(&name, parts.collect());
        }
        name
    }

    /// Conditions on the parts of a composite value.
    pub(super) fn value_filter(&mut self, field: &Field, components: &[Component]) -> String {
        let name = self.value_type(field, "Filter");
        if self.seen.insert(name.clone()) {
            let parts = components.iter().map(|component| {
                let ty = self.column_filter(field, &component.column_type, Some(component));
                input(camel(&component.name), TypeRef::named(ty), None)
            });
            let parts = parts.collect();
            self.add_input(&name, parts);
        }
        name
    }

    /// The parts of a composite value that have an order; none where no part has.
    pub(super) fn value_order_by(
        &mut self,
        field: &Field,
        components: &[Component],
    ) -> Option<String> {
        let name = self.value_type(field, "OrderBy");
        let sortable = components
            .iter()
            .filter(|component| has_order(&component.column_type));
        let parts: Vec<_> = sortable
            .map(|component| {
                input(
                    camel(&component.name),
                    TypeRef::named(self.platform(DIRECTION)),
                    None,
                )
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

    /// Conditions on one column. Columns with a scalar's usual operators share that scalar's type.
    pub(super) fn column_filter(
        &mut self,
        field: &Field,
        column: &ColumnType,
        component: Option<&Component>,
    ) -> String {
        let operators = field.field_type.operators(column);
        let usual = !column.list && operators == column.scalar.operators();
        if usual {
            return self.scalar_filter(column.scalar);
        }
        let part = component.map_or_else(String::new, |component| pascal(&component.name));
        let name = self.value_type(field, &format!("{part}Filter"));
        self.conditions(name, column.scalar, operators)
    }

    /// Conditions on any value of a scalar.
    pub(super) fn scalar_filter(&mut self, scalar: Scalar) -> String {
        let name = self.platform(&format!("{}Filter", scalar.graphql()));
        self.conditions(name, scalar, scalar.operators())
    }

    /// A type that is made of a field type.
    pub(super) fn value_type(&self, field: &Field, suffix: &str) -> String {
        let name = naming::value_type(field.field_type.name()) + suffix;
        self.platform(&name)
    }

    fn conditions(&mut self, name: String, scalar: Scalar, operators: &[&Operator]) -> String {
        if self.seen.insert(name.clone()) {
            let scalar = self.scalar(scalar);
            let conditions = operators.iter().map(|operator| {
                let ty = match operator.operand {
                    Operand::One => TypeRef::named(&scalar),
                    Operand::Many | Operand::Pair => TypeRef::named_nn_list(&scalar),
                    Operand::Flag => TypeRef::named(TypeRef::BOOLEAN),
                };
                input(camel(operator.name), ty, None)
            });
            self.add_input(&name, conditions.collect());
        }
        name
    }
}

pub(super) const fn has_order(column: &ColumnType) -> bool {
    column.scalar.sortable() && !column.list
}
