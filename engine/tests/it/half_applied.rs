//! A change of the model whose server dies in the middle.

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection};

use crate::support::soon;
use crate::support::tables::tables;
use crate::support::world::World;

/// The backend that waits for a lock, once there is one.
async fn waiting(connection: &mut sqlx::PgConnection, database: &str) -> i32 {
    let text =
        "select pid from pg_stat_activity where datname = $1 and wait_event_type = 'Lock' limit 1";
    soon::some("a backend waits for a lock", async || {
        let found: Option<i32> = sqlx::query_scalar(text)
            .bind(database)
            .fetch_optional(&mut *connection)
            .await
            .unwrap();
        found
    })
    .await
}

#[tokio::test]
async fn a_change_that_is_cut_off_leaves_nothing_behind() {
    let world = World::new().await;
    world
        .define(json!({"api_name": "thing", "fields": [{"api_name": "n", "type": "integer"}]}))
        .await
        .unwrap();
    world.create("thing", json!({"n": 1})).await.unwrap();
    let before = world.model().await;
    let schema = before.tenant.schema.as_str();
    let tables_before = tables(&world.database.pool, schema).await;

    let mut superuser = world.database.superuser().await;
    let mut holder = world.database.superuser().await;
    let database: String = sqlx::query_scalar("select current_database()::text")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    // The new table is made first; then the change waits for `contact`, which somebody holds.
    let object = json!({"api_name": "part", "fields": [
        {"api_name": "title", "type": "text", "required": true, "default_value": "x"},
        {"api_name": "owner", "type": "relation", "settings": {"to": "contact", "inverse": {"api_name": "parts"}}},
    ]});
    let mut lock = holder.begin().await.unwrap();
    let text = format!("lock table {schema}.contact in exclusive mode");
    sqlx::raw_sql(AssertSqlSafe(text))
        .execute(&mut *lock)
        .await
        .unwrap();
    let change = {
        let (world, object) = (world.clone(), object.clone());
        tokio::spawn(async move { world.define(object).await })
    };
    let pid = waiting(&mut superuser, &database).await;
    let seen: bool = sqlx::query_scalar("select pg_terminate_backend($1)")
        .bind(pid)
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert!(seen);
    assert!(change.await.unwrap().is_err());
    lock.rollback().await.unwrap();

    assert_eq!(tables(&world.database.pool, schema).await, tables_before);
    let elsewhere = world.on_another_server().await;
    let now = elsewhere.model().await;
    assert_eq!(now.version, before.version);
    assert!(now.whole().object("part").is_none());
    for server in [&world, &elsewhere] {
        assert_eq!(server.list("thing", json!({}), "").await.len(), 1);
        server.create("contact", json!({})).await.unwrap();
    }
    world.define(object).await.unwrap();
    elsewhere.create("part", json!({})).await.unwrap();
    world.tables_are_those_of_the_model().await;
}
