//! Entity tags of what is read whole: a reader who has it already is answered 304.

use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

/// Answers under a tag: with the content, unless the caller holds what has this tag. `vary` are the headers of requests that
/// the content depends on.
pub(crate) fn tagged(
    request: &HeaderMap,
    tag: &str,
    vary: &'static str,
    content: impl FnOnce() -> Response,
) -> Response {
    let headers: [(HeaderName, String); 3] = [
        (ETAG, tag.to_owned()),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
        (VARY, vary.to_owned()),
    ];
    if holds(request, tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, content()).into_response()
}

/// Whether the caller has it already. Our tags contain no commas, so no other tag can be taken for one of them.
fn holds(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH);
    let lines = lines.iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|given| {
        let given = given.trim();
        given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag
    })
}
