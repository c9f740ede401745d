//! `kill -9` of the embedded Postgres under a server that goes on.

use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::Path;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Made, PATIENCE, all_are_there, data_dir, make};
use crate::support::process::Process;
use crate::support::tenant::sign_up;

pub(super) fn postgres(data_dir: &Path) -> Pid {
    let file = fs::read_to_string(data_dir.join("data/postgres/postmaster.pid")).unwrap();
    let pid = file.lines().next().unwrap().parse().unwrap();
    Pid::from_raw(pid).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_says_later_and_recovers_by_itself() {
    let data_dir = data_dir();
    let server = Process::serve(data_dir.path(), &[("LOG", "warn")]);
    let admin = sign_up(&server.guest(), "acme").await;
    let (stop, stopped) = watch::channel(false);
    let (told, mut made) = mpsc::unbounded_channel();
    let mut writers = JoinSet::new();
    for writer in 0..4 {
        let (admin, stopped, told) = (admin.clone(), stopped.clone(), told.clone());
        writers.spawn(async move {
            let (mut promised, mut refused) = (Vec::new(), 0);
            while !*stopped.borrow() {
                match make(&admin, &writer.to_string()).await {
                    Made::Id(id) => {
                        promised.push(id);
                        told.send(()).unwrap();
                    }
                    Made::Later => refused += 1,
                    Made::Nothing => panic!("the server itself went on"),
                }
            }
            (promised, refused)
        });
    }
    for _ in 0..2 {
        for _ in 0..50 {
            timeout(PATIENCE, made.recv()).await.unwrap().unwrap();
        }
        kill_process(postgres(data_dir.path()), Signal::KILL).unwrap();
        // What was made before the end is told first.
        while made.try_recv().is_ok() {}
    }
    for _ in 0..50 {
        timeout(PATIENCE, made.recv()).await.unwrap().unwrap();
    }
    stop.send_replace(true);
    let (promised, refused): (Vec<_>, Vec<usize>) = writers.join_all().await.into_iter().unzip();
    assert!(refused.iter().sum::<usize>() > 0, "nobody noticed");
    all_are_there(&admin, &promised.concat()).await;
    assert_eq!(
        server.guest().get("/health").await.ok()["status"],
        "healthy"
    );
    assert!(!server.log().contains("fault of ours"), "{}", server.log());
}
