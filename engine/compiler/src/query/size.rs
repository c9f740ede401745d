//! The size of an answer: the records and values that one request may ask for.
//!
//! Records are the sizes of its lists, multiplied where they nest.

use tessera_error::UserError;
use tessera_schema::violation::Pointer;

use crate::query::tree::{
    Connection, ConnectionPart, EdgePart, GroupItem, GroupShape, Item, Query, Root, Selection,
    Shape,
};

/// The most records one request may ask for.
const MOST_RECORDS: u64 = 1_000_000;

/// The most values that one request may ask for. The server keeps about three times the answer while it makes it: 190 MB for 1,320,000
/// ids and short names, 240 MB for 1,900,000.
const MOST_VALUES: u64 = 1_400_000;

/// The most values in one JSON text that Postgres makes: what is nested below one record, or the whole of an answer with several
/// roots. Postgres keeps five to six times the text while it makes it.
const MOST_IN_ONE_TEXT: u64 = 250_000;

/// What an answer may come to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Size {
    records: u64,
    values: u64,
}

impl Size {
    const VALUE: Self = Self {
        records: 0,
        values: 1,
    };
    const RECORD: Self = Self {
        records: 1,
        values: 0,
    };

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            records: self.records.saturating_add(other.records),
            values: self.values.saturating_add(other.values),
        }
    }

    fn times(self, count: impl Into<u64>) -> Self {
        let count = count.into();
        Self {
            records: self.records.saturating_mul(count),
            values: self.values.saturating_mul(count),
        }
    }

    fn sum(all: impl Iterator<Item = Self>) -> Self {
        all.fold(Self::default(), Self::plus)
    }

    /// Refuses the answers of one request that may be too large together. Each of them is a text by itself.
    pub(crate) fn check_together(self) -> Result<(), UserError> {
        self.check(Self::default())
    }

    /// Refuses an answer that may be too large and that Postgres makes in one text.
    pub fn check_one_text(self) -> Result<(), UserError> {
        self.check(self)
    }

    /// Refuses an answer that may be too large, of which Postgres makes this much in one text.
    fn check(self, in_one_text: Self) -> Result<(), UserError> {
        let (asked, most, what) = if self.records > MOST_RECORDS {
            (self.records, MOST_RECORDS, "records")
        } else if self.values > MOST_VALUES {
            (self.values, MOST_VALUES, "values")
        } else if in_one_text.values > MOST_IN_ONE_TEXT {
            let what = "values below one record, or in several lists at once";
            (in_one_text.values, MOST_IN_ONE_TEXT, what)
        } else {
            return Ok(());
        };
        let message = format!(
            "this could touch {asked} {what}, and a request may touch {most}: ask for shorter lists, fewer levels or fewer fields, or send several requests"
        );
        Err(UserError::malformed(Pointer::root(), "too_costly", message))
    }
}

/// What the answer of a query may come to.
///
/// # Errors
/// It may be too large.
pub fn of_query(query: &Query) -> Result<Size, UserError> {
    let roots = query.roots.iter().map(|root| match root {
        Root::One { selection, .. } => Size::RECORD.plus(of_each(selection)),
        Root::Many { connection, .. } => connection_size(connection),
        Root::Groups {
            aggregation, shape, ..
        } => Size::RECORD
            .plus(group_size(shape))
            .times(aggregation.limit),
        Root::Search { limit, .. } => Size::RECORD.times(*limit),
    });
    let all = Size::sum(roots);
    all.check(match query.roots.as_slice() {
        [Root::Many { connection, .. }] => of_each_listed(connection),
        _ => all,
    })?;
    Ok(all)
}

/// The size of the answer to a write of `records` records, each of this size.
#[must_use]
pub fn of_write(of_each: Size, records: usize) -> Size {
    of_each.times(records.max(1) as u64)
}

/// What a selection shows of each record, and of others beside it.
#[must_use]
pub fn of_each(selection: &Selection) -> Size {
    Size::sum(selection.0.iter().map(|(_, item)| match item {
        Item::ToOne(_, _, selection) => Size::RECORD.plus(of_each(selection)),
        Item::ToMany(_, _, connection) => connection_size(connection),
        Item::Composite { parts, .. } => Size::VALUE.times(parts.len() as u64),
        Item::Column(_) | Item::GlobalId { .. } | Item::Constant(_) => Size::VALUE,
    }))
}

/// What a list of records, which come row by row, shows of each.
fn of_each_listed(connection: &Connection) -> Size {
    match &connection.shape {
        Shape::Array { records, .. } => of_each(records),
        Shape::Object(parts) => Size::sum(parts.iter().map(|(_, part)| match part {
            ConnectionPart::Nodes(selection) => of_each(selection),
            ConnectionPart::Edges(parts) => Size::sum(parts.iter().map(edge_size)),
            ConnectionPart::Page(_)
            | ConnectionPart::Total
            | ConnectionPart::Aggregate(..)
            | ConnectionPart::Constant(_) => Size::default(),
        })),
    }
}

fn connection_size(connection: &Connection) -> Size {
    let limit = connection.window.limit;
    let listed = |of_each: Size| Size::RECORD.plus(of_each).times(limit);
    match &connection.shape {
        Shape::Array { records, .. } => listed(of_each(records)),
        Shape::Object(parts) => Size::sum(parts.iter().map(|(_, part)| match part {
            ConnectionPart::Nodes(selection) => listed(of_each(selection)),
            ConnectionPart::Edges(parts) => listed(Size::sum(parts.iter().map(edge_size))),
            ConnectionPart::Page(parts) => Size::VALUE.times(parts.len() as u64),
            // However many records are counted, the answer is one.
            ConnectionPart::Total => Size::RECORD,
            ConnectionPart::Aggregate(_, shape) => Size::RECORD.plus(group_size(shape)),
            ConnectionPart::Constant(_) => Size::VALUE,
        })),
    }
}

fn edge_size((_, part): &(String, EdgePart)) -> Size {
    match part {
        EdgePart::Node(selection) => of_each(selection),
        EdgePart::Cursor | EdgePart::Constant(_) => Size::VALUE,
    }
}

fn group_size(shape: &GroupShape) -> Size {
    Size::sum(shape.0.iter().map(|(_, item)| match item {
        GroupItem::Object(shape) => group_size(shape),
        GroupItem::Amounts(_, parts) => Size::VALUE.times(parts.len() as u64),
        GroupItem::Key(_) | GroupItem::Aggregate(_) | GroupItem::Constant(_) => Size::VALUE,
    }))
}
