//! The engine as a whole: what the server makes once and both faces hold.

use sqlx::PgPool;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tessera_catalog::before_commit::{Ending, Nothing};
use tessera_catalog::builtin::{ModuleStatus, Upgraded};
use tessera_catalog::change::Change;
use tessera_catalog::models::Models;
use tessera_catalog::role_change::RoleChange;
use tessera_catalog::tenant_types::{Same, TenantTypes};
use tessera_catalog::transfer::{self, ModelFile};
use tessera_catalog::usage::FieldUsage;
use tessera_compiler::snapshot::Snapshot;
use tessera_error::{Error, InternalError, Result, UserError};
use tessera_identity::Identity;
use tessera_postgres::lanes::Lanes;
use tessera_postgres::lanes::settings::LaneSettings;
use tessera_postgres::turns::Turns;
use tessera_schema::access::area::Area;
use tessera_schema::access::role::Role;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::ident::TenantId;
use tessera_schema::model::Model;

use crate::acts;
use crate::idempotency::IdempotencyKeys;
use crate::request_context::{ModelChange, RequestContext};

/// How often work is begun anew because the model changed under it.
const TRIES: u32 = 20;
/// The time between two sweeps.
const SWEEP: Duration = Duration::from_hours(1);

#[derive(Debug, Clone)]
pub struct Engine {
    pub identity: Arc<Identity>,
    pub idempotency: IdempotencyKeys,
    pub(crate) models: Models,
    /// For requests' statements.
    pub(crate) lanes: Lanes,
    /// For everything else.
    pub(crate) pool: PgPool,
    /// To have a transaction of requests open on the pool.
    pub(crate) turns: Arc<Turns>,
}

impl Engine {
    /// Lanes are connections like the pool's, as many as there are by default.
    #[must_use]
    pub fn new(pool: PgPool, identity: Identity) -> Self {
        let lanes = Lanes::new(&pool.connect_options(), LaneSettings::default());
        let turns = Arc::new(Turns::on(pool.options().get_max_connections()));
        Self {
            models: Models::new(
                pool.clone(),
                Arc::clone(&turns),
                Arc::new(Same(FieldTypes::builtin())),
                identity.cursors().clone(),
            ),
            identity: Arc::new(identity),
            idempotency: IdempotencyKeys::new(pool.clone(), Arc::clone(&turns)),
            lanes,
            turns,
            pool,
        }
    }

    /// The same engine with other lanes.
    #[must_use]
    pub fn with_lanes(self, settings: LaneSettings) -> Self {
        Self {
            lanes: Lanes::new(&self.pool.connect_options(), settings),
            ..self
        }
    }

    /// The same engine with other field types.
    #[must_use]
    pub fn with_types(self, types: Arc<dyn TenantTypes>) -> Self {
        Self {
            models: self.models.with_types(types),
            ..self
        }
    }

    /// Lets go of all connections.
    pub async fn close(&self) {
        self.lanes.close().await;
        self.pool.close().await;
    }

    /// Deletes what has expired every hour, and entries of audit logs that are older than `audit`; runs until it is dropped.
    pub fn tidy(&self, audit: Duration) -> impl Future<Output = ()> + Send + 'static {
        let engine = self.clone();
        async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                if let Err(error) = engine.idempotency.sweep().await {
                    tracing::warn!(%error, "old idempotency keys could not be swept");
                }
                if let Err(error) = engine.identity.sweep_attempts().await {
                    tracing::warn!(%error, "old attempts to sign in could not be swept");
                }
                if let Err(error) = engine.identity.sweep_audit(audit).await {
                    tracing::warn!(%error, "old entries of audit logs could not be swept");
                }
            }
        }
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
                Err(Error::Internal(InternalError::ModelChanged)) => {
                    return Err(UserError::Unavailable.into());
                }
                Err(Error::User(error)) => {
                    if attempt >= TRIES || Box::pin(self.is_current(&snapshot)).await? {
                        return Err(error.into());
                    }
                }
                done => return done,
            }
            snapshot = Box::pin(self.models.newer_than(&snapshot)).await?;
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

    /// The version of the tenant's model that this server holds, without asking the database again.
    pub async fn model_version(&self, tenant: TenantId) -> Result<i64> {
        Ok(self.models.get(tenant).await?.version)
    }

    /// Whether no change of the model has been made since the snapshot was taken.
    pub async fn is_current(&self, snapshot: &Snapshot) -> Result<bool> {
        self.models.is_current(snapshot).await
    }

    /// Makes a change, whole or not at all, and gives the model after it. Once it is committed, it is served from this moment
    /// on, on every server.
    ///
    /// # Errors
    /// What is wrong with the change, or that the caller may not make it.
    pub async fn change_model(
        &self,
        context: &RequestContext,
        change: &Change,
        ending: Ending,
    ) -> Result<Arc<Snapshot>> {
        context.principal.must_administer(Area::Model)?;
        let before_commit = ModelChange {
            context,
            ending,
            act: acts::of_change(change),
        };
        self.models
            .change(context.principal.tenant, change, &before_commit)
            .await
    }

    /// What hangs on a field of the caller's tenant.
    ///
    /// # Errors
    /// The caller may not change the model, or there is no such field.
    pub async fn field_usage(
        &self,
        context: &RequestContext,
        object: &str,
        field: &str,
    ) -> Result<FieldUsage> {
        context.principal.must_administer(Area::Model)?;
        self.models
            .field_usage(context.principal.tenant, object, field)
            .await
    }

    /// Every module there is, and whether the caller's tenant has it.
    pub async fn modules(&self, context: &RequestContext) -> Result<Vec<ModuleStatus>> {
        self.models.modules(context.principal.tenant).await
    }

    /// Gives the caller's tenant a module's objects, and the module as it is then. Nothing happens where the tenant has them
    /// already.
    ///
    /// # Errors
    /// A module that does not exist or requires another, or names that the tenant's own objects have taken.
    pub async fn enable_module(
        &self,
        context: &RequestContext,
        name: &str,
        ending: Ending,
    ) -> Result<ModuleStatus> {
        context.principal.must_administer(Area::Modules)?;
        let before_commit = ModelChange {
            context,
            ending,
            act: acts::of_module(name),
        };
        self.models
            .enable_module(context.principal.tenant, name, &before_commit)
            .await
    }

    /// The roles of the caller's tenant.
    ///
    /// # Errors
    /// The caller administers neither roles nor members.
    pub async fn roles(&self, context: &RequestContext) -> Result<Vec<Role>> {
        if !context.principal.held.administer(Area::Members) {
            context.principal.must_administer(Area::Roles)?;
        }
        let snapshot = self.model(context.principal.tenant).await?;
        Ok(snapshot.roles().all().cloned().collect())
    }

    /// Changes a role of the caller's tenant, and gives it as it is then; none where it is removed. From the answer on it holds on
    /// every server.
    ///
    /// # Errors
    /// As [`Models::change_role`]. [`UserError::Forbidden`] where the role grants more than the caller's roles do.
    pub async fn change_role(
        &self,
        context: &RequestContext,
        change: &RoleChange,
        ending: Ending,
    ) -> Result<Option<Role>> {
        let (principal, tenant) = (&context.principal, context.principal.tenant);
        principal.must_administer(Area::Roles)?;
        let before_commit = ModelChange {
            context,
            ending,
            act: acts::of_role(change),
        };
        let changed = self
            .models
            .change_role(tenant, change, principal.roles(), &before_commit)
            .await?;
        self.identity.forget_roles(tenant);
        Ok(changed)
    }

    /// What would bring a tenant's model to that of a file.
    pub async fn model_differences(
        &self,
        tenant: TenantId,
        file: &ModelFile,
        remove: bool,
    ) -> Result<Vec<Change>> {
        let snapshot = self.model(tenant).await?;
        Ok(transfer::changes(snapshot.whole(), &file.objects, remove))
    }

    /// Brings a tenant's model to that of a file, once the file's modules are enabled: all of it or nothing. For operators; no
    /// role is asked.
    ///
    /// # Errors
    /// What in the file does not fit the tenant's model.
    pub async fn apply_model(
        &self,
        tenant: TenantId,
        file: &ModelFile,
        remove: bool,
    ) -> Result<Vec<Change>> {
        for module in &file.modules {
            self.models
                .enable_module(tenant, module.as_str(), &Nothing)
                .await?;
        }
        let changes = self.model_differences(tenant, file, remove).await?;
        if !changes.is_empty() {
            let wanted = |model: &Model| transfer::changes(model, &file.objects, remove);
            self.models.change_all(tenant, wanted, &Nothing).await?;
        }
        Ok(changes)
    }

    /// Brings every tenant's modules to the definitions of this server; what a tenant changed stays as it is.
    /// Gives what could not be applied.
    pub async fn upgrade_modules(&self) -> Result<Vec<Upgraded>> {
        let tenants = self.identity.list_tenants().await?;
        self.models.upgrade_modules(tenants).await
    }

    /// Makes the indexes that search needs, for tenants that were there before there were any. Traffic goes on meanwhile.
    pub async fn make_search_indexes(&self) -> Result<()> {
        let tenants = self.identity.list_tenants().await?;
        self.models.make_search_indexes(tenants).await
    }

    /// Brings the indexes on texts into the order that texts are sorted by, for tenants whose indexes are older. Traffic goes on
    /// meanwhile.
    pub async fn make_collated_indexes(&self) -> Result<()> {
        let tenants = self.identity.list_tenants().await?;
        self.models.make_collated_indexes(tenants).await
    }

    /// Makes the index by which the events of a change are found, for tenants that were there before it. Traffic goes on
    /// meanwhile.
    pub async fn make_change_indexes(&self) -> Result<()> {
        let tenants = self.identity.list_tenants().await?;
        self.models.make_change_indexes(tenants).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }
}
