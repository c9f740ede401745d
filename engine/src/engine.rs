//! The engine as a whole: what the server makes once and both faces hold.

use sqlx::PgPool;
use std::future::Future;
use std::sync::Arc;
use tessera_schema::field_type::FieldTypes;
use tessera_schema::ident::TenantId;

use crate::error::{Error, InternalError, Result, UserError};
use crate::identity::Identity;
use crate::model::models::Models;
use crate::model::snapshot::Snapshot;

/// How often work is begun anew because the model changed under it.
const TRIES: u32 = 5;

#[derive(Debug, Clone)]
pub struct Engine {
    pub identity: Arc<Identity>,
    pub(crate) models: Models,
    pub(crate) pool: PgPool,
}

impl Engine {
    #[must_use]
    pub fn new(pool: PgPool, identity: Identity) -> Self {
        Self {
            identity: Arc::new(identity),
            models: Models::new(pool.clone(), FieldTypes::builtin()),
            pool,
        }
    }

    /// The field types that models can be made of.
    #[must_use]
    pub const fn field_types(&self) -> &Arc<FieldTypes> {
        self.models.types()
    }

    /// Follows what other servers on the same database do to models; runs until it is dropped.
    pub fn follow(&self) -> impl Future<Output = ()> + Send + 'static {
        self.models.clone().follow()
    }

    /// Runs `work` on the tenant's model. Where the model turns out to have changed since the snapshot was taken, `work`
    /// runs again on the new one, so what it answers always fits the current model: statements check that themselves, and a
    /// refusal is believed only once the snapshot is known to be current. All parsing that needs the model belongs inside.
    pub async fn on_model<T, F, W>(&self, tenant: TenantId, work: F) -> Result<T>
    where
        F: Fn(Arc<Snapshot>) -> W + Send,
        W: Future<Output = Result<T>> + Send,
        T: Send,
    {
        let mut snapshot = self.models.get(tenant).await?;
        for attempt in 1.. {
            match work(Arc::clone(&snapshot)).await {
                Err(Error::Internal(InternalError::ModelChanged)) if attempt < TRIES => {}
                // The model changes faster than a request can be answered.
                Err(Error::Internal(InternalError::ModelChanged)) => return Err(UserError::Unavailable.into()),
                Err(Error::User(error)) => {
                    if attempt >= TRIES || self.is_current(&snapshot).await? {
                        return Err(error.into());
                    }
                }
                done => return done,
            }
            snapshot = self.models.newer_than(&snapshot).await?;
        }
        unreachable!("the last try returns")
    }

    /// The tenant's model as it is at this moment.
    pub async fn model(&self, tenant: TenantId) -> Result<Arc<Snapshot>> {
        let snapshot = self.models.get(tenant).await?;
        if self.is_current(&snapshot).await? {
            return Ok(snapshot);
        }
        self.models.newer_than(&snapshot).await
    }

    /// Whether no change of the model has been made since the snapshot was taken.
    pub async fn is_current(&self, snapshot: &Snapshot) -> Result<bool> {
        self.models.is_current(snapshot).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }
}
