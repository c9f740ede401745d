//! `Idempotency-Key`: a request that is sent again is answered again, and not done again.
//!
//! A run of a request takes the key first ([`IdempotencyKeys::take`]), works, and leaves its answer ([`IdempotencyKeys::store_answer`]).
//! What it writes it commits together with a mark on the key ([`Run::confirm`]), and only while it holds the key. So at any
//! moment the database knows whether the work is done, and a crash leaves one of three:
//! - nothing is committed: once the run's lease has passed the request may be sent again, and runs;
//! - something is committed and the answer is not stored (the moment between the two): the request is refused for the rest of
//!   the day, since running it again could do it twice, and its answer is lost;
//! - the answer is stored: it is given again.

use aws_lc_rs::digest;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, PgTransaction};
use std::collections::BTreeMap;
use std::sync::Arc;
use tessera_error::{Result, UserError};
use tessera_identity::principal::Principal;
use tessera_postgres::database;
use tessera_postgres::turns::Turns;
use tessera_schema::ident::{TenantId, UserId};
use tessera_schema::violation::Pointer;
use uuid::Uuid;

/// How long an answer is kept.
const KEPT: &str = "24 hours";
/// How long a run that has committed nothing keeps others out. One that takes longer may be overtaken, and then commits nothing.
const LEASE: &str = "60 seconds";
/// How often a key is tried that others let go of at the same moment.
const TRIES: u32 = 5;

/// What a client calls a request by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Reads a key: 1 to 255 visible characters of ASCII.
    pub fn parse(text: &str) -> Result<Self, UserError> {
        let well_formed =
            (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if well_formed {
            return Ok(Self(text.to_owned()));
        }
        let message = "an Idempotency-Key is 1 to 255 visible characters of ASCII";
        Err(UserError::malformed(
            Pointer::root().key("Idempotency-Key"),
            "format",
            message,
        ))
    }
}

/// What was asked, in short: two requests are the same where their fingerprints are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// A digest of a request's parts.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            // Where one part ends and the next begins is part of it.
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part);
        }
        let digest = context.finish();
        Self(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

/// An answer as it is given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// One run of a request.
#[derive(Debug, Clone)]
pub struct Run {
    tenant: TenantId,
    user: UserId,
    key: Key,
    id: Uuid,
}

/// What a request with a key is to do.
#[derive(Debug)]
pub enum Taken {
    /// Work, and leave the answer.
    Run(Run),
    /// Give this answer.
    Answered(StoredAnswer),
}

impl Run {
    /// Marks the key, in a transaction that is about to be committed.
    ///
    /// # Errors
    /// The run was overtaken by another of the same request. The transaction must not be committed.
    pub(crate) async fn confirm(&self, connection: &mut PgConnection) -> Result<()> {
        act_for(&mut *connection, self).await?;
        let marked = sqlx::query(
            "update platform.idempotency_keys set committed = true where key = $1 and run = $2",
        )
        .bind(&self.key.0)
        .bind(self.id)
        .execute(connection)
        .await?;
        if marked.rows_affected() == 1 {
            Ok(())
        } else {
            Err(UserError::IdempotencyInProgress.into())
        }
    }
}

/// The keys of all tenants.
#[derive(Debug, Clone)]
pub struct IdempotencyKeys {
    pool: PgPool,
    turns: Arc<Turns>,
}

impl IdempotencyKeys {
    pub(crate) const fn new(pool: PgPool, turns: Arc<Turns>) -> Self {
        Self { pool, turns }
    }

    /// Takes a key for a request.
    ///
    /// # Errors
    /// The key belongs to another request, to one that is under way, or to one that was cut short after it had done something.
    pub async fn take(
        &self,
        principal: &Principal,
        key: Key,
        fingerprint: Fingerprint,
    ) -> Result<Taken> {
        let run = Run {
            tenant: principal.tenant,
            user: principal.user,
            key,
            id: Uuid::now_v7(),
        };
        for _ in 0..TRIES {
            // It may have to wait for a run of the same key that is just committing.
            let _turn = self.turns.take(run.tenant).await?;
            let mut transaction = begin(&self.pool, &run).await?;
            if take(&mut transaction, &run, fingerprint).await? {
                transaction.commit().await?;
                return Ok(Taken::Run(run));
            }
            if let Some(holder) = look(&mut transaction, &run, fingerprint).await? {
                return Ok(Taken::Answered(holder.answer()?));
            }
        }
        Err(UserError::Unavailable.into())
    }

    /// Keeps the answer of a run.
    pub async fn store_answer(&self, run: &Run, answer: &StoredAnswer) -> Result<()> {
        let mut transaction = begin(&self.pool, run).await?;
        sqlx::query(
            "update platform.idempotency_keys set status = $3, headers = $4, body = $5 \
             where key = $1 and run = $2",
        )
        .bind(&run.key.0)
        .bind(run.id)
        .bind(i16::try_from(answer.status).unwrap_or(i16::MAX))
        .bind(Json(&answer.headers))
        .bind(&answer.body)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Gives the key back after a run whose answer is not to be given again; it stays taken where the run has done something.
    pub async fn release(&self, run: &Run) -> Result<()> {
        let mut transaction = begin(&self.pool, run).await?;
        sqlx::query(
            "delete from platform.idempotency_keys where key = $1 and run = $2 and not committed",
        )
        .bind(&run.key.0)
        .bind(run.id)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Takes away what is out of date, of all tenants. Gives how many keys went.
    pub async fn sweep(&self) -> Result<u64> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("select set_config('tessera.sweeping', 'on', true)")
            .execute(&mut *transaction)
            .await?;
        let swept = sqlx::query("delete from platform.idempotency_keys where expires_at < now()")
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(swept.rows_affected())
    }
}

async fn begin(pool: &PgPool, run: &Run) -> Result<PgTransaction<'static>> {
    let mut transaction = pool.begin().await?;
    act_for(&mut transaction, run).await?;
    Ok(transaction)
}

async fn act_for(connection: &mut PgConnection, run: &Run) -> Result<()> {
    Ok(database::act_for_member(connection, run.tenant, run.user).await?)
}

/// Takes the key where it is free: new, out of date, or held by a run of the same request that ended without a trace.
async fn take(connection: &mut PgConnection, run: &Run, fingerprint: Fingerprint) -> Result<bool> {
    let taken = sqlx::query(
        "insert into platform.idempotency_keys as held \
             (tenant_id, user_id, key, fingerprint, run, leased_until, expires_at) \
         values ($1, $2, $3, $4, $5, now() + $6::interval, now() + $7::interval) \
         on conflict (tenant_id, user_id, key) do update set \
             fingerprint = excluded.fingerprint, run = excluded.run, committed = false, \
             leased_until = excluded.leased_until, expires_at = excluded.expires_at, \
             status = null, headers = null, body = null \
         where held.expires_at < now() or (held.status is null and not held.committed \
             and held.leased_until < now() and held.fingerprint = excluded.fingerprint)",
    )
    .bind(run.tenant.0)
    .bind(run.user.0)
    .bind(&run.key.0)
    .bind(fingerprint.0.as_slice())
    .bind(run.id)
    .bind(LEASE)
    .bind(KEPT)
    .execute(connection)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// What is stored under a key that is not free.
#[derive(Debug, sqlx::FromRow)]
struct Holder {
    same: bool,
    committed: bool,
    lapsed: bool,
    status: Option<i16>,
    headers: Option<Json<BTreeMap<String, String>>>,
    body: Option<Vec<u8>>,
}

async fn look(
    connection: &mut PgConnection,
    run: &Run,
    fingerprint: Fingerprint,
) -> Result<Option<Holder>> {
    let holder = sqlx::query_as(
        "select fingerprint = $2 as same, committed, leased_until < now() as lapsed, status, headers, body \
         from platform.idempotency_keys where key = $1",
    )
    .bind(&run.key.0)
    .bind(fingerprint.0.as_slice())
    .fetch_optional(connection)
    .await?;
    Ok(holder)
}

impl Holder {
    fn answer(self) -> Result<StoredAnswer, UserError> {
        if !self.same {
            return Err(UserError::IdempotencyKeyReused);
        }
        match (self.status.map(u16::try_from), self.headers) {
            (Some(Ok(status)), Some(Json(headers))) => Ok(StoredAnswer {
                status,
                headers,
                body: self.body.unwrap_or_default(),
            }),
            _ if self.committed && self.lapsed => Err(UserError::IdempotencyInterrupted),
            _ => Err(UserError::IdempotencyInProgress),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Fingerprint, Key};

    #[test]
    fn the_same_bytes_in_other_parts_are_another_request() {
        let of = Fingerprint::of;
        assert_eq!(of(&[b"ab", b"c"]), of(&[b"ab", b"c"]));
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"abc"]));
    }

    #[test]
    fn keys_are_visible_and_not_long() {
        let long = "k".repeat(255);
        for good in [
            "a",
            "8e03978e-40d5-43dd-bc93-6894a57f9324",
            "\"quoted\"",
            "!~",
            long.as_str(),
        ] {
            assert!(Key::parse(good).is_ok(), "{good}");
        }
        let too_long = "k".repeat(256);
        for bad in ["", " ", "a b", "a\t", "\u{7f}", "ä", too_long.as_str()] {
            assert_eq!(Key::parse(bad).unwrap_err().status(), 400, "{bad}");
        }
    }
}
