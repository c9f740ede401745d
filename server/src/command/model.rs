//! `tessera model`: a tenant's model out of the database and into another.

use std::fs;
use std::io::Write;
use tessera_catalog::change::Change;
use tessera_catalog::transfer::{self, ModelFile};
use tessera_engine::engine::Engine;
use tessera_schema::ident::TenantId;

use super::{Failure, FromFile, Model};

impl Model {
    pub(super) async fn run(self, engine: &Engine) -> Result<(), Failure> {
        let mut out = std::io::stdout();
        match self {
            Self::Export { tenant } => {
                let snapshot = engine.model(find(engine, &tenant).await?).await?;
                let file = transfer::export(snapshot.whole());
                serde_json::to_writer_pretty(&mut out, &file).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
            Self::Diff(from) => {
                let (tenant, file) = read(engine, &from).await?;
                let changes = engine.model_differences(tenant, &file, from.remove).await?;
                tell(&mut out, &changes)?;
                if !changes.is_empty() {
                    return Err(Failure::Differs);
                }
            }
            Self::Apply(from) => {
                let (tenant, file) = read(engine, &from).await?;
                let changes = engine.apply_model(tenant, &file, from.remove).await?;
                tell(&mut out, &changes)?;
                writeln!(out, "{} changes made.", changes.len())?;
            }
        }
        Ok(())
    }
}

async fn find(engine: &Engine, slug: &str) -> Result<TenantId, Failure> {
    let tenants = engine.identity.list_tenants().await?;
    let found = tenants.into_iter().find(|tenant| tenant.slug == slug);
    Ok(found.ok_or_else(|| Failure::NoTenant(slug.to_owned()))?.id)
}

async fn read(engine: &Engine, from: &FromFile) -> Result<(TenantId, ModelFile), Failure> {
    let text = fs::read_to_string(&from.file).map_err(|source| Failure::File {
        path: from.file.clone(),
        source,
    })?;
    let file = serde_json::from_str(&text).map_err(|source| Failure::ModelFile {
        path: from.file.clone(),
        source,
    })?;
    Ok((find(engine, &from.tenant).await?, file))
}

/// One line for each change: what comes (+), what goes (-), what becomes otherwise (~).
fn tell(out: &mut impl Write, changes: &[Change]) -> std::io::Result<()> {
    for change in changes {
        match change {
            Change::CreateObject(draft) => {
                if let Some(definition) = &draft.sound {
                    let (name, fields) = (&definition.head.api_name, definition.fields.len());
                    writeln!(out, "+ {name} ({fields} fields)")?;
                }
            }
            Change::RemoveObject { object, .. } => writeln!(out, "- {object}")?,
            Change::PatchObject { object, patch } => writeln!(out, "~ {object}: {}", keys(patch))?,
            Change::CreateField { object, draft } => {
                if let Some(definition) = &draft.sound {
                    let (name, kind) = (&definition.api_name, &definition.field_type);
                    writeln!(out, "+ {object}.{name} ({kind})")?;
                }
            }
            Change::RemoveField { object, field, .. } => writeln!(out, "- {object}.{field}")?,
            Change::PatchField {
                object,
                field,
                patch,
            } => writeln!(out, "~ {object}.{field}: {}", keys(patch))?,
        }
    }
    Ok(())
}

fn keys(patch: &tessera_schema::definition::Patch) -> String {
    let keys: Vec<&str> = patch.keys().map(String::as_str).collect();
    keys.join(", ")
}
