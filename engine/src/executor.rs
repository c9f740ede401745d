//! Runs plans: each statement by itself on a lane of the tenant, or all of them in one open transaction.

use serde_json::{Map, Value as Json};
use tessera_compiler::cost::Cost;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::{Write, Written};
use tessera_error::Result;

use crate::engine::Engine;
use crate::records::{Answer, EstimatePlan, ReadPlan, WritePlan};
use crate::request_context::RequestContext;
use crate::retry;
use crate::run::Place;
use crate::transaction::Transaction;

/// The place where plans run. Call it inside [`Engine::on_model`], on the plans' own snapshot.
#[derive(Debug)]
pub enum Executor<'e> {
    Lane(&'e Engine),
    Transaction(&'e mut Transaction),
}

impl Executor<'_> {
    /// Answers a request of the plan's shape with one statement. `None` where one of its inputs does not fit its place: the
    /// request has to be read again to say why.
    pub async fn read(
        &mut self,
        context: &RequestContext,
        snapshot: &Snapshot,
        plan: &ReadPlan,
        inputs: &Map<String, Json>,
    ) -> Result<Option<Answer>> {
        let place = self.place(context, plan.cost())?;
        plan.run(place, context, snapshot, inputs).await
    }

    /// The number of records that a filter matches, as the planner estimates it. Where rules hide records or values, they are counted,
    /// up to [`MOST_COUNTED`](tessera_compiler::query::compile::MOST_COUNTED).
    pub async fn estimate(
        &mut self,
        context: &RequestContext,
        plan: &EstimatePlan,
        inputs: &Map<String, Json>,
    ) -> Result<u64> {
        let place = self.place(context, plan.cost())?;
        plan.run(place, context, inputs).await
    }

    /// Does a write of the plan's shape with one statement. `None` as for [`Self::read`]. In a transaction the write is undone
    /// with all others, and not by itself.
    pub async fn write(
        &mut self,
        context: &RequestContext,
        snapshot: &Snapshot,
        plan: &WritePlan,
        write: &Write,
        inputs: &Map<String, Json>,
    ) -> Result<Option<Written>> {
        let engine = match self {
            Self::Transaction(transaction) => {
                let place = transaction.place(plan.cost(write))?;
                return plan.run(place, context, snapshot, write, inputs).await;
            }
            Self::Lane(engine) => *engine,
        };
        if !write.rollback && context.run.is_none() && !plan.locks_first() {
            let run = || {
                let place = Place::Lane(&engine.lanes, context.principal.tenant);
                plan.run(place, context, snapshot, write, inputs)
            };
            return retry::until_undisturbed(run).await;
        }
        // Rare, and larger than the future of every write should be.
        Box::pin(retry::until_undisturbed(|| async {
            let mut transaction = engine.begin(context).await?;
            let place = transaction.place(plan.cost(write))?;
            let written = plan.run(place, context, snapshot, write, inputs).await;
            if write.rollback || !matches!(written, Ok(Some(_))) {
                transaction.rollback().await?;
            } else {
                transaction.commit().await?;
            }
            written
        }))
        .await
    }

    fn place(&mut self, context: &RequestContext, cost: Cost) -> Result<Place<'_>> {
        match self {
            Self::Lane(engine) => Ok(Place::Lane(&engine.lanes, context.principal.tenant)),
            Self::Transaction(transaction) => transaction.place(cost),
        }
    }
}

impl Engine {
    /// Runs plans, each by itself.
    #[must_use]
    pub const fn executor(&self) -> Executor<'_> {
        Executor::Lane(self)
    }
}

impl Transaction {
    /// Runs plans in the transaction.
    pub const fn executor(&mut self) -> Executor<'_> {
        Executor::Transaction(self)
    }
}
