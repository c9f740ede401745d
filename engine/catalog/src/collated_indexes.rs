//! The indexes on texts, for tenants whose indexes were sorted by bytes. Later changes of a model bring their own.

use sqlx::{AssertSqlSafe, PgConnection};
use std::time::Duration;
use tessera_compiler::names;
use tessera_compiler::sql::{self, Quoted};
use tessera_compiler::tenant::Tenant;
use tessera_error::Result;
use tessera_postgres::failure::Failure;
use tessera_schema::column::{Collation, SqlName};

use crate::models::Models;
use crate::step::Step;
use crate::upkeep::Upkeep;
use crate::{migration, store};

/// How often an index is tried to be put in the place of the old one, where traffic holds the table.
const TRIES: u32 = 20;

struct CollatedIndexes;

impl Models {
    /// Makes the indexes again. Records are read and written meanwhile: each index is made beside the old one and takes its place.
    ///
    /// # Errors
    /// The tenants for which that failed. The others' indexes are made all the same.
    pub async fn make_collated_indexes(&self, tenants: Vec<Tenant>) -> Result<()> {
        self.keep_up(&CollatedIndexes, tenants).await
    }
}

impl Upkeep for CollatedIndexes {
    const NAME: &'static str = "collated indexes";
    const DONE: &'static str = "indexes_collated";

    async fn run(
        &self,
        models: &Models,
        connection: &mut PgConnection,
        tenant: &Tenant,
    ) -> Result<()> {
        drop_leftovers(connection, tenant).await?;
        let snapshot =
            store::load(models.pool(), models.types(), models.cursors(), tenant.id).await?;
        for step in migration::collated_indexes(snapshot.whole()) {
            match remake(connection, tenant, step).await {
                Ok(()) => {}
                // The table, the column or the old index has gone meanwhile, with whoever changed the field.
                Err(failure)
                    if matches!(failure.state(), Some("42P01" | "42703" | "42704" | "42P07")) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(())
    }
}

/// Drops what a server that died has left beside indexes: no model names it, and a unique one would go on being enforced.
async fn drop_leftovers(connection: &mut PgConnection, tenant: &Tenant) -> Result<(), Failure> {
    let schema = tenant.schema.as_str();
    let left: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace \
         where n.nspname = $1 and c.relkind = 'i' and starts_with(c.relname::text, $2)",
    )
    .bind(schema)
    .bind(names::BESIDE)
    .fetch_all(&mut *connection)
    .await?;
    for name in left {
        drop_index(connection, schema, &name).await?;
    }
    Ok(())
}

async fn drop_index(
    connection: &mut PgConnection,
    schema: &str,
    name: &str,
) -> Result<(), Failure> {
    let drop = format!(
        "drop index concurrently if exists {}.{}",
        Quoted(schema),
        Quoted(name)
    );
    sqlx::raw_sql(AssertSqlSafe(drop))
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether the index of that name has that collation already, from an earlier try.
async fn is_collated(
    connection: &mut PgConnection,
    tenant: &Tenant,
    name: &SqlName,
    collation: Collation,
) -> Result<bool, Failure> {
    let found = sqlx::query_scalar(
        "select exists (select from pg_index where indexrelid = to_regclass($1) \
         and indisvalid and to_regcollation($2) = any(indcollation))",
    )
    .bind(format!(
        "{}.{}",
        Quoted(tenant.schema.as_str()),
        Quoted(name.as_str())
    ))
    .bind(sql::collation_name(collation))
    .fetch_one(connection)
    .await?;
    Ok(found)
}

/// Makes an index beside the one of its name, and puts it in its place.
async fn remake(connection: &mut PgConnection, tenant: &Tenant, step: Step) -> Result<(), Failure> {
    let Step::CreateIndex {
        table,
        name,
        columns,
        kind,
    } = step
    else {
        return Ok(());
    };
    if let Some(collation) = columns.iter().find_map(|indexed| indexed.collation)
        && is_collated(connection, tenant, &name, collation).await?
    {
        return Ok(());
    }
    let schema = Quoted(tenant.schema.as_str());
    let beside = names::beside(&name);
    let (old, new) = (Quoted(name.as_str()), Quoted(beside.as_str()));
    let step = Step::CreateIndex {
        table,
        name: beside.clone(),
        columns,
        kind,
    };
    let create = step
        .text(&tenant.schema, None)
        .replacen("index ", "index concurrently ", 1);
    sqlx::raw_sql(AssertSqlSafe(create))
        .execute(&mut *connection)
        .await?;
    let replace = format!(
        "begin; set local lock_timeout = '1s'; drop index {schema}.{old};
         alter index {schema}.{new} rename to {old}; commit"
    );
    for attempt in 1.. {
        let replaced = sqlx::raw_sql(AssertSqlSafe(replace.clone()))
            .execute(&mut *connection)
            .await;
        let Err(error) = replaced else {
            return Ok(());
        };
        sqlx::raw_sql("rollback").execute(&mut *connection).await?;
        let failure = Failure::from(error);
        if failure.state() != Some("55P03") || attempt >= TRIES {
            drop_index(connection, tenant.schema.as_str(), beside.as_str()).await?;
            return Err(failure);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    unreachable!("the last try returns")
}
