//! `GET /openapi.json`: the caller's own API, as OpenAPI 3.1.
//!
//! Made from the tenant's model and the caller's rights, so what the caller may not do is not in it. Nothing is kept between
//! requests: the document is written object by object while it is sent.

mod access;
mod account;
mod across;
mod aggregate;
mod audit;
mod document;
mod example;
mod explain;
mod filter;
mod history;
mod metadata;
mod names;
mod operation;
mod parameters;
mod people;
mod record;
mod records;
mod responses;
mod roles;
mod schema;
mod session;
mod shape;
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "a test may look at the whole model"
)]
mod tests;
mod words;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use tessera_http::caller::Caller;
use tessera_http::problem::Result;
use tessera_http::state::Api;

use self::access::Access;
use self::document::Document;
use self::words::Words;
use crate::etag::tagged;
use crate::parameters::Parameters;

pub(crate) async fn show(
    State(api): State<Api>,
    Caller(context): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    Parameters::read(query.as_deref(), &[])?;
    let snapshot = api.engine.model(context.principal.tenant).await?;
    let view = snapshot.view(context.principal.roles());
    let access = Access::of(&view, api.identity.signup_policy());
    let words = Words::accepted(&headers);
    let tag = format!(
        "\"{}-{}-{}-{}-{}\"",
        snapshot.tenant.id.0.simple(),
        snapshot.version,
        access.fingerprint(),
        words.code(),
        env!("CARGO_PKG_VERSION"),
    );
    let show = || {
        let document = Document::new(snapshot, view, access, words);
        let own = [
            (CONTENT_TYPE, "application/json"),
            (CONTENT_LANGUAGE, words.code()),
        ];
        (own, Body::from_stream(document.into_stream())).into_response()
    };
    Ok(tagged(
        &headers,
        &tag,
        "authorization, accept-language",
        show,
    ))
}
