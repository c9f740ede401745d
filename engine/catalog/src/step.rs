//! The steps from one model's tables to the next one's, each a statement.

use tessera_compiler::names;
use tessera_compiler::sql::{self, Literal, Quoted};
use tessera_compiler::tenant::SchemaName;
use tessera_compiler::trigrams::Trigrams;
use tessera_schema::column::{Collation, Column, Numbering, SqlName};
use tessera_schema::storage::OnDelete;

/// How much may be written to a GIN index before it is sorted in, in kB. Every search reads that through, and one write in
/// many stops for it: with Postgres's 4 MB, searches after an import took five times as long as with this, and creates' 99th
/// percentile was three times as high, for a twentieth more writes a second.
const PENDING: u32 = 256;

/// One change to a tenant's tables. Steps run in the order of this enum, so that what is dropped makes room,
/// and what refers to other tables finds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    DropConstraint {
        table: SqlName,
        name: SqlName,
    },
    DropIndex {
        name: SqlName,
    },
    DropTable {
        name: SqlName,
    },
    DropColumn {
        table: SqlName,
        column: SqlName,
    },
    CreateTable {
        name: SqlName,
        columns: Vec<Column>,
    },
    /// Copies a table into a new one of the same name, with these columns, its primary key and its sequences, and nothing
    /// else of what hung on it.
    RebuildTable {
        name: SqlName,
        columns: Vec<Column>,
    },
    AddColumn {
        table: SqlName,
        column: Column,
        fill: Option<String>,
    },
    SetNotNull {
        table: SqlName,
        column: SqlName,
        on: bool,
    },
    /// Takes an empty text for no value, as a unique field does.
    ClearBlank {
        table: SqlName,
        column: SqlName,
    },
    SetType {
        table: SqlName,
        column: Column,
    },
    Number {
        table: SqlName,
        column: SqlName,
        numbering: Numbering,
        sequence: SqlName,
        existing: bool,
    },
    AddCheck {
        table: SqlName,
        name: SqlName,
        column: SqlName,
        list: bool,
        one_of: Vec<String>,
    },
    CreateIndex {
        table: SqlName,
        name: SqlName,
        columns: Vec<Indexed>,
        kind: IndexKind,
    },
    CreateLink {
        name: SqlName,
        from: SqlName,
        to: SqlName,
    },
    AddForeignKey {
        table: SqlName,
        name: SqlName,
        column: SqlName,
        to: SqlName,
        on_delete: OnDelete,
    },
}

/// A column of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Indexed {
    pub(crate) column: SqlName,
    /// By which the index is sorted, if it is and not by bytes.
    pub(crate) collation: Option<Collation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IndexKind {
    /// Over live records only: what lies in the bin takes no name away.
    Unique,
    /// With the id as its last column, as every order has.
    Sorted,
    /// Over the members of lists.
    Members,
    /// Over what a text has within it, for patterns and search.
    Trigrams,
}

impl Step {
    /// Where the step stands among the others.
    pub(crate) const fn rank(&self) -> u8 {
        match self {
            Self::DropConstraint { .. } => 0,
            Self::DropIndex { .. } => 1,
            Self::DropTable { .. } => 2,
            Self::DropColumn { .. } => 3,
            Self::CreateTable { .. } => 4,
            Self::RebuildTable { .. } => 5,
            Self::AddColumn { .. } => 6,
            Self::SetType { .. } => 7,
            Self::SetNotNull { .. } => 8,
            Self::ClearBlank { .. } => 9,
            Self::Number { .. } => 10,
            Self::AddCheck { .. } => 11,
            Self::CreateIndex { .. } => 12,
            Self::CreateLink { .. } => 13,
            Self::AddForeignKey { .. } => 14,
        }
    }

    /// Whether the step adds a column to this table.
    pub(crate) fn widens(&self, name: &SqlName) -> bool {
        matches!(self, Self::AddColumn { table, .. } if table == name)
    }

    /// Whether the step can only be taken where the extension is.
    pub(crate) const fn needs_trigrams(&self) -> bool {
        let Self::CreateIndex { kind, .. } = self else {
            return false;
        };
        matches!(kind, IndexKind::Trigrams)
    }

    /// The statement, or statements, that take the step.
    pub(crate) fn text(&self, schema: &SchemaName, trigrams: Option<&Trigrams>) -> String {
        let schema = Quoted(schema.as_str());
        let q = |name: &SqlName| Quoted(name.as_str()).to_string();
        match self {
            Self::DropConstraint { table, name } => {
                format!(
                    "alter table {schema}.{} drop constraint if exists {}",
                    q(table),
                    q(name)
                )
            }
            // Also the one that is being made in its place.
            Self::DropIndex { name } => format!(
                "drop index if exists {schema}.{}, {schema}.{}",
                q(name),
                q(&names::beside(name))
            ),
            Self::DropTable { name } => format!("drop table {schema}.{}", q(name)),
            Self::DropColumn { table, column } => {
                format!(
                    "alter table {schema}.{} drop column {}",
                    q(table),
                    q(column)
                )
            }
            Self::CreateTable { name, columns } => {
                format!(
                    "create table {schema}.{} ({}, primary key (id)) {FILL_FACTOR}",
                    q(name),
                    declarations(columns)
                )
            }
            Self::RebuildTable { name, columns } => {
                // No object's table begins with an underscore.
                let copy = Quoted("_rebuilt");
                let names: Vec<String> = columns.iter().map(|column| q(&column.name)).collect();
                let names = names.join(", ");
                let numbered = columns
                    .iter()
                    .filter(|column| column.column_type.numbering.is_some());
                let sequences: String = numbered
                    .map(|column| {
                        format!(
                            "alter sequence {schema}.{} owned by {schema}.{copy}.{};\n",
                            q(&sequence_name(name, &column.name)),
                            q(&column.name)
                        )
                    })
                    .collect();
                format!(
                    "lock table {schema}.{name} in access exclusive mode;
                     create table {schema}.{copy} ({}) {FILL_FACTOR};
                     insert into {schema}.{copy} ({names}) select {names} from {schema}.{name};
                     {sequences}drop table {schema}.{name} cascade;
                     alter table {schema}.{copy} rename to {name};
                     alter table {schema}.{name} add primary key (id);
                     analyze {schema}.{name}",
                    declarations(columns),
                    name = q(name),
                )
            }
            Self::AddColumn {
                table,
                column,
                fill,
            } => {
                let table = q(table);
                let declared = declaration(column);
                match fill {
                    // The default fills existing rows without touching them, and is then of no more use.
                    Some(value) => format!(
                        "alter table {schema}.{table} add column {declared} default {}::{};
                         alter table {schema}.{table} alter column {} drop default",
                        Literal(value),
                        column.column_type.postgres(),
                        q(&column.name)
                    ),
                    None => format!("alter table {schema}.{table} add column {declared}"),
                }
            }
            Self::SetNotNull { table, column, on } => {
                let action = if *on { "set" } else { "drop" };
                format!(
                    "alter table {schema}.{} alter column {} {action} not null",
                    q(table),
                    q(column)
                )
            }
            Self::ClearBlank { table, column } => {
                // In the mode of the index that follows, so that no write waits in between.
                format!(
                    "lock table {schema}.{table} in share row exclusive mode;
                     update {schema}.{table} set {column} = null where {column} = ''",
                    table = q(table),
                    column = q(column),
                )
            }
            Self::SetType { table, column } => format!(
                "alter table {schema}.{} alter column {} type {}",
                q(table),
                q(&column.name),
                column.column_type.declared()
            ),
            Self::Number {
                table,
                column,
                numbering,
                sequence,
                existing,
            } => {
                let value = next_number(schema, sequence, numbering);
                let (table, column) = (q(table), q(column));
                let mut text = String::new();
                if *existing {
                    text = format!("create sequence if not exists {schema}.{0} owned by {schema}.{table}.{column};
                         update {schema}.{table} t set {column} = {value}
                         from (select id from {schema}.{table} where {column} is null order by id) o where t.id = o.id;", q(sequence));
                }
                text + &format!(
                    "alter table {schema}.{table} alter column {column} set default {value},
                         alter column {column} set not null"
                )
            }
            Self::AddCheck {
                table,
                name,
                column,
                list,
                one_of,
            } => {
                // One constant: every write reads the check anew, and a constructor has a node for each value.
                let values = sql::text_array(one_of);
                let operator = if *list { "<@" } else { "= any" };
                format!(
                    "alter table {schema}.{} add constraint {} check ({} {operator} ({}::text[]))",
                    q(table),
                    q(name),
                    q(column),
                    Literal(&values)
                )
            }
            Self::CreateIndex {
                table,
                name,
                columns,
                kind,
            } => {
                let class = trigrams
                    .filter(|_| *kind == IndexKind::Trigrams)
                    .map_or_else(String::new, |trigrams| {
                        format!(" {}", trigrams.name("gin_trgm_ops"))
                    });
                let columns: Vec<String> = columns
                    .iter()
                    .map(|Indexed { column, collation }| {
                        let collation = collation.map(sql::collation_name);
                        let collation = collation.map(|name| format!(" collate {name}"));
                        q(column) + class.as_str() + &collation.unwrap_or_default()
                    })
                    .collect();
                let columns = columns.join(", ");
                let (unique, how) = match kind {
                    IndexKind::Unique => {
                        ("unique ", format!("({columns}) where deleted_at is null"))
                    }
                    IndexKind::Sorted => ("", format!("({columns}, id)")),
                    IndexKind::Members | IndexKind::Trigrams => (
                        "",
                        format!("using gin ({columns}) with (gin_pending_list_limit = {PENDING})"),
                    ),
                };
                format!(
                    "create {unique}index {} on {schema}.{} {how}",
                    q(name),
                    q(table)
                )
            }
            Self::CreateLink { name, from, to } => {
                let link_key = names::link_key_name(name);
                let name = q(name);
                format!(
                    "create table {schema}.{name} (
                         from_id uuid not null references {schema}.{} on delete cascade,
                         to_id uuid not null constraint {} references {schema}.{} on delete cascade,
                         primary key (from_id, to_id));
                     create index on {schema}.{name} (to_id, from_id)",
                    q(from),
                    q(&link_key),
                    q(to)
                )
            }
            Self::AddForeignKey {
                table,
                name,
                column,
                to,
                on_delete,
            } => {
                let action = match on_delete {
                    OnDelete::SetNull => "set null",
                    OnDelete::Restrict => "restrict",
                    OnDelete::Cascade => "cascade",
                };
                format!(
                    "alter table {schema}.{} add constraint {} foreign key ({}) references {schema}.{} (id) on delete {action}",
                    q(table),
                    q(name),
                    q(column),
                    q(to)
                )
            }
        }
    }
}

/// `INV-` and the sequence's next value with at least so many digits.
fn next_number(schema: Quoted<'_>, sequence: &SqlName, numbering: &Numbering) -> String {
    let sequence = format!("{schema}.{}", Quoted(sequence.as_str()));
    let form = format!(
        "FM{}{}",
        "9".repeat(18 - numbering.digits),
        "0".repeat(numbering.digits)
    );
    format!(
        "({} || to_char(nextval({}::regclass), {}) || {})",
        Literal(&numbering.prefix),
        Literal(&sequence),
        Literal(&form),
        Literal(&numbering.suffix)
    )
}

/// Room for a row or two that change: the new version of a row goes beside the old one, and where no indexed value differs, no
/// index is touched. In full pages every first change touches them all.
const FILL_FACTOR: &str = "with (fillfactor = 95)";

/// The name of the sequence that numbers a column.
pub(super) fn sequence_name(table: &SqlName, column: &SqlName) -> SqlName {
    SqlName::join(&[table.as_str(), column.as_str(), "seq"])
}

fn declarations(columns: &[Column]) -> String {
    let columns: Vec<String> = columns.iter().map(declaration).collect();
    columns.join(", ")
}

fn declaration(column: &Column) -> String {
    let not_null = if column.not_null { " not null" } else { "" };
    format!(
        "{} {}{not_null}",
        Quoted(column.name.as_str()),
        column.column_type.declared()
    )
}
