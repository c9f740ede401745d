//! What finds the rows of a list before they are put in order, where something can: a search, or indexes on patterns.

use sea_query::{
    Condition, Expr, ExprTrait, JoinType, Query as Sql, SelectStatement, UnionType, WithClause,
};
use std::collections::BTreeSet;
use tessera_schema::column::SqlName;
use tessera_schema::ident::RecordId;
use tessera_schema::object::Object;
use tessera_schema::source::Located;

use crate::query::compile::Compiler;
use crate::query::page::{Parent, wants_rows};
use crate::query::probe::Probe;
use crate::query::search::{Found, RANK};
use crate::query::tree::{Connection, End};
use crate::sql;

/// What is known of a list's rows before they are put in order.
#[derive(Debug)]
pub(crate) enum Lead {
    None,
    Search(Found),
    Probe(Probe),
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
            Lead::None => self.sorted_rows(object, connection, parent, None, (columns, limit)),
            Lead::Search(found) if connection.sort.0.is_empty() => {
                let limit = self.params.count(limit);
                self.best(object, connection, found, (columns, limit))
            }
            Lead::Search(found) => {
                let all = self.is_all(found);
                self.either(object, connection, (all, found.places()), (columns, limit))
            }
            Lead::Probe(probe) => {
                let all = self.probed_all(probe);
                self.either(object, connection, (all, probe.places()), (columns, limit))
            }
        }
    }

    /// The page out of the rows at `places` where these are all, else by a walk. One of the two has no rows, so that the order
    /// of the other is that of both.
    fn either(
        &mut self,
        object: &Object,
        connection: &Connection,
        (all, places): (Expr, Expr),
        (columns, limit): (&BTreeSet<SqlName>, u32),
    ) -> SelectStatement {
        let mut branches = [Some(places), None].map(|places| {
            let condition = match &places {
                Some(_) => all.clone(),
                None => sql::template("($1) IS NOT TRUE", [all.clone()]),
            };
            let mut rows = self.sorted_rows(object, connection, None, places, (columns, limit));
            rows.and_where(condition);
            let alias = self.alias("q");
            let mut select = Sql::select();
            for name in columns {
                select.expr_as(sql::column(&alias, name), sql::iden(name.as_str()));
            }
            select.from_subquery(rows, sql::iden(&alias));
            select
        });
        let [few, walk] = &mut branches;
        few.union(UnionType::All, std::mem::take(walk));
        std::mem::take(few)
    }

    /// The page of a list that is in the order of the ranks, the best first.
    fn best(
        &mut self,
        object: &Object,
        connection: &Connection,
        found: &Found,
        (columns, limit): (&BTreeSet<SqlName>, u64),
    ) -> SelectStatement {
        let window = &connection.window;
        let (hit, alias) = (self.alias("h"), self.alias("t"));
        let key = |name: &str| sql::col(&hit, name);
        let keys = || Expr::tuple([key(RANK), key("id")]);
        let mut hits = Sql::select();
        hits.from_as(sql::iden(&found.ranked), sql::iden(&hit));
        hits.expr(key("id")).expr(key(RANK));
        if let Some(cursor) = &window.after {
            let cursor = self.at_hit(found, cursor);
            hits.and_where(keys().lt(cursor));
        }
        if let Some(cursor) = &window.before {
            let cursor = self.at_hit(found, cursor);
            hits.and_where(keys().gt(cursor));
        }
        let order = match window.from {
            End::Start => sea_query::Order::Desc,
            End::End => sea_query::Order::Asc,
        };
        for name in [RANK, "id"] {
            hits.order_by_expr(key(name), order.clone());
        }
        hits.limit(limit);
        if window.offset > 0 {
            hits.offset(self.params.count(window.offset));
        }
        let mut select = Sql::select();
        for name in columns {
            select.expr_as(sql::column(&alias, name), sql::iden(name.as_str()));
        }
        select.from_subquery(hits, sql::iden(&hit));
        let same = sql::col(&alias, "id").eq(key("id"));
        select.join_as(
            JoinType::InnerJoin,
            sql::table(self.schema, &object.table),
            sql::iden(&alias),
            Condition::all().add(same),
        );
        for name in [RANK, "id"] {
            select.order_by_expr(key(name), order.clone());
        }
        select
    }

    /// The rank and id of the record that a cursor names.
    fn at_hit(&mut self, found: &Found, cursor: &Located<RecordId>) -> Expr {
        let id = self.params.id(cursor);
        let mut rank = Sql::select();
        rank.expr(Expr::col(sql::iden(RANK)))
            .from(sql::iden(&found.ranked))
            .and_where(Expr::col(sql::iden("id")).eq(id.clone()));
        Expr::tuple([Expr::SubQuery(None, Box::new(rank.into())), id])
    }
}
