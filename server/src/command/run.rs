//! What each command does.

use std::io::Write;
use tessera_engine::doctor::Level;
use tessera_engine::engine::Engine;
use tessera_error::{Error, UserError};

use super::{Command, Failure, Tenant};
use crate::database::Database;
use crate::serve;
use crate::settings::Settings;

impl Command {
    pub(super) async fn run(self, settings: &Settings) -> Result<(), Failure> {
        if let Self::Serve { demo } = self {
            // Where the log goes elsewhere than the terminal, it says why there is no server.
            return serve::serve(settings, demo)
                .await
                .inspect_err(|failure| tracing::error!(%failure, "the server ends"));
        }
        if !self.may_make_a_database() {
            Database::must_be_there(settings)?;
        }
        let database = if matches!(self, Self::Doctor) {
            Database::to_look(settings).await?
        } else {
            Database::to_change(settings).await?
        };
        let outcome = self.on(&database, settings).await;
        database.close().await;
        outcome
    }

    /// Whether the command makes sense on a data directory that has no database yet.
    const fn may_make_a_database(&self) -> bool {
        matches!(
            self,
            Self::Serve { .. }
                | Self::Migrate
                | Self::Seed(_)
                | Self::Tenant(Tenant::Create { .. })
        )
    }

    /// The commands that do one thing to the database and end.
    async fn on(self, database: &Database, settings: &Settings) -> Result<(), Failure> {
        let engine = &database.engine;
        let mut out = std::io::stdout();
        match self {
            Self::Serve { .. } => {}
            Self::Model(command) => command.run(engine).await?,
            Self::Doctor => doctor(engine).await?,
            Self::Migrate => {
                // Each is tried whatever became of the others.
                let upgraded = engine.upgrade_modules().await;
                let collated = engine.make_collated_indexes().await;
                let searchable = engine.make_search_indexes().await;
                let changes = engine.make_change_indexes().await;
                let upgraded = upgraded?;
                collated.and(searchable).and(changes)?;
                writeln!(out, "The platform's tables are there and up to date.")?;
                for module in upgraded {
                    writeln!(
                        out,
                        "{}: the module {} was brought up to date; not applied: {}",
                        module.tenant.slug, module.module, module.not_applied
                    )?;
                }
            }
            Self::Seed(seed) => {
                let options = tessera_seed::Options {
                    tenant: seed.tenant,
                    contacts: seed.contacts,
                    companies: seed.companies,
                    opportunities: seed.opportunities,
                };
                let report = tessera_seed::run(engine, &options).await?;
                writeln!(out, "{report}")?;
            }
            Self::Tenant(Tenant::Create { slug, name }) => {
                let tenant = engine
                    .identity
                    .create_tenant(&slug, name.as_deref().unwrap_or(&slug))
                    .await?;
                writeln!(
                    out,
                    "Made the tenant {} ({}). Give it an admin: tessera user create EMAIL --tenant {0} --role admin --password …",
                    tenant.slug, tenant.id
                )?;
            }
            Self::Tenant(Tenant::List) => {
                for tenant in engine.identity.list_tenants().await? {
                    writeln!(out, "{}\t{}\t{}", tenant.slug, tenant.id, tenant.name)?;
                }
            }
            Self::Tenant(Tenant::Suspend { slug }) => {
                let suspended = engine.identity.suspend_tenant(&slug, true).await;
                suspended.map_err(|error| no_tenant(error, &slug))?;
                writeln!(
                    out,
                    "Nobody is let into {slug} any more. Servers notice within 5 s."
                )?;
            }
            Self::Tenant(Tenant::Resume { slug }) => {
                let resumed = engine.identity.suspend_tenant(&slug, false).await;
                resumed.map_err(|error| no_tenant(error, &slug))?;
                writeln!(
                    out,
                    "People are let into {slug} again. Servers notice within 5 s."
                )?;
            }
            Self::User(command) => command.run(&engine.identity, settings).await?,
        }
        Ok(())
    }
}

/// A tenant that is not there is named.
fn no_tenant(error: Error, slug: &str) -> Failure {
    match error {
        Error::User(UserError::NotFound { .. }) => Failure::NoTenant(slug.to_owned()),
        other => other.into(),
    }
}

async fn doctor(engine: &Engine) -> Result<(), Failure> {
    let findings = engine.examine().await?;
    let mut out = std::io::stdout();
    for finding in &findings {
        let mark = match finding.level {
            Level::Fine => "ok",
            Level::Warning => "warning",
            Level::Fault => "FAULT",
        };
        writeln!(out, "{mark:>8}  {}", finding.words)?;
    }
    if findings.iter().any(|finding| finding.level == Level::Fault) {
        return Err(Failure::Faults);
    }
    Ok(())
}
