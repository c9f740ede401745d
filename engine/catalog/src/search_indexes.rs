//! The indexes of searchable fields, for tenants whose fields were searchable before there were such indexes, or before the
//! extension was there. Later changes of a model bring their own.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tessera_compiler::sql::Quoted;
use tessera_compiler::tenant::Tenant;
use tessera_compiler::trigrams::Trigrams;
use tessera_error::Result;
use tessera_postgres::failure::Failure;

use crate::models::Models;
use crate::step::Step;
use crate::trigrams;
use crate::unfinished::Unfinished;
use crate::{plan, store};

impl Models {
    /// Makes what is missing, tenant by tenant. Nobody waits: records are read and written meanwhile, and where another server
    /// is at it already, it is left alone.
    ///
    /// # Errors
    /// The tenants for which that failed. The others' indexes are made all the same.
    pub async fn make_search_indexes(&self, tenants: Vec<Tenant>) -> Result<()> {
        // The lock and the missing time limit belong to the connection, so it is not given back.
        let mut connection = self.pool().acquire().await?.detach();
        sqlx::query("set statement_timeout = 0")
            .execute(&mut connection)
            .await?;
        let mut unfinished = Unfinished::default();
        if let Some(trigrams) = trigrams::find(&mut connection).await?
            && sqlx::query_scalar("select pg_try_advisory_lock(hashtext('tessera search indexes'))")
                .fetch_one(&mut connection)
                .await?
        {
            for tenant in tenants {
                if let Err(error) = self.make_for(&mut connection, &tenant, &trigrams).await {
                    unfinished.note(&tenant, &error);
                    // Without the connection it would fail for all others too.
                    connection.ping().await?;
                }
            }
        }
        connection.close().await?;
        unfinished.check()
    }

    async fn make_for(
        &self,
        connection: &mut PgConnection,
        tenant: &Tenant,
        trigrams: &Trigrams,
    ) -> Result<()> {
        let done: Option<bool> =
            sqlx::query_scalar("select search_indexed from platform.tenants where id = $1")
                .bind(tenant.id.0)
                .fetch_optional(&mut *connection)
                .await?;
        // A tenant that has gone meanwhile needs no indexes.
        if done != Some(false) {
            return Ok(());
        }
        let snapshot = store::load(self.pool(), self.types(), self.cursors(), tenant.id).await?;
        for step in plan::search_indexes(&snapshot.model) {
            let Step::CreateIndex { name, .. } = &step else {
                continue;
            };
            let name = format!(
                "{}.{}",
                Quoted(tenant.schema.as_str()),
                Quoted(name.as_str())
            );
            let valid: Option<bool> = sqlx::query_scalar(
                "select indisvalid from pg_index where indexrelid = to_regclass($1)",
            )
            .bind(&name)
            .fetch_optional(&mut *connection)
            .await?;
            if valid == Some(true) {
                continue;
            }
            // One that was begun and cut off is there, but of no use.
            let drop = format!("drop index concurrently if exists {name}");
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
