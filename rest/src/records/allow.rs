//! `Allow` where some objects are only read: a route offers less for them than its handlers could do.

use axum::extract::State;
use axum::http::header::ALLOW;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use std::collections::HashMap;
use tessera_http::caller::Caller;
use tessera_http::path::Segments;
use tessera_http::problem::Problem;
use tessera_http::state::Api;
use tower::util::MapResponseLayer;

/// A route of records whose refusals of a method name just those that are possible. `reading` are those of an object that is
/// only read.
pub(super) fn truly(route: MethodRouter<Api>, reading: &'static str) -> MethodRouter<Api> {
    let reading = HeaderValue::from_static(reading);
    let of_fallback = reading.clone();
    // A handler refuses its own method only where the object is only read.
    let of_handlers = move |mut response: Response| {
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            let allow = response.headers_mut().entry(ALLOW);
            allow.or_insert_with(|| reading.clone());
        }
        response
    };
    route.layer(MapResponseLayer::new(of_handlers)).fallback(
        async move |State(api): State<Api>,
                    caller: Result<Caller, Problem>,
                    Segments(path): Segments<HashMap<String, String>>,
                    method: Method| {
            let mut response = crate::method_not_allowed(method).await.into_response();
            let plural = path.get("plural").map(String::as_str).unwrap_or_default();
            // A stranger learns nothing of the objects: to them, each could be any.
            if let Ok(caller) = caller
                && is_only_read(&api, &caller, plural).await
            {
                response.headers_mut().insert(ALLOW, of_fallback);
            }
            response
        },
    )
}

async fn is_only_read(api: &Api, Caller(context): &Caller, plural: &str) -> bool {
    let snapshot = api.engine.model(context.principal.tenant).await;
    snapshot.is_ok_and(|snapshot| {
        let view = snapshot.view(context.principal.roles());
        let object = view.model.by_plural(plural);
        object.is_some_and(|object| object.read_only)
    })
}
