//! A member: a person in one tenant, with the roles held there.

use serde::Serialize;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, Row, postgres::PgRow};
use std::sync::Arc;
use tessera_catalog::provision;
use tessera_compiler::tenant::{SchemaName, Tenant};
use tessera_error::{Result, UserError};
use tessera_schema::access::role::Role;
use tessera_schema::ident::{RoleId, TenantId, UserId};
use uuid::Uuid;

use super::roles;
use crate::principal::{HeldRoles, Principal};

/// A person, as the others may see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleName {
    pub api_name: String,
    pub name: String,
}

impl RoleName {
    pub(super) fn of(role: &Role) -> Self {
        Self {
            api_name: role.api_name.clone(),
            name: role.name.clone(),
        }
    }
}

pub(super) struct Member {
    pub(super) user: User,
    pub(super) tenant: Tenant,
    /// One of their roles: the only one that servers of the version before know.
    pub(super) first_role: RoleId,
    pub(super) roles: Vec<Role>,
    /// Nobody is let into the tenant.
    pub(super) suspended: bool,
}

impl Member {
    /// # Errors
    /// [`UserError::TenantSuspended`].
    pub(super) const fn must_be_let_in(&self) -> Result<(), UserError> {
        if self.suspended {
            Err(UserError::TenantSuspended)
        } else {
            Ok(())
        }
    }
}

impl FromRow<'_, PgRow> for Member {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let tenant_id = TenantId(row.try_get("tenant_id")?);
        Ok(Self {
            user: User {
                id: UserId(row.try_get("user_id")?),
                email: row.try_get("email")?,
                name: row.try_get("user_name")?,
            },
            tenant: Tenant {
                id: tenant_id,
                slug: row.try_get("slug")?,
                name: row.try_get("tenant_name")?,
                schema: SchemaName::of(tenant_id),
            },
            first_role: RoleId(row.try_get("role_id")?),
            roles: roles::in_row(row)?,
            suspended: row.try_get("suspended")?,
        })
    }
}

/// A member of the tenant that the transaction acts for.
pub(super) async fn find(connection: &mut PgConnection, user: UserId) -> Result<Option<Member>> {
    let text = format!(
        "select m.tenant_id, t.slug, t.name as tenant_name, t.suspended_at is not null as suspended, m.user_id, u.email, u.name as user_name, m.role_id, {} as roles
         from platform.memberships m
         join platform.tenants t on t.id = m.tenant_id
         join platform.users u on u.id = m.user_id
         where m.tenant_id = platform.current_tenant_id() and m.user_id = $1",
        roles::OF_MEMBERSHIP
    );
    let member = sqlx::query_as(AssertSqlSafe(text))
        .bind(user.0)
        .fetch_optional(connection)
        .await?;
    Ok(member)
}

/// A member of the tenant that the transaction acts for, or a service account there, as a caller.
pub(super) async fn as_principal(
    connection: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Principal>> {
    let Some(member) = find(connection, user).await? else {
        return Ok(None);
    };
    let team_ids: Vec<Uuid> = sqlx::query_scalar(
        "select team_id from platform.team_members where tenant_id = platform.current_tenant_id() and user_id = $1",
    )
    .bind(user.0)
    .fetch_all(connection)
    .await?;
    Ok(Some(Principal {
        tenant,
        user,
        held: Arc::new(HeldRoles::of(&member.roles)),
        team_ids: team_ids.into(),
    }))
}

/// Makes a person a member of the tenant that the transaction acts for, with one role or more. False where they are one already.
pub(super) async fn admit(
    connection: &mut PgConnection,
    tenant: &Tenant,
    user: &User,
    roles: &[RoleId],
) -> Result<bool> {
    let first = roles.first().expect("a member has a role");
    let inserted = sqlx::query(
        "insert into platform.memberships (tenant_id, user_id, role_id) values ($1, $2, $3) \
         on conflict do nothing",
    )
    .bind(tenant.id.0)
    .bind(user.id.0)
    .bind(first.0)
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    set_roles(connection, tenant.id, user.id, roles).await?;
    provision::admit_user(connection, &tenant.schema, user.id, &user.email, &user.name).await?;
    Ok(true)
}

/// Gives a member these roles in the place of those they had.
pub(super) async fn set_roles(
    connection: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    roles: &[RoleId],
) -> Result<()> {
    let ids: Vec<Uuid> = roles.iter().map(|role| role.0).collect();
    sqlx::query(
        "with gone as (
             delete from platform.membership_roles
             where tenant_id = $1 and user_id = $2 and role_id <> all($3)
         ), first as (
             update platform.memberships set role_id = $3[1] where tenant_id = $1 and user_id = $2
         )
         insert into platform.membership_roles (tenant_id, user_id, role_id)
         select $1, $2, role_id from unnest($3) role_id on conflict do nothing",
    )
    .bind(tenant.0)
    .bind(user.0)
    .bind(ids)
    .execute(connection)
    .await?;
    Ok(())
}
