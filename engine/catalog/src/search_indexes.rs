//! The indexes of searchable fields, for tenants whose fields were searchable before there were such indexes, or before the
//! extension was there. Later changes of a model bring their own.

use sqlx::{AssertSqlSafe, PgConnection};
use tessera_compiler::sql::Quoted;
use tessera_compiler::tenant::Tenant;
use tessera_compiler::trigrams::Trigrams;
use tessera_error::Result;
use tessera_postgres::failure::Failure;

use crate::models::Models;
use crate::step::Step;
use crate::trigrams;
use crate::upkeep::Upkeep;
use crate::{migration, store};

struct SearchIndexes {
    trigrams: Trigrams,
}

impl Models {
    /// Makes the indexes that are missing. Records are read and written meanwhile.
    ///
    /// # Errors
    /// The tenants for which that failed. The others' indexes are made all the same.
    pub async fn make_search_indexes(&self, tenants: Vec<Tenant>) -> Result<()> {
        let found = trigrams::find(&mut *self.pool().acquire().await?).await?;
        match found {
            Some(trigrams) => self.keep_up(&SearchIndexes { trigrams }, tenants).await,
            None => Ok(()),
        }
    }
}

impl Upkeep for SearchIndexes {
    const NAME: &'static str = "search indexes";
    const DONE: &'static str = "search_indexed";

    async fn run(
        &self,
        models: &Models,
        connection: &mut PgConnection,
        tenant: &Tenant,
    ) -> Result<()> {
        let snapshot =
            store::load(models.pool(), models.types(), models.cursors(), tenant.id).await?;
        for step in migration::search_indexes(snapshot.whole()) {
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
            let text = step.text(&tenant.schema, Some(&self.trigrams));
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
        Ok(())
    }
}
