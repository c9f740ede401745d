//! Where a record's table enters a compiled statement.
//!
//! Selects and joins of records add the condition on the bin and the caller's row rule, and hide the values that the caller does not
//! see ([`mask`](super::mask)). Each other function says why it does not. A table that enters anywhere else does not pass the
//! [`audit`](super::audit).

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
    /// A row rule is asked of them.
    Rule,
    /// A key that is taken is taken, whether the caller sees by which record or not.
    Key,
}

impl Compiler<'_> {
    /// The records of an object that the caller may read, as the caller sees them.
    pub(crate) fn select_records(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        alias: &str,
        deleted: Deleted,
    ) {
        match self.masked_records(object, alias, Some(deleted)) {
            Some(rows) => {
                select.from_subquery(rows, sql::iden(alias));
            }
            None => self.select_stored(select, object, alias, Right::Read, deleted),
        }
    }

    /// The records of an object that the caller may use a right on, with their values as they are stored. They are for the statement
    /// itself, not for the caller: it changes the rows, or takes only their ids.
    pub(crate) fn select_stored(
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
        let on_both = Condition::all().add(on);
        if let Some(rows) = self.masked_records(object, alias, Some(deleted)) {
            select.join_subquery(JoinType::InnerJoin, rows, sql::iden(alias), on_both);
            return;
        }
        let table = self.read(&object.table, alias);
        select.join_as(JoinType::InnerJoin, table, sql::iden(alias), on_both);
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
        let mut on = Condition::all().add(on);
        if let Some(rows) = self.masked_records(target, alias, Some(Deleted::Exclude)) {
            select.join_subquery(JoinType::LeftJoin, rows, sql::iden(alias), on);
            return;
        }
        let table = self.read(&target.table, alias);
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
        if let Some(rows) = self.masked_records(object, alias, None) {
            select.from_subquery(rows, sql::iden(alias));
            return;
        }
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
        let on = Condition::all().add(on);
        if let Some(rows) = self.masked_records(object, alias, None) {
            select.join_subquery(JoinType::InnerJoin, rows, sql::iden(alias), on);
            return;
        }
        let table = self.read(&object.table, alias);
        select.join_as(JoinType::InnerJoin, table, sql::iden(alias), on);
    }

    /// The records of an object that may hide values: those that the caller may read, or where nothing is said of the bin, those
    /// that the statement has found before. None where no value is hidden.
    fn masked_records(
        &mut self,
        object: &Object,
        alias: &str,
        deleted: Option<Deleted>,
    ) -> Option<SelectStatement> {
        let (mut rows, table) = self.masked_rows(object, alias)?;
        match deleted {
            Some(deleted) => self.select_stored(&mut rows, object, &table, Right::Read, deleted),
            None => {
                let from = self.read(&object.table, &table);
                rows.from_as(from, sql::iden(&table));
            }
        }
        Some(rows)
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

    /// As [`Compiler::select_links`], to look from the records of `near`.
    pub(crate) fn select_links_of(
        &mut self,
        select: &mut SelectStatement,
        via: (&SqlName, &SqlName),
        (near, alias): (&str, &str),
    ) {
        let (table, column) = via;
        let becoming = self.becoming.as_ref().filter(|(of, _)| *of == near);
        let mut written = becoming.into_iter().flat_map(|(_, written)| written);
        let written = written.find(|(written, _)| written == table);
        match written.filter(|_| column.as_str() == "from_id") {
            Some((_, rows)) => {
                select.from_as(sql::iden(rows), sql::iden(alias));
            }
            None => self.select_links(select, table, alias),
        }
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
