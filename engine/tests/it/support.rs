//! A fresh database for each test.
//!
//! They are made on the server of `TEST_DATABASE_URL` (a superuser's) if that is set, else on a throw-away server that
//! the first test starts and that ends soon after the last one: see [`server`].

// The tests of other crates include this file, and then `server` would be looked for beside it.
#[path = "support/groups.rs"]
pub(crate) mod groups;
#[path = "support/records.rs"]
pub(crate) mod records;
#[path = "support/server.rs"]
mod server;
#[path = "support/soon.rs"]
pub(crate) mod soon;
#[path = "support/tables.rs"]
pub(crate) mod tables;
#[path = "support/world.rs"]
pub(crate) mod world;

use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tessera_engine::migrations;
use tessera_postgres::database;
use url::Url;
use uuid::Uuid;

/// A database whose role is as plain as a server's may be: it can connect and make schemas there, and no more.
pub(crate) struct TestDatabase {
    /// Connected as that role.
    pub(crate) pool: PgPool,
    /// For further connections as that role.
    pub(crate) url: String,
    name: String,
}

impl TestDatabase {
    /// A database with the platform's tables.
    pub(crate) async fn create() -> Self {
        let database = Self::empty().await;
        migrations::migrate(&database.pool).await.unwrap();
        database
    }

    /// A database with nothing in it.
    pub(crate) async fn empty() -> Self {
        let name = format!("test_{}", Uuid::now_v7().simple());
        let mut admin = connect_as_admin().await;
        // Made by us from hexadecimal digits, so it needs no quoting.
        for statement in [
            format!("create role {name} login password '{name}'"),
            format!("create database {name}"),
            format!("revoke all on database {name} from public"),
            format!("grant connect, create, temporary on database {name} to {name}"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut admin)
                .await
                .unwrap();
        }
        admin.close().await.unwrap();

        let url = url_of(&name);
        let pool = database::connect(database::connect_options(&url).unwrap(), 8)
            .await
            .unwrap();
        Self { pool, url, name }
    }

    /// A connection to this database that nothing binds, to look at what is there or to disturb it.
    pub(crate) async fn superuser(&self) -> PgConnection {
        admin_options()
            .database(&self.name)
            .connect()
            .await
            .unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = self.name.clone();
        // Dropping cannot await, and the test's own runtime may be single-threaded.
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut admin = admin_options().connect().await?;
                for statement in [
                    format!("drop database {name} with (force)"),
                    format!("drop role {name}"),
                ] {
                    sqlx::raw_sql(AssertSqlSafe(statement))
                        .execute(&mut admin)
                        .await?;
                }
                Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
            })
        });
        let outcome = cleaning.join().expect("cleaning up does not panic");
        if let Err(error) = outcome {
            eprintln!("{} was left behind: {error}", self.name);
        }
    }
}

fn admin_options() -> PgConnectOptions {
    server::admin_url().parse().unwrap()
}

async fn connect_as_admin() -> PgConnection {
    admin_options().connect().await.unwrap()
}

/// The address of a database for the role of the same name.
fn url_of(name: &str) -> String {
    let mut url = Url::parse(server::admin_url()).unwrap();
    url.set_username(name).unwrap();
    url.set_password(Some(name)).unwrap();
    url.set_path(name);
    url.into()
}
