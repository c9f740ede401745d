//! Every way of being killed, and what is found afterwards.

use std::{
    env,
    ffi::OsStr,
    fs,
    future::pending,
    io::{BufRead, BufReader},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, PgConnection, PgPool, query_scalar};

use super::{commit_a_row, directory, pid_file, rows, start};

/// Names the data directory, in the process that `OtherServer` starts.
const OTHER_SERVER: &str = "TEST_OTHER_SERVER";

const PATIENCE: Duration = Duration::from_mins(1);

fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid.cast_signed()).expect("a process id");
    kill_process(pid, signal).expect("the process is there");
}

/// A server in a process of its own, so that it can be killed.
struct OtherServer {
    process: Child,
}

impl OtherServer {
    fn on(data_dir: &Path) -> OtherServer {
        let process = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "killed::the_other_server", "--nocapture"])
            .env(OTHER_SERVER, data_dir)
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program runs");
        OtherServer { process }
    }

    /// Waits until it has committed a row; gives the process id of its Postgres.
    fn ready(&mut self) -> u32 {
        let output = self.process.stdout.take().expect("output is a pipe");
        BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("serving ")?.parse().ok())
            .expect("the other server gets ready")
    }

    fn kill(mut self) {
        self.process.kill().expect("the other server is there");
        self.process.wait().expect("the other server ends");
    }
}

impl Drop for OtherServer {
    fn drop(&mut self) {
        let _killed_already = self.process.kill();
        let _waited_for_already = self.process.wait();
    }
}

/// Not a test of its own: what `OtherServer` runs.
#[tokio::test]
async fn the_other_server() {
    if let Some(data_dir) = env::var_os(OTHER_SERVER) {
        let postgres = start(Path::new(&data_dir)).await;
        commit_a_row(&postgres).await;
        println!("\nserving {}", postgres.pid().expect("Postgres runs"));
        pending::<()>().await;
    }
}

#[tokio::test]
async fn a_killed_postgres_is_started_again() {
    let data_dir = directory();
    let postgres = start(data_dir.path()).await;
    commit_a_row(&postgres).await;
    let pool = PgPool::connect_with(postgres.connect_options())
        .await
        .expect("Postgres takes connections");
    let mut watch = postgres.watch();
    for _ in 0..3 {
        let killed = postgres.pid().expect("Postgres runs");
        signal(killed, Signal::KILL);
        tokio::time::timeout(
            PATIENCE,
            watch.wait_for(|pid| pid.is_some_and(|pid| pid != killed)),
        )
        .await
        .expect("Postgres is back in time")
        .expect("the supervisor is there");
        let rows: i64 = query_scalar("select count(*) from kept")
            .fetch_one(&pool)
            .await
            .expect("requests work again");
        assert_eq!(rows, 1);
    }
    pool.close().await;
    postgres.stop().await;
}

#[tokio::test]
async fn postgres_ends_with_a_killed_server() {
    let data_dir = directory();
    let mut server = OtherServer::on(data_dir.path());
    server.ready();
    server.kill();
    until("Postgres has ended", || !pid_file(data_dir.path()).exists());

    let postgres = start(data_dir.path()).await;
    assert_eq!(rows(&postgres).await, 1);
    postgres.stop().await;
}

#[tokio::test]
async fn server_and_postgres_may_be_killed_together() {
    let data_dir = directory();
    let mut server = OtherServer::on(data_dir.path());
    let postgres = server.ready();
    signal(postgres, Signal::STOP);
    server.kill();
    signal(postgres, Signal::KILL);

    let postgres = start(data_dir.path()).await;
    assert_eq!(rows(&postgres).await, 1);
    postgres.stop().await;
}

#[tokio::test]
async fn a_server_killed_while_initialising_leaves_nothing_behind() {
    let data_dir = directory();
    let has = |wanted: &str| unfinished(data_dir.path()).any(|path| path.join(wanted).exists());
    for stage in ["PG_VERSION", "base/1"] {
        let server = OtherServer::on(data_dir.path());
        until(stage, || has(stage));
        server.kill();
    }
    let postgres = start(data_dir.path()).await;
    commit_a_row(&postgres).await;
    postgres.stop().await;
    start(data_dir.path()).await.stop().await;
    assert_eq!(unfinished(data_dir.path()).count(), 0);
}

/// The clusters in the making.
fn unfinished(data_dir: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(data_dir).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("postgres."))
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
}

#[tokio::test]
async fn a_dropped_handle_ends_postgres() {
    let data_dir = directory();
    drop(start(data_dir.path()).await);
    tokio::task::spawn_blocking(move || {
        until("Postgres has ended", || !pid_file(data_dir.path()).exists());
    })
    .await
    .expect("it ended");
}

#[tokio::test]
async fn a_leftover_postgres_is_ended_first() {
    let data_dir = directory();
    let cluster = data_dir.path().join("postgres");
    let postgres = start(data_dir.path()).await;
    commit_a_row(&postgres).await;
    let mut superuser = PgConnection::connect_with(&postgres.superuser_options())
        .await
        .expect("the superuser may connect");
    let programs: String = query_scalar("select setting from pg_config where name = 'BINDIR'")
        .fetch_one(&mut superuser)
        .await
        .expect("it knows where its programs are");
    postgres.stop().await;
    let mut leftover = by_owner_of(&cluster, Path::new(&programs).join("postgres"))
        .current_dir("/")
        .arg("-D")
        .arg(&cluster)
        .args(["-c", "listen_addresses=", "-c"])
        .arg(format!("unix_socket_directories={}", cluster.display()))
        .stderr(Stdio::null())
        .spawn()
        .expect("postgres runs");
    until("the leftover is ready", || {
        fs::read_to_string(pid_file(data_dir.path())).is_ok_and(|file| file.contains("ready"))
    });

    let postgres = start(data_dir.path()).await;
    let ended = leftover.wait().await.expect("the leftover is ours");
    assert!(ended.success(), "it ended cleanly");
    assert_eq!(rows(&postgres).await, 1);
    postgres.stop().await;
}

#[tokio::test]
async fn a_stale_process_id_may_be_in_use_by_another() {
    let data_dir = directory();
    start(data_dir.path()).await.stop().await;
    let cluster = data_dir.path().join("postgres");
    let mut stranger = by_owner_of(&cluster, "sleep")
        .arg("600")
        .spawn()
        .expect("sleep runs");
    let pid = stranger.id().expect("sleep was not waited for");
    let stale = format!("{pid}\n{}\n1700000000\n5432\n", cluster.display());
    fs::write(pid_file(data_dir.path()), stale).expect("the file is written");

    start(data_dir.path()).await.stop().await;
    let ended = stranger.try_wait().expect("sleep is ours");
    assert!(ended.is_none(), "it was left alone");
}

/// A program, run by the account that Postgres runs as, and killed with the test.
fn by_owner_of(cluster: &Path, program: impl AsRef<OsStr>) -> tokio::process::Command {
    let owner = fs::metadata(cluster).expect("the cluster is there");
    let mut command = tokio::process::Command::new(program);
    command.kill_on_drop(true);
    if owner.uid() != rustix::process::geteuid().as_raw() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    command
}
