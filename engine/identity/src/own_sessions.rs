//! A person's own sessions, in all of their tenants: to be looked at, and ended when a password changes or a device is lost.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::ident::{TenantId, UserId};
use tessera_schema::violation::Pointer;
use uuid::Uuid;

use super::origin::Origin;
use super::secret::Secret;
use super::session_id::SessionId;
use super::validation::Checks;
use super::{Identity, users};

/// A session that has not ended.
#[derive(Debug, Clone, Serialize, FromRow)]
pub struct OpenSession {
    pub id: Uuid,
    /// The slug of the tenant that was signed in to.
    pub tenant: String,
    /// The program that signed in, in its own words.
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
    /// The time of the last refresh.
    pub refreshed_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// Whether it is the session of the request that asks.
    pub current: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordChange {
    pub current: Secret,
    pub new: Secret,
}

impl Identity {
    /// The sessions of the person that an access token stands for, the one used last first.
    pub async fn sessions(&self, access_token: &str) -> Result<Vec<OpenSession>> {
        let claims = self.person(access_token)?;
        let mut transaction = database::begin_for_user(&self.pool, claims.sub).await?;
        let sessions = sqlx::query_as(
            "select s.id, t.slug as tenant, s.user_agent, s.created_at, s.rotated_at as refreshed_at, s.expires_at,
                 s.id = $2 as current
             from platform.sessions s join platform.tenants t on t.id = s.tenant_id
             where s.user_id = $1 and s.ended_at is null and s.expires_at > now()
             order by s.rotated_at desc, s.id",
        )
        .bind(claims.sub.0)
        .bind(claims.sid.0)
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(sessions)
    }

    /// Ends one of a person's own sessions.
    ///
    /// # Errors
    /// [`UserError::NotFound`] where it has ended, or is somebody else's.
    pub async fn end_own_session(&self, user: UserId, session: Uuid) -> Result<()> {
        let mut transaction = database::begin_for_user(&self.pool, user).await?;
        let ended = end(&mut transaction, user, Which::One(SessionId(session))).await?;
        transaction.commit().await?;
        if ended.is_empty() {
            return Err(UserError::NotFound { what: "session" }.into());
        }
        self.forget(ended).await;
        Ok(())
    }

    /// Changes the caller's password, and ends all of their other sessions.
    ///
    /// # Errors
    /// A violation of either password. [`UserError::TooManyRequests`] where earlier attempts failed.
    pub async fn change_password(
        &self,
        access_token: &str,
        change: &PasswordChange,
        origin: &Origin,
    ) -> Result<()> {
        let claims = self.person(access_token)?;
        let mut checks = Checks::default();
        checks.given_password("current", &change.current);
        checks.new_password("new", &change.new);
        checks.finish()?;
        let account = users::find_by_id(&self.pool, claims.sub)
            .await?
            .ok_or(UserError::Unauthenticated)?;
        let is_theirs = self
            .try_password(&account.user.email, Some(&account), &change.current, origin)
            .await?;
        if !is_theirs {
            let place = Pointer::root().key("current");
            let message = "this is not your password";
            return Err(UserError::invalid(place, "wrong_password", message).into());
        }
        let hash = self.passwords.hash(&change.new).await?;
        let mut transaction = database::begin_for_user(&self.pool, claims.sub).await?;
        sqlx::query("update platform.users set password_hash = $2 where id = $1")
            .bind(claims.sub.0)
            .bind(hash)
            .execute(&mut *transaction)
            .await?;
        let ended = end(&mut transaction, claims.sub, Which::AllBut(claims.sid)).await?;
        transaction.commit().await?;
        self.forget(ended).await;
        Ok(())
    }

    pub(super) async fn forget(&self, ended: Vec<(TenantId, SessionId)>) {
        for (tenant, session) in ended {
            self.grants.forget(tenant, session).await;
        }
    }
}

/// Ends all sessions of a person. The transaction acts for them.
pub(super) async fn end_all(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Vec<(TenantId, SessionId)>> {
    // No session has this id.
    end(connection, user, Which::AllBut(SessionId(Uuid::nil()))).await
}

/// Which of a person's sessions.
#[derive(Debug, Clone, Copy)]
enum Which {
    One(SessionId),
    AllBut(SessionId),
}

/// Ends sessions of a person. Returns the sessions that were open.
async fn end(
    connection: &mut PgConnection,
    user: UserId,
    which: Which,
) -> Result<Vec<(TenantId, SessionId)>> {
    let (id, all_others) = match which {
        Which::One(id) => (id, false),
        Which::AllBut(id) => (id, true),
    };
    let ended: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "update platform.sessions set ended_at = now()
         where user_id = $1 and (id = $2) <> $3 and ended_at is null
         returning tenant_id, id",
    )
    .bind(user.0)
    .bind(id.0)
    .bind(all_others)
    .fetch_all(connection)
    .await?;
    let ended = ended.into_iter();
    Ok(ended
        .map(|(tenant, session)| (TenantId(tenant), SessionId(session)))
        .collect())
}
