//! How many records a query may touch at most: the sizes of its lists, multiplied where they nest.

use tessera_schema::violation::Pointer;

use crate::error::UserError;
use crate::query::tree::{
    Connection, ConnectionPart, EdgePart, Item, Query, Root, Selection, Shape,
};

/// The most records one request may ask for.
const MOST: u64 = 1_000_000;

/// Refuses a query that could touch too many records.
pub(crate) fn check_query(query: &Query) -> Result<(), UserError> {
    let roots = query.roots.iter().map(|root| match root {
        Root::One { selection, .. } => selection_cost(selection).max(1),
        Root::Many { connection, .. } => connection_cost(connection),
        Root::Groups { aggregation, .. } => u64::from(aggregation.limit),
        Root::Search { limit, .. } => u64::from(*limit),
    });
    check(roots.fold(0, u64::saturating_add))
}

/// How many other records a selection may show of each record.
pub(crate) fn of_each(selection: &Selection) -> u64 {
    selection_cost(selection)
}

/// As [`check_query`], for what a write of so many records answers, each with so many others.
pub(crate) fn check_answer(of_each: u64, records: usize) -> Result<(), UserError> {
    check(of_each.saturating_mul(records.max(1) as u64))
}

fn check(cost: u64) -> Result<(), UserError> {
    if cost <= MOST {
        return Ok(());
    }
    let message = format!(
        "this could touch {cost} records, and a request may touch {MOST}: ask for shorter lists or fewer levels"
    );
    Err(UserError::malformed(Pointer::root(), "too_costly", message))
}

fn selection_cost(selection: &Selection) -> u64 {
    let items = selection.0.iter().map(|(_, item)| match item {
        Item::ToOne(_, _, selection) => selection_cost(selection),
        Item::ToMany(_, _, connection) => connection_cost(connection),
        Item::Column(_) | Item::Composite { .. } | Item::Constant(_) => 0,
    });
    items.fold(0, u64::saturating_add)
}

fn connection_cost(connection: &Connection) -> u64 {
    let of_each = match &connection.shape {
        Shape::Array(selection) => selection_cost(selection),
        Shape::Object(parts) => parts
            .iter()
            .map(|(_, part)| part_cost(part))
            .fold(0, u64::saturating_add),
    };
    u64::from(connection.window.limit).saturating_mul(of_each.max(1))
}

fn part_cost(part: &ConnectionPart) -> u64 {
    match part {
        ConnectionPart::Nodes(selection) => selection_cost(selection),
        ConnectionPart::Edges(parts) => {
            let nodes = parts.iter().map(|(_, part)| match part {
                EdgePart::Node(selection) => selection_cost(selection),
                EdgePart::Cursor | EdgePart::Constant(_) => 0,
            });
            nodes.fold(0, u64::saturating_add)
        }
        ConnectionPart::Page(_)
        | ConnectionPart::Total
        | ConnectionPart::Aggregate(..)
        | ConnectionPart::Constant(_) => 0,
    }
}
