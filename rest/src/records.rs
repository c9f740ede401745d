//! `/api/v1/{plural}`: the records of every object, built-in or drawn by an admin, through the same handlers.
//!
//! A handler reads its request against the tenant's model, asks the engine, and passes the answer's bytes on.

mod aggregate;
pub(crate) mod answer;
mod batch;
mod change;
mod create;
mod fields;
mod list;
mod one;
mod place;
mod plan;
mod preconditions;
mod prefer;
mod remove;
pub(crate) mod request;
#[cfg(test)]
mod test_model;
mod upsert;
mod write;

use axum::Router;
use axum::http::header::ALLOW;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use tower::util::MapResponseLayer;

pub(crate) use batch::MOST as MOST_OPERATIONS;
pub(crate) use create::MOST as MOST_AT_ONCE;
pub(crate) use list::{DEFAULT_LIMIT, MOST as LONGEST_PAGE};

use crate::state::Api;

pub(crate) fn routes() -> Router<Api> {
    let all = get(list::list)
        .post(create::create)
        .patch(change::change_many)
        .delete(remove::delete_many);
    let one = get(one::get).patch(change::change).delete(remove::delete);
    Router::new()
        .route("/batch", post(batch::batch))
        .route("/{plural}", all)
        .route("/{plural}/aggregate", post(aggregate::aggregate))
        .route("/{plural}/upsert", post(upsert::upsert))
        .route("/{plural}/{id}", one)
        .route("/{plural}/{id}/restore", post(remove::restore))
        .layer(MapResponseLayer::new(allow_reading))
}

/// A handler answers 405 only where the records are there to be read alone.
fn allow_reading<B>(mut response: Response<B>) -> Response<B> {
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let reading = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().entry(ALLOW).or_insert(reading);
    }
    response
}
