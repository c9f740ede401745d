//! A member: a person in one tenant, with the role held there.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use std::sync::Arc;
use tessera_catalog::provision;
use tessera_compiler::tenant::{SchemaName, Tenant};
use tessera_error::Result;
use tessera_schema::ident::{TenantId, UserId};
use uuid::Uuid;

use crate::principal::{Permissions, Role};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct RoleId(pub(super) Uuid);

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

pub(super) struct Member {
    pub(super) user: User,
    pub(super) tenant: Tenant,
    pub(super) role_id: RoleId,
    pub(super) role: Arc<Role>,
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
            role_id: RoleId(row.try_get("role_id")?),
            role: Arc::new(Role {
                api_name: row.try_get("role_api_name")?,
                name: row.try_get("role_name")?,
                permissions: row.try_get::<Json<Permissions>, _>("permissions")?.0,
            }),
        })
    }
}

/// A member of the tenant that the transaction acts for.
pub(super) async fn find(connection: &mut PgConnection, user: UserId) -> Result<Option<Member>> {
    let member = sqlx::query_as(
        "select m.tenant_id, t.slug, t.name as tenant_name, \
                m.user_id, u.email, u.name as user_name, \
                m.role_id, r.api_name as role_api_name, r.name as role_name, r.permissions \
         from platform.memberships m \
         join platform.tenants t on t.id = m.tenant_id \
         join platform.users u on u.id = m.user_id \
         join platform.roles r on r.id = m.role_id \
         where m.tenant_id = platform.current_tenant_id() and m.user_id = $1",
    )
    .bind(user.0)
    .fetch_optional(connection)
    .await?;
    Ok(member)
}

/// Makes a person a member of the tenant that the transaction acts for. False where they are one already.
pub(super) async fn admit(
    connection: &mut PgConnection,
    tenant: &Tenant,
    user: &User,
    role: RoleId,
) -> Result<bool> {
    let inserted = sqlx::query(
        "insert into platform.memberships (tenant_id, user_id, role_id) values ($1, $2, $3) \
         on conflict do nothing",
    )
    .bind(tenant.id.0)
    .bind(user.id.0)
    .bind(role.0)
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    provision::admit_user(connection, &tenant.schema, user.id, &user.email, &user.name).await?;
    Ok(true)
}
