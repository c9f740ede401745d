//! Where a record's table enters a compiled statement.
//!
//! Selects and joins of records add the condition on the bin and the caller's row rule. Each other function says why it adds
//! none. A table that enters anywhere else does not pass the [`audit`](super::audit).

use sea_query::{
    Condition, DeleteStatement, Expr, ExprTrait, InsertStatement, IntoTableRef, JoinType,
    Query as Sql, SelectStatement, TableRef, UpdateStatement,
};
use tessera_schema::access::Right;
use tessera_schema::column::SqlName;
use tessera_schema::object::Object;

use crate::access::audit::{Entry, Place};
use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::sql;

/// The table of the tenant's members.
const USERS: &str = "_users";

/// Why a statement reads rows with no regard to what the caller may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unguarded {
    /// What a relation's `on_delete` says holds for every record, whether the caller sees it or not.
    OnDelete,
    /// The rows are locked, and nothing of them is read.
    Lock,
}

impl Compiler<'_> {
    /// The records of an object that the caller may read.
    pub(crate) fn select_records(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        alias: &str,
        deleted: Deleted,
    ) {
        self.select_records_for(select, object, alias, Right::Read, deleted);
    }

    /// The records of an object that the caller may use a right on.
    pub(crate) fn select_records_for(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        alias: &str,
        right: Right,
        deleted: Deleted,
    ) {
        let table = self.read(&object.table, alias);
        select.from_as(table, sql::iden(alias));
        select.and_where_option(in_bin(alias, deleted));
        let guard = self.guard(object, right, alias);
        select.and_where_option(guard);
    }

    /// As [`Compiler::select_records`], joined to what the select is from: the rows of both that belong together.
    pub(crate) fn join_records(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        (alias, on): (&str, Expr),
        deleted: Deleted,
    ) {
        let table = self.read(&object.table, alias);
        let on = Condition::all().add(on);
        select.join_as(JoinType::InnerJoin, table, sql::iden(alias), on);
        select.and_where_option(in_bin(alias, deleted));
        let guard = self.guard(object, Right::Read, alias);
        select.and_where_option(guard);
    }

    /// Joins the record that a relation leads to. One in the bin, or one that the caller may not read, is not there: the rows
    /// before it stay, and read null.
    pub(crate) fn left_join_record(
        &mut self,
        select: &mut SelectStatement,
        target: &Object,
        (alias, on): (&str, Expr),
    ) {
        let table = self.read(&target.table, alias);
        let mut on = Condition::all().add(on);
        let bin = in_bin(alias, Deleted::Exclude);
        let guard = self.guard(target, Right::Read, alias);
        for condition in bin.into_iter().chain(guard) {
            on = on.add(condition);
        }
        select.join_as(JoinType::LeftJoin, table, sql::iden(alias), on);
    }

    /// Records that the statement has found before, to be chosen by what it knows of them.
    pub(crate) fn select_found(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        alias: &str,
    ) {
        let table = self.read(&object.table, alias);
        select.from_as(table, sql::iden(alias));
    }

    /// Records that the statement has found before, joined to what it knows of them.
    pub(crate) fn join_found(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        (alias, on): (&str, Expr),
    ) {
        let table = self.read(&object.table, alias);
        let on = Condition::all().add(on);
        select.join_as(JoinType::InnerJoin, table, sql::iden(alias), on);
    }

    /// The rows of a many-to-many relation as the statement leaves them. They are met beside the records at both ends, which
    /// have row rules of their own.
    pub(crate) fn select_links(
        &mut self,
        select: &mut SelectStatement,
        table: &SqlName,
        alias: &str,
    ) {
        let mut written = self.links.iter();
        let written = written.find(|(written, _)| written == table);
        let rows = match written {
            Some((_, rows)) => sql::iden(rows).into_table_ref(),
            None => self.read(table, alias),
        };
        select.from_as(rows, sql::iden(alias));
    }

    /// The rows of a many-to-many relation as they were before the statement, under no alias.
    pub(crate) fn select_links_before(&mut self, select: &mut SelectStatement, table: &SqlName) {
        let table = self.read(table, "");
        select.from(table);
    }

    /// The users, to choose the caller from.
    pub(crate) fn select_users(&mut self, select: &mut SelectStatement, alias: &str) {
        let table = self.read(&SqlName::join(&[USERS]), alias);
        select.from_as(table, sql::iden(alias));
    }

    /// The rows of a table, whether the caller may read them or not.
    pub(crate) fn select_unguarded(
        &mut self,
        select: &mut SelectStatement,
        table: &SqlName,
        alias: &str,
        deleted: Deleted,
        _reason: Unguarded,
    ) {
        let table = self.read(table, alias);
        select.from_as(table, sql::iden(alias));
        select.and_where_option(in_bin(alias, deleted));
    }

    /// An `INSERT` into a table. What it inserts has to have been granted.
    pub(crate) fn insert_into(&mut self, table: &SqlName) -> InsertStatement {
        let table = self.written(table);
        Sql::insert().into_table(table).to_owned()
    }

    /// An `UPDATE` of a table. Its rows must come from a select of the same statement.
    pub(crate) fn update_of(&mut self, table: &SqlName) -> UpdateStatement {
        let table = self.written(table);
        Sql::update().table(table).to_owned()
    }

    /// A `DELETE` from a table. Its rows must come from a select of the same statement.
    pub(crate) fn delete_from(&mut self, table: &SqlName) -> DeleteStatement {
        let table = self.written(table);
        Sql::delete().from_table(table).to_owned()
    }

    fn read(&mut self, table: &SqlName, alias: &str) -> TableRef {
        self.enter(table, Place::Read(alias.to_owned()))
    }

    fn written(&mut self, table: &SqlName) -> TableRef {
        self.enter(table, Place::Written)
    }

    fn enter(&mut self, table: &SqlName, place: Place) -> TableRef {
        self.entries.put(Entry {
            table: table.clone(),
            place,
        });
        (sql::iden(self.schema.as_str()), sql::iden(table.as_str())).into_table_ref()
    }
}

/// The condition on `deleted_at`; none where both kinds are wanted.
fn in_bin(alias: &str, deleted: Deleted) -> Option<Expr> {
    let deleted_at = sql::col(alias, "deleted_at");
    match deleted {
        Deleted::Exclude => Some(deleted_at.is_null()),
        Deleted::Only => Some(deleted_at.is_not_null()),
        Deleted::Include => None,
    }
}
