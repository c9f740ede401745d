//! A list whose filter has patterns that trigram indexes serve.
//!
//! How many records a pattern fits is not known before it is tried, and a planner that guesses wrong walks the whole order in
//! search of twenty records, or sorts all records to show twenty. So a little of the order is walked first, where an index has
//! it. Either the page ends there, or it tells about how much further a walk would have to go. Where that is far, the indexes
//! are asked, for a bounded number of records: these are all, or there are so many that a walk meets enough of them soon.

use sea_query::{Expr, ExprTrait, Query as Sql, SelectStatement, WithClause};
use std::collections::BTreeSet;
use tessera_schema::filter::{Comparison, Filter};
use tessera_schema::object::Object;
use tessera_schema::operator::{Predicate, Wildcard};

use crate::query::compiler::Compiler;
use crate::query::filter;
use crate::query::listed::{Listed, Way};
use crate::query::parts::wants_extra;
use crate::query::search::{PLACE, PLACES, bounded_places, cardinality, cte, listed};
use crate::query::tree::Connection;
use crate::sql;
use crate::statement::Params;

/// So many records are worth fetching by the indexes and sorting; where there are more, a walk meets a page of them sooner.
const MOST: i64 = 1_000;

/// So many records are looked at before the indexes are asked.
const NEAR: u32 = 1_000;

/// How far from the start of an order a walk looks.
#[derive(Clone, Copy)]
enum Reach<'a> {
    Near,
    /// For what the places near the start leave to be wanted, in a CTE of this name.
    Beyond(&'a str),
}

/// The list that is looked for, and how many records its page is made of.
#[derive(Clone, Copy)]
struct Sought<'a> {
    object: &'a Object,
    connection: &'a Connection,
    wanted: u32,
}

impl Compiler<'_> {
    /// The places of a page's records as a CTE of one row; `None` where the filter has nothing for indexes on trigrams.
    pub(super) fn try_indexes(
        &mut self,
        with: &mut WithClause,
        object: &Object,
        connection: &Connection,
    ) -> Option<String> {
        self.trigrams?;
        let patterns = served(&connection.filter, object)?;
        // Each needs three characters in a row: an index on trigrams is of no use to others.
        let usable = patterns.into_iter().map(|(comparison, literal)| {
            let text = self.pattern(comparison, literal);
            sql::template("$1 ~ '[[:alnum:]]{3}'", [text])
        });
        let usable = usable.reduce(ExprTrait::and)?;
        let window = &connection.window;
        let wanted = window.limit + u32::from(wants_extra(connection));
        let sought = Sought {
            object,
            connection,
            wanted: wanted.saturating_add(window.offset),
        };
        let near = self.has_index(object, &connection.sort).then(|| {
            let near = self.repeated(|compiler| compiler.walk(sought, Reach::Near));
            self.places_cte(with, "_n", near)
        });
        let found = self.ask_indexes(sought, usable.clone());
        let found = self.places_cte(with, "_p", found);
        let few = cardinality(&found).lte(self.params.number(MOST));
        let few = usable.and(few);
        let page = match near {
            None => {
                let all = self.repeated(|compiler| compiler.walk_all(sought));
                sql::template(
                    "CASE WHEN $1 THEN $2 ELSE $3 END",
                    [few, listed(&found), all],
                )
            }
            Some(near) => {
                let met = |at_least: u32, params: &mut Params| {
                    cardinality(&near).gte(params.number(i64::from(at_least)))
                };
                let whole = met(sought.wanted, &mut self.params);
                let soon = met(soon(sought.wanted), &mut self.params);
                let beyond = self.repeated(|compiler| compiler.walk(sought, Reach::Beyond(&near)));
                // In this order: the indexes are asked only where the walk has told nothing.
                sql::template(
                    "CASE WHEN $1 THEN $2 WHEN CASE WHEN $3 THEN false ELSE $4 END THEN $5 ELSE $6 || $7 END",
                    [
                        whole,
                        listed(&near),
                        soon,
                        few,
                        listed(&found),
                        listed(&near),
                        beyond,
                    ],
                )
            }
        };
        Some(self.places_cte(with, "_a", page))
    }

    fn places_cte(&mut self, with: &mut WithClause, kind: &'static str, places: Expr) -> String {
        let name = self.alias(kind);
        let select = Sql::select().expr_as(places, sql::iden(PLACES)).to_owned();
        cte(with, &name, select);
        name
    }

    /// The first places in a stretch of the order whose records fit, as many as are wanted at most.
    fn walk(&mut self, sought: Sought<'_>, reach: Reach<'_>) -> Expr {
        let Sought {
            object, connection, ..
        } = sought;
        let (inner, alias) = (self.alias("t"), self.alias("q"));
        let mut read = BTreeSet::new();
        filter::columns(&connection.filter, &mut read);
        let mut rows = Sql::select();
        rows.expr_as(sql::col(&inner, "ctid"), sql::iden(PLACE));
        for name in &read {
            rows.expr_as(sql::column(&inner, name), sql::iden(name.as_str()));
        }
        self.select_records(&mut rows, object, &inner, connection.deleted);
        let list = Listed {
            object,
            connection,
            parent: None,
            alias: &inner,
            before: self.planning,
        };
        let most = match reach {
            Reach::Near => NEAR,
            Reach::Beyond(_) => u32::MAX,
        };
        let mut rows = self.in_order(rows, list, Way::Walked, most, |_, _| {});
        match reach {
            Reach::Near => rows.limit(sql::written_out(NEAR)),
            Reach::Beyond(_) => rows.offset(sql::written_out(NEAR)),
        };
        let mut fitting = Sql::select();
        fitting.expr(sql::col(&alias, PLACE));
        fitting.from_subquery(rows, sql::iden(&alias));
        let condition = self.filter(&connection.filter, &alias);
        fitting.and_where_option(condition);
        fitting.limit(sql::written_out(sought.wanted));
        let Reach::Beyond(near) = reach else {
            return array(fitting);
        };
        // The limit above is for the planner.
        let alias = self.alias("q");
        let mut rest = Sql::select();
        rest.expr(sql::col(&alias, PLACE));
        rest.from_subquery(fitting, sql::iden(&alias));
        let wanted = self.params.number(i64::from(sought.wanted));
        bounded_places(rest, wanted.sub(cardinality(near)))
    }

    /// The places of the page, whatever it takes.
    fn walk_all(&mut self, sought: Sought<'_>) -> Expr {
        let before = self.planning;
        let alias = self.alias("t");
        let rows = self.fitting(sought, &alias);
        let list = Listed {
            object: sought.object,
            connection: sought.connection,
            parent: None,
            alias: &alias,
            before,
        };
        let mut rows = self.in_order(rows, list, Way::Walked, sought.wanted, |_, _| {});
        rows.limit(sql::written_out(sought.wanted));
        array(rows)
    }

    /// The places of records that fit, in no order, one more than [`MOST`] at most.
    fn ask_indexes(&mut self, sought: Sought<'_>, usable: Expr) -> Expr {
        let alias = self.alias("t");
        let mut rows = self.fitting(sought, &alias);
        rows.and_where(usable);
        bounded_places(rows, self.params.number(MOST + 1))
    }

    /// The places of records that fit.
    fn fitting(&mut self, sought: Sought<'_>, alias: &str) -> SelectStatement {
        let mut rows = Sql::select();
        rows.expr(sql::col(alias, "ctid"));
        self.select_records(&mut rows, sought.object, alias, sought.connection.deleted);
        let condition = self.filter(&sought.connection.filter, alias);
        rows.and_where_option(condition);
        rows
    }
}

fn array(rows: SelectStatement) -> Expr {
    sql::template("ARRAY($1)", [Expr::SubQuery(None, Box::new(rows.into()))])
}

/// Of how many records near the start a walk is known to meet enough soon. A walk takes the longer the more are wanted and
/// the fewer fit, the indexes the more fit: so it grows with the root.
const fn soon(wanted: u32) -> u32 {
    wanted.isqrt()
}

/// A comparison with a pattern, and what is put around its operand.
type Pattern<'f> = (&'f Comparison, Option<(Wildcard, Wildcard)>);

/// The patterns by which trigram indexes find every record that a filter matches.
fn served<'f>(filter: &'f Filter, object: &Object) -> Option<Vec<Pattern<'f>>> {
    match filter {
        Filter::Compare(comparison) if !comparison.operator.negated => {
            let Predicate::Matches { literal, .. } = comparison.operator.predicate else {
                return None;
            };
            let searched = object.searched_columns();
            let searched = searched.iter().any(|c| c.name == comparison.column);
            searched.then(|| vec![(comparison, literal)])
        }
        Filter::Any(parts) if !parts.is_empty() => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| served(part, object)).collect();
            parts.map(|parts| parts.concat())
        }
        Filter::All(parts) => parts.iter().find_map(|part| served(part, object)),
        _ => None,
    }
}
