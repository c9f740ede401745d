//! A statement under construction: its parameters, aliases and counts, and the clauses that every part needs.

use sea_query::{Condition, Expr, JoinType, Query as Sql, SelectStatement, WithQuery};
use std::collections::HashMap;
use std::sync::Arc;
use tessera_schema::access::row_rules::RowRules;
use tessera_schema::access::view::View;
use tessera_schema::column::SqlName;
use tessera_schema::model::Model;
use tessera_schema::source::Located;

use crate::access::audit::{self, Entries};
use crate::access::masks::Masks;
use crate::cursor::{Cursor, CursorKey, Cursors, ListIdentity};
use crate::planning::Planning;
use crate::snapshot::Snapshot;
use crate::sql;
use crate::statement::{Params, Statement};
use crate::tenant::SchemaName;
use crate::trigrams::Trigrams;

/// What the statement has made of its lists. Its query does not move while it is compiled, so a connection's address names it.
#[derive(Debug, Default)]
pub(crate) struct KnownLists {
    pub(super) identities: Vec<(usize, Arc<ListIdentity>)>,
    pub(super) positions: Vec<(usize, Located<Cursor>, Expr)>,
    /// The addresses of the lists whose cursors are answered.
    pub(super) shown: Vec<usize>,
}

/// The parameters of the variables of the caller: each one in all places where it stands, however often a rule names it.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    pub(super) id: Option<Expr>,
    pub(super) team_ids: Option<Expr>,
}

/// What a statement under construction knows and counts.
#[derive(Debug)]
pub(crate) struct Compiler<'s> {
    pub(crate) schema: &'s SchemaName,
    /// The whole model: what a request names was looked up in the caller's view of it.
    pub(crate) model: &'s Model,
    /// On the records that the caller meets; none where the engine works for itself, and for callers without any.
    pub(crate) rules: Option<&'s RowRules>,
    /// A row rule is being compiled. Within it records count whether the caller may read them or not.
    pub(crate) in_rule: bool,
    /// The aliases whose rows may hide values from the caller.
    pub(crate) masked: HashMap<String, Arc<Masks>>,
    /// The statement does not run: it only tells lists apart.
    pub(crate) is_apart: bool,
    /// Whether a rule has limited what the statement reads.
    pub(crate) limited: bool,
    pub(super) variables: Variables,
    /// Where the database has them.
    pub(crate) trigrams: Option<&'s Trigrams>,
    pub(crate) params: Params,
    pub(super) cursors: &'s CursorKey,
    /// The lists whose cursors the statement answers with.
    pub(super) lists: Vec<Arc<ListIdentity>>,
    pub(super) known: KnownLists,
    /// The link tables that the statement writes, each with the CTE that has its rows as they will be.
    pub(crate) links: Vec<(SqlName, String)>,
    /// The records that a rule is asked of before they are written, by their alias, and CTEs of the rows of their link tables as they will
    /// be. Of other records a rule sees what they are.
    pub(crate) becoming: Option<(String, Vec<(SqlName, String)>)>,
    pub(crate) planning: Planning,
    /// The tables of records that are in it.
    pub(crate) entries: Entries,
    aliases: u32,
}

impl<'s> Compiler<'s> {
    /// For a statement of a caller who sees the model by this view.
    pub(crate) fn new(snapshot: &'s Snapshot, view: &'s View) -> Self {
        Self {
            rules: Some(&view.rules).filter(|rules| !rules.is_empty()),
            ..Self::unguarded(snapshot)
        }
    }

    /// For a statement that answers nothing of what it finds.
    pub(crate) fn unguarded(snapshot: &'s Snapshot) -> Self {
        Self {
            schema: &snapshot.tenant.schema,
            model: snapshot.whole(),
            rules: None,
            in_rule: false,
            masked: HashMap::new(),
            is_apart: false,
            limited: false,
            variables: Variables::default(),
            trigrams: snapshot.trigrams.as_ref(),
            params: Params::default(),
            cursors: &snapshot.cursors,
            lists: Vec::new(),
            known: KnownLists::default(),
            links: Vec::new(),
            becoming: None,
            planning: Planning::default(),
            entries: Entries::default(),
            aliases: 0,
        }
    }

    /// For another statement on the same model.
    pub(super) fn apart(&self) -> Self {
        Self {
            schema: self.schema,
            model: self.model,
            rules: self.rules,
            in_rule: false,
            masked: HashMap::new(),
            is_apart: true,
            limited: false,
            variables: Variables::default(),
            trigrams: self.trigrams,
            params: Params::default(),
            cursors: self.cursors,
            lists: Vec::new(),
            known: KnownLists::default(),
            links: Vec::new(),
            becoming: None,
            planning: Planning::default(),
            entries: Entries::default(),
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

    pub(crate) fn finish_select(self, snapshot: &Snapshot, select: &SelectStatement) -> Statement {
        audit::check_schema(select, self.schema);
        self.finish(snapshot, sql::build_select(select))
    }

    pub(crate) fn finish_with(self, snapshot: &Snapshot, query: &WithQuery) -> Statement {
        audit::check_schema(query, self.schema);
        self.finish(snapshot, sql::build_with(query))
    }

    /// The model's version is part of the text: a prepared statement must not outlive the table it was made for.
    fn finish(self, snapshot: &Snapshot, (text, values): (String, sea_query::Values)) -> Statement {
        self.entries.check(&text, self.schema);
        let text = format!("/* v{} */ {text}", snapshot.version);
        let cursors = Cursors {
            key: self.cursors.clone(),
            lists: self.lists,
        };
        self.params.finish(text, values, self.planning, cursors)
    }
}

/// One row from nowhere, for lateral joins to stand beside.
pub(crate) fn one_row(select: &mut SelectStatement) {
    select.from_subquery(
        Sql::select().expr(Expr::cust("1")).to_owned(),
        sql::iden("_one"),
    );
}

/// The version of the tenant's model as the statement's own snapshot of the database has it.
pub(crate) fn model_version(schema: &SchemaName) -> Expr {
    let select = Sql::select()
        .expr(sql::col("_m", "version"))
        .from_as(sql::internal_table(schema, "_model"), sql::iden("_m"))
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
