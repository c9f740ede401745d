//! `tessera doctor`: what it says, and that it only looks.

use crate::engine_support::TestDatabase;
use crate::support::process::{Said, tessera};

fn doctor(database: &TestDatabase) -> Said {
    let directory = tempfile::tempdir().unwrap();
    let mut command = tessera(directory.path());
    command.arg("doctor").env("DATABASE_URL", &database.url);
    command.output().unwrap().into()
}

/// Everything in a database that can be made by name.
async fn contents(database: &TestDatabase) -> Vec<String> {
    sqlx::query_scalar(
        "select 'schema ' || nspname from pg_namespace where nspname !~ '^pg_'
         union all select 'relation ' || oid::regclass::text from pg_class where relnamespace not in
             (select oid from pg_namespace where nspname ~ '^pg_' or nspname = 'information_schema')
         union all select 'extension ' || extname from pg_extension
         order by 1",
    )
    .fetch_all(&database.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn an_empty_database_stays_empty_and_is_told_of() {
    let database = TestDatabase::empty().await;
    let before = contents(&database).await;
    let said = doctor(&database);
    assert_eq!(said.code, Some(0), "{said:?}");
    for told in ["warning", "the database is empty", "tessera migrate"] {
        assert!(said.out.contains(told), "`{told}`: {said:?}");
    }
    assert_eq!(contents(&database).await, before);
}

#[tokio::test]
async fn missing_migrations_are_told_of_and_not_run() {
    let database = TestDatabase::create().await;
    let delete = "delete from platform.migrations where version = (select max(version) from platform.migrations)";
    sqlx::query(delete).execute(&database.pool).await.unwrap();
    let said = doctor(&database);
    assert_eq!(said.code, Some(0), "{said:?}");
    for told in ["warning", "lacks 1 of", "tessera migrate"] {
        assert!(said.out.contains(told), "`{told}`: {said:?}");
    }
}

#[tokio::test]
async fn a_role_that_can_make_no_tenant_is_a_fault() {
    let database = TestDatabase::empty().await;
    let role: String = sqlx::query_scalar("select current_user::text")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    let revoke = format!("revoke create on database {role} from {role}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(revoke))
        .execute(&mut database.superuser().await)
        .await
        .unwrap();
    let said = doctor(&database);
    assert_eq!(said.code, Some(1), "{said:?}");
    let told = format!("grant create on database {role} to {role}");
    assert!(
        said.out.contains("FAULT") && said.out.contains(&told),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_role_that_may_not_know_its_memory_is_warned_of() {
    let database = TestDatabase::empty().await;
    let role: String = sqlx::query_scalar("select current_user::text")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    let grant = format!("grant pg_read_all_stats to {role}");
    let said = doctor(&database);
    assert!(said.out.contains(&grant), "{said:?}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(grant.clone()))
        .execute(&mut database.superuser().await)
        .await
        .unwrap();
    let said = doctor(&database);
    assert!(!said.out.contains(&grant), "{said:?}");
    assert!(said.out.contains("may ask how much memory"), "{said:?}");
}

#[tokio::test]
async fn tenants_are_looked_at_without_writing() {
    let database = TestDatabase::create().await;
    let directory = tempfile::tempdir().unwrap();
    let mut create = tessera(directory.path());
    create
        .args(["tenant", "create", "acme"])
        .env("DATABASE_URL", &database.url);
    let made = Said::from(create.output().unwrap());
    assert_eq!(made.code, Some(0), "no JWT_SECRET is needed: {made:?}");
    let said = doctor(&database);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.out.contains("acme: ") && said.out.contains("tables and model agree"),
        "{said:?}"
    );
}

#[test]
fn a_data_directory_that_is_not_there_is_not_made() {
    let directory = tempfile::tempdir().unwrap();
    let said = Said::from(tessera(directory.path()).arg("doctor").output().unwrap());
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("no database in data yet"), "{said:?}");
    assert_eq!(directory.path().read_dir().unwrap().count(), 0);
}
