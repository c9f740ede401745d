//! Who asks, from the `Authorization` header.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use tessera_engine::request_context::RequestContext;
use tessera_error::{Result, UserError};
use tessera_identity::Identity;

use crate::change;
use crate::problem::Problem;
use crate::rate_limit::Limited;
use crate::state::Api;

/// A request of an authenticated caller. A handler that takes it answers 401 to anybody else.
#[derive(Debug, Clone)]
pub struct Caller(pub RequestContext);

impl Caller {
    /// The request that has these headers and extensions.
    pub async fn of(
        identity: &Identity,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<Self> {
        let token = bearer(headers).ok_or(UserError::Unauthenticated)?;
        let principal = identity.authenticate(token).await?;
        if let Some(limited) = extensions.get::<Limited>() {
            limited.count(&principal)?;
        }
        Ok(Self(RequestContext {
            principal,
            change: change::read(headers)?,
            // Put there by `idempotency`.
            run: extensions.get().cloned(),
        }))
    }
}

impl FromRequestParts<Api> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        Ok(Self::of(&api.identity, &parts.headers, &parts.extensions).await?)
    }
}

/// The token of an `Authorization: Bearer` header.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_scheme_is_bearer_in_any_case() {
        for (header, token) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("abc", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(header));
            assert_eq!(bearer(&headers), token, "{header}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
