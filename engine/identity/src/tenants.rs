//! Making and listing tenants.

use sqlx::{PgConnection, PgPool};
use tessera_catalog::provision;
use tessera_compiler::tenant::{SchemaName, Tenant};
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::ident::TenantId;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use super::validation::Checks;
use super::{Identity, roles};

impl Identity {
    /// Makes a tenant that nobody belongs to yet.
    pub async fn create_tenant(&self, slug: &str, name: &str) -> Result<Tenant> {
        let mut checks = Checks::default();
        checks.slug("slug", slug);
        checks.name("name", name);
        checks.finish()?;
        let tenant = new_tenant(slug, name);
        let mut transaction = database::begin_for(&self.pool, tenant.id).await?;
        if !found(&mut transaction, &tenant).await? {
            return Err(UserError::Conflict(vec![slug_taken("slug")]).into());
        }
        transaction.commit().await?;
        Ok(tenant)
    }

    /// Every tenant, by slug.
    pub async fn list_tenants(&self) -> Result<Vec<Tenant>> {
        let rows: Vec<(Uuid, String, String)> =
            sqlx::query_as("select id, slug, name from platform.tenants order by slug")
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().map(from_row).collect())
    }
}

/// A tenant that is not stored yet.
pub(super) fn new_tenant(slug: &str, name: &str) -> Tenant {
    from_row((Uuid::now_v7(), slug.to_owned(), name.to_owned()))
}

fn from_row((id, slug, name): (Uuid, String, String)) -> Tenant {
    let id = TenantId(id);
    Tenant {
        id,
        slug,
        name,
        schema: SchemaName::of(id),
    }
}

pub(super) async fn find(pool: &PgPool, slug: &str) -> Result<Option<Tenant>> {
    let row = sqlx::query_as("select id, slug, name from platform.tenants where slug = $1")
        .bind(slug)
        .fetch_optional(pool)
        .await?;
    Ok(row.map(from_row))
}

pub(super) async fn find_by_id(
    connection: &mut PgConnection,
    id: TenantId,
) -> Result<Option<Tenant>> {
    let row = sqlx::query_as("select id, slug, name from platform.tenants where id = $1")
        .bind(id.0)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(from_row))
}

/// Stores a tenant with its schema and its first roles, in a transaction that acts for it. False where the slug is taken.
pub(super) async fn found(connection: &mut PgConnection, tenant: &Tenant) -> Result<bool> {
    let inserted = sqlx::query(
        "insert into platform.tenants (id, slug, name, schema_name) values ($1, $2, $3, $4) \
         on conflict (slug) do nothing",
    )
    .bind(tenant.id.0)
    .bind(&tenant.slug)
    .bind(&tenant.name)
    .bind(tenant.schema.as_str())
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    provision::create_schema(connection, tenant).await?;
    roles::provide(connection, tenant.id).await?;
    Ok(true)
}

pub(super) fn slug_taken(key: &str) -> Violation {
    Violation::new(
        Pointer::root().key(key),
        "unique",
        "another tenant has this name already",
    )
}
