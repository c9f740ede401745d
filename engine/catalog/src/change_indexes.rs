//! The index of `_events.change_id`, made in the background where a tenant has none.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tessera_compiler::sql::Quoted;
use tessera_compiler::tenant::Tenant;
use tessera_error::Result;

use crate::event_changes::{add_column, index};
use crate::models::Models;
use crate::unfinished::Unfinished;

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
