//! The stored roles of a tenant. They are read with its model.

use serde::Deserialize;
use serde_json::Value as Json;
use sqlx::types::Json as JsonColumn;
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use std::sync::Arc;
use tessera_builtin_objects as builtin;
use tessera_error::{InternalError, Result, UserError};
use tessera_schema::access::permissions::{ObjectPermissions, Permissions};
use tessera_schema::access::role::{self, Role, Roles};
use tessera_schema::ident::{ApiName, RoleId, TenantId};
use tessera_schema::model::Model;
use tessera_schema::object::{Object, Origin};
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

/// A row of `platform.roles`. The built-in roles have no definition there.
#[derive(Debug, Deserialize, FromRow)]
pub struct RoleRow {
    pub id: Uuid,
    pub api_name: String,
    pub name: String,
    pub definition: Option<JsonColumn<Json>>,
}

impl TryFrom<RoleRow> for Role {
    type Error = InternalError;

    fn try_from(row: RoleRow) -> Result<Self, InternalError> {
        let built_in = row.definition.is_none();
        let permissions = match row.definition {
            Some(JsonColumn(Json::Object(definition))) => {
                Permissions::read(&definition).map_err(|faults| {
                    let faults = faults.into_iter().map(|fault| fault.message);
                    InternalError::Metadata(faults.collect::<Vec<_>>().join("; "))
                })?
            }
            Some(_) => return Err(InternalError::Metadata("a role is no object".to_owned())),
            None => {
                let known = role::built_in().into_iter();
                let mut known = known.filter(|(known, ..)| *known == row.api_name);
                known
                    .next()
                    .map(|(.., permissions)| permissions)
                    .unwrap_or_default()
            }
        };
        Ok(Self {
            id: RoleId(row.id),
            api_name: row.api_name,
            name: row.name,
            built_in,
            permissions: Arc::new(permissions),
        })
    }
}

/// The roles of the tenant that the transaction acts for, by api name.
pub async fn load(connection: &mut PgConnection) -> Result<Vec<Role>> {
    let rows: Vec<RoleRow> = sqlx::query_as(
        "select id, api_name, name, definition from platform.roles
         where tenant_id = platform.current_tenant_id() order by api_name",
    )
    .fetch_all(connection)
    .await?;
    let roles = rows.into_iter().map(Role::try_from);
    Ok(roles.collect::<Result<_, _>>()?)
}

/// The rights that everybody has on objects of modules, as far as the model has these objects.
pub(crate) fn of_everybody(model: &Model) -> BTreeMap<ApiName, ObjectPermissions> {
    let mut granted = BTreeMap::new();
    for module in builtin::modules() {
        let origin = Origin::Module(module.about.name.clone());
        for (name, rights) in &module.grants {
            let object = model.object(name.as_str());
            if object.is_some_and(|object| object.source.origin == origin) {
                granted.insert(name.clone(), rights.clone());
            }
        }
    }
    granted
}

/// Logs what of roles does not fit the model. Such a row rule lets nobody through.
pub(crate) fn log_faults(roles: &[Role], model: &Model, tenant: TenantId) {
    for role in roles.iter().filter(|role| !role.built_in) {
        for fault in role.permissions.check(model) {
            let (place, fault) = (fault.pointer.as_str(), &fault.message);
            tracing::error!(%tenant, role = role.api_name, place, fault, "a role does not fit the model");
        }
    }
}

/// What is done to a stored role.
#[derive(Debug, Clone)]
pub(crate) enum RoleStep {
    Save(Role),
    Remove(Role),
}

/// Takes the steps, in the transaction of a change.
pub(crate) async fn take(connection: &mut PgConnection, steps: &[RoleStep]) -> Result<()> {
    for step in steps {
        match step {
            RoleStep::Save(role) => save(connection, role).await?,
            RoleStep::Remove(role) => remove(connection, role).await?,
        }
    }
    Ok(())
}

async fn save(connection: &mut PgConnection, role: &Role) -> Result<()> {
    // Servers of the version before read `permissions`, and let such a role do nothing.
    sqlx::query(
        "insert into platform.roles (id, tenant_id, api_name, name, permissions, definition)
         values ($1, platform.current_tenant_id(), $2, $3, '{}', $4)
         on conflict (id) do update set name = excluded.name, definition = excluded.definition",
    )
    .bind(role.id.0)
    .bind(&role.api_name)
    .bind(&role.name)
    .bind(JsonColumn(&*role.permissions))
    .execute(connection)
    .await?;
    Ok(())
}

async fn remove(connection: &mut PgConnection, role: &Role) -> Result<()> {
    let held: i64 = sqlx::query_scalar(
        "select (select count(*) from platform.membership_roles
                 where tenant_id = platform.current_tenant_id() and role_id = $1)
             + (select count(*) from platform.invitations
                where tenant_id = platform.current_tenant_id() and expires_at > now() and $1 = any(role_ids))",
    )
    .bind(role.id.0)
    .fetch_one(&mut *connection)
    .await?;
    if held > 0 {
        let message = format!(
            "members, API keys or invitations have this role ({held}): give them another one first"
        );
        return Err(UserError::conflict(Pointer::root(), "in_use", message).into());
    }
    sqlx::query(
        "delete from platform.roles where tenant_id = platform.current_tenant_id() and id = $1",
    )
    .bind(role.id.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// The steps that keep roles true to a model after a change of it: names that are gone are forgotten.
///
/// # Errors
/// [`UserError::Conflict`] where a row rule or a preset needs what is gone.
pub(crate) fn following(
    roles: &Roles,
    next: &Model,
    touched: &[(&Object, Option<&Object>)],
) -> Result<Vec<RoleStep>, UserError> {
    let mut steps = Vec::new();
    let mut violations = Vec::new();
    for role in roles.all().filter(|role| !role.built_in) {
        let mut permissions = Permissions::clone(&role.permissions);
        for (before, after) in touched {
            forget(&mut permissions, before, *after);
        }
        for fault in permissions.check(next) {
            let message = format!(
                "the role `{}` needs it, at {}: {}",
                role.api_name,
                fault.pointer.as_str(),
                fault.message
            );
            violations.push(Violation::new(Pointer::root(), "used_by_role", message));
        }
        if permissions != *role.permissions {
            steps.push(RoleStep::Save(Role {
                permissions: Arc::new(permissions),
                ..role.clone()
            }));
        }
    }
    if violations.is_empty() {
        Ok(steps)
    } else {
        Err(UserError::Conflict(violations))
    }
}

fn forget(permissions: &mut Permissions, before: &Object, after: Option<&Object>) {
    let Some(after) = after else {
        permissions.forget_object(before.api_name());
        return;
    };
    let gone = before.own_fields();
    for field in gone.filter(|field| !after.fields.contains_key(field.api_name())) {
        permissions.forget_field(before.api_name(), field);
    }
}
