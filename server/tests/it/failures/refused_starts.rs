//! Starts that cannot be: each says why, and what to do.

use rustix::process::{Pid, Signal, kill_process};
use std::net::TcpListener;

use super::data_dir;
use crate::engine_support::TestDatabase;
use crate::support::process::{JWT_SECRET, Process, Said, tessera};

#[tokio::test]
async fn a_second_server_on_the_same_data_is_told_of_the_first() {
    let data_dir = data_dir();
    let first = Process::serve(data_dir.path(), &[]);
    let second = tessera(data_dir.path())
        .args(["serve", "--port", "0"])
        .output()
        .unwrap();
    let second = Said::from(second);
    assert_eq!(second.code, Some(1), "{second:?}");
    let place = data_dir.path().join("data");
    for told in [
        place.to_str().unwrap(),
        &format!("process {}", first.pid()),
        "DATA_DIR",
    ] {
        assert!(second.err.contains(told), "`{told}`: {}", second.err);
    }
    first.guest().get("/health").await.ok();

    // Told to stop, it ends cleanly, and the data is free again.
    let mut first = first;
    kill_process(
        Pid::from_raw(first.pid().cast_signed()).unwrap(),
        Signal::TERM,
    )
    .unwrap();
    assert_eq!(first.wait().code(), Some(0));
    Process::serve(data_dir.path(), &[])
        .guest()
        .get("/health")
        .await
        .ok();
}

#[tokio::test]
async fn a_database_of_ones_own_needs_a_secret() {
    let database = TestDatabase::empty().await;
    let directory = tempfile::tempdir().unwrap();
    for (settings, told) in [
        (vec![("DATABASE_URL", database.url.as_str())], "JWT_SECRET"),
        (
            vec![
                ("DATABASE_URL", database.url.as_str()),
                ("JWT_SECRET", "secret"),
            ],
            "JWT_SECRET",
        ),
        (
            vec![
                ("DATABASE_URL", database.url.as_str()),
                ("JWT_SECRET", "change-me-change-me-change-me-change-me"),
            ],
            "openssl rand",
        ),
        (
            vec![
                ("DATABASE_URL", database.url.as_str()),
                ("JWT_SECRET", JWT_SECRET),
                ("SIGNUP", "perhaps"),
            ],
            "open or closed",
        ),
        (
            vec![("RATE_LIMIT_CALLER", "5 per second")],
            "RATE_LIMIT_CALLER is `5 per second`",
        ),
        (
            vec![("CORS_ORIGIN", "https://a.example, b.example")],
            "`b.example` in CORS_ORIGIN",
        ),
        (vec![("LOG", "a=b=c")], "LOG"),
    ] {
        let ended = tessera(directory.path())
            .args(["serve", "--port", "0"])
            .envs(settings.clone())
            .output()
            .unwrap();
        let ended = Said::from(ended);
        assert_eq!(ended.code, Some(1), "{settings:?}: {ended:?}");
        assert!(ended.err.contains(told), "{settings:?}: {}", ended.err);
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let directory = tempfile::tempdir().unwrap();
    let ended = tessera(directory.path())
        .args(["serve", "--port", &port])
        .output()
        .unwrap();
    let ended = Said::from(ended);
    assert_eq!(ended.code, Some(1));
    for told in [&port, "PORT"] {
        assert!(ended.err.contains(told), "{}", ended.err);
    }
    assert!(!directory.path().join("data").exists(), "nothing was begun");
}
