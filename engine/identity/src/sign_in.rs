//! Sign-ins by password: done, or waiting for a code of the second factor.

use sqlx::PgTransaction;
use tessera_error::{Result, UserError};
use tessera_schema::ident::UserId;

use super::member::{self, Member};
use super::origin::Origin;
use super::secret::Secret;
use super::session::SignedIn;
use super::users::Account;
use super::{Identity, second_factor, users};

/// The outcome of a right password.
#[derive(Debug, Clone)]
pub enum SignIn {
    Done(SignedIn),
    /// The person has a second factor. This token completes the sign-in, together with a code.
    NeedsCode {
        mfa_token: Secret,
    },
}

impl SignIn {
    /// The tokens, where no second factor is needed.
    #[must_use]
    pub fn done(self) -> Option<SignedIn> {
        match self {
            Self::Done(signed_in) => Some(signed_in),
            Self::NeedsCode { .. } => None,
        }
    }
}

impl Identity {
    /// Signs in a person whom the transaction has made a member, and remembers the account where it is new. Ends the
    /// transaction, which acts for the member's tenant.
    pub(super) async fn begin_first_session(
        &self,
        mut transaction: PgTransaction<'_>,
        user: UserId,
        new: Option<Account>,
        origin: &Origin,
    ) -> Result<SignIn> {
        let member = member::find(&mut transaction, user)
            .await?
            .expect("admitted in this transaction");
        let signed_in = self.begin_session(transaction, member, origin).await?;
        if let Some(account) = new {
            self.know(&account, origin).await?;
        }
        Ok(signed_in)
    }

    /// Signs a member in whose password was right, or asks for the second factor. Ends the transaction, which acts for the
    /// member's tenant.
    pub(super) async fn begin_session(
        &self,
        mut transaction: PgTransaction<'_>,
        member: Member,
        origin: &Origin,
    ) -> Result<SignIn> {
        let user = member.user.id;
        if !second_factor::is_on(&mut transaction, user).await? {
            let signed_in = self.open_session(transaction, member, origin).await?;
            return Ok(SignIn::Done(signed_in));
        }
        transaction.commit().await?;
        let account = users::find_by_id(&self.pool, user)
            .await?
            .ok_or(UserError::Unauthenticated)?;
        let password = users::fingerprint(&account);
        let mfa_token = self.mfa_tokens.issue(user, member.tenant.id, password)?;
        Ok(SignIn::NeedsCode { mfa_token })
    }
}
