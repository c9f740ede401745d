//! The index of `_events.change_id`, made in the background where a tenant has none.

use sqlx::{AssertSqlSafe, PgConnection};
use tessera_compiler::sql::Quoted;
use tessera_compiler::tenant::Tenant;
use tessera_error::Result;

use crate::event_changes::{add_column, index};
use crate::models::Models;
use crate::upkeep::Upkeep;

struct ChangeIndexes;

impl Models {
    /// Makes the index for each tenant that has none. Records are read and written meanwhile.
    ///
    /// # Errors
    /// The tenants for which that failed. The others' indexes are made all the same.
    pub async fn make_change_indexes(&self, tenants: Vec<Tenant>) -> Result<()> {
        self.keep_up(&ChangeIndexes, tenants).await
    }
}

impl Upkeep for ChangeIndexes {
    const NAME: &'static str = "change indexes";
    const DONE: &'static str = "changes_indexed";

    async fn run(
        &self,
        models: &Models,
        connection: &mut PgConnection,
        tenant: &Tenant,
    ) -> Result<()> {
        add_column(models.pool(), tenant.id).await?;
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
        Ok(())
    }
}
