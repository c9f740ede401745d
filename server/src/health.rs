//! Whether the server is well: for people, and for what keeps it running.

use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value as Json_, json};
use std::time::Duration;
use tessera_engine::engine::Engine;

/// A database that takes longer to say that it is there is not.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn routes(engine: &Engine) -> Router {
    let ready = {
        let engine = engine.clone();
        move || async move { ready(&engine).await }
    };
    Router::new()
        .route("/health", get(ready.clone()))
        .route("/health/ready", get(ready))
        .route(
            "/health/live",
            get(async || Json(json!({"status": "alive"}))),
        )
}

async fn ready(engine: &Engine) -> (StatusCode, Json<Json_>) {
    let answered = matches!(
        tokio::time::timeout(PATIENCE, engine.ping()).await,
        Ok(Ok(()))
    );
    let (status, word) = if answered {
        (StatusCode::OK, "healthy")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unhealthy")
    };
    let body = json!({"status": word, "version": env!("CARGO_PKG_VERSION"), "database": if answered { "up" } else { "down" }});
    (status, Json(body))
}
