//! Events: each change of a record leaves one, in the same statement.

use serde_json::{Value as Json, json};
use sqlx::AssertSqlSafe;
use sqlx::types::Json as JsonColumn;
use tessera_engine::write::{Action, Write};
use uuid::Uuid;

use crate::support::records::everything;
use crate::support::world::{World, refused};

pub(super) type Event = (
    Uuid,
    String,
    Uuid,
    String,
    Option<JsonColumn<Json>>,
    Option<JsonColumn<Json>>,
);

pub(super) async fn events(world: &World) -> Vec<Event> {
    let text = format!(
        "select actor, object, record_id, action, before, after from {}._events order by seq",
        world.schema().await
    );
    sqlx::query_as(AssertSqlSafe(text))
        .fetch_all(&world.database.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn every_verb_says_who_did_what_with_before_and_after() {
    let world = World::new().await;
    let made = world
        .create(
            "contact",
            json!({"first_name": "Ada", "address": {"city": "Riga"}}),
        )
        .await
        .unwrap();
    world
        .update("contact", &made, json!({"first_name": "Augusta"}))
        .await
        .unwrap();
    world
        .update_where("contact", json!({}), json!({"title": "x"}))
        .await
        .unwrap();
    world.delete("contact", &made).await.unwrap();
    world.restore("contact", &made).await.unwrap();
    world.delete_where("contact", json!({})).await.unwrap();
    world.destroy("contact", &made).await.unwrap();
    let all = events(&world).await;
    let actions: Vec<&str> = all.iter().map(|event| event.3.as_str()).collect();
    assert_eq!(
        actions,
        [
            "created",
            "updated",
            "updated",
            "deleted",
            "restored",
            "deleted",
            "destroyed"
        ]
    );
    for (index, (actor, object, record, action, before, after)) in all.iter().enumerate() {
        assert_eq!((*actor, object.as_str()), (world.admin.user.0, "contact"));
        assert_eq!(json!(record), made["id"]);
        assert_eq!(
            (before.is_none(), after.is_none()),
            (action == "created", action == "destroyed")
        );
        if let Some(before) = before {
            assert_eq!(before["version"], index);
        }
        if let Some(after) = after {
            assert_eq!(after["version"], index + 1);
            assert_eq!(after["address__city"], "Riga");
        }
    }
    assert_eq!(all[1].4.as_ref().unwrap()["first_name"], "Ada");
    assert_eq!(all[1].5.as_ref().unwrap()["first_name"], "Augusta");
    assert_eq!(
        all[6].4, all[5].5,
        "what was destroyed is what there was last"
    );
}

#[tokio::test]
async fn what_changes_nothing_leaves_no_event() {
    let world = World::new().await;
    let fields = json!([{"api_name": "code", "type": "text", "unique": true}]);
    world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    world
        .create_many("thing", vec![json!({"code": "a"}), json!({"code": "b"})])
        .await
        .unwrap();
    assert_eq!(events(&world).await.len(), 2);
    let nobody = json!("01900000-0000-7000-8000-000000000000");
    assert_eq!(
        refused(world.update("thing", &nobody, json!({})).await),
        "404 not_found"
    );
    assert_eq!(
        refused(
            world
                .create_many("thing", vec![json!({"code": "c"}), json!({"code": "a"})])
                .await
        ),
        "409 /1/code unique"
    );
    assert_eq!(
        refused(
            world
                .update_where("thing", json!({}), json!({"code": "z"}))
                .await
        ),
        "409 /code unique"
    );
    assert_eq!(
        world
            .delete_where("thing", json!({"code": {"eq": "z"}}))
            .await
            .unwrap(),
        0
    );
    assert_eq!(events(&world).await.len(), 2);
}

#[tokio::test]
async fn a_write_that_is_only_tried_answers_and_writes_nothing() {
    let world = World::new().await;
    let snapshot = world.model().await;
    let object = snapshot.model.object("contact").cloned().unwrap();
    let record = tessera_schema::record::Record::create(
        &object,
        &json!({"first_name": "Ada"}),
        tessera_schema::naming::Spelling::Snake,
    )
    .unwrap();
    let write = Write {
        selection: everything(&snapshot, &object),
        object,
        action: Action::Create(record),
        rollback: true,
    };
    let written = world
        .engine
        .write(&world.admin, &snapshot, &write)
        .await
        .unwrap();
    let answer: Json = serde_json::from_slice(&written.body).unwrap();
    assert_eq!(
        (&answer["first_name"], written.version),
        (&json!("Ada"), Some(1))
    );
    assert!(world.list("contact", json!({}), "").await.is_empty());
    assert!(events(&world).await.is_empty());
}
