//! Changes that name only some parts of a composite value. The rest is known to the database alone, so the statement itself
//! sees to it that the merged value is whole; where one is not, nothing is written.

use sea_query::{Expr, ExprTrait, Func, Query as Sql, SelectStatement};
use tessera_error::Result;
use tessera_postgres::row::Row;
use tessera_schema::column::{Column, SqlName};
use tessera_schema::composite::Demand;
use tessera_schema::object::{Field, Object};
use tessera_schema::record::Record;
use tessera_schema::violation::Violation;

use crate::query::compiler::Compiler;
use crate::sql;
use crate::write::Action;
use crate::write::assign;
use crate::write::part::OLD;

/// The column of the answer that lists the conditions which a merged value does not meet.
pub(super) const UNMET: &str = "_unmet";

/// The composite values that some change names in part, and what they must have.
pub(super) fn merged<'o>(object: &'o Object, changes: &[&Record]) -> Vec<(&'o Field, Demand)> {
    let in_part = |field: &Field, record: &Record| {
        let named = |column: &&Column| record.columns.contains_key(column.name.as_str());
        let count = field.columns.iter().filter(named).count();
        count > 0 && count < field.columns.len()
    };
    let fields = object.own_fields().map(AsRef::as_ref);
    fields
        .filter(|field: &&Field| changes.iter().any(|record| in_part(field, record)))
        .flat_map(|field| {
            Demand::of(field)
                .into_iter()
                .map(move |demand| (field, demand))
        })
        .collect()
}

/// Whether a value of these parts does not meet a demand.
pub(super) fn fails(demand: Demand, parts: &[Expr]) -> Expr {
    let filled = Expr::from(Func::cust(sql::iden("num_nonnulls")).args(parts.iter().cloned()));
    match demand {
        Demand::Part(index) => parts[index]
            .clone()
            .is_null()
            .and(filled.gt(Expr::cust("0"))),
        Demand::Any => filled.eq(Expr::cust("0")),
    }
}

/// The columns of the rows before that are looked at.
pub(super) fn columns<'o>(
    object: &'o Object,
    action: &Action,
) -> impl Iterator<Item = &'o SqlName> {
    let merged = merged(object, action.changes().as_slice());
    let columns = merged.into_iter().flat_map(|(field, _)| &field.columns);
    columns.map(|column| &column.name)
}

/// Whether all values will be whole; nothing where that is certain.
pub(super) fn condition(
    compiler: &mut Compiler<'_>,
    object: &Object,
    action: &Action,
) -> Option<Expr> {
    let failures = failures(compiler, object, action);
    let fails = failures.into_iter().reduce(ExprTrait::or)?;
    let mut broken = Sql::select();
    broken
        .expr(Expr::cust("1"))
        .from(sql::iden(OLD))
        .and_where(fails);
    Some(Expr::exists(broken).not())
}

/// Of each demand whether some value does not meet it; nothing where that is certain.
pub(super) fn unmet(
    compiler: &mut Compiler<'_>,
    object: &Object,
    action: &Action,
) -> Option<SelectStatement> {
    let failures = failures(compiler, object, action);
    if failures.is_empty() {
        return None;
    }
    let none = Expr::cust("'{}'::bool[]");
    let all = failures.into_iter().fold(none, |before, fails| {
        let parts = [before, fails];
        sql::template("array_append($1, coalesce(bool_or($2), false))", parts)
    });
    let mut select = Sql::select();
    select.expr(all).from(sql::iden(OLD));
    Some(select)
}

/// What the answer says is wrong with the merged values.
pub(super) fn violations(object: &Object, action: &Action, answer: &Row) -> Result<Vec<Violation>> {
    let merged = merged(object, action.changes().as_slice());
    if merged.is_empty() {
        return Ok(Vec::new());
    }
    let unmet: Vec<bool> = answer.get(UNMET)?;
    let failed = merged.into_iter().zip(unmet).filter(|(_, unmet)| *unmet);
    let violation = |((field, demand), _): ((&Field, Demand), bool)| {
        demand.violation(field).below(field.value_key())
    };
    Ok(failed.map(violation).collect())
}

fn failures(compiler: &mut Compiler<'_>, object: &Object, action: &Action) -> Vec<Expr> {
    let Some(changes) = action.changes() else {
        return Vec::new();
    };
    let failure = |(field, demand): (&Field, Demand)| {
        let mut part = |column: &Column| {
            let new = assign::value(compiler, changes, column, OLD);
            new.unwrap_or_else(|| sql::column(OLD, &column.name))
        };
        let parts: Vec<Expr> = field.columns.iter().map(&mut part).collect();
        fails(demand, &parts)
    };
    let merged = merged(object, &[changes]);
    merged.into_iter().map(failure).collect()
}
