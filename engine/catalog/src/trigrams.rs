//! The extension `pg_trgm`: trigram indexes on searchable fields, which serve `ilike` and search, and forgive typing mistakes.
//!
//! It holds no rows, and is the same on every server that a tenant can be moved to. Where it may not be created, the same
//! requests work without: they scan, and typing mistakes find nothing.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use tessera_compiler::sql::Quoted;
use tessera_compiler::trigrams::Trigrams;
use tessera_error::Result;
use tessera_postgres::failure::Failure;

/// Where the extension is put. One that is there already is used where it is.
const SCHEMA: &str = "extensions";

/// What it means where the extension is missing, and what helps.
pub const MISSING: &str = "the extension pg_trgm is not in this database, and this role may not create it: search and ilike scan whole \
     tables, and typing mistakes are not forgiven. Have an administrator run `create extension pg_trgm`, then restart";

/// The extension, if it is there and this role may use it. Its schema becomes part of statements, so only a plain name will do.
pub async fn find(connection: &mut PgConnection) -> Result<Option<Trigrams>> {
    let schema: Option<String> = sqlx::query_scalar(
        "select n.nspname::text from pg_catalog.pg_extension e
         join pg_catalog.pg_namespace n on n.oid = e.extnamespace
         where e.extname = 'pg_trgm' and n.nspname ~ '^[a-z_][a-z0-9_]*$'
             and pg_catalog.has_schema_privilege(n.oid, 'usage')",
    )
    .fetch_optional(connection)
    .await?;
    Ok(schema.as_deref().map(Trigrams::in_schema))
}

/// Creates the extension where that is possible, and says so where it is not. Safe with several servers starting at once.
pub async fn provide(pool: &PgPool) -> Result<()> {
    let mut transaction = pool.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(hashtext('tessera pg_trgm'))")
        .execute(&mut *transaction)
        .await?;
    if find(&mut transaction).await?.is_some() {
        transaction.commit().await?;
        return Ok(());
    }
    let schema = Quoted(SCHEMA);
    // A role that may use neither is not asked to own either.
    let text = format!(
        "create schema if not exists {schema}; create extension if not exists pg_trgm with schema {schema}"
    );
    let created = sqlx::raw_sql(AssertSqlSafe(text))
        .execute(&mut *transaction)
        .await
        .map_err(Failure::from);
    match created {
        // It may be there but out of this role's reach.
        Ok(_) if find(&mut transaction).await?.is_some() => {
            transaction.commit().await?;
            return Ok(());
        }
        Ok(_) => tracing::warn!("{MISSING}"),
        Err(Failure::Refused(refusal)) => tracing::warn!(%refusal, "{MISSING}"),
        Err(error) => return Err(error.into()),
    }
    transaction.rollback().await?;
    // Whatever indexes there were went with the extension.
    sqlx::query("update platform.tenants set search_indexed = false where search_indexed")
        .execute(pool)
        .await?;
    Ok(())
}
