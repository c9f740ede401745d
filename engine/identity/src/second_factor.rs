//! The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when the app is lost.
//!
//! A code is valid once. Wrong codes are counted apart from wrong passwords: the right password does not forgive them.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{digest, hmac, rand};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use tessera_error::{InternalError, Result, UserError};
use tessera_postgres::database;
use tessera_schema::ident::UserId;
use tessera_schema::violation::Pointer;
use totp_rs::{Builder, Secret as TotpSecret, Totp};

use super::attempts::Attempt;
use super::mfa_token::MfaClaims;
use super::origin::Origin;
use super::secret::Secret;
use super::session::SignedIn;
use super::validation::Checks;
use super::{Identity, member, users};

/// What authenticator apps call the account's issuer.
const ISSUER: &str = "Tessera";
/// Bytes, as RFC 4226 recommends.
const SECRET: usize = 20;
const RECOVERY_CODES: usize = 10;
/// Bytes of a recovery code: 16 letters and digits.
const RECOVERY_CODE: usize = 10;

/// Ways to prove the second factor.
pub const METHODS: [&str; 2] = ["totp", "recovery_code"];

/// A secret for an authenticator app, to be confirmed with a code.
#[derive(Debug, Clone, Serialize)]
pub struct TotpEnrolment {
    /// In base 32, to be typed.
    pub secret: Secret,
    /// `otpauth://…`, to be shown as a QR code.
    pub uri: Secret,
}

#[derive(Debug, Clone, Serialize)]
pub struct RecoveryCodes {
    /// Each is valid once. Shown once: their hashes are stored.
    pub recovery_codes: Vec<Secret>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TotpConfirmation {
    pub code: Secret,
}

/// Encrypts the secrets of authenticator apps, which have to be known to check a code.
pub(super) struct TotpKey(RandomizedNonceKey);

impl TotpKey {
    /// Every server with the same secret has the same key.
    pub(super) fn new(secret: &[u8]) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let own = hmac::sign(&secret, b"tessera totp secrets");
        let key = RandomizedNonceKey::new(&AES_256_GCM, own.as_ref());
        Self(key.expect("SHA-256 has as many bytes as a key of AES-256"))
    }

    /// The user is part of it, so that no row can be put in the place of another.
    fn seal(&self, user: UserId, secret: &[u8]) -> Result<Vec<u8>, InternalError> {
        let mut text = secret.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(user.0.as_bytes()), &mut text)
            .map_err(|_| InternalError::Token("a secret could not be encrypted".to_owned()))?;
        Ok([nonce.as_ref().as_slice(), &text].concat())
    }

    fn open(&self, user: UserId, sealed: &[u8]) -> Result<Vec<u8>, InternalError> {
        let opened = sealed
            .split_first_chunk::<NONCE_LEN>()
            .and_then(|(nonce, text)| {
                let mut text = text.to_vec();
                let nonce = Nonce::assume_unique_for_key(*nonce);
                let aad = Aad::from(user.0.as_bytes());
                let secret = self.0.open_in_place(nonce, aad, &mut text).ok()?;
                Some(secret.to_vec())
            });
        opened.ok_or_else(|| {
            let words = "a secret of an authenticator app was encrypted under another JWT_SECRET";
            InternalError::Token(words.to_owned())
        })
    }
}

impl Identity {
    /// Begins to set up an authenticator app for the caller. It counts once a code has confirmed it.
    ///
    /// # Errors
    /// [`UserError::Conflict`] where there is one already.
    pub async fn enrol_totp(&self, access_token: &str) -> Result<TotpEnrolment> {
        let user = self.person(access_token)?.sub;
        let account = users::find_by_id(&self.pool, user)
            .await?
            .ok_or(UserError::Unauthenticated)?;
        let mut secret = [0; SECRET];
        rand::fill(&mut secret)
            .map_err(|_| InternalError::Token("the system has no random bytes".to_owned()))?;
        let stored = sqlx::query(
            "insert into platform.totp as known (user_id, secret_encrypted) values ($1, $2)
             on conflict (user_id) do update set secret_encrypted = excluded.secret_encrypted
             where known.confirmed_at is null",
        )
        .bind(user.0)
        .bind(self.totp_key.seal(user, &secret)?)
        .execute(&self.pool)
        .await?;
        if stored.rows_affected() == 0 {
            let message = "there is an authenticator app already: remove it first";
            return Err(UserError::conflict(Pointer::root(), "second_factor", message).into());
        }
        let app = app(&secret, &account.user.email)?;
        let uri = app
            .to_url()
            .map_err(|error| InternalError::Token(error.to_string()))?;
        Ok(TotpEnrolment {
            secret: app.secret().to_base32().into(),
            uri: uri.into(),
        })
    }

    /// Turns the second factor on, and gives the recovery codes.
    ///
    /// # Errors
    /// A violation of the code. [`UserError::TooManyRequests`] where earlier codes were wrong.
    pub async fn confirm_totp(
        &self,
        access_token: &str,
        confirmation: &TotpConfirmation,
        origin: &Origin,
    ) -> Result<RecoveryCodes> {
        let user = self.person(access_token)?.sub;
        let mut checks = Checks::default();
        checks.present("code", confirmation.code.expose());
        checks.finish()?;
        let (turn, standing) = self.admit(|| Attempt::with_code(user, origin)).await?;
        let mut transaction = self.pool.begin().await?;
        let is_right = self
            .take_totp(&mut transaction, user, confirmation.code.expose(), false)
            .await?;
        let mut codes = Vec::new();
        if is_right {
            for _ in 0..RECOVERY_CODES {
                let code = recovery_code()?;
                sqlx::query(
                    "insert into platform.recovery_codes (user_id, code_hash) values ($1, $2)",
                )
                .bind(user.0)
                .bind(hash(&code))
                .execute(&mut *transaction)
                .await?;
                codes.push(code.into());
            }
        }
        transaction.commit().await?;
        standing.ended(&self.pool, is_right).await?;
        drop(turn);
        if is_right {
            Ok(RecoveryCodes {
                recovery_codes: codes,
            })
        } else {
            Err(wrong_code().into())
        }
    }

    /// Turns the caller's second factor off.
    ///
    /// # Errors
    /// [`UserError::NotFound`] where it is off.
    pub async fn remove_totp(&self, access_token: &str) -> Result<()> {
        let user = self.person(access_token)?.sub;
        if remove(&self.pool, user).await? {
            Ok(())
        } else {
            Err(UserError::NotFound {
                what: "second factor",
            }
            .into())
        }
    }

    /// Completes a sign-in whose password was right with a code of the app, or a recovery code.
    ///
    /// # Errors
    /// A violation of the code. [`UserError::Unauthenticated`] where the token is none, or five minutes old.
    /// [`UserError::TooManyRequests`] where earlier codes were wrong.
    pub async fn login_with_second_factor(
        &self,
        mfa_token: &Secret,
        code: &Secret,
        origin: &Origin,
    ) -> Result<SignedIn> {
        let mut checks = Checks::default();
        checks.present("mfa_token", mfa_token.expose());
        checks.present("code", code.expose());
        checks.finish()?;
        let claims = self.mfa_tokens.verify(mfa_token.expose())?;
        let account = users::find_by_id(&self.pool, claims.sub).await?;
        let account = account.filter(|account| claims.is_of(account));
        let account = account.ok_or(UserError::Unauthenticated)?;
        account.must_be_enabled()?;
        let user = claims.sub;
        let (turn, standing) = self.admit(|| Attempt::with_code(user, origin)).await?;
        let mut transaction = database::begin_for(&self.pool, claims.tid).await?;
        // A recovery code comes first: it helps where the app's secret can no longer be read.
        let is_right = take_recovery_code(&mut transaction, user, code.expose()).await?
            || self
                .take_totp(&mut transaction, user, code.expose(), true)
                .await?;
        standing.ended(&self.pool, is_right).await?;
        drop(turn);
        if !is_right {
            return Err(wrong_code().into());
        }
        let member = member::find(&mut transaction, user)
            .await?
            .ok_or(UserError::Unauthenticated)?;
        self.open_session(transaction, member, origin).await
    }

    /// Whether this is a code of the person's app that was not used; it is used from now on. `confirmed` says which kind of
    /// app counts: one that was confirmed, or one that this code confirms.
    async fn take_totp(
        &self,
        connection: &mut PgConnection,
        user: UserId,
        code: &str,
        confirmed: bool,
    ) -> Result<bool> {
        let stored: Option<(Vec<u8>, i64)> = sqlx::query_as(
            "select secret_encrypted, last_step from platform.totp
             where user_id = $1 and (confirmed_at is not null) = $2 for update",
        )
        .bind(user.0)
        .bind(confirmed)
        .fetch_optional(&mut *connection)
        .await?;
        let Some((sealed, last_step)) = stored else {
            return Ok(false);
        };
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let app = app(&self.totp_key.open(user, &sealed)?, "")?;
        let now = Utc::now().timestamp().unsigned_abs();
        let step = app
            .check(&code, now)
            .and_then(|step| i64::try_from(step).ok());
        let Some(step) = step.filter(|step| *step > last_step) else {
            return Ok(false);
        };
        sqlx::query(
            "update platform.totp set last_step = $2, confirmed_at = coalesce(confirmed_at, now()) where user_id = $1",
        )
        .bind(user.0)
        .bind(step)
        .execute(connection)
        .await?;
        Ok(true)
    }
}

/// Whether a person's second factor is on.
pub(super) async fn is_on(connection: &mut PgConnection, user: UserId) -> Result<bool> {
    let is_on = sqlx::query_scalar(
        "select exists (select from platform.totp where user_id = $1 and confirmed_at is not null)",
    )
    .bind(user.0)
    .fetch_one(connection)
    .await?;
    Ok(is_on)
}

/// Turns a person's second factor off. False where it is not on.
pub(super) async fn remove(pool: &sqlx::PgPool, user: UserId) -> Result<bool> {
    let removed = sqlx::query("delete from platform.totp where user_id = $1")
        .bind(user.0)
        .execute(pool)
        .await?;
    Ok(removed.rows_affected() > 0)
}

async fn take_recovery_code(
    connection: &mut PgConnection,
    user: UserId,
    code: &str,
) -> Result<bool> {
    let taken =
        sqlx::query("delete from platform.recovery_codes where user_id = $1 and code_hash = $2")
            .bind(user.0)
            .bind(hash(code))
            .execute(connection)
            .await?;
    Ok(taken.rows_affected() > 0)
}

fn wrong_code() -> UserError {
    let place = Pointer::root().key("code");
    UserError::invalid(
        place,
        "wrong_code",
        "this code is wrong, or was used before",
    )
}

fn app(secret: &[u8], account: &str) -> Result<Totp, InternalError> {
    Builder::new()
        .with_secret(TotpSecret::from(secret.to_vec()))
        .with_issuer(Some(ISSUER))
        .with_account_name(account.replace(':', ""))
        .build()
        .map_err(|error| InternalError::Token(error.to_string()))
}

/// As `abcd-efgh-ijkl-mnop`.
fn recovery_code() -> Result<String, InternalError> {
    let mut bytes = [0; RECOVERY_CODE];
    rand::fill(&mut bytes)
        .map_err(|_| InternalError::Token("the system has no random bytes".to_owned()))?;
    let letters = TotpSecret::from(bytes.to_vec()).to_base32().to_lowercase();
    let groups: Vec<String> = letters
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    Ok(groups.join("-"))
}

/// However it is written. A plain digest is enough: a code has 80 random bits.
fn hash(code: &str) -> Vec<u8> {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let hash = digest::digest(&digest::SHA256, letters.as_bytes());
    hash.as_ref().to_vec()
}

impl MfaClaims {
    /// Whether the password is still the one that was given.
    fn is_of(&self, account: &users::Account) -> bool {
        self.password == users::fingerprint(account)
    }
}

#[cfg(test)]
mod tests {
    use super::{TotpKey, hash, recovery_code};
    use tessera_schema::ident::UserId;
    use uuid::Uuid;

    #[test]
    fn a_secret_is_opened_for_its_user_alone() {
        let key = TotpKey::new(b"one secret");
        let (ann, bob) = (UserId(Uuid::now_v7()), UserId(Uuid::now_v7()));
        let sealed = key.seal(ann, b"twenty bytes, or so.").unwrap();
        assert_eq!(key.open(ann, &sealed).unwrap(), b"twenty bytes, or so.");
        assert!(key.open(bob, &sealed).is_err());
        assert!(TotpKey::new(b"another").open(ann, &sealed).is_err());
        assert!(key.open(ann, &sealed[1..]).is_err() && key.open(ann, b"").is_err());
    }

    #[test]
    fn a_recovery_code_is_known_however_it_is_written() {
        let code = recovery_code().unwrap();
        assert_eq!(code.len(), 19, "{code}");
        for written in [
            code.to_uppercase(),
            code.replace('-', ""),
            format!(" {code}"),
        ] {
            assert_eq!(hash(&written), hash(&code));
        }
        assert_ne!(hash(&recovery_code().unwrap()), hash(&code));
    }
}
