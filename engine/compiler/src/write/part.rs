//! What the parts of a write's statement share: the names of its CTEs, who writes, and on which model.

use sea_query::{
    CommonTableExpression, Expr, ExprTrait, SelectStatement, UpdateStatement, WithClause,
};
use std::collections::BTreeSet;
use tessera_schema::column::{ColumnType, SqlName};
use tessera_schema::ident::ApiName;
use tessera_schema::object::Object;
use tessera_schema::scalar::Scalar;

use crate::sql;
use crate::write::demand::Rules;
use crate::write::keys::Keys;

/// Rows as they were, as they are, and as they came in.
pub(super) const OLD: &str = "_old";
pub(super) const NEW: &str = "_new";
pub(super) const INPUT: &str = "_input";
/// The wait for the advisory lock.
pub(super) const TURN: &str = "_turn";
/// The place of a record in the input, as the input's select calls it.
pub(super) const ORDINAL: &str = "_n";

/// What the server gives a new record, running numbers apart.
pub const GIVEN_TO_NEW: [&str; 6] = [
    "id",
    "created_at",
    "updated_at",
    "created_by",
    "updated_by",
    "version",
];

/// What the parts of a write share.
pub(super) struct Writer<'w> {
    pub(super) object: &'w Object,
    /// Who writes.
    pub(super) actor: Expr,
    /// The id of the change that the write belongs to.
    pub(super) change: Expr,
    /// The columns of the rows before and after that the statement reads; a row of few is made sooner.
    pub(super) old: BTreeSet<SqlName>,
    pub(super) new: BTreeSet<SqlName>,
    /// True while the model is the one the write was worked out from; otherwise nothing is written.
    pub(super) current: Expr,
    pub(super) rules: Rules<'w>,
    /// The unique values that it takes, if several records may.
    pub(super) keys: Option<Keys<'w>>,
}

impl Writer<'_> {
    /// Sets who changed a row, when, and its next version. `before` has the row as it was.
    pub(super) fn stamp(&self, update: &mut UpdateStatement, before: &str) {
        for name in ["updated_at", "updated_by", "version"] {
            let value = self.stamped(name, before).expect("the server changes it");
            update.value(sql::iden(name), value);
        }
    }

    /// The value that the server gives a column of a changed row; none where it leaves the column alone.
    pub(super) fn stamped(&self, column: &str, before: &str) -> Option<Expr> {
        match column {
            "updated_at" => Some(Expr::cust("now()")),
            "updated_by" => Some(self.actor.clone()),
            "version" => Some(sql::col(before, "version").add(Expr::cust("1"))),
            _ => None,
        }
    }

    /// The value that the server gives a column of a new row; none where it is the caller's, or a running number.
    pub(super) fn first(&self, column: &str, input: &str) -> Option<Expr> {
        match column {
            "id" => Some(sql::col(input, "id")),
            "created_at" | "updated_at" => Some(Expr::cust("now()")),
            "created_by" | "updated_by" => Some(self.actor.clone()),
            "version" => Some(Expr::cust("1")),
            _ => None,
        }
    }
}

pub(super) fn cte(
    with: &mut WithClause,
    name: &str,
    query: impl Into<sea_query::SubQueryStatement>,
) {
    let mut expression = CommonTableExpression::new();
    expression.table_name(sql::iden(name)).query(query);
    with.cte(expression);
}

/// All columns of an object's table.
pub(super) fn columns(object: &Object) -> impl Iterator<Item = &SqlName> {
    object
        .fields
        .values()
        .flat_map(|field| field.columns.iter().map(|column| &column.name))
}

/// The rows of a CTE under an alias.
pub(super) fn from_cte(select: &mut SelectStatement, name: &str, alias: &str) {
    select.from_as(sql::iden(name), sql::iden(alias));
}

/// A list of ids, as many-to-many relations take it.
pub(super) fn link_column() -> ColumnType {
    ColumnType {
        list: true,
        ..ColumnType::of(Scalar::Uuid)
    }
}

/// The column of the input that has a field's ids.
pub(super) fn input_name(field: &ApiName) -> String {
    format!("{field}_ids")
}
