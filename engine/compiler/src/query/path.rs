//! Paths through to-one relations, for keys, aggregates and orders.

use sea_query::{ExprTrait, SelectStatement};
use tessera_schema::column::SqlName;
use tessera_schema::object::ToOne;

use crate::query::compiler::Compiler;
use crate::sql;

/// The relations that a select has joined to the records of one alias.
pub(super) struct Walked<'a> {
    from: &'a str,
    /// Each path with the alias of its target.
    joined: Vec<(Vec<SqlName>, String)>,
}

impl<'a> Walked<'a> {
    pub(super) const fn from(alias: &'a str) -> Self {
        Self {
            from: alias,
            joined: Vec::new(),
        }
    }
}

impl Compiler<'_> {
    /// The alias of the records at the end of a path, each relation on it joined once. One in the bin is not there.
    pub(super) fn reach(
        &mut self,
        select: &mut SelectStatement,
        walked: &mut Walked<'_>,
        path: &[ToOne],
    ) -> String {
        let mut at = walked.from.to_owned();
        let mut columns = Vec::with_capacity(path.len());
        for step in path {
            columns.push(step.column.clone());
            if let Some((_, known)) = walked.joined.iter().find(|(path, _)| *path == columns) {
                at.clone_from(known);
                continue;
            }
            self.planning.join();
            let target = self.model.target(&step.target);
            let joined = self.alias("s");
            let (id, is_shown) = self.joining(&at, &step.column);
            let on = sql::col(&joined, "id").eq(id);
            let on = std::iter::once(on).chain(is_shown);
            let on = on.reduce(ExprTrait::and).expect("one at least");
            self.left_join_record(select, target, (&joined, on));
            walked.joined.push((columns.clone(), joined.clone()));
            at = joined;
        }
        at
    }
}
