//! Why stored records stand in the way of a change to their object, in an admin's words.

use sqlx::{AssertSqlSafe, PgConnection};
use tessera_compiler::sql::{self, Literal, Quoted};
use tessera_compiler::tenant::SchemaName;
use tessera_error::{Error, Result, UserError};
use tessera_postgres::failure::{Failure, Refusal};
use tessera_schema::column::SqlName;
use tessera_schema::violation::{Pointer, Violation};

use crate::step::{IndexKind, Step};

const NOT_NULL: &str = "23502";
const UNIQUE: &str = "23505";
const CHECK: &str = "23514";
const FOREIGN_KEY: &str = "23503";
const OUT_OF_RANGE: &str = "22003";
const TOO_LONG_FOR_INDEX: &str = "54000";
const TOO_MANY_COLUMNS: &str = "54011";

/// The most options that a message names.
const MOST_OPTIONS: i64 = 10;

/// The error for the refusal of a change's steps. The connection is in the transaction of the change, as it was before them.
pub(crate) async fn explain(
    connection: &mut PgConnection,
    schema: &SchemaName,
    steps: &[Step],
    failure: Failure,
) -> Error {
    let Some(refusal) = failure.refusal() else {
        return failure.into();
    };
    let found = match refusal.code.as_str() {
        NOT_NULL => records_without_value(connection, schema, steps).await,
        CHECK => options_in_use(connection, schema, steps, refusal).await,
        TOO_LONG_FOR_INDEX => Ok(Some(too_long(steps, refusal))),
        code => Ok(by_code(code)),
    };
    match found {
        Ok(Some((place, code, message))) => {
            UserError::Conflict(vec![Violation::new(place, code, message)]).into()
        }
        Ok(None) => unstorable(failure),
        Err(error) => error,
    }
}

/// The error for a database failure in a change of the model that no rule foresaw: a value or a name that Postgres refuses is
/// still the caller's to mend.
pub(crate) fn unstorable(failure: Failure) -> Error {
    let of_values_or_names = |code: &str| code.starts_with("22") || code.starts_with("42");
    match failure.state() {
        Some(code) if of_values_or_names(code) => {
            tracing::error!(%failure, "a change of the model passed the rules, and the database refused it");
            let message = "the database cannot store a name or a value of this definition";
            UserError::invalid(Pointer::root(), "invalid", message).into()
        }
        _ => failure.into(),
    }
}

/// Whether a table has no room for more columns, those that were dropped included.
pub(crate) fn is_out_of_columns(failure: &Failure) -> bool {
    failure.state() == Some(TOO_MANY_COLUMNS)
}

type Obstacle = (Pointer, &'static str, String);

fn by_code(code: &str) -> Option<Obstacle> {
    let (key, code, message) = match code {
        UNIQUE => (
            "unique",
            "has_duplicates",
            "some records have the same value here",
        ),
        OUT_OF_RANGE => (
            "settings",
            "in_use",
            "some records have a number that would no longer fit",
        ),
        FOREIGN_KEY => (
            "settings",
            "in_use",
            "some records point at something that is not there",
        ),
        TOO_MANY_COLUMNS => (
            "fields",
            "too_many",
            "the object has no room for more columns",
        ),
        _ => return None,
    };
    Some((Pointer::root().key(key), code, message.to_owned()))
}

/// A value that is longer than the index of this change can hold.
fn too_long(steps: &[Step], refusal: &Refusal) -> Obstacle {
    // Postgres names the index where the value is longer than a page of it takes, and not where no index could hold it.
    let named = refusal.constraint.as_deref();
    let is_unique = steps.iter().any(|step| {
        matches!(step, Step::CreateIndex { name, kind: IndexKind::Unique, .. }
            if named.is_none_or(|named| named == name.as_str()))
    });
    let key = if is_unique { "unique" } else { "indexed" };
    let message = "some records have a value that is too long for an index";
    (Pointer::root().key(key), "too_long", message.to_owned())
}

/// The records that have no value in a field that is to be required.
async fn records_without_value(
    connection: &mut PgConnection,
    schema: &SchemaName,
    steps: &[Step],
) -> Result<Option<Obstacle>> {
    let place = Pointer::root().key("required");
    for step in steps {
        match step {
            Step::AddColumn {
                table,
                column,
                fill: None,
            } if column.not_null => {
                let records = count(connection, schema, table, "true").await?;
                let message = format!(
                    "{records} would have no value here: give the new field a default_value"
                );
                return Ok(Some((place, "has_empty", message)));
            }
            Step::SetNotNull {
                table,
                column,
                on: true,
            } => {
                let empty = format!("{} is null", Quoted(column.as_str()));
                let records = count(connection, schema, table, &empty).await?;
                if records.all > 0 {
                    let message = format!("{records} have no value here{}", records.advice());
                    return Ok(Some((place, "has_empty", message)));
                }
            }
            _ => {}
        }
    }
    Ok(None)
}

/// The options that are to go and that records have.
async fn options_in_use(
    connection: &mut PgConnection,
    schema: &SchemaName,
    steps: &[Step],
    refusal: &Refusal,
) -> Result<Option<Obstacle>> {
    let check = steps.iter().find_map(|step| match step {
        Step::AddCheck {
            table,
            name,
            column,
            list,
            one_of,
        } if Some(name.as_str()) == refusal.constraint.as_deref() => {
            Some((table, column, *list, one_of))
        }
        _ => None,
    });
    let Some((table, column, list, one_of)) = check else {
        return Ok(None);
    };
    let column = Quoted(column.as_str());
    let each = if list {
        format!("cross join lateral unnest(t.{column}) as o (option)")
    } else {
        format!("cross join lateral (select t.{column} as option) as o")
    };
    let text = format!(
        "select option, count(*), count(deleted_at) from {}.{} as t {each}
         where option <> all ({}::text[]) group by option order by 2 desc, 1 limit {MOST_OPTIONS}",
        Quoted(schema.as_str()),
        Quoted(table.as_str()),
        Literal(&sql::text_array(one_of)),
    );
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(AssertSqlSafe(text))
        .fetch_all(connection)
        .await?;
    let used: Vec<String> = rows
        .iter()
        .map(|(option, all, in_bin)| {
            let records = Records {
                all: *all,
                in_bin: *in_bin,
            };
            format!("`{option}` ({records})")
        })
        .collect();
    let in_bin = rows.iter().map(|(_, _, in_bin)| in_bin).sum();
    let records = Records { all: 0, in_bin };
    let message = format!(
        "records have options that would go: {}{}",
        used.join(", "),
        records.advice()
    );
    let place = Pointer::root().key("settings").key("options");
    Ok(Some((place, "in_use", message)))
}

/// Records that stand in the way.
struct Records {
    all: i64,
    in_bin: i64,
}

impl Records {
    /// How to see the records in the bin, where there are some.
    fn advice(&self) -> &'static str {
        if self.in_bin > 0 {
            "; `deleted=only` lists those in the bin: restore and change them, or destroy them"
        } else {
            ""
        }
    }
}

impl std::fmt::Display for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let noun = if self.all == 1 { "record" } else { "records" };
        write!(f, "{} {noun}", self.all)?;
        match self.in_bin {
            0 => Ok(()),
            in_bin if in_bin == self.all => f.write_str(" in the bin"),
            in_bin => write!(f, ", {in_bin} of them in the bin"),
        }
    }
}

async fn count(
    connection: &mut PgConnection,
    schema: &SchemaName,
    table: &SqlName,
    condition: &str,
) -> Result<Records> {
    let text = format!(
        "select count(*), count(deleted_at) from {}.{} where {condition}",
        Quoted(schema.as_str()),
        Quoted(table.as_str()),
    );
    let (all, in_bin) = sqlx::query_as(AssertSqlSafe(text))
        .fetch_one(connection)
        .await?;
    Ok(Records { all, in_bin })
}
