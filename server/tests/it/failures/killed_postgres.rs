//! `kill -9` of the embedded Postgres under a server that goes on.
//!
//! By turns the whole of Postgres ends, which the server starts again, and one of its processes, after which Postgres ends all
//! sessions and recovers by itself. `TESSERA_KILLS` says how often; the server waits longer from time to time.

use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Made, PATIENCE, all_are_there, data_dir, make};
use crate::support::process::Process;
use crate::support::tenant::sign_up;
use crate::support::{Answer, Client};

const TENANTS: usize = 4;
const WRITERS: usize = 16;
/// How many writes succeed between two ends.
const WRITES: usize = 100;

pub(super) fn postgres(data_dir: &Path) -> Pid {
    let file = fs::read_to_string(data_dir.join("data/postgres/postmaster.pid")).unwrap();
    let pid = file.lines().next().unwrap().parse().unwrap();
    Pid::from_raw(pid).unwrap()
}

/// The process of Postgres that writes the log in the background.
fn wal_writer(postgres: Pid) -> Option<Pid> {
    let own = postgres.as_raw_nonzero();
    let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).ok()?;
    let mut children = children.split_whitespace();
    let found = children.find(|child| {
        let title = fs::read_to_string(format!("/proc/{child}/cmdline"));
        title.is_ok_and(|title| title.contains("walwriter"))
    })?;
    Pid::from_raw(found.parse().ok()?)
}

/// A client that creates records, and changes one of its own.
struct Writer {
    client: Client,
    name: String,
    /// The records that it was told are there.
    created: Vec<String>,
    own: String,
    /// Of its own record, as it was last told.
    version: i64,
    refused: usize,
}

impl Writer {
    async fn new(client: Client, name: String) -> Self {
        let own = client
            .post("/api/v1/contacts", json!({"last_name": name}))
            .await
            .created();
        Self {
            own: own["id"].as_str().unwrap().to_owned(),
            version: 1,
            created: Vec::new(),
            refused: 0,
            client,
            name,
        }
    }

    async fn run(mut self, stop: Arc<AtomicBool>, told: UnboundedSender<()>) -> Self {
        while !stop.load(Ordering::Relaxed) {
            match make(&self.client, &self.name).await {
                Made::Id(id) => {
                    self.created.push(id);
                    told.send(()).unwrap();
                }
                Made::Later => self.refused += 1,
                Made::Nothing => panic!("the server itself went on"),
            }
            if self.change().await {
                told.send(()).unwrap();
            }
        }
        self
    }

    /// Changes its own record. Each change raises the version by one, so a version that it has been told before tells that a
    /// change was lost.
    async fn change(&mut self) -> bool {
        let path = format!("/api/v1/contacts/{}", self.own);
        let request = self.client.request(Method::PATCH, &path);
        let request = request.json(&json!({"city": self.version.to_string()}));
        let answer = Answer::to_any(request).await.unwrap();
        match answer.status {
            200 => {
                let version = answer.body["version"].as_i64().unwrap();
                assert!(version > self.version, "{version} after {}", self.version);
                self.version = version;
                true
            }
            503 => {
                self.refused += 1;
                false
            }
            _ => panic!("{} {}", answer.status, answer.text),
        }
    }
}

async fn wait_for_writes(written: &mut UnboundedReceiver<()>) {
    for _ in 0..WRITES {
        let one = timeout(PATIENCE, written.recv()).await;
        one.expect("writes go on after the end of Postgres")
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_says_later_and_loses_no_write_that_it_has_answered() {
    let kills = std::env::var("TESSERA_KILLS").map_or(4, |count| count.parse().unwrap());
    let data_dir = data_dir();
    let server = Process::serve(data_dir.path(), &[("LOG", "warn")]);
    let mut admins = Vec::new();
    for number in 0..TENANTS {
        admins.push(sign_up(&server.guest(), &format!("acme-{number}")).await);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let (told, mut written) = mpsc::unbounded_channel();
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let writer = Writer::new(admins[number % TENANTS].clone(), number.to_string()).await;
        writers.spawn(writer.run(Arc::clone(&stop), told.clone()));
    }
    let (mut whole, mut parts) = (0, 0);
    wait_for_writes(&mut written).await;
    for kill in 0..kills {
        let all = postgres(data_dir.path());
        let part = if kill % 2 == 1 { wal_writer(all) } else { None };
        kill_process(part.unwrap_or(all), Signal::KILL).unwrap();
        match part {
            Some(_) => parts += 1,
            None => whole += 1,
        }
        // Writes of before the end are told first.
        while written.try_recv().is_ok() {}
        wait_for_writes(&mut written).await;
    }
    stop.store(true, Ordering::Relaxed);
    let writers = writers.join_all().await;
    let refused: usize = writers.iter().map(|writer| writer.refused).sum();
    assert!(refused > 0, "nobody noticed");
    let (mut created, mut changed) = (0, 0);
    for writer in &writers {
        all_are_there(&writer.client, &writer.created).await;
        created += writer.created.len();
        let path = format!("/api/v1/contacts/{}", writer.own);
        let own = writer.client.get(&path).await.ok();
        let version = own["version"].as_i64().unwrap();
        assert!(version >= writer.version, "{version}, {}", writer.version);
        changed += version - 1;
    }
    println!(
        "{whole} ends of Postgres, {parts} of a part: {created} created, {changed} changed, {refused} refused"
    );
    assert_eq!(
        server.guest().get("/health").await.ok()["status"],
        "healthy"
    );
    assert!(!server.log().contains("fault of ours"), "{}", server.log());
}
