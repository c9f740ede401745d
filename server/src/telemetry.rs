//! What can be seen of requests from outside: a span for the log, numbers for Prometheus.

use axum::extract::{MatchedPath, Request};
use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use tessera_identity::with_caller;
use tessera_schema::ident::{TenantId, UserId};
use tracing::Span;
use tracing::field::display;

/// The process's numbers. Made once: a process has one recorder.
pub(crate) fn recorder() -> PrometheusHandle {
    static RECORDER: LazyLock<PrometheusHandle> = LazyLock::new(|| {
        PrometheusBuilder::new()
            .install_recorder()
            .expect("nothing else in the process records metrics")
    });
    RECORDER.clone()
}

/// What lines of requests are logged under.
pub(crate) const REQUESTS: &str = "tessera::requests";

/// Counts a request and how long it took, by its route and never by its tenant, and logs it. The answer carries its tenant for the layers outside.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let method = name(request.method());
    let route: Arc<str> = route(request.extensions()).into();
    let begun = Instant::now();
    let (mut response, caller) = with_caller(next.run(request)).await;
    if let Some((tenant, _)) = caller {
        response.extensions_mut().insert(tenant);
    }
    let took = begun.elapsed();
    log(&route, response.status(), took, caller);
    let status = class(response.status());
    metrics::counter!("tessera_requests_total", "method" => method, "route" => Arc::clone(&route), "status" => status)
        .increment(1);
    metrics::histogram!("tessera_request_seconds", "method" => method, "route" => route)
        .record(took);
    response
}

/// The template of the path, without ids.
fn route(extensions: &Extensions) -> &str {
    extensions
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
}

/// One line. Method, route and request id are those of the span.
fn log(route: &str, status: StatusCode, took: Duration, caller: Option<(TenantId, UserId)>) {
    let status = status.as_u16();
    let ms = f64::from(u32::try_from(took.as_micros()).unwrap_or(u32::MAX)) / 1_000.0;
    let (tenant, user) = caller.unzip();
    let (tenant, user) = (tenant.map(display), user.map(display));
    if route.starts_with("/health") || route == "/metrics" {
        tracing::debug!(target: REQUESTS, status, ms, "answered");
    } else {
        tracing::info!(target: REQUESTS, status, ms, tenant, user, "answered");
    }
}

/// Whatever a client may call a method, there are few names: each is kept for good.
const fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

const fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

pub(crate) fn span<B>(request: &axum::http::Request<B>) -> Span {
    tracing::info_span!("request", method = %request.method(), route = route(request.extensions()), id = id(request.headers()))
}

fn id(headers: &HeaderMap) -> &str {
    let value = headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}
