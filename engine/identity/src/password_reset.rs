//! A new password for a person who has forgotten theirs, by a link that is valid once, for half an hour.
//!
//! While no mail is set up, an operator makes the link on the command line and passes it on.

use chrono::Utc;
use serde::Deserialize;
use std::time::Duration;
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::ident::{TenantId, UserId};
use uuid::Uuid;

use super::opaque_token::OpaqueToken;
use super::own_sessions;
use super::secret::Secret;
use super::validation::Checks;
use super::{Identity, users};

const LIFETIME: Duration = Duration::from_mins(30);
/// People span tenants: the link names none.
const NO_TENANT: TenantId = TenantId(Uuid::nil());

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResetRequest {
    pub email: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResetConfirmation {
    pub token: Secret,
    pub password: Secret,
}

impl Identity {
    /// Takes a person's request for a new password. The answer is the same for every address.
    pub fn ask_for_reset(&self, request: &ResetRequest) -> Result<(), UserError> {
        let mut checks = Checks::default();
        checks.present("email", &request.email);
        checks.finish()?;
        tracing::info!(
            "somebody asks for a new password: `tessera user reset-link EMAIL` makes a link"
        );
        Ok(())
    }

    /// A token that lets the person with an address set a new password. It replaces earlier ones.
    ///
    /// # Errors
    /// [`UserError::NotFound`] where nobody has the address.
    pub async fn reset_token(&self, email: &str) -> Result<Secret> {
        let account = users::find(&self.pool, email)
            .await?
            .ok_or(UserError::NotFound { what: "user" })?;
        let token = OpaqueToken::generate(NO_TENANT, Uuid::now_v7())?;
        sqlx::query(
            "with earlier as (delete from platform.password_resets where user_id = $2)
             insert into platform.password_resets (id, user_id, token_hash, expires_at) values ($1, $2, $3, $4)",
        )
        .bind(token.id)
        .bind(account.user.id.0)
        .bind(token.secret_hash())
        .bind(Utc::now() + LIFETIME)
        .execute(&self.pool)
        .await?;
        Ok(token.to_text())
    }

    /// Sets the password of the person whom a token was made for, and ends all of their sessions. Their second factor stays.
    ///
    /// # Errors
    /// A violation of the password. [`UserError::NotFound`] where the token is none, used, or half an hour old.
    pub async fn reset_password(&self, confirmation: &ResetConfirmation) -> Result<()> {
        let not_found = || UserError::NotFound { what: "reset link" };
        let mut checks = Checks::default();
        checks.present("token", confirmation.token.expose());
        checks.new_password("password", &confirmation.password);
        checks.finish()?;
        let token = OpaqueToken::parse(confirmation.token.expose()).ok_or_else(not_found)?;
        let known: bool = sqlx::query_scalar(
            "select exists (select from platform.password_resets where id = $1 and token_hash = $2 and expires_at > now())",
        )
        .bind(token.id)
        .bind(token.secret_hash())
        .fetch_one(&self.pool)
        .await?;
        if !known {
            return Err(not_found().into());
        }
        let hash = self.passwords.hash(&confirmation.password).await?;
        let mut transaction = self.pool.begin().await?;
        let user: Option<Uuid> = sqlx::query_scalar(
            "delete from platform.password_resets where id = $1 and token_hash = $2 and expires_at > now() returning user_id",
        )
        .bind(token.id)
        .bind(token.secret_hash())
        .fetch_optional(&mut *transaction)
        .await?;
        let user = user.map(UserId).ok_or_else(not_found)?;
        database::act_for_user(&mut transaction, user).await?;
        sqlx::query("update platform.users set password_hash = $2 where id = $1")
            .bind(user.0)
            .bind(hash)
            .execute(&mut *transaction)
            .await?;
        let ended = own_sessions::end_all(&mut transaction, user).await?;
        transaction.commit().await?;
        self.forget(ended).await;
        Ok(())
    }
}
