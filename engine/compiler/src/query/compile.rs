//! From a query tree to one statement.
//!
//! The shape: for each list, an inner select finds the page (`WHERE`, `ORDER BY`, `LIMIT`), relations join it laterally, and
//! records become JSON by `row_to_json` or `json_agg` of a row whose column aliases are the response keys. `json`, never `jsonb`.

use sea_query::{Expr, ExprTrait, Query as Sql, SelectStatement};
use tessera_schema::access::view::View;
use tessera_schema::filter::Filter;
use tessera_schema::ident::RecordId;
use tessera_schema::object::Object;
use tessera_schema::search::Search;
use tessera_schema::source::Located;

use crate::query::compiler::{Compiler, lateral, model_version, one_row};
use crate::query::tree::{Deleted, Query, Root, Selection};
use crate::snapshot::Snapshot;
use crate::sql;
use crate::statement::Statement;

/// One statement for all roots of a query: first the model's version, then for each root its JSON and its record's version.
#[must_use]
pub fn query(snapshot: &Snapshot, view: &View, query: &Query) -> Statement {
    let mut compiler = Compiler::new(snapshot, view);
    let mut select = Sql::select();
    select.expr_as(model_version(&snapshot.tenant.schema), sql::iden("_model"));
    one_row(&mut select);
    for root in &query.roots {
        let alias = compiler.alias("r");
        let (json, version) = match root {
            Root::One {
                object,
                id,
                deleted,
                selection,
            } => {
                compiler.planning.join();
                let record = compiler.one(object, id, *deleted, selection);
                lateral(&mut select, record, &alias);
                (sql::col(&alias, "j"), sql::col(&alias, "v"))
            }
            Root::Many { object, connection } => {
                let json = compiler.connection(object, connection, None);
                (json, Expr::cust("null::int4"))
            }
            Root::Groups {
                object,
                aggregation,
                shape,
            } => {
                let json = compiler.groups(object, aggregation, shape);
                (json, Expr::cust("null::int4"))
            }
            Root::Search {
                objects,
                search,
                limit,
                parts,
            } => {
                let json = compiler.search(objects, search, *limit, parts);
                (json, Expr::cust("null::int4"))
            }
        };
        select.expr(json).expr(version);
    }
    compiler.finish_select(snapshot, &select)
}

/// A statement that tells about how many records there are.
#[derive(Debug)]
pub enum Estimate {
    /// The planner's view of a select that would find them.
    Planned(Statement),
    /// One row: the model's version, and how many there are, up to [`MOST_COUNTED`].
    Counted(Statement),
}

/// The most records that are counted where the planner is not asked.
pub const MOST_COUNTED: u32 = 10_000;

/// How the number of records is told without going through all of them. The planner knows of all rows and values, so it is not asked where
/// rules hide some.
#[must_use]
pub fn estimate(
    snapshot: &Snapshot,
    view: &View,
    object: &Object,
    filter: &Filter,
    search: Option<&Search>,
    deleted: Deleted,
) -> Estimate {
    let mut compiler = Compiler::new(snapshot, view);
    let alias = compiler.alias("t");
    let mut select = Sql::select();
    select.expr(Expr::cust("1"));
    compiler.select_records(&mut select, object, &alias, deleted);
    let condition = compiler.filter(filter, &alias);
    select.and_where_option(condition);
    if let Some(search) = search {
        select.and_where(compiler.has_words(object, search, &alias));
    }
    if compiler.limited {
        select.limit(sql::written_out(MOST_COUNTED));
        let found = compiler.alias("q");
        let mut count = Sql::select();
        count
            .expr_as(model_version(&snapshot.tenant.schema), sql::iden("_model"))
            .expr_as(Expr::cust("count(*)"), sql::iden("_count"))
            .from_subquery(select, sql::iden(&found));
        return Estimate::Counted(compiler.finish_select(snapshot, &count));
    }
    let mut statement = compiler.finish_select(snapshot, &select);
    statement.text = format!("explain (format json) {}", statement.text).into();
    Estimate::Planned(statement)
}

impl Compiler<'_> {
    /// A record by id as `j`, its version as `v`; no row where it is not there.
    fn one(
        &mut self,
        object: &Object,
        id: &Located<RecordId>,
        deleted: Deleted,
        selection: &Selection,
    ) -> SelectStatement {
        let alias = self.alias("t");
        let mut select = Sql::select();
        let json = self.row(&mut select, object, &alias, selection);
        select.expr_as(json, sql::iden("j"));
        select.expr_as(
            sql::cast(sql::col(&alias, "version"), "int4"),
            sql::iden("v"),
        );
        let id = self.params.id(id);
        select.and_where(sql::col(&alias, "id").eq(id));
        self.select_records(&mut select, object, &alias, deleted);
        select
    }
}
