//! The unique values that a write of several records takes, and the order in which it takes them.
//!
//! Postgres lets a row with a unique value wait while another transaction gives the same value to another row. Two writes
//! that take the same values in opposite orders would wait for each other. So the new rows of a statement go in by the order
//! of their unique values, and the statement shares the object's advisory lock ([`lock`](super::lock)), which keeps off
//! transactions that take such values in an order of their own.
//!
//! There is no such order where the rows take values of several unique fields, where rows are changed that are there, and where
//! running numbers have to go by the order of the input. Such a write takes the advisory lock alone.
//!
//! A write of one record needs none of this: it takes its values in the order of the table's indexes.

use std::collections::BTreeSet;
use tessera_schema::column::SqlName;
use tessera_schema::object::Object;

use crate::write::Action;

/// The order in which a write takes unique values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys<'o> {
    /// By the values of a column.
    Ordered(&'o SqlName),
    Unordered,
}

impl<'o> Keys<'o> {
    /// `None` where the write takes no unique values, or those of one record.
    pub(super) fn of(object: &'o Object, action: &Action) -> Option<Self> {
        let mut named: BTreeSet<&str> = BTreeSet::new();
        match action {
            Action::CreateMany(records) => {
                for record in records {
                    named.extend(record.touched());
                    named.extend(record.id.map(|_| "id"));
                }
            }
            Action::UpsertMany { records, .. } => {
                for record in records {
                    named.extend(record.given.touched());
                    named.extend(record.defaults.touched());
                    named.extend(record.given.id.map(|_| "id"));
                }
            }
            Action::UpdateMany(changes) => {
                let named_by = changes.iter().flat_map(|change| change.values.touched());
                named.extend(named_by);
            }
            _ => return None,
        }
        let fields = object.fields.values();
        let unique =
            fields.filter(|field| field.definition.unique || field.api_name().as_str() == "id");
        let columns = unique.flat_map(|field| &field.columns);
        let mut taken = columns.filter(|column| named.contains(column.name.as_str()));
        let first = taken.next()?;
        // The rows of an update come in no order.
        let ordered = taken.next().is_none()
            && !object.is_numbered()
            && !matches!(action, Action::UpdateMany(_));
        Some(if ordered {
            Self::Ordered(&first.name)
        } else {
            Self::Unordered
        })
    }
}
