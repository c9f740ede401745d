//! Where requests on records are done: each by itself, or those of a batch in its transaction.

use serde_json::{Map, Value as Json};
use tessera_engine::engine::Engine;
use tessera_engine::error::Result;
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::principal::Principal;
use tessera_engine::records::{Answer, EstimatePlan, ReadPlan, WritePlan};
use tessera_engine::transaction::Transaction;
use tessera_engine::write::{Write, Written};

#[derive(Debug)]
pub(super) enum Place<'p> {
    Alone(&'p Engine),
    Batch(&'p mut Transaction),
}

impl Place<'_> {
    /// As [`Engine::run_read`].
    pub(super) async fn run_read(
        &mut self,
        principal: &Principal,
        snapshot: &Snapshot,
        plan: &ReadPlan,
        inputs: &Map<String, Json>,
    ) -> Result<Option<Answer>> {
        match self {
            Self::Alone(engine) => engine.run_read(principal, snapshot, plan, inputs).await,
            Self::Batch(batch) => batch.run_read(principal, snapshot, plan, inputs).await,
        }
    }

    /// As [`Engine::run_estimate`].
    pub(super) async fn run_estimate(
        &mut self,
        principal: &Principal,
        plan: &EstimatePlan,
        inputs: &Map<String, Json>,
    ) -> Result<u64> {
        match self {
            Self::Alone(engine) => engine.run_estimate(principal, plan, inputs).await,
            Self::Batch(batch) => batch.run_estimate(principal, plan, inputs).await,
        }
    }

    /// As [`Engine::run_write`].
    pub(super) async fn run_write(
        &mut self,
        principal: &Principal,
        snapshot: &Snapshot,
        plan: &WritePlan,
        write: &Write,
        inputs: &Map<String, Json>,
    ) -> Result<Option<Written>> {
        match self {
            Self::Alone(engine) => {
                engine
                    .run_write(principal, snapshot, plan, write, inputs)
                    .await
            }
            Self::Batch(batch) => {
                batch
                    .run_write(principal, snapshot, plan, write, inputs)
                    .await
            }
        }
    }
}
