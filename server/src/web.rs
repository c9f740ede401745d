//! The pages that `web/` builds: in this binary, or, in a debug build, read where they lie.
//!
//! What a page needs is named by a hash of its content and kept by browsers for good; the pages themselves are asked for
//! anew each time. Nothing on them comes from another host, and no script stands in a page itself.

use axum::extract::Path;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use rust_embed::{Embed, EmbeddedFile};
use serde_json::json;
use std::fmt::Write as _;
use tessera_error::UserError;
use tessera_http::problem::Problem;

#[derive(Embed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Built;

/// What pages may load: only what is ours.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
/// The editor that GraphiQL is made of writes its styles as it goes, and has its signs and cursors as data.
const POLICY_OF_GRAPHIQL: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

const NOT_BUILT: UserError = UserError::NotFound {
    what: "page in this build (`make` builds the pages)",
};

pub(crate) fn routes() -> Router {
    let page = |name, policy| get(async move |headers: HeaderMap| page(name, policy, &headers));
    Router::new()
        .route("/", get(start))
        .route("/api/v1/docs", page("docs.html", POLICY))
        .route("/graphiql", page("graphiql.html", POLICY_OF_GRAPHIQL))
        .route("/assets/{*path}", get(asset))
}

/// Where to go from here: a page for people, JSON for programs.
async fn start(headers: HeaderMap) -> Response {
    let mut response = if wants_html(&headers) && Built::get("start.html").is_some() {
        page("start.html", POLICY, &headers)
    } else {
        about().into_response()
    };
    let varies = HeaderValue::from_static("accept, accept-encoding");
    response.headers_mut().insert(VARY, varies);
    response
}

fn about() -> Json<serde_json::Value> {
    Json(json!({
        "name": "Tessera",
        "version": env!("CARGO_PKG_VERSION"),
        "rest": "/api/v1",
        "docs": "/api/v1/docs",
        "openapi": "/api/v1/openapi.json",
        "graphql": "/graphql",
        "graphiql": "/graphiql",
        "health": "/health",
    }))
}

/// Browsers name it; programs that take anything do not.
fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(ACCEPT)
        .and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

fn page(name: &str, policy: &'static str, headers: &HeaderMap) -> Response {
    let Some(mut response) = file(name, headers) else {
        return Problem::from(NOT_BUILT).into_response();
    };
    let own = response.headers_mut();
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    own.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    own.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(mut response) = file(&format!("assets/{path}"), &headers) else {
        return Problem::from(UserError::NotFound { what: "file" }).into_response();
    };
    let for_good = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(CACHE_CONTROL, for_good);
    response
}

/// A built file, compressed where it was and the caller takes that.
fn file(name: &str, headers: &HeaderMap) -> Option<Response> {
    let compressed = takes_gzip(headers)
        .then(|| Built::get(&format!("{name}.gz")))
        .flatten();
    let is_compressed = compressed.is_some();
    let file = match compressed {
        Some(file) => file,
        None => Built::get(name)?,
    };
    let tag = tag(&file);
    let mut response = if holds(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_owned().into_response()
    };
    let own = response.headers_mut();
    own.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    own.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    own.insert(VARY, HeaderValue::from_static("accept-encoding"));
    own.insert(ETAG, tag);
    if is_compressed {
        own.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Some(response)
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let mut codings = accepted.unwrap_or_default().split(',');
    codings.any(|coding| {
        let (coding, weight) = coding.split_once(";q=").unwrap_or((coding, "1"));
        coding.trim().eq_ignore_ascii_case("gzip") && weight.trim().parse() != Ok(0.0_f32)
    })
}

fn holds(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let held = headers.get_all(IF_NONE_MATCH).iter();
    let mut held = held.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    held.any(|one| {
        let one = one.trim_ascii();
        one.strip_prefix(b"W/").unwrap_or(one) == tag.as_bytes()
    })
}

fn tag(file: &EmbeddedFile) -> HeaderValue {
    let hash = file.metadata.sha256_hash();
    let digits = hash[..16].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    HeaderValue::try_from(format!("\"{digits}\"")).expect("hexadecimal digits are ASCII")
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{POLICY, holds, page, takes_gzip};
    use axum::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
    use axum::http::{HeaderMap, HeaderValue};

    #[tokio::test]
    async fn a_page_that_was_not_built_says_how_it_would_be() {
        let response = page("unheard_of.html", POLICY, &HeaderMap::new());
        assert_eq!(response.status(), 404);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await;
        let body = String::from_utf8(body.unwrap().into()).unwrap();
        assert!(body.contains("`make` builds the pages"), "{body}");
    }

    #[test]
    fn compressed_is_what_the_caller_takes() {
        for (header, takes) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("br", false),
            ("", false),
        ] {
            let headers =
                HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(header))]);
            assert_eq!(takes_gzip(&headers), takes, "{header}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn a_file_is_known_by_its_tag() {
        let tag = HeaderValue::from_static("\"abc\"");
        for (header, held) in [
            ("\"x\", W/\"abc\"", true),
            ("\"abc\"", true),
            ("\"ab\"", false),
        ] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(header))]);
            assert_eq!(holds(&headers, &tag), held, "{header}");
        }
    }
}
