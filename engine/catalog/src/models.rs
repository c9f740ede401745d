//! The models of all tenants that are in use: compiled once, kept by weight, replaced when they change.
//!
//! A snapshot is current when its version is that of the tenant's `_model` row. Every statement on records checks it; who
//! changed the model on another server tells the rest through [`store::CHANNEL`], so that they need not find out by failing.

use moka::future::Cache;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::sync::Arc;
use std::time::Duration;
use tessera_compiler::cursor::CursorSecret;
use tessera_compiler::snapshot::Snapshot;
use tessera_error::{Error, Result};
use tessera_postgres::turns::Turns;
use tessera_schema::ident::TenantId;

use crate::tenant_types::TenantTypes;
use crate::{event_changes, store};

/// What all snapshots together may weigh, in bytes: those of a thousand tenants in use at once and more.
const CAPACITY: u64 = 1 << 30;
/// A tenant that nobody asked for this long is forgotten.
const IDLE: Duration = Duration::from_mins(30);

#[derive(Debug, Clone)]
pub struct Models {
    pool: PgPool,
    /// To have a change of a model open on the pool.
    pub(crate) turns: Arc<Turns>,
    types: Arc<dyn TenantTypes>,
    cursors: CursorSecret,
    snapshots: Cache<TenantId, Arc<Snapshot>>,
}

impl Models {
    pub fn new(
        pool: PgPool,
        turns: Arc<Turns>,
        types: Arc<dyn TenantTypes>,
        cursors: CursorSecret,
    ) -> Self {
        let snapshots = Cache::builder()
            .weigher(|_, snapshot: &Arc<Snapshot>| {
                u32::try_from(snapshot.weight()).unwrap_or(u32::MAX)
            })
            .max_capacity(CAPACITY)
            .time_to_idle(IDLE)
            .build();
        Self {
            pool,
            turns,
            types,
            cursors,
            snapshots,
        }
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The same models, made of other types. Snapshots that are held already keep theirs.
    #[must_use]
    pub fn with_types(self, types: Arc<dyn TenantTypes>) -> Self {
        Self { types, ..self }
    }

    pub(crate) fn types(&self) -> &dyn TenantTypes {
        &*self.types
    }

    pub(crate) const fn cursors(&self) -> &CursorSecret {
        &self.cursors
    }

    /// The tenant's model, perhaps a moment old. Many who ask at once wait for one load.
    pub async fn get(&self, tenant: TenantId) -> Result<Arc<Snapshot>> {
        if let Some(held) = self.snapshots.get(&tenant).await {
            return Ok(held);
        }
        // Apart, so that requests which find their model do not carry the loading of it about.
        let load = async {
            event_changes::add_column(&self.pool, tenant).await?;
            store::load(&self.pool, self.types(), &self.cursors, tenant)
                .await
                .map(Arc::new)
        };
        Box::pin(self.snapshots.try_get_with(tenant, load))
            .await
            .map_err(Error::from)
    }

    /// The tenant's model at a version above `stale`'s.
    pub async fn newer_than(&self, stale: &Snapshot) -> Result<Arc<Snapshot>> {
        let tenant = stale.tenant.id;
        let held = self.snapshots.get(&tenant).await;
        if held.is_some_and(|held| held.version <= stale.version) {
            self.snapshots.invalidate(&tenant).await;
        }
        self.get(tenant).await
    }

    /// Whether no change has been made since the snapshot was taken.
    pub async fn is_current(&self, snapshot: &Snapshot) -> Result<bool> {
        let mut connection = self.pool.acquire().await?;
        let version = store::version(&mut connection, &snapshot.tenant.schema).await?;
        Ok(version == snapshot.version)
    }

    /// Takes in the model that this server has just changed.
    pub(crate) async fn install(&self, snapshot: Arc<Snapshot>) {
        let tenant = snapshot.tenant.id;
        let newer = |held: &Arc<Snapshot>| held.version >= snapshot.version;
        if !self
            .snapshots
            .get(&tenant)
            .await
            .as_ref()
            .is_some_and(newer)
        {
            self.snapshots.insert(tenant, snapshot).await;
        }
    }

    /// Follows other servers' changes until the task is dropped. Never fails: without the channel, statements still notice.
    pub async fn follow(self) {
        const PAUSE: Duration = Duration::from_secs(1);
        loop {
            if let Err(error) = self.listen().await {
                tracing::warn!(%error, "the channel for changed models broke; listening again");
            }
            // What was said meanwhile is lost: whatever is held may be old.
            self.snapshots.invalidate_all();
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn listen(&self) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(store::CHANNEL).await?;
        while let Some(notification) = listener.try_recv().await? {
            let told = notification.payload().split_once(':');
            let Some((tenant, version)) = told.and_then(|(tenant, version)| {
                Some((TenantId(tenant.parse().ok()?), version.parse::<i64>().ok()?))
            }) else {
                continue;
            };
            let held = self.snapshots.get(&tenant).await;
            if held.is_some_and(|held| held.version < version) {
                self.snapshots.invalidate(&tenant).await;
                // Built here, off the path of the next request.
                if let Err(error) = self.get(tenant).await {
                    tracing::debug!(%error, %tenant, "a changed model could not be loaded yet");
                }
            }
        }
        Ok(())
    }
}
