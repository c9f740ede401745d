//! The HTTP surface: both faces side by side, and what holds for every request.

mod answers;
mod head;
mod limit;

use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tessera_engine::engine::Engine;
use tessera_error::InternalError;
use tessera_http::change::CHANGE_ID;
use tessera_http::idempotency;
use tessera_http::problem::Problem;
use tessera_http::rate_limit::RateLimits;
use tessera_http::state::Api;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

use crate::client_address::Proxies;
use crate::command::Failure;
use crate::settings::Settings;
use crate::{health, patience, telemetry, web};

/// How long browsers remember what they may send.
const PREFLIGHT: Duration = Duration::from_hours(1);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) fn router(
    settings: &Settings,
    engine: &Engine,
    proxies: Proxies,
    cors: Option<CorsLayer>,
    limits: &Arc<RateLimits>,
) -> Router {
    let metrics = telemetry::recorder();
    let public_url = settings.public_url.as_deref().unwrap_or_default();
    let api = Api::new(engine.clone()).at(public_url);
    tessera_rest::router(api.clone())
        .merge(tessera_graphql::router(engine.clone()))
        .layer(middleware::from_fn_with_state(api, idempotency::honour))
        .merge(health::routes(engine))
        .merge(web::routes())
        .route(
            "/metrics",
            get(move || std::future::ready(metrics.render())),
        )
        .fallback(web::elsewhere)
        .method_not_allowed_fallback(tessera_rest::method_not_allowed)
        // One stack of layers, not one around the other: the router boxes each that it is given.
        .layer(
            ServiceBuilder::new()
                // Around all others, since each of them may answer before the body is read.
                .layer(middleware::from_fn(patience::attend))
                // The id is set first, and put on the answer last.
                .map_request(head::without_odd_id)
                .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
                .layer(PropagateRequestIdLayer::new(REQUEST_ID))
                .layer(
                    TraceLayer::new_for_http()
                        .make_span_with(telemetry::span)
                        // A request has one line, which `measure` writes.
                        .on_request(())
                        .on_response(())
                        .on_failure(()),
                )
                .layer(middleware::from_fn_with_state(
                    engine.clone(),
                    answers::say_model_version,
                ))
                .layer(middleware::from_fn(telemetry::measure))
                .option_layer(cors)
                .map_response(answers::guard)
                .layer(CatchPanicLayer::custom(panicked))
                .map_request(move |request| proxies.mark(request))
                .layer(middleware::from_fn_with_state(
                    Arc::clone(limits),
                    limit::limit,
                ))
                .layer(middleware::from_fn(head::check)),
        )
}

/// A fault of ours: told in the log with its request's id, and as little as any other fault in the answer.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    Problem::from(InternalError::Panic(
        words.unwrap_or("without words").to_owned(),
    ))
    .into_response()
}

/// Which pages of other origins may call the server; none where no origin is set.
pub(crate) fn cors(settings: &Settings) -> Result<Option<CorsLayer>, Failure> {
    let origins = match settings.cors_origin.as_deref() {
        None => return Ok(None),
        Some("*") => AllowOrigin::any(),
        Some(list) => {
            let origins = list.split(',').map(str::trim).map(origin);
            AllowOrigin::list(origins.collect::<Result<Vec<_>, _>>()?)
        }
    };
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("prefer"),
            HeaderName::from_static("idempotency-key"),
            CHANGE_ID,
            REQUEST_ID,
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            HeaderName::from_static("preference-applied"),
            HeaderName::from_static("idempotency-replayed"),
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
            header::RETRY_AFTER,
            answers::MODEL_VERSION,
            CHANGE_ID,
            REQUEST_ID,
        ])
        .max_age(PREFLIGHT);
    Ok(Some(layer))
}

/// A scheme, a host and perhaps a port, as browsers send it in `Origin`: with anything more it would never match.
fn origin(text: &str) -> Result<HeaderValue, Failure> {
    let refused = || Failure::CorsOrigin(text.to_owned());
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .ok_or_else(refused)?;
    if host.is_empty() || host.contains(['/', '?', '#', '@', '*']) {
        return Err(refused());
    }
    HeaderValue::from_str(text).map_err(|_| refused())
}
