//! The REST face: turns HTTP requests into the engine's words and its results and errors back into HTTP.
//!
//! What happens to records is the engine's; nothing here knows SQL. Every answer that is not a success is a
//! [`Problem`].

pub mod auth;

mod access;
mod api_keys;
mod audit;
mod changes;
mod etag;
mod invitations;
mod members;
mod metadata;
mod openapi;
mod parameters;
mod prefer;
mod problem_pages;
mod records;
mod roles;
mod search;
mod teams;

use axum::Router;
use axum::http::{Method, Uri};
use axum::routing::get;
use tessera_error::UserError;
use tessera_http::problem::Problem;
use tessera_http::state::Api;

/// Every REST route, `/api/v1` included.
pub fn router(api: Api) -> Router {
    let v1 = Router::new()
        .nest("/auth", auth::routes())
        .nest("/metadata", metadata::routes())
        .route("/openapi.json", get(openapi::show))
        .route("/search", get(search::search))
        .route("/audit", get(audit::list))
        .nest("/access", access::routes())
        .nest("/api-keys", api_keys::routes())
        .nest("/roles", roles::routes())
        .nest("/teams", teams::routes())
        .nest("/members", members::routes())
        .nest("/invitations", invitations::routes())
        .merge(changes::routes())
        .merge(records::routes());
    Router::new()
        .nest("/api/v1", v1)
        .route("/problems/{code}", get(problem_pages::show))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(api)
}

async fn not_found(_: Uri) -> Problem {
    UserError::NotFound { what: "path" }.into()
}

/// Refuses a method that a route does not have. The router adds `Allow`.
pub async fn method_not_allowed(method: Method) -> Problem {
    UserError::MethodNotAllowed {
        method: method.to_string(),
    }
    .into()
}
