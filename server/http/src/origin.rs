//! Where a request comes from.

use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::IpAddr;
use tessera_identity::Origin;

/// The address of the client, which the server puts among a request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The address and the program that a request comes from.
#[derive(Debug, Clone)]
pub struct RequestOrigin(pub Origin);

impl<S: Sync> FromRequestParts<S> for RequestOrigin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<ClientAddress>();
        let user_agent = parts.headers.get(USER_AGENT);
        Ok(Self(Origin {
            address: address.map(|ClientAddress(address)| *address),
            user_agent: user_agent
                .and_then(|text| text.to_str().ok())
                .map(str::to_owned),
        }))
    }
}
