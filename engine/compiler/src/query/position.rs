//! Positions in a list: the values by which it is sorted, taken from its rows into cursors and compared with them.

use sea_query::{Expr, Func, Query as Sql};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use tessera_schema::access::view::View;
use tessera_schema::column::{ColumnType, SqlName};
use tessera_schema::object::{Object, ToMany};
use tessera_schema::scalar::Scalar;
use tessera_schema::sort::SortKey;
use tessera_schema::source::Located;
use tessera_schema::violation::{Pointer, Violation};

use crate::bind::{Param, Slot};
use crate::cursor::{Cursor, ListIdentity, Unfit};
use crate::query::compiler::Compiler;
use crate::query::order::{self, with_id};
use crate::query::projection::output;
use crate::query::tree::Parent;
use crate::query::tree::{Connection, End, Leaf};
use crate::snapshot::Snapshot;
use crate::sql;

/// A value by which a list is sorted: a column of the page's rows.
#[derive(Debug)]
pub(crate) struct PageKey {
    pub(crate) name: SqlName,
    pub(crate) column_type: ColumnType,
}

/// Makes sure that a connection's cursors are positions in this very list. A request that was worked out is not run otherwise.
///
/// # Errors
/// What is wrong with `after` or `before`; pointers begin at the connection's arguments.
pub fn check(
    snapshot: &Snapshot,
    view: &View,
    object: &Object,
    connection: &Connection,
    parent: Option<&ToMany>,
    inputs: &Map<String, Json>,
) -> Result<(), Vec<Violation>> {
    let window = &connection.window;
    let given = [("after", &window.after), ("before", &window.before)];
    let mut violations = Vec::new();
    for (name, cursor) in given {
        let Some(cursor) = cursor else { continue };
        let parent = parent.map(|to_many| (to_many, PARENT));
        let list = Compiler::new(snapshot, view).identity(object, connection, parent);
        let list = list.digest(inputs).unwrap_or_default();
        let (code, message) = match snapshot.cursors.open(list, &cursor.value.0) {
            Ok(_) => continue,
            Err(Unfit::Forged) => (
                "cursor",
                "a cursor comes from a page of an earlier answer, as it is",
            ),
            Err(Unfit::OtherList) => (
                "other_list",
                "this cursor is of another list: a cursor fits the object, relation, order, filter and search it was made with",
            ),
        };
        violations.push(Violation::new(Pointer::root().key(name), code, message));
    }
    if violations.is_empty() {
        Ok(())
    } else {
        Err(violations)
    }
}

/// Stands for the record whose relation is listed, whichever it is.
const PARENT: &str = "parent";

/// What the key that stands at this place is called among the page's columns.
pub(super) fn name(key: &SortKey, place: usize) -> SqlName {
    if key.path.is_empty() && !key.cut {
        key.column.clone()
    } else {
        SqlName::join(&["_key", &place.to_string()])
    }
}

/// Whether a connection is in the order of a search's ranks.
fn is_ranked(connection: &Connection) -> bool {
    connection.search.is_some() && connection.sort.0.is_empty()
}

/// The values by which a connection is sorted.
pub(crate) fn keys(connection: &Connection) -> Vec<PageKey> {
    if is_ranked(connection) {
        let rank = PageKey {
            name: SqlName::join(&["_key", "rank"]),
            column_type: ColumnType::of(Scalar::Float),
        };
        let id = PageKey {
            name: SqlName::join(&["id"]),
            column_type: ColumnType::of(Scalar::Uuid),
        };
        return vec![rank, id];
    }
    let keys = with_id(&connection.sort.0).into_iter().enumerate();
    keys.map(|(place, key)| PageKey {
        name: name(&key, place),
        column_type: key.column_type,
    })
    .collect()
}

impl Compiler<'_> {
    /// What makes a list the one it is: the statement of all of it, and what that binds.
    fn identity(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
    ) -> Arc<ListIdentity> {
        let address = address(connection);
        let known = self.known.identities.iter();
        if let Some((_, known)) = known.clone().find(|(known, _)| *known == address) {
            return Arc::clone(known);
        }
        let mut apart = self.apart();
        let alias = "t";
        let mut select = Sql::select();
        select.expr(sql::col(alias, "id"));
        let parent = parent.map(|(to_many, _)| (to_many, PARENT));
        apart.records(&mut select, object, connection, parent, alias);
        let keys = apart.sort_keys(&mut select, alias, &connection.sort);
        order::put(&mut select, &order::collated(keys), End::Start);
        let (text, values) = sql::build_select(&select);
        let order = if is_ranked(connection) { "ranked" } else { "" };
        let values = apart.params.in_order(values);
        let identity = Arc::new(ListIdentity::new(&format!("{text} {order}"), values));
        let identities = &mut self.known.identities;
        identities.push((address, Arc::clone(&identity)));
        identity
    }

    /// The number of a list whose cursors are answered, among those of the statement.
    pub(super) fn numbered(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
    ) -> usize {
        let address = address(connection);
        let shown = self.known.shown.iter();
        if let Some(number) = shown.clone().position(|known| *known == address) {
            return number;
        }
        let identity = self.identity(object, connection, parent);
        self.known.shown.push(address);
        self.lists.push(identity);
        self.lists.len() - 1
    }

    /// The cursor of each row that goes by `alias`, for JSON that Postgres makes: its position between two marks, to be
    /// sealed once it is here.
    pub(super) fn cursor(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        alias: &str,
    ) -> Expr {
        let list = self.numbered(object, connection, parent);
        let values = keys(connection).into_iter().map(|key| {
            let leaf = Leaf {
                column: key.name,
                column_type: key.column_type,
            };
            output(alias, &leaf)
        });
        let parts = std::iter::once(Expr::cust(list.to_string())).chain(values);
        let array = Func::cust(sql::iden("json_build_array")).args(parts);
        sql::template("(chr(9) || $1::text || chr(9))::json", [Expr::from(array)])
    }

    /// The values of a given position, one for each key.
    pub(super) fn position(
        &mut self,
        object: &Object,
        connection: &Connection,
        parent: Parent<'_>,
        cursor: &Located<Cursor>,
    ) -> Vec<Expr> {
        let address = address(connection);
        let mut known = self.known.positions.iter();
        let known = known.find(|(list, known, _)| *list == address && known == cursor);
        let position = if let Some((.., position)) = known {
            position.clone()
        } else {
            let list = self.identity(object, connection, parent);
            let position = self.params.slot(self.opened(list, cursor), "text[]");
            let known = (address, cursor.clone(), position.clone());
            self.known.positions.push(known);
            position
        };
        let keys = keys(connection).into_iter().enumerate();
        keys.map(|(index, key)| {
            let place = Expr::cust(format!("[{}]", index + 1));
            let value = sql::template("($1)$2", [position.clone(), place]);
            // As a sub-select it is read once, not for each row.
            let value = sql::cast(value, key.column_type.scalar.postgres());
            let once = Sql::select().expr(value).to_owned();
            Expr::SubQuery(None, Box::new(once.into()))
        })
        .collect()
    }

    /// Reads the position from a request's cursor, where that is one of this list.
    fn opened(&self, list: Arc<ListIdentity>, cursor: &Located<Cursor>) -> Slot {
        let key = self.cursors.clone();
        let Located { value, source } = cursor.clone();
        Slot::Input(Arc::new(move |inputs: &Map<String, Json>| {
            let cursor = match &source {
                Some(source) => source.read(inputs)?.as_str()?,
                None => &value.0,
            };
            let position = key.open(list.digest(inputs)?, cursor).ok()?;
            Some(Param::List(position))
        }))
    }
}

fn address(connection: &Connection) -> usize {
    std::ptr::from_ref(connection).addr()
}
