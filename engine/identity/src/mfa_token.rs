//! Tokens that say that a password was right, and that a second factor is still to come. They are good for nothing else.

use aws_lc_rs::hmac;
use chrono::Utc;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tessera_error::{InternalError, Result, UserError};
use tessera_schema::ident::{TenantId, UserId};

use super::secret::Secret;

const LIFETIME: Duration = Duration::from_mins(5);
const ALGORITHM: Algorithm = Algorithm::HS256;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MfaClaims {
    pub(super) sub: UserId,
    pub(super) tid: TenantId,
    /// Of the password that was right.
    pub(super) password: String,
    exp: u64,
}

pub(super) struct MfaTokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

impl MfaTokens {
    pub(super) fn new(secret: &[u8]) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        // A key of its own: as an access token one of these is worth nothing.
        let own = hmac::sign(&secret, b"tessera mfa tokens");
        let mut validation = Validation::new(ALGORITHM);
        validation.leeway = 0;
        Self {
            signing: EncodingKey::from_secret(own.as_ref()),
            verifying: DecodingKey::from_secret(own.as_ref()),
            validation,
        }
    }

    pub(super) fn issue(&self, user: UserId, tenant: TenantId, password: String) -> Result<Secret> {
        let claims = MfaClaims {
            sub: user,
            tid: tenant,
            password,
            exp: Utc::now().timestamp().unsigned_abs() + LIFETIME.as_secs(),
        };
        let token = jsonwebtoken::encode(&Header::new(ALGORITHM), &claims, &self.signing)
            .map_err(|error| InternalError::Token(error.to_string()))?;
        Ok(token.into())
    }

    pub(super) fn verify(&self, token: &str) -> Result<MfaClaims, UserError> {
        let read = jsonwebtoken::decode(token, &self.verifying, &self.validation);
        Ok(read.map_err(|_| UserError::Unauthenticated)?.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::super::access_token::AccessTokens;
    use super::*;
    use uuid::Uuid;

    #[test]
    fn it_is_no_access_token() {
        let (user, tenant) = (UserId(Uuid::now_v7()), TenantId(Uuid::now_v7()));
        let tokens = MfaTokens::new(b"one secret");
        let token = tokens.issue(user, tenant, "x".to_owned()).unwrap();
        let claims = tokens.verify(token.expose()).unwrap();
        assert_eq!((claims.sub, claims.tid), (user, tenant));
        assert!(
            AccessTokens::new(b"one secret")
                .verify(token.expose())
                .is_err()
        );
        assert!(MfaTokens::new(b"another").verify(token.expose()).is_err());
        assert!(tokens.verify("x").is_err());
    }
}
