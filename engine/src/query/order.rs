//! The order of a page, and where in it the page begins.
//!
//! A position is a row comparison or a bound on the leading key, which an index can serve, never the expanded chain of `OR`s.

use sea_query::{Expr, ExprTrait, SelectStatement};
use tessera_schema::column::SqlName;
use tessera_schema::object::Object;
use tessera_schema::sort::{Direction, Nulls, Sort, SortKey};

use crate::query::compile::Compiler;
use crate::query::page::Parent;
use crate::query::path::Walked;
use crate::query::position::{self, with_id};
use crate::query::tree::{Connection, End};
use crate::sql;

/// A sort key with the expression that has its value for the rows of one alias.
struct Key {
    expr: Expr,
    /// The value at the position.
    at_cursor: Expr,
    nullable: bool,
    direction: Direction,
    nulls: Nulls,
}

impl Compiler<'_> {
    /// Orders a select and starts it where the window says; gives the keys by their names in the page.
    pub(crate) fn sorted(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        alias: &str,
    ) -> Vec<(SqlName, Expr)> {
        let window = &connection.window;
        let keys = self.ordered(select, alias, &connection.sort, window.from);
        if let Some(cursor) = &window.after {
            let at = self.position(object, connection, parent, cursor);
            select.and_where(beyond(&compared(&keys, at, false)));
        }
        if let Some(cursor) = &window.before {
            let at = self.position(object, connection, parent, cursor);
            select.and_where(beyond(&compared(&keys, at, true)));
        }
        let keys = keys.into_iter().enumerate();
        keys.map(|(place, (key, expr))| (position::name(&key, place), expr))
            .collect()
    }

    /// Orders a select.
    pub(super) fn ordered(
        &mut self,
        select: &mut SelectStatement,
        alias: &str,
        sort: &Sort,
        from: End,
    ) -> Vec<(SortKey, Expr)> {
        let mut walked = Walked::from(alias);
        let keys: Vec<(SortKey, Expr)> = with_id(&sort.0)
            .into_iter()
            .map(|key| {
                let at = self.reach(select, &mut walked, &key.path);
                let expr = sql::column(&at, &key.column);
                (key, expr)
            })
            .collect();
        for (key, expr) in &keys {
            let (direction, nulls) = match from {
                End::Start => (key.direction, key.nulls),
                End::End => (key.direction.reversed(), key.nulls.reversed()),
            };
            // Said only where it matters, so that a plain index serves the order.
            if key.nullable && nulls != direction.default_nulls() {
                select.order_by_expr_with_nulls(
                    expr.clone(),
                    sql::order(direction),
                    sql::null_order(nulls),
                );
            } else {
                select.order_by_expr(expr.clone(), sql::order(direction));
            }
        }
        keys
    }
}

/// The keys with their values at a position.
fn compared(keys: &[(SortKey, Expr)], at: Vec<Expr>, reversed: bool) -> Vec<Key> {
    keys.iter()
        .zip(at)
        .map(|((key, expr), at_cursor)| {
            let (direction, nulls) = if reversed {
                (key.direction.reversed(), key.nulls.reversed())
            } else {
                (key.direction, key.nulls)
            };
            Key {
                expr: expr.clone(),
                at_cursor,
                nullable: key.nullable,
                direction,
                nulls,
            }
        })
        .collect()
}

/// True for rows that come after the position.
fn beyond(keys: &[Key]) -> Expr {
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
    let tied = key.tied().and(beyond(rest));
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
