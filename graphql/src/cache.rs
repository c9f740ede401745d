//! Schemas that were made lately.
//!
//! A schema belongs to what callers of one access key see of one version of a tenant's model, so nothing here is ever stale: an old version is asked for
//! no more and goes with time. Schemas are heavy, and weighed.

use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use tessera_compiler::snapshot::Snapshot;
use tessera_schema::access::grants::AccessKey;
use tessera_schema::access::view::View;
use tessera_schema::ident::TenantId;
use tokio::task::spawn_blocking;

use crate::introspected::Turn;
use crate::schema::Built;
use crate::scope::Scope;

/// Bytes all schemas together may take.
const CAPACITY: u64 = 64 << 20;
const TIME_TO_IDLE: Duration = Duration::from_mins(5);

#[derive(Debug, Clone)]
pub(crate) struct Schemas(Cache<Key, Arc<Built>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    tenant: TenantId,
    version: i64,
    access: AccessKey,
    scope: Scope,
}

impl Schemas {
    pub(crate) fn new() -> Self {
        let cache = Cache::builder()
            .max_capacity(CAPACITY)
            .weigher(|key: &Key, built: &Arc<Built>| {
                built.weight.saturating_add(key.scope.weight())
            })
            .time_to_idle(TIME_TO_IDLE)
            .build();
        Self(cache)
    }

    /// The part `scope` of the schema of a view; made once, however many ask at once. The `turn` lasts until it is made.
    pub(crate) async fn get(
        &self,
        snapshot: &Snapshot,
        view: &Arc<View>,
        scope: Scope,
        turn: Option<Turn>,
    ) -> Arc<Built> {
        let key = Key {
            tenant: snapshot.tenant.id,
            version: snapshot.version,
            access: view.key(),
            scope,
        };
        let scope = key.scope.clone();
        let build = async {
            let view = Arc::clone(view);
            let built = match scope {
                // A large one keeps a thread busy for long: not one that serves others.
                Scope::Everything => {
                    let making = spawn_blocking(move || {
                        let _turn = turn;
                        Built::new(&view, &Scope::Everything)
                    });
                    making.await.expect("making a schema does not panic")
                }
                scope @ Scope::Named(_) => Built::new(&view, &scope),
            };
            Arc::new(built)
        };
        self.0.get_with(key, build).await
    }
}
