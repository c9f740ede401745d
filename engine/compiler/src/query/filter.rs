//! A filter as a condition on the rows of one alias.

use sea_query::{Expr, ExprTrait, Query as Sql, SelectStatement};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_schema::column::SqlName;
use tessera_schema::filter::{Comparison, Filter, Quantifier, Term, Value};
use tessera_schema::object::{Object, ToMany, Via};
use tessera_schema::operator::{Operator, Predicate, Wildcard};

use crate::access::masks::Masked;
use crate::bind::{Param, Slot};
use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::sql;

impl Compiler<'_> {
    /// `None` where everything matches.
    pub(crate) fn filter(&mut self, filter: &Filter, alias: &str) -> Option<Expr> {
        (!filter.is_all()).then(|| self.condition(filter, alias))
    }

    fn condition(&mut self, filter: &Filter, alias: &str) -> Expr {
        match filter {
            Filter::All(parts) => self.chain(parts, alias, "true", ExprTrait::and),
            Filter::Any(parts) => self.chain(parts, alias, "false", ExprTrait::or),
            Filter::Not(inner) => not(self.condition(inner, alias)),
            Filter::Compare(comparison) => self.compare(comparison, alias),
            Filter::ToOne(to_one, inner) => {
                let target = self.model.target(&to_one.target).clone();
                let there = self.alias("f");
                let mut select = self.probe(&target, &there);
                let (id, is_shown) = self.joining(alias, &to_one.column);
                select.and_where(sql::col(&there, "id").eq(id));
                select.and_where_option(is_shown);
                if let Some(condition) = self.filter(inner, &there) {
                    select.and_where(condition);
                }
                self.is_found(select)
            }
            Filter::ToMany(to_many, quantifier, inner) => {
                self.through_many(to_many, *quantifier, inner, alias)
            }
        }
    }

    fn chain(
        &mut self,
        parts: &[Filter],
        alias: &str,
        empty: &'static str,
        join: fn(Expr, Expr) -> Expr,
    ) -> Expr {
        let mut parts: Vec<&Filter> = parts.iter().collect();
        if self.in_rule {
            // Postgres asks the parts of an OR in the order of the text.
            parts.sort_by_key(|part| relations(part));
        }
        let conditions: Vec<Expr> = parts
            .into_iter()
            .map(|part| self.condition(part, alias))
            .collect();
        conditions
            .into_iter()
            .reduce(join)
            .unwrap_or_else(|| Expr::cust(empty))
    }

    fn through_many(
        &mut self,
        to_many: &ToMany,
        quantifier: Quantifier,
        inner: &Filter,
        alias: &str,
    ) -> Expr {
        let target = self.model.target(&to_many.target).clone();
        let there = self.alias("f");
        let mut select = self.probe(&target, &there);
        match &to_many.via {
            Via::Column(column) => {
                let (id, is_shown) = self.joining(&there, column);
                select.and_where(id.eq(sql::col(alias, "id")));
                select.and_where_option(is_shown);
            }
            Via::Link { table, near, far } => {
                self.planning.join();
                let link = self.alias("l");
                self.select_links_of(&mut select, (table, near), (alias, &link));
                select.and_where(sql::column(&link, far).eq(sql::col(&there, "id")));
                select.and_where(sql::column(&link, near).eq(sql::col(alias, "id")));
                let is_shown = self.link_shown(&to_many.via, (alias, &there));
                select.and_where_option(is_shown);
            }
        }
        let condition = self.filter(inner, &there);
        match quantifier {
            Quantifier::Some => {
                select.and_where_option(condition);
                self.is_found(select)
            }
            Quantifier::None => {
                select.and_where_option(condition);
                self.is_found(select).not()
            }
            Quantifier::Every => {
                select.and_where(condition.map_or_else(|| Expr::cust("false"), not));
                self.is_found(select).not()
            }
        }
    }

    /// A select that only asks whether there is such a record, not one in the bin.
    fn probe(&mut self, object: &Object, alias: &str) -> SelectStatement {
        self.planning.filter();
        let mut select = Sql::select();
        select.expr(Expr::cust(if self.in_rule { "true" } else { "1" }));
        self.select_records(&mut select, object, alias, Deleted::Exclude);
        select
    }

    /// Whether a probe finds a record. Rules ask for each record by itself: of an `EXISTS` Postgres may gather all rows first, which
    /// takes long where one record is read.
    fn is_found(&self, probe: SelectStatement) -> Expr {
        if self.in_rule {
            sql::holds(probe)
        } else {
            Expr::exists(probe)
        }
    }

    /// A comparison with a value that may be hidden, and then is null.
    fn compare_masked(&mut self, comparison: &Comparison, masked: Masked) -> Expr {
        let Masked { stored, seen } = masked;
        let Operator {
            predicate, negated, ..
        } = *comparison.operator;
        if let (Predicate::Empty, Value::Flag(true)) = (predicate, &comparison.operand) {
            return stored.is_null().or(not(seen));
        }
        // No other predicate holds for null.
        let condition = self.predicate(comparison, predicate, stored).and(seen);
        if negated { not(condition) } else { condition }
    }

    fn compare(&mut self, comparison: &Comparison, alias: &str) -> Expr {
        if let Some(masked) = self.masked(alias, &comparison.column) {
            return self.compare_masked(comparison, masked);
        }
        let column = sql::column(alias, &comparison.column);
        let negated = comparison.operator.negated;
        let predicate = comparison.operator.predicate;
        match (&comparison.operand, predicate) {
            // One expression that a planner knows better than the negation of an equality.
            (Value::One(_), Predicate::Equal) if negated => {
                let value = self.single(comparison);
                let column = sql::collated(column, &comparison.column_type);
                sql::template("$1 IS DISTINCT FROM $2", [column, value])
            }
            _ => {
                let condition = self.predicate(comparison, predicate, column);
                if negated { not(condition) } else { condition }
            }
        }
    }

    fn predicate(&mut self, comparison: &Comparison, predicate: Predicate, column: Expr) -> Expr {
        // Patterns have indexes of their own, which know nothing of the order.
        let column = match predicate {
            Predicate::Matches { .. } | Predicate::Empty => column,
            _ => sql::collated(column, &comparison.column_type),
        };
        match (predicate, &comparison.operand) {
            (Predicate::Equal, Value::One(_)) => column.eq(self.single(comparison)),
            (Predicate::Greater, Value::One(_)) => column.gt(self.single(comparison)),
            (Predicate::AtLeast, Value::One(_)) => column.gte(self.single(comparison)),
            (Predicate::Less, Value::One(_)) => column.lt(self.single(comparison)),
            (Predicate::AtMost, Value::One(_)) => column.lte(self.single(comparison)),
            (Predicate::Between, Value::Pair(..)) => {
                let from = self.value_of(comparison, |operand| match operand {
                    Value::Pair(from, _) => Some(from),
                    _ => None,
                });
                let to = self.value_of(comparison, |operand| match operand {
                    Value::Pair(_, to) => Some(to),
                    _ => None,
                });
                column.between(from, to)
            }
            (Predicate::Empty, Value::Flag(true)) => column.is_null(),
            (Predicate::Empty, Value::Flag(false)) => column.is_not_null(),
            (
                Predicate::Matches {
                    ignore_case,
                    literal,
                },
                Value::One(_),
            ) => {
                let pattern = self.pattern(comparison, literal);
                let template = if ignore_case {
                    "$1 ILIKE $2"
                } else {
                    "$1 LIKE $2"
                };
                sql::template(template, [column, pattern])
            }
            (Predicate::Document, Value::One(_)) => {
                let document = self.single(comparison);
                sql::template("$1 @> $2", [column, document])
            }
            (Predicate::OneOf, Value::Many(_)) => {
                let list = self.list_of(comparison);
                sql::template("$1 = ANY($2)", [column, list])
            }
            (Predicate::Equal, Value::Many(_)) => {
                let list = self.list_of(comparison);
                column.eq(list)
            }
            (Predicate::Overlaps, Value::Many(_)) => {
                let list = self.list_of(comparison);
                sql::template("$1 && $2", [column, list])
            }
            (Predicate::Covers, Value::Many(_)) => {
                let list = self.list_of(comparison);
                sql::template("$1 @> $2", [column, list])
            }
            (predicate, operand) => {
                unreachable!("the filter language gives {predicate:?} no operand {operand:?}")
            }
        }
    }

    fn single(&mut self, comparison: &Comparison) -> Expr {
        self.value_of(comparison, |operand| match operand {
            Value::One(value) => Some(value),
            _ => None,
        })
    }

    /// One value of the operand.
    fn value_of(&mut self, comparison: &Comparison, part: fn(&Value) -> Option<&Term>) -> Expr {
        let column_type = comparison.column_type.clone();
        if let Some(Term::Variable(placed)) = part(&comparison.operand) {
            return self.variable(placed, column_type.scalar);
        }
        let form = move |operand: &Value| match part(operand)? {
            Term::Literal(value) => Some(Param::Text(sql::input_form(value, &column_type))),
            Term::Variable(_) => None,
        };
        self.operand(comparison, comparison.column_type.scalar.postgres(), form)
    }

    /// The operand as a pattern of `LIKE`.
    pub(super) fn pattern(
        &mut self,
        comparison: &Comparison,
        literal: Option<(Wildcard, Wildcard)>,
    ) -> Expr {
        self.operand(comparison, "text", move |operand| match operand {
            Value::One(Term::Literal(Json::String(text))) => Some(Param::Text(Some(
                literal.map_or_else(|| text.clone(), |around| literal_pattern(text, around)),
            ))),
            _ => None,
        })
    }

    /// All values of the operand, as an array.
    fn list_of(&mut self, comparison: &Comparison) -> Expr {
        let column_type = comparison.column_type.clone();
        if let Value::Many(terms) = &comparison.operand
            && comparison.operand.varies()
        {
            let scalar = column_type.scalar;
            if let [Term::Variable(placed)] = terms.as_slice()
                && placed.variable.is_list()
            {
                return self.variable(placed, scalar);
            }
            let none = self.params.slot(
                Slot::Constant(Param::List(Vec::new())),
                &format!("{}[]", scalar.postgres()),
            );
            return terms.iter().fold(none, |list, term| {
                let (add, value) = match term {
                    Term::Literal(value) => {
                        let text = sql::input_form(value, &column_type);
                        let value = self.params.text(text, scalar.postgres());
                        ("array_append($1, $2)", value)
                    }
                    Term::Variable(placed) if placed.variable.is_list() => {
                        ("array_cat($1, $2)", self.variable(placed, scalar))
                    }
                    Term::Variable(placed) => {
                        ("array_append($1, $2)", self.variable(placed, scalar))
                    }
                };
                sql::template(add, [list, value])
            });
        }
        let form = move |operand: &Value| match operand {
            Value::Many(terms) => {
                let values = terms.iter().map(|term| match term {
                    Term::Literal(value) => Some(sql::input_form(value, &column_type)),
                    Term::Variable(_) => None,
                });
                Some(Param::List(values.collect::<Option<_>>()?))
            }
            _ => None,
        };
        let array = format!("{}[]", comparison.column_type.scalar.postgres());
        self.operand(comparison, &array, form)
    }

    /// What of the operand a parameter has: of this one where all requests have the same, otherwise of each request's own.
    fn operand(
        &mut self,
        comparison: &Comparison,
        postgres_type: &str,
        form: impl Fn(&Value) -> Option<Param> + Send + Sync + 'static,
    ) -> Expr {
        let slot = match comparison.reread.clone() {
            Some(reread) => Slot::Input(Arc::new(move |inputs: &Map<String, Json>| {
                form(&reread.operand(inputs)?)
            })),
            None => Slot::Constant(
                form(&comparison.operand).expect("an operator's operand has the operator's form"),
            ),
        };
        self.params.slot(slot, postgres_type)
    }
}

/// What is unknown for want of a value counts as false, so its opposite is true.
fn not(condition: Expr) -> Expr {
    sql::template("($1) IS NOT TRUE", [condition])
}

/// How many relations a filter walks.
fn relations(filter: &Filter) -> usize {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().map(relations).sum(),
        Filter::Not(inner) => relations(inner),
        Filter::Compare(_) => 0,
        Filter::ToOne(_, inner) | Filter::ToMany(_, _, inner) => 1 + relations(inner),
    }
}

/// The columns of its own table that a filter reads.
pub(crate) fn columns(filter: &Filter, into: &mut BTreeSet<SqlName>) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => {
            for part in parts {
                columns(part, into);
            }
        }
        Filter::Not(inner) => columns(inner, into),
        Filter::Compare(comparison) => {
            into.insert(comparison.column.clone());
        }
        Filter::ToOne(to_one, _) => {
            into.insert(to_one.column.clone());
        }
        Filter::ToMany(..) => {
            into.insert(SqlName::join(&["id"]));
        }
    }
}

/// A pattern that matches just this text, with anything where the wildcards say so.
fn literal_pattern(text: &str, (before, after): (Wildcard, Wildcard)) -> String {
    let wildcard = |wildcard| match wildcard {
        Wildcard::None => "",
        Wildcard::Any => "%",
    };
    let escaped = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("{}{escaped}{}", wildcard(before), wildcard(after))
}
