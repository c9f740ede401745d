//! Access tokens: JSON Web Tokens that say who asks, in which tenant and session.

use chrono::Utc;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tessera_error::{InternalError, Result, UserError};
use tessera_schema::ident::{RoleId, TenantId, UserId};

use super::secret::Secret;
use super::session_id::SessionId;

pub(super) const LIFETIME: Duration = Duration::from_mins(15);
/// Servers' clocks may differ by so many seconds.
const LEEWAY: u64 = 5;
const ALGORITHM: Algorithm = Algorithm::HS256;
/// So many tokens are known again without their signatures being checked anew.
const MAX_VERIFIED: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: UserId,
    pub(super) tid: TenantId,
    /// The role at the time of issue, for the client to know; what counts is read from the database.
    pub(super) rid: RoleId,
    pub(super) sid: SessionId,
    iat: u64,
    exp: u64,
}

pub(super) struct AccessTokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    /// Tokens that were seen lately and are ours, until they expire.
    verified: Cache<Box<str>, Claims>,
}

impl AccessTokens {
    pub(super) fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(ALGORITHM);
        validation.leeway = LEEWAY;
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            validation,
            verified: Cache::new(MAX_VERIFIED),
        }
    }

    pub(super) fn issue(
        &self,
        user: UserId,
        tenant: TenantId,
        role: RoleId,
        session: SessionId,
    ) -> Result<Secret> {
        let now = Utc::now().timestamp().unsigned_abs();
        let claims = Claims {
            sub: user,
            tid: tenant,
            rid: role,
            sid: session,
            iat: now,
            exp: now + LIFETIME.as_secs(),
        };
        self.sign(&claims)
    }

    fn sign(&self, claims: &Claims) -> Result<Secret> {
        let token = jsonwebtoken::encode(&Header::new(ALGORITHM), claims, &self.signing)
            .map_err(|error| InternalError::Token(error.to_string()))?;
        Ok(token.into())
    }

    /// The claims of a token of ours that has not expired.
    pub(super) fn verify(&self, token: &str) -> Result<Claims, UserError> {
        if let Some(claims) = self.verified.get(token) {
            let now = Utc::now().timestamp().unsigned_abs();
            return if now <= claims.exp + LEEWAY {
                Ok(claims)
            } else {
                self.verified.remove(token);
                Err(UserError::Unauthenticated)
            };
        }
        let claims: Claims = jsonwebtoken::decode(token, &self.verifying, &self.validation)
            .map_err(|_| UserError::Unauthenticated)?
            .claims;
        self.verified.insert(token.into(), claims.clone());
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use uuid::Uuid;

    fn claims(exp: u64) -> Claims {
        Claims {
            sub: UserId(Uuid::now_v7()),
            tid: TenantId(Uuid::now_v7()),
            rid: RoleId(Uuid::now_v7()),
            sid: SessionId(Uuid::now_v7()),
            iat: exp - LIFETIME.as_secs(),
            exp,
        }
    }

    fn now() -> u64 {
        Utc::now().timestamp().unsigned_abs()
    }

    #[test]
    fn a_token_gives_its_claims_back() {
        let tokens = AccessTokens::new(b"one secret");
        let claims = claims(now() + 60);
        let token = tokens.sign(&claims).unwrap();
        assert_eq!(tokens.verify(token.expose()), Ok(claims));
    }

    #[test]
    fn an_expired_token_is_refused() {
        let tokens = AccessTokens::new(b"one secret");
        let token = tokens.sign(&claims(now() - LEEWAY - 1)).unwrap();
        assert_eq!(
            tokens.verify(token.expose()),
            Err(UserError::Unauthenticated)
        );
    }

    #[test]
    fn a_token_that_was_good_is_refused_once_it_has_expired() {
        let tokens = AccessTokens::new(b"one secret");
        let claims = claims(now() + 60);
        let token = tokens.sign(&claims).unwrap();
        assert!(tokens.verify(token.expose()).is_ok());
        let past = Claims {
            exp: now() - LEEWAY - 1,
            ..claims
        };
        tokens.verified.insert(token.expose().into(), past);
        assert_eq!(
            tokens.verify(token.expose()),
            Err(UserError::Unauthenticated)
        );
        assert!(tokens.verified.get(token.expose()).is_none());
    }

    #[test]
    fn a_token_signed_with_another_secret_is_refused() {
        let token = AccessTokens::new(b"another secret")
            .sign(&claims(now() + 60))
            .unwrap();
        assert_eq!(
            AccessTokens::new(b"one secret").verify(token.expose()),
            Err(UserError::Unauthenticated)
        );
    }

    #[test]
    fn the_token_does_not_choose_its_algorithm() {
        let tokens = AccessTokens::new(b"one secret");
        let claims = claims(now() + 60);
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).unwrap());
        let unsigned = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#));
        let other_algorithm = jsonwebtoken::encode(
            &Header::new(Algorithm::HS512),
            &claims,
            &EncodingKey::from_secret(b"one secret"),
        )
        .unwrap();
        for token in [unsigned, other_algorithm] {
            assert_eq!(tokens.verify(&token), Err(UserError::Unauthenticated));
        }
    }

    #[test]
    fn text_that_is_no_token_is_refused() {
        let tokens = AccessTokens::new(b"one secret");
        for text in ["", "x", "a.b.c", "..", "\u{0}"] {
            assert_eq!(tokens.verify(text), Err(UserError::Unauthenticated));
        }
    }
}
