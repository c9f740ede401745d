//! What is in the database beside what the model says should be.

use sqlx::PgPool;
use std::collections::BTreeMap;
use tessera_compiler::snapshot::Snapshot;
use tessera_schema::column::Column;

use super::world::World;

/// A table's columns: their types and whether they may not be null.
type Columns = BTreeMap<String, (String, bool)>;

impl World {
    /// Fails where the tables of the tenant are not just those of its model.
    pub(crate) async fn tables_are_those_of_the_model(&self) {
        let snapshot = self.model().await;
        let mut found = tables(&self.database.pool, snapshot.tenant.schema.as_str()).await;
        for own in ["_events", "_model", "_users"] {
            assert!(found.remove(own).is_some(), "{own} is gone");
        }
        assert_eq!(found, expected(&snapshot));
        self.metadata_is_that_of_the_model(&snapshot).await;
    }

    /// Fails where another server would read another model from the metadata rows.
    async fn metadata_is_that_of_the_model(&self, snapshot: &Snapshot) {
        let elsewhere = self.on_another_server().await.model().await;
        assert_eq!(elsewhere.version, snapshot.version);
        let sources = |snapshot: &Snapshot| -> Vec<_> {
            let objects = snapshot.whole().definitions().into_iter();
            objects
                .map(|object| {
                    (
                        object.source.clone(),
                        object.inverses.keys().cloned().collect::<Vec<_>>(),
                    )
                })
                .collect()
        };
        assert_eq!(sources(&elsewhere), sources(snapshot));
    }
}

pub(crate) async fn tables(pool: &PgPool, schema: &str) -> BTreeMap<String, Columns> {
    let rows: Vec<(String, String, String, bool)> = sqlx::query_as(
        "select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull
         from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = $1::text::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped",
    )
    .bind(schema)
    .fetch_all(pool)
    .await
    .unwrap();
    let mut tables: BTreeMap<String, Columns> = BTreeMap::new();
    for (table, column, column_type, not_null) in rows {
        tables
            .entry(table)
            .or_default()
            .insert(column, (column_type, not_null));
    }
    tables
}

fn expected(snapshot: &Snapshot) -> BTreeMap<String, Columns> {
    let uuid = || ("uuid".to_owned(), true);
    let mut tables = BTreeMap::new();
    for object in snapshot.whole().definitions() {
        let columns = object
            .fields
            .values()
            .flat_map(|field| &field.columns)
            .map(declared);
        tables.insert(object.table.to_string(), columns.collect());
        for field in object.own_fields().filter(|field| field.linked().is_some()) {
            let columns = [("from_id".to_owned(), uuid()), ("to_id".to_owned(), uuid())];
            tables.insert(object.link_table(field).to_string(), columns.into());
        }
    }
    tables
}

/// A column as `format_type` names its type.
fn declared(column: &Column) -> (String, (String, bool)) {
    let declared = column.column_type.declared();
    let in_full = match declared.as_str() {
        "int8" => "bigint",
        "float8" => "double precision",
        "bool" => "boolean",
        "timestamptz" => "timestamp with time zone",
        "time" => "time without time zone",
        other => other,
    };
    (
        column.name.to_string(),
        (in_full.to_owned(), column.not_null),
    )
}
