//! From an access token to a principal: the token says who, the database what they may do.

use moka::future::Cache;
use sqlx::PgPool;
use sqlx::types::Json;
use std::sync::Arc;
use std::time::Duration;
use tessera_error::{Error, Result, UserError};
use tessera_postgres::database;
use tessera_schema::ident::{TenantId, UserId};

use super::session_id::SessionId;
use super::{Identity, caller};
use crate::principal::{Permissions, Principal, Role};

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

/// The role behind each session seen lately; none where the session has ended or the membership is gone.
pub(super) struct RoleCache(Cache<(TenantId, SessionId), Option<Arc<Role>>>);

impl RoleCache {
    pub(super) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(MAX_SESSIONS)
                .time_to_live(TIME_TO_LIVE)
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
        if let Some(known) = self.0.get(&key).await {
            return Ok(known);
        }
        // Apart, so that requests which find their role do not carry the reading of it about.
        let read = read_role(pool, tenant, user, session);
        Box::pin(self.0.try_get_with(key, read))
            .await
            .map_err(Error::from)
    }

    /// Makes this server see at once that a session has ended; the others see it within the time to live.
    pub(super) async fn forget(&self, tenant: TenantId, session: SessionId) {
        self.0.invalidate(&(tenant, session)).await;
    }
}

async fn read_role(
    pool: &PgPool,
    tenant: TenantId,
    user: UserId,
    session: SessionId,
) -> Result<Option<Arc<Role>>> {
    let mut transaction = database::begin_for(pool, tenant).await?;
    let role: Option<(String, String, Json<Permissions>)> = sqlx::query_as(
        "select r.api_name, r.name, r.permissions \
         from platform.sessions s \
         join platform.memberships m on m.tenant_id = s.tenant_id and m.user_id = s.user_id \
         join platform.roles r on r.id = m.role_id \
         where s.id = $1 and s.user_id = $2 and s.ended_at is null",
    )
    .bind(session.0)
    .bind(user.0)
    .fetch_optional(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(role.map(|(api_name, name, Json(permissions))| {
        Arc::new(Role {
            api_name,
            name,
            permissions,
        })
    }))
}
