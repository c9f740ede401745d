//! API keys. Each signs in as a service account of its own, the author of every change made with the key.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, FromRow, Row};
use tessera_catalog::provision;
use tessera_compiler::tenant::SchemaName;
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::access::area::Area;
use tessera_schema::ident::UserId;
use tessera_schema::mismatch::Mismatch;
use uuid::Uuid;

use super::audit::{self, Act};
use super::member::{self, User};
use super::opaque_token::OpaqueToken;
use super::secret::Secret;
use super::validation::Checks;
use super::{Identity, password, roles, tenants};
use crate::principal::Principal;

/// The prefix of every key. It distinguishes keys from access tokens, and lets scanners find leaked ones.
pub(super) const PREFIX: &str = "tsk_";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewApiKey {
    pub name: String,
    /// The api names of its roles.
    pub roles: Vec<String>,
    /// Never, where it is absent.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key without its secret.
#[derive(Debug, Clone, Serialize)]
pub struct ApiKey {
    pub id: Uuid,
    pub name: String,
    /// The service account, the author of every change made with the key.
    pub user_id: UserId,
    /// The api names of its roles.
    pub roles: Vec<String>,
    pub created_by: UserId,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    /// To the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A key that was just made.
#[derive(Debug, Clone, Serialize)]
pub struct MadeApiKey {
    #[serde(flatten)]
    pub api_key: ApiKey,
    /// Shown once: its hash is stored.
    pub key: Secret,
}

impl FromRow<'_, PgRow> for ApiKey {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let roles = roles::in_row(row)?.into_iter();
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            user_id: UserId(row.try_get("user_id")?),
            roles: roles.map(|role| role.api_name).collect(),
            created_by: UserId(row.try_get("created_by")?),
            created_at: row.try_get("created_at")?,
            expires_at: row.try_get("expires_at")?,
            last_used_at: row.try_get("last_used_at")?,
        })
    }
}

impl Identity {
    /// Makes a key of the caller's tenant, with its service account.
    ///
    /// # Errors
    /// A violation of the name, of a role's name or of the time. [`UserError::Forbidden`], also where the key could do more than
    /// the caller.
    pub async fn create_api_key(
        &self,
        principal: &Principal,
        new: &NewApiKey,
    ) -> Result<MadeApiKey> {
        principal.must_administer(Area::Keys)?;
        let mut checks = Checks::default();
        checks.name("name", &new.name);
        if new.expires_at.is_some_and(|time| time <= Utc::now()) {
            let message = "this is not in the future".to_owned();
            checks.refuse("expires_at", Mismatch::new("minimum", message));
        }
        checks.finish()?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let roles = roles::find_to_give(&mut transaction, principal, &new.roles, &[]).await?;
        let id = Uuid::now_v7();
        let account = User {
            id: UserId(id),
            // Nobody can have an address of this domain (RFC 2606).
            email: format!("{}@service.invalid", id.simple()),
            name: new.name.clone(),
        };
        sqlx::query(
            "insert into platform.users (id, email, name, password_hash, kind) values ($1, $2, $3, $4, 'service')",
        )
        .bind(account.id.0)
        .bind(&account.email)
        .bind(&account.name)
        .bind(password::NOBODY)
        .execute(&mut *transaction)
        .await?;
        let tenant = tenants::find_by_id(&mut transaction, principal.tenant)
            .await?
            .ok_or(UserError::Unauthenticated)?;
        member::admit(&mut transaction, &tenant, &account, &roles::ids(&roles)).await?;
        let token = OpaqueToken::generate(principal.tenant, id)?;
        let created_at = sqlx::query_scalar(
            "insert into platform.api_keys (id, tenant_id, user_id, name, secret_hash, created_by, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7) returning created_at",
        )
        .bind(token.id)
        .bind(principal.tenant.0)
        .bind(account.id.0)
        .bind(&account.name)
        .bind(token.secret_hash())
        .bind(principal.user.0)
        .bind(new.expires_at)
        .fetch_one(&mut *transaction)
        .await?;
        let details = json!({"id": id, "name": account.name, "roles": new.roles});
        let act = Act::of_access("api_key.made", details);
        audit::note(&mut transaction, Some(principal.user), &act).await?;
        transaction.commit().await?;
        let roles = roles.into_iter().map(|role| role.api_name);
        Ok(MadeApiKey {
            api_key: ApiKey {
                id,
                name: account.name,
                user_id: account.id,
                roles: roles.collect(),
                created_by: principal.user,
                created_at,
                expires_at: new.expires_at,
                last_used_at: None,
            },
            key: format!("{PREFIX}{}", token.to_text().expose()).into(),
        })
    }

    /// The keys of the caller's tenant, the newest first.
    pub async fn api_keys(&self, principal: &Principal) -> Result<Vec<ApiKey>> {
        principal.must_administer(Area::Keys)?;
        let text = format!(
            "select k.id, k.name, k.user_id, k.created_by, k.created_at, k.expires_at, k.last_used_at, {} as roles
             from platform.api_keys k
             join platform.memberships m on m.tenant_id = k.tenant_id and m.user_id = k.user_id
             where k.tenant_id = platform.current_tenant_id() order by k.id desc",
            roles::OF_MEMBERSHIP
        );
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let keys = sqlx::query_as(AssertSqlSafe(text))
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(keys)
    }

    /// Revokes a key. This server refuses it from now on, the others within 5 s.
    ///
    /// # Errors
    /// [`UserError::NotFound`] where the tenant has no such key.
    pub async fn revoke_api_key(&self, principal: &Principal, id: Uuid) -> Result<()> {
        principal.must_administer(Area::Keys)?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        // The membership takes the key with it.
        let account: Option<Uuid> = sqlx::query_scalar(
            "delete from platform.memberships m using platform.api_keys k
             where k.tenant_id = platform.current_tenant_id() and k.id = $1
                 and m.tenant_id = k.tenant_id and m.user_id = k.user_id
             returning m.user_id",
        )
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(account) = account.map(UserId) else {
            return Err(UserError::NotFound { what: "API key" }.into());
        };
        let act = Act::of_access("api_key.revoked", json!({"id": id}));
        audit::note(&mut transaction, Some(principal.user), &act).await?;
        let schema = SchemaName::of(principal.tenant);
        provision::dismiss_user(&mut transaction, &schema, account).await?;
        transaction.commit().await?;
        self.grants.forget_member(principal.tenant, account);
        Ok(())
    }
}
