//! Connections: which records, and in which of a connection's shapes.

use std::sync::Arc;
use tessera_engine::query::tree::{Connection, ConnectionPart, EdgePart, PagePart, Shape};
use tessera_schema::object::Object;

use super::Compiler;
use crate::error::GraphQlError;
use crate::operation::Field;

impl Compiler<'_> {
    /// The connection, and how many records it may come to: its window times what each record brings.
    pub(super) fn connection(
        &mut self,
        object: &Arc<Object>,
        field: &Field,
    ) -> Result<(Connection, u64), GraphQlError> {
        let filter = self.filter(object, field)?;
        let sort = self.sort(object, field)?;
        let window = self.window(field)?;
        let mut each = 0_u64;
        let mut parts = Vec::with_capacity(field.fields.len());
        for part in &field.fields {
            self.path.push(part.key.clone());
            let (shape, inner) = self.part(object, part)?;
            self.path.pop();
            each = each.saturating_add(inner);
            parts.push((part.key.clone(), shape));
        }
        let cost = u64::from(window.limit).saturating_mul(each.max(1));
        let connection = Connection {
            filter,
            sort,
            window,
            deleted: Self::deleted(field),
            shape: Shape::Object(parts),
        };
        Ok((connection, cost))
    }

    fn part(
        &mut self,
        object: &Arc<Object>,
        field: &Field,
    ) -> Result<(ConnectionPart, u64), GraphQlError> {
        match field.name.as_str() {
            "nodes" => {
                let (selection, cost) = self.selection(object, &field.fields)?;
                Ok((ConnectionPart::Nodes(selection), cost))
            }
            "edges" => self.edges(object, field),
            "pageInfo" => {
                let parts = field
                    .fields
                    .iter()
                    .map(|part| Ok((part.key.clone(), self.page_part(part)?)));
                Ok((
                    ConnectionPart::Page(parts.collect::<Result<_, GraphQlError>>()?),
                    0,
                ))
            }
            "totalCount" => Ok((ConnectionPart::Total, 0)),
            "__typename" => Ok((ConnectionPart::Constant(field.parent.to_string()), 0)),
            _ => Err(self.unknown(field)),
        }
    }

    fn edges(
        &mut self,
        object: &Arc<Object>,
        field: &Field,
    ) -> Result<(ConnectionPart, u64), GraphQlError> {
        let mut cost = 0_u64;
        let mut parts = Vec::with_capacity(field.fields.len());
        for part in &field.fields {
            let shape = match part.name.as_str() {
                "cursor" => EdgePart::Cursor,
                "node" => {
                    self.path.push(part.key.clone());
                    let (selection, inner) = self.selection(object, &part.fields)?;
                    self.path.pop();
                    cost = cost.saturating_add(inner);
                    EdgePart::Node(selection)
                }
                "__typename" => EdgePart::Constant(part.parent.to_string()),
                _ => return Err(self.unknown(part)),
            };
            parts.push((part.key.clone(), shape));
        }
        Ok((ConnectionPart::Edges(parts), cost))
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
