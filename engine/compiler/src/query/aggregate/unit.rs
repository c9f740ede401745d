//! Amounts that are answered once for each unit they are in, such as sums of money by currency.
//!
//! The records are grouped by the unit as well; around that, groups are put together again, with the amounts as arrays and
//! beside them arrays of their units. What else is reckoned is put together where that can be done: a count of counts is a sum.
//! Where it cannot (an average, different values), it is reckoned apart, and so are amounts in other units: each
//! is a branch of a union, in which the columns of the others are null.

use sea_query::{Expr, Query as Sql, SelectStatement, UnionType};
use tessera_schema::aggregate::{Aggregate, Key, Operand, PerUnit, Unit};
use tessera_schema::column::SqlName;
use tessera_schema::function::Function;
use tessera_schema::object::ToOne;
use tessera_schema::time_zone::TimeZone;

use super::{leaf, whole};
use crate::query::compiler::Compiler;
use crate::query::path::Walked;
use crate::query::projection::output;
use crate::query::tree::AmountPart;
use crate::sql;

/// What is asked of records.
pub(super) struct Asked<'a> {
    /// Of the records.
    pub(super) alias: &'a str,
    pub(super) keys: &'a [Key],
    pub(super) aggregates: &'a [Aggregate],
    pub(super) zone: Option<&'a TimeZone>,
}

/// Aggregates that are reckoned by one grouping.
struct Branch<'a> {
    /// The units it groups by, and the relations that lead to them.
    by: Option<(&'a [ToOne], &'a [Unit])>,
    members: Vec<usize>,
}

impl Branch<'_> {
    fn units(&self) -> &[Unit] {
        self.by.map_or(&[], |(_, units)| units)
    }
}

impl Compiler<'_> {
    /// As [`Compiler::grouped`], for aggregates some of which are answered for each unit.
    pub(super) fn grouped_by_unit(
        &mut self,
        records: &SelectStatement,
        asked: &Asked<'_>,
    ) -> SelectStatement {
        let (keys, aggregates) = (asked.keys, asked.aggregates);
        let branches = branches(aggregates);
        let mut selects = (0..branches.len())
            .map(|number| self.branch(records.clone(), asked, &branches, number));
        let mut all = selects.next().expect("some aggregate has units");
        let others: Vec<_> = selects.map(|select| (UnionType::All, select)).collect();
        all.unions(others);

        let from = self.alias("u");
        let mut groups = Sql::select();
        groups.from_subquery(all, sql::iden(&from));
        for (key, number) in keys.iter().zip(1..) {
            groups.expr_as(
                sql::column(&from, &key.column),
                sql::iden(key.column.as_str()),
            );
            groups.add_group_by([Expr::cust(format!("{number}"))]);
        }
        for (number, branch) in branches.iter().enumerate() {
            for place in &branch.members {
                let aggregate = &aggregates[*place];
                let value = sql::column(&from, &aggregate.column);
                let Some(per) = &aggregate.per else {
                    let value = combined(aggregate, value, branch.by.is_some());
                    groups.expr_as(value, sql::iden(aggregate.column.as_str()));
                    continue;
                };
                let units = (0..per.units.len()).map(|unit| sql::col(&from, &inner(number, unit)));
                let units: Vec<Expr> = units.collect();
                let collected = |of: Expr| {
                    let order = Expr::tuple(units.clone());
                    let parts = [of, order, value.clone()];
                    sql::template(
                        "array_agg($1 ORDER BY $2) FILTER (WHERE $3 IS NOT NULL)",
                        parts,
                    )
                };
                groups.expr_as(
                    collected(value.clone()),
                    sql::iden(aggregate.column.as_str()),
                );
                for (unit, column) in per.units.iter().zip(&units) {
                    groups.expr_as(collected(column.clone()), sql::iden(unit.column.as_str()));
                }
            }
        }
        groups
    }

    fn branch(
        &mut self,
        mut select: SelectStatement,
        asked: &Asked<'_>,
        branches: &[Branch<'_>],
        own: usize,
    ) -> SelectStatement {
        if own > 0 {
            // The records are read once more.
            self.planning.join();
        }
        let mut walked = Walked::from(asked.alias);
        self.group_by(&mut select, &mut walked, asked.keys, asked.zone);
        let mut number = asked.keys.len();
        for (place, branch) in branches.iter().enumerate() {
            for (unit, of) in branch.units().iter().enumerate() {
                number += 1;
                let value = match branch.by.filter(|_| place == own) {
                    Some((path, _)) => {
                        select.add_group_by([Expr::cust(format!("{number}"))]);
                        let at = self.reach(&mut select, &mut walked, path);
                        sql::column(&at, &of.source.name)
                    }
                    None => sql::cast(Expr::cust("null"), &of.source.column_type.postgres()),
                };
                select.expr_as(value, sql::iden(&inner(place, unit)));
            }
        }
        for (place, branch) in branches.iter().enumerate() {
            for aggregate in branch
                .members
                .iter()
                .map(|member| &asked.aggregates[*member])
            {
                let value = self.reckon(&mut select, &mut walked, aggregate);
                // The planner leaves out what is never reckoned, all but its type.
                let value = if place == own {
                    value
                } else {
                    sql::template("CASE WHEN false THEN $1 END", [value])
                };
                select.expr_as(value, sql::iden(aggregate.column.as_str()));
            }
        }
        select
    }

    /// The amounts of a group with their units, as a JSON array.
    pub(super) fn amounts(
        &mut self,
        group: &str,
        aggregate: &Aggregate,
        per: &PerUnit,
        parts: &[(&str, AmountPart)],
    ) -> Expr {
        let one = self.alias("m");
        let mut rows = Sql::select();
        let columns = std::iter::once(&aggregate.column);
        for column in columns.chain(per.units.iter().map(|unit| &unit.column)) {
            let values = sql::template("unnest($1)", [sql::column(group, column)]);
            rows.expr_as(values, sql::iden(column.as_str()));
        }
        let mut shown = Sql::select();
        shown.from_subquery(rows, sql::iden(&one));
        for (key, part) in parts {
            let value = match part {
                AmountPart::Amount => {
                    output(&one, &leaf(&aggregate.column, &aggregate.column_type))
                }
                AmountPart::Unit(place) => {
                    let unit = &per.units[*place];
                    output(&one, &leaf(&unit.column, &unit.source.column_type))
                }
                AmountPart::Constant(text) => self.params.text(Some(text.clone()), "text"),
            };
            shown.expr_as(value, sql::iden(key));
        }
        let row = self.alias("o");
        let list = sql::template("coalesce(json_agg($1), '[]'::json)", [whole(&row)]);
        let select = Sql::select()
            .expr(list)
            .from_subquery(shown, sql::iden(&row))
            .to_owned();
        Expr::SubQuery(None, Box::new(select.into()))
    }
}

/// Amounts of the same units go together, and with the first of them all else that can be put together again.
fn branches(aggregates: &[Aggregate]) -> Vec<Branch<'_>> {
    let mut branches: Vec<Branch<'_>> = Vec::new();
    for (place, aggregate) in aggregates.iter().enumerate() {
        let (Some(per), Operand::Value { path, .. }) = (&aggregate.per, &aggregate.operand) else {
            continue;
        };
        let sources = |units: &[Unit]| -> Vec<SqlName> {
            units.iter().map(|unit| unit.source.name.clone()).collect()
        };
        let same = |branch: &&mut Branch<'_>| {
            branch.by.is_some_and(|(known, units)| {
                known == path && sources(units) == sources(&per.units)
            })
        };
        match branches.iter_mut().find(same) {
            Some(branch) => branch.members.push(place),
            None => branches.push(Branch {
                by: Some((path, &per.units)),
                members: vec![place],
            }),
        }
    }
    let others = aggregates.iter().enumerate();
    let others: Vec<usize> = others
        .filter(|(_, aggregate)| aggregate.per.is_none())
        .map(|(place, _)| place)
        .collect();
    if others
        .iter()
        .all(|place| adds_up(aggregates[*place].function))
    {
        branches[0].members.extend(others);
    } else {
        branches.push(Branch {
            by: None,
            members: others,
        });
    }
    branches
}

/// Whether what is reckoned over a group can be had from what was reckoned over parts of it.
const fn adds_up(function: Function) -> bool {
    matches!(
        function,
        Function::Count | Function::Sum | Function::Min | Function::Max
    )
}

/// What the rows of a group come to; of one in parts several have a value, otherwise one.
fn combined(aggregate: &Aggregate, value: Expr, in_parts: bool) -> Expr {
    match aggregate.function {
        Function::Count => sql::template("coalesce(sum($1), 0)::int8", [value]),
        Function::Sum if in_parts => sql::template("sum($1)", [value]),
        Function::Max if in_parts => sql::template("max($1)", [value]),
        // Counts of no records at all are told by their branch, which then has a row.
        _ => sql::template("min($1)", [value]),
    }
}

/// What a branch calls a unit.
fn inner(branch: usize, unit: usize) -> String {
    format!("u{branch}_{unit}")
}
