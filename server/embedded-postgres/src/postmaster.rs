//! One run of Postgres, from the moment it is spawned to its end.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, ChildStdin},
    time::{sleep, timeout},
};

use crate::{
    Error,
    account::Account,
    command::tethered,
    memory,
    pid_file::{POLL, PidFile},
    socket::{PORT, SocketDirectory},
};

/// What a small machine and many tenants need; everything else is as Postgres has it.
const SETTINGS: &[(&str, &str)] = &[
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("fsync", "on"),
    ("max_connections", "100"),
    // A statement locks each table and index it names: a tenant has many, and a migration may name all of them.
    ("max_locks_per_transaction", "1024"),
    // Each table and index is a file, which a connection otherwise opens anew for most statements of a thousand tenants.
    ("max_files_per_process", "8000"),
    // Compiling costs more than it saves on short statements.
    ("jit", "off"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_destination", "stderr"),
    ("logging_collector", "off"),
    ("cluster_name", "tessera"),
];

/// Bytes after which the log starts anew, the old one being kept beside it.
const LOG_LIMIT: u64 = 10 * 1024 * 1024;

/// Bytes of log that an error quotes.
const LOG_TAIL: usize = 2048;

/// How Postgres is asked to end, and how long it is given: cleanly, with recovery at the next start, by force.
const ENDINGS: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(30)),
    (Signal::QUIT, Duration::from_secs(5)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// All that is needed to start Postgres, again and again.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) program: PathBuf,
    pub(super) account: Option<Account>,
    pub(super) cluster: PathBuf,
    pub(super) socket: SocketDirectory,
    pub(super) log: PathBuf,
    pub(super) extra_settings: Vec<(String, String)>,
}

/// A running Postgres. It ends when this is dropped, however that comes about.
#[derive(Debug)]
pub(super) struct Postmaster {
    child: Child,
    pid: Pid,
    _tether: Option<ChildStdin>,
    log: PathBuf,
    /// Where in the log this run begins.
    log_start: u64,
}

impl Launch {
    /// Starts Postgres, which is not ready yet.
    pub(super) fn spawn(&self) -> Result<Postmaster, Error> {
        let (log, log_start) = self.open_log().map_err(Error::io("open", &self.log))?;
        let errors = log.try_clone().map_err(Error::io("open", &self.log))?;
        let mut postgres = tethered(self.account, &self.program);
        postgres.arg("-D").arg(&self.cluster);
        let mut set = |name: &str, value: &str| {
            postgres.arg("-c").arg(format!("{name}={value}"));
        };
        for (name, value) in SETTINGS {
            set(name, value);
        }
        let buffers = memory::shared_buffers(memory::of_machine());
        set("shared_buffers", &format!("{buffers}MB"));
        for (name, value) in &self.extra_settings {
            set(name, value);
        }
        set("port", &PORT.to_string());
        set("unix_socket_directories", &self.socket.setting());
        let mut child = postgres
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(Error::io("run", &self.program))?;
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        Ok(Postmaster {
            pid: pid.expect("a child that was not waited for has a process id"),
            _tether: child.stdin.take(),
            child,
            log: self.log.clone(),
            log_start,
        })
    }

    fn open_log(&self) -> std::io::Result<(File, u64)> {
        let length = |log: &Path| fs::metadata(log).map_or(0, |log| log.len());
        if length(&self.log) > LOG_LIMIT {
            fs::rename(&self.log, self.log.with_added_extension("old"))?;
        }
        let log = File::options()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.log)?;
        Ok((log, length(&self.log)))
    }
}

impl Postmaster {
    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    /// Waits until Postgres takes connections. Recovery after a crash takes as long as it takes.
    pub(super) async fn ready(&mut self, cluster: &Path) -> Result<(), Error> {
        let (pid, child) = (self.pid, &mut self.child);
        tokio::select! {
            _ended = child.wait() => Err(Error::Died { log: self.log.clone(), tail: self.log_tail() }),
            () = async { while !PidFile::is_ready(cluster, pid) { sleep(POLL).await; } } => Ok(()),
        }
    }

    /// Waits for Postgres to end; `None` where the system does not say how.
    pub(super) async fn ended(&mut self) -> Option<ExitStatus> {
        self.child.wait().await.ok()
    }

    /// Ends Postgres.
    pub(super) async fn stop(mut self) {
        for (signal, patience) in ENDINGS {
            if self.child.id().is_some() {
                let _ended_meanwhile = kill_process(self.pid, signal);
            }
            if timeout(patience, self.ended()).await.is_ok() {
                return;
            }
            tracing::warn!(pid = %self.pid, ?signal, "PostgreSQL does not stop");
        }
    }

    fn log_tail(&self) -> String {
        let read = || {
            let mut log = File::open(&self.log)?;
            log.seek(SeekFrom::Start(self.log_start))?;
            let mut logged = Vec::new();
            log.read_to_end(&mut logged).map(|_length| logged)
        };
        let logged = read().unwrap_or_default();
        let tail = &logged[logged.len().saturating_sub(LOG_TAIL)..];
        String::from_utf8_lossy(tail).into_owned()
    }
}
