//! The embedded Postgres with real processes.

mod killed;

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use sqlx::{Connection, PgConnection, query, query_scalar};
use tempfile::TempDir;
use tessera_embedded_postgres::{Config, EmbeddedPostgres, Error};

/// A directory that the account of Postgres can pass through, as ordinary data directories are.
fn directory() -> TempDir {
    directory_with_mode(0o755)
}

fn directory_with_mode(mode: u32) -> TempDir {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(mode))
        .tempdir()
        .expect("a temporary directory")
}

async fn start(data_dir: &Path) -> EmbeddedPostgres {
    EmbeddedPostgres::start(Config::new(data_dir))
        .await
        .expect("Postgres starts")
}

async fn connect(postgres: &EmbeddedPostgres) -> PgConnection {
    PgConnection::connect_with(&postgres.connect_options())
        .await
        .expect("Postgres takes connections")
}

async fn commit_a_row(postgres: &EmbeddedPostgres) {
    let mut connection = connect(postgres).await;
    for statement in ["create table kept (id int)", "insert into kept values (1)"] {
        query(statement)
            .execute(&mut connection)
            .await
            .expect("the row is committed");
    }
}

async fn rows(postgres: &EmbeddedPostgres) -> i64 {
    query_scalar("select count(*) from kept")
        .fetch_one(&mut connect(postgres).await)
        .await
        .expect("the table is there")
}

/// There while Postgres runs, and after it was killed.
fn pid_file(data_dir: &Path) -> PathBuf {
    data_dir.join("postgres/postmaster.pid")
}

#[tokio::test]
async fn a_restart_keeps_the_data() {
    let data_dir = directory();
    let postgres = start(data_dir.path()).await;
    commit_a_row(&postgres).await;
    postgres.stop().await;
    assert!(!pid_file(data_dir.path()).exists(), "it ended cleanly");

    let postgres = start(data_dir.path()).await;
    assert_eq!(rows(&postgres).await, 1);
    postgres.stop().await;
}

#[tokio::test]
async fn the_server_is_an_ordinary_role_that_owns_its_database() {
    let data_dir = directory();
    let postgres = start(data_dir.path()).await;
    let mut connection = connect(&postgres).await;
    let attributes: (String, bool, bool, bool, bool) = sqlx::query_as(
        "select rolname::text, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user",
    )
    .fetch_one(&mut connection)
    .await
    .expect("the role is there");
    assert_eq!(
        attributes,
        ("tessera".to_owned(), false, false, false, false)
    );

    for statement in ["create schema platform", "create extension pg_trgm"] {
        let done = query(statement).execute(&mut connection).await;
        assert!(done.is_ok(), "{statement}: {done:?}");
    }
    let memory =
        query_scalar("select sum(total_bytes)::int8 from pg_get_backend_memory_contexts()");
    let bytes: i64 = memory
        .fetch_one(&mut connection)
        .await
        .expect("the role may know what its sessions take");
    assert!(bytes > 0);

    let mut superuser = PgConnection::connect_with(&postgres.superuser_options())
        .await
        .expect("the superuser may connect");
    let is_super: bool = query_scalar("select rolsuper from pg_roles where rolname = current_user")
        .fetch_one(&mut superuser)
        .await
        .expect("the role is there");
    assert!(is_super);

    let without_password = postgres.connect_options().password("");
    assert!(PgConnection::connect_with(&without_password).await.is_err());
    postgres.stop().await;
}

#[tokio::test]
async fn it_is_set_up_to_last_and_for_every_language() {
    let data_dir = directory();
    let postgres = EmbeddedPostgres::start(Config {
        extra_settings: vec![("work_mem".to_owned(), "7MB".to_owned())],
        ..Config::new(data_dir.path())
    })
    .await
    .expect("Postgres starts");
    let mut connection = connect(&postgres).await;
    for (setting, expected) in [
        ("fsync", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
        ("work_mem", "7MB"),
    ] {
        let value: String = query_scalar("select current_setting($1)")
            .bind(setting)
            .fetch_one(&mut connection)
            .await
            .expect("the setting exists");
        assert_eq!(value, expected, "{setting}");
    }
    let folded: String = query_scalar("select lower('ПРИВЕТ, ÉTÉ')")
        .fetch_one(&mut connection)
        .await
        .expect("lower works");
    assert_eq!(folded, "привет, été");
    postgres.stop().await;
}

#[tokio::test]
async fn a_path_may_be_longer_than_a_socket_name() {
    let data_dir = directory();
    let long = data_dir.path().join("d".repeat(100)).join("e".repeat(100));
    let postgres = start(&long).await;
    commit_a_row(&postgres).await;
    let options = postgres.connect_options();
    let socket = options.get_socket().expect("a socket").clone();
    let mode = fs::metadata(&socket).expect("it is there").mode();
    assert_eq!(mode & 0o777, 0o700, "only Postgres's account may connect");
    postgres.stop().await;
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused() {
    let data_dir = directory();
    let postgres = start(data_dir.path()).await;
    commit_a_row(&postgres).await;
    let refused = EmbeddedPostgres::start(Config::new(data_dir.path()))
        .await
        .expect_err("the directory is in use");
    let message = refused.to_string();
    let directory = data_dir.path().to_str().expect("UTF-8");
    assert!(message.contains(directory), "{message}");
    assert!(
        message.contains(&format!("process {}", std::process::id())),
        "{message}"
    );
    assert_eq!(rows(&postgres).await, 1, "the first is undisturbed");
    postgres.stop().await;
}

#[tokio::test]
async fn data_of_another_major_version_is_named() {
    let data_dir = directory();
    let cluster = data_dir.path().join("postgres");
    fs::create_dir(&cluster).expect("the cluster is made");
    fs::write(cluster.join("PG_VERSION"), "9\n").expect("the version is written");
    let refused = EmbeddedPostgres::start(Config::new(data_dir.path())).await;
    assert!(
        matches!(&refused, Err(Error::OtherMajor { major: 9, tried, .. }) if !tried.is_empty()),
        "{refused:?}"
    );
}

#[tokio::test]
async fn missing_programs_are_named_with_what_to_do() {
    let data_dir = directory();
    let refused = EmbeddedPostgres::start(Config {
        postgres_bin: Some(data_dir.path().to_owned()),
        ..Config::new(data_dir.path())
    })
    .await
    .expect_err("there are no programs");
    let message = refused.to_string();
    for hint in ["npm ci", "POSTGRES_BIN", "DATABASE_URL", "has no initdb"] {
        assert!(message.contains(hint), "{message}");
    }
}

/// As under `/root`: the server may enter the data directory, the account that Postgres runs as may not.
#[tokio::test]
async fn a_data_directory_closed_to_others_works_too() {
    let parent = directory_with_mode(0o700);
    let data_dir = parent.path().join("data");
    let postgres = start(&data_dir).await;
    commit_a_row(&postgres).await;
    postgres.stop().await;
    let postgres = start(&data_dir).await;
    assert_eq!(rows(&postgres).await, 1);
    postgres.stop().await;
    if let Ok(kept_elsewhere) = fs::read_link(data_dir.join("postgres")) {
        fs::remove_dir_all(kept_elsewhere).expect("the cluster is removed");
    }
}
