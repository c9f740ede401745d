//! Locking records before a transaction writes them.

use sea_query::{Expr, LockType, Order, Query as Sql};
use tessera_schema::column::SqlName;

use crate::model::snapshot::Snapshot;
use crate::query::compile::Compiler;
use crate::sql::{self, Param, Slot, Statement};

/// Locks rows of a table in the order of their ids, as every write of several rows does.
pub(crate) fn rows(snapshot: &Snapshot, table: &SqlName, ids: Vec<String>) -> Statement {
    const ALIAS: &str = "t";
    let mut compiler = Compiler::new(snapshot);
    let ids = Param::List(ids.into_iter().map(Some).collect());
    let ids = compiler.params.slot(Slot::Constant(ids), "uuid[]");
    let mut select = Sql::select();
    select
        .expr(Expr::cust("1"))
        .from_as(sql::table(compiler.schema, table), sql::iden(ALIAS))
        .and_where(sql::template("$1 = any($2)", [sql::col(ALIAS, "id"), ids]))
        .order_by_expr(sql::col(ALIAS, "id"), Order::Asc)
        .lock(LockType::Update);
    sql::audit(&select, &snapshot.tenant.schema);
    let built = sql::build_select(&select);
    compiler.finish(snapshot, built)
}
