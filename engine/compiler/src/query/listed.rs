//! A list in its order, from the position that its window begins at.

use sea_query::{Expr, SelectStatement};
use tessera_schema::column::{SORTED_CHARACTERS, SqlName};
use tessera_schema::object::Object;
use tessera_schema::sort::Sort;

use crate::planning::Planning;
use crate::query::compiler::Compiler;
use crate::query::order::{Position, Sorted, beyond, collated, put, put_within, with_id};
use crate::query::path::Walked;
use crate::query::tree::{Connection, Parent};
use crate::query::{position, stretch};
use crate::sql;

/// The list that is put in order, and the alias that its rows go by.
#[derive(Clone, Copy)]
pub(super) struct Listed<'a> {
    pub(super) object: &'a Object,
    pub(super) connection: &'a Connection,
    pub(super) parent: Parent<'a>,
    pub(super) alias: &'a str,
    /// What the statement had planned before these rows.
    pub(super) before: Planning,
}

/// How the rows of a list are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// All of them, to be sorted.
    Gathered,
    /// One after the other in their order, if an index has it.
    Walked,
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
            before,
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
        // Each stretch has all joins of the rows, which are counted once. It is planned by itself, in little time where they
        // are few; where they are many, planning would cost more than a walk saves.
        let few = !self.planning.since(before).is_large();
        let in_stretches = way == Way::Walked && few && stretch::divides(connection);
        if in_stretches && self.has_index(object, &connection.sort) {
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
            .map(|mut key| {
                let at = self.reach(select, &mut walked, &key.path);
                key.nullable |= self.masked(&at, &key.column).is_some();
                let mut expr = sql::column(&at, &key.column);
                if key.cut {
                    let length = Expr::cust(SORTED_CHARACTERS.to_string());
                    expr = sql::template("left($1, $2)", [expr, length]);
                }
                (key, expr)
            })
            .collect()
    }
}
