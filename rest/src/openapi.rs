//! `GET /openapi.json`: the caller's own API, as OpenAPI 3.1.
//!
//! Made from the tenant's model and the caller's rights, so what the caller may not do is not in it. Nothing is kept between
//! requests: the document is written object by object while it is sent.

mod access;
mod across;
mod aggregate;
mod document;
mod example;
mod filter;
mod metadata;
mod names;
mod operation;
mod parameters;
mod record;
mod records;
mod responses;
mod session;
mod shape;
#[cfg(test)]
mod tests;
mod words;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use self::access::Access;
use self::document::Document;
use self::words::Words;
use crate::caller::Caller;
use crate::parameters::Parameters;
use crate::problem::Result;
use crate::state::Api;

pub(crate) async fn show(
    State(api): State<Api>,
    Caller(principal): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    Parameters::read(query.as_deref(), &[])?;
    let snapshot = api.engine.model(principal.tenant).await?;
    let access = Access::of(&principal, api.identity.signup_policy());
    let words = Words::accepted(&headers);
    let tag = format!(
        "\"{}-{}-{}-{}-{}\"",
        snapshot.tenant.id.0.simple(),
        snapshot.version,
        access.fingerprint(),
        words.code(),
        env!("CARGO_PKG_VERSION"),
    );
    let shared = [
        (ETAG, tag.clone()),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
        (VARY, "authorization, accept-language".to_owned()),
    ];
    if held(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, shared).into_response());
    }
    let document = Document::new(snapshot, access, words);
    let own = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_LANGUAGE, words.code()),
    ];
    Ok((shared, own, Body::from_stream(document.into_stream())).into_response())
}

/// Whether the caller has the document already. Our tags contain no commas, so no other tag can be taken for one of them.
fn held(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH);
    let lines = lines.iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|given| {
        let given = given.trim();
        given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag
    })
}
