//! The indexes of searchable fields, for tenants whose fields were searchable before there were such indexes, or before the
//! extension was there. Later changes of a model bring their own.

use sqlx::{AssertSqlSafe, PgConnection};
use tessera_postgres::failure::Failure;

use crate::error::Result;
use crate::model::models::Models;
use crate::model::step::Step;
use crate::model::trigrams::{self, Trigrams};
use crate::model::{plan, store};
use crate::sql::Quoted;
use crate::tenant::Tenant;

impl Models {
    /// Makes what is missing, tenant by tenant. Nobody waits: records are read and written meanwhile, and where another server
    /// is at it already, it is left alone.
    pub(crate) async fn make_search_indexes(&self, tenants: Vec<Tenant>) -> Result<()> {
        // The lock and the missing time limit belong to the connection, so it is not given back.
        let mut connection = self.pool().acquire().await?.detach();
        sqlx::query("set statement_timeout = 0")
            .execute(&mut connection)
            .await?;
        if let Some(trigrams) = trigrams::find(&mut connection).await?
            && sqlx::query_scalar("select pg_try_advisory_lock(hashtext('tessera search indexes'))")
                .fetch_one(&mut connection)
                .await?
        {
            for tenant in tenants {
                self.make_for(&mut connection, &tenant, &trigrams).await?;
            }
        }
        sqlx::Connection::close(connection).await?;
        Ok(())
    }

    async fn make_for(
        &self,
        connection: &mut PgConnection,
        tenant: &Tenant,
        trigrams: &Trigrams,
    ) -> Result<()> {
        let done: bool =
            sqlx::query_scalar("select search_indexed from platform.tenants where id = $1")
                .bind(tenant.id.0)
                .fetch_one(&mut *connection)
                .await?;
        if done {
            return Ok(());
        }
        let snapshot = store::load(self.pool(), self.types(), self.cursors(), tenant.id).await?;
        for step in plan::search_indexes(&snapshot.model) {
            let Step::CreateIndex { name, .. } = &step else {
                continue;
            };
            // One that was begun and cut off is there, but of no use.
            let drop = format!(
                "drop index concurrently if exists {}.{}",
                Quoted(tenant.schema.as_str()),
                Quoted(name.as_str())
            );
            let text = step.text(&tenant.schema, Some(trigrams));
            let create = text.replacen("create index", "create index concurrently", 1);
            for text in [drop, create] {
                let made = sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *connection);
                match made.await.map_err(Failure::from) {
                    Ok(_) => {}
                    // The table or the column has gone meanwhile, or whoever changed the field has made the index.
                    Err(failure)
                        if matches!(failure.state(), Some("42P01" | "42703" | "42P07")) => {}
                    Err(failure) => return Err(failure.into()),
                }
            }
        }
        sqlx::query("update platform.tenants set search_indexed = true where id = $1")
            .bind(tenant.id.0)
            .execute(connection)
            .await?;
        tracing::info!(tenant = %tenant.slug, "indexes for search were made");
        Ok(())
    }
}
