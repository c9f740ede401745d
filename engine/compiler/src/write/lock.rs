//! Locks that a transaction takes before it writes, so that transactions on the same records wait for each other one after the
//! other and not in a circle.
//!
//! Records that are known by id are locked in the order of tables and ids, as every write of several rows locks them. Those that
//! a key or a filter finds are known too late for that, and unique values are taken in the order of the writes. So a transaction
//! with such writes has the object for itself among the transactions that lock: it takes an advisory lock alone, which the
//! others share. A single write of several records does the same where it takes unique values ([`keys`](super::keys)).
//!
//! Not everything is locked beforehand, so transactions can still wait for each other in a circle:
//! - where each removes a record that the other refers to. A reference takes `FOR KEY SHARE`, which waits for records that go
//!   and for no other write;
//! - where records go along with others, by `cascade` or `set_null`: these are found and locked by the statement that removes
//!   the others, whatever their table;
//! - where one takes unique values of several fields in one record, another those of several records, and each value of the one
//!   is the other's: a write of one record takes no advisory lock.
//!
//! Then Postgres ends one of them, and it is tried again.

use sea_query::{Expr, LockType, Order, Query as Sql, SelectStatement};
use std::collections::BTreeMap;
use tessera_schema::column::SqlName;
use tessera_schema::ident::RecordId;

use crate::access::entry::Unguarded;
use crate::bind::{Param, Slot};
use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::snapshot::Snapshot;
use crate::sql;
use crate::statement::Statement;
use crate::tenant::SchemaName;

/// What a transaction is about to write, by table.
#[derive(Debug, Default)]
pub struct Targets(BTreeMap<SqlName, Rows>);

/// One write, as far as it is known before any has run.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The record; `None` where it is made, or where a key or a filter finds the records.
    pub id: Option<RecordId>,
    /// Whether it gives records unique values.
    pub takes_keys: bool,
    /// Whether it removes the records, to the bin or for good.
    pub goes: bool,
}

#[derive(Debug, Default)]
struct Rows {
    writes: usize,
    ids: Vec<RecordId>,
    alone: bool,
    go: bool,
}

impl Targets {
    pub fn add(&mut self, table: &SqlName, target: Target) {
        let rows = self.0.entry(table.clone()).or_default();
        rows.writes += 1;
        rows.ids.extend(target.id);
        rows.alone |= target.id.is_none() || target.takes_keys;
        rows.go |= target.goes;
    }

    /// Whether nothing can wait for it in a circle: it locks records once.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.0.values().map(|rows| rows.writes).sum::<usize>() < 2
    }

    /// The locks of the objects.
    pub fn lock_objects(&self, snapshot: &Snapshot) -> impl Iterator<Item = ObjectLock> {
        let all = self.0.iter();
        all.map(|(table, rows)| object(snapshot, table, rows.alone))
    }

    /// The statements that lock the records that are known by id and are there.
    pub fn lock_rows(&self, snapshot: &Snapshot) -> impl Iterator<Item = Statement> {
        let known = self.0.iter().filter(|(_, rows)| !rows.ids.is_empty());
        known.map(|(table, rows)| rows.lock(snapshot, table))
    }
}

/// An object's advisory lock, taken alone or with others that share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectLock {
    /// It binds the name as `$1`.
    pub text: &'static str,
    pub name: String,
}

pub(super) fn object(snapshot: &Snapshot, table: &SqlName, alone: bool) -> ObjectLock {
    ObjectLock {
        text: if alone {
            "select pg_advisory_xact_lock(hashtextextended($1, 0))"
        } else {
            "select pg_advisory_xact_lock_shared(hashtextextended($1, 0))"
        },
        name: name(&snapshot.tenant.schema, table),
    }
}

/// A select that takes an object's advisory lock, shared.
pub(super) fn shared(compiler: &mut Compiler<'_>, table: &SqlName) -> SelectStatement {
    let name = name(compiler.schema, table);
    let name = compiler.params.text(Some(name), "text");
    let mut select = Sql::select();
    select.expr(sql::template(
        "pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtextextended($1, 0))",
        [name],
    ));
    select
}

fn name(schema: &SchemaName, table: &SqlName) -> String {
    format!("tessera {}.{table}", schema.as_str())
}

impl Rows {
    fn lock(&self, snapshot: &Snapshot, table: &SqlName) -> Statement {
        const ALIAS: &str = "t";
        let mut compiler = Compiler::unguarded(snapshot);
        let ids = self.ids.iter().map(|id| Some(id.to_string()));
        let ids = Slot::Constant(Param::List(ids.collect()));
        let ids = compiler.params.slot(ids, "uuid[]");
        let mut select = Sql::select();
        select
            .expr(Expr::cust("1"))
            .and_where(sql::template("$1 = any($2)", [sql::col(ALIAS, "id"), ids]))
            .order_by_expr(sql::col(ALIAS, "id"), Order::Asc)
            // As the writes themselves lock them ([`Action::lock`](super::Action::lock)).
            .lock(if self.go {
                LockType::Update
            } else {
                LockType::NoKeyUpdate
            });
        let (lock, deleted) = (Unguarded::Lock, Deleted::Include);
        compiler.select_unguarded(&mut select, table, ALIAS, deleted, lock);
        compiler.finish_select(snapshot, &select)
    }
}
