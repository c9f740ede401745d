//! Filling an object's table in bulk, for seeding: records go in by `COPY`.
//!
//! Values are as valid as anywhere else, since only checked [`Record`]s are taken, and the tables' own constraints hold.
//! But it writes *no events*: nobody learns of these records except by reading them. Requests never come this way.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, PgConnection};
use tessera_catalog::store;
use tessera_compiler::failure;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::sql::{Quoted, input_form};
use tessera_compiler::write::part::GIVEN_TO_NEW;
use tessera_error::{InternalError, Result};
use tessera_schema::access::Right;
use tessera_schema::column::Column;
use tessera_schema::ident::RecordId;
use tessera_schema::object::Object;
use tessera_schema::record::Record;
use uuid::Uuid;

use crate::engine::Engine;
use crate::records;
use crate::request_context::RequestContext;

/// Rows are sent when so many bytes have come together.
const CHUNK: usize = 256 << 10;

/// No request waits for it.
const AS_LONG_AS_IT_TAKES: &str = "set local statement_timeout = 0";

impl Engine {
    /// Puts records into an object's table, all or none, and lets the planner know; the number of them. A record was made
    /// when its id says, if that is a UUID of version 7. Call it inside [`Engine::on_model`].
    ///
    /// # Errors
    /// The first that `records` gives; what a write would be refused for, though not always in the same words.
    ///
    /// # Panics
    /// Where a record has many-to-many links, which are not loaded.
    pub async fn load(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        object: &Object,
        records: impl Iterator<Item = Result<Record>> + Send,
    ) -> Result<u64> {
        let view = snapshot.view(context.principal.roles());
        records::may(&view, object, Right::Create)?;
        let table = format!(
            "{}.{}",
            Quoted(snapshot.tenant.schema.as_str()),
            Quoted(object.table.as_str())
        );
        let mut transaction = self.pool.begin().await?;
        sqlx::raw_sql(AS_LONG_AS_IT_TAKES)
            .execute(&mut *transaction)
            .await?;
        // From here on the table stays as the model has it.
        sqlx::raw_sql(AssertSqlSafe(format!(
            "lock table only {table} in row exclusive mode"
        )))
        .execute(&mut *transaction)
        .await
        .map_err(|error| failure::explain(error.into()))?;
        if store::version(&mut transaction, &snapshot.tenant.schema).await? != snapshot.version {
            return Err(InternalError::ModelChanged.into());
        }
        let loaded = copy(&mut transaction, &table, object, context, records).await?;
        sqlx::raw_sql(AssertSqlSafe(format!("analyze {table}")))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(loaded)
    }
}

async fn copy(
    connection: &mut PgConnection,
    table: &str,
    object: &Object,
    context: &RequestContext,
    records: impl Iterator<Item = Result<Record>> + Send,
) -> Result<u64> {
    // Numbered columns are left to their defaults, which count.
    let columns: Vec<&Column> = object
        .own_fields()
        .flat_map(|field| &field.columns)
        .filter(|column| column.column_type.numbering.is_none())
        .collect();
    let names = GIVEN_TO_NEW
        .into_iter()
        .chain(columns.iter().map(|column| column.name.as_str()));
    let names: Vec<String> = names.map(|name| Quoted(name).to_string()).collect();
    let statement = format!("copy {table} ({}) from stdin", names.join(", "));

    let mut copy = connection.copy_in_raw(&statement).await?;
    let mut rows = Rows {
        actor: context.principal.user.to_string(),
        now: Utc::now(),
        columns,
        text: String::with_capacity(2 * CHUNK),
    };
    for record in records {
        match record {
            Ok(record) => rows.push(&record),
            Err(error) => {
                copy.abort("a record could not be made").await?;
                return Err(error);
            }
        }
        if rows.text.len() >= CHUNK {
            copy.send(rows.text.as_bytes()).await?;
            rows.text.clear();
        }
    }
    copy.send(rows.text.as_bytes()).await?;
    copy.finish()
        .await
        .map_err(|error| failure::explain(error.into()))
}

/// Rows in the text form of `COPY`.
struct Rows<'o> {
    actor: String,
    now: DateTime<Utc>,
    columns: Vec<&'o Column>,
    text: String,
}

impl Rows<'_> {
    fn push(&mut self, record: &Record) {
        assert!(record.links.is_empty(), "links are not loaded");
        let id = record.id.unwrap_or_else(|| RecordId(Uuid::now_v7()));
        let made = made_at(id)
            .unwrap_or(self.now)
            .to_rfc3339_opts(SecondsFormat::Micros, true);
        for value in [&id.to_string(), &made, &made, &self.actor, &self.actor] {
            self.text.push_str(value);
            self.text.push('\t');
        }
        self.text.push('1');
        for column in &self.columns {
            self.text.push('\t');
            let value = record
                .columns
                .get(column.name.as_str())
                .unwrap_or(&Json::Null);
            match input_form(value, &column.column_type) {
                Some(value) => escape(&value, &mut self.text),
                None => self.text.push_str("\\N"),
            }
        }
        self.text.push('\n');
    }
}

/// The time that a UUID of version 7 begins with.
fn made_at(id: RecordId) -> Option<DateTime<Utc>> {
    let (seconds, nanoseconds) =
        id.0.get_timestamp()
            .filter(|_| id.0.get_version_num() == 7)?
            .to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)
}

fn escape(value: &str, into: &mut String) {
    for c in value.chars() {
        match c {
            '\\' => into.push_str("\\\\"),
            '\t' => into.push_str("\\t"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            other => into.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{escape, made_at};
    use tessera_schema::ident::RecordId;
    use uuid::Uuid;

    #[test]
    fn a_value_cannot_end_its_field_or_row() {
        let mut text = String::new();
        escape("a\tb\nc\rd\\N", &mut text);
        assert_eq!(text, "a\\tb\\nc\\rd\\\\N");
    }

    #[test]
    fn an_id_tells_its_time_only_where_it_has_one() {
        let id = "018cc251-f400-7000-8000-000000000001"
            .parse()
            .map(RecordId)
            .unwrap();
        assert_eq!(
            made_at(id).unwrap().to_rfc3339(),
            "2024-01-01T00:00:00+00:00"
        );
        assert_eq!(made_at(RecordId(Uuid::from_u128(1))), None);
    }
}
