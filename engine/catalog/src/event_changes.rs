//! `_events.change_id` and its index, for tenants whose events had none: those of servers of the version before, which may go on
//! making such tenants while they run beside this one.

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use std::time::Duration;
use tessera_compiler::sql::Quoted;
use tessera_compiler::tenant::{SchemaName, Tenant};
use tessera_error::{Error, Result};
use tessera_postgres::failure::Failure;
use tessera_schema::ident::TenantId;

use crate::models::Models;
use crate::unfinished::Unfinished;

/// How often the column is tried to be added where traffic holds the table, each time for [`PATIENCE`].
const TRIES: u32 = 20;
const PATIENCE: &str = "set local lock_timeout = '500ms'";
const PAUSE: Duration = Duration::from_millis(200);

/// The statement that makes the index; `how` is `concurrently` or nothing.
pub(crate) fn index(schema: &SchemaName, how: &str) -> String {
    let schema = Quoted(schema.as_str());
    format!("create index {how} _events_change on {schema}._events (change_id)")
}

/// Adds the column where the tenant's events have none. Statements on a tenant's records need it, so it is there before its model
/// is first served. Postgres only notes it in its catalog, however many events there are.
pub(crate) async fn add_column(pool: &PgPool, tenant: TenantId) -> Result<()> {
    let schema = SchemaName::of(tenant);
    let events = format!("{}._events", Quoted(schema.as_str()));
    let missing: bool = sqlx::query_scalar(
        "select coalesce(to_regclass($1) is not null and not exists (select from pg_attribute \
         where attrelid = to_regclass($1) and attname = 'change_id'), false)",
    )
    .bind(&events)
    .fetch_one(pool)
    .await?;
    if !missing {
        return Ok(());
    }
    let add = format!(
        "begin; {PATIENCE}; alter table {events} add column if not exists change_id uuid; commit"
    );
    for attempt in 1.. {
        let mut connection = pool.acquire().await?;
        let added = sqlx::raw_sql(AssertSqlSafe(add.clone())).execute(&mut *connection);
        let Err(error) = added.await else { break };
        sqlx::raw_sql("rollback").execute(&mut *connection).await?;
        let failure = Failure::from(error);
        if failure.state() != Some("55P03") || attempt >= TRIES {
            return Err(Error::from(failure));
        }
        drop(connection);
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

impl Models {
    /// Makes the index where it is missing, tenant by tenant. Records are read and written meanwhile. Where another server is at
    /// it already, it is left alone.
    ///
    /// # Errors
    /// The tenants for which that failed. The others' indexes are made all the same.
    pub async fn make_change_indexes(&self, tenants: Vec<Tenant>) -> Result<()> {
        // The lock and the missing time limit belong to the connection, so it is not given back.
        let mut connection = self.pool().acquire().await?.detach();
        sqlx::query("set statement_timeout = 0")
            .execute(&mut connection)
            .await?;
        let mut unfinished = Unfinished::default();
        if sqlx::query_scalar("select pg_try_advisory_lock(hashtext('tessera change indexes'))")
            .fetch_one(&mut connection)
            .await?
        {
            for tenant in tenants {
                if let Err(error) = self.index_changes(&mut connection, &tenant).await {
                    unfinished.note(&tenant, &error);
                    // Without the connection it would fail for all others too.
                    connection.ping().await?;
                }
            }
        }
        connection.close().await?;
        unfinished.check()
    }

    async fn index_changes(&self, connection: &mut PgConnection, tenant: &Tenant) -> Result<()> {
        let done: Option<bool> =
            sqlx::query_scalar("select changes_indexed from platform.tenants where id = $1")
                .bind(tenant.id.0)
                .fetch_optional(&mut *connection)
                .await?;
        // A tenant that has gone meanwhile needs no index.
        if done != Some(false) {
            return Ok(());
        }
        add_column(self.pool(), tenant.id).await?;
        // One that was begun and cut off is there, but of no use.
        let drop = format!(
            "drop index concurrently if exists {}._events_change",
            Quoted(tenant.schema.as_str())
        );
        for text in [drop, index(&tenant.schema, "concurrently")] {
            sqlx::raw_sql(AssertSqlSafe(text))
                .execute(&mut *connection)
                .await?;
        }
        sqlx::query("update platform.tenants set changes_indexed = true where id = $1")
            .bind(tenant.id.0)
            .execute(connection)
            .await?;
        tracing::info!(tenant = %tenant.slug, "the index of changes was made");
        Ok(())
    }
}
