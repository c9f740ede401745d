//! A Postgres with TLS of a test's own, on a port of loopback and in a directory for its socket.
//!
//! It runs the programs of the server that all tests share, and ends with the test, however that ends.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, query_scalar, raw_sql};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::sleep;

use super::server::{self, Account, succeed};

/// The role `certified` shows a certificate, `postgres` needs nothing, and others have passwords.
const WHO_MAY: &str = "\
    local all all trust\n\
    hostssl all certified 127.0.0.1/32 cert\n\
    host all certified 127.0.0.1/32 reject\n\
    host all postgres 127.0.0.1/32 trust\n\
    host all all 127.0.0.1/32 scram-sha-256\n";

/// Runs what it is given until its standard input ends, which it does when the test does.
const KEEPER: &str = r#""$@" & read -r _; kill -QUIT $!; wait"#;

pub(crate) struct TlsServer {
    directory: TempDir,
    port: u16,
    keeper: Child,
}

impl TlsServer {
    /// Its certificate is of the authority [`right_authority`](Self::right_authority), for `localhost`.
    pub(crate) async fn start() -> Self {
        let programs = programs().await;
        let account = (server::own_uid() == 0).then(server::unprivileged_account);
        let directory = tempfile::Builder::new()
            .prefix("tessera-tls-")
            .tempdir_in("/tmp")
            .unwrap();
        let home = directory.path();
        fs::set_permissions(home, fs::Permissions::from_mode(0o755)).unwrap();
        make_certificates(home);
        let data = home.join("data");
        for own in [&data, &home.join("socket")] {
            fs::create_dir(own).unwrap();
            give(own, account.as_ref(), 0o700);
        }
        succeed(
            by(account.as_ref(), &programs.join("initdb"))
                .args(["--username=postgres", "--auth=trust", "--no-sync"])
                .args(["--encoding=UTF8", "--no-locale", "--pgdata"])
                .arg(&data),
        );
        fs::write(data.join("pg_hba.conf"), WHO_MAY).unwrap();
        // Not on the command line, which would go before what is changed later.
        fs::write(data.join("postgresql.auto.conf"), "ssl = on\n").unwrap();
        give(&home.join("server.key"), account.as_ref(), 0o600);

        let port = free_port();
        let file = |name: &str| home.join(name).display().to_string();
        let keeper = by(account.as_ref(), Path::new("sh"))
            .args(["-c", KEEPER, "keeper"])
            .arg(programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", &format!("port={port}")])
            .args(["-k", &file("socket")])
            .args(["-c", &format!("ssl_cert_file={}", file("server.crt"))])
            .args(["-c", &format!("ssl_key_file={}", file("server.key"))])
            .args(["-c", &format!("ssl_ca_file={}", file("right.crt"))])
            // Whatever ends the test's process group leaves it time to clean up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(fs::File::create(home.join("log")).unwrap())
            .spawn()
            .expect("a shell starts");
        let server = Self {
            directory,
            port,
            keeper,
        };
        server.comes_up().await;
        server
    }

    async fn comes_up(&self) {
        for _ in 0..600 {
            if let Ok(connection) = self.over_socket().connect().await {
                connection.close().await.unwrap();
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("{}", fs::read_to_string(self.file("log")).unwrap());
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn socket_directory(&self) -> PathBuf {
        self.file("socket")
    }

    /// As the superuser.
    pub(crate) fn over_socket(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.socket_directory())
            .port(self.port)
            .username("postgres")
            .database("postgres")
    }

    pub(crate) async fn run(&self, statements: &'static str) {
        let mut connection = self.over_socket().connect().await.unwrap();
        raw_sql(statements).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// From now on clients that ask for TLS are told that there is none.
    pub(crate) async fn stop_tls(&self) {
        self.run("alter system set ssl = off").await;
        self.run("select pg_reload_conf()").await;
        // It is told to the server, which does it a little later.
        for _ in 0..1_000 {
            let mut connection = self.over_socket().connect().await.unwrap();
            let ssl: String = query_scalar("select current_setting('ssl')")
                .fetch_one(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
            if ssl == "off" {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("TLS is still on");
    }

    pub(crate) fn right_authority(&self) -> PathBuf {
        self.file("right.crt")
    }

    pub(crate) fn wrong_authority(&self) -> PathBuf {
        self.file("wrong.crt")
    }

    /// The certificate of the role `certified`, and its key.
    pub(crate) fn certified(&self) -> (PathBuf, PathBuf) {
        (self.file("certified.crt"), self.file("certified.key"))
    }

    /// The same of the wrong authority.
    pub(crate) fn forged(&self) -> (PathBuf, PathBuf) {
        (self.file("forged.crt"), self.file("forged.key"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ended = self.keeper.wait();
    }
}

/// Where the programs of the shared server are; it may be on another machine, and then those of this one.
async fn programs() -> PathBuf {
    let mut shared = PgConnection::connect(server::admin_url()).await.unwrap();
    let directory: String =
        query_scalar("select setting from pg_catalog.pg_config where name = 'BINDIR'")
            .fetch_one(&mut shared)
            .await
            .unwrap();
    shared.close().await.unwrap();
    let directory = PathBuf::from(directory);
    if directory.join("initdb").exists() {
        directory
    } else {
        server::programs()
    }
}

fn make_certificates(home: &Path) {
    authority(home, "right");
    authority(home, "wrong");
    certificate(home, "right", "server", "localhost");
    certificate(home, "right", "certified", "certified");
    certificate(home, "wrong", "forged", "certified");
}

fn authority(home: &Path, name: &str) {
    succeed(openssl(home, name).args(["-subj", &format!("/CN=the {name} authority")]));
}

fn certificate(home: &Path, authority: &str, file: &str, name: &str) {
    succeed(
        openssl(home, file)
            .arg("-CA")
            .arg(home.join(authority).with_extension("crt"))
            .arg("-CAkey")
            .arg(home.join(authority).with_extension("key"))
            .args(["-subj", &format!("/CN={name}")])
            .args(["-addext", &format!("subjectAltName=DNS:{name}")])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"]),
    );
}

fn openssl(home: &Path, file: &str) -> Command {
    let mut openssl = Command::new("openssl");
    openssl
        .args(["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"])
        .args(["-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .arg("-keyout")
        .arg(home.join(file).with_extension("key"))
        .arg("-out")
        .arg(home.join(file).with_extension("crt"));
    openssl
}

/// Nobody else has it now, and hardly anybody will in the next moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn by(account: Option<&Account>, program: &Path) -> Command {
    let mut command = match account {
        Some(account) => {
            let mut command = Command::new("runuser");
            command.args(["-u", account.name, "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    command.current_dir("/");
    command
}

fn give(path: &Path, account: Option<&Account>, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    if let Some(account) = account {
        chown(path, Some(account.uid), None).unwrap();
    }
}
