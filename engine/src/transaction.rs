//! Several reads and writes that happen together or not at all, each of them one statement as it would be alone.

use serde_json::{Map, Value as Json};
use sqlx::PgTransaction;
use std::future::Future;
use tessera_schema::ident::TenantId;

use crate::bind::BindContext;
use crate::engine::Engine;
use crate::error::{InternalError, Result};
use crate::idempotency;
use crate::model::snapshot::Snapshot;
use crate::planning::Planning;
use crate::principal::Principal;
use crate::records::{Answer, EstimatePlan, ReadPlan, WritePlan};
use crate::retry;
use crate::run::{self, Place};
use crate::turns::Turn;
use crate::write::lock::Targets;
use crate::write::{Write, Written, constraint};

/// What is done through it is undone unless it is committed. After an error nothing more can be done.
#[derive(Debug)]
pub struct Transaction {
    open: PgTransaction<'static>,
    /// What all of its statements so far had planned.
    planning: Planning,
    /// Dropped after the transaction, whose end gives its connection back.
    _turn: Turn,
}

impl Engine {
    /// Begins a transaction. It holds a connection: nothing else should be asked of the engine before it ends. It waits for
    /// others of the tenant where these are many.
    ///
    /// # Errors
    /// That there are too many, or that the database is away.
    pub async fn begin(&self, tenant: TenantId) -> Result<Transaction> {
        let turn = self.turns.take(tenant).await?;
        Ok(Transaction {
            open: self.pool.begin().await?,
            planning: Planning::default(),
            _turn: turn,
        })
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
        principal: &Principal,
        snapshot: &Snapshot,
        targets: &Targets,
    ) -> Result<()> {
        if targets.is_one() {
            return Ok(());
        }
        let inputs = Map::new();
        let given = BindContext::of_read(&inputs, principal.user);
        let objects = targets.lock_objects(&mut self.open, snapshot).await;
        objects.map_err(|error| constraint::explain_lock(error.into()))?;
        for statement in targets.lock_rows(snapshot) {
            let params = statement.params(&given).ok_or(InternalError::Unbound)?;
            let place = Place::Connection(&mut self.open);
            let outcome = run::rows(place, &statement, params).await;
            outcome.map_err(constraint::explain_lock)?;
        }
        Ok(())
    }

    /// As [`Engine::run_read`].
    pub async fn run_read(
        &mut self,
        principal: &Principal,
        snapshot: &Snapshot,
        plan: &ReadPlan,
        inputs: &Map<String, Json>,
    ) -> Result<Option<Answer>> {
        self.takes(plan.planning())?;
        let place = Place::Connection(&mut self.open);
        plan.run(place, principal, snapshot, inputs).await
    }

    /// As [`Engine::run_estimate`].
    pub async fn run_estimate(
        &mut self,
        principal: &Principal,
        plan: &EstimatePlan,
        inputs: &Map<String, Json>,
    ) -> Result<u64> {
        self.takes(plan.planning())?;
        let place = Place::Connection(&mut self.open);
        plan.run(place, principal, inputs).await
    }

    /// As [`Engine::run_write`]; the write is undone with all others, and not by itself.
    pub async fn run_write(
        &mut self,
        principal: &Principal,
        snapshot: &Snapshot,
        plan: &WritePlan,
        write: &Write,
        inputs: &Map<String, Json>,
    ) -> Result<Option<Written>> {
        self.takes(plan.planning())?;
        let place = Place::Connection(&mut self.open);
        plan.run(place, principal, snapshot, write, inputs).await
    }

    /// Refuses a statement that is one too many for a request.
    fn takes(&mut self, planning: Planning) -> Result<()> {
        self.planning = self.planning.and(planning);
        Ok(self.planning.check_together()?)
    }

    pub async fn commit(mut self) -> Result<()> {
        idempotency::confirm(&mut self.open).await?;
        Ok(self.open.commit().await?)
    }

    pub async fn rollback(self) -> Result<()> {
        Ok(self.open.rollback().await?)
    }
}
