//! The data of Postgres: where it is, and how it is made, whole or not at all.
//!
//! A new cluster is prepared beside its place, with its roles, its database and its passwords, and then renamed to it.
//! A server killed on the way leaves nothing that the next start would take for a cluster.

use std::{
    fs::{self, DirBuilder, File},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, symlink},
    },
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{io::AsyncWriteExt, process::Child};
use uuid::Uuid;

use crate::{
    Error,
    account::Account,
    binaries::Binaries,
    command::{command, tethered},
    passwords::{Passwords, SERVER, SUPERUSER},
    reachable,
};

/// With the socket directory being private, a password is what keeps out other programs of the same account.
const HOST_BASED_AUTHENTICATION: &str = "local all all scram-sha-256\n";

/// Ends the name of a cluster in the making, before what tells it from others.
const UNFINISHED: &str = "unfinished";

/// A data directory of Postgres, made or to be made.
#[derive(Debug)]
pub(super) struct Cluster {
    /// Absolute. A link in the server's data directory may lead here.
    pub(super) directory: PathBuf,
    /// Whom Postgres runs as, where it is not the server's own account.
    pub(super) account: Option<Account>,
}

impl Cluster {
    /// Decides where the cluster of an existing data directory is: `postgres` in it, or where a link of that name leads.
    pub(super) async fn locate(data_dir: &Path) -> Result<Cluster, Error> {
        let inside = data_dir.join("postgres");
        let account = Account::for_cluster(&inside)?;
        if let Ok(link) = fs::read_link(&inside) {
            let directory = data_dir.join(link);
            return Ok(Cluster { directory, account });
        }
        let directory = match account {
            Some(account) if !inside.exists() && !reachable::can_enter(account, data_dir).await => {
                let outside = reachable::place(&format!("postgres-{}", Uuid::new_v4()))
                    .and_then(|outside| symlink(&outside, &inside).map(|()| outside))
                    .map_err(Error::io("make the link", &inside))?;
                tracing::info!(
                    data_dir = %data_dir.display(), kept_in = %outside.display(),
                    "PostgreSQL does not run as root, and its account cannot enter the data directory"
                );
                outside
            }
            _ => inside,
        };
        Ok(Cluster { directory, account })
    }

    /// The major version that made the cluster; `None` where there is none yet.
    pub(super) fn major(&self) -> Result<Option<u32>, Error> {
        let file = self.directory.join("PG_VERSION");
        match fs::read_to_string(&file) {
            Ok(version) => version
                .trim()
                .parse()
                .map(Some)
                .map_err(|_| Error::io("understand", &file)(io::ErrorKind::InvalidData.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", &file)(error)),
        }
    }

    /// Makes the cluster unless it is there.
    pub(super) async fn ensure(&self, binaries: &Binaries) -> Result<(), Error> {
        let unfinished = self.directory.with_added_extension(UNFINISHED);
        remove_all_named(&unfinished);
        if self.major()?.is_some() {
            return Ok(());
        }
        // A name never used before: the `initdb` of a server killed just now may still be ending.
        let unfinished = unfinished.with_added_extension(Uuid::new_v4().to_string());
        self.make_directory(&unfinished)
            .map_err(Error::io("make", &unfinished))?;
        self.initdb(&unfinished, binaries).await?;
        let passwords = Passwords::generate();
        let statements = first_statements(&passwords, binaries.version.major);
        self.run_sql(&unfinished, binaries, &statements).await?;
        self.secure(&unfinished, &passwords)
            .and_then(|()| fs::rename(&unfinished, &self.directory))
            .and_then(|()| sync_parent(&self.directory))
            .map_err(Error::io("make", &self.directory))
    }

    fn make_directory(&self, directory: &Path) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(directory)?;
        self.account
            .map_or(Ok(()), |account| account.own(directory))
    }

    async fn initdb(&self, directory: &Path, binaries: &Binaries) -> Result<(), Error> {
        let mut initdb = tethered(self.account, &binaries.initdb());
        initdb.arg("-D").arg(directory).args([
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--auth=reject",
            "--data-checksums",
            "--no-instructions",
        ]);
        // Text sorts by code point, fast and the same everywhere, but letters, upper and lower case are those of all of Unicode:
        // for trigrams the system's say, even where Postgres has its own.
        initdb.arg(if cfg!(target_os = "macos") {
            "--lc-ctype=UTF-8"
        } else {
            "--lc-ctype=C.UTF-8"
        });
        if binaries.version.major >= 17 {
            initdb.args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]);
        }
        let mut child = initdb
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::io("run", &binaries.initdb()))?;
        let tether = child.stdin.take();
        let finished = finish(child, "initdb").await;
        drop(tether);
        finished
    }

    /// Runs statements, separated by blank lines, as the superuser, in a cluster that no server runs on.
    async fn run_sql(
        &self,
        directory: &Path,
        binaries: &Binaries,
        statements: &str,
    ) -> Result<(), Error> {
        let postgres = binaries.postgres();
        let mut child = command(self.account, &postgres)
            .arg("--single")
            .arg("-D")
            .arg(directory)
            .args(["-j", "-c", "exit_on_error=on", SUPERUSER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::io("run", &postgres))?;
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        // A write that fails means that the program has ended, and then its output says why.
        let _ended_early = stdin.write_all(statements.as_bytes()).await;
        drop(stdin);
        finish(child, "postgres --single").await
    }

    fn secure(&self, directory: &Path, passwords: &Passwords) -> io::Result<()> {
        let rules = directory.join("pg_hba.conf");
        fs::write(&rules, HOST_BASED_AUTHENTICATION)?;
        File::open(&rules)?.sync_all()?;
        passwords.save(directory, self.account)
    }
}

/// Removes what earlier attempts left: everything beside `path` whose name begins like it.
fn remove_all_named(path: &Path) {
    let (Some(parent), Some(beginning)) = (path.parent(), path.file_name()) else {
        return;
    };
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.as_bytes().starts_with(beginning.as_bytes()) {
            // What cannot be removed yet is removed at the next start.
            let _in_use = fs::remove_dir_all(entry.path());
        }
    }
}

/// Statements of the single-user mode end with a semicolon and a blank line.
fn first_statements(passwords: &Passwords, major: u32) -> String {
    let Passwords { server, superuser } = passwords;
    // Hashing thousands of times slows down the guessing of weak passwords; here it would only slow down connecting.
    let hash_once = (major >= 16).then(|| "SET scram_iterations = 1".to_owned());
    let roles_and_database = [
        format!("ALTER ROLE {SUPERUSER} PASSWORD '{superuser}'"),
        format!(
            "CREATE ROLE {SERVER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD '{server}'"
        ),
        format!("CREATE DATABASE {SERVER} OWNER {SERVER}"),
    ];
    hash_once
        .into_iter()
        .chain(roles_and_database)
        .map(|statement| statement + ";\n\n")
        .collect()
}

async fn finish(child: Child, program: &'static str) -> Result<(), Error> {
    let output = child
        .wait_with_output()
        .await
        .map_err(Error::io("run", Path::new(program)))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    Err(Error::Program {
        program,
        output: String::from_utf8_lossy(&printed).into_owned(),
    })
}

/// Makes a rename last through a loss of power.
fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent()
        .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}
