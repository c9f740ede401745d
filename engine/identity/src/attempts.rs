//! Guessing is slow: after failed attempts to sign in, the next one has to wait.
//!
//! Failures are counted by account and by address, in the database, so that all servers know of them. Each count allows some
//! failures; after that every failure doubles the wait, up to a limit. An attempt during a wait is refused and not counted, so
//! nobody can keep an account closed. From an address that an account has signed in from before, only the failures of that
//! account from that address count: others that guess do not hold its owner up there.
//!
//! An account that does not exist has its counts too, and so cannot be told from one that does.

use aws_lc_rs::digest;
use sqlx::PgPool;
use std::net::IpAddr;
use std::time::Duration;
use tessera_error::{Result, UserError};
use tessera_schema::email_address;
use tessera_schema::ident::UserId;

use super::Identity;
use super::origin::Origin;
use super::password::Turn;
use super::secret::Secret;
use super::users::Account;

/// How many failures are free, and how long a wait gets.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    free: i32,
    longest: Duration,
}

const OF_AN_ACCOUNT: Allowance = Allowance {
    free: 5,
    longest: Duration::from_secs(30),
};
/// The codes of a second factor, which are short.
const OF_CODES: Allowance = Allowance {
    free: 5,
    longest: Duration::from_mins(10),
};
/// Many people may share an address.
const OF_AN_ADDRESS: Allowance = Allowance {
    free: 20,
    longest: Duration::from_mins(1),
};

/// Failures are forgotten when there were none for so long.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(15);
/// How long an address stays known after the account signed in from it.
const KNOWN_FOR: &str = "90 days";

/// What is counted, hashed.
type Key = Vec<u8>;

/// Who tries to sign in, and from where.
pub(super) struct Attempt {
    account: Option<Key>,
    address: Option<Key>,
    both: Option<Key>,
    /// Of the account, from an address that is known or not.
    allowance: Allowance,
}

/// What earlier attempts left.
pub(super) struct Standing {
    attempt: Attempt,
    /// Whether the account has signed in from here before.
    is_known: bool,
    /// Whether there is something that a success changes.
    is_settled: bool,
}

#[derive(Debug, sqlx::FromRow)]
struct Count {
    key: Key,
    failures: i32,
    /// Seconds since the last failure.
    ago: Option<f64>,
    is_known: bool,
    /// Whether it was noted lately that the address is known.
    is_fresh: bool,
}

impl Attempt {
    /// An attempt to sign in as somebody. `email` is whatever was typed.
    fn to_sign_in(email: &str, account: Option<&Account>, origin: &Origin) -> Self {
        // However the address of an account is written, its failures are counted together.
        let name = account.map_or_else(
            || email_address::canonical_part(email.trim()),
            |account| account.user.id.to_string(),
        );
        let address = origin.network().map(|address| address.to_string());
        Self {
            both: address
                .as_ref()
                .map(|address| key(&["account at address", &name, address])),
            account: Some(key(&["account", &name])),
            address: origin.network().map(of_address),
            allowance: OF_AN_ACCOUNT,
        }
    }

    /// An attempt to prove a second factor. It is counted apart: the right password forgives no wrong code.
    pub(super) fn with_code(user: UserId, origin: &Origin) -> Self {
        let user = user.to_string();
        let address = origin.network().map(|address| address.to_string());
        Self {
            account: Some(key(&["codes", &user])),
            address: origin.network().map(of_address),
            both: address.map(|address| key(&["codes at address", &user, &address])),
            allowance: OF_CODES,
        }
    }

    /// An attempt with a token, which says nothing credible of an account.
    fn with_a_token(origin: &Origin) -> Self {
        Self {
            account: None,
            address: origin.network().map(of_address),
            both: None,
            allowance: OF_AN_ACCOUNT,
        }
    }

    /// Reads the counts, and refuses an attempt that has to wait.
    async fn admit(self, pool: &PgPool) -> Result<Standing> {
        let keys: Vec<&Key> = [&self.account, &self.address, &self.both]
            .into_iter()
            .flatten()
            .collect();
        let counts: Vec<Count> = sqlx::query_as(
            "select key, failures, extract(epoch from now() - failed_at)::float8 as ago,
                coalesce(known_until > now(), false) as is_known,
                coalesce(known_until > now() + $2::interval - interval '1 day', false) as is_fresh
             from platform.sign_in_attempts where key = any($1)",
        )
        .bind(keys)
        .bind(KNOWN_FOR)
        .fetch_all(pool)
        .await?;
        let of = |key: &Option<Key>| counts.iter().find(|count| key.as_ref() == Some(&count.key));
        let (account, address, both) = (of(&self.account), of(&self.address), of(&self.both));
        let is_known = both.is_some_and(|count| count.is_known);
        let wait = if is_known {
            wait_of(both, self.allowance)
        } else {
            wait_of(account, self.allowance).max(wait_of(address, OF_AN_ADDRESS))
        };
        if wait > Duration::ZERO {
            let retry_after = wait.as_millis().div_ceil(1_000);
            let retry_after = u64::try_from(retry_after).unwrap_or(u64::MAX);
            return Err(UserError::TooManyRequests { retry_after }.into());
        }
        let failed = |count: Option<&Count>| count.is_some_and(|count| count.failures > 0);
        Ok(Standing {
            is_settled: both.is_some_and(|count| count.is_fresh)
                && !failed(both)
                && !failed(account),
            is_known,
            attempt: self,
        })
    }
}

impl Standing {
    /// Notes how the attempt ended.
    pub(super) async fn ended(self, pool: &PgPool, is_right: bool) -> Result<()> {
        if is_right {
            self.succeeded(pool).await
        } else {
            self.failed(pool).await
        }
    }

    /// Counts a failure.
    async fn failed(self, pool: &PgPool) -> Result<()> {
        let Attempt {
            account,
            address,
            both,
            ..
        } = self.attempt;
        let counted = if self.is_known {
            [both, None]
        } else {
            [account, address]
        };
        let mut keys: Vec<Key> = counted.into_iter().flatten().collect();
        // All take rows in the same order, so that none waits for another that waits for it.
        keys.sort_unstable();
        sqlx::query(
            "insert into platform.sign_in_attempts as counted (key, failures, failed_at)
             select key, 1, now() from unnest($1::bytea[]) key
             on conflict (key) do update set failed_at = now(), failures =
                case when counted.failed_at > now() - $2 then counted.failures + 1 else 1 end",
        )
        .bind(keys)
        .bind(FORGOTTEN_AFTER)
        .execute(pool)
        .await?;
        Ok(())
    }

    /// Forgets the account's failures, and notes where it signs in from. The address's failures stay: somebody who guesses may
    /// have an account too.
    async fn succeeded(self, pool: &PgPool) -> Result<()> {
        if self.is_settled {
            return Ok(());
        }
        sqlx::query("delete from platform.sign_in_attempts where key = $1")
            .bind(self.attempt.account)
            .execute(pool)
            .await?;
        if let Some(both) = self.attempt.both {
            sqlx::query(
                "insert into platform.sign_in_attempts (key, known_until) values ($1, now() + $2::interval)
                 on conflict (key) do update set failures = 0, failed_at = null, known_until = excluded.known_until",
            )
            .bind(both)
            .bind(KNOWN_FOR)
            .execute(pool)
            .await?;
        }
        Ok(())
    }
}

impl Identity {
    /// Lets an attempt begin. The turn is to be held until it has ended.
    ///
    /// # Errors
    /// [`UserError::TooManyRequests`] where earlier attempts failed and the next one has to wait.
    pub(super) async fn admit(&self, attempt: impl Fn() -> Attempt) -> Result<(Turn, Standing)> {
        attempt().admit(&self.pool).await?;
        let turn = self.passwords.turn().await?;
        // Of many that come at once, each sees here how those before it ended.
        let standing = attempt().admit(&self.pool).await?;
        Ok((turn, standing))
    }

    /// Whether a password is an account's. Takes as long where there is no account, and is then false.
    ///
    /// # Errors
    /// As [`Self::admit`]. [`UserError::AccountDisabled`] for the right password of an account that is not let in.
    pub(super) async fn try_password(
        &self,
        email: &str,
        account: Option<&Account>,
        password: &Secret,
        origin: &Origin,
    ) -> Result<bool> {
        let attempt = || Attempt::to_sign_in(email, account, origin);
        let (turn, standing) = self.admit(attempt).await?;
        let stored = account.map(|account| account.password_hash.as_str());
        let is_right = turn.verify(password, stored).await?;
        standing.ended(&self.pool, is_right).await?;
        // Only now comes the next one.
        drop(turn);
        if let Some(account) = account.filter(|_| is_right) {
            account.must_be_enabled()?;
        }
        Ok(is_right)
    }

    /// Notes that an account that was just made has signed in from here.
    pub(super) async fn know(&self, account: &Account, origin: &Origin) -> Result<()> {
        let standing = Standing {
            attempt: Attempt::to_sign_in(&account.user.email, Some(account), origin),
            is_known: false,
            is_settled: false,
        };
        standing.succeeded(&self.pool).await
    }

    /// Counts a token that is not one of ours, and gives what the client is told. A token that is good never waits: nobody can
    /// guess one.
    pub(super) async fn refuse_token(&self, origin: &Origin) -> Result<UserError> {
        let standing = Attempt::with_a_token(origin).admit(&self.pool).await?;
        standing.failed(&self.pool).await?;
        Ok(UserError::Unauthenticated)
    }

    /// Removes the counts that say nothing any more.
    pub async fn sweep_attempts(&self) -> Result<()> {
        sqlx::query(
            "delete from platform.sign_in_attempts
             where (failed_at is null or failed_at < now() - $1) and (known_until is null or known_until < now())",
        )
        .bind(FORGOTTEN_AFTER)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// How long the next attempt still has to wait.
fn wait_of(count: Option<&Count>, allowance: Allowance) -> Duration {
    let Some((failures, ago)) = count.and_then(|count| Some((count.failures, count.ago?))) else {
        return Duration::ZERO;
    };
    let ago = Duration::try_from_secs_f64(ago).unwrap_or_default();
    let beyond = failures - allowance.free;
    if beyond < 0 || ago >= FORGOTTEN_AFTER {
        return Duration::ZERO;
    }
    let wait = Duration::from_secs(1 << beyond.min(16)).min(allowance.longest);
    wait.saturating_sub(ago)
}

fn of_address(address: IpAddr) -> Key {
    key(&["address", &address.to_string()])
}

fn key(parts: &[&str]) -> Key {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        // Where one part ends and the next begins is part of it.
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part.as_bytes());
    }
    context.finish().as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{Count, FORGOTTEN_AFTER, OF_AN_ACCOUNT, wait_of};

    #[test]
    fn waits_grow_to_a_limit_and_pass() {
        let wait = |failures, ago| {
            let count = Count {
                key: Vec::new(),
                failures,
                ago: Some(ago),
                is_known: false,
                is_fresh: false,
            };
            wait_of(Some(&count), OF_AN_ACCOUNT).as_secs_f64()
        };
        for (failures, ago, seconds) in [
            (1, 0.0, 0.0),
            (4, 0.0, 0.0),
            (5, 0.0, 1.0),
            (6, 0.0, 2.0),
            (6, 1.5, 0.5),
            (9, 0.0, 16.0),
            (10, 0.0, 30.0),
            (i32::MAX, 0.0, 30.0),
            (i32::MAX, 29.0, 1.0),
            (i32::MAX, FORGOTTEN_AFTER.as_secs_f64(), 0.0),
            // The clock of the database was set back.
            (5, -3.0, 1.0),
        ] {
            assert!(
                (wait(failures, ago) - seconds).abs() < 0.001,
                "{failures} {ago}"
            );
        }
    }
}
