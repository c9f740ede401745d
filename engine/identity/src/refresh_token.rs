//! Refresh tokens: opaque text that names a session and carries a secret good for one use.

use aws_lc_rs::{digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tessera_error::{InternalError, Result};
use tessera_schema::ident::TenantId;
use uuid::Uuid;

use super::secret::Secret;
use super::session_id::SessionId;

const ID: usize = 16;
const SECRET: usize = 32;

/// `base64url(tenant id ‖ session id ‖ secret)`. The tenant is in it because the session's row is only visible to that tenant.
pub(super) struct RefreshToken {
    pub(super) tenant: TenantId,
    pub(super) session: SessionId,
    secret: [u8; SECRET],
}

/// What leads from one token of a session to the next: nobody else can go the same way.
pub(super) struct Chain(hmac::Key);

impl Chain {
    /// Every server with the same secret has the same chain.
    pub(super) fn new(secret: &[u8]) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        // A key of its own: access tokens are signed with the secret itself.
        let own = hmac::sign(&secret, b"tessera refresh tokens");
        Self(hmac::Key::new(hmac::HMAC_SHA256, own.as_ref()))
    }
}

impl RefreshToken {
    /// A new secret for a session.
    pub(super) fn generate(tenant: TenantId, session: SessionId) -> Result<Self> {
        let mut secret = [0; SECRET];
        rand::fill(&mut secret)
            .map_err(|_| InternalError::Token("the system has no random bytes".to_owned()))?;
        Ok(Self {
            tenant,
            session,
            secret,
        })
    }

    /// The token that this one is traded for: always the same, so that it can be given again, although only its hash is stored.
    pub(super) fn next(&self, chain: &Chain) -> Self {
        let secret = hmac::sign(&chain.0, &self.secret);
        Self {
            tenant: self.tenant,
            session: self.session,
            secret: secret.as_ref().try_into().expect("SHA-256 has 32 bytes"),
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (tenant, rest) = bytes.split_first_chunk::<ID>()?;
        let (session, secret) = rest.split_first_chunk::<ID>()?;
        Some(Self {
            tenant: TenantId(Uuid::from_bytes(*tenant)),
            session: SessionId(Uuid::from_bytes(*session)),
            secret: secret.try_into().ok()?,
        })
    }

    pub(super) fn to_text(&self) -> Secret {
        let (tenant, session) = (self.tenant.0.as_bytes(), self.session.0.as_bytes());
        let bytes = [tenant.as_slice(), session, &self.secret].concat();
        URL_SAFE_NO_PAD.encode(bytes).into()
    }

    /// What is stored. A plain digest is enough: the secret is as random as a key.
    pub(super) fn secret_hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &self.secret)
            .as_ref()
            .to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> RefreshToken {
        RefreshToken::generate(TenantId(Uuid::now_v7()), SessionId(Uuid::now_v7())).unwrap()
    }

    #[test]
    fn the_text_gives_the_token_back() {
        let token = token();
        let read = RefreshToken::parse(token.to_text().expose()).unwrap();
        assert_eq!(read.tenant, token.tenant);
        assert_eq!(read.session, token.session);
        assert_eq!(read.secret_hash(), token.secret_hash());
    }

    #[test]
    fn the_next_token_is_the_same_for_whoever_has_the_secret_and_for_nobody_else() {
        let (token, chain) = (token(), Chain::new(b"one secret"));
        let next = token.next(&chain);
        assert_eq!(next.session, token.session);
        assert_eq!(next.secret, token.next(&Chain::new(b"one secret")).secret);
        assert_ne!(next.secret, token.secret);
        assert_ne!(next.secret, token.next(&Chain::new(b"another")).secret);
        assert_ne!(next.secret, next.next(&chain).secret);
    }

    #[test]
    fn two_tokens_of_a_session_differ() {
        let one = token();
        let two = RefreshToken::generate(one.tenant, one.session).unwrap();
        assert_ne!(one.secret_hash(), two.secret_hash());
    }

    #[test]
    fn any_other_text_is_no_token() {
        let text = token().to_text().expose().to_owned();
        let longer = format!("{text}AA");
        let padded = format!("{text}==");
        for text in ["", "x", "é", &text[..text.len() - 4], &longer, &padded] {
            assert!(RefreshToken::parse(text).is_none(), "{text}");
        }
    }
}
