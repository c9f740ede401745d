//! What its caller has a change of a model do in the same transaction.

use sqlx::PgConnection;
use std::future::Future;
use tessera_error::Result;

/// The caller's part of a change's transaction.
pub trait BeforeCommit: Sync {
    /// Runs when everything else is done.
    ///
    /// # Errors
    /// Undo the change.
    fn run(&self, connection: &mut PgConnection) -> impl Future<Output = Result<()>> + Send;
}

/// For a change that no request asked for.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl BeforeCommit for Nothing {
    async fn run(&self, _: &mut PgConnection) -> Result<()> {
        Ok(())
    }
}
