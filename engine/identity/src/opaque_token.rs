//! Opaque tokens: text that names a row of a tenant and carries a secret, of which the row has the hash.

use aws_lc_rs::{constant_time, digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tessera_error::{InternalError, Result};
use tessera_schema::ident::TenantId;
use uuid::Uuid;

use super::secret::Secret;

const ID: usize = 16;
pub(super) const SECRET: usize = 32;

/// `base64url(tenant id ‖ row id ‖ secret)`. The tenant is in it because the row is only visible to that tenant.
pub(super) struct OpaqueToken {
    pub(super) tenant: TenantId,
    pub(super) id: Uuid,
    pub(super) secret: [u8; SECRET],
}

impl OpaqueToken {
    /// A new secret for a row.
    pub(super) fn generate(tenant: TenantId, id: Uuid) -> Result<Self> {
        let mut secret = [0; SECRET];
        rand::fill(&mut secret)
            .map_err(|_| InternalError::Token("the system has no random bytes".to_owned()))?;
        Ok(Self { tenant, id, secret })
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (tenant, rest) = bytes.split_first_chunk::<ID>()?;
        let (id, secret) = rest.split_first_chunk::<ID>()?;
        Some(Self {
            tenant: TenantId(Uuid::from_bytes(*tenant)),
            id: Uuid::from_bytes(*id),
            secret: secret.try_into().ok()?,
        })
    }

    pub(super) fn to_text(&self) -> Secret {
        let (tenant, id) = (self.tenant.0.as_bytes(), self.id.as_bytes());
        let bytes = [tenant.as_slice(), id, &self.secret].concat();
        URL_SAFE_NO_PAD.encode(bytes).into()
    }

    /// The hash that is stored. A plain digest is enough: the secret is as random as a key.
    pub(super) fn secret_hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &self.secret)
            .as_ref()
            .to_vec()
    }

    /// Whether this is the secret that has a stored hash. Takes as long either way.
    pub(super) fn has_hash(&self, stored: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.secret_hash(), stored).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> OpaqueToken {
        OpaqueToken::generate(TenantId(Uuid::now_v7()), Uuid::now_v7()).unwrap()
    }

    #[test]
    fn the_text_gives_the_token_back() {
        let token = token();
        let read = OpaqueToken::parse(token.to_text().expose()).unwrap();
        assert_eq!((read.tenant, read.id), (token.tenant, token.id));
        assert!(read.has_hash(&token.secret_hash()));
    }

    #[test]
    fn two_tokens_of_a_row_differ() {
        let one = token();
        let two = OpaqueToken::generate(one.tenant, one.id).unwrap();
        assert!(!one.has_hash(&two.secret_hash()));
    }

    #[test]
    fn any_other_text_is_no_token() {
        let text = token().to_text().expose().to_owned();
        let longer = format!("{text}AA");
        let padded = format!("{text}==");
        for text in ["", "x", "é", &text[..text.len() - 4], &longer, &padded] {
            assert!(OpaqueToken::parse(text).is_none(), "{text}");
        }
    }
}
