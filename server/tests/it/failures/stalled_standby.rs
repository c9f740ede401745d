//! Synchronous replication to a standby that does not answer.

use reqwest::Method;
use rustix::process::{Signal, kill_process};
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::killed_postgres::postgres;
use super::{Made, PATIENCE, data_dir, make};
use crate::support::process::Process;
use crate::support::tenant::sign_up;

/// Makes every commit wait for a standby of this name, or for none.
fn set_standbys(data_dir: &Path, names: &str) {
    let file = data_dir.join("data/postgres/postgresql.auto.conf");
    let mut file = OpenOptions::new().append(true).open(file).unwrap();
    writeln!(file, "synchronous_standby_names = '{names}'").unwrap();
    kill_process(postgres(data_dir), Signal::HUP).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_is_answered_when_the_standby_has_it_and_not_before() {
    let directory = data_dir();
    let server = Process::serve(directory.path(), &[("LOG", "warn")]);
    let admin = sign_up(&server.guest(), "acme").await;
    // Known to be brief, so that others are sent behind it.
    let mut ids = Vec::new();
    for _ in 0..20 {
        let Made::Id(id) = make(&admin, "before").await else {
            panic!("nothing stalls yet");
        };
        let path = format!("/api/v1/contacts/{id}");
        admin.patch(&path, json!({"city": "Riga"})).await.ok();
        admin.get(&path).await.ok();
        ids.push(id);
    }
    set_standbys(directory.path(), "nobody");
    let begun = Instant::now();
    let mut writes = JoinSet::new();
    loop {
        assert!(begun.elapsed() < PATIENCE, "commits do not wait");
        let admin = admin.clone();
        let mut write = Box::pin(async move { make(&admin, "first").await });
        if timeout(Duration::from_secs(1), &mut write).await.is_err() {
            writes.spawn(write);
            break;
        }
    }
    for id in ids.iter().take(8).cloned() {
        let creator = admin.clone();
        writes.spawn(async move { make(&creator, "stalled").await });
        let updater = admin.clone();
        writes.spawn(async move {
            let request = updater.request(Method::PATCH, &format!("/api/v1/contacts/{id}"));
            let answer = request.json(&json!({"city": "Tartu"})).send().await;
            assert_eq!(answer.unwrap().status(), 200);
            Made::Id(id)
        });
    }
    // Others are served meanwhile, and nothing that stands in their way is cut short.
    let stalled = Instant::now();
    let mut reads = 0;
    while stalled.elapsed() < Duration::from_secs(2) {
        let path = format!("/api/v1/contacts/{}", ids[reads % ids.len()]);
        let read = timeout(Duration::from_secs(5), admin.get(&path));
        read.await.expect("reads do not wait for the standby").ok();
        reads += 1;
        sleep(Duration::from_millis(5)).await;
    }
    assert!(reads > 20, "{reads}");
    assert!(writes.try_join_next().is_none(), "one was answered");
    set_standbys(directory.path(), "");
    let count = writes.len();
    let made = timeout(PATIENCE, writes.join_all()).await.unwrap();
    let made = made.iter().filter(|made| matches!(made, Made::Id(_)));
    assert_eq!((count, made.count()), (17, 17));
    let log = server.log();
    assert!(!log.contains("fault of ours"), "{log}");
    let log = fs::read_to_string(directory.path().join("data/postgres.log")).unwrap_or_default();
    assert!(!log.contains("canceling wait"), "{log}");
}
