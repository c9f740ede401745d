//! The records that lose a link when the one they refer to is destroyed.
//!
//! Left to the foreign keys, a relation with `on_delete: set_null` would be emptied, and a many-to-many relation would lose a
//! row, without a new version and without an event. So the statement that destroys a record changes those that refer to it
//! itself, in the bin or not, as any update would. The foreign keys then find nothing left to do: the records that go are locked
//! by a statement before, so that no link is made between.

use sea_query::{
    Expr, ExprTrait, LockType, Order, Query as Sql, SelectStatement, UnionType, UpdateStatement,
    WithClause,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_schema::column::SqlName;
use tessera_schema::model::Model;
use tessera_schema::object::Object;
use tessera_schema::storage::OnDelete;

use crate::access::entry::Unguarded;
use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::sql;
use crate::write::event::{self, Recorded};
use crate::write::family::Family;
use crate::write::part::{NEW, Writer, cte};

/// An object whose records refer to those of a family, without going along.
struct Referrer<'m> {
    object: &'m Arc<Object>,
    /// The relations to one record, each with the number of its target in the family.
    columns: Vec<(SqlName, usize)>,
    /// The tables of many-to-many relations, likewise.
    links: Vec<(SqlName, usize)>,
}

fn referrers<'m>(model: &'m Model, family: &Family) -> Vec<Referrer<'m>> {
    let objects = model.definitions().into_iter();
    let referrers = objects.map(|object| {
        let mut referrer = Referrer {
            object,
            columns: Vec::new(),
            links: Vec::new(),
        };
        for field in object.own_fields() {
            if let Some(to_one) = field.to_one()
                && field.on_delete() == OnDelete::SetNull
                && let Some(number) = family.number(&to_one.target)
            {
                referrer.columns.push((to_one.column, number));
            }
            if let Some(target) = field.linked()
                && let Some(number) = family.number(target)
            {
                referrer.links.push((object.link_table(field), number));
            }
        }
        referrer
    });
    let refers =
        |referrer: &Referrer<'_>| !referrer.columns.is_empty() || !referrer.links.is_empty();
    referrers.filter(refers).collect()
}

/// Whether records of any object may refer to the family's without going along.
pub(super) fn is_needed(model: &Model, family: &Family) -> bool {
    !referrers(model, family).is_empty()
}

/// Changes the records that refer to those destroyed, and leaves their events. The family's own records are found before.
pub(super) fn records(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    family: &Family,
) {
    for (number, referrer) in referrers(compiler.model, family).iter().enumerate() {
        let (was, is) = (format!("_linked{number}"), format!("_unlinked{number}"));
        let recorded = Recorded::unlinked(
            referrer.object,
            referrer.columns.iter().map(|(name, _)| name.as_str()),
        );
        let rows = referrer.rows(compiler, family, &recorded);
        cte(with, &was, rows);
        let update = referrer.update(compiler, writer, family, &recorded, &was);
        cte(with, &is, update);
        let rows = (was.as_str(), is.as_str());
        let event = event::of_unlinked(compiler, writer, referrer.object, &recorded, rows);
        cte(with, &format!("_unlinked_event{number}"), event);
    }
}

impl Referrer<'_> {
    /// The records that lose a link, locked.
    fn rows(
        &self,
        compiler: &mut Compiler<'_>,
        family: &Family,
        recorded: &Recorded,
    ) -> SelectStatement {
        let mut columns: BTreeSet<SqlName> = recorded.of_old().cloned().collect();
        columns.insert(SqlName::join(&["id"]));
        let mut every = |select: &mut SelectStatement, table: &SqlName, alias: &str| {
            let (reason, deleted) = (Unguarded::OnDelete, Deleted::Include);
            compiler.select_unguarded(select, table, alias, deleted, reason);
        };
        let mut each = Vec::with_capacity(self.columns.len() + self.links.len());
        for (column, target) in &self.columns {
            let mut ids = Sql::select();
            ids.expr(sql::col("c", "id"))
                .and_where(sql::column("c", column).in_subquery(family.gone(*target)));
            every(&mut ids, &self.object.table, "c");
            each.push(ids);
        }
        for (table, target) in &self.links {
            let mut ids = Sql::select();
            ids.expr(sql::col("l", "from_id"))
                .and_where(sql::col("l", "to_id").in_subquery(family.gone(*target)));
            every(&mut ids, table, "l");
            each.push(ids);
        }
        let mut each = each.into_iter();
        let mut ids = each.next().expect("it refers to the family");
        ids.unions(each.map(|ids| (UnionType::All, ids)));
        let mut rows = Sql::select();
        every(&mut rows, &self.object.table, "t");
        rows.exprs(columns.iter().map(|name| sql::column("t", name)))
            .and_where(sql::col("t", "id").in_subquery(ids))
            .order_by_expr(sql::col("t", "id"), Order::Asc)
            .lock_with_tables(LockType::NoKeyUpdate, [sql::iden("t")]);
        if let Some(number) = family.number(self.object.api_name()) {
            rows.and_where(sql::col("t", "id").not_in_subquery(family.gone(number)));
        }
        rows
    }

    fn update(
        &self,
        compiler: &mut Compiler<'_>,
        writer: &Writer<'_>,
        family: &Family,
        recorded: &Recorded,
        was: &str,
    ) -> UpdateStatement {
        let table = self.object.table.as_str();
        let mut written = Sql::select();
        written.expr(Expr::cust("1")).from(sql::iden(NEW));
        let mut update = compiler.update_of(&self.object.table);
        for (column, target) in &self.columns {
            let old = || sql::column(table, column);
            let is_gone = old().in_subquery(family.gone(*target));
            let kept = sql::template("CASE WHEN $1 THEN null ELSE $2 END", [is_gone, old()]);
            update.value(sql::iden(column.as_str()), kept);
        }
        writer.stamp(&mut update, was);
        update
            .from(sql::iden(was))
            .and_where(sql::col(table, "id").eq(sql::col(was, "id")))
            .and_where(Expr::exists(written));
        let id = std::iter::once(sql::col(table, "id"));
        let columns = recorded.of_new().map(|name| sql::column(table, name));
        update.returning(Sql::returning().exprs(id.chain(columns)));
        update
    }
}
