//! The order of a page, and where in it the page begins.
//!
//! A position is a row comparison or a bound on the leading key, which an index can serve, never the expanded chain of `OR`s.
//! Where an index cannot be walked from the one end to the other, the order is walked in [stretches](crate::query::stretch).

use sea_query::{Expr, ExprTrait, SelectStatement};
use tessera_schema::column::{ColumnType, SqlName};
use tessera_schema::object::{Field, Object};
use tessera_schema::scalar::Scalar;
use tessera_schema::sort::{Direction, Nulls, Sort, SortKey};

use crate::query::compiler::Compiler;
use crate::query::tree::End;
use crate::sql;

/// A sort key with the expression that has its value for the rows of one alias.
pub(super) type Sorted = (SortKey, Expr);

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

/// The sort with the id as its last key, in the direction of the leading one, so that one index can serve both.
pub(super) fn with_id(keys: &[SortKey]) -> Vec<SortKey> {
    let mut keys = keys.to_vec();
    if !keys.iter().any(is_id) {
        let direction = keys
            .first()
            .map_or(Direction::Ascending, |key| key.direction);
        keys.push(SortKey {
            path: Vec::new(),
            column: SqlName::join(&["id"]),
            column_type: ColumnType::of(Scalar::Uuid),
            nullable: false,
            cut: false,
            direction,
            nulls: Nulls::DEFAULT,
        });
    }
    keys
}

fn is_id(key: &SortKey) -> bool {
    key.path.is_empty() && key.column.as_str() == "id"
}

impl Compiler<'_> {
    /// Whether an index has records in this order, or begins with its first key. None has values as a caller sees them from whom
    /// some are hidden.
    pub(super) fn has_index(&self, object: &Object, sort: &Sort) -> bool {
        let mut leading = sort.0.iter().take(1);
        has_index(object, sort) && !leading.any(|key| self.may_hide(object, &key.column))
    }
}

fn has_index(object: &Object, sort: &Sort) -> bool {
    let Some(key) = sort.0.first() else {
        return true;
    };
    let indexed = |field: &Field| {
        let of_key = field.columns.first().is_some_and(|c| c.name == key.column);
        let relation = field.storage.reference().is_some();
        of_key && (relation || field.definition.indexed || field.definition.unique)
    };
    let always = matches!(key.column.as_str(), "id" | "created_at");
    key.path.is_empty() && (always || object.own_fields().any(|field| indexed(field)))
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
pub(super) fn put_within(select: &mut SelectStatement, keys: &[Sorted], from: End) {
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
