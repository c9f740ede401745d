//! An order that an index has, but for the place of its empty values or of the page in it.
//!
//! An index has its nulls at one end, and the comparison with a position that may be null is none an index could serve. So the
//! order is walked in two stretches, the records with a leading value and those without: each is in the index's own order, and
//! where the page begins in it is a bound. A limit ends the walk before it comes to a stretch that is not needed.

use sea_query::{Asterisk, Expr, ExprTrait, Query as Sql, SelectStatement, UnionType};
use tessera_schema::sort::Nulls;

use crate::query::order::{Position, Sorted, beyond_empty, beyond_filled, walked};
use crate::query::tree::{Connection, End};
use crate::sql;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stretch {
    /// Records with a leading value.
    Filled,
    /// Records without.
    Empty,
}

/// Whether a list whose order an index has is walked in stretches.
pub(super) fn divides(connection: &Connection) -> bool {
    let Some(leading) = connection.sort.0.first() else {
        return false;
    };
    let window = &connection.window;
    let (direction, nulls) = walked(leading, window.from);
    let as_indexed = nulls == sql::nulls_of_index(direction);
    let begins = window.after.is_none() && window.before.is_none();
    leading.nullable && !(as_indexed && begins)
}

/// The conditions on the stretches of a list, in its order from that end. None but one of the same stretch holds at a time.
pub(super) fn all(keys: &[Sorted], positions: &[Position], from: End) -> Vec<Expr> {
    let (leading, column) = &keys[0];
    let [first, last] = match leading.nulls {
        Nulls::Last => [Stretch::Filled, Stretch::Empty],
        Nulls::First => [Stretch::Empty, Stretch::Filled],
    };
    let mut conditions = Vec::new();
    for (stretch, is_first) in [(first, true), (last, false)] {
        let mut of_stretch = vec![stretch.has(column)];
        for position in positions {
            let within = stretch.beyond(keys, position);
            // All of the last is beyond a position in the first, and the other way round on the way back.
            let whole =
                (is_first == position.reversed).then(|| stretch.other().has(&position.values[0]));
            let cases: Vec<Expr> = std::iter::once(within).chain(whole).collect();
            of_stretch = of_stretch
                .into_iter()
                .flat_map(|known| {
                    cases
                        .iter()
                        .map(move |case| known.clone().and(case.clone()))
                })
                .collect();
        }
        conditions.push(of_stretch);
    }
    if from == End::End {
        conditions.reverse();
    }
    conditions.concat()
}

impl Stretch {
    const fn other(self) -> Self {
        match self {
            Self::Filled => Self::Empty,
            Self::Empty => Self::Filled,
        }
    }

    /// That a leading value is one of this stretch.
    fn has(self, value: &Expr) -> Expr {
        match self {
            Self::Filled => value.clone().is_not_null(),
            Self::Empty => value.clone().is_null(),
        }
    }

    /// That a row of the stretch lies beyond a position in it.
    fn beyond(self, keys: &[Sorted], position: &Position) -> Expr {
        match self {
            // Nothing is beyond null in a comparison, and nothing need be: this position is in the other stretch.
            Self::Filled => beyond_filled(keys, position),
            Self::Empty => self
                .has(&position.values[0])
                .and(beyond_empty(keys, position)),
        }
    }
}

/// The rows of several selects, those of the first first. Each has a limit, or Postgres might run them side by side.
pub(super) fn one_behind_the_other(
    selects: impl Iterator<Item = SelectStatement>,
    mut alias: impl FnMut() -> String,
) -> SelectStatement {
    selects
        .map(|rows| {
            let alias = alias();
            let mut select = Sql::select();
            select.expr(Expr::col((sql::iden(&alias), Asterisk)));
            select.from_subquery(rows, sql::iden(&alias));
            select
        })
        .reduce(|mut all, next| all.union(UnionType::All, next).to_owned())
        .expect("a list has stretches")
}
