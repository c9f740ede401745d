//! Tenants of servers of the version before, whose events have no change.

use serde_json::json;
use sqlx::AssertSqlSafe;
use tessera_error::Result;

use crate::support::world::World;

impl World {
    /// Takes from the tenant's events what this version added.
    async fn make_older(&self) {
        let schema = self.schema().await;
        let text = format!(
            "alter table {schema}._events drop column change_id;
             update platform.tenants set changes_indexed = false"
        );
        let mut superuser = self.database.superuser().await;
        sqlx::raw_sql(AssertSqlSafe(text))
            .execute(&mut superuser)
            .await
            .unwrap();
    }

    /// Whether each event has a change, oldest first.
    async fn have_changes(&self) -> Vec<bool> {
        let schema = self.schema().await;
        let text = format!("select change_id is not null from {schema}._events order by seq");
        sqlx::query_scalar(AssertSqlSafe(text))
            .fetch_all(&self.database.pool)
            .await
            .unwrap()
    }

    async fn has_index(&self) -> bool {
        let name = format!("{}._events_change", self.schema().await);
        sqlx::query_scalar("select to_regclass($1) is not null")
            .bind(name)
            .fetch_one(&self.database.pool)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn events_get_changes_before_the_first_write_and_older_ones_have_none() -> Result<()> {
    let world = World::new().await;
    world.create("contact", json!({"last_name": "Ann"})).await?;
    assert!(world.has_index().await);
    world.make_older().await;
    let newer = world.on_another_server().await;
    newer.create("contact", json!({"last_name": "Bob"})).await?;
    assert_eq!(world.have_changes().await, [false, true]);

    assert!(!world.has_index().await);
    newer.engine.make_change_indexes().await?;
    assert!(world.has_index().await);
    newer.engine.make_change_indexes().await
}

#[tokio::test]
async fn a_server_waits_for_traffic_of_the_version_before() -> Result<()> {
    let world = World::new().await;
    world.make_older().await;
    let schema = world.schema().await;
    let mut writing = world.database.pool.begin().await?;
    let write = format!(
        "insert into {schema}._events (actor, object, record_id, action) \
         values (gen_random_uuid(), 'contact', gen_random_uuid(), 'created')"
    );
    sqlx::query(AssertSqlSafe(write))
        .execute(&mut *writing)
        .await?;
    let newer = world.on_another_server().await;
    let (first, second) = (newer.clone(), world.on_another_server().await);
    let writes = tokio::spawn(async move {
        tokio::try_join!(
            first.create("contact", json!({})),
            second.create("contact", json!({})),
        )
    });
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    writing.commit().await?;
    writes.await.unwrap()?;
    assert_eq!(newer.have_changes().await, [false, true, true]);
    Ok(())
}
