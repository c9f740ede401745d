//! Roles: the built-in ones, a tenant's, and how a member gets them.

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use tessera_error::{Result, UserError};
use tessera_schema::ident::TenantId;
use tessera_schema::text::clip;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use crate::principal::{Permissions, Principal, Role};

/// The role of the person who makes a tenant.
pub(super) const ADMIN: &str = "admin";

/// Selects the roles of the membership `m`, as a JSON array. Null where there are none.
pub(super) const OF_MEMBERSHIP: &str = "(select json_agg(json_build_object('api_name', r.api_name, 'name', r.name, 'permissions', r.permissions) order by r.api_name) \
     from platform.membership_roles of join platform.roles r on r.tenant_id = of.tenant_id and r.id = of.role_id \
     where of.tenant_id = m.tenant_id and of.user_id = m.user_id)";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct RoleId(pub(super) Uuid);

/// The roles that a row has from [`OF_MEMBERSHIP`].
pub(super) fn in_row(row: &PgRow) -> sqlx::Result<Vec<Role>> {
    let roles: Option<Json<Vec<Role>>> = row.try_get("roles")?;
    Ok(roles.map_or_else(Vec::new, |Json(roles)| roles))
}

/// A role as a tenant has it.
pub(super) struct StoredRole {
    pub(super) id: RoleId,
    pub(super) role: Role,
}

/// The roles that every tenant has.
fn built_in() -> [Role; 3] {
    let role = |api_name: &str, name: &str, permissions| Role {
        api_name: api_name.to_owned(),
        name: name.to_owned(),
        permissions,
    };
    let reads = Permissions {
        read: true,
        ..Permissions::default()
    };
    let writes = Permissions {
        write: true,
        ..reads
    };
    let administers = Permissions {
        model: true,
        ..writes
    };
    [
        role(ADMIN, "Admin", administers),
        role("member", "Member", writes),
        role("read_only", "Read only", reads),
    ]
}

/// Stores those of the built-in roles that a tenant does not have: all where it is new, `read_only` where an earlier version made it.
/// The transaction acts for the tenant.
pub(super) async fn provide(connection: &mut PgConnection, tenant: TenantId) -> Result<()> {
    for role in built_in() {
        sqlx::query(
            "insert into platform.roles (id, tenant_id, api_name, name, permissions) \
             values ($1, $2, $3, $4, $5) on conflict (tenant_id, api_name) do nothing",
        )
        .bind(Uuid::now_v7())
        .bind(tenant.0)
        .bind(role.api_name)
        .bind(role.name)
        .bind(Json(role.permissions))
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
) -> Result<Vec<StoredRole>> {
    let place = Pointer::root().key("roles");
    if names.is_empty() {
        return Err(UserError::invalid(place, "required", "this is required").into());
    }
    provide(connection, tenant).await?;
    let stored: Vec<(Uuid, String, String, Json<Permissions>)> = sqlx::query_as(
        "select id, api_name, name, permissions from platform.roles \
         where tenant_id = platform.current_tenant_id() order by api_name",
    )
    .fetch_all(connection)
    .await?;
    let mut found: Vec<StoredRole> = Vec::new();
    let mut unknown = Vec::new();
    for (index, wanted) in names.iter().enumerate() {
        if found.iter().any(|known| known.role.api_name == *wanted) {
            continue;
        }
        match stored.iter().find(|(_, api_name, ..)| api_name == wanted) {
            Some((id, api_name, name, Json(permissions))) => found.push(StoredRole {
                id: RoleId(*id),
                role: Role {
                    api_name: api_name.clone(),
                    name: name.clone(),
                    permissions: *permissions,
                },
            }),
            None => {
                let names: Vec<&str> = stored.iter().map(|(_, name, ..)| name.as_str()).collect();
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

/// As [`find_all`], for roles that the caller gives to somebody.
///
/// # Errors
/// [`UserError::Forbidden`] where they grant more than the caller may do.
pub(super) async fn find_to_give(
    connection: &mut PgConnection,
    giver: &Principal,
    names: &[String],
) -> Result<Vec<StoredRole>> {
    let roles = find_all(connection, giver.tenant, names).await?;
    let held = giver.role.permissions;
    if roles.iter().all(|given| held.cover(given.role.permissions)) {
        Ok(roles)
    } else {
        let action = "give a role that may do more than you";
        Err(UserError::Forbidden { action }.into())
    }
}
