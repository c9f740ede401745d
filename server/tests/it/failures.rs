//! What is left after the worst has happened.

mod killed_in_writing;
mod killed_postgres;
mod killed_server;
mod refused_starts;
mod stalled_standby;
mod unreachable;

use serde_json::json;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use tempfile::TempDir;

use crate::support::{Answer, Client};

/// Until when something has to have happened.
const PATIENCE: Duration = Duration::from_mins(1);

/// A data directory that the account of an embedded Postgres can pass through.
pub(crate) fn data_dir() -> TempDir {
    let mut directory = tempfile::Builder::new();
    let directory = directory.permissions(Permissions::from_mode(0o755));
    directory.tempdir().unwrap()
}

/// What came of asking for a record to be made.
enum Made {
    /// Promised, with its id.
    Id(String),
    /// Refused for now.
    Later,
    /// No answer.
    Nothing,
}

async fn make(client: &Client, name: &str) -> Made {
    let request = client
        .request(reqwest::Method::POST, "/api/v1/contacts")
        .json(&json!({"last_name": name}));
    let Ok(answer) = Answer::to_any(request).await else {
        return Made::Nothing;
    };
    match answer.status {
        201 => Made::Id(answer.body["id"].as_str().unwrap().to_owned()),
        503 => {
            assert_ne!(answer.header("retry-after"), "");
            Made::Later
        }
        _ => panic!("{} {}", answer.status, answer.text),
    }
}

/// Fails where a record that was promised is not there.
async fn all_are_there(client: &Client, promised: &[String]) {
    let mut missing = Vec::new();
    for ids in promised.chunks(200) {
        let filter = json!({"id": {"in": ids}}).to_string();
        let parameters = [
            ("filter", filter.as_str()),
            ("fields", "id"),
            ("limit", "1000"),
        ];
        let found = client.find("/api/v1/contacts", &parameters).await.ok();
        let found = found["data"].as_array().unwrap();
        missing.extend(ids.iter().filter(|id| !found.contains(&json!({"id": id}))));
    }
    assert!(missing.is_empty(), "{missing:?}");
}
