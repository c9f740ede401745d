//! Several admins at once.

use serde_json::json;
use sqlx::AssertSqlSafe;
use std::time::Duration;

use crate::support::world::{World, refused};

#[tokio::test]
async fn of_two_admins_who_add_the_same_field_one_wins() {
    let world = World::new().await;
    let elsewhere = world.on_another_server().await;
    for round in 0..10 {
        let field = json!({"api_name": format!("field_{round}"), "type": "text"});
        let (one, other) = tokio::join!(
            world.add_field("contact", field.clone()),
            elsewhere.add_field("contact", field)
        );
        let lost = match (one, other) {
            (Ok(_), lost) | (lost, Ok(_)) => lost,
            (Err(one), Err(other)) => panic!("{one}, {other}"),
        };
        assert_eq!(refused(lost), "409 /api_name unique");
    }
    world.tables_are_those_of_the_model().await;
}

#[tokio::test]
async fn many_different_changes_at_once_all_arrive() {
    let world = World::new().await;
    let elsewhere = world.on_another_server().await;
    let before = world.model().await.version;
    let changes: Vec<_> = (0..24)
        .map(|number| {
            let world = if number % 2 == 0 { world.clone() } else { elsewhere.clone() };
            let object = ["contact", "company", "task"][number % 3];
            let field = json!({"api_name": format!("field_{number}"), "type": "integer", "default_value": number});
            tokio::spawn(async move { world.add_field(object, field).await.map(|snapshot| snapshot.version) })
        })
        .collect();
    let mut versions = Vec::new();
    for change in changes {
        versions.push(change.await.unwrap().unwrap());
    }
    versions.sort_unstable();
    assert_eq!(versions, (before + 1..=before + 24).collect::<Vec<_>>());
    world.tables_are_those_of_the_model().await;
    elsewhere.tables_are_those_of_the_model().await;
    let snapshot = elsewhere.model().await;
    for number in 0..24 {
        let object = snapshot
            .whole()
            .object(["contact", "company", "task"][number % 3])
            .unwrap();
        assert!(
            object.attribute(&format!("field_{number}")).is_some(),
            "field_{number}"
        );
    }
}

#[tokio::test]
async fn an_object_and_a_relation_to_it_do_not_pass_each_other() {
    let world = World::new().await;
    for round in 0..5 {
        let name = format!("thing_{round}");
        world.define(json!({"api_name": name})).await.unwrap();
        let relation = json!({"api_name": name, "type": "relation", "settings": {"to": name}});
        let (removed, related) = tokio::join!(
            world.remove_object(&name, Some(&name)),
            world.add_field("contact", relation)
        );
        match (removed, related) {
            (Ok(_), lost) => assert_eq!(refused(lost), "422 /settings/to unknown"),
            (lost, Ok(_)) => assert_eq!(refused(lost), "409  in_use"),
            (Err(one), Err(other)) => panic!("{one}, {other}"),
        }
    }
    world.tables_are_those_of_the_model().await;
}

#[tokio::test]
async fn changes_that_wait_leave_connections_to_other_tenants() {
    let world = World::new().await;
    let other = world.another_tenant("beta").await;
    let schema = world.schema().await;
    let mut superuser = world.database.superuser().await;
    let hold = format!("begin; select from {schema}._model for update");
    sqlx::raw_sql(AssertSqlSafe(hold))
        .execute(&mut superuser)
        .await
        .unwrap();
    let changes: Vec<_> = (0..10)
        .map(|number| {
            let world = world.clone();
            let field = json!({"api_name": format!("field_{number}"), "type": "integer"});
            tokio::spawn(async move { world.add_field("contact", field).await })
        })
        .collect();
    // Less than a change waits for a lock.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let pool = &world.database.pool;
    let most = pool.options().get_max_connections() / 2;
    let busy = usize::try_from(pool.size()).unwrap() - pool.num_idle();
    assert_eq!(busy, usize::try_from(most).unwrap());
    let field = json!({"api_name": "theirs", "type": "integer"});
    other.add_field("contact", field).await.unwrap();
    sqlx::raw_sql("commit")
        .execute(&mut superuser)
        .await
        .unwrap();
    for change in changes {
        change.await.unwrap().unwrap();
    }
}
