//! A stretch of an object's records as one JSON value: the page itself, what is shown of it, and where it goes on.

use sea_query::{Expr, ExprTrait, Func, Query as Sql, SelectStatement, WithClause};
use std::collections::BTreeSet;
use tessera_schema::aggregate::Aggregate;
use tessera_schema::column::SqlName;
use tessera_schema::object::{Object, ToMany, Via};

use crate::query::compiler::Compiler;
use crate::query::lead::Lead;
use crate::query::listed::{Listed, Way};
use crate::query::parts::{page_parts, wants_cursors, wants_extra};
use crate::query::position;
use crate::query::projection::{connection_columns, walks_relations};
use crate::query::tree::{
    Connection, ConnectionPart, EdgePart, End, GroupShape, PagePart, Parent, Selection, Shape,
};
use crate::sql;

/// The number of a record within its page, counted from the end the window begins at.
pub(crate) const NUMBER: &str = "_n";

/// How a page's rows are to be taken.
struct Rows {
    alias: String,
    from: End,
    numbered: bool,
    /// Whether they may come in another order than the list's.
    disturbed: bool,
    /// One row more than wanted was fetched, to see whether there is one.
    extra: Option<Expr>,
    /// The cursor of a row, where cursors are asked for.
    cursor: Option<Expr>,
}

/// Where a select has a part of a connection.
pub(super) enum Gathered<'c> {
    /// In a column of JSON.
    Json(&'c str),
    /// In a column of another type.
    Plain(&'c str),
    /// In a column for each key, none of them JSON.
    Page(Vec<(&'c str, String)>),
}

impl Compiler<'_> {
    /// The records of `object`, or of a record's to-many relation, as one JSON value.
    pub(crate) fn connection(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
    ) -> Expr {
        let mut with = WithClause::new();
        let lead = self.lead(&mut with, object, connection, parent);
        let mut select = match &connection.shape {
            Shape::Array { records, .. } => {
                let (mut outer, rows) = self.rows(object, connection, parent, &lead);
                let row = self.record(&mut outer, object, &rows.alias, records);
                outer.expr(rows.list(row));
                outer
            }
            Shape::Object(parts) => {
                // Aggregates belong to the select that has the page in its FROM; the objects around them to another.
                let (outer, parts) = self.gathered(object, connection, parent, &lead, parts);
                let gathered = self.alias("g");
                let column = |name: &str| sql::col(&gathered, name);
                let entries = parts.into_iter().map(|(key, part)| {
                    let expr = match part {
                        Gathered::Json(name) | Gathered::Plain(name) => column(name),
                        Gathered::Page(parts) => {
                            let parts = parts.iter().map(|(key, name)| (*key, column(name)));
                            self.keyed(parts.collect())
                        }
                    };
                    (key, expr)
                });
                let entries = entries.collect();
                let whole = self.keyed(entries);
                Sql::select()
                    .expr(Func::cust(sql::iden("row_to_json")).arg(whole))
                    .from_subquery(outer, sql::iden(&gathered))
                    .to_owned()
            }
        };
        if !matches!(lead, Lead::None) {
            select.with_cte(with);
        }
        Expr::SubQuery(None, Box::new(select.into()))
    }

    /// A select of one row with a record's list as JSON, and whether there are more records where the shape asks for that.
    pub(super) fn array(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: (&ToMany, &str),
        records: &Selection,
        (json, more): (&str, &str),
    ) -> SelectStatement {
        let (mut outer, rows) = self.rows(object, connection, Some(parent), &Lead::None);
        let row = self.record(&mut outer, object, &rows.alias, records);
        outer.expr_as(rows.list(row), sql::iden(json));
        if wants_extra(connection) {
            outer.expr_as(rows.more(), sql::iden(more));
        }
        outer
    }

    /// A select from the rows of the page, and how they are to be taken.
    fn rows(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        lead: &Lead,
    ) -> (SelectStatement, Rows) {
        let extra = wants_extra(connection);
        let alias = self.alias("p");
        let cursor =
            wants_cursors(connection).then(|| self.cursor(object, connection, parent, &alias));
        let rows = Rows {
            alias,
            cursor,
            from: connection.window.from,
            numbered: is_numbered(connection),
            disturbed: is_disturbed(connection),
            extra: extra.then(|| self.params.number(i64::from(connection.window.limit))),
        };
        let mut outer = Sql::select();
        if gathers_rows(connection) {
            let inner = self.page(object, connection, parent, rows.numbered, lead);
            outer.from_subquery(inner, sql::iden(&rows.alias));
        }
        (outer, rows)
    }

    /// A select of one row with the parts of a connection, and where in it each is.
    pub(super) fn gathered<'c>(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        lead: &Lead,
        parts: &'c [(String, ConnectionPart)],
    ) -> (SelectStatement, Vec<(&'c str, Gathered<'c>)>) {
        let (mut outer, rows) = self.rows(object, connection, parent, lead);
        let mut gathered = Vec::with_capacity(parts.len());
        for (key, part) in parts {
            let place = match part {
                ConnectionPart::Page(parts) => {
                    let parts = parts.iter().map(|(key, part)| {
                        let name = self.alias("g");
                        let expr = self.page_part(connection, &rows, part);
                        outer.expr_as(expr, sql::iden(&name));
                        (key.as_str(), name)
                    });
                    Gathered::Page(parts.collect())
                }
                part => {
                    let expr = match (part, lead) {
                        (ConnectionPart::Total, Lead::Search(found)) => {
                            self.found_total(object, connection, found)
                        }
                        _ => self.part(&mut outer, object, connection, parent, &rows, part),
                    };
                    outer.expr_as(expr, sql::iden(key));
                    match part {
                        ConnectionPart::Total | ConnectionPart::Constant(_) => Gathered::Plain(key),
                        _ => Gathered::Json(key),
                    }
                }
            };
            gathered.push((key.as_str(), place));
        }
        (outer, gathered)
    }

    fn part(
        &mut self,
        outer: &mut SelectStatement,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        rows: &Rows,
        part: &ConnectionPart,
    ) -> Expr {
        match part {
            ConnectionPart::Nodes(selection) => {
                let row = self.record(outer, object, &rows.alias, selection);
                rows.list(row)
            }
            ConnectionPart::Edges(parts) => {
                let entries = parts
                    .iter()
                    .map(|(key, part)| {
                        let expr = match part {
                            EdgePart::Cursor => rows.cursor_of_each(),
                            EdgePart::Node(selection) => {
                                self.record(outer, object, &rows.alias, selection)
                            }
                            EdgePart::Constant(text) => {
                                self.params.text(Some(text.clone()), "text")
                            }
                        };
                        (key.as_str(), expr)
                    })
                    .collect();
                let edge = self.keyed_beside(outer, entries);
                rows.list(edge)
            }
            ConnectionPart::Page(_) => unreachable!("made by whoever gathers the parts"),
            ConnectionPart::Total => self.total(object, connection, parent),
            ConnectionPart::Aggregate(aggregates, shape) => {
                self.reckoned(object, connection, parent, aggregates, shape)
            }
            ConnectionPart::Constant(text) => self.params.text(Some(text.clone()), "text"),
        }
    }

    fn page_part(&mut self, connection: &Connection, rows: &Rows, part: &PagePart) -> Expr {
        let window = &connection.window;
        let (ahead, behind) = window.known_ends();
        let more = |known: Option<bool>| match known {
            Some(known) => Expr::cust(if known { "true" } else { "false" }),
            None => rows.more(),
        };
        let when = |condition: Expr, cursor: Expr| {
            sql::template("CASE WHEN $1 THEN $2 END", [condition, cursor])
        };
        match part {
            PagePart::HasNext => more(ahead),
            PagePart::HasPrevious => more(behind),
            PagePart::StartCursor => rows.cursor(End::Start),
            PagePart::EndCursor => rows.cursor(End::End),
            PagePart::Next => when(more(ahead), rows.cursor(End::End)),
            PagePart::Previous => when(more(behind), rows.cursor(End::Start)),
            PagePart::Constant(text) => self.params.text(Some(text.clone()), "text"),
        }
    }

    /// How many records there are, the window apart.
    pub(crate) fn total(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
    ) -> Expr {
        self.counts_apart(parent);
        let alias = self.alias("t");
        let mut select = Sql::select();
        select.expr(Expr::cust("count(*)"));
        self.records(&mut select, object, connection, parent, &alias);
        Expr::SubQuery(None, Box::new(select.into()))
    }

    /// What is reckoned over all records, the window apart.
    pub(crate) fn reckoned(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        aggregates: &[Aggregate],
        shape: &GroupShape,
    ) -> Expr {
        self.counts_apart(parent);
        let alias = self.alias("t");
        let mut select = Sql::select();
        self.records(&mut select, object, connection, parent, &alias);
        self.aggregate(select, &alias, aggregates, shape)
    }

    /// Notes that all records are gone through beside the page; those of a relation are noted where they are joined.
    const fn counts_apart(&mut self, parent: Parent<'_>) {
        if parent.is_none() {
            self.planning.join();
        }
    }

    /// The page's rows, numbered where that is needed.
    pub(crate) fn page(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        numbered: bool,
        lead: &Lead,
    ) -> SelectStatement {
        let mut columns = connection_columns(connection);
        if wants_cursors(connection) {
            columns.extend(position::keys(connection).into_iter().map(|key| key.name));
        }
        let limit = connection.window.limit + u32::from(wants_extra(connection));
        let select = self.led_rows(object, connection, parent, lead, (&columns, limit));
        if !numbered {
            return select;
        }
        let inner = self.alias("q");
        let mut page = Sql::select();
        page.expr_as(Expr::cust("row_number() OVER ()"), sql::iden(NUMBER));
        for name in &columns {
            page.expr_as(sql::column(&inner, name), sql::iden(name.as_str()));
        }
        page.from_subquery(select, sql::iden(&inner));
        page
    }

    /// The rows of the page in their order: those at `places`, or those that a walk meets. With a condition, they are there only
    /// where that holds.
    pub(super) fn sorted_rows(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        (places, condition): (Option<Expr>, Option<Expr>),
        (columns, limit): (&BTreeSet<SqlName>, u32),
    ) -> SelectStatement {
        let before = self.planning;
        let alias = self.alias("t");
        let mut rows = Sql::select();
        let way = if places.is_none() && parent.is_none() {
            Way::Walked
        } else {
            Way::Gathered
        };
        match places {
            None => self.records(&mut rows, object, connection, parent, &alias),
            Some(places) => {
                self.select_found(&mut rows, object, &alias);
                let at = sql::template("$1 = ANY($2)", [sql::col(&alias, "ctid"), places]);
                rows.and_where(at);
            }
        }
        rows.and_where_option(condition);
        let list = Listed {
            object,
            connection,
            parent,
            alias: &alias,
            before,
        };
        let window = &connection.window;
        // A bound that stands in the text: rounded, so that few offsets make a statement of their own.
        let skipped = match window.offset {
            0 => 0,
            offset => offset.checked_next_power_of_two().unwrap_or(u32::MAX),
        };
        let most = limit.saturating_add(skipped);
        let mut select = self.in_order(rows, list, way, most, |rows, keys| {
            for name in columns {
                let key = keys.iter().find(|(key, _)| key == name);
                let expr = key.map_or_else(|| sql::column(&alias, name), |(_, expr)| expr.clone());
                rows.expr_as(expr, sql::iden(name.as_str()));
            }
        });
        select.limit(sql::written_out(limit));
        if window.offset > 0 {
            select.offset(self.params.count(window.offset));
        }
        select
    }

    /// Puts the records that the connection is about into a select's `FROM` and `WHERE`.
    pub(super) fn records(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        alias: &str,
    ) {
        let deleted = connection.deleted;
        match parent {
            None => self.select_records(select, object, alias, deleted),
            Some((to_many, owner)) => {
                self.planning.join();
                match &to_many.via {
                    Via::Column(column) => {
                        self.expect_masked(object, alias);
                        let (id, is_shown) = self.joining(alias, column);
                        select.and_where(id.eq(sql::col(owner, "id")));
                        select.and_where_option(is_shown);
                        self.select_records(select, object, alias, deleted);
                    }
                    Via::Link {
                        table: link,
                        near,
                        far,
                    } => {
                        self.planning.join();
                        let joined = self.alias("l");
                        self.select_links(select, link, &joined);
                        select.and_where(sql::column(&joined, near).eq(sql::col(owner, "id")));
                        let on = sql::col(alias, "id").eq(sql::column(&joined, far));
                        self.join_records(select, object, (alias, on), deleted);
                        let is_shown = self.link_shown(&to_many.via, (owner, alias));
                        select.and_where_option(is_shown);
                    }
                }
            }
        }
        if let Some(condition) = self.filter(&connection.filter, alias) {
            select.and_where(condition);
        }
        if let Some(search) = &connection.search {
            select.and_where(self.has_words(object, search, alias));
        }
    }
}

impl Rows {
    /// The rows as a JSON array, without the extra one, in the order of the list.
    fn list(&self, row: Expr) -> Expr {
        let number = || sql::col(&self.alias, NUMBER);
        match (self.disturbed, self.from, self.extra.clone()) {
            (false, _, None) => sql::template("coalesce(json_agg($1), '[]'::json)", [row]),
            (false, _, Some(limit)) => sql::template(
                "coalesce(json_agg($1) FILTER (WHERE $2 <= $3), '[]'::json)",
                [row, number(), limit],
            ),
            (true, End::Start, None) => sql::template(
                "coalesce(json_agg($1 ORDER BY $2), '[]'::json)",
                [row, number()],
            ),
            (true, End::End, None) => sql::template(
                "coalesce(json_agg($1 ORDER BY $2 DESC), '[]'::json)",
                [row, number()],
            ),
            (true, End::Start, Some(limit)) => sql::template(
                "coalesce(json_agg($1 ORDER BY $2) FILTER (WHERE $3 <= $4), '[]'::json)",
                [row, number(), number(), limit],
            ),
            (true, End::End, Some(limit)) => sql::template(
                "coalesce(json_agg($1 ORDER BY $2 DESC) FILTER (WHERE $3 <= $4), '[]'::json)",
                [row, number(), number(), limit],
            ),
        }
    }

    /// Whether the extra row was there.
    fn more(&self) -> Expr {
        let limit = self
            .extra
            .clone()
            .expect("whoever asks for more has made the page fetch one row more");
        sql::template("count(*) > $1", [limit])
    }

    fn cursor_of_each(&self) -> Expr {
        let cursor = self.cursor.clone();
        cursor.expect("a connection that shows cursors is known to want them")
    }

    /// The cursor of the first or last record of the page, in the order of the list.
    fn cursor(&self, end: End) -> Expr {
        let cursor = self.cursor_of_each();
        let number = || sql::col(&self.alias, NUMBER);
        let ascending = end == self.from;
        match (ascending, self.extra.clone()) {
            (true, None) => sql::template("(array_agg($1 ORDER BY $2))[1]", [cursor, number()]),
            (false, None) => {
                sql::template("(array_agg($1 ORDER BY $2 DESC))[1]", [cursor, number()])
            }
            (true, Some(limit)) => sql::template(
                "(array_agg($1 ORDER BY $2) FILTER (WHERE $3 <= $4))[1]",
                [cursor, number(), number(), limit],
            ),
            (false, Some(limit)) => sql::template(
                "(array_agg($1 ORDER BY $2 DESC) FILTER (WHERE $3 <= $4))[1]",
                [cursor, number(), number(), limit],
            ),
        }
    }
}

/// Whether the rows may come in another order than the list's: joins disturb it, and so does the order of the first and the last
/// cursor, in which Postgres sorts the rows for all aggregates.
fn is_disturbed(connection: &Connection) -> bool {
    let turned = connection.window.from == End::End;
    turned || page_parts(connection).next().is_some() || walks_relations(connection)
}

/// Whether the rows need numbers: for their order, or to leave the extra one out.
fn is_numbered(connection: &Connection) -> bool {
    is_disturbed(connection) || wants_extra(connection)
}

/// Whether any part is gathered from all of the page's rows. If none is, each row would give an answer of its own.
fn gathers_rows(connection: &Connection) -> bool {
    let (ahead, behind) = connection.window.known_ends();
    let parts = match &connection.shape {
        Shape::Array { .. } => return true,
        Shape::Object(parts) => parts,
    };
    parts.iter().any(|(_, part)| match part {
        ConnectionPart::Nodes(_) | ConnectionPart::Edges(_) => true,
        ConnectionPart::Page(parts) => parts.iter().any(|(_, part)| match part {
            PagePart::HasNext => ahead.is_none(),
            PagePart::HasPrevious => behind.is_none(),
            PagePart::StartCursor | PagePart::EndCursor | PagePart::Next | PagePart::Previous => {
                true
            }
            PagePart::Constant(_) => false,
        }),
        ConnectionPart::Total | ConnectionPart::Aggregate(..) | ConnectionPart::Constant(_) => {
            false
        }
    })
}
