//! The one way to change a model: steps and metadata rows in one transaction, whole or not at all.

use indexmap::IndexMap;
use sqlx::{AssertSqlSafe, PgConnection};
use std::sync::Arc;
use std::time::Duration;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::sql::Quoted;
use tessera_compiler::tenant::Tenant;
use tessera_error::{Error, InternalError, Result, UserError};
use tessera_postgres::database;
use tessera_postgres::failure::Failure;
use tessera_schema::access::role::Roles;
use tessera_schema::field_types::UnknownFieldType;
use tessera_schema::ident::{ApiName, TenantId};
use tessera_schema::model::Model;
use tessera_schema::object::Object;
use tessera_schema::rules;
use tessera_schema::violation::{Pointer, Violation};

use crate::before_commit::{BeforeCommit, Ending};
pub use crate::edit::Change;
use crate::edit::{self, Edits};
use crate::migration::{self, steps};
use crate::models::Models;
use crate::obstacle;
use crate::roles::{self, RoleStep};
use crate::step::Step;
use crate::store::{self, Difference, ModuleRow};
use crate::trigrams;

/// How often a change is tried where traffic holds a table, or other admins the model.
const TRIES: u32 = 8;
/// How long a change waits for a table, so that no request queues behind it for longer.
const PATIENCE: &str = "set local lock_timeout = '1s'";

/// What a change comes to: new definitions, and the row of the module they belong to, if any.
#[derive(Debug, Default)]
pub(crate) struct Proposal {
    pub(crate) edits: Edits,
    pub(crate) module: Option<ModuleRow>,
    pub(crate) roles: Vec<RoleStep>,
}

/// A model after its edits, with the steps to get there.
#[derive(Debug)]
pub(crate) struct Migration {
    pub(crate) model: Arc<Model>,
    /// The model that the edits were made to, by which a table out of columns is rebuilt.
    before: Model,
    steps: Vec<Step>,
    differences: Vec<Difference>,
    module: Option<ModuleRow>,
    roles: Vec<RoleStep>,
}

impl Models {
    /// Makes a change, whole or not at all, and gives the model after it.
    pub async fn change(
        &self,
        tenant: TenantId,
        change: &Change,
        before_commit: &impl BeforeCommit,
    ) -> Result<Arc<Snapshot>> {
        let propose = |snapshot: &Snapshot| {
            let edits = edit::edits(snapshot.whole(), change)?;
            Ok(Proposal {
                edits,
                ..Proposal::default()
            })
        };
        let outcome = self.edit(tenant, propose, before_commit).await;
        match (outcome, change) {
            (
                Err(Error::User(UserError::Invalid(faults))),
                Change::CreateField { .. } | Change::PatchField { .. },
            ) => {
                let faults = faults.into_iter().map(edit::seen_from_field);
                Err(UserError::Invalid(faults.collect()).into())
            }
            (outcome, _) => outcome,
        }
    }

    /// Makes all the changes that `wanted` names of the current model, or none.
    pub async fn change_all(
        &self,
        tenant: TenantId,
        wanted: impl Fn(&Model) -> Vec<Change>,
        before_commit: &impl BeforeCommit,
    ) -> Result<Arc<Snapshot>> {
        let propose = |snapshot: &Snapshot| {
            let model = snapshot.whole();
            let mut next = Model::clone(model);
            let mut edits = IndexMap::new();
            for change in wanted(model) {
                // Each is worked out from what the ones before it have made.
                let more = edit::edits(&next, &change)?;
                next = next
                    .with(more.clone())
                    .map_err(|error| unknown_type(&error))?;
                edits.extend(more);
            }
            Ok(Proposal {
                edits: edits.into_iter().collect(),
                ..Proposal::default()
            })
        };
        self.edit(tenant, propose, before_commit).await
    }

    /// Makes the change that `propose` works out from the current model and roles, and gives the model after it.
    pub(crate) async fn edit(
        &self,
        tenant: TenantId,
        propose: impl Fn(&Snapshot) -> Result<Proposal, UserError>,
        before_commit: &impl BeforeCommit,
    ) -> Result<Arc<Snapshot>> {
        let held = self.get(tenant).await?;
        for attempt in 1.. {
            match self.try_edit(&held, &propose, before_commit).await {
                Err(Error::Internal(InternalError::Database(failure)))
                    if is_contention(&failure) =>
                {
                    if attempt >= TRIES {
                        return Err(UserError::Unavailable.into());
                    }
                    tokio::time::sleep(Duration::from_millis(20) * attempt * attempt).await;
                }
                other => return other,
            }
        }
        unreachable!("the last try returns")
    }

    async fn try_edit(
        &self,
        held: &Arc<Snapshot>,
        propose: &impl Fn(&Snapshot) -> Result<Proposal, UserError>,
        before_commit: &impl BeforeCommit,
    ) -> Result<Arc<Snapshot>> {
        let tenant = &held.tenant;
        // Dropped after the transaction, whose end gives its connection back.
        let _turn = self.turns.take(tenant.id).await?;
        let mut transaction = database::begin_for(self.pool(), tenant.id).await?;
        sqlx::query(PATIENCE).execute(&mut *transaction).await?;
        // From here to the end nobody else changes the model, so what is found wrong now is wrong.
        let snapshot = if lock_version(&mut transaction, tenant).await? == held.version {
            Arc::clone(held)
        } else {
            Arc::new(store::read(&mut transaction, self.types(), self.cursors(), tenant.id).await?)
        };
        let proposal = propose(&snapshot)?;
        let migration = migration(snapshot.whole(), snapshot.roles(), proposal)?;
        let version = snapshot.version + 1;
        apply(&mut transaction, tenant, &migration).await?;
        store::raise_version(&mut transaction, tenant, version).await?;
        let ending = before_commit.run(&mut transaction).await?;
        match ending {
            Ending::Commit => transaction.commit().await?,
            Ending::Rollback => transaction.rollback().await?,
        }
        let trigrams = snapshot.trigrams.clone();
        let cursors = snapshot.cursors.clone();
        let everybody = roles::of_everybody(&migration.model);
        let mut roles = Roles::of(snapshot.roles().all().cloned(), everybody);
        for step in migration.roles {
            match step {
                RoleStep::Save(role) => roles.put(role),
                RoleStep::Remove(role) => roles.remove(role.id),
            }
        }
        let next = Snapshot::new(
            tenant.clone(),
            version,
            migration.model,
            roles,
            trigrams,
            cursors,
        );
        let next = Arc::new(next);
        if ending == Ending::Commit {
            self.install(Arc::clone(&next)).await;
        }
        Ok(next)
    }
}

fn unknown_type(error: &UnknownFieldType) -> UserError {
    UserError::invalid(Pointer::root().key("type"), "unknown", error.to_string())
}

/// Takes the tenant's model for this transaction alone; two admins come one after the other.
async fn lock_version(connection: &mut PgConnection, tenant: &Tenant) -> Result<i64> {
    let text = format!(
        "select version from {}._model for update",
        Quoted(tenant.schema.as_str())
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(text))
        .fetch_one(connection)
        .await?)
}

/// Checks the edited definitions and works out the steps to them.
pub(crate) fn migration(
    model: &Model,
    roles: &Roles,
    proposal: Proposal,
) -> Result<Migration, UserError> {
    let names: Vec<ApiName> = proposal
        .edits
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let next = model
        .with(proposal.edits)
        .map_err(|error| unknown_type(&error))?;
    let touched = || {
        names
            .iter()
            .map(|name| (model.object(name.as_str()), next.object(name.as_str())))
    };
    let violations: Vec<Violation> = touched()
        .filter_map(|(_, after)| after)
        .flat_map(|object| rules::check_object(&next, object))
        .collect();
    if !violations.is_empty() {
        return Err(UserError::Invalid(violations));
    }
    let mut all = Vec::new();
    for (before, after) in touched() {
        all.extend(steps(&next, before, after)?);
    }
    all.sort_by_key(Step::rank);
    let changed =
        touched().filter_map(|(before, after)| Some((&**before?, after.map(|after| &**after))));
    let changed: Vec<_> = changed.collect();
    let mut roles = roles::following(roles, &next, &changed)?;
    roles.extend(proposal.roles);
    let source = |object: &Arc<Object>| Arc::clone(&object.source);
    let differences = touched()
        .map(|(before, after)| (before.map(source), after.map(source)))
        .collect();
    Ok(Migration {
        before: model.clone(),
        steps: all,
        differences,
        module: proposal.module,
        roles,
        model: Arc::new(next),
    })
}

/// Takes the steps and writes the metadata rows, in the caller's transaction.
pub(crate) async fn apply(
    connection: &mut PgConnection,
    tenant: &Tenant,
    migration: &Migration,
) -> Result<()> {
    take(connection, tenant, migration).await?;
    let saved = save(connection, migration).await;
    saved.map_err(|error| match error {
        Error::Internal(InternalError::Database(failure)) => obstacle::unstorable(failure),
        other => other,
    })
}

async fn save(connection: &mut PgConnection, migration: &Migration) -> Result<()> {
    store::save(connection, &migration.differences).await?;
    roles::take(connection, &migration.roles).await?;
    match &migration.module {
        Some(row) => store::save_module(connection, row).await,
        None => Ok(()),
    }
}

/// Takes the steps of a change. A table that has no room for its new columns is rebuilt first.
async fn take(connection: &mut PgConnection, tenant: &Tenant, migration: &Migration) -> Result<()> {
    let steps = &migration.steps;
    let Err(failure) = run(connection, tenant, steps).await? else {
        return Ok(());
    };
    if !obstacle::is_out_of_columns(&failure) {
        return Err(obstacle::explain(connection, &tenant.schema, steps, failure).await);
    }
    let grown = migration
        .differences
        .iter()
        .filter_map(|difference| match difference {
            (Some(before), Some(_)) => migration.before.object(before.head.api_name.as_str()),
            _ => None,
        });
    let rebuilt: Vec<Step> = grown
        .filter(|object| steps.iter().any(|step| step.widens(&object.table)))
        .flat_map(|object| migration::rebuild(&migration.before, object))
        .collect();
    tracing::info!(tenant = %tenant.id, "rebuilds a table that is out of columns, to give dropped ones back");
    let outcome = match run(connection, tenant, &rebuilt).await? {
        Ok(()) => run(connection, tenant, steps).await?,
        refused => refused,
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(failure) => Err(obstacle::explain(connection, &tenant.schema, steps, failure).await),
    }
}

/// Runs steps, all or none of them.
async fn run(
    connection: &mut PgConnection,
    tenant: &Tenant,
    steps: &[Step],
) -> Result<Result<(), Failure>> {
    let trigrams = if steps.iter().any(Step::needs_trigrams) {
        trigrams::find(connection).await?
    } else {
        None
    };
    let texts: Vec<String> = steps
        .iter()
        .filter(|step| trigrams.is_some() || !step.needs_trigrams())
        .map(|step| step.text(&tenant.schema, trigrams.as_ref()))
        .collect();
    if texts.is_empty() {
        return Ok(Ok(()));
    }
    let text = format!("savepoint steps;\n{};\nrelease steps", texts.join(";\n"));
    let outcome = sqlx::raw_sql(AssertSqlSafe(text))
        .execute(&mut *connection)
        .await;
    let Err(error) = outcome else {
        return Ok(Ok(()));
    };
    let failure = Failure::from(error);
    if failure.refusal().is_some() {
        sqlx::query("rollback to savepoint steps")
            .execute(connection)
            .await?;
    }
    Ok(Err(failure))
}

/// Whether somebody else held what a change needs; trying again may help.
fn is_contention(failure: &Failure) -> bool {
    const LOCK_NOT_AVAILABLE: &str = "55P03";
    const DEADLOCK: &str = "40P01";
    matches!(failure.state(), Some(LOCK_NOT_AVAILABLE | DEADLOCK))
}
