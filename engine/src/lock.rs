//! Taking the locks that a write needs before it, in its transaction.

use sqlx::PgConnection;
use std::sync::Arc;
use tessera_compiler::bind::BindContext;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::lock::{ObjectLock, Targets};
use tessera_compiler::write::statement::Lock;
use tessera_compiler::write::{Write, constraint};
use tessera_error::{InternalError, Result};
use tessera_postgres::failure::Failure;
use tessera_schema::access::view::View;

use crate::run::{self, Place};

/// Takes the locks of one write; false where an input does not fit its place.
pub(crate) async fn of_write(
    lock: &Lock,
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    (write, view): (&Write, &(dyn Fn() -> Arc<View> + Sync)),
    given: &BindContext<'_>,
) -> Result<bool> {
    for object in lock.objects(snapshot) {
        take(&object, connection).await?;
    }
    let Some(statement) = &lock.rows else {
        return Ok(true);
    };
    let mut found = None;
    loop {
        let Some(params) = statement.params(given) else {
            return Ok(false);
        };
        let place = Place::Connection(&mut *connection);
        let rows = run::rows(place, statement, params)
            .await
            .map_err(|failure| constraint::explain(failure, snapshot, write, view))?;
        let count: i64 = rows.first().ok_or_else(Failure::no_row)?.get("_count")?;
        if !lock.grows || found.replace(count) == Some(count) {
            return Ok(true);
        }
    }
}

/// Locks what several writes are about.
pub(crate) async fn targets(
    targets: &Targets,
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    given: &BindContext<'_>,
) -> Result<()> {
    for object in targets.lock_objects(snapshot) {
        take(&object, connection).await?;
    }
    for statement in targets.lock_rows(snapshot) {
        let params = statement.params(given).ok_or(InternalError::Unbound)?;
        let place = Place::Connection(&mut *connection);
        let outcome = run::rows(place, &statement, params).await;
        outcome.map_err(constraint::explain_lock)?;
    }
    Ok(())
}

async fn take(lock: &ObjectLock, connection: &mut PgConnection) -> Result<()> {
    sqlx::query(lock.text)
        .bind(&lock.name)
        .execute(connection)
        .await
        .map_err(|error| constraint::explain_lock(error.into()))?;
    Ok(())
}
