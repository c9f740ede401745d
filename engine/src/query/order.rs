//! The order of a page, and where in it the page begins.
//!
//! A cursor is the id of a record; the statement looks that record's sort keys up itself. The position is a row comparison
//! or a bound on the leading key, which an index can serve, never the expanded chain of `OR`s.

use sea_query::{Expr, ExprTrait, Query as Sql, SelectStatement};
use tessera_schema::column::SqlName;
use tessera_schema::ident::RecordId;
use tessera_schema::object::Object;
use tessera_schema::sort::{Direction, Nulls, Sort, SortKey};
use tessera_schema::source::Located;

use crate::query::compile::Compiler;
use crate::query::path::Walked;
use crate::query::tree::{End, Window};
use crate::sql;

/// A sort key with the expression that has its value for the rows of one alias.
struct Key {
    expr: Expr,
    /// The same of the record that the cursor names.
    at_cursor: Expr,
    nullable: bool,
    direction: Direction,
    nulls: Nulls,
}

impl Compiler<'_> {
    /// Orders a select and starts it where the window says.
    pub(crate) fn sorted(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        alias: &str,
        sort: &Sort,
        window: &Window,
    ) {
        let mut walked = Walked::from(alias);
        let keys: Vec<(SortKey, Expr)> = with_id(sort)
            .into_iter()
            .map(|key| {
                let at = self.reach(select, &mut walked, &key.path);
                let expr = sql::column(&at, &key.column);
                (key, expr)
            })
            .collect();
        if let Some(cursor) = &window.after {
            select.and_where(beyond(&self.keys(object, &keys, cursor, false)));
        }
        if let Some(cursor) = &window.before {
            select.and_where(beyond(&self.keys(object, &keys, cursor, true)));
        }
        for (key, expr) in keys {
            let (direction, nulls) = match window.from {
                End::Start => (key.direction, key.nulls),
                End::End => (key.direction.reversed(), key.nulls.reversed()),
            };
            // Said only where it matters, so that a plain index serves the order.
            if key.nullable && nulls != direction.default_nulls() {
                select.order_by_expr_with_nulls(
                    expr,
                    sql::order(direction),
                    sql::null_order(nulls),
                );
            } else {
                select.order_by_expr(expr, sql::order(direction));
            }
        }
    }

    fn keys(
        &mut self,
        object: &Object,
        keys: &[(SortKey, Expr)],
        cursor: &Located<RecordId>,
        reversed: bool,
    ) -> Vec<Key> {
        keys.iter()
            .map(|(key, expr)| {
                let (direction, nulls) = if reversed {
                    (key.direction.reversed(), key.nulls.reversed())
                } else {
                    (key.direction, key.nulls)
                };
                Key {
                    expr: expr.clone(),
                    at_cursor: self.at_cursor(object, key, cursor),
                    nullable: key.nullable,
                    direction,
                    nulls,
                }
            })
            .collect()
    }

    fn at_cursor(&mut self, object: &Object, key: &SortKey, cursor: &Located<RecordId>) -> Expr {
        let id = self.params.id(cursor);
        if is_id(key) {
            return id;
        }
        let alias = self.alias("c");
        let mut select = Sql::select();
        select.from_as(sql::table(self.schema, &object.table), sql::iden(&alias));
        let at = self.reach(&mut select, &mut Walked::from(&alias), &key.path);
        select.expr(sql::column(&at, &key.column));
        select.and_where(sql::col(&alias, "id").eq(id));
        Expr::SubQuery(None, Box::new(select.into()))
    }
}

/// The sort with the id as its last key, in the direction of the leading one, so that one index can serve both.
fn with_id(sort: &Sort) -> Vec<SortKey> {
    let mut keys = sort.0.clone();
    if !keys.iter().any(is_id) {
        let direction = keys
            .first()
            .map_or(Direction::Ascending, |key| key.direction);
        keys.push(SortKey {
            path: Vec::new(),
            column: SqlName::join(&["id"]),
            nullable: false,
            direction,
            nulls: direction.default_nulls(),
        });
    }
    keys
}

fn is_id(key: &SortKey) -> bool {
    key.path.is_empty() && key.column.as_str() == "id"
}

/// True for rows that come after the cursor's.
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
