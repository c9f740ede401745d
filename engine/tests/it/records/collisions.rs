//! Writes that get into each other's way.

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, query, query_scalar};
use tokio::time::{Duration, sleep, timeout};

use crate::support::soon;
use crate::support::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_victim_of_a_deadlock_is_tried_again() {
    let world = World::new().await;
    let contacts = vec![json!({"title": "first"}), json!({"title": "second"})];
    world.create_many("contact", contacts).await.unwrap();
    let lock = format!(
        "select from {}.contact where title = $1 for update",
        world.schema().await
    );
    let mut superuser = world.database.superuser().await;
    let mut other = superuser.begin().await.unwrap();
    let second = query(AssertSqlSafe(lock.clone())).bind("second");
    second.execute(&mut *other).await.unwrap();
    let update = tokio::spawn({
        let world = world.clone();
        async move {
            let changes = json!({"city": "Riga"});
            world.update_where("contact", json!({}), changes).await
        }
    });
    // It has the first and waits for the second: longer than the other will wait for the first.
    let waits = "select exists(select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())";
    let mut watcher = world.database.superuser().await;
    soon::so("the update waits", async || {
        let waits = query_scalar::<_, bool>(waits);
        waits.fetch_one(&mut watcher).await.unwrap()
    })
    .await;
    sleep(Duration::from_millis(300)).await;
    let first = query(AssertSqlSafe(lock)).bind("first");
    first.execute(&mut *other).await.unwrap();
    other.commit().await.unwrap();
    assert_eq!(update.await.unwrap().unwrap(), 2);
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    // Counted by and by.
    let counted = async {
        while query_scalar::<_, i64>(deadlocks)
            .fetch_one(&mut watcher)
            .await
            .unwrap()
            == 0
        {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_mins(1), counted).await.unwrap();
    let there = world
        .list("contact", json!({"city": {"eq": "Riga"}}), "")
        .await;
    assert!(there.len() == 2 && there.iter().all(|contact| contact["version"] == 2));
}
