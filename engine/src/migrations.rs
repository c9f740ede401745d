//! The platform's own tables, brought up to date, or only looked at.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgPool;
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;
use tessera_catalog::trigrams;
use tessera_error::{Error, InternalError, Result};

/// How far the platform's tables of a database are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Migrated {
    /// There are none.
    Not,
    /// Migrations of this version are missing: their numbers.
    Behind(Vec<i64>),
    Fully,
}

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("../migrations");
    // A plain role may not write to `public`, where sqlx would keep its records.
    migrator.create_schema("platform");
    migrator.dangerous_set_table_name("platform.migrations");
    // During a rolling upgrade a server of the version before may start on a database that is ahead of it.
    migrator.set_ignore_missing(true);
    migrator
}

/// Brings the platform's tables up to date. Safe with several servers starting at once: one works, the others wait.
pub async fn migrate(pool: &PgPool) -> Result<()> {
    // The lock belongs to the connection, and a failed migration leaves it held: closing lets go of it.
    let mut connection = pool.acquire().await?.detach();
    let outcome = migrator().run_direct(None, &mut connection, false).await;
    connection.close().await?;
    outcome.map_err(|error| match error {
        MigrateError::Execute(error) => error.into(),
        other => Error::from(InternalError::Migration(other)),
    })?;
    trigrams::provide(pool).await
}

/// How far the platform's tables are. Writes nothing.
pub(crate) async fn migrated(connection: &mut PgConnection) -> Result<Migrated> {
    let is_there: bool =
        sqlx::query_scalar("select to_regclass('platform.migrations') is not null")
            .fetch_one(&mut *connection)
            .await?;
    if !is_there {
        return Ok(Migrated::Not);
    }
    let done: Vec<i64> =
        sqlx::query_scalar("select version from platform.migrations where success")
            .fetch_all(connection)
            .await?;
    let done = BTreeSet::from_iter(done);
    let missing: Vec<i64> = migrator()
        .iter()
        .map(|migration| migration.version)
        .filter(|version| !done.contains(version))
        .collect();
    Ok(if done.is_empty() {
        Migrated::Not
    } else if missing.is_empty() {
        Migrated::Fully
    } else {
        Migrated::Behind(missing)
    })
}
