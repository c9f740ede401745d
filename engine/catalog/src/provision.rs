//! What every tenant's schema begins with: the tables the platform itself keeps there.
//!
//! Their names begin with an underscore, which no object's does.

use sqlx::{AssertSqlSafe, PgConnection};
use tessera_compiler::sql::Quoted;
use tessera_compiler::tenant::{SchemaName, Tenant};
use tessera_error::Result;
use tessera_schema::ident::UserId;

use crate::{builtin, event_changes, trigrams};

/// Makes the tenant's schema with its own tables and the module every tenant starts with. Runs in the caller's transaction,
/// which acts for the tenant.
pub async fn create_schema(connection: &mut PgConnection, tenant: &Tenant) -> Result<()> {
    let schema = Quoted(tenant.schema.as_str());
    let text = format!(
        "create schema {schema};

         -- One row: the version of the model, which every statement checks against the one it was made for.
         create table {schema}._model (version bigint not null);
         insert into {schema}._model (version) values (0);

         -- What records need to know of the tenant's members.
         create table {schema}._users (
             id uuid primary key,
             created_at timestamptz not null default now(),
             updated_at timestamptz not null default now(),
             created_by uuid,
             updated_by uuid,
             deleted_at timestamptz,
             version int not null default 1,
             name text not null,
             email text not null
         );

         -- Append-only: every change of a record, written by the statement that made it.
         create table {schema}._events (
             seq bigint generated always as identity primary key,
             change_id uuid,
             xid xid8 not null default pg_current_xact_id(),
             at timestamptz not null default now(),
             actor uuid not null,
             object text not null,
             record_id uuid not null,
             action text not null,
             before json,
             after json
         );
         create index _events_record on {schema}._events (record_id, seq);
         {};",
        event_changes::index(&tenant.schema, "")
    );
    sqlx::raw_sql(AssertSqlSafe(text))
        .execute(&mut *connection)
        .await?;
    builtin::enable_first(connection, tenant).await?;
    sqlx::query(
        "update platform.tenants set search_indexed = $2, indexes_collated = true, changes_indexed = true where id = $1",
    )
    .bind(tenant.id.0)
    .bind(trigrams::find(connection).await?.is_some())
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes a member known inside the tenant's schema, where records may point at it. Idempotent.
pub async fn admit_user(
    connection: &mut PgConnection,
    schema: &SchemaName,
    user: UserId,
    email: &str,
    name: &str,
) -> Result<()> {
    let text = format!(
        "insert into {}._users (id, email, name) values ($1, $2, $3)
         on conflict (id) do update set email = excluded.email, name = excluded.name, deleted_at = null",
        Quoted(schema.as_str())
    );
    sqlx::query(AssertSqlSafe(text))
        .bind(user.0)
        .bind(email)
        .bind(name)
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps a member that has left from being offered to new records. Records that point at them go on doing so.
pub async fn dismiss_user(
    connection: &mut PgConnection,
    schema: &SchemaName,
    user: UserId,
) -> Result<()> {
    let text = format!(
        "update {}._users set deleted_at = now() where id = $1 and deleted_at is null",
        Quoted(schema.as_str())
    );
    sqlx::query(AssertSqlSafe(text))
        .bind(user.0)
        .execute(connection)
        .await?;
    Ok(())
}
