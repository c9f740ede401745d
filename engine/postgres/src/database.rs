//! Connections to Postgres, and transactions that act for a tenant.
//!
//! Row-level security binds every platform table with a `tenant_id`: outside a transaction from [`begin_for`]
//! such a table looks empty.

mod address;
mod unreachable;

use log::LevelFilter;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{PgConnection, PgTransaction};
use std::time::Duration;
use tessera_schema::ident::{TenantId, UserId};

use sqlx::Result;

pub use address::connect_options;
pub use unreachable::{Place, Unreachable};

/// How many statements a connection keeps prepared, at about 30 KB each in the Postgres process: they are made from tenants'
/// models, so there are many more than sqlx's default of 100.
const PREPARED_STATEMENTS: usize = 500;
/// No statement of a request or of a change runs longer.
const STATEMENT_TIMEOUT: &str = "30s";
/// How like a typed word another must be to be found for it, from 0 to 1: one letter wrong, missing or swapped.
const LIKENESS: &str = "0.4";
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How old a connection of the pool becomes. Its process is not measured as those of lanes are, so age alone bounds the memory
/// that long statements leave in it.
const LIFETIME: Duration = Duration::from_mins(30);

/// How every connection is set up.
///
/// The values that queries print as text depend on it: UTC and ISO dates (which sqlx asks for itself), ISO 8601
/// intervals, and the shortest exact form of floats.
fn configured(server: PgConnectOptions) -> PgConnectOptions {
    server
        .application_name("tessera")
        // sqlx logs whole texts: that is for whoever asks for each statement.
        .log_slow_statements(LevelFilter::Debug, Duration::from_secs(1))
        .statement_cache_capacity(PREPARED_STATEMENTS)
        .extra_float_digits(1)
        .options([
            ("intervalstyle", "iso_8601"),
            ("statement_timeout", STATEMENT_TIMEOUT),
            ("pg_trgm.word_similarity_threshold", LIKENESS),
        ])
}

/// A pool on a server, with one connection open already.
///
/// # Errors
/// Why the server cannot be reached, at once.
pub async fn connect(
    server: PgConnectOptions,
    max_connections: u32,
) -> std::result::Result<PgPool, Unreachable> {
    let server = configured(server);
    unreachable::probe(&server).await?;
    PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .max_lifetime(LIFETIME)
        // A ping costs as much as a primary-key read; a connection that died shows in its next statement.
        .test_before_acquire(false)
        .connect_with(server.clone())
        .await
        .map_err(|error| unreachable::reason(error, &server))
}

/// Makes every transaction of a connection one that cannot write.
#[must_use]
pub fn read_only(server: PgConnectOptions) -> PgConnectOptions {
    server.options([("default_transaction_read_only", "on")])
}

/// A transaction that sees and writes the rows of one tenant.
pub async fn begin_for(pool: &PgPool, tenant: TenantId) -> Result<PgTransaction<'static>> {
    let mut transaction = pool.begin().await?;
    act_for_tenant(&mut transaction, tenant).await?;
    Ok(transaction)
}

/// A transaction that sees which tenants a user belongs to, before one of them is chosen.
pub async fn begin_for_user(pool: &PgPool, user: UserId) -> Result<PgTransaction<'static>> {
    let mut transaction = pool.begin().await?;
    act_for_user(&mut transaction, user).await?;
    Ok(transaction)
}

/// Lets the rest of an open transaction see and end what is a user's own.
pub async fn act_for_user(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query("select set_config('tessera.user_id', $1, true)")
        .bind(user.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets the rest of an open transaction act for a tenant.
pub async fn act_for_tenant(connection: &mut PgConnection, tenant: TenantId) -> Result<()> {
    sqlx::query("select set_config('tessera.tenant_id', $1, true)")
        .bind(tenant.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets the rest of an open transaction act for a member of a tenant.
pub async fn act_for_member(
    connection: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
) -> Result<()> {
    sqlx::query(
        "select set_config('tessera.tenant_id', $1, true), set_config('tessera.user_id', $2, true)",
    )
    .bind(tenant.to_string())
    .bind(user.to_string())
    .execute(connection)
    .await?;
    Ok(())
}
