//! Sessions: the family of refresh tokens that one login begins, until logout, reuse or age ends it.

use chrono::Utc;
use sqlx::{PgConnection, PgTransaction};
use std::time::Duration;
use tessera_compiler::tenant::Tenant;
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::ident::{TenantId, UserId};
use uuid::Uuid;

use super::audit;
use super::member::{self, Member, User};
use super::origin::Origin;
use super::refresh_token::RefreshToken;
use super::secret::Secret;
use super::session_id::SessionId;
use super::validation::Checks;
use super::{Identity, access_token, caller};

/// How long a refresh token is good, if it is not used.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(720);
/// How long a token that was traded may come again.
const GRACE: Duration = Duration::from_secs(30);
const USER_AGENT_MAX_CHARS: usize = 200;

/// What a client gets for signing in, and again with each refresh.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub access_token: Secret,
    pub token_type: &'static str,
    /// Seconds for which the access token is good.
    pub expires_in: u64,
    /// Good for one use.
    pub refresh_token: Secret,
    pub user: User,
    pub tenant: Tenant,
}

impl Identity {
    /// Begins a session of a member and ends the transaction, which acts for the member's tenant.
    pub(super) async fn open_session(
        &self,
        mut transaction: PgTransaction<'_>,
        member: Member,
        origin: &Origin,
    ) -> Result<SignedIn> {
        member.must_be_let_in()?;
        let token = RefreshToken::generate(member.tenant.id, SessionId(Uuid::now_v7()))?;
        let user_agent = origin.user_agent.as_deref();
        let user_agent: Option<String> =
            user_agent.map(|text| text.chars().take(USER_AGENT_MAX_CHARS).collect());
        sqlx::query(
            "insert into platform.sessions (id, tenant_id, user_id, secret_hash, expires_at, user_agent) \
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(token.session().0)
        .bind(member.tenant.id.0)
        .bind(member.user.id.0)
        .bind(token.secret_hash())
        .bind(Utc::now() + SESSION_LIFETIME)
        .bind(user_agent)
        .execute(&mut *transaction)
        .await?;
        let user_agent = origin.user_agent.as_deref();
        audit::note_sign_in(
            &mut transaction,
            member.user.id,
            "session.begun",
            user_agent,
        )
        .await?;
        let signed_in = self.sign_in(member, &token)?;
        transaction.commit().await?;
        Ok(signed_in)
    }

    /// Trades a refresh token for the next pair.
    ///
    /// A token that comes once more within half a minute, from a second tab or because the answer was lost, brings the same next token,
    /// as long as that is unused. Any other token that had been traded before is in two hands: it ends the session, also for the holder of its
    /// newest token.
    pub async fn refresh(&self, refresh_token: &Secret, origin: &Origin) -> Result<SignedIn> {
        let mut checks = Checks::default();
        checks.present("refresh_token", refresh_token.expose());
        checks.finish()?;
        let Some(given) = RefreshToken::parse(refresh_token.expose()) else {
            return Err(self.refuse_token(origin).await?.into());
        };
        let next = given.next(&self.token_chain);
        let mut transaction = database::begin_for(&self.pool, given.tenant()).await?;
        let mut user = rotate(&mut transaction, &given, &next).await?;
        if user.is_none() {
            user = repeat(&mut transaction, &next).await?;
        }
        let Some(user) = user else {
            let is_ours = end_on_reuse(&mut transaction, &given).await?;
            transaction.commit().await?;
            self.grants.forget(given.tenant(), given.session()).await;
            return Err(if is_ours {
                UserError::Unauthenticated
            } else {
                self.refuse_token(origin).await?
            }
            .into());
        };
        let member = member::find(&mut transaction, user)
            .await?
            .ok_or(UserError::Unauthenticated)?;
        member.must_be_let_in()?;
        let signed_in = self.sign_in(member, &next)?;
        transaction.commit().await?;
        Ok(signed_in)
    }

    /// Ends the session that an access token belongs to.
    pub async fn logout(&self, access_token: &str) -> Result<()> {
        let claims = self.person(access_token)?;
        self.end_session(claims.tid, claims.sid).await
    }

    /// Ends the session that a refresh token belongs to, whichever of its family that is.
    pub async fn logout_by_refresh_token(&self, refresh_token: &Secret) -> Result<()> {
        let token =
            RefreshToken::parse(refresh_token.expose()).ok_or(UserError::Unauthenticated)?;
        self.end_session(token.tenant(), token.session()).await
    }

    async fn end_session(&self, tenant: TenantId, session: SessionId) -> Result<()> {
        let mut transaction = database::begin_for(&self.pool, tenant).await?;
        let ended: Option<Uuid> = sqlx::query_scalar(
            "update platform.sessions set ended_at = now() where id = $1 and ended_at is null returning user_id",
        )
        .bind(session.0)
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(user) = ended.map(UserId) {
            audit::note_sign_in(&mut transaction, user, "session.ended", None).await?;
        }
        transaction.commit().await?;
        self.grants.forget(tenant, session).await;
        Ok(())
    }

    fn sign_in(&self, member: Member, refresh_token: &RefreshToken) -> Result<SignedIn> {
        caller::note(member.tenant.id, member.user.id);
        let access_token = self.access_tokens.issue(
            member.user.id,
            member.tenant.id,
            member.first_role,
            refresh_token.session(),
        )?;
        Ok(SignedIn {
            access_token,
            token_type: "Bearer",
            expires_in: access_token::LIFETIME.as_secs(),
            refresh_token: refresh_token.to_text(),
            user: member.user,
            tenant: member.tenant,
        })
    }
}

/// Puts the next secret in the place of the given one, and says whose session it is. Of two that present the same
/// secret at once the second waits for the first and then no longer matches.
async fn rotate(
    connection: &mut PgConnection,
    given: &RefreshToken,
    next: &RefreshToken,
) -> Result<Option<UserId>> {
    let user: Option<Uuid> = sqlx::query_scalar(
        "update platform.sessions set secret_hash = $3, rotated_at = now(), expires_at = $4 \
         where id = $1 and secret_hash = $2 and ended_at is null and expires_at > now() \
         returning user_id",
    )
    .bind(given.session().0)
    .bind(given.secret_hash())
    .bind(next.secret_hash())
    .bind(Utc::now() + SESSION_LIFETIME)
    .fetch_optional(connection)
    .await?;
    Ok(user.map(UserId))
}

/// Whose session it is, where its newest token is this one, was made a moment ago and was given once. It may not be given again.
/// The time is that of the clock: of two at once the second waits, and its transaction may have begun before the first one's.
async fn repeat(connection: &mut PgConnection, newest: &RefreshToken) -> Result<Option<UserId>> {
    let user: Option<Uuid> = sqlx::query_scalar(
        "update platform.sessions set rotated_at = clock_timestamp() - $3 \
         where id = $1 and secret_hash = $2 and ended_at is null and expires_at > now() and rotated_at > clock_timestamp() - $3 \
         returning user_id",
    )
    .bind(newest.session().0)
    .bind(newest.secret_hash())
    .bind(GRACE)
    .fetch_optional(connection)
    .await?;
    Ok(user.map(UserId))
}

/// Ends the session of a token that is not its newest. False where there never was such a session.
async fn end_on_reuse(connection: &mut PgConnection, given: &RefreshToken) -> Result<bool> {
    let ended = sqlx::query(
        "update platform.sessions set ended_at = now() \
         where id = $1 and secret_hash <> $2 and ended_at is null",
    )
    .bind(given.session().0)
    .bind(given.secret_hash())
    .execute(&mut *connection)
    .await?;
    if ended.rows_affected() > 0 {
        tracing::warn!(tenant = %given.tenant(), session = %given.session().0, "a used refresh token came back: session ended");
        return Ok(true);
    }
    let was_ours =
        sqlx::query_scalar("select exists (select from platform.sessions where id = $1)")
            .bind(given.session().0)
            .fetch_one(connection)
            .await?;
    Ok(was_ours)
}
