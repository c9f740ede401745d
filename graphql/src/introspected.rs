//! What was said about schemas lately.
//!
//! A large model's answer takes seconds and memory to make, many times its own size. So it is kept while it is asked for, and a
//! tenant has one made at a time.

use bytes::Bytes;
use moka::sync::Cache;
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use std::time::Duration;
use tessera_compiler::snapshot::Snapshot;
use tessera_schema::ident::TenantId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::response;

/// Bytes all answers together may take: one about a thousand objects has fifty million.
const CAPACITY: u64 = 96 << 20;
const TIME_TO_IDLE: Duration = Duration::from_mins(5);

/// JSON text by response key.
type Fields = Arc<Vec<(String, Bytes)>>;

#[derive(Debug)]
pub(crate) struct Introspected {
    answers: Cache<Key, Fields>,
    turns: Cache<TenantId, Arc<Semaphore>>,
}

/// One request under one version of one tenant's model: an old version is asked for no more and goes with time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    tenant: TenantId,
    version: i64,
    request: Box<[u8]>,
}

/// Leave to make an answer, for as long as any part of the work goes on.
pub(crate) type Turn = Arc<OwnedSemaphorePermit>;

impl Key {
    /// `plan` is what a plan for the request depends on.
    pub(crate) fn new(snapshot: &Snapshot, plan: &[u8], variables: &Map<String, Json>) -> Self {
        Self {
            tenant: snapshot.tenant.id,
            version: snapshot.version,
            request: [plan, &response::json(variables)].concat().into(),
        }
    }
}

impl Introspected {
    pub(crate) fn new() -> Self {
        let weigh = |key: &Key, fields: &Fields| {
            let answer: usize = fields
                .iter()
                .map(|(name, text)| name.len() + text.len())
                .sum();
            u32::try_from(key.request.len() + answer).unwrap_or(u32::MAX)
        };
        Self {
            answers: Cache::builder()
                .max_capacity(CAPACITY)
                .weigher(weigh)
                .time_to_idle(TIME_TO_IDLE)
                .build(),
            turns: Cache::builder().time_to_idle(TIME_TO_IDLE).build(),
        }
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Fields> {
        self.answers.get(key)
    }

    pub(crate) fn put(&self, key: Key, fields: Vec<(String, Bytes)>) {
        self.answers.insert(key, Arc::new(fields));
    }

    /// The tenant's turn to make an answer.
    pub(crate) async fn turn(&self, tenant: TenantId) -> Turn {
        let turns = self.turns.get_with(tenant, || Arc::new(Semaphore::new(1)));
        let turn = turns.acquire_owned().await;
        Arc::new(turn.expect("nobody closes it"))
    }
}
