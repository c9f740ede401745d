//! From an access token to a principal: the token says who, the database what they may do.

use moka::future::Cache;
use sqlx::{AssertSqlSafe, PgPool};
use std::sync::Arc;
use std::time::Duration;
use tessera_error::{Error, Result, UserError};
use tessera_postgres::database;
use tessera_schema::ident::{TenantId, UserId};

use super::session_id::SessionId;
use super::{Identity, caller, member, roles};
use crate::principal::{Principal, Role};

/// So long may a removed member or an ended session still be let in, or a changed role go unnoticed.
const TIME_TO_LIVE: Duration = Duration::from_secs(5);
const MAX_SESSIONS: u64 = 100_000;

impl Identity {
    /// Who an access token stands for.
    pub async fn authenticate(&self, bearer: &str) -> Result<Principal> {
        let claims = self.access_tokens.verify(bearer)?;
        let role = self
            .roles
            .get(&self.pool, claims.tid, claims.sub, claims.sid)
            .await?
            .ok_or(UserError::Unauthenticated)?;
        caller::note(claims.tid, claims.sub);
        Ok(Principal {
            tenant: claims.tid,
            user: claims.sub,
            role,
        })
    }
}

/// Who a session stands for, and what their roles grant together.
#[derive(Debug, Clone)]
struct Standing {
    user: UserId,
    role: Arc<Role>,
}

/// The standing behind each session seen lately; none where the session has ended or the membership is gone.
pub(super) struct RoleCache(Cache<(TenantId, SessionId), Option<Standing>>);

impl RoleCache {
    pub(super) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(MAX_SESSIONS)
                .time_to_live(TIME_TO_LIVE)
                .support_invalidation_closures()
                .build(),
        )
    }

    async fn get(
        &self,
        pool: &PgPool,
        tenant: TenantId,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<Arc<Role>>> {
        let key = (tenant, session);
        let standing = match self.0.get(&key).await {
            Some(known) => known,
            None => {
                // Apart, so that requests which find their role do not carry the reading of it about.
                let read = read_standing(pool, tenant, user, session);
                Box::pin(self.0.try_get_with(key, read))
                    .await
                    .map_err(Error::from)?
            }
        };
        Ok(standing.map(|standing| standing.role))
    }

    /// Makes this server see at once that a session has ended; the others see it within the time to live.
    pub(super) async fn forget(&self, tenant: TenantId, session: SessionId) {
        self.0.invalidate(&(tenant, session)).await;
    }

    /// Makes this server see at once that a membership has changed; the others see it within the time to live.
    pub(super) fn forget_member(&self, tenant: TenantId, user: UserId) {
        let is_theirs = move |(of, _): &(TenantId, SessionId), standing: &Option<Standing>| {
            *of == tenant
                && standing
                    .as_ref()
                    .is_some_and(|standing| standing.user == user)
        };
        self.0
            .invalidate_entries_if(is_theirs)
            .expect("the cache supports invalidation by a condition");
    }
}

async fn read_standing(
    pool: &PgPool,
    tenant: TenantId,
    user: UserId,
    session: SessionId,
) -> Result<Option<Standing>> {
    let text = format!(
        "select {} as roles
         from platform.sessions s
         join platform.memberships m on m.tenant_id = s.tenant_id and m.user_id = s.user_id
         where s.id = $1 and s.user_id = $2 and s.ended_at is null",
        roles::OF_MEMBERSHIP
    );
    let mut transaction = database::begin_for(pool, tenant).await?;
    let row = sqlx::query(AssertSqlSafe(text))
        .bind(session.0)
        .bind(user.0)
        .fetch_optional(&mut *transaction)
        .await?;
    transaction.commit().await?;
    let roles = row.map(|row| member::roles_in(&row)).transpose()?;
    let role = roles.and_then(|roles| Role::union(&roles));
    Ok(role.map(|role| Standing {
        user,
        role: Arc::new(role),
    }))
}
