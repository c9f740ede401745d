//! Rows that are made where their key is new, and changed where a live record has it.
//!
//! The chain begins with what came in (`_given`) and the live rows with the same keys (`_old`, locked). `_input` is the one
//! joined with the other: the record's id is the old row's, or a new one. Two records of one input that have the same key
//! are for Postgres to find, which alone knows when two values of a type are equal; then nothing is written.
//!
//! A row with the key that another transaction makes between this statement's snapshot and its insert is refused by the
//! unique index; tried again, the statement finds it. So each event has the row as it was before.

use sea_query::{
    Expr, ExprTrait, JoinType, LockType, Order, Query as Sql, SelectStatement, UnionType,
    UpdateStatement, WithClause, WithQuery,
};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use tessera_error::{Result, UserError};
use tessera_postgres::row::Row;
use tessera_schema::access::Right;
use tessera_schema::access::row_rules::RowRules;
use tessera_schema::column::{ColumnType, SqlName};
use tessera_schema::ident::ApiName;
use tessera_schema::object::{Object, UniqueKey};
use tessera_schema::record::Upsert;
use tessera_schema::scalar::Scalar;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use crate::access::entry::Unguarded;
use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::sql;
use crate::write::Action;
use crate::write::allowed::{self, Becoming, Known};
use crate::write::constraint;
use crate::write::insert::{self, Input};
use crate::write::part::{INPUT, NEW, OLD, ORDINAL, Writer, cte, from_cte, input_name};
use crate::write::sparse::{self, Value};
use crate::write::target::{self, Reach};

const GIVEN: &str = "_given";
/// The places of records whose key a record has that the caller does not see; also the column of the answer that lists them.
pub(super) const HIDDEN: &str = "_hidden";
/// The places of records whose key another one before them has.
pub(super) const REPEATED: &str = "_repeated";
/// Whether the row was there before.
pub(super) const KNOWN: &str = "_known";

pub(super) fn rows(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    action: &Action,
) {
    let (key, records) = action.upserts().expect("it is an upsert");
    let many = action.answers_many();
    let values = values(writer, key, records);
    let links = sparse::links(records.iter().map(|record| &record.given));
    let given = given(compiler, &values, &links, many);
    insert::in_turn(compiler, with, writer, (GIVEN, given));
    if many {
        cte(with, REPEATED, repeated(key));
    }
    cte(with, OLD, old(compiler, writer, key));
    let mut names: Vec<String> = vec![ORDINAL.to_owned()];
    names.extend(values.iter().flat_map(Value::names));
    names.extend(links.into_iter().map(input_name));
    cte(with, INPUT, matched(key, &names, many));
    let is_taken = may_be_hidden(compiler, writer.object, action);
    if is_taken {
        let hidden = hidden(compiler, writer, key);
        cte(with, HIDDEN, hidden);
    }
    let free = is_taken.then(|| allowed::none_of(HIDDEN));
    let allowed = is_allowed(compiler, with, writer, action, &values);
    let allowed = allowed.into_iter().chain(free).reduce(ExprTrait::and);
    let mut changed = changed(compiler, writer, key, &values);
    changed.and_where_option(allowed.clone());
    cte(with, "_changed", changed);
    let written: Vec<SqlName> = values
        .iter()
        .map(|value| value.column.name.clone())
        .collect();
    let new = sql::col("i", KNOWN).not();
    let new = std::iter::once(new).chain(allowed).reduce(ExprTrait::and);
    let made = insert::from_input(compiler, writer, &written, new);
    cte(with, "_made", made);
    let all = |name: &str| {
        let mut select = Sql::select();
        let names = writer
            .new
            .iter()
            .map(|column| Expr::col(sql::iden(column.as_str())));
        select.exprs(names).from(sql::iden(name));
        select
    };
    let mut new = all("_changed");
    new.union(UnionType::All, all("_made"));
    cte(with, NEW, new);
}

/// That the caller may do it; nothing where that is certain.
fn is_allowed(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    action: &Action,
    values: &[Value<'_>],
) -> Option<Expr> {
    let same = sql::col(OLD, "id").eq(sql::col(INPUT, "id"));
    let mut rows = Sql::select();
    rows.from(sql::iden(INPUT))
        .join(JoinType::LeftJoin, sql::iden(OLD), same);
    let known = || sql::col(INPUT, KNOWN);
    let becoming = Becoming {
        rows,
        place: sql::col(INPUT, ORDINAL),
        known: Known::Where(known()),
        value: &mut |_, column| {
            let (name, old) = (&column.name, sql::column(OLD, &column.name));
            let value = values.iter().find(|value| value.column.name == *name);
            let new = sql::column(INPUT, name);
            let (changed, made) = match value {
                Some(value) if value.stays() => (old, new),
                Some(value) => (value.after(old, new.clone()), new),
                None => {
                    let made = writer.first(name.as_str(), INPUT);
                    let changed = writer.stamped(name.as_str(), OLD).unwrap_or(old);
                    (changed, made.unwrap_or_else(|| insert::empty(column)))
                }
            };
            sql::template("CASE WHEN $1 THEN $2 ELSE $3 END", [known(), changed, made])
        },
        given: &mut |_, field| Some(sparse::is_given(field, values)),
    };
    allowed::decide(compiler, with, writer, action, becoming)
}

/// Whether a live record may have a key and be hidden from the caller.
pub(super) fn may_be_hidden(compiler: &Compiler<'_>, object: &Object, action: &Action) -> bool {
    let rule = |rules: &RowRules| rules.get(object.api_name(), Right::Read).is_some();
    action.upserts().is_some() && compiler.rules.is_some_and(rule)
}

/// The places of records whose key a record has that the caller does not see.
fn hidden(compiler: &mut Compiler<'_>, writer: &Writer<'_>, key: &UniqueKey) -> SelectStatement {
    let column = &key.column.name;
    let collated = |alias: &str| sql::collated(sql::column(alias, column), &key.column.column_type);
    // A record in the bin has its id still, and gives all other keys free.
    let deleted = match column.as_str() {
        "id" => Deleted::Include,
        _ => Deleted::Exclude,
    };
    let mut taken = Sql::select();
    taken
        .expr(Expr::cust("1"))
        .and_where(collated("t").eq(sql::column("g", column)));
    let (table, key) = (&writer.object.table, Unguarded::Key);
    compiler.select_unguarded(&mut taken, table, "t", deleted, key);
    let mut seen = Sql::select();
    seen.expr(Expr::cust("1"))
        .and_where(collated("o").eq(sql::column("g", column)));
    from_cte(&mut seen, OLD, "o");
    let mut hidden = Sql::select();
    hidden
        .expr(sql::col("g", ORDINAL))
        .and_where(Expr::exists(taken))
        .and_where(Expr::exists(seen).not());
    from_cte(&mut hidden, GIVEN, "g");
    hidden
}

/// Locks the live rows that have the keys, and counts them.
pub(super) fn locks(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    key: &UniqueKey,
    records: &[Upsert],
    many: bool,
) -> WithQuery {
    let mut values = values(writer, key, records);
    values.retain(|value| value.column.name == key.column.name);
    let mut with = WithClause::new();
    let given = given(compiler, &values, &BTreeSet::new(), many);
    cte(&mut with, GIVEN, given);
    cte(&mut with, OLD, old(compiler, writer, key));
    let mut select = Sql::select();
    select
        .expr_as(Expr::cust("count(*)"), sql::iden("_count"))
        .from(sql::iden(OLD));
    select.with(with)
}

/// The columns to be written. The key is always among them, for records to be matched on.
fn values<'o>(writer: &Writer<'o>, key: &UniqueKey, records: &[Upsert]) -> Vec<Value<'o>> {
    let columns = writer
        .object
        .fields
        .values()
        .flat_map(|field| &field.columns);
    let mut values: Vec<Value<'o>> = Vec::new();
    for column in columns.filter(|column| column.name.as_str() != "id") {
        let name = column.name.as_str();
        let is_filled = || {
            let mut defaults = records.iter().map(|record| &record.defaults);
            defaults.any(|record| record.columns.contains_key(name))
        };
        let given = records.iter().map(|record| &record.given);
        let value = Value::of(column, values.len(), given);
        if value.is_given_by_some() || column.name == key.column.name || is_filled() {
            values.push(value);
        }
    }
    values
}

/// What came in: ids for those that turn out to be new, values, and which were given.
fn given(
    compiler: &mut Compiler<'_>,
    values: &[Value<'_>],
    links: &BTreeSet<&ApiName>,
    many: bool,
) -> SelectStatement {
    let mut input = Input::new(compiler, many, |given| given.upserts);
    input.put("id", &ColumnType::of(Scalar::Uuid), |record, _| {
        let id = record.given.id.map_or_else(Uuid::now_v7, |id| id.0);
        Some(id.to_string())
    });
    for value in values {
        let column = value.column;
        let (name, column_type) = (column.name.clone(), column.column_type.clone());
        let read = move |record: &Upsert, _| {
            let Upsert { given, defaults } = record;
            let value = given.columns.get(name.as_str());
            let value = value.or(defaults.columns.get(name.as_str()));
            sql::input_form(value.unwrap_or(&Json::Null), &column_type)
        };
        input.put(column.name.as_str(), &column.column_type, read);
        value.put_flags(&mut input, |record| &record.given);
    }
    sparse::put_links(&mut input, links, |record| &record.given);
    let ordinal = ColumnType::of(Scalar::Integer);
    input.put(ORDINAL, &ordinal, |_, ordinal| Some(ordinal.to_string()));
    input.finish()
}

/// The places of records whose key stood in the input before.
fn repeated(key: &UniqueKey) -> SelectStatement {
    let column = &key.column.name;
    let mut select = Sql::select();
    select
        .distinct()
        .column((sql::iden("b"), sql::iden(ORDINAL)));
    from_cte(&mut select, GIVEN, "a");
    let same = sql::column("a", column).eq(sql::column("b", column));
    let earlier = sql::col("a", ORDINAL).lt(sql::col("b", ORDINAL));
    select.join_as(
        JoinType::InnerJoin,
        sql::iden(GIVEN),
        sql::iden("b"),
        same.and(earlier),
    );
    select
}

/// The live rows that have the keys, locked.
fn old(compiler: &mut Compiler<'_>, writer: &Writer<'_>, key: &UniqueKey) -> SelectStatement {
    const ALIAS: &str = "t";
    let column = &key.column.name;
    let mut keys = Sql::select();
    keys.expr(sql::column("g", column));
    from_cte(&mut keys, GIVEN, "g");
    let mut select = Sql::select();
    select.exprs(writer.old.iter().map(|name| sql::column(ALIAS, name)));
    let keyed = sql::collated(sql::column(ALIAS, column), &key.column.column_type);
    select.and_where(keyed.in_subquery(keys));
    let (right, deleted) = (Right::Read, Deleted::Exclude);
    compiler.select_stored(&mut select, writer.object, ALIAS, right, deleted);
    writer.rules.put(compiler, &mut select, ALIAS);
    select.order_by_expr(sql::col(ALIAS, "id"), Order::Asc);
    select.lock_with_tables(LockType::NoKeyUpdate, [sql::iden(ALIAS)]);
    select
}

/// What came in, each with the id of the row it is about. None of it where a key stands twice.
fn matched(key: &UniqueKey, names: &[String], many: bool) -> SelectStatement {
    let column = &key.column.name;
    let mut select = Sql::select();
    let id = sql::template(
        "coalesce($1, $2)",
        [sql::col("o", "id"), sql::col("g", "id")],
    );
    select.expr_as(id, sql::iden("id"));
    select.expr_as(sql::col("o", "id").is_not_null(), sql::iden(KNOWN));
    select.exprs(names.iter().map(|name| sql::col("g", name)));
    from_cte(&mut select, GIVEN, "g");
    let same = sql::column("o", column).eq(sql::column("g", column));
    select.join_as(JoinType::LeftJoin, sql::iden(OLD), sql::iden("o"), same);
    if many {
        let twice = Sql::select()
            .expr(Expr::cust("1"))
            .from(sql::iden(REPEATED))
            .to_owned();
        select.and_where(Expr::exists(twice).not());
    }
    select
}

/// The rows that were there: what was left out of a record stays as it is, and so does its key.
fn changed(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    key: &UniqueKey,
    values: &[Value<'_>],
) -> UpdateStatement {
    let object = writer.object;
    let table = object.table.as_str();
    let mut update = compiler.update_of(&object.table);
    let others = values
        .iter()
        .filter(|value| value.column.name != key.column.name);
    for value in others.filter(|value| !value.stays()) {
        let name = &value.column.name;
        let new = sql::column(INPUT, name);
        let new = target::checked(compiler, object, name, new, Reach::Written(INPUT));
        let new = value.after(sql::column(table, name), new);
        update.value(sql::iden(name.as_str()), new);
    }
    writer.stamp(&mut update, table);
    update.from(sql::iden(INPUT));
    update.and_where(sql::col(table, "id").eq(sql::col(INPUT, "id")));
    update.and_where(sql::col(INPUT, KNOWN));
    update.and_where(writer.current.clone());
    let returned = writer.new.iter().map(|name| sql::column(table, name));
    update.returning(Sql::returning().exprs(returned));
    update
}

/// Of each record, in order, whether it is new.
pub(super) fn outcomes() -> Expr {
    let mut select = Sql::select();
    from_cte(&mut select, NEW, "n");
    let same = sql::col("i", "id").eq(sql::col("n", "id"));
    select.join_as(JoinType::InnerJoin, sql::iden(INPUT), sql::iden("i"), same);
    select.expr(sql::template(
        "array_agg(NOT $1 ORDER BY $2)",
        [sql::col("i", KNOWN), sql::col("i", ORDINAL)],
    ));
    Expr::SubQuery(None, Box::new(select.into()))
}

/// The places of repeated keys.
pub(super) fn repetitions() -> Expr {
    places(REPEATED)
}

/// The places of records whose key a hidden record has.
pub(super) fn hidden_places() -> Expr {
    places(HIDDEN)
}

fn places(cte: &str) -> Expr {
    let places = Expr::col(sql::iden(ORDINAL));
    let mut select = Sql::select();
    select.expr(sql::template("array_agg($1 ORDER BY $1)", [places]));
    select.from(sql::iden(cte));
    Expr::SubQuery(None, Box::new(select.into()))
}

/// Refuses an upsert on the key of a hidden record, as the database refuses a value that another record has. It is not tried again:
/// the record stays hidden, and the time that it takes would tell of it.
pub(super) fn none_hidden(
    object: &Object,
    action: &Action,
    key: &UniqueKey,
    answer: &Row,
) -> Result<()> {
    if !answer.has(HIDDEN) {
        return Ok(());
    }
    let Some(places) = answer.get::<Option<Vec<i64>>>(HIDDEN)? else {
        return Ok(());
    };
    let violations = places.into_iter().map(|place| {
        let at = if action.answers_many() {
            Pointer::root().key(place)
        } else {
            Pointer::root()
        };
        constraint::taken(object, key, &at)
    });
    Err(UserError::Conflict(violations.collect()).into())
}

/// Refuses an input in which several records have one key.
pub(super) fn each_once(
    key: &UniqueKey,
    places: Option<Vec<i64>>,
) -> std::result::Result<(), UserError> {
    let violations = places.into_iter().flatten().map(|place| {
        let pointer = Pointer::root().key(place).key(&key.name);
        let message = format!("another record before it has this {}", key.name);
        Violation::new(pointer, "unique", message)
    });
    let violations: Vec<_> = violations.collect();
    if violations.is_empty() {
        Ok(())
    } else {
        Err(UserError::Conflict(violations))
    }
}
