//! Locks that a transaction takes before it writes, so that transactions on the same records wait for each other one after the
//! other and not in a circle.
//!
//! Records that are known by id are locked in the order of tables and ids, as every write of several rows locks them. Those that
//! a key or a filter finds are known too late for that, so a transaction with such writes has the object for itself among the
//! transactions that lock: it takes an advisory lock alone, which the others share.
//!
//! Not everything is locked beforehand, so transactions can still wait for each other in a circle:
//! - where each removes a record that the other refers to. A reference takes `FOR KEY SHARE`, which waits for records that go
//!   and for no other write;
//! - where records go along with others, by `cascade` or `set_null`: these are found and locked by the statement that removes
//!   the others, whatever their table;
//! - where each makes records with the unique values of the other's, in the opposite order.
//!
//! Then Postgres ends one of them, and it is tried again.

use sea_query::{Expr, LockType, Order, Query as Sql};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use tessera_schema::column::SqlName;
use tessera_schema::ident::RecordId;

use crate::bind::{Param, Slot};
use crate::model::snapshot::Snapshot;
use crate::query::compiler::Compiler;
use crate::sql;
use crate::statement::Statement;

/// What a transaction is about to write, by table.
#[derive(Debug, Default)]
pub struct Targets(BTreeMap<SqlName, Rows>);

#[derive(Debug, Default)]
struct Rows {
    ids: Vec<RecordId>,
    /// How many writes find their records themselves.
    finding: usize,
    /// Whether records go, to the bin or for good.
    go: bool,
}

impl Targets {
    /// A write of a record; `None` where a key or a filter finds the records. `goes` tells whether it removes them.
    pub fn add(&mut self, table: &SqlName, id: Option<RecordId>, goes: bool) {
        let rows = self.0.entry(table.clone()).or_default();
        rows.go |= goes;
        match id {
            Some(id) => rows.ids.push(id),
            None => rows.finding += 1,
        }
    }

    /// Whether nothing can wait for it in a circle: it locks records once.
    pub(crate) fn is_one(&self) -> bool {
        let writes = self.0.values().map(|rows| rows.ids.len() + rows.finding);
        writes.sum::<usize>() < 2
    }

    pub(crate) async fn lock_objects(
        &self,
        connection: &mut PgConnection,
        snapshot: &Snapshot,
    ) -> Result<(), sqlx::Error> {
        for (table, rows) in &self.0 {
            let lock = if rows.finding > 0 {
                "select pg_advisory_xact_lock(hashtextextended($1, 0))"
            } else {
                "select pg_advisory_xact_lock_shared(hashtextextended($1, 0))"
            };
            let name = format!("tessera {}.{table}", snapshot.tenant.schema.as_str());
            sqlx::query(lock)
                .bind(name)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }

    /// The statements that lock the records that are known by id and are there.
    pub(crate) fn lock_rows(&self, snapshot: &Snapshot) -> impl Iterator<Item = Statement> {
        let known = self.0.iter().filter(|(_, rows)| !rows.ids.is_empty());
        known.map(|(table, rows)| rows.lock(snapshot, table))
    }
}

impl Rows {
    fn lock(&self, snapshot: &Snapshot, table: &SqlName) -> Statement {
        const ALIAS: &str = "t";
        let mut compiler = Compiler::new(snapshot);
        let ids = self.ids.iter().map(|id| Some(id.to_string()));
        let ids = Slot::Constant(Param::List(ids.collect()));
        let ids = compiler.params.slot(ids, "uuid[]");
        let mut select = Sql::select();
        select
            .expr(Expr::cust("1"))
            .from_as(sql::table(compiler.schema, table), sql::iden(ALIAS))
            .and_where(sql::template("$1 = any($2)", [sql::col(ALIAS, "id"), ids]))
            .order_by_expr(sql::col(ALIAS, "id"), Order::Asc)
            // As the writes themselves lock them ([`Action::lock`](super::Action::lock)).
            .lock(if self.go {
                LockType::Update
            } else {
                LockType::NoKeyUpdate
            });
        sql::audit(&select, &snapshot.tenant.schema);
        let built = sql::build_select(&select);
        compiler.finish(snapshot, built)
    }
}
