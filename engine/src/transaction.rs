//! Several reads and writes that happen together or not at all, each of them one statement as it would be alone.

use serde_json::{Map, Value as Json};
use sqlx::PgTransaction;
use std::future::Future;

use crate::engine::Engine;
use crate::error::Result;
use crate::idempotency;
use crate::model::snapshot::Snapshot;
use crate::principal::Principal;
use crate::query::cost::Planning;
use crate::records::{Answer, EstimatePlan, ReadPlan, WritePlan};
use crate::retry;
use crate::run::Place;
use crate::write::{Write, Written};

/// What is done through it is undone unless it is committed. After an error nothing more can be done.
#[derive(Debug)]
pub struct Transaction {
    open: PgTransaction<'static>,
    /// What all of its statements so far had planned.
    planning: Planning,
}

impl Engine {
    /// Begins a transaction. It holds a connection: nothing else should be asked of the engine before it ends.
    pub async fn begin(&self) -> Result<Transaction> {
        Ok(Transaction {
            open: self.pool.begin().await?,
            planning: Planning::default(),
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
