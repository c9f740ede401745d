//! The Postgres that tests run on.
//!
//! Some runners give each test a process of its own, and a server for each would cost a second every time. So one
//! throw-away server serves all test processes of a user: each holds a shared lock on the file `users` until it ends,
//! however it ends. The first one starts the server and a watcher, a shell script that waits until nobody holds that
//! lock any more, then stops the server and deletes its files.

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Nothing here has to survive a power cut.
const SETTINGS: &str = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off \
    -c wal_level=minimal -c max_wal_senders=0 -c max_connections=300 -c listen_addresses=";

/// `$1` is the directory, the rest the command that stops the server. It lingers for ten seconds, because a runner that
/// gives each test a process has moments with none.
const WATCHER: &str = r#"
directory=$1
shift
exec 9< "$directory/users"
until flock -x 9 && flock -u 9 && sleep 10 && flock -xn 9; do :; done
"$@"
rm -rf "$directory/server"
"#;

/// The address of a superuser's database.
pub(super) fn admin_url() -> &'static str {
    static SERVER: OnceLock<Server> = OnceLock::new();
    &SERVER
        .get_or_init(|| match env::var("TEST_DATABASE_URL") {
            Ok(admin_url) => Server {
                admin_url,
                _use: None,
            },
            Err(_) => Server::shared(),
        })
        .admin_url
}

struct Server {
    admin_url: String,
    /// Locked for as long as this process lives.
    _use: Option<File>,
}

impl Server {
    fn shared() -> Self {
        let cluster = Cluster::of_this_user();
        let in_use = File::create(cluster.directory.join("users")).unwrap();
        in_use.lock_shared().unwrap();

        let starting = File::create(cluster.directory.join("starting")).unwrap();
        starting.lock().unwrap();
        if !cluster.is_running() {
            cluster.start();
        }
        Self {
            admin_url: format!(
                "postgres://postgres@localhost/postgres?host={}",
                cluster.home().display()
            ),
            _use: Some(in_use),
        }
    }
}

struct Cluster {
    directory: PathBuf,
    programs: PathBuf,
    /// Whom Postgres runs as where this process is root, which Postgres refuses.
    account: Option<Account>,
}

pub(super) struct Account {
    pub(super) name: &'static str,
    pub(super) uid: u32,
}

impl Cluster {
    fn of_this_user() -> Self {
        let me = own_uid();
        // Not below the target directory: the other account must get there, and the name of a socket is short.
        let directory = PathBuf::from(format!("/tmp/tessera-test-postgres-{me}"));
        fs::create_dir_all(&directory).unwrap();
        assert_eq!(
            fs::metadata(&directory).unwrap().uid(),
            me,
            "{} belongs to somebody else",
            directory.display()
        );
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
        Self {
            directory,
            programs: programs(),
            account: (me == 0).then(unprivileged_account),
        }
    }

    /// Where the data, the log and the socket are.
    fn home(&self) -> PathBuf {
        self.directory.join("server")
    }

    fn is_running(&self) -> bool {
        UnixStream::connect(self.home().join(".s.PGSQL.5432")).is_ok()
    }

    fn start(&self) {
        let home = self.home();
        if home.exists() {
            fs::remove_dir_all(&home).unwrap();
        }
        fs::create_dir(&home).unwrap();
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
        if let Some(account) = &self.account {
            std::os::unix::fs::chown(&home, Some(account.uid), None).unwrap();
        }
        let data = home.join("data");
        succeed(
            self.program("initdb")
                .args(["--username=postgres", "--auth=trust", "--no-sync"])
                .args(["--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"])
                .arg(&data),
        );
        succeed(
            self.program("pg_ctl")
                .args(["start", "--wait", "--silent", "--pgdata"])
                .arg(&data)
                .arg("--log")
                .arg(home.join("log"))
                .arg("--options")
                .arg(format!("{SETTINGS} -k {}", home.display())),
        );
        self.watch(&data);
    }

    #[expect(clippy::zombie_processes, reason = "the watcher outlives this process")]
    fn watch(&self, data: &Path) {
        succeed(Command::new("flock").arg("--version"));
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"])
            .arg(data);
        Command::new("sh")
            .args(["-c", WATCHER, "watcher"])
            .arg(&self.directory)
            .arg(stop.get_program())
            .args(stop.get_args())
            .current_dir("/")
            // Out of reach of whatever ends the test's process group.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell starts");
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = match &self.account {
            Some(account) => {
                let mut command = Command::new("runuser");
                command.args(["-u", account.name, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir("/").stdin(Stdio::null());
        command
    }
}

/// `POSTGRES_BIN`, else the newest that the system has, else what is on the path.
pub(super) fn programs() -> PathBuf {
    if let Some(directory) = env::var_os("POSTGRES_BIN") {
        return directory.into();
    }
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = installed
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .max();
    if let Some(version) = newest {
        return format!("/usr/lib/postgresql/{version}/bin").into();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .find(|directory| directory.join("initdb").exists())
        .expect("these tests need Postgres: install it, or set POSTGRES_BIN or TEST_DATABASE_URL")
}

pub(super) fn own_uid() -> u32 {
    uid(Command::new("id").arg("-u")).expect("`id -u` says who runs this")
}

pub(super) fn unprivileged_account() -> Account {
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| {
            let uid = uid(Command::new("id").args(["-u", name]))?;
            Some(Account { name, uid })
        })
        .expect("Postgres does not run as root, and there is no account `postgres` or `nobody`")
}

fn uid(id: &mut Command) -> Option<u32> {
    let output = id.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

pub(super) fn succeed(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
