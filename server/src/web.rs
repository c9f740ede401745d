//! The pages that `web/` builds, and where they are.
//!
//! Files that a page loads are named by a hash of their content, and browsers keep them for good. Browsers ask for the pages
//! themselves each time. Nothing on them comes from another host, and no script stands in a page itself.

mod file;

use axum::extract::Path;
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tessera_error::UserError;
use tessera_http::problem::Problem;

/// The page of everybody who is signed in. It has an address for each of its places.
const APP: &str = "app.html";
/// For those who are not.
const SIGN_IN: &str = "signin.html";

/// What pages may load: only what is ours.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
/// The editor that GraphiQL is made of writes its styles as it goes, and has its signs and cursors as data.
const POLICY_OF_GRAPHIQL: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/// What holds for pages besides: no frame around them, no address of theirs to other hosts, no window that another host opened, no
/// devices.
const PAGE: [(HeaderName, &str); 5] = [
    (REFERRER_POLICY, "no-referrer"),
    (X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// First segments of paths that programs ask for. No place of the page begins with them.
const PROGRAMS: [&str; 7] = [
    "api", "assets", "graphiql", "graphql", "health", "metrics", "problems",
];

const NOT_BUILT: UserError = UserError::NotFound {
    what: "page in this build (`make` builds the pages)",
};

/// Whether this build has the pages.
pub(crate) fn is_built() -> bool {
    file::exists("docs.html")
}

pub(crate) fn routes() -> Router {
    let page = |name, policy| get(async move |headers: HeaderMap| page(name, policy, &headers));
    Router::new()
        .route("/", get(root))
        .route("/signin", page(SIGN_IN, POLICY))
        .route("/signup", page(SIGN_IN, POLICY))
        .route("/invite/{token}", page(SIGN_IN, POLICY))
        .route("/reset/{token}", page(SIGN_IN, POLICY))
        .route("/api/v1/docs", page("docs.html", POLICY))
        .route("/graphiql", page("graphiql.html", POLICY_OF_GRAPHIQL))
        .route("/assets/{*path}", get(asset))
}

/// A page for people, and for programs where to go from here.
async fn root(headers: HeaderMap) -> Response {
    let mut response = match start(&headers) {
        Some(name) => page(name, POLICY, &headers),
        None => about().into_response(),
    };
    let varies = HeaderValue::from_static("accept, accept-encoding");
    response.headers_mut().insert(VARY, varies);
    response
}

fn start(headers: &HeaderMap) -> Option<&'static str> {
    (wants_html(headers) && file::exists(APP)).then_some(APP)
}

/// Paths that no route has: places of the page, where a browser asks for one.
pub(crate) async fn elsewhere(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if is_place(&method, uri.path(), &headers) && file::exists(APP) {
        return page(APP, POLICY, &headers);
    }
    Problem::from(UserError::NotFound { what: "path" }).into_response()
}

fn is_place(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let first = path.trim_start_matches('/').split('/').next();
    let reads = [Method::GET, Method::HEAD].contains(method);
    reads && wants_html(headers) && !first.is_some_and(|first| PROGRAMS.contains(&first))
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
    let Some(mut response) = file::answer(name, headers) else {
        return Problem::from(NOT_BUILT).into_response();
    };
    let own = response.headers_mut();
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    own.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    for (header, value) in PAGE {
        own.insert(header, HeaderValue::from_static(value));
    }
    response
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(mut response) = file::answer(&format!("assets/{path}"), &headers) else {
        return Problem::from(UserError::NotFound { what: "file" }).into_response();
    };
    let for_good = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(CACHE_CONTROL, for_good);
    response
}

#[cfg(test)]
mod tests {
    use super::{POLICY, is_place, page};
    use axum::http::header::ACCEPT;
    use axum::http::{HeaderMap, HeaderValue, Method};

    #[tokio::test]
    async fn a_page_that_was_not_built_says_how_it_would_be() {
        let response = page("unheard_of.html", POLICY, &HeaderMap::new());
        assert_eq!(response.status(), 404);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await;
        let body = String::from_utf8(body.unwrap().into()).unwrap();
        assert!(body.contains("`make` builds the pages"), "{body}");
    }

    #[test]
    fn a_browser_gets_the_page_wherever_no_program_asks() {
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        for (method, path, accept, place) in [
            (Method::GET, "/o/contacts", browser, true),
            (Method::HEAD, "/o/contacts", browser, true),
            (Method::GET, "/model/contact", browser, true),
            (Method::GET, "/apiary", browser, true),
            (Method::GET, "/o/contacts", "*/*", false),
            (Method::GET, "/o/contacts", "application/json", false),
            (Method::POST, "/o/contacts", browser, false),
            (Method::GET, "/api/v2/contacts", browser, false),
            (Method::GET, "/health/unheard-of", browser, false),
            (Method::GET, "/assets", browser, false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(
                is_place(&method, path, &headers),
                place,
                "{method} {path} {accept}"
            );
        }
    }
}
