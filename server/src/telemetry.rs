//! What can be seen of requests from outside: a span for the log, numbers for Prometheus.

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::LazyLock;
use std::time::Instant;
use tracing::Span;

/// The process's numbers. Made once: a process has one recorder.
pub(crate) fn recorder() -> PrometheusHandle {
    static RECORDER: LazyLock<PrometheusHandle> = LazyLock::new(|| {
        PrometheusBuilder::new()
            .install_recorder()
            .expect("nothing else in the process records metrics")
    });
    RECORDER.clone()
}

/// Counts a request and how long it took, by its route and never by its tenant.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = format!("{}xx", response.status().as_u16() / 100);
    metrics::counter!("tessera_requests_total", "method" => method.clone(), "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!("tessera_request_seconds", "method" => method, "route" => route)
        .record(begun.elapsed());
    response
}

pub(crate) fn span<B>(request: &axum::http::Request<B>) -> Span {
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id = id(request.headers()))
}

fn id(headers: &HeaderMap) -> &str {
    let value = headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}
