//! What its caller has a change of a model do in the same transaction.

use sqlx::PgConnection;
use std::future::Future;
use tessera_error::Result;

/// How the transaction of a change ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Commit,
    /// The change was only tried: everything stays as it was, and nobody is notified.
    Rollback,
}

/// The caller's part of a change's transaction.
pub trait BeforeCommit: Sync {
    /// Runs when everything else is done, and says how the transaction ends.
    ///
    /// # Errors
    /// Undo the change.
    fn run(&self, connection: &mut PgConnection) -> impl Future<Output = Result<Ending>> + Send;
}

/// For a change that no request asked for.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl BeforeCommit for Nothing {
    async fn run(&self, _: &mut PgConnection) -> Result<Ending> {
        Ok(Ending::Commit)
    }
}
