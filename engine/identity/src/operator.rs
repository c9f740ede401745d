//! What an operator does to accounts and tenants, from the command line. Servers notice within 5 s.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::ident::UserId;
use uuid::Uuid;

use super::users::{self, Account};
use super::{Identity, own_sessions, second_factor, tenants};

/// A person's account, as an operator sees it.
#[derive(Debug, Clone, FromRow)]
pub struct AccountEntry {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub has_second_factor: bool,
}

impl Identity {
    /// The accounts of all people, or of one tenant's members, by address.
    ///
    /// # Errors
    /// [`UserError::NotFound`] where there is no such tenant.
    pub async fn accounts(&self, tenant: Option<&str>) -> Result<Vec<AccountEntry>> {
        let mut transaction = self.pool.begin().await?;
        if let Some(slug) = tenant {
            let tenant = tenants::find(&self.pool, slug)
                .await?
                .ok_or(UserError::NotFound { what: "tenant" })?;
            database::act_for_tenant(&mut transaction, tenant.id).await?;
        }
        let accounts = sqlx::query_as(
            "select u.id, u.email, u.name, u.created_at, u.disabled_at,
                 exists (select from platform.totp t where t.user_id = u.id and t.confirmed_at is not null) as has_second_factor
             from platform.users u
             where u.kind = 'person' and (not $1 or exists (
                 select from platform.memberships m
                 where m.tenant_id = platform.current_tenant_id() and m.user_id = u.id
             ))
             order by u.email",
        )
        .bind(tenant.is_some())
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(accounts)
    }

    /// Lets a person in again, or no more: their sessions then end.
    ///
    /// # Errors
    /// [`UserError::NotFound`] where nobody has the address, as of the next two.
    pub async fn enable_account(&self, email: &str, enabled: bool) -> Result<()> {
        let user = self.account(email).await?;
        sqlx::query(
            "update platform.users set disabled_at = case when $2 then null else coalesce(disabled_at, now()) end where id = $1",
        )
        .bind(user.0)
        .bind(enabled)
        .execute(&self.pool)
        .await?;
        if !enabled {
            self.end_sessions(email).await?;
        }
        Ok(())
    }

    /// Ends all sessions of a person, and says how many there were.
    pub async fn end_sessions(&self, email: &str) -> Result<usize> {
        let user = self.account(email).await?;
        let mut transaction = database::begin_for_user(&self.pool, user).await?;
        let ended = own_sessions::end_all(&mut transaction, user).await?;
        transaction.commit().await?;
        let count = ended.len();
        self.forget(ended).await;
        Ok(count)
    }

    /// Turns a person's second factor off, for when their device and their recovery codes are lost. False where it is off.
    pub async fn remove_second_factor(&self, email: &str) -> Result<bool> {
        let user = self.account(email).await?;
        second_factor::remove(&self.pool, user).await
    }

    async fn account(&self, email: &str) -> Result<UserId> {
        let account: Option<Account> = users::find(&self.pool, email).await?;
        let account = account.ok_or(UserError::NotFound { what: "user" })?;
        Ok(account.user.id)
    }

    /// Lets nobody into a tenant, or everybody again.
    ///
    /// # Errors
    /// [`UserError::NotFound`] where there is no such tenant.
    pub async fn suspend_tenant(&self, slug: &str, suspended: bool) -> Result<()> {
        let changed = sqlx::query(
            "update platform.tenants set suspended_at = case when $2 then coalesce(suspended_at, now()) end where slug = $1",
        )
        .bind(slug)
        .bind(suspended)
        .execute(&self.pool)
        .await?;
        if changed.rows_affected() == 0 {
            return Err(UserError::NotFound { what: "tenant" }.into());
        }
        Ok(())
    }
}
