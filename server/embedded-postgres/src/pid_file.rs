//! `postmaster.pid`: what Postgres says of itself in its data directory, and what to do with one that is already there.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, kill_process, test_kill_process},
};
use tokio::{
    net::UnixStream,
    time::{Instant, sleep},
};

use crate::{Error, socket};

/// How often a condition is looked at.
pub(super) const POLL: Duration = Duration::from_millis(10);

/// How long a process gets that answers no more: it is about to end, or its id is another's by now.
const FADING: Duration = Duration::from_secs(2);

/// How a running Postgres is asked to end, and how long it is given: cleanly, then with recovery at the next start.
const ENDINGS: [(Signal, Duration); 2] = [
    (Signal::INT, Duration::from_mins(1)),
    (Signal::QUIT, Duration::from_secs(10)),
];

/// The contents of a `postmaster.pid`.
#[derive(Debug)]
pub(super) struct PidFile {
    pid: Pid,
    port: Option<u16>,
    /// The socket it listens on, or will.
    socket: Option<PathBuf>,
    ready: bool,
}

impl PidFile {
    /// Whether Postgres, running as `pid`, takes connections.
    pub(super) fn is_ready(cluster: &Path, pid: Pid) -> bool {
        PidFile::read(cluster).is_some_and(|file| file.pid == pid && file.ready)
    }

    /// The directory of the socket and the port of a Postgres that takes connections, whoever runs it.
    pub(super) async fn serving(cluster: &Path) -> Option<(PathBuf, u16)> {
        let file = PidFile::read(cluster)?;
        if !(file.ready && file.is_served().await) {
            return None;
        }
        Some((file.socket?.parent()?.to_owned(), file.port?))
    }

    /// `None` also where it is incomplete: it is rewritten in place.
    fn read(cluster: &Path) -> Option<PidFile> {
        PidFile::parse(&fs::read_to_string(path(cluster)).ok()?)
    }

    /// By line: process, data directory, start time, port, socket directory, TCP address, shared memory, status.
    fn parse(contents: &str) -> Option<PidFile> {
        let mut lines = contents.lines();
        let pid = Pid::from_raw(lines.next()?.trim().parse().ok()?)?;
        let port = lines.nth(2).and_then(|port| port.parse().ok());
        let directory = lines.next().filter(|directory| !directory.is_empty());
        let status = lines.nth(2).unwrap_or_default();
        Some(PidFile {
            pid,
            port,
            socket: directory
                .zip(port)
                .map(|(directory, port)| socket::in_directory(Path::new(directory), port)),
            ready: status.trim_end() == "ready",
        })
    }

    /// Whether the process still is a Postgres that serves this cluster: a process id alone may be another's by now.
    async fn is_served(&self) -> bool {
        let Some(socket) = &self.socket else {
            return false;
        };
        let listener = UnixStream::connect(socket)
            .await
            .and_then(|connection| connection.peer_cred());
        listener.is_ok_and(|listener| listener.pid() == Some(self.pid.as_raw_nonzero().get()))
    }
}

/// Ends a Postgres left over by a server that is gone, and clears what it left.
///
/// The caller holds the lock of the data directory, so no other server is using it.
pub(super) async fn end_leftover(cluster: &Path) -> Result<(), Error> {
    let Some(file) = PidFile::read(cluster) else {
        return Ok(());
    };
    for (signal, patience) in ENDINGS {
        if !file.is_served().await {
            break;
        }
        tracing::warn!(pid = %file.pid, ?signal, "ending the PostgreSQL of an earlier server");
        let _ended_meanwhile = kill_process(file.pid, signal);
        if is_gone_within(cluster, file.pid, patience).await {
            return Ok(());
        }
    }
    if file.is_served().await {
        return Err(Error::Leftover {
            cluster: cluster.to_owned(),
            pid: file.pid.as_raw_nonzero().get(),
        });
    }
    if is_gone_within(cluster, file.pid, FADING).await {
        return Ok(());
    }
    disown(cluster).map_err(Error::io("rewrite", &path(cluster)))
}

/// Lets Postgres start although the process id in a stale file is in use by something else.
///
/// Postgres trusts the file unless it names itself or its parent, so we put in its parent: us. The file has to stay:
/// through the shared memory it names, Postgres sees whether workers of the one that wrote it are still alive.
fn disown(cluster: &Path) -> io::Result<()> {
    let contents = fs::read_to_string(path(cluster))?;
    let others = contents
        .split_once('\n')
        .map_or("", |(_pid, others)| others);
    fs::write(path(cluster), format!("{}\n{others}", std::process::id()))
}

async fn is_gone_within(cluster: &Path, pid: Pid, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    loop {
        let removed = PidFile::read(cluster).is_none_or(|file| file.pid != pid);
        if removed || test_kill_process(pid) == Err(Errno::SRCH) {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        sleep(POLL).await;
    }
}

fn path(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::PidFile;

    #[test]
    fn a_file_is_read_at_every_stage_of_a_start() {
        let file = |contents| PidFile::parse(contents).expect("has a process id");
        let begun = file("4711\n/data/postgres\n1700000000\n5432\n");
        assert_eq!(begun.socket, None);
        let starting = "4711\n/data/postgres\n1700000000\n5432\n/run/x\n\n  9873 3\nstarting\n";
        assert_eq!(
            file(starting).socket,
            Some(PathBuf::from("/run/x/.s.PGSQL.5432"))
        );
        assert!(!file(starting).ready);
        assert!(file(&starting.replace("starting", "ready   ")).ready);
        assert!(PidFile::parse("").is_none());
    }
}
