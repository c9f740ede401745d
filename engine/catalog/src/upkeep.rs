//! Work that is done once for each tenant in the background, for tenants made by servers of the version before.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tessera_compiler::tenant::Tenant;
use tessera_error::Result;

use crate::models::Models;
use crate::unfinished::Unfinished;

/// The work for one tenant. Records are read and written meanwhile.
pub(crate) trait Upkeep: Sync {
    /// The name of the work, in the log and of the lock under which one server at a time does it.
    const NAME: &'static str;
    /// The column of `platform.tenants` that says that it is done.
    const DONE: &'static str;

    fn run(
        &self,
        models: &Models,
        connection: &mut PgConnection,
        tenant: &Tenant,
    ) -> impl Future<Output = Result<()>> + Send;
}

impl Models {
    /// Does the work for each tenant that it is not done for. Where another server is at it already, it is left alone.
    ///
    /// # Errors
    /// The tenants for which it failed. It is done for the others all the same.
    pub(crate) async fn keep_up<U: Upkeep>(&self, work: &U, tenants: Vec<Tenant>) -> Result<()> {
        // The lock and the missing time limits belong to the connection, so it is not given back.
        let mut connection = self.pool().acquire().await?.detach();
        sqlx::raw_sql("set statement_timeout = 0; set lock_timeout = 0")
            .execute(&mut connection)
            .await?;
        let alone: bool = sqlx::query_scalar("select pg_try_advisory_lock(hashtext($1))")
            .bind(format!("tessera {}", U::NAME))
            .fetch_one(&mut connection)
            .await?;
        let mut unfinished = Unfinished::default();
        for tenant in tenants.iter().filter(|_| alone) {
            if let Err(error) = self.keep_up_one(work, &mut connection, tenant).await {
                unfinished.note(tenant, &error);
                // Without the connection it would fail for all others too.
                connection.ping().await?;
            }
        }
        connection.close().await?;
        unfinished.check()
    }

    async fn keep_up_one<U: Upkeep>(
        &self,
        work: &U,
        connection: &mut PgConnection,
        tenant: &Tenant,
    ) -> Result<()> {
        let ask = format!("select {} from platform.tenants where id = $1", U::DONE);
        let done: Option<bool> = sqlx::query_scalar(AssertSqlSafe(ask))
            .bind(tenant.id.0)
            .fetch_optional(&mut *connection)
            .await?;
        // A tenant that has gone meanwhile needs nothing.
        if done != Some(false) {
            return Ok(());
        }
        work.run(self, connection, tenant).await?;
        let note = format!(
            "update platform.tenants set {} = true where id = $1",
            U::DONE
        );
        sqlx::query(AssertSqlSafe(note))
            .bind(tenant.id.0)
            .execute(connection)
            .await?;
        tracing::info!(tenant = %tenant.slug, work = U::NAME, "a tenant was brought up to date");
        Ok(())
    }
}
