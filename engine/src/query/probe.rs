//! A list whose filter has patterns that trigram indexes serve, in an order that another index serves.
//!
//! How many records a pattern fits is not known before it is tried, and a planner that guesses wrong walks the whole order in
//! search of twenty records, or sorts all records to show twenty. So the indexes are tried first, for a bounded number of
//! records: where these are all, they are sorted; where there are more, the order is walked, and soon has a page together.

use sea_query::{Expr, ExprTrait, Query as Sql, SelectStatement, WithClause};
use tessera_schema::filter::{Comparison, Filter};
use tessera_schema::object::Object;
use tessera_schema::operator::{Predicate, Wildcard};

use crate::query::compile::{Compiler, in_bin};
use crate::query::search::{PLACES, bounded_places, cardinality, cte, listed};
use crate::query::tree::Connection;
use crate::sql;

/// So many records are worth sorting.
const MOST: i64 = 1_000;

/// What the indexes have found.
#[derive(Debug)]
pub(crate) struct Probe {
    /// A CTE of one row with the places of records, one more than [`MOST`] at most.
    found: String,
    /// The patterns, each with three characters in a row at least: an index on trigrams is of no use to others.
    usable: Expr,
}

impl Compiler<'_> {
    /// Tries the indexes for a list of whole objects; `None` where its filter has nothing for them.
    pub(super) fn try_indexes(
        &mut self,
        with: &mut WithClause,
        object: &Object,
        connection: &Connection,
    ) -> Option<Probe> {
        self.trigrams?;
        let patterns = served(&connection.filter, object)?;
        let usable = patterns.into_iter().map(|(comparison, literal)| {
            let text = self.pattern(comparison, literal);
            sql::template("$1 ~ '[[:alnum:]]{3}'", [text])
        });
        let usable = usable.reduce(ExprTrait::and)?;

        let alias = self.alias("t");
        let mut rows = Sql::select();
        rows.expr(sql::col(&alias, "ctid"));
        rows.from_as(sql::table(self.schema, &object.table), sql::iden(&alias));
        rows.and_where(usable.clone());
        rows.and_where_option(in_bin(&alias, connection.deleted));
        let condition = self.filter(&connection.filter, &alias);
        rows.and_where_option(condition);
        let places = bounded_places(rows, self.params.number(MOST + 1));
        let found = self.alias("_p");
        let mut select: SelectStatement = Sql::select();
        select.expr_as(places, sql::iden(PLACES));
        cte(with, &found, select);
        Some(Probe { found, usable })
    }

    /// True where the indexes have found all there is.
    pub(super) fn probed_all(&mut self, probe: &Probe) -> Expr {
        let few = cardinality(&probe.found).lte(self.params.number(MOST));
        probe.usable.clone().and(few)
    }
}

impl Probe {
    /// The places of the records found.
    pub(super) fn places(&self) -> Expr {
        listed(&self.found)
    }
}

/// A comparison with a pattern, and what is put around its operand.
type Pattern<'f> = (&'f Comparison, Option<(Wildcard, Wildcard)>);

/// The patterns by which trigram indexes find every record that a filter matches.
fn served<'f>(filter: &'f Filter, object: &Object) -> Option<Vec<Pattern<'f>>> {
    match filter {
        Filter::Compare(comparison) if !comparison.operator.negated => {
            let Predicate::Matches { literal, .. } = comparison.operator.predicate else {
                return None;
            };
            let searched = object.searched_columns();
            let searched = searched.iter().any(|c| c.name == comparison.column);
            searched.then(|| vec![(comparison, literal)])
        }
        Filter::Any(parts) if !parts.is_empty() => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| served(part, object)).collect();
            parts.map(|parts| parts.concat())
        }
        Filter::All(parts) => parts.iter().find_map(|part| served(part, object)),
        _ => None,
    }
}
