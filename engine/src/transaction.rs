//! Several reads and writes that happen together or not at all, each of them one statement as it would be alone.

use serde_json::Map;
use sqlx::{PgConnection, PgTransaction};
use std::future::Future;
use tessera_compiler::bind::BindContext;
use tessera_compiler::cost::Cost;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::lock::Targets;
use tessera_error::Result;
use tessera_postgres::turns::Turn;

use crate::engine::Engine;
use crate::idempotency::Run;
use crate::lock;
use crate::request_context::RequestContext;
use crate::retry;
use crate::run::Place;

/// What is done through it is undone unless it is committed. After an error nothing more can be done.
#[derive(Debug)]
pub struct Transaction {
    open: PgTransaction<'static>,
    /// Of all of its statements so far.
    cost: Cost,
    run: Option<Run>,
    /// Dropped after the transaction, whose end gives its connection back.
    _turn: Turn,
}

impl Engine {
    /// Begins a transaction. It holds a connection: nothing else should be asked of the engine before it ends. It waits for
    /// others of the tenant where these are many.
    ///
    /// # Errors
    /// That there are too many, or that the database is away.
    pub async fn begin(&self, context: &RequestContext) -> Result<Transaction> {
        let turn = self.turns.take(context.principal.tenant).await?;
        Ok(Transaction {
            open: self.pool.begin().await?,
            cost: Cost::default(),
            run: context.run.clone(),
            _turn: turn,
        })
    }

    /// As [`Engine::begin`], for reads that all see the database as it is at the first of them.
    pub(crate) async fn begin_reading(&self, context: &RequestContext) -> Result<Transaction> {
        let mut transaction = self.begin(context).await?;
        sqlx::raw_sql("set transaction isolation level repeatable read, read only")
            .execute(transaction.connection())
            .await?;
        Ok(transaction)
    }

    /// Does `work`, again where it was undone because other writes came in between: a deadlock, or a record made at the same
    /// moment. For work around a [`Transaction`]; a single write sees to it itself.
    pub async fn undisturbed<T, W>(&self, work: impl Fn() -> W) -> Result<T>
    where
        W: Future<Output = Result<T>>,
    {
        retry::until_undisturbed(work).await
    }
}

impl Transaction {
    /// Locks what is about to be written, where that is more than one write. Records that are not there are left out.
    pub async fn lock(
        &mut self,
        context: &RequestContext,
        snapshot: &Snapshot,
        targets: &Targets,
    ) -> Result<()> {
        if targets.is_one() {
            return Ok(());
        }
        let inputs = Map::new();
        let given = BindContext::of_read(&inputs, context.caller());
        lock::targets(targets, &mut self.open, snapshot, &given).await
    }

    /// The place of one more statement, unless it is one too many for a request.
    pub(crate) fn place(&mut self, cost: Cost) -> Result<Place<'_>> {
        self.cost = self.cost.and(cost);
        self.cost.check_together()?;
        Ok(Place::Connection(&mut self.open))
    }

    /// For statements that are not worked out from a query or a write.
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.open
    }

    /// Of all statements so far whose answers are kept.
    #[must_use]
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// Notes that the answers since then are not kept, so that those of other statements may be larger.
    pub const fn forget_answers_since(&mut self, before: Cost) {
        self.cost = self.cost.with_answers_of(before);
    }

    pub async fn commit(mut self) -> Result<()> {
        if let Some(run) = &self.run {
            run.confirm(&mut self.open).await?;
        }
        Ok(self.open.commit().await?)
    }

    /// Commits, unless the work failed or was only tried.
    pub(crate) async fn end<T>(self, done: Result<T>, rollback: bool) -> Result<T> {
        if rollback || done.is_err() {
            self.rollback().await?;
        } else {
            self.commit().await?;
        }
        done
    }

    pub async fn rollback(self) -> Result<()> {
        Ok(self.open.rollback().await?)
    }
}
