//! The rows that the parts of a list need.

use crate::query::tree::{Connection, ConnectionPart, EdgePart, End, PagePart, Shape};

pub(super) fn page_parts(connection: &Connection) -> impl Iterator<Item = &PagePart> {
    let parts = match &connection.shape {
        Shape::Array { .. } => &[][..],
        Shape::Object(parts) => parts,
    };
    parts
        .iter()
        .flat_map(|(_, part)| match part {
            ConnectionPart::Page(parts) => parts.as_slice(),
            _ => &[],
        })
        .map(|(_, part)| part)
}

/// Whether the page has to look one record further than it shows.
pub(crate) fn wants_extra(connection: &Connection) -> bool {
    matches!(&connection.shape, Shape::Array { more: Some(_), .. })
        || page_parts(connection).any(|part| match connection.window.from {
            End::Start => matches!(part, PagePart::HasNext | PagePart::Next),
            End::End => matches!(part, PagePart::HasPrevious | PagePart::Previous),
        })
}

/// Whether anything but the total is asked for.
pub(crate) fn wants_rows(connection: &Connection) -> bool {
    match &connection.shape {
        Shape::Array { .. } => true,
        Shape::Object(parts) => parts.iter().any(|(_, part)| {
            !matches!(
                part,
                ConnectionPart::Total | ConnectionPart::Aggregate(..) | ConnectionPart::Constant(_)
            )
        }),
    }
}

/// Whether any cursor is asked for.
pub(crate) fn wants_cursors(connection: &Connection) -> bool {
    let of_page = |part: &PagePart| match part {
        PagePart::StartCursor | PagePart::EndCursor | PagePart::Next | PagePart::Previous => true,
        PagePart::HasNext | PagePart::HasPrevious | PagePart::Constant(_) => false,
    };
    let of_edges = |part: &(String, ConnectionPart)| {
        let ConnectionPart::Edges(parts) = &part.1 else {
            return false;
        };
        parts
            .iter()
            .any(|(_, part)| matches!(part, EdgePart::Cursor))
    };
    page_parts(connection).any(of_page)
        || matches!(&connection.shape, Shape::Object(parts) if parts.iter().any(of_edges))
}
