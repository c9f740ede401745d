//! From a bearer token to a principal: the token says who, the database what they may do.

use tessera_error::{Result, UserError};
use tessera_schema::ident::TenantId;

use super::access_token::Claims;
use super::grants::Grant;
use super::opaque_token::OpaqueToken;
use super::{Identity, api_keys, caller};
use crate::principal::Principal;

impl Identity {
    /// The caller, by an access token or an API key.
    pub async fn authenticate(&self, bearer: &str) -> Result<Principal> {
        let (tenant, grant) = match bearer.strip_prefix(api_keys::PREFIX) {
            Some(key) => self.of_key(key).await?,
            None => self.of_access_token(bearer).await?,
        };
        let grant = grant.ok_or(UserError::Unauthenticated)?;
        if grant.suspended {
            return Err(UserError::TenantSuspended.into());
        }
        caller::note(tenant, grant.user);
        Ok(Principal {
            tenant,
            user: grant.user,
            held: grant.held,
            team_ids: grant.team_ids,
        })
    }

    async fn of_access_token(&self, token: &str) -> Result<(TenantId, Option<Grant>)> {
        let claims = self.access_tokens.verify(token)?;
        let grant = self
            .grants
            .of_session(&self.pool, claims.tid, claims.sub, claims.sid);
        Ok((claims.tid, grant.await?))
    }

    async fn of_key(&self, key: &str) -> Result<(TenantId, Option<Grant>)> {
        let key = OpaqueToken::parse(key).ok_or(UserError::Unauthenticated)?;
        let grant = self.grants.of_key(&self.pool, &key).await?;
        Ok((key.tenant, grant))
    }

    /// The claims of a person's access token, for what is not for programs.
    ///
    /// # Errors
    /// [`UserError::Forbidden`] for an API key.
    pub(super) fn person(&self, bearer: &str) -> Result<Claims, UserError> {
        if bearer.starts_with(api_keys::PREFIX) {
            return Err(not_a_person());
        }
        self.access_tokens.verify(bearer)
    }
}

/// The refusal of an API key where only people are let in.
pub(super) const fn not_a_person() -> UserError {
    UserError::Forbidden {
        action: "do this, because you are no person",
    }
}
