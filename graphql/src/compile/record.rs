//! What is wanted of a record.

use std::sync::Arc;
use tessera_compiler::query::tree::{Item, Leaf, Part, Selection};
use tessera_schema::column::Column;
use tessera_schema::naming::{NODE_ID, Spelling};
use tessera_schema::object::{Attribute, Field as ModelField, Object};
use tessera_schema::storage::Component;

use super::Compiler;
use crate::error::GraphQlError;
use crate::field::Field;
use crate::node_id::NodeId;

impl Compiler<'_> {
    pub(super) fn selection(
        &mut self,
        object: &Arc<Object>,
        fields: &[Field],
    ) -> Result<Selection, GraphQlError> {
        let mut items = Vec::with_capacity(fields.len());
        for field in fields {
            self.path.push(field.key.clone());
            let item = self.item(object, field)?;
            self.path.pop();
            items.push((field.key.clone(), item));
        }
        Ok(Selection(items))
    }

    fn item(&mut self, object: &Arc<Object>, field: &Field) -> Result<Item, GraphQlError> {
        if field.name == "__typename" {
            return Ok(Item::Constant(field.parent.to_string()));
        }
        if field.name == NODE_ID {
            let prefix = NodeId::prefix(object);
            return Ok(Item::GlobalId { prefix });
        }
        let name = Spelling::Camel.read(&field.name);
        match name.as_deref().and_then(|name| object.attribute(name)) {
            Some(Attribute::Column(_, column)) => Ok(Item::Column(leaf(column))),
            Some(Attribute::Composite(of, components)) => self.composite(of, components, field),
            Some(Attribute::ToOne(to_one)) => {
                let target = Arc::clone(self.model.target(&to_one.target));
                let selection = self.selection(&target, &field.fields)?;
                Ok(Item::ToOne(to_one, target, selection))
            }
            Some(Attribute::ToMany(to_many)) => {
                let target = Arc::clone(self.model.target(&to_many.target));
                let connection = self.connection(&target, Some(&to_many), field)?;
                Ok(Item::ToMany(to_many, target, Box::new(connection)))
            }
            Some(Attribute::LinkIds(_)) | None => Err(self.unknown(field)),
        }
    }

    fn composite(
        &self,
        of: &ModelField,
        components: &[Component],
        field: &Field,
    ) -> Result<Item, GraphQlError> {
        let parts = field.fields.iter().map(|part| {
            if part.name == "__typename" {
                return Ok((part.key.clone(), Part::Constant(part.parent.to_string())));
            }
            let name = Spelling::Camel.read(&part.name);
            let index = components
                .iter()
                .position(|component| Some(&*component.name) == name.as_deref());
            let index = index.ok_or_else(|| self.unknown(part))?;
            Ok((part.key.clone(), Part::Column(leaf(&of.columns[index]))))
        });
        Ok(Item::Composite {
            columns: of
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            parts: parts.collect::<Result<_, GraphQlError>>()?,
        })
    }
}

fn leaf(column: &Column) -> Leaf {
    Leaf {
        column: column.name.clone(),
        column_type: column.column_type.clone(),
    }
}
