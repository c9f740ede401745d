//! The rows that a write changes, as they are before it.

use sea_query::{ExprTrait, Order, Query as Sql, SelectStatement};
use tessera_schema::access::Right;

use crate::access::mask::Rows;
use crate::bind::Param;
use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::sql;
use crate::write::Action;
use crate::write::part::Writer;

/// The rows that a write is about, locked. A restored record is looked for outside the bin too, to tell why it is not restored.
pub(super) fn rows(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    action: &Action,
) -> SelectStatement {
    const ALIAS: &str = "t";
    let object = writer.object;
    let mut select = Sql::select();
    select.exprs(writer.old.iter().map(|name| sql::column(ALIAS, name)));
    let by_id = |compiler: &mut Compiler<'_>, select: &mut SelectStatement, deleted: Deleted| {
        let id = compiler.params.given(
            |given| Some(Param::Text(Some(given.id?.to_string()))),
            "uuid",
        );
        select.and_where(sql::col(ALIAS, "id").eq(id));
        compiler.select_stored(select, object, ALIAS, Right::Read, deleted);
        writer.rules.put(compiler, select, ALIAS);
    };
    match action {
        Action::Update { .. } | Action::Delete { .. } => {
            by_id(compiler, &mut select, Deleted::Exclude);
        }
        Action::Restore { .. } | Action::Destroy { .. } => {
            by_id(compiler, &mut select, Deleted::Include);
        }
        Action::UpdateWhere { filter, .. }
        | Action::DeleteWhere { filter, .. }
        | Action::RestoreWhere { filter } => {
            let deleted = match action {
                Action::RestoreWhere { .. } => Deleted::Only,
                _ => Deleted::Exclude,
            };
            compiler.select_stored(&mut select, object, ALIAS, Right::Read, deleted);
            writer.rules.put(compiler, &mut select, ALIAS);
            let seen = compiler.as_seen(&mut select, object, ALIAS, Rows::Table);
            let condition = compiler.filter(filter, &seen);
            // It cannot be tried out, and may read the whole table.
            compiler.params.plan_each_time();
            select.and_where_option(condition);
            // Writes of the same rows wait for each other one after the other, not in a circle.
            select.order_by_expr(sql::col(ALIAS, "id"), Order::Asc);
        }
        Action::Create(_)
        | Action::CreateMany(_)
        | Action::Upsert { .. }
        | Action::UpsertMany { .. }
        | Action::UpdateMany(_) => {
            unreachable!("these find their rows themselves")
        }
    }
    select.lock_with_tables(action.lock(), [sql::iden(ALIAS)]);
    select
}
