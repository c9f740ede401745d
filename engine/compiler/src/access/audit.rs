//! Checks a finished statement: it names no tables but the tenant's own, and each record's table was added by
//! [`entry`](super::entry).
//!
//! Tables are looked for in the text, not in the parts that it was built from: the text runs, with all copies of a part and
//! without the parts that were left out.

#[cfg(test)]
mod tests;

use sea_query::audit::AuditTrait;
use std::collections::HashMap;
use tessera_schema::column::SqlName;

use crate::tenant::SchemaName;

/// The tables of a tenant that hold no records.
const INTERNAL: [&str; 2] = ["_model", "_events"];

/// A table as a statement names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub(super) table: SqlName,
    pub(super) place: Place,
}

/// Where a table stands in a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// After `FROM` or `JOIN`, under an alias.
    Read(String),
    /// After `INSERT INTO`, `UPDATE` or `DELETE FROM`.
    Written,
}

/// The tables that [`entry`](super::entry) has added to a statement, each with how often.
#[derive(Debug, Default)]
pub(crate) struct Entries(HashMap<Entry, usize>);

impl Entries {
    pub(super) fn put(&mut self, entry: Entry) {
        *self.0.entry(entry).or_default() += 1;
    }

    /// Makes sure that `entry` has added all tables in a statement's text.
    ///
    /// # Panics
    /// If one has not. That is a bug, and such a statement must not run.
    pub(crate) fn check(&self, text: &str, schema: &SchemaName) {
        let unknown = self.unknown(text, schema);
        assert!(
            unknown.is_none(),
            "a statement of {schema:?} names {unknown:?}, which `access::entry` did not add: {text}"
        );
    }

    /// A table in a text that `entry` did not add.
    fn unknown(&self, text: &str, schema: &SchemaName) -> Option<Entry> {
        let mut found: HashMap<Entry, usize> = HashMap::new();
        for entry in tables(text, schema) {
            *found.entry(entry).or_default() += 1;
        }
        let mut found = found.into_iter();
        let unknown = found.find(|(entry, times)| {
            let entered = self.0.get(entry).copied().unwrap_or_default();
            // A part that stands in the statement twice was added once. No other part has its aliases.
            let known = entered >= *times || (entered > 0 && entry.place.is_unique());
            !known && !INTERNAL.contains(&entry.table.as_str())
        });
        unknown.map(|(entry, _)| entry)
    }
}

impl Place {
    /// Whether it is named by an alias that [`Compiler::alias`](crate::query::compiler::Compiler::alias) has made.
    fn is_unique(&self) -> bool {
        matches!(self, Self::Read(alias) if alias.contains('#'))
    }
}

/// Makes sure that a statement names no table but the tenant's own, and its own CTEs.
///
/// # Panics
/// If it does. That is a bug, and such a statement must not run.
pub(crate) fn check_schema(statement: &impl AuditTrait, schema: &SchemaName) {
    let audit = statement
        .audit()
        .expect("the builder can walk every statement it can build");
    for request in &audit.requests {
        let sea_query::TableName(qualifier, table) = &request.schema_table;
        let own = match qualifier {
            Some(sea_query::SchemaName(None, name)) => name.to_string() == schema.as_str(),
            Some(_) => false,
            None => table.to_string().starts_with('_'),
        };
        assert!(
            own,
            "a statement of {schema:?} names {:?}",
            request.schema_table
        );
    }
}

/// The tables of a schema that a text names, each with its place.
fn tables(text: &str, schema: &SchemaName) -> Vec<Entry> {
    let prefix = format!("\"{}\".", schema.as_str());
    let mut tables = Vec::new();
    for (at, _) in text.match_indices(&prefix) {
        let before = &text[..at];
        // `null::"schema"."table"` is the type of a table's rows.
        if before.ends_with("::") {
            continue;
        }
        let (table, after) = quoted(&text[at + prefix.len()..]);
        let mut writes = ["INTO ", "UPDATE ", "DELETE FROM "].iter();
        let place = if writes.any(|word| before.ends_with(word)) {
            Place::Written
        } else {
            let alias = after.strip_prefix(" AS ").map(quoted);
            Place::Read(alias.map_or_else(String::new, |(alias, _)| alias))
        };
        let table = SqlName::join(&[&table]);
        tables.push(Entry { table, place });
    }
    tables
}

/// The quoted identifier that a text begins with, and the text after it.
fn quoted(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut rest = text.strip_prefix('"').unwrap_or(text);
    while let Some((part, after)) = rest.split_once('"') {
        name.push_str(part);
        rest = after;
        match rest.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => break,
        }
    }
    (name, rest)
}
