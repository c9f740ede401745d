//! The metadata rows: `platform.custom_objects` and `platform.custom_fields`, read whole and written by difference.

use serde_json::{Value as Json, json};
use sqlx::types::Json as JsonColumn;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Row};
use std::collections::HashMap;
use std::sync::Arc;
use tessera_compiler::cursor::CursorSecret;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::sql::Quoted;
use tessera_compiler::tenant::{SchemaName, Tenant};
use tessera_error::{InternalError, Result, UserError};
use tessera_postgres::database;
use tessera_schema::access::role::Roles;
use tessera_schema::definition::{FieldDefinition, ObjectHead};
use tessera_schema::ident::{ApiName, FieldId, ObjectId, TenantId};
use tessera_schema::model::Model;
use tessera_schema::object::{FieldSource, ObjectSource, Origin};
use uuid::Uuid;

use crate::tenant_types::TenantTypes;
use crate::{roles, trigrams};

/// Where servers tell each other of changed models, as `tenant:version`.
pub(crate) const CHANNEL: &str = "tessera_model";

/// Reads a tenant's model as it is now.
pub(crate) async fn load(
    pool: &PgPool,
    types: &dyn TenantTypes,
    cursors: &CursorSecret,
    tenant: TenantId,
) -> Result<Snapshot> {
    // One view of the database for all three statements.
    let mut transaction = pool
        .begin_with("begin isolation level repeatable read read only")
        .await?;
    database::act_for_tenant(&mut transaction, tenant).await?;
    let snapshot = read(&mut transaction, types, cursors, tenant).await?;
    transaction.commit().await?;
    Ok(snapshot)
}

/// As [`load`], within a transaction that acts for the tenant and in which the model stands still.
pub(crate) async fn read(
    connection: &mut PgConnection,
    types: &dyn TenantTypes,
    cursors: &CursorSecret,
    tenant: TenantId,
) -> Result<Snapshot> {
    let tenant = find_tenant(connection, tenant).await?;
    let version = version(connection, &tenant.schema).await?;
    let sources = load_sources(connection).await?;
    let types = types.of(connection, tenant.id).await?;
    let model = Model::compile(types, sources)
        .map_err(|error| InternalError::Metadata(error.to_string()))?;
    let everybody = roles::of_everybody(&model);
    let roles = roles::load(connection).await?;
    roles::log_faults(&roles, &model, tenant.id);
    let trigrams = trigrams::find(connection).await?;
    let cursors = cursors.key(tenant.id);
    Ok(Snapshot::new(
        tenant,
        version,
        Arc::new(model),
        Roles::of(roles, everybody),
        trigrams,
        cursors,
    ))
}

async fn find_tenant(connection: &mut PgConnection, id: TenantId) -> Result<Tenant> {
    let row: Option<(String, String)> =
        sqlx::query_as("select slug, name from platform.tenants where id = $1")
            .bind(id.0)
            .fetch_optional(connection)
            .await?;
    // A token of a tenant that is gone.
    let (slug, name) = row.ok_or(UserError::Unauthenticated)?;
    Ok(Tenant {
        id,
        slug,
        name,
        schema: SchemaName::of(id),
    })
}

/// The version of the tenant's model.
pub async fn version(connection: &mut PgConnection, schema: &SchemaName) -> Result<i64> {
    let text = format!("select version from {}._model", Quoted(schema.as_str()));
    Ok(sqlx::query_scalar(AssertSqlSafe(text))
        .fetch_one(connection)
        .await?)
}

/// The definitions of the tenant that the transaction acts for.
pub(crate) async fn load_sources(connection: &mut PgConnection) -> Result<Vec<ObjectSource>> {
    let rows = sqlx::query(
        "select object_id, id, module, jsonb_build_object(
             'api_name', api_name, 'name', name, 'type', type, 'description', description, 'required', required,
             'unique', is_unique, 'indexed', indexed, 'default_value', default_value, 'settings', settings,
             'translations', translations) as definition
         from platform.custom_fields where tenant_id = platform.current_tenant_id()
         order by object_id, position, id",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut fields: HashMap<Uuid, Vec<FieldSource>> = HashMap::new();
    for row in rows {
        let JsonColumn(definition): JsonColumn<FieldDefinition> = row.try_get("definition")?;
        let source = FieldSource {
            id: FieldId(row.try_get("id")?),
            definition: Arc::new(definition),
            origin: origin(row.try_get("module")?)?,
        };
        fields
            .entry(row.try_get("object_id")?)
            .or_default()
            .push(source);
    }
    let rows = sqlx::query(
        "select id, module, position, jsonb_build_object(
             'api_name', api_name, 'plural_api_name', plural_api_name, 'name', name, 'plural_name', plural_name,
             'description', description, 'icon', icon, 'label_field', label_field, 'translations', translations,
             'hidden', hidden, 'form', form) as head
         from platform.custom_objects where tenant_id = platform.current_tenant_id()",
    )
    .fetch_all(&mut *connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let JsonColumn(head): JsonColumn<ObjectHead> = row.try_get("head")?;
            let id: Uuid = row.try_get("id")?;
            Ok(ObjectSource {
                id: ObjectId(id),
                head,
                fields: fields.remove(&id).unwrap_or_default(),
                origin: origin(row.try_get("module")?)?,
                position: row.try_get("position")?,
            })
        })
        .collect()
}

fn origin(module: Option<String>) -> Result<Origin> {
    match module {
        None => Ok(Origin::Tenant),
        Some(name) => ApiName::parse(&name)
            .map(Origin::Module)
            .map_err(|error| InternalError::Metadata(error.to_string()).into()),
    }
}

fn module(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::Tenant => None,
        Origin::Module(name) => Some(name.as_str()),
    }
}

/// One object before and after a change.
pub(crate) type Difference = (Option<Arc<ObjectSource>>, Option<Arc<ObjectSource>>);

/// Writes what changed, in the transaction that changes the tables.
pub(crate) async fn save(connection: &mut PgConnection, differences: &[Difference]) -> Result<()> {
    let mut gone_objects = Vec::new();
    let mut gone_fields = Vec::new();
    let mut objects = Vec::new();
    let mut fields = Vec::new();
    for (before, after) in differences {
        let Some(after) = after else {
            gone_objects.extend(before.iter().map(|source| source.id.0));
            continue;
        };
        let unchanged = |before: &ObjectSource| {
            before.head == after.head
                && before.position == after.position
                && before.origin == after.origin
        };
        if !before.as_deref().is_some_and(unchanged) {
            objects.push(object_row(after)?);
        }
        let old = before
            .as_ref()
            .map_or(&[][..], |source| source.fields.as_slice());
        let kept = |id: FieldId| after.fields.iter().any(|field| field.id == id);
        gone_fields.extend(
            old.iter()
                .filter(|field| !kept(field.id))
                .map(|field| field.id.0),
        );
        for (position, field) in after.fields.iter().enumerate() {
            if old.get(position) != Some(field) {
                fields.push(field_row(after, position, field)?);
            }
        }
    }
    // Rows that go make room for names that come.
    sqlx::query("delete from platform.custom_fields where tenant_id = platform.current_tenant_id() and id = any($1)")
        .bind(gone_fields)
        .execute(&mut *connection)
        .await?;
    sqlx::query("delete from platform.custom_objects where tenant_id = platform.current_tenant_id() and id = any($1)")
        .bind(gone_objects)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into platform.custom_objects
             (id, tenant_id, api_name, plural_api_name, name, plural_name, description, icon, label_field, translations, hidden, form,
              module, position)
         select id, platform.current_tenant_id(), api_name, plural_api_name, name, plural_name, description, icon, label_field,
             translations, hidden, form, module, position
         from jsonb_to_recordset($1) as r(id uuid, api_name text, plural_api_name text, name text, plural_name text,
             description text, icon text, label_field text, translations jsonb, hidden bool, form jsonb, module text, position int)
         on conflict (id) do update set name = excluded.name, plural_name = excluded.plural_name,
             description = excluded.description, icon = excluded.icon, label_field = excluded.label_field,
             translations = excluded.translations, hidden = excluded.hidden, form = excluded.form,
             position = excluded.position, updated_at = now()",
    )
    .bind(JsonColumn(objects))
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "insert into platform.custom_fields
             (id, tenant_id, object_id, api_name, name, description, type, required, is_unique, indexed, default_value, settings,
              translations, module, position)
         select id, platform.current_tenant_id(), object_id, api_name, name, description, type, required, \"unique\", indexed,
             default_value, settings, translations, module, position
         from jsonb_to_recordset($1) as r(id uuid, object_id uuid, api_name text, name text, description text, type text,
             required bool, \"unique\" bool, indexed bool, default_value jsonb, settings jsonb, translations jsonb,
             module text, position int)
         on conflict (id) do update set name = excluded.name, description = excluded.description,
             required = excluded.required, is_unique = excluded.is_unique, indexed = excluded.indexed,
             default_value = excluded.default_value, settings = excluded.settings, translations = excluded.translations,
             position = excluded.position, updated_at = now()",
    )
    .bind(JsonColumn(fields))
    .execute(&mut *connection)
    .await?;
    Ok(())
}

fn object_row(source: &ObjectSource) -> Result<Json> {
    let mut row = to_json(&source.head)?;
    row["id"] = json!(source.id);
    row["module"] = json!(module(&source.origin));
    row["position"] = json!(source.position);
    Ok(row)
}

fn field_row(object: &ObjectSource, position: usize, field: &FieldSource) -> Result<Json> {
    let mut row = to_json(&*field.definition)?;
    row["id"] = json!(field.id);
    row["object_id"] = json!(object.id);
    row["module"] = json!(module(&field.origin));
    row["position"] = json!(position);
    Ok(row)
}

fn to_json(value: &impl serde::Serialize) -> Result<Json> {
    serde_json::to_value(value).map_err(|error| InternalError::Metadata(error.to_string()).into())
}

/// Raises the version of a model that is the same, because somebody sees another part of it from now on.
pub async fn raise_for_views(connection: &mut PgConnection, tenant: TenantId) -> Result<()> {
    let schema = SchemaName::of(tenant);
    let text = format!(
        "update {}._model set version = version + 1 returning version",
        Quoted(schema.as_str())
    );
    let version: i64 = sqlx::query_scalar(AssertSqlSafe(text))
        .fetch_one(&mut *connection)
        .await?;
    notify(connection, tenant, version).await
}

/// Raises the model's version and tells the other servers, when the transaction commits.
pub(crate) async fn raise_version(
    connection: &mut PgConnection,
    tenant: &Tenant,
    version: i64,
) -> Result<()> {
    let text = format!(
        "update {}._model set version = $1",
        Quoted(tenant.schema.as_str())
    );
    sqlx::query(AssertSqlSafe(text))
        .bind(version)
        .execute(&mut *connection)
        .await?;
    notify(connection, tenant.id, version).await
}

async fn notify(connection: &mut PgConnection, tenant: TenantId, version: i64) -> Result<()> {
    sqlx::query("select pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(format!("{tenant}:{version}"))
        .execute(connection)
        .await?;
    Ok(())
}

/// A tenant's module: the definitions as they were last applied, and what of them could not be.
#[derive(Debug, Clone)]
pub(crate) struct ModuleRow {
    pub(crate) name: ApiName,
    pub(crate) applied: Json,
    pub(crate) applied_hash: String,
    pub(crate) report: Json,
}

pub(crate) async fn save_module(connection: &mut PgConnection, row: &ModuleRow) -> Result<()> {
    sqlx::query(
        "insert into platform.modules (tenant_id, name, applied, applied_hash, report)
         values (platform.current_tenant_id(), $1, $2, $3, $4)
         on conflict (tenant_id, name) do update set applied = excluded.applied,
             applied_hash = excluded.applied_hash, report = excluded.report",
    )
    .bind(row.name.as_str())
    .bind(JsonColumn(&row.applied))
    .bind(&row.applied_hash)
    .bind(JsonColumn(&row.report))
    .execute(connection)
    .await?;
    Ok(())
}

/// The modules of the tenant that the transaction acts for.
pub(crate) async fn load_modules(connection: &mut PgConnection) -> Result<Vec<ModuleRow>> {
    let rows = sqlx::query(
        "select name, applied, applied_hash, report from platform.modules
         where tenant_id = platform.current_tenant_id() order by name",
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let name: String = row.try_get("name")?;
            let JsonColumn(applied) = row.try_get("applied")?;
            let JsonColumn(report) = row.try_get("report")?;
            Ok(ModuleRow {
                name: ApiName::parse(&name)
                    .map_err(|error| InternalError::Metadata(error.to_string()))?,
                applied,
                applied_hash: row.try_get("applied_hash")?,
                report,
            })
        })
        .collect()
}
