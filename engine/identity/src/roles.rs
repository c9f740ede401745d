//! How members get their roles.

use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use tessera_catalog::roles::{self as stored, RoleRow};
use tessera_error::{Result, UserError};
use tessera_schema::access::role::{self, Role};
use tessera_schema::ident::{RoleId, TenantId};
use tessera_schema::text::clip;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use crate::principal::Principal;

/// Selects the roles of the membership `m`, as a JSON array. Null where there are none.
pub(super) const OF_MEMBERSHIP: &str = "(select json_agg(json_build_object('id', r.id, 'api_name', r.api_name, 'name', r.name, 'definition', r.definition) order by r.api_name) \
     from platform.membership_roles of join platform.roles r on r.tenant_id = of.tenant_id and r.id = of.role_id \
     where of.tenant_id = m.tenant_id and of.user_id = m.user_id)";

/// The roles that a row has from [`OF_MEMBERSHIP`].
pub(super) fn in_row(row: &PgRow) -> sqlx::Result<Vec<Role>> {
    let rows: Option<Json<Vec<RoleRow>>> = row.try_get("roles")?;
    let rows = rows.map_or_else(Vec::new, |Json(rows)| rows).into_iter();
    let roles = rows.map(Role::try_from).collect::<Result<_, _>>();
    roles.map_err(|error| sqlx::Error::Decode(error.into()))
}

/// What servers of the version before know of a built-in role.
#[derive(Debug, Clone, Copy, Serialize)]
struct OlderPermissions {
    model: bool,
    read: bool,
    write: bool,
}

/// Stores those of the built-in roles that a tenant does not have: all where it is new, `read_only` where an earlier version made it.
/// The transaction acts for the tenant.
pub(super) async fn provide(connection: &mut PgConnection, tenant: TenantId) -> Result<()> {
    for (api_name, name, _) in role::built_in() {
        let permissions = OlderPermissions {
            model: api_name == role::ADMIN,
            read: true,
            write: api_name != "read_only",
        };
        sqlx::query(
            "insert into platform.roles (id, tenant_id, api_name, name, permissions) \
             values ($1, $2, $3, $4, $5) on conflict (tenant_id, api_name) do nothing",
        )
        .bind(Uuid::now_v7())
        .bind(tenant.0)
        .bind(api_name)
        .bind(name)
        .bind(Json(permissions))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// The roles of a tenant that have these names, in the order of the names. The transaction acts for the tenant.
///
/// # Errors
/// A violation for each name that no role has, at its place below `/roles`; also where there are no names.
pub(super) async fn find_all(
    connection: &mut PgConnection,
    tenant: TenantId,
    names: &[String],
) -> Result<Vec<Role>> {
    let place = Pointer::root().key("roles");
    if names.is_empty() {
        return Err(UserError::invalid(place, "required", "this is required").into());
    }
    provide(connection, tenant).await?;
    let stored = stored::load(connection).await?;
    let mut found: Vec<Role> = Vec::new();
    let mut unknown = Vec::new();
    for (index, wanted) in names.iter().enumerate() {
        if found.iter().any(|known| known.api_name == *wanted) {
            continue;
        }
        match stored.iter().find(|role| role.api_name == *wanted) {
            Some(role) => found.push(role.clone()),
            None => {
                let names: Vec<&str> = stored.iter().map(|role| role.api_name.as_str()).collect();
                let message = format!("`{}` is none of {}", clip(wanted), names.join(", "));
                unknown.push(Violation::new(place.key(index), "unknown", message));
            }
        }
    }
    if unknown.is_empty() {
        Ok(found)
    } else {
        Err(UserError::Invalid(unknown).into())
    }
}

/// As [`find_all`], for roles that the caller gives to somebody who has some of them already.
///
/// # Errors
/// [`UserError::Forbidden`] where one of the others grants more than the caller may do.
pub(super) async fn find_to_give(
    connection: &mut PgConnection,
    giver: &Principal,
    names: &[String],
    had: &[String],
) -> Result<Vec<Role>> {
    let roles = find_all(connection, giver.tenant, names).await?;
    for role in roles.iter().filter(|role| !had.contains(&role.api_name)) {
        giver.must_cover(&role.permissions)?;
    }
    Ok(roles)
}

pub(super) fn ids(roles: &[Role]) -> Vec<RoleId> {
    roles.iter().map(|role| role.id).collect()
}
