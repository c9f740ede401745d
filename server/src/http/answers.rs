//! Headers that answers have whoever made them.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tessera_engine::engine::Engine;
use tessera_schema::ident::TenantId;

pub(super) const MODEL_VERSION: HeaderName = HeaderName::from_static("x-model-version");

/// The policy of what is no page.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// Says under which version of the tenant's model a request was answered, so that clients notice when it has changed.
/// [`telemetry::measure`](crate::telemetry::measure) says whose request it was.
pub(super) async fn say_model_version(
    State(engine): State<Engine>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let Some(tenant) = response.extensions().get::<TenantId>().copied()
        && let Ok(version) = engine.model_version(tenant).await
    {
        let headers = response.headers_mut();
        headers.insert(MODEL_VERSION, HeaderValue::from(version));
    }
    response
}

/// Browsers take content for what it says it is, and nobody keeps data that is one caller's; what has a tag may be kept by that
/// caller, who asks each time whether it still holds.
pub(super) fn guard<B>(mut response: Response<B>) -> Response<B> {
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(is_json);
    let is_unchanged = response.status() == StatusCode::NOT_MODIFIED;
    let is_tagged = response.headers().contains_key(ETAG);
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Pages bring their own. Nothing else is there to be run, or shown in a frame.
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(NOTHING));
    if is_json || is_unchanged {
        let kept = if is_tagged {
            "private, no-cache"
        } else {
            "no-store"
        };
        let kept = HeaderValue::from_static(kept);
        headers.entry(CACHE_CONTROL).or_insert(kept);
    }
    response
}

/// `application/json`, with parameters or without, or a type that is JSON underneath.
fn is_json(media_type: &HeaderValue) -> bool {
    let media_type = media_type.as_bytes();
    let end = media_type.iter().position(|byte| *byte == b';');
    let essence = media_type[..end.unwrap_or(media_type.len())].trim_ascii();
    essence == b"application/json" || essence.ends_with(b"+json")
}
