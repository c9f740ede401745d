//! The platform's tables: who can make them, and who can see which row.

use sqlx::{PgConnection, PgPool};
use std::collections::BTreeSet;
use tessera_engine::migrations;
use tessera_postgres::database::{begin_for, begin_for_user};
use tessera_schema::ident::{TenantId, UserId};
use uuid::Uuid;

use crate::support::TestDatabase;

#[tokio::test]
async fn servers_that_start_at_once_migrate_once() {
    let database = TestDatabase::empty().await;
    let (a, b, c, d) = tokio::join!(
        migrations::migrate(&database.pool),
        migrations::migrate(&database.pool),
        migrations::migrate(&database.pool),
        migrations::migrate(&database.pool),
    );
    for outcome in [a, b, c, d] {
        outcome.unwrap();
    }
    let applied: Vec<(i64, bool)> =
        sqlx::query_as("select version, success from platform.migrations order by version")
            .fetch_all(&database.pool)
            .await
            .unwrap();
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations"))
        .unwrap()
        .filter(|file| file.as_ref().unwrap().path().extension() == Some("sql".as_ref()))
        .count();
    assert_eq!(applied.len(), files);
    assert!(applied.iter().all(|(_, success)| *success));
}

#[tokio::test]
async fn a_server_starts_on_a_database_that_a_newer_one_has_migrated() {
    let database = TestDatabase::create().await;
    sqlx::query(
        "insert into platform.migrations (version, description, success, checksum, execution_time) \
         values (9999, 'from the future', true, '', 0)",
    )
    .execute(&database.pool)
    .await
    .unwrap();
    migrations::migrate(&database.pool).await.unwrap();
}

#[tokio::test]
async fn nothing_is_put_into_the_public_schema() {
    let database = TestDatabase::create().await;
    let strangers: i64 = sqlx::query_scalar(
        "select count(*) from pg_class where relnamespace = 'public'::regnamespace",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    assert_eq!(strangers, 0);
}

#[tokio::test]
async fn values_are_printed_in_one_way_on_every_connection() {
    let database = TestDatabase::empty().await;
    for (name, value) in [
        ("timezone", "UTC"),
        ("datestyle", "ISO, MDY"),
        ("intervalstyle", "iso_8601"),
        ("extra_float_digits", "1"),
        ("client_encoding", "UTF8"),
    ] {
        let shown: String = sqlx::query_scalar("select current_setting($1)")
            .bind(name)
            .fetch_one(&database.pool)
            .await
            .unwrap();
        assert_eq!(shown, value, "{name}");
    }
}

#[tokio::test]
async fn every_table_of_a_tenant_has_row_security_that_binds_its_owner() {
    let database = TestDatabase::create().await;
    let tables: Vec<(String, bool, bool, bool)> = sqlx::query_as(
        "select c.relname::text, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) = current_user \
         from pg_class c join pg_attribute a on a.attrelid = c.oid \
         where c.relnamespace = 'platform'::regnamespace and c.relkind = 'r' and a.attname = 'tenant_id'",
    )
    .fetch_all(&database.pool)
    .await
    .unwrap();
    let names: BTreeSet<&str> = tables.iter().map(|(name, ..)| name.as_str()).collect();
    for expected in [
        "custom_fields",
        "custom_objects",
        "idempotency_keys",
        "memberships",
        "modules",
        "roles",
        "sessions",
    ] {
        assert!(names.contains(expected), "{expected}");
    }
    for (name, enabled, forced, owned) in &tables {
        assert!(enabled & forced & owned, "{name}");
    }
}

/// Each table with a `tenant_id` and what counts its rows.
const ROWS: [(&str, &str); 11] = [
    ("roles", "select count(*) from platform.roles"),
    ("memberships", "select count(*) from platform.memberships"),
    (
        "membership_roles",
        "select count(*) from platform.membership_roles",
    ),
    ("teams", "select count(*) from platform.teams"),
    ("team_members", "select count(*) from platform.team_members"),
    ("api_keys", "select count(*) from platform.api_keys"),
    ("invitations", "select count(*) from platform.invitations"),
    ("sessions", "select count(*) from platform.sessions"),
    ("modules", "select count(*) from platform.modules"),
    (
        "custom_objects",
        "select count(*) from platform.custom_objects",
    ),
    (
        "custom_fields",
        "select count(*) from platform.custom_fields",
    ),
];

async fn count(connection: &mut PgConnection, query: &'static str) -> i64 {
    sqlx::query_scalar(query)
        .fetch_one(connection)
        .await
        .unwrap()
}

/// A tenant with one row in each table.
async fn tenant_with_rows(pool: &PgPool, user: UserId, slug: &str) -> TenantId {
    let tenant = TenantId(Uuid::now_v7());
    let mut transaction = begin_for(pool, tenant).await.unwrap();
    for statement in [
        "insert into platform.tenants (id, slug, name, schema_name) values ($1, $3, $3, $3)",
        "insert into platform.users (id, email, name, password_hash) values ($2, $3 || '@example.com', '', '') on conflict do nothing",
        "insert into platform.roles (id, tenant_id, api_name, name, permissions) select $1, $1, 'admin', $3, '{}' where $2::uuid is not null",
        "insert into platform.memberships (tenant_id, user_id, role_id) select $1, $2, $1 where $3::text is not null",
        "insert into platform.teams (id, tenant_id, api_name, name) select $1, $1, $3, $3 where $2::uuid is not null",
        "insert into platform.team_members (tenant_id, team_id, user_id, is_manager) select $1, $1, $2, true where $3::text is not null",
        "insert into platform.api_keys (id, tenant_id, user_id, name, secret_hash, created_by) select $1, $1, $2, $3, sha256(''), $2",
        "insert into platform.invitations (id, tenant_id, email, role_ids, token_hash, created_by, expires_at) select $1, $1, $3, array[$1], sha256(''), $2, now()",
        "insert into platform.sessions (id, tenant_id, user_id, secret_hash, expires_at) select $1, $1, $2, sha256(''), now() where $3::text is not null",
        "insert into platform.modules (tenant_id, name, applied, applied_hash, enabled_by) select $1, $3, '{}', '', $2",
        "insert into platform.custom_objects (id, tenant_id, api_name, plural_api_name, name, plural_name) select $1, $1, 'a', 'as', $3, '' where $2::uuid is not null",
        "insert into platform.custom_fields (id, tenant_id, object_id, api_name, name, type) select $1, $1, $1, 'f', $3, 'text' where $2::uuid is not null",
    ] {
        sqlx::query(statement)
            .bind(tenant.0)
            .bind(user.0)
            .bind(slug)
            .execute(&mut *transaction)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    transaction.commit().await.unwrap();
    tenant
}

#[tokio::test]
async fn a_tenant_sees_and_writes_its_own_rows_only() {
    let database = TestDatabase::create().await;
    let user = UserId(Uuid::now_v7());
    let acme = tenant_with_rows(&database.pool, user, "acme").await;
    let beta = tenant_with_rows(&database.pool, user, "beta").await;

    // The owner without a tenant sees nothing, also on a connection that has acted for one.
    let mut connection = database.pool.acquire().await.unwrap();
    for (table, query) in ROWS {
        assert_eq!(count(&mut connection, query).await, 0, "{table}");
    }
    drop(connection);

    for tenant in [acme, beta] {
        let mut transaction = begin_for(&database.pool, tenant).await.unwrap();
        for (table, query) in ROWS {
            assert_eq!(count(&mut transaction, query).await, 1, "{table}");
        }
        let seen: Uuid = sqlx::query_scalar("select tenant_id from platform.custom_fields")
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        assert_eq!(seen, tenant.0);
        transaction.commit().await.unwrap();
    }

    // Nor does it write another's: neither by moving a row of its own nor by touching one of theirs.
    let mut transaction = begin_for(&database.pool, acme).await.unwrap();
    let touched = sqlx::query("update platform.roles set name = 'x' where tenant_id = $1")
        .bind(beta.0)
        .execute(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(touched.rows_affected(), 0);
    let moved = sqlx::query("update platform.modules set tenant_id = $1")
        .bind(beta.0)
        .execute(&mut *transaction)
        .await
        .unwrap_err();
    let code = moved.as_database_error().unwrap().code().unwrap();
    assert_eq!(code, "42501", "{moved}");
}

#[tokio::test]
async fn a_user_sees_their_memberships_and_sessions_and_nothing_else_before_a_tenant_is_chosen() {
    let database = TestDatabase::create().await;
    let user = UserId(Uuid::now_v7());
    let acme = tenant_with_rows(&database.pool, user, "acme").await;
    tenant_with_rows(&database.pool, user, "beta").await;
    tenant_with_rows(&database.pool, UserId(Uuid::now_v7()), "gamma").await;

    let mut transaction = begin_for_user(&database.pool, user).await.unwrap();
    for (table, query) in ROWS {
        let is_theirs = ["memberships", "sessions"].contains(&table);
        let expected = if is_theirs { 2 } else { 0 };
        assert_eq!(count(&mut transaction, query).await, expected, "{table}");
    }
    // Memberships are there to be read, not to be changed.
    let removed = sqlx::query("delete from platform.memberships where tenant_id = $1")
        .bind(acme.0)
        .execute(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(removed.rows_affected(), 0);
}

#[tokio::test]
async fn a_tenant_goes_with_all_its_rows() {
    let database = TestDatabase::create().await;
    let user = UserId(Uuid::now_v7());
    let acme = tenant_with_rows(&database.pool, user, "acme").await;
    tenant_with_rows(&database.pool, user, "beta").await;
    sqlx::query("delete from platform.tenants where id = $1")
        .bind(acme.0)
        .execute(&database.pool)
        .await
        .unwrap();
    let mut superuser = database.superuser().await;
    for (table, query) in ROWS {
        assert_eq!(count(&mut superuser, query).await, 1, "{table}");
    }
}
