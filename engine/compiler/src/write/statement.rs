//! The whole of a write as one statement: its CTEs, and what it answers.

use sea_query::{
    Condition, Expr, ExprTrait, JoinType, LockType, Query as Sql, SelectStatement, WithClause,
};
use std::collections::{BTreeMap, BTreeSet};
use tessera_schema::access::view::View;
use tessera_schema::column::SqlName;

use crate::access::mask::Rows;
use crate::bind::Param;
use crate::query::compiler::{Compiler, model_version, one_row};
use crate::query::projection;
use crate::snapshot::Snapshot;
use crate::sql;
use crate::statement::Statement;
use crate::write::allowed;
use crate::write::demand::Rules;
use crate::write::event::Recorded;
use crate::write::family::{self, Family};
use crate::write::keys::Keys;
use crate::write::lock::{self, ObjectLock};
use crate::write::part::{INPUT, NEW, OLD, ORDINAL, Writer, cte, from_cte};
use crate::write::{
    Action, Write, event, insert, link, merge, unlink, update, update_many, upsert,
};

/// The column of the answer that has the records' JSON.
pub(super) const BODY: usize = 5;

/// The locks that a write takes in its transaction before its own statement.
#[derive(Debug)]
pub struct Lock {
    /// Objects that it needs for itself, or shares (`false`).
    objects: BTreeMap<SqlName, bool>,
    /// A statement that locks rows, and counts them in `_count`. It sees nothing of what others commit while it waits.
    pub rows: Option<Statement>,
    /// Rows may be joined to those it has found, so it has to run until it finds no more.
    pub grows: bool,
}

impl Lock {
    pub fn objects(&self, snapshot: &Snapshot) -> impl Iterator<Item = ObjectLock> {
        let all = self.objects.iter();
        all.map(|(table, alone)| lock::object(snapshot, table, *alone))
    }
}

#[must_use]
pub fn compile(snapshot: &Snapshot, view: &View, write: &Write) -> Statement {
    let mut compiler = Compiler::new(snapshot, view);
    let mut with = WithClause::new();
    let recorded = Recorded::of(write);
    let writer = writer(&mut compiler, snapshot, write, &recorded);
    match &write.action {
        action @ Action::Create(record) => {
            let records = (std::slice::from_ref(record), false);
            insert::rows(&mut compiler, &mut with, &writer, action, records);
        }
        action @ Action::CreateMany(records) => {
            insert::rows(&mut compiler, &mut with, &writer, action, (records, true));
        }
        action @ (Action::Upsert { .. } | Action::UpsertMany { .. }) => {
            upsert::rows(&mut compiler, &mut with, &writer, action);
        }
        action @ Action::UpdateMany(changes) => {
            update_many::rows(&mut compiler, &mut with, &writer, (action, changes));
        }
        action @ (Action::Update { .. }
        | Action::UpdateWhere { .. }
        | Action::Delete { .. }
        | Action::DeleteWhere { .. }
        | Action::Restore { .. }
        | Action::RestoreWhere { .. }) => {
            update::changes(&mut compiler, &mut with, &writer, action);
            let family = Family::of(snapshot.whole(), &write.object);
            family::moves(&mut compiler, &mut with, &writer, &family, action);
        }
        action @ Action::Destroy { .. } => {
            update::destruction(&mut compiler, &mut with, &writer, action);
            let family = Family::of(snapshot.whole(), &write.object);
            family::moves(&mut compiler, &mut with, &writer, &family, action);
            unlink::records(&mut compiler, &mut with, &writer, &family);
        }
    }
    link::changes(&mut compiler, &mut with, &writer, write);
    let event = event::rows(&mut compiler, &writer, &write.action, &recorded);
    cte(&mut with, "_event", event);
    let query = answer(&mut compiler, &writer, write).with(with);
    compiler.finish_with(snapshot, &query)
}

/// What is locked before the write, in its transaction. `None` where the write needs no such lock.
#[must_use]
pub fn compile_lock(snapshot: &Snapshot, view: &View, write: &Write) -> Option<Lock> {
    let family = Family::of(snapshot.whole(), &write.object);
    let rows = compile_row_lock(snapshot, view, write, &family);
    let objects = locked_objects(write, &family, rows.is_some());
    let removes = write.action.lock() == LockType::Update;
    (rows.is_some() || !objects.is_empty()).then(|| Lock {
        objects,
        rows,
        grows: removes && family.goes_along(),
    })
}

/// A removal locks the rows that go, and those that go along. A write that replaces lists of links locks its rows: while a
/// statement waits for a row, it does not see the links that others commit, and the links of both lists would stay.
fn compile_row_lock(
    snapshot: &Snapshot,
    view: &View,
    write: &Write,
    family: &Family,
) -> Option<Statement> {
    let action = &write.action;
    let needed = match action {
        Action::Update { changes, .. } | Action::UpdateWhere { changes, .. } => {
            !changes.links.is_empty()
        }
        Action::Delete { .. } | Action::DeleteWhere { .. } => {
            family.is_asked(snapshot.whole(), action)
        }
        Action::Destroy { .. } => {
            family.is_asked(snapshot.whole(), action) || unlink::is_needed(snapshot.whole(), family)
        }
        Action::UpdateMany(changes) => {
            let mut changes = changes.iter();
            changes.any(|change| !change.values.links.is_empty())
        }
        _ => action.upserts().is_some_and(|(_, records)| {
            let mut records = records.iter();
            records.any(|record| !record.given.links.is_empty())
        }),
    };
    if !needed {
        return None;
    }
    let mut compiler = Compiler::new(snapshot, view);
    let recorded = Recorded::of(write);
    let writer = writer(&mut compiler, snapshot, write, &recorded);
    let query = match (action, action.upserts()) {
        (_, Some((key, records))) => {
            upsert::locks(&mut compiler, &writer, key, records, action.answers_many())
        }
        (Action::UpdateMany(_), _) => update_many::locks(&mut compiler, &writer),
        _ => family::locks(&mut compiler, &writer, family, action),
    };
    Some(compiler.finish_with(snapshot, &query))
}

/// The objects whose advisory locks the write takes for its unique values, alone or shared (`false`), before it locks rows.
fn locked_objects(write: &Write, family: &Family, rows_first: bool) -> BTreeMap<SqlName, bool> {
    let table = write.object.table.clone();
    match Keys::of(&write.object, &write.action) {
        Some(Keys::Unordered) => BTreeMap::from([(table, true)]),
        // Otherwise its own statement takes the lock.
        Some(Keys::Ordered(_)) if rows_first => BTreeMap::from([(table, false)]),
        // Records that come back with others take their unique values again.
        None if restores(&write.action) && (family.goes_along() || write.action.is_by_filter()) => {
            let objects = family.objects().iter();
            let unique = objects.filter(|object| object.unique_keys().next().is_some());
            unique.map(|object| (object.table.clone(), true)).collect()
        }
        Some(Keys::Ordered(_)) | None => BTreeMap::new(),
    }
}

fn writer<'w>(
    compiler: &mut Compiler<'_>,
    snapshot: &Snapshot,
    write: &'w Write,
    recorded: &Recorded,
) -> Writer<'w> {
    let rules = Rules::of(compiler.rules, &write.object, &write.action);
    Writer {
        object: &write.object,
        actor: compiler.caller(),
        change: compiler.params.given(
            |given| Some(Param::Text(given.change.map(|change| change.to_string()))),
            "uuid",
        ),
        old: old(write, recorded, &rules),
        new: new(compiler, write, recorded),
        rules,
        current: model_version(&snapshot.tenant.schema)
            .eq(compiler.params.number(snapshot.version)),
        keys: Keys::of(&write.object, &write.action),
    }
}

/// The columns of the rows before that the statement reads.
fn old(write: &Write, recorded: &Recorded, rules: &Rules<'_>) -> BTreeSet<SqlName> {
    let mut columns: BTreeSet<SqlName> = recorded.of_old().cloned().collect();
    columns.extend(["id", "version", "deleted_at"].map(|name| SqlName::join(&[name])));
    columns.extend(
        write
            .action
            .upserts()
            .map(|(key, _)| key.column.name.clone()),
    );
    columns.extend(merge::columns(&write.object, &write.action).cloned());
    columns.extend(update_many::columns(&write.object, write.action.each()).cloned());
    rules.read_of_old(&mut columns);
    columns
}

/// The columns of the rows after that the statement reads.
fn new(compiler: &Compiler<'_>, write: &Write, recorded: &Recorded) -> BTreeSet<SqlName> {
    let mut columns: BTreeSet<SqlName> = recorded.of_new().cloned().collect();
    columns.extend(["id", "version"].map(|name| SqlName::join(&[name])));
    projection::columns(&write.selection, &mut columns);
    if !write.selection.0.is_empty() {
        compiler.masks_read(&write.object, &mut columns);
    }
    columns
}

/// One row: the model's version, how many records were written, the version of the one, the version and bin of the one
/// before, and the records' JSON.
fn answer(compiler: &mut Compiler<'_>, writer: &Writer<'_>, write: &Write) -> SelectStatement {
    let mut answer = Sql::select();
    answer.expr_as(model_version(compiler.schema), sql::iden("_model"));
    if write.action.is_by_filter() || write.action.answers_many() {
        of_many(compiler, writer, write, &mut answer);
    } else {
        of_one(compiler, writer, write, &mut answer);
    }
    if write.action.at_most().is_some() {
        answer.expr_as(update::matched(), sql::iden("_matched"));
    }
    if let Some(unmet) = merge::unmet(compiler, &write.object, &write.action) {
        let unmet = Expr::SubQuery(None, Box::new(unmet.into()));
        answer.expr_as(unmet, sql::iden(merge::UNMET));
    }
    if write.action.upserts().is_some() {
        answer.expr_as(upsert::outcomes(), sql::iden("_created"));
    }
    if let Action::UpdateMany(_) = write.action {
        update_many::refusals(&mut answer);
    }
    if let Action::UpsertMany { .. } = write.action {
        answer.expr_as(upsert::repetitions(), sql::iden("_repeated"));
    }
    if writer.rules.decide() {
        allowed::put_refusals(&mut answer);
    }
    if upsert::may_be_hidden(compiler, &write.object, &write.action) {
        answer.expr_as(upsert::hidden_places(), sql::iden(upsert::HIDDEN));
    }
    answer
}

const fn restores(action: &Action) -> bool {
    matches!(action, Action::Restore { .. } | Action::RestoreWhere { .. })
}

/// A write by filter tells only how many records it met.
fn of_many(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    write: &Write,
    answer: &mut SelectStatement,
) {
    let mut count = Sql::select();
    count.expr(Expr::cust("count(*)")).from(sql::iden(NEW));
    let count = Expr::SubQuery(None, Box::new(count.into()));
    answer.expr_as(count, sql::iden("_count"));
    for (value, name) in [
        ("null::int4", "_version"),
        ("null::int4", "_current"),
        ("null::bool", "_binned"),
    ] {
        answer.expr_as(Expr::cust(value), sql::iden(name));
    }
    answer.expr_as(bodies(compiler, writer, write), sql::iden("_body"));
}

/// The row after, and the one before, stand beside one that is always there.
fn of_one(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    write: &Write,
    answer: &mut SelectStatement,
) {
    let beside = |answer: &mut SelectStatement, rows: &str, alias: &str| {
        let always = Condition::all().add(Expr::cust("true"));
        answer.join_as(
            JoinType::LeftJoin,
            sql::iden(rows),
            sql::iden(alias),
            always,
        );
    };
    one_row(answer);
    let (current, binned) = if let Action::Create(_) = write.action {
        (Expr::cust("null::int4"), Expr::cust("null::bool"))
    } else {
        beside(answer, OLD, "o");
        (version("o"), sql::col("o", "deleted_at").is_not_null())
    };
    beside(answer, NEW, "n");
    let written = sql::template("num_nonnulls($1)", [sql::col("n", "id")]);
    let body = body_beside(compiler, writer, write, answer);
    answer
        .expr_as(sql::cast(written, "int8"), sql::iden("_count"))
        .expr_as(version("n"), sql::iden("_version"))
        .expr_as(current, sql::iden("_current"))
        .expr_as(binned, sql::iden("_binned"))
        .expr_as(body, sql::iden("_body"));
}

fn version(rows: &str) -> Expr {
    sql::cast(sql::col(rows, "version"), "int4")
}

/// The record that goes by `n`, in the shape asked for.
fn body_beside(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    write: &Write,
    answer: &mut SelectStatement,
) -> Expr {
    if write.selection.0.is_empty() {
        return Expr::cust("null::json");
    }
    let rows = Rows::Written(&writer.new);
    let seen = compiler.as_seen(answer, &write.object, "n", rows);
    compiler.row(answer, &write.object, &seen, &write.selection)
}

/// The records written, in the shape asked for.
fn bodies(compiler: &mut Compiler<'_>, writer: &Writer<'_>, write: &Write) -> Expr {
    if write.selection.0.is_empty() || write.action.is_by_filter() {
        return Expr::cust("null::json");
    }
    let mut select = Sql::select();
    from_cte(&mut select, NEW, "n");
    let same = sql::col("i", "id").eq(sql::col("n", "id"));
    select.join_as(JoinType::InnerJoin, sql::iden(INPUT), sql::iden("i"), same);
    let rows = Rows::Written(&writer.new);
    let seen = compiler.as_seen(&mut select, &write.object, "n", rows);
    let record = compiler.record(&mut select, &write.object, &seen, &write.selection);
    select.expr(sql::template(
        "coalesce(json_agg($1 ORDER BY $2), '[]'::json)",
        [record, sql::col("i", ORDINAL)],
    ));
    Expr::SubQuery(None, Box::new(select.into()))
}
