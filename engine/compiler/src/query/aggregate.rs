//! Groups of records, and what is reckoned over each.
//!
//! The innermost select is what one would write by hand: keys, aggregates, `GROUP BY`, nothing made into JSON. Around it
//! another, of a row for each group, says which groups, in what order and how they are shown.

mod expression;
mod unit;

use sea_query::{Expr, Func, Query as Sql, SelectStatement};
use tessera_schema::aggregate::{Aggregate, Aggregation, Key, Operand, Order};
use tessera_schema::column::SqlName;
use tessera_schema::object::Object;
use tessera_schema::time_zone::TimeZone;

use crate::query::compiler::Compiler;
use crate::query::path::Walked;
use crate::query::projection::output;
use crate::query::tree::{AmountPart, Deleted, GroupItem, GroupShape, Leaf};
use crate::sql;

use self::unit::Asked;

impl Compiler<'_> {
    /// The groups of an object's records as a JSON array.
    pub(crate) fn groups(
        &mut self,
        object: &Object,
        aggregation: &Aggregation,
        shape: &GroupShape,
    ) -> Expr {
        let alias = self.alias("t");
        let mut records = Sql::select();
        self.select_records(&mut records, object, &alias, Deleted::Exclude);
        let condition = self.filter(&aggregation.filter, &alias);
        records.and_where_option(condition);
        let grouped = self.grouped(
            records,
            &alias,
            &aggregation.keys,
            &aggregation.aggregates,
            aggregation.time_zone.as_ref(),
        );
        let group = self.alias("g");
        let mut shown = Sql::select();
        shown.from_subquery(grouped, sql::iden(&group));
        self.show(
            &mut shown,
            &group,
            &aggregation.keys,
            &aggregation.aggregates,
            shape,
        );
        let having = self.filter(&aggregation.having, &group);
        shown.and_where_option(having);
        if let Some(zone) = aggregation.time_zone.as_ref().filter(|zone| !zone.is_utc()) {
            // Here and not among the records, where it would keep Postgres from working in parallel.
            let known = self.known_zone(zone);
            shown.and_where(known);
        }
        for order in &aggregation.order {
            sorted(&mut shown, &group, aggregation, order);
        }
        shown.limit(sql::written_out(aggregation.limit));
        let row = self.alias("o");
        let list = sql::template("coalesce(json_agg($1), '[]'::json)", [whole(&row)]);
        let select = Sql::select()
            .expr(list)
            .from_subquery(shown, sql::iden(&row))
            .to_owned();
        Expr::SubQuery(None, Box::new(select.into()))
    }

    /// What is reckoned over all rows of a select, as a JSON object.
    pub(crate) fn aggregate(
        &mut self,
        records: SelectStatement,
        alias: &str,
        aggregates: &[Aggregate],
        shape: &GroupShape,
    ) -> Expr {
        let reckoned = self.grouped(records, alias, &[], aggregates, None);
        let all = self.alias("g");
        let mut shown = Sql::select();
        shown.from_subquery(reckoned, sql::iden(&all));
        self.show(&mut shown, &all, &[], aggregates, shape);
        let row = self.alias("o");
        let select = Sql::select()
            .expr(Func::cust(sql::iden("row_to_json")).arg(whole(&row)))
            .from_subquery(shown, sql::iden(&row))
            .to_owned();
        Expr::SubQuery(None, Box::new(select.into()))
    }

    /// Makes a select of records one of groups, with a column for each key and aggregate.
    fn grouped(
        &mut self,
        mut select: SelectStatement,
        alias: &str,
        keys: &[Key],
        aggregates: &[Aggregate],
        zone: Option<&TimeZone>,
    ) -> SelectStatement {
        if aggregates.iter().any(|aggregate| aggregate.per.is_some()) {
            let asked = Asked {
                alias,
                keys,
                aggregates,
                zone,
            };
            return self.grouped_by_unit(&select, &asked);
        }
        let mut walked = Walked::from(alias);
        self.group_by(&mut select, &mut walked, keys, zone);
        for aggregate in aggregates {
            let value = self.reckon(&mut select, &mut walked, aggregate);
            select.expr_as(value, sql::iden(aggregate.column.as_str()));
        }
        if keys.is_empty() && aggregates.is_empty() {
            // One row all the same.
            select.expr(Expr::cust("count(*)"));
        }
        select
    }

    /// Has a select of records grouped by keys, which come first.
    fn group_by(
        &mut self,
        select: &mut SelectStatement,
        walked: &mut Walked<'_>,
        keys: &[Key],
        zone: Option<&TimeZone>,
    ) {
        for (key, number) in keys.iter().zip(1..) {
            let at = self.reach(select, walked, &key.path);
            let value = sql::column(&at, &key.source.name);
            let value = self.key(key, value, zone);
            select.expr_as(value, sql::iden(key.column.as_str()));
            // By its number: were the expression repeated, its parameters would be others.
            select.add_group_by([Expr::cust(format!("{number}"))]);
        }
    }

    /// What an aggregate comes to over the records of a select.
    fn reckon(
        &mut self,
        select: &mut SelectStatement,
        walked: &mut Walked<'_>,
        aggregate: &Aggregate,
    ) -> Expr {
        let values = match &aggregate.operand {
            Operand::Records => Vec::new(),
            Operand::Value { path, columns } => {
                let at = self.reach(select, walked, path);
                columns.iter().map(|name| sql::column(&at, name)).collect()
            }
        };
        expression::reckoned(aggregate, values)
    }

    /// Puts what is shown of a group into a select from groups.
    fn show(
        &mut self,
        select: &mut SelectStatement,
        group: &str,
        keys: &[Key],
        aggregates: &[Aggregate],
        shape: &GroupShape,
    ) {
        for (name, item) in &shape.0 {
            let value = self.shown(group, keys, aggregates, item);
            select.expr_as(value, sql::iden(name));
        }
        if shape.0.is_empty() {
            select.expr(Expr::cust("1"));
        }
    }

    fn shown(
        &mut self,
        group: &str,
        keys: &[Key],
        aggregates: &[Aggregate],
        item: &GroupItem,
    ) -> Expr {
        match item {
            GroupItem::Key(place) => {
                let key = &keys[*place];
                output(group, &leaf(&key.column, &key.column_type))
            }
            GroupItem::Aggregate(place) => {
                let aggregate = &aggregates[*place];
                if let Some(per) = &aggregate.per {
                    let units = per.units.iter().zip(0..);
                    let units = units.map(|(unit, place)| (&*unit.name, AmountPart::Unit(place)));
                    let amount = std::iter::once((&*per.amount, AmountPart::Amount));
                    let parts: Vec<_> = units.chain(amount).collect();
                    self.amounts(group, aggregate, per, &parts)
                } else if aggregate.function.counts() {
                    sql::column(group, &aggregate.column)
                } else {
                    output(group, &leaf(&aggregate.column, &aggregate.column_type))
                }
            }
            GroupItem::Amounts(place, parts) => {
                let aggregate = &aggregates[*place];
                let per = aggregate
                    .per
                    .as_ref()
                    .expect("it is answered for each unit");
                let parts = parts.iter().map(|(key, part)| (key.as_str(), part.clone()));
                self.amounts(group, aggregate, per, &parts.collect::<Vec<_>>())
            }
            GroupItem::Object(shape) => {
                let entries = shape
                    .0
                    .iter()
                    .map(|(name, item)| (name.as_str(), self.shown(group, keys, aggregates, item)))
                    .collect();
                self.keyed(entries)
            }
            GroupItem::Constant(text) => self.params.text(Some(text.clone()), "text"),
        }
    }
}

fn leaf(column: &SqlName, column_type: &tessera_schema::column::ColumnType) -> Leaf {
    Leaf {
        column: column.clone(),
        column_type: column_type.clone(),
    }
}

/// A row as a whole.
fn whole(alias: &str) -> Expr {
    Expr::col(sql::iden(alias))
}

fn sorted(
    select: &mut SelectStatement,
    group: &str,
    Aggregation {
        keys, aggregates, ..
    }: &Aggregation,
    order: &Order,
) {
    let keys = keys.iter().map(|key| (&key.column, &key.column_type));
    let aggregates = aggregates
        .iter()
        .map(|aggregate| (&aggregate.column, &aggregate.column_type));
    let (_, column_type) = keys
        .chain(aggregates)
        .find(|(column, _)| **column == order.column)
        .expect("groups are ordered by what they have");
    let column = sql::collated(sql::column(group, &order.column), column_type);
    let direction = order.direction;
    if order.nulls == sql::nulls_of_index(direction) {
        select.order_by_expr(column, sql::order(direction));
    } else {
        let nulls = sql::null_order(order.nulls);
        select.order_by_expr_with_nulls(column, sql::order(direction), nulls);
    }
}
