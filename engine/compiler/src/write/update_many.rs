//! Rows that are there already, each changed in a way of its own.
//!
//! The chain begins with what came in (`_input`) and the live rows that it names (`_old`, locked in the order of their ids).
//! `_refused` has the changes that cannot be made: the record is not there, has another version than the change names, or would
//! have a composite value that is not whole. Where there is one, nothing is written.

use sea_query::{
    Condition, Expr, ExprTrait, JoinType, LockType, Order, Query as Sql, SelectStatement,
    WithClause, WithQuery,
};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use tessera_error::{Result, UserError};
use tessera_postgres::row::Row;
use tessera_schema::access::Right;
use tessera_schema::column::{ColumnType, SqlName};
use tessera_schema::composite::Demand;
use tessera_schema::ident::ApiName;
use tessera_schema::object::{Field, Object};
use tessera_schema::record::{Change, Record};
use tessera_schema::scalar::Scalar;
use tessera_schema::violation::{Pointer, Violation};

use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::sql;
use crate::write::Action;
use crate::write::allowed::{self, Becoming, Known};
use crate::write::insert::Input;
use crate::write::merge;
use crate::write::part::{INPUT, NEW, OLD, ORDINAL, Writer, cte};
use crate::write::sparse::{self, Value};
use crate::write::target::{self, Reach};

const REFUSED: &str = "_refused";
/// The version that a change names.
const VERSION: &str = "_version";
/// Of each demand on merged values, `t` where it is not met and `f` where it is.
const UNMET: &str = "_unmet";

pub(super) fn rows(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    (action, changes): (&Action, &[Change]),
) {
    let object = writer.object;
    let values = values(object, changes);
    let links = sparse::links(records(changes));
    let input = input(compiler, &values, &links);
    cte(with, INPUT, input);
    cte(with, OLD, old(compiler, writer));
    cte(with, REFUSED, refused(object, changes, &values));
    let same = sql::col(OLD, "id").eq(sql::col(INPUT, "id"));
    let mut rows = Sql::select();
    rows.from(sql::iden(INPUT))
        .join(JoinType::InnerJoin, sql::iden(OLD), same);
    let becoming = Becoming {
        rows,
        place: sql::col(INPUT, ORDINAL),
        known: Known::All,
        value: &mut |_, column| {
            let (name, old) = (&column.name, sql::column(OLD, &column.name));
            match values.iter().find(|value| value.column.name == *name) {
                Some(value) => value.after(old, sql::column(INPUT, name)),
                None => writer.stamped(name.as_str(), OLD).unwrap_or(old),
            }
        },
        given: &mut |_, field| Some(sparse::is_given(field, &values)),
    };
    let allowed = allowed::decide(compiler, with, writer, action, becoming);

    let table = object.table.as_str();
    let mut update = compiler.update_of(&object.table);
    for value in &values {
        let name = &value.column.name;
        let new = sql::column(INPUT, name);
        // A record that the statement has changed already is not found in its table. All that are named are there.
        let new = target::checked(compiler, object, name, new, Reach::Written(INPUT));
        let new = value.after(sql::column(table, name), new);
        update.value(sql::iden(name.as_str()), new);
    }
    writer.stamp(&mut update, table);
    update
        .from(sql::iden(INPUT))
        .and_where(sql::col(table, "id").eq(sql::col(INPUT, "id")))
        .and_where(writer.current.clone())
        .and_where(allowed::none_of(REFUSED))
        .and_where_option(allowed);
    let returned = writer.new.iter().map(|name| sql::column(table, name));
    update.returning(Sql::returning().exprs(returned));
    cte(with, NEW, update);
}

/// Locks the live rows that are named, and counts them.
pub(super) fn locks(compiler: &mut Compiler<'_>, writer: &Writer<'_>) -> WithQuery {
    let mut with = WithClause::new();
    let input = input(compiler, &[], &BTreeSet::new());
    cte(&mut with, INPUT, input);
    cte(&mut with, OLD, old(compiler, writer));
    let mut select = Sql::select();
    select
        .expr_as(Expr::cust("count(*)"), sql::iden("_count"))
        .from(sql::iden(OLD));
    select.with(with)
}

/// The columns of the rows before that are looked at.
pub(super) fn columns<'o>(
    object: &'o Object,
    changes: &[Change],
) -> impl Iterator<Item = &'o SqlName> {
    let merged = merged(object, changes).into_iter();
    let columns = merged.flat_map(|(field, _)| &field.columns);
    columns.map(|column| &column.name)
}

/// The composite values that some change names in part, and what they must have.
fn merged<'o>(object: &'o Object, changes: &[Change]) -> Vec<(&'o Field, Demand)> {
    merge::merged(object, &records(changes).collect::<Vec<_>>())
}

fn records(changes: &[Change]) -> impl ExactSizeIterator<Item = &Record> + Clone {
    changes.iter().map(|change| &change.values)
}

/// The columns to be written.
fn values<'o>(object: &'o Object, changes: &[Change]) -> Vec<Value<'o>> {
    let mut values: Vec<Value<'o>> = Vec::new();
    for column in object.fields.values().flat_map(|field| &field.columns) {
        let value = Value::of(column, values.len(), records(changes));
        if !value.stays() {
            values.push(value);
        }
    }
    values
}

/// What came in: a row for each change.
fn input(
    compiler: &mut Compiler<'_>,
    values: &[Value<'_>],
    links: &BTreeSet<&ApiName>,
) -> SelectStatement {
    let mut input = Input::new(compiler, true, |given| given.changes);
    let integer = ColumnType::of(Scalar::Integer);
    input.put("id", &ColumnType::of(Scalar::Uuid), |change, _| {
        Some(change.id.to_string())
    });
    input.put(ORDINAL, &integer, |_, ordinal| Some(ordinal.to_string()));
    input.put(VERSION, &integer, |change, _| {
        change.version.map(|version| version.to_string())
    });
    for value in values {
        let column = value.column;
        let (name, column_type) = (column.name.clone(), column.column_type.clone());
        let read = move |Change { values, .. }: &Change, _| {
            let value = values.columns.get(name.as_str());
            let value = value.or(values.fills.get(name.as_str()));
            sql::input_form(value.unwrap_or(&Json::Null), &column_type)
        };
        input.put(column.name.as_str(), &column.column_type, read);
        value.put_flags(&mut input, |change| &change.values);
    }
    sparse::put_links(&mut input, links, |change| &change.values);
    input.finish()
}

/// The live rows that are named, locked.
fn old(compiler: &mut Compiler<'_>, writer: &Writer<'_>) -> SelectStatement {
    const ALIAS: &str = "t";
    let mut ids = Sql::select();
    ids.expr(Expr::col(sql::iden("id"))).from(sql::iden(INPUT));
    let mut select = Sql::select();
    select
        .exprs(writer.old.iter().map(|name| sql::column(ALIAS, name)))
        .and_where(sql::col(ALIAS, "id").in_subquery(ids))
        .order_by_expr(sql::col(ALIAS, "id"), Order::Asc)
        .lock_with_tables(LockType::NoKeyUpdate, [sql::iden(ALIAS)]);
    let (right, deleted) = (Right::Read, Deleted::Exclude);
    compiler.select_stored(&mut select, writer.object, ALIAS, right, deleted);
    writer.rules.put(compiler, &mut select, ALIAS);
    select
}

/// The changes that cannot be made: their places, the versions of their records, null where there is none, and the demands that
/// merged values do not meet.
fn refused(object: &Object, changes: &[Change], values: &[Value<'_>]) -> SelectStatement {
    let is_missing = sql::col(OLD, "id").is_null();
    let is_stale = sql::col(INPUT, VERSION).ne(sql::col(OLD, "version"));
    let mut is_refused = is_missing.or(is_stale);
    let mut unmet = Expr::cust("'{}'::bool[]");
    for (field, demand) in merged(object, changes) {
        let value_of = |name: &SqlName| values.iter().find(|value| value.column.name == *name);
        let part = |name: &SqlName| {
            let old = sql::column(OLD, name);
            match value_of(name) {
                Some(value) => value.after(old, sql::column(INPUT, name)),
                None => old,
            }
        };
        let columns = || field.columns.iter().map(|column| &column.name);
        let fails = merge::fails(demand, &columns().map(part).collect::<Vec<_>>());
        // What a change does not name may be as it is.
        let named = columns().filter_map(value_of).map(Value::is_given);
        let named = named
            .reduce(ExprTrait::or)
            .expect("some change names a part");
        let fails = named.and(fails);
        let parts = [unmet, fails.clone()];
        unmet = sql::template("array_append($1, coalesce($2, false))", parts);
        is_refused = is_refused.or(fails);
    }
    let same = sql::col(OLD, "id").eq(sql::col(INPUT, "id"));
    let mut select = Sql::select();
    select
        .expr(sql::col(INPUT, ORDINAL))
        .expr_as(
            sql::cast(sql::col(OLD, "version"), "int4"),
            sql::iden("version"),
        )
        .expr_as(
            sql::template("array_to_string($1, '')", [unmet]),
            sql::iden(UNMET),
        )
        .from(sql::iden(INPUT))
        .join(JoinType::LeftJoin, sql::iden(OLD), same)
        .cond_where(Condition::all().add(is_refused));
    select
}

/// Adds to the answer which changes cannot be made.
pub(super) fn refusals(answer: &mut SelectStatement) {
    for (column, name) in [
        (ORDINAL, "_places"),
        ("version", "_versions"),
        (UNMET, "_unmet"),
    ] {
        let parts = [column, ORDINAL].map(|column| sql::col(REFUSED, column));
        let mut all = Sql::select();
        all.expr(sql::template("array_agg($1 ORDER BY $2)", parts))
            .from(sql::iden(REFUSED));
        answer.expr_as(Expr::SubQuery(None, Box::new(all.into())), sql::iden(name));
    }
}

/// The violations of the changes that cannot be made. Of values it is said before the versions, as another version does not mend
/// them.
pub(super) fn check(
    object: &Object,
    action: &Action,
    changes: &[Change],
    answer: &Row,
) -> Result<()> {
    let Some(places) = answer.get::<Option<Vec<i64>>>("_places")? else {
        return Ok(());
    };
    let versions: Vec<Option<i32>> = answer.get("_versions")?;
    let unmet: Vec<String> = answer.get("_unmet")?;
    let demands = merged(object, changes);
    let (mut invalid, mut stale) = (Vec::new(), Vec::new());
    for (place, (current, unmet)) in places.into_iter().zip(versions.into_iter().zip(unmet)) {
        let at = Pointer::root().key(place);
        let Some(current) = current else {
            let message = "there is no such record, or it is not visible to you";
            invalid.push(Violation::new(at.key("id"), "not_found", message));
            continue;
        };
        let failed = demands.iter().zip(unmet.bytes());
        let failed = failed.filter(|(_, flag)| *flag == b't');
        invalid.extend(failed.map(|((field, demand), _)| {
            let violation = demand.violation(field).below(field.value_key());
            violation.below(place)
        }));
        let change = usize::try_from(place)
            .ok()
            .and_then(|place| changes.get(place));
        if let Some(given) = change.and_then(|change| change.version)
            && given != current
        {
            let error = UserError::Stale { current, given };
            stale.push(Violation::new(
                at.key("version"),
                error.code(),
                error.to_string(),
            ));
        }
    }
    if !invalid.is_empty() {
        return Err(UserError::Invalid(invalid).into());
    }
    allowed::check(action, answer)?;
    Err(UserError::Conflict(stale).into())
}
