//! Whether the caller's row rules allow a write.
//!
//! It is decided before anything is written, in the same statement. Records that are there have to match the rule of the right that
//! is used on them (`_may…`, beside the row in `_old`), and so do the records as they will be (`_after`). `_forbidden` has the places
//! of those that do not: where there is one, nothing is written. A write by filter leaves alone what the caller may not change, so
//! only what becomes of the records is asked there.

use sea_query::{Expr, ExprTrait, Query as Sql, SelectStatement, WithClause};
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_error::{Result, UserError};
use tessera_postgres::row::Row;
use tessera_schema::access::Right;
use tessera_schema::access::view::View;
use tessera_schema::column::{Column, SqlName};
use tessera_schema::filter::Filter;
use tessera_schema::ident::ApiName;
use tessera_schema::object::{Field, Object};
use tessera_schema::violation::{Pointer, Violation};

use crate::query::compiler::Compiler;
use crate::query::filter;
use crate::query::tree::Deleted;
use crate::sql;
use crate::write::demand::{AFTER, Demand, Rules, may, named};
use crate::write::part::{OLD, Writer, cte};
use crate::write::{Action, constraint, link};

/// The places of records with which the write may not be done; also the column of the answer that lists them.
pub(super) const FORBIDDEN: &str = "_forbidden";
/// The alias of [`AFTER`] where rules are asked of it.
const BECOMING: &str = "a";
const PLACE: &str = "place";
/// The relation that the record may not be set to.
const MISSING: &str = "_missing";

/// What becomes of the records of a write.
pub(super) struct Becoming<'b> {
    /// A row for each record, without columns.
    pub(super) rows: SelectStatement,
    /// The place of the record in the input.
    pub(super) place: Expr,
    /// That the record is there; a constant where all are, or none is.
    pub(super) known: Known,
    /// The value that a column will have.
    pub(super) value: &'b mut dyn FnMut(&mut Compiler<'_>, &Column) -> Expr,
    /// That a value of the field is given; none where each record has one.
    pub(super) given: &'b mut dyn FnMut(&mut Compiler<'_>, &Field) -> Option<Expr>,
}

pub(super) enum Known {
    All,
    None,
    Where(Expr),
}

fn given(kind: &str, number: usize) -> String {
    format!("_given_{kind}{number}")
}

/// Finds the records with which the write may not be done, and gives the condition that there is none. `_old` stands before it in the
/// statement, where the write has one.
pub(super) fn decide(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    action: &Action,
    becoming: Becoming<'_>,
) -> Option<Expr> {
    let rules = &writer.rules;
    if !rules.decide() {
        return None;
    }
    let (changed, made) = match &becoming.known {
        Known::All => (&rules.changed[..], &[][..]),
        Known::None => (&[][..], &rules.made[..]),
        Known::Where(_) => (&rules.changed[..], &rules.made[..]),
    };
    let mut after = becoming.rows;
    after.expr_as(becoming.place, sql::iden(PLACE));
    let mut read = BTreeSet::from([SqlName::join(&["id"])]);
    if rules.becomes {
        let all = changed.iter().chain(made);
        all.for_each(|demand| filter::columns(&demand.rule, &mut read));
    }
    let columns = writer
        .object
        .fields
        .values()
        .flat_map(|field| &field.columns);
    for column in columns.filter(|column| read.contains(&column.name)) {
        let value = (becoming.value)(compiler, column);
        after.expr_as(value, sql::iden(column.name.as_str()));
    }
    if !rules.by_filter {
        for number in 0..changed.len() {
            after.expr_as(sql::col(OLD, &may(number)), sql::iden(&may(number)));
        }
    }
    for (kind, demands) in [("c", changed), ("m", made)] {
        for (number, demand) in demands.iter().enumerate() {
            let flag = demand
                .field
                .and_then(|field| (becoming.given)(compiler, field));
            let flag = flag.unwrap_or_else(|| Expr::cust("true"));
            after.expr_as(flag, sql::iden(&given(kind, number)));
        }
    }
    // The relations that the write gives, and that a rule asks for.
    let relations: Vec<(usize, &Arc<Field>)> = named(writer.object, action)
        .into_iter()
        .enumerate()
        .filter(|(_, field)| field.is_relation() && rules.becomes)
        .filter(|(_, field)| {
            let mut all = changed.iter().chain(made);
            all.any(|demand| asks(&demand.rule, field))
        })
        .collect();
    for (number, field) in &relations {
        let flag = (becoming.given)(compiler, field);
        let flag = flag.unwrap_or_else(|| Expr::cust("true"));
        after.expr_as(flag, sql::iden(&given("r", *number)));
    }
    let where_known = match becoming.known {
        Known::Where(known) => {
            after.expr_as(known, sql::iden("_known"));
            Some(sql::col(BECOMING, "_known"))
        }
        Known::All | Known::None => None,
    };
    cte(with, AFTER, after);

    // Rules on lists of links are asked of the lists as the write leaves them.
    let links = if rules.becomes {
        link::becoming(compiler, with, writer, action)
    } else {
        Vec::new()
    };
    let missing = missing(compiler, writer, &relations, &links);
    compiler.becoming = Some((BECOMING.to_owned(), links));
    let (before, then) = match where_known {
        Some(known) => {
            let made = rules.keep(compiler, "m", made);
            let changed = rules.keep(compiler, "c", changed);
            let either = |changed: Expr, made: Expr| {
                let parts = [known.clone(), changed, made];
                sql::template("CASE WHEN $1 THEN $2 ELSE $3 END", parts)
            };
            (either(changed.0, made.0), either(changed.1, made.1))
        }
        None if made.is_empty() => rules.keep(compiler, "c", changed),
        None => rules.keep(compiler, "m", made),
    };
    compiler.becoming = None;
    let breaks = sql::template("($1) IS NOT TRUE", [before.clone().and(then)]);
    let missing = sql::template("CASE WHEN $1 THEN $2 ELSE 0 END::int8", [before, missing]);
    let mut forbidden = Sql::select();
    forbidden
        .expr(sql::col(BECOMING, PLACE))
        .expr_as(missing, sql::iden(MISSING))
        .from_as(sql::iden(AFTER), sql::iden(BECOMING))
        .and_where(breaks);
    cte(with, FORBIDDEN, forbidden);
    Some(none_of(FORBIDDEN))
}

impl Rules<'_> {
    /// That the records of `_after` keep some demands: before the write, and after it.
    fn keep(
        &self,
        compiler: &mut Compiler<'_>,
        kind: &str,
        demands: &[Demand<'_>],
    ) -> (Expr, Expr) {
        let (mut before, mut then) = (Vec::new(), Vec::new());
        for (number, demand) in demands.iter().enumerate() {
            let where_given = |condition: Expr| match demand.field {
                None => condition,
                Some(_) => {
                    let parts = [sql::col(BECOMING, &given(kind, number)), condition];
                    sql::template("(NOT $1 OR ($2))", parts)
                }
            };
            if kind == "c" && !self.by_filter {
                before.push(where_given(sql::col(BECOMING, &may(number))));
            }
            if self.becomes {
                let condition = compiler.rule(&demand.rule, BECOMING);
                then.extend(condition.map(where_given));
            }
        }
        let all = |conditions: Vec<Expr>| {
            let all = conditions.into_iter().reduce(ExprTrait::and);
            all.unwrap_or_else(|| Expr::cust("true"))
        };
        (all(before), all(then))
    }
}

/// The number of the first relation that the write sets to a record which is not there, or which the caller does not see; 0 where there
/// is none. A rule may ask for what such a record has, and then its refusal would tell.
fn missing(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    relations: &[(usize, &Arc<Field>)],
    links: &[(SqlName, String)],
) -> Expr {
    let mut none = Expr::cust("0");
    for (number, field) in relations.iter().rev() {
        let table = writer.object.link_table(field);
        let is_missing = match (field.to_one(), field.linked()) {
            (Some(to_one), _) => {
                let id = sql::column(BECOMING, &to_one.column);
                let missing = is_missing(compiler, writer, &to_one.target, &id);
                id.is_not_null().and(missing)
            }
            (None, Some(target)) => {
                let Some((_, rows)) = links.iter().find(|(link, _)| *link == table) else {
                    continue;
                };
                let id = sql::col("l", "to_id");
                let mut one = Sql::select();
                one.expr(Expr::cust("1"))
                    .from_as(sql::iden(rows), sql::iden("l"))
                    .and_where(sql::col("l", "from_id").eq(sql::col(BECOMING, "id")))
                    .and_where(is_missing(compiler, writer, target, &id));
                Expr::exists(one)
            }
            (None, None) => continue,
        };
        let parts = [
            sql::col(BECOMING, &given("r", *number)),
            is_missing,
            Expr::cust((number + 1).to_string()),
            none,
        ];
        none = sql::template("CASE WHEN ($1) AND ($2) THEN $3 ELSE $4 END", parts);
    }
    none
}

/// That no link can lead to the record of this id: the opposite of what [`target`](super::target) asks.
fn is_missing(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    target: &ApiName,
    id: &Expr,
) -> Expr {
    let target = compiler.model.target(target).clone();
    let there = compiler.alias("t");
    let mut seen = Sql::select();
    seen.expr(Expr::cust("true"))
        .and_where(sql::col(&there, "id").eq(id.clone()));
    let (right, deleted) = (Right::Read, Deleted::Exclude);
    compiler.select_stored(&mut seen, &target, &there, right, deleted);
    let missing = sql::holds(seen).not();
    if target.table != writer.object.table {
        return missing;
    }
    // It may be written by the same statement.
    let mut written = Sql::select();
    written
        .expr(sql::col("w", "id"))
        .from_as(sql::iden(AFTER), sql::iden("w"));
    missing.and(id.clone().not_in_subquery(written))
}

/// Whether a rule asks for the records that a relation leads to.
fn asks(rule: &Filter, field: &Field) -> bool {
    match rule {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().any(|part| asks(part, field)),
        Filter::Not(inner) => asks(inner, field),
        Filter::Compare(comparison) => {
            let mut columns = field.columns.iter();
            columns.any(|column| column.name == comparison.column)
        }
        Filter::ToOne(to_one, _) => to_one.key == *field.api_name(),
        Filter::ToMany(to_many, ..) => to_many.key == *field.api_name(),
    }
}

/// That a CTE has no row.
pub(super) fn none_of(name: &str) -> Expr {
    let mut any = Sql::select();
    any.expr(Expr::cust("1")).from(sql::iden(name));
    Expr::exists(any).not()
}

/// Adds to the answer with which records the write may not be done; null where there is none.
pub(super) fn put_refusals(answer: &mut SelectStatement) {
    for (column, name) in [(PLACE, FORBIDDEN), (MISSING, MISSING)] {
        let parts = [column, PLACE].map(|column| sql::col(FORBIDDEN, column));
        let mut all = Sql::select();
        all.expr(sql::template("array_agg($1 ORDER BY $2)", parts))
            .from(sql::iden(FORBIDDEN));
        answer.expr_as(Expr::SubQuery(None, Box::new(all.into())), sql::iden(name));
    }
}

/// The records with which the write may not be done: their places, and the relation of each that is missing.
fn refusals(answer: &Row) -> Result<Vec<(i64, i64)>> {
    if !answer.has(FORBIDDEN) {
        return Ok(Vec::new());
    }
    let Some(places) = answer.get::<Option<Vec<i64>>>(FORBIDDEN)? else {
        return Ok(Vec::new());
    };
    let missing: Vec<i64> = answer.get(MISSING)?;
    Ok(places.into_iter().zip(missing).collect())
}

fn at(action: &Action, place: i64) -> Pointer {
    if action.answers_many() {
        Pointer::root().key(place)
    } else {
        Pointer::root()
    }
}

/// Refuses a write that the answer says is not allowed.
pub(super) fn check(action: &Action, answer: &Row) -> Result<()> {
    let refusals = refusals(answer)?.into_iter();
    let forbidden = refusals.filter(|(_, missing)| *missing == 0);
    let places: Vec<i64> = forbidden.map(|(place, _)| place).collect();
    if places.is_empty() {
        return Ok(());
    }
    let (verb, message) = match action {
        Action::Create(_) | Action::CreateMany(_) => {
            ("create", "your role may not create such a record")
        }
        Action::Upsert { .. } | Action::UpsertMany { .. } => (
            "upsert",
            "your role may neither create such a record nor change the one that has its key to this",
        ),
        _ => match action.right() {
            Right::Delete => ("delete", "your role may not delete this record"),
            Right::Restore => ("restore", "your role may not restore this record"),
            Right::Destroy => ("destroy", "your role may not destroy this record"),
            Right::Read | Right::Create | Right::Update => (
                "update",
                "your role may not update this record, or not to these values",
            ),
        },
    };
    let violations = places
        .into_iter()
        .map(|place| Violation::new(at(action, place), "forbidden", message));
    Err(UserError::ForbiddenRecords {
        action: verb,
        violations: violations.collect(),
    }
    .into())
}

/// Refuses relations to records that are not there or not seen, where a rule asks for those records. It is told after all else, as it
/// would be where no rule asks.
pub(super) fn check_relations(object: &Object, action: &Action, answer: &Row) -> Result<()> {
    let named = named(object, action);
    let missing = refusals(answer)?.into_iter().filter_map(|(place, number)| {
        let field = named.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
        Some(constraint::no_such_record(field, &at(action, place)))
    });
    let missing: Vec<Violation> = missing.collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(UserError::Invalid(missing).into())
    }
}

/// The refusal of a write that makes records where a rule asks for a running number: it is not known before the record is there.
#[must_use]
pub fn undecidable(view: &View, object: &Object, action: &Action) -> Option<UserError> {
    let rules = Rules::of(Some(&view.rules), object, action);
    let mut read = BTreeSet::new();
    rules
        .made
        .iter()
        .for_each(|demand| filter::columns(&demand.rule, &mut read));
    let mut columns = object.fields.values().flat_map(|field| &field.columns);
    let is_number = |column: &Column| column.column_type.numbering.is_some();
    let asked = columns.any(|column| is_number(column) && read.contains(&column.name));
    asked.then_some(UserError::Forbidden {
        action: "create records here: its rule asks for a running number, which a record has only once it is created",
    })
}
