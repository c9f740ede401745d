//! What a request asks for, in the engine's words. Everything in it has been checked against the model.

use std::sync::Arc;
use tessera_schema::aggregate::{Aggregate, Aggregation};
use tessera_schema::column::ColumnType;
use tessera_schema::column::SqlName;
use tessera_schema::filter::Filter;
use tessera_schema::ident::RecordId;
use tessera_schema::object::{Object, ToMany, ToOne};
use tessera_schema::search::Search;
use tessera_schema::sort::Sort;
use tessera_schema::source::Located;

use crate::cursor::Cursor;

/// All that one read asks; answered by one statement.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub roots: Vec<Root>,
}

/// One answer of a query.
#[derive(Debug, Clone)]
pub enum Root {
    /// A record by id; null where there is none.
    One {
        object: Arc<Object>,
        id: Located<RecordId>,
        deleted: Deleted,
        selection: Selection,
    },
    Many {
        object: Arc<Object>,
        connection: Connection,
    },
    /// Records in groups, one JSON object for each group.
    Groups {
        object: Arc<Object>,
        aggregation: Aggregation,
        shape: GroupShape,
    },
    /// The best hits over several objects: an array, best first.
    Search {
        /// Each with a searchable field, and with its name as a hit tells it.
        objects: Vec<(String, Arc<Object>)>,
        search: Search,
        limit: u32,
        parts: Vec<(String, HitPart)>,
    },
}

/// What is told of a hit.
#[derive(Debug, Clone)]
pub enum HitPart {
    /// The name of the record's object.
    Object,
    Id,
    /// What names the record to people, where its object has a field for that.
    Label,
    /// From 0 to 1; above a half where every word is in the record as it was typed, or in another form.
    Rank,
    Constant(String),
}

/// What is shown of each group, in order, by response key.
#[derive(Debug, Clone, Default)]
pub struct GroupShape(pub Vec<(String, GroupItem)>);

#[derive(Debug, Clone)]
pub enum GroupItem {
    /// The key of the grouping that stands at this place.
    Key(usize),
    /// The aggregate that stands at this place.
    Aggregate(usize),
    /// As [`GroupItem::Aggregate`], for one that is answered for each unit: what is shown of each, in order, by response key.
    Amounts(usize, Vec<(String, AmountPart)>),
    Object(GroupShape),
    Constant(String),
}

#[derive(Debug, Clone)]
pub enum AmountPart {
    Amount,
    /// The part of the unit that stands at this place.
    Unit(usize),
    Constant(String),
}

/// What is wanted of each record, in order, by response key.
#[derive(Debug, Clone, Default)]
pub struct Selection(pub Vec<(String, Item)>);

#[derive(Debug, Clone)]
pub enum Item {
    Column(Leaf),
    /// A composite value: its parts by response key; null where every column of it is null.
    Composite {
        /// All columns of the value, also those not asked for.
        columns: Vec<SqlName>,
        parts: Vec<(String, Part)>,
    },
    ToOne(ToOne, Arc<Object>, Selection),
    ToMany(ToMany, Arc<Object>, Box<Connection>),
    /// The record's id behind a text that names its object: no record of another object has the same.
    GlobalId {
        prefix: String,
    },
    /// The same text for each record: a type's name.
    Constant(String),
}

#[derive(Debug, Clone)]
pub struct Leaf {
    pub column: SqlName,
    pub column_type: ColumnType,
}

/// A part of a composite value.
#[derive(Debug, Clone)]
pub enum Part {
    Column(Leaf),
    Constant(String),
}

/// The record whose to-many relation is listed: the relation, and the alias the record goes by.
pub(crate) type Parent<'a> = Option<(&'a ToMany, &'a str)>;

/// Records of one object: which, in what order, how many, and how they are shown.
#[derive(Debug, Clone)]
pub struct Connection {
    pub filter: Filter,
    /// Only what has these words; without a `sort`, the best first. Not within a to-many relation.
    pub search: Option<Search>,
    pub sort: Sort,
    pub window: Window,
    pub deleted: Deleted,
    pub shape: Shape,
}

/// Which stretch of the sorted records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub limit: u32,
    pub from: End,
    /// Only what stands after this position.
    pub after: Option<Located<Cursor>>,
    /// Only what stands before this position.
    pub before: Option<Located<Cursor>>,
    /// The number of records that are left out at the end that the window is counted from.
    pub offset: u32,
}

impl Window {
    /// The largest offset: the database walks through every record that is left out.
    pub const MAX_OFFSET: u32 = 1_000_000;

    /// The first `limit` records.
    #[must_use]
    pub const fn first(limit: u32) -> Self {
        Self {
            limit,
            from: End::Start,
            after: None,
            before: None,
            offset: 0,
        }
    }

    /// Whether there is more ahead of the window and behind it, as far as the window alone tells: what lies beyond the end
    /// that it is not counted from is known only by the cursor that was given.
    #[must_use]
    pub(crate) const fn known_ends(&self) -> (Option<bool>, Option<bool>) {
        match self.from {
            End::Start => (None, Some(self.after.is_some() || self.offset > 0)),
            End::End => (Some(self.before.is_some()), None),
        }
    }
}

/// The end of the list that the window is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Start,
    End,
}

/// Whether records in the bin are seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Deleted {
    #[default]
    Exclude,
    Include,
    Only,
}

#[derive(Debug, Clone)]
pub enum Shape {
    /// A JSON array of records.
    Array {
        records: Selection,
        /// Within a record: the member that stands beside the array, and is true, where the list has more records than the
        /// window shows.
        more: Option<String>,
    },
    /// A JSON object with these parts.
    Object(Vec<(String, ConnectionPart)>),
}

#[derive(Debug, Clone)]
pub enum ConnectionPart {
    Nodes(Selection),
    Edges(Vec<(String, EdgePart)>),
    Page(Vec<(String, PagePart)>),
    /// How many records the filter matches, the window apart.
    Total,
    /// What is reckoned over all records that the filter matches, the window apart.
    Aggregate(Vec<Aggregate>, GroupShape),
    Constant(String),
}

#[derive(Debug, Clone)]
pub enum EdgePart {
    Cursor,
    Node(Selection),
    Constant(String),
}

#[derive(Debug, Clone)]
pub enum PagePart {
    HasNext,
    HasPrevious,
    StartCursor,
    EndCursor,
    /// The cursor to go on from; null on the last page.
    Next,
    /// The cursor to go back from; null on the first page.
    Previous,
    Constant(String),
}
