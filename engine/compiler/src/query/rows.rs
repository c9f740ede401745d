//! A query's only root as rows of columns: one row for each record, in Postgres's binary form, for `render` to write as JSON.
//!
//! To-one relations are joined and their columns stand beside the record's own; what is to-many comes as JSON and is put in
//! place as it is. The first column of every row is the model's version, and there is a row even where no record is.

use sea_query::{Expr, ExprTrait, Func, Query as Sql, SelectStatement, WithClause};
use std::collections::{BTreeSet, HashMap};
use tessera_postgres::json::Writer;
use tessera_schema::access::view::View;
use tessera_schema::column::{ColumnType, SqlName};
use tessera_schema::object::{Object, ToOne};
use tessera_schema::scalar::Scalar;

use crate::query::compiler::{Compiler, lateral, model_version, one_row};
use crate::query::lead::Lead;
use crate::query::page::{Gathered, NUMBER};
use crate::query::parts::wants_cursors;
use crate::query::parts::wants_rows;
use crate::query::position;
use crate::query::projection::{columns, walks_relations};
use crate::query::render::{
    Cut, Document, Entries, Kind, ManyDocument, Node, Page, PartNode, Position,
};
use crate::query::tree::{
    Connection, ConnectionPart, EdgePart, Item, Leaf, Part, Root, Selection, Shape,
};
use crate::snapshot::Snapshot;
use crate::sql;
use crate::statement::Statement;

/// The select under construction: what it is from, and the columns it answers with.
struct Sheet {
    select: SelectStatement,
    columns: Vec<Expr>,
    /// The to-one relations joined so far: the alias and column that point at a record, and the alias it goes by.
    joined: HashMap<(String, SqlName), String>,
}

impl Sheet {
    /// The index of a column in the answer, which is put in where it is not there yet.
    fn column(&mut self, expr: Expr) -> usize {
        let known = self.columns.iter().position(|column| *column == expr);
        known.unwrap_or_else(|| {
            self.select.expr(expr.clone());
            self.columns.push(expr);
            self.columns.len() - 1
        })
    }
}

/// Whether a root is records, and not what is reckoned over them.
#[must_use]
pub const fn suits(root: &Root) -> bool {
    matches!(root, Root::One { .. } | Root::Many { .. })
}

/// The statement for a query of this one root, and how its rows become JSON.
#[must_use]
pub fn compile(snapshot: &Snapshot, view: &View, root: &Root) -> (Statement, Document) {
    let mut compiler = Compiler::new(snapshot, view);
    let mut sheet = Sheet {
        select: Sql::select(),
        columns: Vec::new(),
        joined: HashMap::new(),
    };
    sheet.column(model_version(&snapshot.tenant.schema));
    one_row(&mut sheet.select);
    let document = match root {
        Root::One {
            object,
            id,
            deleted,
            selection,
        } => {
            let mut needed = BTreeSet::from(["id", "version"].map(|name| SqlName::join(&[name])));
            columns(selection, &mut needed);
            let inner = compiler.alias("t");
            let mut record = Sql::select();
            for name in &needed {
                record.expr_as(sql::column(&inner, name), sql::iden(name.as_str()));
            }
            let id = compiler.params.id(id);
            record.and_where(sql::col(&inner, "id").eq(id));
            compiler.select_records(&mut record, object, &inner, *deleted);
            let alias = compiler.alias("p");
            lateral(&mut sheet.select, record, &alias);
            Kind::One {
                present: sheet.column(sql::col(&alias, "id")),
                version: sheet.column(sql::cast(sql::col(&alias, "version"), "int4")),
                record: compiler.record_node(&mut sheet, &alias, selection),
            }
        }
        Root::Many { object, connection } => {
            Kind::Many(compiler.many(&mut sheet, object, connection))
        }
        Root::Groups { .. } | Root::Search { .. } => {
            unreachable!("neither groups nor hits are records")
        }
    };
    let statement = compiler.finish_select(snapshot, &sheet.select);
    (statement, Document(document))
}

impl Compiler<'_> {
    fn many(
        &mut self,
        sheet: &mut Sheet,
        object: &Object,
        connection: &Connection,
    ) -> ManyDocument {
        let mut with = WithClause::new();
        let lead = self.lead(&mut with, object, connection, None);
        if !matches!(lead, Lead::None) {
            sheet.select.with_cte(with);
        }
        let alias = self.alias("p");
        let numbered = walks_relations(connection);
        let page = wants_rows(connection).then(|| {
            let page = self.page(object, connection, None, numbered, &lead);
            lateral(&mut sheet.select, page, &alias);
            let position = wants_cursors(connection)
                .then(|| self.position_node(sheet, object, connection, &alias));
            Page {
                id: sheet.column(sql::col(&alias, "id")),
                position,
                number: numbered.then(|| sheet.column(sql::col(&alias, NUMBER))),
                window: connection.window.clone(),
            }
        });
        let entries = match &connection.shape {
            Shape::Array { records, .. } => {
                let record = self.record_node(sheet, &alias, records);
                return ManyDocument {
                    page,
                    shape: PartNode::List(record),
                };
            }
            Shape::Object(parts) => {
                let parts = parts.iter().map(|(key, part)| {
                    let part = self.part_node(sheet, object, (connection, &lead), &alias, part);
                    (key.as_str(), part)
                });
                Entries::new(parts)
            }
        };
        ManyDocument {
            page,
            shape: PartNode::Object(entries),
        }
    }

    /// The position of each row that goes by `alias`.
    fn position_node(
        &mut self,
        sheet: &mut Sheet,
        object: &Object,
        connection: &Connection,
        alias: &str,
    ) -> Position {
        let keys = position::keys(connection).into_iter().map(|key| {
            let column = sheet.column(sql::column(alias, &key.name));
            (column, Writer::of(&key.column_type))
        });
        Position {
            list: self.numbered(object, connection, None),
            keys: keys.collect(),
        }
    }

    fn part_node(
        &mut self,
        sheet: &mut Sheet,
        object: &Object,
        (connection, lead): (&Connection, &Lead),
        alias: &str,
        part: &ConnectionPart,
    ) -> PartNode {
        match part {
            ConnectionPart::Nodes(selection) => {
                PartNode::List(self.record_node(sheet, alias, selection))
            }
            ConnectionPart::Edges(parts) => {
                let parts = parts.iter().map(|(key, part)| {
                    let node = match part {
                        EdgePart::Cursor => {
                            Node::Cursor(self.position_node(sheet, object, connection, alias))
                        }
                        EdgePart::Node(selection) => self.record_node(sheet, alias, selection),
                        EdgePart::Constant(text) => Node::constant(text),
                    };
                    (key.as_str(), node)
                });
                PartNode::List(Node::Object {
                    present: None,
                    entries: Entries::new(parts),
                    cuts: Box::default(),
                })
            }
            ConnectionPart::Page(parts) => {
                let parts = parts.iter().map(|(key, part)| (key.as_str(), part.clone()));
                PartNode::Page(Entries::new(parts))
            }
            ConnectionPart::Total => {
                let total = match lead {
                    Lead::Search(found) => self.found_total(object, connection, found),
                    _ => self.total(object, connection, None),
                };
                PartNode::Once(sheet.column(sql::template("to_json($1)", [total])))
            }
            ConnectionPart::Aggregate(aggregates, shape) => {
                let json = self.reckoned(object, connection, None, aggregates, shape);
                PartNode::Once(sheet.column(json))
            }
            ConnectionPart::Constant(text) => PartNode::constant(text),
        }
    }

    /// The record that goes by `alias`.
    fn record_node(&mut self, sheet: &mut Sheet, alias: &str, selection: &Selection) -> Node {
        let mut cuts = Vec::new();
        let entries = selection.0.iter().map(|(key, item)| {
            let node = self.node(sheet, alias, item, &mut cuts);
            (key.as_str(), node)
        });
        let entries = Entries::new(entries);
        Node::Object {
            present: None,
            entries,
            cuts: cuts.into(),
        }
    }

    /// A list that may be cut is added to `cuts`.
    fn node(&mut self, sheet: &mut Sheet, alias: &str, item: &Item, cuts: &mut Vec<Cut>) -> Node {
        match item {
            Item::Column(leaf) => leaf_node(sheet, alias, leaf),
            Item::Composite { columns, parts } => {
                let parts = parts.iter().map(|(key, part)| {
                    let node = match part {
                        Part::Column(leaf) => leaf_node(sheet, alias, leaf),
                        Part::Constant(text) => Node::constant(text),
                    };
                    (key.as_str(), node)
                });
                let entries = Entries::new(parts);
                // Null where every column is null.
                let columns = columns.iter().map(|name| sql::column(alias, name));
                let filled = Func::cust(sql::iden("num_nonnulls")).args(columns);
                let filled = sql::template("nullif($1, 0)", [Expr::from(filled)]);
                Node::Object {
                    present: Some(sheet.column(filled)),
                    entries,
                    cuts: Box::default(),
                }
            }
            Item::ToOne(to_one, target, selection) => {
                self.joined(sheet, to_one, target, alias, selection)
            }
            Item::ToMany(to_many, target, connection) => match &connection.shape {
                Shape::Array { .. } => {
                    let listed =
                        self.listed_beside(&mut sheet.select, to_many, target, alias, connection);
                    let cut = listed.more;
                    cuts.extend(cut.map(|(key, cut)| Cut::new(key, sheet.column(cut))));
                    Node::Raw(sheet.column(listed.json))
                }
                Shape::Object(parts) => {
                    let parent = Some((to_many, alias));
                    let (mut gathered, parts) =
                        self.gathered(target, connection, parent, &Lead::None, parts);
                    self.keep_apart(&mut gathered);
                    let name = self.alias("j");
                    lateral(&mut sheet.select, gathered, &name);
                    gathered_node(sheet, &name, parts)
                }
            },
            Item::GlobalId { prefix } => Node::Value {
                column: sheet.column(self.global_id(alias, prefix)),
                writer: Writer::of(&ColumnType::of(Scalar::Text)),
            },
            Item::Constant(text) => Node::constant(text),
        }
    }

    /// The record that `alias` points at. One in the bin is not there.
    fn joined(
        &mut self,
        sheet: &mut Sheet,
        to_one: &ToOne,
        target: &Object,
        alias: &str,
        selection: &Selection,
    ) -> Node {
        let place = (alias.to_owned(), to_one.column.clone());
        let other = match sheet.joined.get(&place) {
            Some(other) => other.clone(),
            None => {
                let other = self.join(&mut sheet.select, to_one, target, alias);
                sheet.joined.insert(place, other.clone());
                other
            }
        };
        let present = sheet.column(sql::col(&other, "id"));
        match self.record_node(sheet, &other, selection) {
            Node::Object { entries, cuts, .. } => Node::Object {
                present: Some(present),
                entries,
                cuts,
            },
            node => node,
        }
    }

    /// Joins the record that `alias` points at, and tells the alias it goes by.
    fn join(
        &mut self,
        select: &mut SelectStatement,
        to_one: &ToOne,
        target: &Object,
        alias: &str,
    ) -> String {
        self.planning.join();
        let other = self.alias("j");
        let (id, is_shown) = self.joining(alias, &to_one.column);
        let same = std::iter::once(sql::col(&other, "id").eq(id)).chain(is_shown);
        let same = same.reduce(ExprTrait::and).expect("one at least");
        self.left_join_record(select, target, (&other, same));
        other
    }
}

/// The parts of a connection that a row has beside it.
fn gathered_node(sheet: &mut Sheet, alias: &str, parts: Vec<(&str, Gathered<'_>)>) -> Node {
    let json = |name: &str| sql::template("to_json($1)", [sql::col(alias, name)]);
    let parts = parts.into_iter().map(|(key, part)| {
        let node = match part {
            Gathered::Json(name) => Node::Raw(sheet.column(sql::col(alias, name))),
            Gathered::Plain(name) => Node::Raw(sheet.column(json(name))),
            Gathered::Page(parts) => {
                let parts = parts.iter().map(|(key, name)| {
                    let node = Node::Raw(sheet.column(json(name)));
                    (*key, node)
                });
                Node::Object {
                    present: None,
                    entries: Entries::new(parts),
                    cuts: Box::default(),
                }
            }
        };
        (key, node)
    });
    Node::Object {
        present: None,
        entries: Entries::new(parts),
        cuts: Box::default(),
    }
}

fn leaf_node(sheet: &mut Sheet, alias: &str, leaf: &Leaf) -> Node {
    Node::Value {
        column: sheet.column(sql::column(alias, &leaf.column)),
        writer: Writer::of(&leaf.column_type),
    }
}
