//! Rows of columns as the JSON of a query's root, byte for byte as Postgres writes it elsewhere.

use bytes::Bytes;
use tessera_error::{InternalError, Result};
use tessera_postgres::json::{Writer, write_text};
use tessera_postgres::row::Row;

use crate::cursor::{self, Sealer};
use crate::query::tree::{End, PagePart, Window};

/// What stands between the members of an array that Postgres has aggregated: of rows, and of JSON.
const SEPARATOR: &[u8] = b", \n ";
const SEPARATOR_OF_JSON: &[u8] = b", ";

/// How the rows of a query's answer are written as JSON.
#[derive(Debug)]
pub struct Document(pub(crate) Kind);

/// What the rows are.
#[derive(Debug)]
pub(crate) enum Kind {
    /// One row, of one record or of none.
    One {
        /// A column that is null where there is no record.
        present: usize,
        version: usize,
        record: Node,
    },
    Many(ManyDocument),
}

#[derive(Debug)]
pub(crate) struct ManyDocument {
    /// `None` where no records are asked for.
    pub(crate) page: Option<Page>,
    pub(crate) shape: PartNode,
}

/// What a row's cursor holds.
#[derive(Debug)]
pub(crate) struct Position {
    pub(crate) list: usize,
    /// The columns by which the list is sorted.
    pub(crate) keys: Box<[(usize, Writer)]>,
}

impl Position {
    fn write(&self, row: &Row, sealer: &Sealer<'_>, out: &mut Vec<u8>) -> Result<()> {
        let mut json = Vec::new();
        let values = self.keys.iter().map(|(column, writer)| {
            json.clear();
            let raw = row.raw(*column)?;
            writer.write(raw, &mut json).map_err(InternalError::from)?;
            cursor::input_form(&json)
        });
        let values: Vec<_> = values.collect::<Result<_>>()?;
        sealer.write(self.list, &values, out);
        Ok(())
    }
}

/// Which rows there are, and in what order.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) id: usize,
    /// Where cursors are asked for.
    pub(crate) position: Option<Position>,
    /// The column that numbers the rows, where joins may have disturbed their order.
    pub(crate) number: Option<usize>,
    pub(crate) window: Window,
}

/// What is written once for all rows.
#[derive(Debug)]
pub(crate) enum PartNode {
    /// The rows as an array.
    List(Node),
    Object(Entries<PartNode>),
    Page(Entries<PagePart>),
    /// A column of JSON that is the same in every row.
    Once(usize),
    Constant(Box<[u8]>),
}

/// What is written of each row.
#[derive(Debug)]
pub(crate) enum Node {
    Value {
        column: usize,
        writer: Writer,
    },
    /// A column of JSON.
    Raw(usize),
    Cursor(Position),
    Object {
        /// The object is null where this column is.
        present: Option<usize>,
        entries: Entries<Node>,
        /// Said after the entries.
        cuts: Box<[Cut]>,
    },
    Constant(Box<[u8]>),
}

/// The members of an object, each with what stands before its value: `{"id":`, `,"name":`.
#[derive(Debug)]
pub(crate) struct Entries<T>(Box<[(Box<[u8]>, T)]>);

/// A list that a record shows a part of, if a column of the row is true.
#[derive(Debug)]
pub(crate) struct Cut {
    column: usize,
    /// The member that says so.
    member: Box<[u8]>,
}

impl Cut {
    pub(crate) fn new(key: &str, column: usize) -> Self {
        let member = cut_member(key).into_boxed_slice();
        Self { column, member }
    }
}

/// The member of a record that says that a list was cut: `,"contacts_more":true`.
pub(crate) fn cut_member(key: &str) -> Vec<u8> {
    let mut member = vec![b','];
    write_text(key, &mut member);
    member.extend_from_slice(b":true");
    member
}

impl<T> Entries<T> {
    pub(crate) fn new<'k>(members: impl Iterator<Item = (&'k str, T)>) -> Self {
        let entries = members.enumerate().map(|(index, (key, value))| {
            let mut before = vec![if index == 0 { b'{' } else { b',' }];
            write_text(key, &mut before);
            before.push(b':');
            (before.into_boxed_slice(), value)
        });
        Self(entries.collect())
    }

    fn write(
        &self,
        out: &mut Vec<u8>,
        mut value: impl FnMut(&T, &mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        if self.0.is_empty() {
            out.push(b'{');
        }
        for (before, member) in &self.0 {
            out.extend_from_slice(before);
            value(member, out)?;
        }
        out.push(b'}');
        Ok(())
    }

    fn weight(&self, of: impl Fn(&T) -> usize) -> usize {
        let entries = self.0.iter();
        entries
            .map(|(before, value)| size_of::<(Box<[u8]>, T)>() + before.len() + of(value))
            .sum()
    }
}

fn constant(text: &str) -> Box<[u8]> {
    let mut json = Vec::new();
    write_text(text, &mut json);
    json.into_boxed_slice()
}

impl Node {
    pub(crate) fn constant(text: &str) -> Self {
        Self::Constant(constant(text))
    }

    fn write(&self, row: &Row, sealer: &Sealer<'_>, out: &mut Vec<u8>) -> Result<()> {
        match self {
            Self::Value { column, writer } => {
                let raw = row.raw(*column)?;
                writer.write(raw, out).map_err(InternalError::from)?;
            }
            Self::Raw(column) => {
                sealer.write_json(row.raw(*column)?.unwrap_or(b"null"), out)?;
            }
            Self::Cursor(position) => position.write(row, sealer, out)?,
            Self::Object {
                present,
                entries,
                cuts,
            } => {
                if present.map(|column| is_null(row, column)) == Some(true) {
                    out.extend_from_slice(b"null");
                } else {
                    entries.write(out, |node, out| node.write(row, sealer, out))?;
                    write_cuts(cuts, row, out)?;
                }
            }
            Self::Constant(json) => out.extend_from_slice(json),
        }
        Ok(())
    }

    fn weight(&self) -> usize {
        match self {
            Self::Value { .. } | Self::Raw(_) => 0,
            Self::Cursor(position) => size_of_val(&*position.keys),
            Self::Object { entries, cuts, .. } => {
                let cuts = cuts.iter().map(|cut| size_of::<Cut>() + cut.member.len());
                entries.weight(Self::weight) + cuts.sum::<usize>()
            }
            Self::Constant(json) => json.len(),
        }
    }
}

impl PartNode {
    pub(crate) fn constant(text: &str) -> Self {
        Self::Constant(constant(text))
    }

    fn weight(&self) -> usize {
        match self {
            Self::List(node) => node.weight(),
            Self::Object(entries) => entries.weight(Self::weight),
            Self::Page(entries) => entries.weight(|_| 0),
            Self::Once(_) => 0,
            Self::Constant(json) => json.len(),
        }
    }
}

impl Document {
    /// The JSON of the root, none for a record that is not there; and the record's version where it is one record.
    pub fn render(
        &self,
        rows: &[Row],
        sealer: &Sealer<'_>,
    ) -> Result<(Option<Bytes>, Option<i32>)> {
        let Some(first) = rows.first() else {
            return Ok((None, None));
        };
        match &self.0 {
            Kind::One {
                present,
                version,
                record,
            } => {
                if is_null(first, *present) {
                    return Ok((None, None));
                }
                let mut out = Vec::with_capacity(512);
                record.write(first, sealer, &mut out)?;
                Ok((Some(out.into()), first.get(*version)?))
            }
            Kind::Many(many) => {
                let mut out = Vec::with_capacity(64 + rows.len() * 384);
                let listed = Listed::read(many.page.as_ref(), rows, sealer)?;
                write_part(&many.shape, first, &listed, &mut out)?;
                Ok((Some(out.into()), None))
            }
        }
    }

    /// About how many bytes of memory it takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        match &self.0 {
            Kind::One { record, .. } => record.weight(),
            Kind::Many(many) => many.shape.weight(),
        }
    }
}

/// The rows of a page in the order of the list, without the one that only tells whether there are more.
struct Listed<'r> {
    rows: Vec<&'r Row>,
    more: bool,
    page: Option<&'r Page>,
    sealer: &'r Sealer<'r>,
}

impl<'r> Listed<'r> {
    fn read(page: Option<&'r Page>, rows: &'r [Row], sealer: &'r Sealer<'_>) -> Result<Self> {
        let mut listed = Self {
            sealer,
            rows: Vec::new(),
            more: false,
            page,
        };
        let Some(page) = page else {
            return Ok(listed);
        };
        listed.rows = rows.iter().filter(|row| !is_null(row, page.id)).collect();
        if let Some(number) = page.number {
            let mut numbered = Vec::with_capacity(listed.rows.len());
            for row in &listed.rows {
                numbered.push((row.get::<i64>(number)?, *row));
            }
            numbered.sort_by_key(|(number, _)| *number);
            listed.rows = numbered.into_iter().map(|(_, row)| row).collect();
        }
        let limit = usize::try_from(page.window.limit).unwrap_or(usize::MAX);
        listed.more = listed.rows.len() > limit;
        listed.rows.truncate(limit);
        if page.window.from == End::End {
            listed.rows.reverse();
        }
        Ok(listed)
    }

    fn cursor(&self, end: End, out: &mut Vec<u8>) -> Result<()> {
        let row = match end {
            End::Start => self.rows.first(),
            End::End => self.rows.last(),
        };
        let position = self.page.and_then(|page| page.position.as_ref());
        match (row, position) {
            (Some(row), Some(position)) => position.write(row, self.sealer, out),
            _ => {
                out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }

    fn page_part(&self, part: &PagePart, out: &mut Vec<u8>) -> Result<()> {
        let (ahead, behind) = match self.page {
            Some(page) => page.window.known_ends(),
            None => (Some(false), Some(false)),
        };
        let more = |known: Option<bool>| known.unwrap_or(self.more);
        let flag = |flag: bool| if flag { &b"true"[..] } else { b"false" };
        match part {
            PagePart::HasNext => out.extend_from_slice(flag(more(ahead))),
            PagePart::HasPrevious => out.extend_from_slice(flag(more(behind))),
            PagePart::StartCursor => self.cursor(End::Start, out)?,
            PagePart::EndCursor => self.cursor(End::End, out)?,
            PagePart::Next if more(ahead) => self.cursor(End::End, out)?,
            PagePart::Previous if more(behind) => self.cursor(End::Start, out)?,
            PagePart::Next | PagePart::Previous => out.extend_from_slice(b"null"),
            PagePart::Constant(text) => write_text(text, out),
        }
        Ok(())
    }
}

fn write_part(part: &PartNode, first: &Row, listed: &Listed<'_>, out: &mut Vec<u8>) -> Result<()> {
    match part {
        PartNode::List(node) => {
            let separator = match node {
                // Where a list may be cut, Postgres has JSON of the record before it is a member.
                Node::Object { cuts, .. } if !cuts.is_empty() => SEPARATOR_OF_JSON,
                _ => SEPARATOR,
            };
            out.push(b'[');
            for (index, row) in listed.rows.iter().enumerate() {
                if index > 0 {
                    out.extend_from_slice(separator);
                }
                node.write(row, listed.sealer, out)?;
            }
            out.push(b']');
        }
        PartNode::Object(entries) => {
            entries.write(out, |part, out| write_part(part, first, listed, out))?;
        }
        PartNode::Page(entries) => entries.write(out, |part, out| listed.page_part(part, out))?,
        PartNode::Once(column) => out.extend_from_slice(first.raw(*column)?.unwrap_or(b"null")),
        PartNode::Constant(json) => out.extend_from_slice(json),
    }
    Ok(())
}

/// Adds the members that a row has further to the object that ends here.
fn write_cuts(cuts: &[Cut], row: &Row, out: &mut Vec<u8>) -> Result<()> {
    for cut in cuts {
        if row.get(cut.column)? {
            out.pop();
            out.extend_from_slice(&cut.member);
            out.push(b'}');
        }
    }
    Ok(())
}

fn is_null(row: &Row, column: usize) -> bool {
    row.raw(column).is_ok_and(|value| value.is_none())
}
