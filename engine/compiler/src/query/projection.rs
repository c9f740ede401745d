//! One record as JSON.

use sea_query::{Condition, Expr, ExprTrait, Func, JoinType, Query as Sql, SelectStatement};
use std::collections::BTreeSet;
use tessera_schema::column::SqlName;
use tessera_schema::object::{Object, ToMany, ToOne};
use tessera_schema::scalar::{MAX_SAFE_INTEGER, Output};

use crate::query::compiler::{Compiler, lateral};
use crate::query::render::cut_member;
use crate::query::tree::{
    Connection, ConnectionPart, Deleted, EdgePart, Item, Leaf, Part, Selection, Shape,
};
use crate::sql;

/// The columns of a list that is joined: its JSON, and whether it was cut.
const LIST: &str = "j";
const MORE: &str = "m";

impl Compiler<'_> {
    /// The record that goes by `alias` in `from`, as one JSON value; joins to `from` what its relations need.
    pub(crate) fn row(
        &mut self,
        from: &mut SelectStatement,
        object: &Object,
        alias: &str,
        selection: &Selection,
    ) -> Expr {
        self.shown_record(from, object, alias, selection).json()
    }

    /// As [`Compiler::row`], but it may be a row whose columns are the response keys, for an aggregate to turn into JSON.
    pub(crate) fn record(
        &mut self,
        from: &mut SelectStatement,
        object: &Object,
        alias: &str,
        selection: &Selection,
    ) -> Expr {
        match self.shown_record(from, object, alias, selection) {
            Shown::Row(expr) | Shown::Json(expr) => expr,
        }
    }

    fn shown_record(
        &mut self,
        from: &mut SelectStatement,
        object: &Object,
        alias: &str,
        selection: &Selection,
    ) -> Shown {
        let mut records = self.records_of_one(from, object, alias, &[selection]);
        records.pop().expect("one for each selection")
    }

    /// As [`Compiler::record`], for several selections of the same record. A relation that they show several times is joined
    /// once.
    fn records_of_one(
        &mut self,
        from: &mut SelectStatement,
        object: &Object,
        alias: &str,
        selections: &[&Selection],
    ) -> Vec<Shown> {
        // The relations joined so far, each with how often it was shown.
        let mut joined: Vec<(&SqlName, String, usize)> = Vec::new();
        let mut records = Vec::with_capacity(selections.len());
        for (index, selection) in selections.iter().enumerate() {
            if index > 0 {
                // No join, but one more row that the planner takes apart.
                self.planning.join();
            }
            let mut entries = Vec::with_capacity(selection.0.len());
            let mut cuts = Vec::new();
            for (key, item) in &selection.0 {
                let expr = match item {
                    Item::Column(leaf) => output(alias, leaf),
                    Item::Composite { columns, parts } => self.composite(alias, columns, parts),
                    Item::ToOne(to_one, target, _) => {
                        let known = joined.iter().position(|(of, ..)| **of == to_one.column);
                        let known = known.unwrap_or_else(|| {
                            let shown = shown_of(selections, to_one);
                            let expanded = self.expanded(to_one, target, alias, &shown);
                            let name = self.alias("j");
                            lateral(from, expanded, &name);
                            joined.push((&to_one.column, name, 0));
                            joined.len() - 1
                        });
                        let (_, name, times) = &mut joined[known];
                        let expr = sql::col(name, &shown_as(*times));
                        *times += 1;
                        expr
                    }
                    Item::ToMany(to_many, target, connection) => {
                        debug_assert!(
                            object.attribute(to_many.key.as_str()).is_some(),
                            "a relation of this object"
                        );
                        let listed = self.listed_beside(from, to_many, target, alias, connection);
                        cuts.extend(listed.more);
                        listed.json
                    }
                    Item::GlobalId { prefix } => self.global_id(alias, prefix),
                    Item::Constant(text) => self.params.text(Some(text.clone()), "text"),
                };
                entries.push((key.as_str(), expr));
            }
            let row = self.keyed_beside(from, entries);
            records.push(if cuts.is_empty() {
                Shown::Row(row)
            } else {
                Shown::Json(self.with_cuts(row, cuts))
            });
        }
        records
    }

    /// The records of a to-many relation as JSON, joined to `from`.
    pub(crate) fn listed_beside<'c>(
        &mut self,
        from: &mut SelectStatement,
        to_many: &ToMany,
        target: &Object,
        alias: &str,
        connection: &'c Connection,
    ) -> ListedBeside<'c> {
        let parent = (to_many, alias);
        let (mut joined, key) = match &connection.shape {
            Shape::Array { records, more } => {
                let joined = self.array(target, connection, parent, records, (LIST, MORE));
                (joined, more.as_deref())
            }
            Shape::Object(_) => {
                let json = self.connection(target, connection, Some(parent));
                (
                    Sql::select().expr_as(json, sql::iden(LIST)).to_owned(),
                    None,
                )
            }
        };
        self.keep_apart(&mut joined);
        let name = self.alias("j");
        lateral(from, joined, &name);
        ListedBeside {
            json: sql::col(&name, LIST),
            more: key.map(|key| (key, sql::col(&name, MORE))),
        }
    }

    /// A record as JSON, with a further member for each list that was cut. A text is taken for JSON only where there is one:
    /// Postgres reads it through.
    fn with_cuts(&mut self, row: Expr, cuts: Vec<(&str, Expr)>) -> Expr {
        let cut = cuts.iter().map(|(_, cut)| cut.clone());
        let any = cut.reduce(ExprTrait::or).expect("one at least");
        let members = cuts.into_iter().map(|(key, cut)| {
            let member = String::from_utf8(cut_member(key)).expect("JSON is text");
            let member = self.params.text(Some(member), "text");
            sql::template("CASE WHEN $1 THEN $2 ELSE '' END", [cut, member])
        });
        let members = members
            .reduce(|all, member| sql::template("$1 || $2", [all, member]))
            .expect("one at least");
        let json = Expr::from(Func::cust(sql::iden("row_to_json")).arg(row));
        let end = self.params.text(Some("}".to_owned()), "text");
        sql::template(
            "CASE WHEN $1 THEN CAST(left(CAST($2 AS text), -1) || $3 || $4 AS json) ELSE $5 END",
            [any, json.clone(), members, end, json],
        )
    }

    /// A row of the given expressions under the given keys, joined to `from`. As a sub-select in its place ([`Self::keyed`])
    /// it would be run for each row; here the planner resolves it.
    pub(crate) fn keyed_beside(
        &mut self,
        from: &mut SelectStatement,
        entries: Vec<(&str, Expr)>,
    ) -> Expr {
        let alias = self.alias("x");
        let mut row = Sql::select();
        for (key, expr) in entries {
            row.expr_as(expr, sql::iden(key));
        }
        let always = Condition::all().add(Expr::cust("true"));
        from.join_lateral(JoinType::InnerJoin, row, sql::iden(&alias), always);
        Expr::col(sql::iden(&alias))
    }

    /// A row of the given expressions under the given keys.
    pub(crate) fn keyed(&mut self, entries: Vec<(&str, Expr)>) -> Expr {
        let alias = self.alias("x");
        let mut inner = Sql::select();
        for (key, expr) in entries {
            inner.expr_as(expr, sql::iden(key));
        }
        let select = Sql::select()
            .expr(Expr::col(sql::iden(&alias)))
            .from_subquery(inner, sql::iden(&alias))
            .to_owned();
        Expr::SubQuery(None, Box::new(select.into()))
    }

    pub(crate) fn global_id(&mut self, alias: &str, prefix: &str) -> Expr {
        let prefix = self.params.text(Some(prefix.to_owned()), "text");
        let id = sql::cast(sql::col(alias, "id"), "text");
        sql::template("$1 || $2", [prefix, id])
    }

    fn composite(&mut self, alias: &str, columns: &[SqlName], parts: &[(String, Part)]) -> Expr {
        let entries = parts
            .iter()
            .map(|(key, part)| {
                let expr = match part {
                    Part::Column(leaf) => output(alias, leaf),
                    Part::Constant(text) => self.params.text(Some(text.clone()), "text"),
                };
                (key.as_str(), expr)
            })
            .collect();
        let row = self.keyed(entries);
        let json = Expr::from(Func::cust(sql::iden("row_to_json")).arg(row));
        let columns: Vec<Expr> = columns
            .iter()
            .map(|name| sql::column(alias, name))
            .collect();
        let empty =
            Expr::from(Func::cust(sql::iden("num_nonnulls")).args(columns)).eq(Expr::cust("0"));
        sql::template("CASE WHEN $1 THEN NULL ELSE $2 END", [empty, json])
    }

    /// The record that `alias` points at, as `j` in the first of the selections, as `j2`, `j3`, … in the others. One in the
    /// bin is not there.
    fn expanded(
        &mut self,
        to_one: &ToOne,
        target: &Object,
        alias: &str,
        selections: &[&Selection],
    ) -> SelectStatement {
        self.planning.join();
        let inner = self.alias("t");
        let mut select = Sql::select();
        let records = self.records_of_one(&mut select, target, &inner, selections);
        if records
            .iter()
            .any(|record| matches!(record, Shown::Json(_)))
        {
            // It names the row twice; put into a place that is named twice itself, it would grow with each level.
            select.offset(sql::written_out(0));
        }
        for (index, record) in records.into_iter().enumerate() {
            select.expr_as(record.json(), sql::iden(&shown_as(index)));
        }
        let (id, is_shown) = self.joining(alias, &to_one.column);
        select.and_where(sql::col(&inner, "id").eq(id));
        select.and_where_option(is_shown);
        self.select_records(&mut select, target, &inner, Deleted::Exclude);
        self.keep_apart(&mut select);
        select
    }
}

/// A record in a statement.
enum Shown {
    /// A row whose columns are the response keys.
    Row(Expr),
    Json(Expr),
}

impl Shown {
    fn json(self) -> Expr {
        match self {
            Self::Row(row) => Func::cust(sql::iden("row_to_json")).arg(row).into(),
            Self::Json(json) => json,
        }
    }
}

/// A list that is joined to its record.
pub(crate) struct ListedBeside<'c> {
    pub(crate) json: Expr,
    /// The member that is there where the list was cut, and whether it was.
    pub(crate) more: Option<(&'c str, Expr)>,
}

/// What several selections of a record show of the one it points at, in their order.
fn shown_of<'s>(selections: &[&'s Selection], to_one: &ToOne) -> Vec<&'s Selection> {
    let items = selections.iter().flat_map(|selection| &selection.0);
    let shown = items.filter_map(|(_, item)| match item {
        Item::ToOne(other, _, shown) if other.column == to_one.column => Some(shown),
        _ => None,
    });
    shown.collect()
}

/// The column that has what a selection shows of a record, by the selection's index.
fn shown_as(index: usize) -> String {
    match index {
        0 => "j".to_owned(),
        _ => format!("j{}", index + 1),
    }
}

/// A column as its JSON form has it.
pub(crate) fn output(alias: &str, leaf: &Leaf) -> Expr {
    let column = sql::column(alias, &leaf.column);
    if leaf.column_type.list {
        return column;
    }
    match leaf.column_type.scalar.output() {
        Output::Plain => column,
        Output::Text => sql::cast(column, "text"),
        Output::SafeInteger => {
            let safe = column.clone().between(
                Expr::cust(format!("{}", -MAX_SAFE_INTEGER)),
                Expr::cust(format!("{MAX_SAFE_INTEGER}")),
            );
            sql::template(
                "CASE WHEN $1 THEN to_json($2) ELSE to_json($3) END",
                [safe, column.clone(), sql::cast(column, "text")],
            )
        }
    }
}

/// The columns of its own table that a selection reads.
pub(crate) fn columns(selection: &Selection, into: &mut BTreeSet<SqlName>) {
    for (_, item) in &selection.0 {
        match item {
            Item::Column(leaf) => {
                into.insert(leaf.column.clone());
            }
            Item::Composite { columns, .. } => into.extend(columns.iter().cloned()),
            Item::ToOne(to_one, ..) => {
                into.insert(to_one.column.clone());
            }
            Item::GlobalId { .. } => {
                into.insert(SqlName::join(&["id"]));
            }
            Item::ToMany(..) | Item::Constant(_) => {}
        }
    }
}

/// The columns that a connection's records need; the id is always among them.
pub(crate) fn connection_columns(connection: &Connection) -> BTreeSet<SqlName> {
    let mut all = BTreeSet::from([SqlName::join(&["id"])]);
    match &connection.shape {
        Shape::Array { records, .. } => columns(records, &mut all),
        Shape::Object(parts) => {
            for (_, part) in parts {
                match part {
                    ConnectionPart::Nodes(selection) => columns(selection, &mut all),
                    ConnectionPart::Edges(parts) => {
                        for (_, part) in parts {
                            if let EdgePart::Node(selection) = part {
                                columns(selection, &mut all);
                            }
                        }
                    }
                    ConnectionPart::Page(_)
                    | ConnectionPart::Total
                    | ConnectionPart::Aggregate(..)
                    | ConnectionPart::Constant(_) => {}
                }
            }
        }
    }
    all
}

/// Whether a selection asks for anything of other records.
pub(crate) fn walks(selection: &Selection) -> bool {
    let mut items = selection.0.iter();
    items.any(|(_, item)| matches!(item, Item::ToOne(..) | Item::ToMany(..)))
}

/// Whether any record of a connection is joined with others.
pub(crate) fn walks_relations(connection: &Connection) -> bool {
    match &connection.shape {
        Shape::Array { records, .. } => walks(records),
        Shape::Object(parts) => parts.iter().any(|(_, part)| match part {
            ConnectionPart::Nodes(selection) => walks(selection),
            ConnectionPart::Edges(parts) => parts
                .iter()
                .any(|(_, part)| matches!(part, EdgePart::Node(selection) if walks(selection))),
            ConnectionPart::Page(_)
            | ConnectionPart::Total
            | ConnectionPart::Aggregate(..)
            | ConnectionPart::Constant(_) => false,
        }),
    }
}
