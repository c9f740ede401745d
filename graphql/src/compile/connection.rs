//! Connections: which records, and in which of a connection's shapes.

use std::sync::Arc;
use tessera_compiler::query::position;
use tessera_compiler::query::tree::{Connection, ConnectionPart, EdgePart, PagePart, Shape};
use tessera_error::UserError;
use tessera_schema::object::{Object, ToMany};

use super::Compiler;
use crate::error::GraphQlError;
use crate::field::Field;

impl Compiler<'_> {
    /// The records of an object, or of a to-many relation.
    pub(super) fn connection(
        &mut self,
        object: &Arc<Object>,
        parent: Option<&ToMany>,
        field: &Field,
    ) -> Result<Connection, GraphQlError> {
        let filter = self.filter(object, field)?;
        let search = self.words(object, field)?;
        let sort = self.sort(object, field)?;
        let window = self.window(field)?;
        let mut parts = Vec::with_capacity(field.fields.len());
        for part in &field.fields {
            self.path.push(part.key.clone());
            let shape = self.part(object, part)?;
            self.path.pop();
            parts.push((part.key.clone(), shape));
        }
        let connection = Connection {
            filter,
            search,
            sort,
            window,
            deleted: Self::deleted(field),
            shape: Shape::Object(parts),
        };
        position::check(
            self.snapshot,
            self.view,
            object,
            &connection,
            parent,
            self.variables,
        )
        .map_err(|violations| self.error(field, &UserError::Malformed(violations)))?;
        Ok(connection)
    }

    fn part(
        &mut self,
        object: &Arc<Object>,
        field: &Field,
    ) -> Result<ConnectionPart, GraphQlError> {
        match field.name.as_str() {
            "nodes" => {
                let selection = self.selection(object, &field.fields)?;
                Ok(ConnectionPart::Nodes(selection))
            }
            "edges" => self.edges(object, field),
            "pageInfo" => {
                let parts = field
                    .fields
                    .iter()
                    .map(|part| Ok((part.key.clone(), self.page_part(part)?)));
                Ok(ConnectionPart::Page(
                    parts.collect::<Result<_, GraphQlError>>()?,
                ))
            }
            "totalCount" => Ok(ConnectionPart::Total),
            "aggregate" => self.aggregate(object, field),
            "__typename" => Ok(ConnectionPart::Constant(field.parent.to_string())),
            _ => Err(self.unknown(field)),
        }
    }

    fn edges(
        &mut self,
        object: &Arc<Object>,
        field: &Field,
    ) -> Result<ConnectionPart, GraphQlError> {
        let mut parts = Vec::with_capacity(field.fields.len());
        for part in &field.fields {
            let shape = match part.name.as_str() {
                "cursor" => EdgePart::Cursor,
                "node" => {
                    self.path.push(part.key.clone());
                    let selection = self.selection(object, &part.fields)?;
                    self.path.pop();
                    EdgePart::Node(selection)
                }
                "__typename" => EdgePart::Constant(part.parent.to_string()),
                _ => return Err(self.unknown(part)),
            };
            parts.push((part.key.clone(), shape));
        }
        Ok(ConnectionPart::Edges(parts))
    }

    fn page_part(&self, field: &Field) -> Result<PagePart, GraphQlError> {
        Ok(match field.name.as_str() {
            "hasNextPage" => PagePart::HasNext,
            "hasPreviousPage" => PagePart::HasPrevious,
            "startCursor" => PagePart::StartCursor,
            "endCursor" => PagePart::EndCursor,
            "__typename" => PagePart::Constant(field.parent.to_string()),
            _ => return Err(self.unknown(field)),
        })
    }
}
