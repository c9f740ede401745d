//! Columns that only some records of an input bring a value for. A flag beside each says which records do: the others leave what
//! the row has.

use sea_query::{Expr, ExprTrait};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use tessera_schema::column::{Column, ColumnType};
use tessera_schema::ident::ApiName;
use tessera_schema::object::Field;
use tessera_schema::record::Record;
use tessera_schema::scalar::Scalar;

use crate::sql;
use crate::write::insert::Input;
use crate::write::part::{INPUT, input_name, link_column};

/// A column that some record brings a value for.
pub(super) struct Value<'o> {
    pub(super) column: &'o Column,
    /// Where some records leave it out, but not all: the column of the input that says which have it.
    told_by: Option<String>,
    /// Where some records fill it if it is empty: the column of the input that says which do.
    filled_by: Option<String>,
    /// Left out by all.
    left_out: bool,
}

impl<'o> Value<'o> {
    /// `place`: the number of the column among those of the input.
    pub(super) fn of<'r>(
        column: &'o Column,
        place: usize,
        records: impl ExactSizeIterator<Item = &'r Record> + Clone,
    ) -> Self {
        let name = column.name.as_str();
        let given = |record: &&Record| record.columns.contains_key(name);
        let count = records.clone().filter(given).count();
        let some = count > 0 && count < records.len();
        let mut records = records;
        let fills = records.any(|record| record.fills.contains_key(name));
        Self {
            column,
            told_by: some.then(|| format!("_has{place}")),
            filled_by: fills.then(|| format!("_fills{place}")),
            left_out: count == 0,
        }
    }

    /// Whether some record brings a value. Records that only fill an empty column do not count.
    pub(super) const fn is_given_by_some(&self) -> bool {
        !self.left_out
    }

    /// Whether no record changes the column of a row that is there.
    pub(super) const fn stays(&self) -> bool {
        self.left_out && self.filled_by.is_none()
    }

    /// The columns that it has in the input.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let name = self.column.name.to_string();
        let flags = self.told_by.iter().chain(&self.filled_by).cloned();
        std::iter::once(name).chain(flags)
    }

    /// Adds the flags to an input.
    pub(super) fn put_flags<T>(
        &self,
        input: &mut Input<'_, '_, T>,
        record: for<'r> fn(&'r T) -> &'r Record,
    ) {
        let boolean = ColumnType::of(Scalar::Boolean);
        if let Some(told_by) = &self.told_by {
            let name = self.column.name.clone();
            let told = move |item: &T, _| {
                Some(record(item).columns.contains_key(name.as_str()).to_string())
            };
            input.put(told_by, &boolean, told);
        }
        if let Some(filled_by) = &self.filled_by {
            let name = self.column.name.clone();
            let fills =
                move |item: &T, _| Some(record(item).fills.contains_key(name.as_str()).to_string());
            input.put(filled_by, &boolean, fills);
        }
    }

    /// The value after a change of a row that has `old`; `new` is what the input brings.
    pub(super) fn after(&self, old: Expr, new: Expr) -> Expr {
        let kept = self.filled_by.as_ref().map(|filled_by| {
            let parts = [sql::col(INPUT, filled_by), old.clone(), new.clone()];
            sql::template("CASE WHEN $1 THEN coalesce($2, $3) ELSE $2 END", parts)
        });
        match (&self.told_by, kept) {
            (None, Some(kept)) => kept,
            (None, None) => new,
            (Some(told_by), kept) => sql::template(
                "CASE WHEN $1 THEN $2 ELSE $3 END",
                [sql::col(INPUT, told_by), new, kept.unwrap_or(old)],
            ),
        }
    }

    /// Whether the record of a row of the input brings a value, not counting one that fills an empty column.
    pub(super) fn is_given(&self) -> Expr {
        match &self.told_by {
            Some(told_by) => sql::col(INPUT, told_by),
            None if self.left_out => Expr::cust("false"),
            None => Expr::cust("true"),
        }
    }
}

/// Whether the record of a row of the input brings a value of a field.
pub(super) fn is_given(field: &Field, values: &[Value<'_>]) -> Expr {
    if field.linked().is_some() {
        return sql::col(INPUT, &input_name(field.api_name())).is_not_null();
    }
    let of_field = |value: &&Value<'_>| {
        let mut columns = field.columns.iter();
        columns.any(|column| column.name == value.column.name)
    };
    let given = values.iter().filter(of_field).map(Value::is_given);
    given
        .reduce(ExprTrait::or)
        .unwrap_or_else(|| Expr::cust("false"))
}

/// The many-to-many relations that some record has a list for.
pub(super) fn links<'r>(records: impl Iterator<Item = &'r Record>) -> BTreeSet<&'r ApiName> {
    let links = records.flat_map(|record| &record.links);
    links.map(|(field, _)| field).collect()
}

/// Adds the lists of many-to-many relations to an input: null where a record leaves one out.
pub(super) fn put_links<T>(
    input: &mut Input<'_, '_, T>,
    links: &BTreeSet<&ApiName>,
    record: for<'r> fn(&'r T) -> &'r Record,
) {
    for field in links {
        let name = (*field).clone();
        let ids = move |item: &T, _| {
            let ids = record(item).linked(&name)?.to_vec();
            sql::input_form(&Json::Array(ids), &link_column())
        };
        input.put(&input_name(field), &link_column(), ids);
    }
}
