//! `_events.change_id` for tenants whose events had none: those of servers of the version before, which may go on making such
//! tenants while they run beside this one.

use sqlx::{AssertSqlSafe, PgPool};
use std::time::Duration;
use tessera_compiler::sql::Quoted;
use tessera_compiler::tenant::SchemaName;
use tessera_error::{Error, Result};
use tessera_postgres::failure::Failure;
use tessera_schema::ident::TenantId;

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
