//! `/api/v1/{plural}`: the records of every object, built-in or drawn by an admin, through the same handlers.
//!
//! A handler reads its request against the tenant's model, asks the engine, and passes the answer's bytes on.

mod aggregate;
mod allow;
pub(crate) mod answer;
mod batch;
mod change;
mod create;
pub(crate) mod fields;
pub(crate) mod history;
mod limit;
mod list;
mod one;
mod plan;
mod preconditions;
mod remove;
pub(crate) mod request;
#[cfg(test)]
mod test_model;
mod upsert;
mod write;

use axum::Router;
use axum::routing::{get, post};
use tessera_http::state::Api;

pub(crate) use batch::MOST as MOST_OPERATIONS;
pub(crate) use create::MOST as MOST_AT_ONCE;
pub(crate) use fields::more_of;
pub(crate) use limit::{DEFAULT_LIMIT, LONGEST_PAGE};

pub(crate) fn routes() -> Router<Api> {
    let all = get(list::list)
        .post(create::create)
        .patch(change::change_many)
        .delete(remove::delete_many);
    let one = get(one::get).patch(change::change).delete(remove::delete);
    let many = post(create::many).patch(change::change_each);
    Router::new()
        .route("/batch", post(batch::batch))
        .route("/{plural}", allow::truly(all, "GET, HEAD"))
        .route("/{plural}/many", allow::truly(many, ""))
        .route("/{plural}/aggregate", post(aggregate::aggregate))
        .route("/{plural}/upsert", allow::truly(post(upsert::upsert), ""))
        .route(
            "/{plural}/upsert/many",
            allow::truly(post(upsert::many), ""),
        )
        .route("/{plural}/{id}/history", get(history::history))
        .route(
            "/{plural}/{id}/revert",
            allow::truly(post(history::revert), ""),
        )
        .route("/{plural}/{id}", allow::truly(one, "GET, HEAD"))
        .route(
            "/{plural}/{id}/restore",
            allow::truly(post(remove::restore), ""),
        )
}
