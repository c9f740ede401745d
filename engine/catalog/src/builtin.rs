//! The built-in modules in a tenant: enabling them, and bringing newer definitions to what a tenant has made of them.

use serde::Serialize;
use serde_json::{Value as Json, json};
use sqlx::PgConnection;
use std::sync::{Arc, LazyLock};
use tessera_builtin_objects::{self as builtin, Module};
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::tenant::Tenant;
use tessera_error::{Error, InternalError, Result, UserError};
use tessera_postgres::database;
use tessera_schema::access::role::Roles;
use tessera_schema::definition::ObjectDefinition;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::ident::{ApiName, TenantId};
use tessera_schema::model::Model;
use tessera_schema::object::Origin;
use tessera_schema::violation::Pointer;

use crate::before_commit::{BeforeCommit, Nothing};
use crate::change::{self, Proposal};
use crate::edit;
use crate::models::Models;
use crate::store::{self, ModuleRow};
use crate::unfinished::Unfinished;
use crate::upgrade;

/// A built-in module as a tenant sees it.
#[derive(Debug, Clone, Serialize)]
pub struct ModuleStatus {
    pub name: ApiName,
    pub title: String,
    pub description: String,
    pub icon: String,
    pub translations: Json,
    pub requires: Vec<ApiName>,
    pub objects: Vec<ApiName>,
    pub enabled: bool,
    /// What an upgrade of the built-in definitions left alone, since the tenant had changed it.
    pub not_applied: Json,
}

impl ModuleStatus {
    fn of(module: &Module, row: Option<&ModuleRow>) -> Self {
        let about = &module.about;
        Self {
            name: about.name.clone(),
            title: about.title.clone(),
            description: about.description.clone(),
            icon: about.icon.clone(),
            translations: about.translations.clone(),
            requires: about.requires.clone(),
            objects: about.objects.clone(),
            enabled: row.is_some(),
            not_applied: row.map_or_else(|| json!([]), |row| row.report.clone()),
        }
    }
}

impl Models {
    /// Every module that can be enabled, and whether the tenant has it.
    pub async fn modules(&self, tenant: TenantId) -> Result<Vec<ModuleStatus>> {
        let enabled = self.enabled_modules(tenant).await?;
        let modules = builtin::modules().iter();
        Ok(modules
            .filter(|module| !module.about.always)
            .map(|module| {
                let row = enabled.iter().find(|row| row.name == module.about.name);
                ModuleStatus::of(module, row)
            })
            .collect())
    }

    /// Gives the tenant a module's objects, and the module as it is then. Nothing happens where the tenant has them already.
    ///
    /// # Errors
    /// A module that does not exist or requires another, or names that the tenant's own objects have taken.
    pub async fn enable_module(
        &self,
        tenant: TenantId,
        name: &str,
        before_commit: &impl BeforeCommit,
    ) -> Result<ModuleStatus> {
        let module = builtin::module(name).ok_or(UserError::NotFound { what: "module" })?;
        let enabled = self.enabled_modules(tenant).await?;
        if let Some(row) = enabled.iter().find(|row| row.name == module.about.name) {
            return Ok(ModuleStatus::of(module, Some(row)));
        }
        let missing = |required: &&ApiName| !enabled.iter().any(|row| row.name == **required);
        if let Some(required) = module.about.requires.iter().find(missing) {
            let message = format!("enable the module `{required}` first");
            return Err(UserError::conflict(Pointer::root(), "requires", message).into());
        }
        self.edit(
            tenant,
            |snapshot| propose(snapshot.whole(), module),
            before_commit,
        )
        .await?;
        Ok(ModuleStatus::of(module, Some(shipped(module))))
    }

    async fn enabled_modules(&self, tenant: TenantId) -> Result<Vec<ModuleRow>> {
        let mut transaction = database::begin_for(self.pool(), tenant).await?;
        let rows = store::load_modules(&mut transaction).await?;
        transaction.commit().await?;
        Ok(rows)
    }

    /// Brings the tenants' modules to the definitions of this server; what a tenant changed stays as it is.
    /// Gives what could not be applied, by tenant and module.
    ///
    /// # Errors
    /// The tenants for which that failed. The others' modules are up to date all the same.
    pub async fn upgrade_modules(&self, tenants: Vec<Tenant>) -> Result<Vec<Upgraded>> {
        let mut upgraded = Vec::new();
        let mut unfinished = Unfinished::default();
        for tenant in tenants {
            if let Err(error) = self.upgrade_modules_of(&tenant, &mut upgraded).await {
                unfinished.note(&tenant, &error);
            }
        }
        unfinished.check()?;
        Ok(upgraded)
    }

    async fn upgrade_modules_of(
        &self,
        tenant: &Tenant,
        upgraded: &mut Vec<Upgraded>,
    ) -> Result<()> {
        let enabled = self.enabled_modules(tenant.id).await?;
        for module in builtin::always() {
            let name = module.about.name.as_str();
            if enabled.iter().any(|row| row.name.as_str() == name) {
                continue;
            }
            match self.enable_module(tenant.id, name, &Nothing).await {
                Ok(_) => {
                    tracing::info!(tenant = %tenant.slug, module = name, "a module was enabled");
                }
                // An object of the tenant has one of the names.
                Err(Error::User(UserError::Conflict(_))) => {
                    tracing::warn!(tenant = %tenant.slug, module = name, "a module that every tenant has could not be enabled: rename the objects that have its names");
                }
                Err(other) => return Err(other),
            }
        }
        for row in enabled {
            if let Some(module) = builtin::module(row.name.as_str())
                && row.applied_hash != shipped(module).applied_hash
            {
                let module = self.upgrade_module(tenant, &row, module).await?;
                tracing::info!(tenant = %tenant.slug, module = %module.module, not_applied = %module.not_applied, "a module was brought up to date");
                upgraded.push(module);
            }
        }
        Ok(())
    }

    async fn upgrade_module(
        &self,
        tenant: &Tenant,
        row: &ModuleRow,
        module: &Module,
    ) -> Result<Upgraded> {
        let base: Vec<ObjectDefinition> = serde_json::from_value(row.applied.clone())
            .map_err(|error| InternalError::Metadata(error.to_string()))?;
        let propose = |snapshot: &Snapshot| {
            let (edits, not_applied) = upgrade::merge(snapshot.whole(), &base, module)?;
            let report = serde_json::to_value(not_applied).expect("a report is JSON");
            let module = Some(ModuleRow {
                report,
                ..shipped(module).clone()
            });
            Ok(Proposal {
                edits,
                module,
                ..Proposal::default()
            })
        };
        self.edit(tenant.id, propose, &Nothing).await?;
        let rows = self.enabled_modules(tenant.id).await?;
        let not_applied = rows
            .into_iter()
            .find(|other| other.name == row.name)
            .map(|row| row.report);
        Ok(Upgraded {
            tenant: tenant.clone(),
            module: row.name.clone(),
            not_applied: not_applied.unwrap_or_default(),
        })
    }
}

/// What bringing one tenant's module up to date came to.
#[derive(Debug, Clone)]
pub struct Upgraded {
    pub tenant: Tenant,
    pub module: ApiName,
    /// A list of [`upgrade::NotApplied`].
    pub not_applied: Json,
}

/// The modules of a tenant that is just being made.
pub(crate) async fn enable_first(connection: &mut PgConnection, tenant: &Tenant) -> Result<()> {
    let first = builtin::module(builtin::FIRST).expect("the first module is one of the modules");
    // A tenant has types of its own only later.
    let mut model = Arc::new(Model::empty(FieldTypes::builtin()));
    for module in std::iter::once(first).chain(builtin::always()) {
        let migration = change::migration(&model, &Roles::default(), propose(&model, module)?)?;
        change::apply(connection, tenant, &migration).await?;
        model = migration.model;
    }
    Ok(())
}

/// All of a module's objects as new ones. Objects of the same change may relate to each other.
fn propose(model: &Model, module: &Module) -> Result<Proposal, UserError> {
    let origin = Origin::Module(module.about.name.clone());
    let mut edits = Vec::with_capacity(module.objects.len());
    let mut taken = Vec::new();
    for (index, object) in module.objects.iter().enumerate() {
        match edit::create_object(model, &object.clone().into(), &origin) {
            Ok((name, Some(mut source))) => {
                source.position += i32::try_from(index).unwrap_or(i32::MAX);
                edits.push((name, Some(source)));
            }
            Ok(edit) => edits.push(edit),
            Err(UserError::Conflict(violations)) => taken.extend(violations),
            Err(other) => return Err(other),
        }
    }
    if !taken.is_empty() {
        return Err(UserError::Conflict(taken));
    }
    let module = Some(shipped(module).clone());
    Ok(Proposal {
        edits,
        module,
        ..Proposal::default()
    })
}

/// A module's row as this server ships it.
fn shipped(module: &Module) -> &'static ModuleRow {
    static ROWS: LazyLock<Vec<ModuleRow>> =
        LazyLock::new(|| builtin::modules().iter().map(row_of).collect());
    let mut rows = ROWS.iter();
    rows.find(|row| row.name == module.about.name)
        .expect("there is a row for every module")
}

fn row_of(module: &Module) -> ModuleRow {
    let applied = serde_json::to_value(&module.objects).expect("definitions are JSON");
    ModuleRow {
        name: module.about.name.clone(),
        applied_hash: hash(&applied),
        applied,
        report: json!([]),
    }
}

/// Tells one state of a module's definitions from another.
fn hash(definitions: &Json) -> String {
    use aws_lc_rs::digest::{SHA256, digest};
    let digest = digest(&SHA256, definitions.to_string().as_bytes());
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
