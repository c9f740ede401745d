//! The members of a tenant, as the people who administer them see and change them.
//!
//! People span tenants, so nothing here touches a password, an address or a second factor.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, Row};
use tessera_catalog::{provision, store};
use tessera_compiler::tenant::SchemaName;
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::access::area::Area;
use tessera_schema::access::role;
use tessera_schema::ident::{TenantId, UserId};
use tessera_schema::violation::Pointer;

use super::audit::{self, Act};
use super::member::{self, User};
use super::{Identity, roles};
use crate::principal::Principal;

/// A member in the list of members.
#[derive(Debug, Clone, Serialize)]
pub struct MemberEntry {
    pub user: User,
    /// The api names of their roles.
    pub roles: Vec<String>,
    /// The api names of their teams.
    pub teams: Vec<String>,
    pub joined_at: DateTime<Utc>,
    /// The time of their last sign-in or refresh in this tenant, so up to a quarter of an hour old.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// A change of a member.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemberChange {
    /// The api names of all roles that the member has from now on.
    pub roles: Option<Vec<String>>,
}

impl FromRow<'_, PgRow> for MemberEntry {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let roles = roles::in_row(row)?.into_iter();
        Ok(Self {
            user: User {
                id: UserId(row.try_get("user_id")?),
                email: row.try_get("email")?,
                name: row.try_get("user_name")?,
            },
            roles: roles.map(|role| role.api_name).collect(),
            teams: row.try_get("teams")?,
            joined_at: row.try_get("created_at")?,
            last_seen_at: row.try_get("last_seen_at")?,
        })
    }
}

impl Identity {
    /// The members of the caller's tenant, by name.
    ///
    /// # Errors
    /// [`UserError::Forbidden`] where the caller does not administer members, as of the other two.
    pub async fn members(&self, principal: &Principal) -> Result<Vec<MemberEntry>> {
        principal.must_administer(Area::Members)?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let members = entries(&mut transaction, None).await?;
        transaction.commit().await?;
        Ok(members)
    }

    /// A member of the caller's tenant as they would call.
    pub async fn principal_of(
        &self,
        principal: &Principal,
        user: UserId,
    ) -> Result<Option<Principal>> {
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let member = member::as_principal(&mut transaction, principal.tenant, user).await?;
        transaction.commit().await?;
        Ok(member)
    }

    /// Changes a member of the caller's tenant. It holds in the next request of that member.
    ///
    /// # Errors
    /// A violation of a role's name. [`UserError::Conflict`] where no admin would be left. [`UserError::NotFound`].
    pub async fn change_member(
        &self,
        principal: &Principal,
        user: UserId,
        change: &MemberChange,
    ) -> Result<MemberEntry> {
        principal.must_administer(Area::Members)?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let place = Pointer::root().key("roles");
        let guard = Admins::lock(&mut transaction, principal.tenant, place).await?;
        let member = entries(&mut transaction, Some(user)).await?.pop();
        let member = member.ok_or_else(not_found)?;
        if let Some(names) = &change.roles {
            let roles = roles::find_to_give(&mut transaction, principal, names, &member.roles);
            let roles = roles::ids(&roles.await?);
            member::set_roles(&mut transaction, principal.tenant, user, &roles).await?;
            store::raise_for_views(&mut transaction, principal.tenant).await?;
            let details = json!({"user": user, "email": member.user.email, "roles": names});
            let act = Act::of_access("member.roles_changed", details);
            audit::note(&mut transaction, Some(principal.user), &act).await?;
        }
        guard.must_be_there(&mut transaction).await?;
        let entry = entries(&mut transaction, Some(user)).await?.pop();
        transaction.commit().await?;
        self.grants.forget_member(principal.tenant, user);
        entry.ok_or_else(|| not_found().into())
    }

    /// Removes a member from the caller's tenant, and with them their sessions there.
    ///
    /// # Errors
    /// [`UserError::Conflict`] where no admin would be left. [`UserError::NotFound`].
    pub async fn remove_member(&self, principal: &Principal, user: UserId) -> Result<()> {
        principal.must_administer(Area::Members)?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let guard = Admins::lock(&mut transaction, principal.tenant, Pointer::root()).await?;
        let member = entries(&mut transaction, Some(user)).await?.pop();
        let member = member.ok_or_else(not_found)?;
        let details = json!({"user": user, "email": member.user.email});
        let act = Act::of_access("member.removed", details);
        audit::note(&mut transaction, Some(principal.user), &act).await?;
        sqlx::query("delete from platform.memberships where tenant_id = $1 and user_id = $2")
            .bind(principal.tenant.0)
            .bind(user.0)
            .execute(&mut *transaction)
            .await?;
        guard.must_be_there(&mut transaction).await?;
        let schema = SchemaName::of(principal.tenant);
        provision::dismiss_user(&mut transaction, &schema, user).await?;
        transaction.commit().await?;
        self.grants.forget_member(principal.tenant, user);
        Ok(())
    }
}

const fn not_found() -> UserError {
    UserError::NotFound { what: "member" }
}

/// The members of the tenant that the transaction acts for: all, or one.
async fn entries(connection: &mut PgConnection, only: Option<UserId>) -> Result<Vec<MemberEntry>> {
    let text = format!(
        "select m.user_id, u.email, u.name as user_name, m.created_at, {} as roles,
             array(select t.api_name from platform.team_members tm join platform.teams t on t.id = tm.team_id
                 where tm.tenant_id = m.tenant_id and tm.user_id = m.user_id order by t.api_name) as teams,
             (select max(s.rotated_at) from platform.sessions s where s.tenant_id = m.tenant_id and s.user_id = m.user_id) as last_seen_at
         from platform.memberships m join platform.users u on u.id = m.user_id
         where m.tenant_id = platform.current_tenant_id() and u.kind = 'person' and ($1::uuid is null or m.user_id = $1)
         order by lower(u.name), u.email",
        roles::OF_MEMBERSHIP
    );
    let entries = sqlx::query_as(AssertSqlSafe(text))
        .bind(only.map(|user| user.0))
        .fetch_all(connection)
        .await?;
    Ok(entries)
}

/// The admins of a tenant, of whom one has to be left after each change. Changes of them take turns.
struct Admins {
    tenant: TenantId,
    /// The place of the refusal.
    place: Pointer,
}

impl Admins {
    async fn lock(connection: &mut PgConnection, tenant: TenantId, place: Pointer) -> Result<Self> {
        sqlx::query("select from platform.roles where tenant_id = $1 and api_name = $2 for update")
            .bind(tenant.0)
            .bind(role::ADMIN)
            .execute(connection)
            .await?;
        Ok(Self { tenant, place })
    }

    async fn must_be_there(self, connection: &mut PgConnection) -> Result<()> {
        let are_there: bool = sqlx::query_scalar(
            "select exists (
                 select from platform.membership_roles m
                 join platform.roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
                 join platform.users u on u.id = m.user_id
                 where m.tenant_id = $1 and r.api_name = $2 and u.kind = 'person'
             )",
        )
        .bind(self.tenant.0)
        .bind(role::ADMIN)
        .fetch_one(connection)
        .await?;
        if are_there {
            return Ok(());
        }
        let message = "a tenant keeps at least one admin: make somebody else an admin first";
        Err(UserError::conflict(self.place, "last_admin", message).into())
    }
}
