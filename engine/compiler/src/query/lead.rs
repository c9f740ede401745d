//! What finds the rows of a list before they are put in order, where something can: a search, or indexes on patterns.

use sea_query::{Expr, ExprTrait, Query as Sql, SelectStatement, WithClause};
use std::collections::BTreeSet;
use tessera_schema::column::SqlName;
use tessera_schema::object::Object;

use crate::query::compiler::Compiler;
use crate::query::parts::wants_rows;
use crate::query::position;
use crate::query::search::{Found, RANK, listed};
use crate::query::stretch;
use crate::query::tree::Parent;
use crate::query::tree::{Connection, End};
use crate::sql;

/// What is known of a list's rows before they are put in order.
#[derive(Debug)]
pub(crate) enum Lead {
    None,
    Search(Found),
    /// A CTE of one row with the places of the page's records, of more at most.
    Probe(String),
}

/// The columns of a page's rows, and how many rows at most.
type Wanted<'a> = (&'a BTreeSet<SqlName>, u32);

impl Compiler<'_> {
    /// What finds the rows before they are put in order.
    pub(super) fn lead(
        &mut self,
        with: &mut WithClause,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
    ) -> Lead {
        if parent.is_some() {
            return Lead::None;
        }
        if let Some(search) = &connection.search {
            let among = (&connection.filter, connection.deleted);
            return Lead::Search(self.found(with, object, search, among));
        }
        let probe = wants_rows(connection).then(|| self.try_indexes(with, object, connection));
        probe.flatten().map_or(Lead::None, Lead::Probe)
    }

    /// How many records a search finds, the window apart.
    pub(super) fn found_total(
        &mut self,
        object: &Object,
        connection: &Connection,
        found: &Found,
    ) -> Expr {
        let all = self.is_all(found);
        let total = self.total(object, connection, None);
        sql::template(
            "CASE WHEN $1 THEN $2 ELSE $3 END",
            [all, found.count(), total],
        )
    }

    /// The rows of the page, in its order.
    pub(super) fn led_rows(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        lead: &Lead,
        (columns, limit): Wanted<'_>,
    ) -> SelectStatement {
        match lead {
            Lead::None => {
                self.sorted_rows(object, connection, parent, (None, None), (columns, limit))
            }
            Lead::Search(found) if connection.sort.0.is_empty() => {
                self.best(object, connection, found, (columns, limit))
            }
            Lead::Search(found) => {
                let all = self.is_all(found);
                let walk = sql::template("($1) IS NOT TRUE", [all.clone()]);
                let ways = vec![(all, Some(found.places())), (walk, None)];
                self.one_of(object, connection, ways, (columns, limit))
            }
            Lead::Probe(page) => {
                let places = Some(listed(page));
                self.sorted_rows(object, connection, parent, (places, None), (columns, limit))
            }
        }
    }

    /// The page, in the way whose condition holds: out of the rows at some places, or by a walk. All others have no rows, so
    /// that the order of the one is that of all.
    fn one_of(
        &mut self,
        object: &Object,
        connection: &Connection,
        ways: Vec<(Expr, Option<Expr>)>,
        (columns, limit): Wanted<'_>,
    ) -> SelectStatement {
        let branches = ways.into_iter().map(|(condition, places)| {
            let which = (places, Some(condition));
            self.sorted_rows(object, connection, None, which, (columns, limit))
        });
        let branches: Vec<_> = branches.collect();
        stretch::one_behind_the_other(branches.into_iter(), || self.alias("q"))
    }

    /// The page of a list that is in the order of the ranks, the best first.
    fn best(
        &mut self,
        object: &Object,
        connection: &Connection,
        found: &Found,
        (columns, limit): Wanted<'_>,
    ) -> SelectStatement {
        let window = &connection.window;
        let (hit, alias) = (self.alias("h"), self.alias("t"));
        let key = |name: &str| sql::col(&hit, name);
        let keys = || Expr::tuple([key(RANK), key("id")]);
        let mut hits = Sql::select();
        hits.from_as(sql::iden(&found.ranked), sql::iden(&hit));
        hits.expr(key("id")).expr(key(RANK));
        if let Some(cursor) = &window.after {
            let at = self.position(object, connection, None, cursor);
            hits.and_where(keys().lt(Expr::tuple(at)));
        }
        if let Some(cursor) = &window.before {
            let at = self.position(object, connection, None, cursor);
            hits.and_where(keys().gt(Expr::tuple(at)));
        }
        let order = match window.from {
            End::Start => sea_query::Order::Desc,
            End::End => sea_query::Order::Asc,
        };
        for name in [RANK, "id"] {
            hits.order_by_expr(key(name), order.clone());
        }
        hits.limit(sql::written_out(limit));
        if window.offset > 0 {
            hits.offset(self.params.count(window.offset));
        }
        let mut select = Sql::select();
        let rank = &position::keys(connection)[0].name;
        for name in columns {
            let expr = if name == rank {
                key(RANK)
            } else {
                sql::column(&alias, name)
            };
            select.expr_as(expr, sql::iden(name.as_str()));
        }
        select.from_subquery(hits, sql::iden(&hit));
        let same = sql::col(&alias, "id").eq(key("id"));
        self.join_found(&mut select, object, (&alias, same));
        for name in [RANK, "id"] {
            select.order_by_expr(key(name), order.clone());
        }
        select
    }
}
