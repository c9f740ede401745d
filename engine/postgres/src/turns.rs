//! How many transactions may be open at a time, of one tenant and of all.
//!
//! Each holds a connection of the pool until it ends: batches, writes that do not run on lanes, changes of a model, the taking
//! of an `Idempotency-Key`. A tenant whose transactions wait for each other must leave connections
//! to other tenants, and to everything else that the pool is for: reading models, signing in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tessera_schema::ident::TenantId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// No transaction waits longer for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// No turn came in time.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("too many transactions wait")]
pub struct NoTurn;

#[derive(Debug)]
pub struct Turns {
    all: Arc<Semaphore>,
    /// How many one tenant may have.
    each: usize,
    tenants: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
}

/// Leave to have a transaction open, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    _all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Turns {
    /// For a pool of this size: three quarters of its connections, and half of them for one tenant.
    #[must_use]
    pub fn on(connections: u32) -> Self {
        let connections = usize::try_from(connections).unwrap_or(usize::MAX);
        let share = |part: usize| part.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            all: Arc::new(Semaphore::new(share(connections - connections / 4))),
            each: share(connections / 2),
            tenants: Mutex::default(),
        }
    }

    /// Waits for a turn. Turns are given in the order in which they were asked for, of a tenant's and of those that have one
    /// of their tenant's.
    pub async fn take(&self, tenant: TenantId) -> Result<Turn, NoTurn> {
        let own = self.of(tenant);
        let both = async {
            let own = own.acquire_owned().await?;
            let all = Arc::clone(&self.all).acquire_owned().await?;
            Ok::<_, tokio::sync::AcquireError>(Turn {
                _all: all,
                _own: own,
            })
        };
        match timeout(PATIENCE, both).await {
            Ok(turn) => Ok(turn.expect("the semaphores are never closed")),
            Err(_) => Err(NoTurn),
        }
    }

    fn of(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().expect("nothing panics with this lock");
        // Of the others only those that somebody has or waits for.
        tenants.retain(|id, turns| *id == tenant || Arc::strong_count(turns) > 1);
        let turns = tenants
            .entry(tenant)
            .or_insert_with(|| Arc::new(Semaphore::new(self.each)));
        Arc::clone(turns)
    }
}

#[cfg(test)]
mod tests {
    use super::{TenantId, Turns};
    use std::time::Duration;
    use tokio::time::timeout;
    use uuid::Uuid;

    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_tenant_leaves_turns_to_others() {
        let turns = Turns::on(8);
        let [greedy, other] = [1, 2].map(|id| TenantId(Uuid::from_u128(id)));
        let mut held = Vec::new();
        while let Ok(turn) = timeout(SOON, turns.take(greedy)).await {
            held.push(turn.unwrap());
        }
        assert_eq!(held.len(), 4);
        let theirs = timeout(SOON, turns.take(other)).await.unwrap().unwrap();
        held.pop();
        held.push(timeout(SOON, turns.take(greedy)).await.unwrap().unwrap());
        drop((theirs, held));
        timeout(SOON, turns.take(other)).await.unwrap().unwrap();
        assert_eq!(turns.tenants.lock().unwrap().len(), 1, "one is forgotten");
    }

    #[tokio::test]
    async fn a_pool_of_one_connection_has_a_turn() {
        let turns = Turns::on(1);
        let turn = timeout(SOON, turns.take(TenantId(Uuid::nil()))).await;
        turn.unwrap().unwrap();
    }
}
