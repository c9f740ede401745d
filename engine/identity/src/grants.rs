//! The member behind a session or an API key, with what their roles grant together and their teams. Cached for seconds.

use chrono::{DateTime, Utc};
use moka::future::Cache;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgPool, Row};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tessera_error::{Error, Result};
use tessera_postgres::database;
use tessera_schema::ident::{TenantId, UserId};
use uuid::Uuid;

use super::opaque_token::OpaqueToken;
use super::roles;
use super::session_id::SessionId;
use crate::principal::HeldRoles;

/// How late another server notices a removed member, an ended session or a changed role.
const TIME_TO_LIVE: Duration = Duration::from_secs(5);
const MOST: u64 = 100_000;

#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) user: UserId,
    pub(super) held: Arc<HeldRoles>,
    pub(super) team_ids: Arc<[Uuid]>,
    /// Nobody is let into the tenant.
    pub(super) suspended: bool,
}

/// The stored part of an API key.
#[derive(Debug, Clone)]
struct StoredKey {
    grant: Grant,
    secret_hash: Vec<u8>,
    expires_at: Option<DateTime<Utc>>,
}

impl StoredKey {
    fn is_good(&self, key: &OpaqueToken) -> bool {
        key.has_hash(&self.secret_hash) && self.expires_at.is_none_or(|time| time > Utc::now())
    }
}

/// The grants behind the sessions and keys that were seen lately; none where a session has ended, a key was revoked or a
/// membership is gone.
pub(super) struct Grants {
    sessions: Cache<(TenantId, SessionId), Option<Grant>>,
    keys: Cache<(TenantId, Uuid), Option<StoredKey>>,
}

impl Grants {
    pub(super) fn new() -> Self {
        Self {
            sessions: Cache::builder()
                .max_capacity(MOST)
                .time_to_live(TIME_TO_LIVE)
                .support_invalidation_closures()
                .build(),
            keys: Cache::builder()
                .max_capacity(MOST)
                .time_to_live(TIME_TO_LIVE)
                .support_invalidation_closures()
                .build(),
        }
    }

    pub(super) async fn of_session(
        &self,
        pool: &PgPool,
        tenant: TenantId,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<Grant>> {
        let key = (tenant, session);
        if let Some(known) = self.sessions.get(&key).await {
            return Ok(known);
        }
        // Boxed, so that the future of a request that finds it stays small.
        let read = read_session(pool, tenant, user, session);
        Box::pin(self.sessions.try_get_with(key, read))
            .await
            .map_err(Error::from)
    }

    pub(super) async fn of_key(&self, pool: &PgPool, key: &OpaqueToken) -> Result<Option<Grant>> {
        let id = (key.tenant, key.id);
        let stored = match self.keys.get(&id).await {
            Some(known) => known,
            None => Box::pin(self.keys.try_get_with(id, read_key(pool, key)))
                .await
                .map_err(Error::from)?,
        };
        Ok(stored
            .filter(|stored| stored.is_good(key))
            .map(|stored| stored.grant))
    }

    /// Makes this server see at once that a session has ended; the others see it within the time to live.
    pub(super) async fn forget(&self, tenant: TenantId, session: SessionId) {
        self.sessions.invalidate(&(tenant, session)).await;
    }

    /// Makes this server see at once that memberships have changed; the others see it within the time to live.
    pub(super) fn forget_members(&self, tenant: TenantId, users: BTreeSet<UserId>) {
        let users = Arc::new(users);
        let theirs = Arc::clone(&users);
        let supported = "the caches support invalidation by a condition";
        self.sessions
            .invalidate_entries_if(move |(of, _), grant| {
                let is_theirs = |known: &Grant| users.contains(&known.user);
                *of == tenant && grant.as_ref().is_some_and(is_theirs)
            })
            .expect(supported);
        self.keys
            .invalidate_entries_if(move |(of, _), stored| {
                let is_theirs = |stored: &StoredKey| theirs.contains(&stored.grant.user);
                *of == tenant && stored.as_ref().is_some_and(is_theirs)
            })
            .expect(supported);
    }

    /// Makes this server see at once that the roles of a tenant have changed; the others see it within the time to live.
    pub(super) fn forget_tenant(&self, tenant: TenantId) {
        let supported = "the caches support invalidation by a condition";
        self.sessions
            .invalidate_entries_if(move |(of, _), _| *of == tenant)
            .expect(supported);
        self.keys
            .invalidate_entries_if(move |(of, _), _| *of == tenant)
            .expect(supported);
    }

    /// As [`Self::forget_members`], of one.
    pub(super) fn forget_member(&self, tenant: TenantId, user: UserId) {
        self.forget_members(tenant, BTreeSet::from([user]));
    }
}

/// Selects the teams of the membership `m`.
const TEAMS: &str = "array(select tm.team_id from platform.team_members tm where tm.tenant_id = m.tenant_id and tm.user_id = m.user_id)";

async fn read_session(
    pool: &PgPool,
    tenant: TenantId,
    user: UserId,
    session: SessionId,
) -> Result<Option<Grant>> {
    let text = format!(
        "select {} as roles, {TEAMS} as team_ids, t.suspended_at is not null as suspended
         from platform.sessions s
         join platform.memberships m on m.tenant_id = s.tenant_id and m.user_id = s.user_id
         join platform.tenants t on t.id = s.tenant_id
         join platform.users u on u.id = s.user_id and u.disabled_at is null
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
    let Some(row) = row else { return Ok(None) };
    Ok(grant(&row, user)?)
}

/// Reads a key, and notes that it was used.
async fn read_key(pool: &PgPool, key: &OpaqueToken) -> Result<Option<StoredKey>> {
    let text = format!(
        "with used as (
             update platform.api_keys set last_used_at = date_trunc('minute', now())
             where id = $1 and secret_hash = $2 and (expires_at is null or expires_at > now())
                 and (last_used_at is null or last_used_at < date_trunc('minute', now()))
         )
         select k.user_id, k.secret_hash, k.expires_at, {} as roles, {TEAMS} as team_ids, t.suspended_at is not null as suspended
         from platform.api_keys k
         join platform.memberships m on m.tenant_id = k.tenant_id and m.user_id = k.user_id
         join platform.tenants t on t.id = k.tenant_id
         where k.id = $1",
        roles::OF_MEMBERSHIP
    );
    let mut transaction = database::begin_for(pool, key.tenant).await?;
    let row = sqlx::query(AssertSqlSafe(text))
        .bind(key.id)
        .bind(key.secret_hash())
        .fetch_optional(&mut *transaction)
        .await?;
    transaction.commit().await?;
    let Some(row) = row else { return Ok(None) };
    let user = UserId(row.try_get("user_id")?);
    let Some(grant) = grant(&row, user)? else {
        return Ok(None);
    };
    Ok(Some(StoredKey {
        grant,
        secret_hash: row.try_get("secret_hash")?,
        expires_at: row.try_get("expires_at")?,
    }))
}

/// The grant of a member with the roles in a row.
fn grant(row: &PgRow, user: UserId) -> sqlx::Result<Option<Grant>> {
    let roles = roles::in_row(row)?;
    if roles.is_empty() {
        return Ok(None);
    }
    let team_ids: Vec<Uuid> = row.try_get("team_ids")?;
    Ok(Some(Grant {
        user,
        held: Arc::new(HeldRoles::of(&roles)),
        team_ids: team_ids.into(),
        suspended: row.try_get("suspended")?,
    }))
}
