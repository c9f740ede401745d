//! From a query tree to one statement.
//!
//! The shape: for each list, an inner select finds the page (`WHERE`, `ORDER BY`, `LIMIT`), relations join it laterally, and
//! records become JSON by `row_to_json` or `json_agg` of a row whose column aliases are the response keys. `json`, never `jsonb`.

use sea_query::{
    Condition, Expr, ExprTrait, IntoTableRef, JoinType, Query as Sql, SelectStatement, TableRef,
};
use std::sync::Arc;
use tessera_schema::column::SqlName;
use tessera_schema::filter::Filter;
use tessera_schema::ident::RecordId;
use tessera_schema::model::Model;
use tessera_schema::object::Object;
use tessera_schema::search::Search;
use tessera_schema::source::Located;

use crate::cursor::{CursorKey, Cursors, ListIdentity};
use crate::model::snapshot::Snapshot;
use crate::model::trigrams::Trigrams;
use crate::planning::Planning;
use crate::query::position::KnownLists;
use crate::query::tree::{Deleted, Query, Root, Selection};
use crate::sql;
use crate::statement::{Params, Statement};
use crate::tenant::SchemaName;

/// What a statement under construction knows and counts.
#[derive(Debug)]
pub(crate) struct Compiler<'s> {
    pub(crate) schema: &'s SchemaName,
    pub(crate) model: &'s Model,
    /// Where the database has them.
    pub(crate) trigrams: Option<&'s Trigrams>,
    pub(crate) params: Params,
    pub(super) cursors: &'s CursorKey,
    /// The lists whose cursors the statement answers with.
    pub(super) lists: Vec<Arc<ListIdentity>>,
    pub(super) known: KnownLists,
    /// The link tables that the statement writes, each with the CTE that has its rows as they will be.
    pub(crate) links: Vec<(SqlName, String)>,
    pub(crate) planning: Planning,
    aliases: u32,
}

/// One statement for all roots of a query: first the model's version, then for each root its JSON and its record's version.
pub(crate) fn query(snapshot: &Snapshot, query: &Query) -> Statement {
    let mut compiler = Compiler::new(snapshot);
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
    sql::audit(&select, &snapshot.tenant.schema);
    let built = sql::build_select(&select);
    compiler.finish(snapshot, built)
}

/// One row from nowhere, for lateral joins to stand beside.
pub(crate) fn one_row(select: &mut SelectStatement) {
    select.from_subquery(
        Sql::select().expr(Expr::cust("1")).to_owned(),
        sql::iden("_one"),
    );
}

/// The planner's view of a select that would find the records.
pub(crate) fn estimate(
    snapshot: &Snapshot,
    object: &Object,
    filter: &Filter,
    search: Option<&Search>,
    deleted: Deleted,
) -> Statement {
    let mut compiler = Compiler::new(snapshot);
    let alias = compiler.alias("t");
    let mut select = Sql::select();
    select.expr(Expr::cust("1"));
    select.from_as(
        sql::table(compiler.schema, &object.table),
        sql::iden(&alias),
    );
    select.and_where_option(in_bin(&alias, deleted));
    let condition = compiler.filter(filter, &alias);
    select.and_where_option(condition);
    if let Some(search) = search {
        select.and_where(compiler.has_words(object, search, &alias));
    }
    sql::audit(&select, &snapshot.tenant.schema);
    let built = sql::build_select(&select);
    let mut statement = compiler.finish(snapshot, built);
    statement.text = format!("explain (format json) {}", statement.text).into();
    statement
}

/// The version of the tenant's model as the statement's own snapshot of the database has it.
pub(crate) fn model_version(schema: &SchemaName) -> Expr {
    let select = Sql::select()
        .expr(sql::col("_m", "version"))
        .from_as(
            sql::table(schema, &SqlName::join(&["_model"])),
            sql::iden("_m"),
        )
        .to_owned();
    Expr::SubQuery(None, Box::new(select.into()))
}

/// Joins a sub-select that may look at what stands before it.
pub(crate) fn lateral(select: &mut SelectStatement, inner: SelectStatement, alias: &str) {
    select.join_lateral(
        JoinType::LeftJoin,
        inner,
        sql::iden(alias),
        Condition::all().add(Expr::cust("true")),
    );
}

impl<'s> Compiler<'s> {
    pub(crate) fn new(snapshot: &'s Snapshot) -> Self {
        Self {
            schema: &snapshot.tenant.schema,
            model: &snapshot.model,
            trigrams: snapshot.trigrams.as_ref(),
            params: Params::default(),
            cursors: &snapshot.cursors,
            lists: Vec::new(),
            known: KnownLists::default(),
            links: Vec::new(),
            planning: Planning::default(),
            aliases: 0,
        }
    }

    /// For another statement on the same model.
    pub(super) fn apart(&self) -> Self {
        Self {
            schema: self.schema,
            model: self.model,
            trigrams: self.trigrams,
            params: Params::default(),
            cursors: self.cursors,
            lists: Vec::new(),
            known: KnownLists::default(),
            links: Vec::new(),
            planning: Planning::default(),
            aliases: 0,
        }
    }

    /// A short name that no other part of the statement has, and no column or response key can have: where a row is
    /// taken whole by its alias, a column of that name would be taken instead.
    pub(crate) fn alias(&mut self, kind: &'static str) -> String {
        self.aliases += 1;
        format!("{kind}#{}", self.aliases)
    }

    /// Has the planner leave a sub-select where it stands, in a statement of many joins.
    pub(crate) fn keep_apart(&self, select: &mut SelectStatement) {
        if self.planning.is_large() {
            // Changes nothing else.
            select.offset(sql::written_out(0));
        }
    }

    /// Builds a part that stands in the statement a second time: what it joins was counted with the first.
    pub(crate) fn repeated<T>(&mut self, build: impl FnOnce(&mut Self) -> T) -> T {
        let counted = self.planning;
        let built = build(self);
        self.planning = counted;
        built
    }

    /// Where the rows of a many-to-many relation are read.
    pub(crate) fn link(&self, table: &SqlName) -> TableRef {
        match self.links.iter().find(|(written, _)| written == table) {
            Some((_, rows)) => sql::iden(rows).into_table_ref(),
            None => sql::table(self.schema, table),
        }
    }

    /// The model's version is part of the text: a prepared statement must not outlive the table it was made for.
    pub(crate) fn finish(
        self,
        snapshot: &Snapshot,
        (text, values): (String, sea_query::Values),
    ) -> Statement {
        let text = format!("/* v{} */ {text}", snapshot.version);
        let cursors = Cursors {
            key: self.cursors.clone(),
            lists: self.lists,
        };
        self.params.finish(text, values, self.planning, cursors)
    }

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
        select.from_as(sql::table(self.schema, &object.table), sql::iden(&alias));
        let json = self.row(&mut select, object, &alias, selection);
        select.expr_as(json, sql::iden("j"));
        select.expr_as(
            sql::cast(sql::col(&alias, "version"), "int4"),
            sql::iden("v"),
        );
        let id = self.params.id(id);
        select.and_where(sql::col(&alias, "id").eq(id));
        select.and_where_option(in_bin(&alias, deleted));
        select
    }
}

/// The condition on `deleted_at`; none where both kinds are wanted.
pub(crate) fn in_bin(alias: &str, deleted: Deleted) -> Option<Expr> {
    let deleted_at = sql::col(alias, "deleted_at");
    match deleted {
        Deleted::Exclude => Some(deleted_at.is_null()),
        Deleted::Only => Some(deleted_at.is_not_null()),
        Deleted::Include => None,
    }
}
