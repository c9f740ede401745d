//! A list whose filter has patterns that trigram indexes serve, in an order that another index serves.
//!
//! How many records a pattern fits is not known before it is tried, and a planner that guesses wrong walks the whole order in
//! search of twenty records, or sorts all records to show twenty. So the order is walked a little way first: a pattern that
//! many records fit has its page together there. Else the indexes are asked, for a bounded number of records: where these are
//! all, they are sorted; where there are more, the order is walked to where the page ends.

use sea_query::{Expr, ExprTrait, Query as Sql, SelectStatement, WithClause};
use tessera_schema::field_type::Storage;
use tessera_schema::filter::{Comparison, Filter};
use tessera_schema::object::{Field, Object};
use tessera_schema::operator::{Predicate, Wildcard};
use tessera_schema::sort::Sort;

use crate::query::compile::{Compiler, in_bin};
use crate::query::page::wants_extra;
use crate::query::search::{PLACES, bounded_places, cardinality, cte, listed};
use crate::query::tree::Connection;
use crate::sql;

/// So many records are worth sorting.
const MOST: i64 = 1_000;

/// So many records are looked at before the indexes are asked.
const NEAR: u32 = 1_000;

/// What the first steps of a walk and the indexes have found.
#[derive(Debug)]
pub(crate) struct Probe {
    /// A CTE of one row with the places of records that fit among the first [`NEAR`] of the order; none where no index has the
    /// order, since its first are known only once all are sorted.
    near: Option<String>,
    /// How many records the page is made of.
    wanted: i64,
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
        let near =
            has_index(object, &connection.sort).then(|| self.walk_near(with, object, connection));

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
        let window = &connection.window;
        Some(Probe {
            near,
            wanted: i64::from(window.limit)
                + i64::from(window.offset)
                + i64::from(wants_extra(connection)),
            found,
            usable,
        })
    }

    /// The records that fit among the first of the order.
    fn walk_near(
        &mut self,
        with: &mut WithClause,
        object: &Object,
        connection: &Connection,
    ) -> String {
        let table = || sql::table(self.schema, &object.table);
        let (first, alias) = (self.alias("t"), self.alias("t"));
        let mut nearest = Sql::select();
        nearest.expr(sql::col(&first, "ctid"));
        nearest.from_as(table(), sql::iden(&first));
        let mut fitting = Sql::select();
        fitting.expr(sql::col(&alias, "ctid"));
        fitting.from_as(table(), sql::iden(&alias));
        nearest.and_where_option(in_bin(&first, connection.deleted));
        self.sorted(
            &mut nearest,
            object,
            &first,
            &connection.sort,
            &connection.window,
        );
        nearest.limit(self.params.count(NEAR));
        let nearest = Expr::SubQuery(None, Box::new(nearest.into()));
        let among = sql::template("$1 = ANY(ARRAY($2))", [sql::col(&alias, "ctid"), nearest]);
        fitting.and_where(among);
        let condition = self.filter(&connection.filter, &alias);
        fitting.and_where_option(condition);
        let places = sql::template(
            "ARRAY($1)",
            [Expr::SubQuery(None, Box::new(fitting.into()))],
        );
        let name = self.alias("_n");
        let mut select: SelectStatement = Sql::select();
        select.expr_as(places, sql::iden(PLACES));
        cte(with, &name, select);
        name
    }

    /// Where the rows are: each place with the condition on which it is the one, and none for a walk over all.
    pub(super) fn probed(&mut self, probe: &Probe) -> Vec<(Expr, Option<Expr>)> {
        let few = cardinality(&probe.found).lte(self.params.number(MOST));
        let all = probe.usable.clone().and(few);
        let no = sql::template("($1) IS NOT TRUE", [all.clone()]);
        let Some(places) = &probe.near else {
            return vec![(all, Some(listed(&probe.found))), (no, None)];
        };
        let near = cardinality(places).gte(self.params.number(probe.wanted));
        // In this order: the indexes are not asked where the page is there already.
        let else_if = |condition: Expr| {
            sql::template(
                "CASE WHEN $1 THEN false ELSE $2 END",
                [near.clone(), condition],
            )
        };
        vec![
            (near.clone(), Some(listed(places))),
            (else_if(all), Some(listed(&probe.found))),
            (else_if(no), None),
        ]
    }
}

/// Whether an index has records in this order, or begins with its first key.
fn has_index(object: &Object, sort: &Sort) -> bool {
    let Some(key) = sort.0.first() else {
        return true;
    };
    let indexed = |field: &Field| {
        let of_key = field.columns.first().is_some_and(|c| c.name == key.column);
        let relation = matches!(field.storage, Storage::ToOne(_));
        of_key && (relation || field.definition.indexed || field.definition.unique)
    };
    let always = matches!(key.column.as_str(), "id" | "created_at");
    key.path.is_empty() && (always || object.own_fields().any(|field| indexed(field)))
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
