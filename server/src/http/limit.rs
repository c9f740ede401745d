//! The middleware of rate limits. Each request is counted for its address here, and for its caller once they are authenticated.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tessera_http::origin::ClientAddress;
use tessera_http::problem::Problem;
use tessera_http::rate_limit::{Limited, RateLimits};

pub(super) async fn limit(
    State(limits): State<Arc<RateLimits>>,
    mut request: Request,
    next: Next,
) -> Response {
    let address = request.extensions().get::<ClientAddress>().copied();
    let limited = match address {
        Some(ClientAddress(address)) => match Limited::of_address(&limits, address) {
            Ok(limited) => limited,
            Err(refused) => return Problem::from(refused).into_response(),
        },
        None => None,
    };
    let Some(limited) = limited else {
        return next.run(request).await;
    };
    request.extensions_mut().insert(limited.clone());
    let mut response = next.run(request).await;
    limited.show(response.headers_mut());
    response
}
