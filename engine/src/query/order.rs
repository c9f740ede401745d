//! The order of a page, and where in it the page begins.
//!
//! A position is a row comparison or a bound on the leading key, which an index can serve, never the expanded chain of `OR`s.
//! Where an index cannot be walked from the one end to the other, the order is walked in [stretches](crate::query::stretch).

use sea_query::{Expr, ExprTrait, SelectStatement};
use tessera_schema::column::SqlName;
use tessera_schema::object::Object;
use tessera_schema::sort::{Direction, Nulls, Sort, SortKey};

use crate::query::compile::Compiler;
use crate::query::page::Parent;
use crate::query::path::Walked;
use crate::query::position::{self, with_id};
use crate::query::stretch;
use crate::query::tree::{Connection, End};
use crate::sql;

/// A sort key with the expression that has its value for the rows of one alias.
pub(super) type Sorted = (SortKey, Expr);

/// The list that is put in order, and the alias that its rows go by.
#[derive(Clone, Copy)]
pub(super) struct Listed<'a> {
    pub(super) object: &'a Object,
    pub(super) connection: &'a Connection,
    pub(super) parent: Parent<'a>,
    pub(super) alias: &'a str,
}

/// How the rows of a list are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// All of them, to be sorted.
    Gathered,
    /// One after the other in their order, if an index has it.
    Walked,
}

/// A sort key to be compared with its value at a position.
struct Key {
    expr: Expr,
    /// The value at the position.
    at_cursor: Expr,
    nullable: bool,
    direction: Direction,
    nulls: Nulls,
}

/// The values at the window's `after` or `before`.
#[derive(Clone)]
pub(super) struct Position {
    pub(super) values: Vec<Expr>,
    /// The rows on the way from it are the ones before it.
    pub(super) reversed: bool,
}

impl Compiler<'_> {
    /// Puts the rows of a select in the list's order, from where its window says. `columns` adds what is selected, and is given
    /// the keys by their names in the page. The caller limits the rows, to `most` at most.
    pub(super) fn in_order(
        &mut self,
        mut rows: SelectStatement,
        list: Listed<'_>,
        way: Way,
        most: u32,
        columns: impl FnOnce(&mut SelectStatement, &[(SqlName, Expr)]),
    ) -> SelectStatement {
        let Listed {
            object,
            connection,
            parent,
            alias,
        } = list;
        let window = &connection.window;
        let keys = self.sort_keys(&mut rows, alias, &connection.sort);
        let given = [(&window.after, false), (&window.before, true)];
        let positions: Vec<Position> = given
            .into_iter()
            .filter_map(|(cursor, reversed)| {
                let values = self.position(object, connection, parent, cursor.as_ref()?);
                Some(Position { values, reversed })
            })
            .collect();
        let named = keys.iter().enumerate();
        let named: Vec<_> = named
            .map(|(place, (key, expr))| (position::name(key, place), expr.clone()))
            .collect();
        columns(&mut rows, &named);
        let keys = collated(keys);
        if way == Way::Walked && stretch::divides(object, connection) {
            let branches = stretch::all(&keys, &positions, window.from);
            let branches = branches.into_iter().map(|condition| {
                let mut branch = rows.clone();
                branch.and_where(condition);
                put_within(&mut branch, &keys, window.from);
                branch.limit(sql::written_out(most));
                branch
            });
            return stretch::one_behind_the_other(branches, || self.alias("q"));
        }
        for position in &positions {
            rows.and_where(beyond(&keys, position));
        }
        put(&mut rows, &keys, window.from);
        rows
    }

    /// The keys of an order with the id as the last, for the rows of `alias`.
    pub(super) fn sort_keys(
        &mut self,
        select: &mut SelectStatement,
        alias: &str,
        sort: &Sort,
    ) -> Vec<Sorted> {
        let mut walked = Walked::from(alias);
        with_id(&sort.0)
            .into_iter()
            .map(|key| {
                let at = self.reach(select, &mut walked, &key.path);
                let expr = sql::column(&at, &key.column);
                (key, expr)
            })
            .collect()
    }
}

/// The keys as they are compared.
pub(super) fn collated(keys: Vec<Sorted>) -> Vec<Sorted> {
    keys.into_iter()
        .map(|(key, expr)| {
            let expr = sql::collated(expr, &key.column_type);
            (key, expr)
        })
        .collect()
}

/// Puts a select in the order of its keys.
pub(super) fn put(select: &mut SelectStatement, keys: &[Sorted], from: End) {
    for (key, expr) in keys {
        let (direction, nulls) = walked(key, from);
        // Said only where it matters, so that a plain index serves the order.
        if key.nullable && nulls != sql::nulls_of_index(direction) {
            let nulls = sql::null_order(nulls);
            select.order_by_expr_with_nulls(expr.clone(), sql::order(direction), nulls);
        } else {
            select.order_by_expr(expr.clone(), sql::order(direction));
        }
    }
}

/// The same within a stretch, whose rows have or have not a leading value: an index serves it whichever way it has nulls.
fn put_within(select: &mut SelectStatement, keys: &[Sorted], from: End) {
    let ((leading, expr), rest) = keys.split_first().expect("the id is always a key");
    select.order_by_expr(expr.clone(), sql::order(walked(leading, from).0));
    put(select, rest, from);
}

/// A key's direction, and its place for nulls, on the way from that end.
pub(super) const fn walked(key: &SortKey, from: End) -> (Direction, Nulls) {
    match from {
        End::Start => (key.direction, key.nulls),
        End::End => (key.direction.reversed(), key.nulls.reversed()),
    }
}

/// True for rows that come after the position.
pub(super) fn beyond(keys: &[Sorted], position: &Position) -> Expr {
    chain(&compared(keys, position))
}

/// The same of rows that have a leading value, as the position does.
pub(super) fn beyond_filled(keys: &[Sorted], position: &Position) -> Expr {
    let mut keys = compared(keys, position);
    keys[0].nullable = false;
    chain(&keys)
}

/// The same of rows that have no leading value, as the position has none.
pub(super) fn beyond_empty(keys: &[Sorted], position: &Position) -> Expr {
    chain(&compared(keys, position)[1..])
}

/// The keys with their values at a position.
fn compared(keys: &[Sorted], position: &Position) -> Vec<Key> {
    let from = if position.reversed {
        End::End
    } else {
        End::Start
    };
    keys.iter()
        .zip(&position.values)
        .map(|((key, expr), at_cursor)| {
            let (direction, nulls) = walked(key, from);
            Key {
                expr: expr.clone(),
                at_cursor: at_cursor.clone(),
                nullable: key.nullable,
                direction,
                nulls,
            }
        })
        .collect()
}

fn chain(keys: &[Key]) -> Expr {
    let uniform = keys
        .iter()
        .all(|key| !key.nullable && key.direction == keys[0].direction);
    if uniform {
        let rows = Expr::tuple(keys.iter().map(|key| key.expr.clone()));
        let cursor = Expr::tuple(keys.iter().map(|key| key.at_cursor.clone()));
        return match keys[0].direction {
            Direction::Ascending => rows.gt(cursor),
            Direction::Descending => rows.lt(cursor),
        };
    }
    let (key, rest) = keys.split_first().expect("the id is always a key");
    let strict = key.strictly_beyond();
    if rest.is_empty() {
        return strict;
    }
    let tied = key.tied().and(chain(rest));
    let either = strict.or(tied);
    match key.bound() {
        Some(bound) => bound.and(either),
        None => either,
    }
}

impl Key {
    fn strictly_beyond(&self) -> Expr {
        let (expr, cursor) = (self.expr.clone(), self.at_cursor.clone());
        let past = match self.direction {
            Direction::Ascending => expr.clone().gt(cursor.clone()),
            Direction::Descending => expr.clone().lt(cursor.clone()),
        };
        if !self.nullable {
            return past;
        }
        match self.nulls {
            Nulls::Last => past.or(expr.is_null().and(cursor.is_not_null())),
            Nulls::First => past.or(expr.is_not_null().and(cursor.is_null())),
        }
    }

    fn tied(&self) -> Expr {
        let (expr, cursor) = (self.expr.clone(), self.at_cursor.clone());
        if self.nullable {
            sql::template("$1 IS NOT DISTINCT FROM $2", [expr, cursor])
        } else {
            expr.eq(cursor)
        }
    }

    /// A condition that follows from being beyond or tied, and that an index on the leading key can serve.
    fn bound(&self) -> Option<Expr> {
        if self.nullable {
            return None;
        }
        let (expr, cursor) = (self.expr.clone(), self.at_cursor.clone());
        Some(match self.direction {
            Direction::Ascending => expr.gte(cursor),
            Direction::Descending => expr.lte(cursor),
        })
    }
}
