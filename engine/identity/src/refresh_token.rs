//! Refresh tokens: each names a session and is good for one use.

use aws_lc_rs::hmac;
use tessera_error::Result;
use tessera_schema::ident::TenantId;

use super::opaque_token::OpaqueToken;
use super::secret::Secret;
use super::session_id::SessionId;

pub(super) struct RefreshToken(OpaqueToken);

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
        OpaqueToken::generate(tenant, session.0).map(Self)
    }

    pub(super) const fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    pub(super) const fn session(&self) -> SessionId {
        SessionId(self.0.id)
    }

    /// The token that this one is traded for: always the same, so that it can be given again, although only its hash is stored.
    pub(super) fn next(&self, chain: &Chain) -> Self {
        let secret = hmac::sign(&chain.0, &self.0.secret);
        Self(OpaqueToken {
            tenant: self.0.tenant,
            id: self.0.id,
            secret: secret.as_ref().try_into().expect("SHA-256 has 32 bytes"),
        })
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        OpaqueToken::parse(text).map(Self)
    }

    pub(super) fn to_text(&self) -> Secret {
        self.0.to_text()
    }

    pub(super) fn secret_hash(&self) -> Vec<u8> {
        self.0.secret_hash()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_next_token_is_the_same_for_whoever_has_the_secret_and_for_nobody_else() {
        let ids = (TenantId(Uuid::now_v7()), SessionId(Uuid::now_v7()));
        let token = RefreshToken::generate(ids.0, ids.1).unwrap();
        let chain = Chain::new(b"one secret");
        let next = token.next(&chain);
        let hash = next.secret_hash();
        assert_eq!((next.tenant(), next.session()), ids);
        assert_eq!(token.next(&Chain::new(b"one secret")).secret_hash(), hash);
        assert_ne!(hash, token.secret_hash());
        assert_ne!(hash, token.next(&Chain::new(b"another")).secret_hash());
        assert_ne!(hash, next.next(&chain).secret_hash());
    }
}
