//! Records as their table has them: whole rows, for the history of records.

use sea_query::{Expr, Func, LockType, Order, Query as Sql};
use tessera_schema::access::Right;
use tessera_schema::access::view::View;
use tessera_schema::ident::RecordId;
use tessera_schema::object::Object;

use crate::bind::{Param, Slot};
use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::snapshot::Snapshot;
use crate::sql;
use crate::statement::Statement;

/// The columns of the answer: the record's id, and its row as JSON whose keys are the table's columns.
pub const ID: &str = "_id";
pub const ROW: &str = "_row";

/// What is done with a record once its row is read; it is locked for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Nothing,
    Change,
    /// A change, or a removal.
    Removal,
}

/// The rows of the records that have one of these ids, in the bin or not, in the order of their ids.
#[must_use]
pub fn statement(
    snapshot: &Snapshot,
    view: &View,
    object: &Object,
    ids: impl Iterator<Item = RecordId>,
    next: Next,
) -> Statement {
    let mut compiler = Compiler::new(snapshot, view);
    let alias = compiler.alias("t");
    let ids = Slot::Constant(Param::List(ids.map(|id| Some(id.to_string())).collect()));
    let ids = compiler.params.slot(ids, "uuid[]");
    let row = Func::cust(sql::iden("row_to_json")).arg(Expr::col(sql::iden(&alias)));
    let mut select = Sql::select();
    select
        .expr_as(sql::col(&alias, "id"), sql::iden(ID))
        .expr_as(row, sql::iden(ROW))
        .and_where(sql::template("$1 = ANY($2)", [sql::col(&alias, "id"), ids]))
        .order_by_expr(sql::col(&alias, "id"), Order::Asc);
    // Values that are hidden are left out where states are shown.
    compiler.select_stored(&mut select, object, &alias, Right::Read, Deleted::Include);
    match next {
        Next::Nothing => {}
        Next::Change => {
            select.lock_with_tables(LockType::NoKeyUpdate, [sql::iden(&alias)]);
        }
        Next::Removal => {
            select.lock_with_tables(LockType::Update, [sql::iden(&alias)]);
        }
    }
    compiler.finish_select(snapshot, &select)
}
