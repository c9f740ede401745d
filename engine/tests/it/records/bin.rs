//! The bin: where deleted records lie until they are restored or destroyed.

use serde_json::json;
use tessera_compiler::query::tree::Deleted;

use crate::support::records::Wanted;
use crate::support::world::{World, refused};

#[tokio::test]
async fn a_deleted_record_can_only_be_found_in_the_bin_until_it_is_restored() {
    let world = World::new().await;
    let ada = world
        .create("contact", json!({"first_name": "Ada"}))
        .await
        .unwrap();
    world
        .create("contact", json!({"first_name": "Bob"}))
        .await
        .unwrap();
    assert_eq!(
        refused(world.restore("contact", &ada).await),
        "409  not_deleted"
    );
    let binned = world.delete("contact", &ada).await.unwrap();
    assert!(!binned["deleted_at"].is_null());
    assert_eq!(
        refused(world.delete("contact", &ada).await),
        "404 not_found"
    );
    assert_eq!(
        refused(world.update("contact", &ada, json!({"title": "x"})).await),
        "404 not_found"
    );

    for (deleted, expected) in [
        (Deleted::Exclude, "Bob"),
        (Deleted::Only, "Ada"),
        (Deleted::Include, "Ada Bob"),
    ] {
        let wanted = Wanted {
            deleted,
            sort: "first_name".into(),
            ..Wanted::default()
        };
        let page = world.page("contact", &wanted).await.unwrap();
        let names: Vec<&str> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["first_name"].as_str().unwrap())
            .collect();
        assert_eq!(names.join(" "), expected);
        assert_eq!(page["total"], names.len());
    }
    let restored = world.restore("contact", &ada).await.unwrap();
    assert!(restored["deleted_at"].is_null());
    assert_eq!(world.list("contact", json!({}), "").await.len(), 2);
}

#[tokio::test]
async fn a_destroyed_record_is_gone_from_the_bin_or_not() {
    let world = World::new().await;
    let live = world.create("contact", json!({})).await.unwrap();
    let binned = world.create("contact", json!({})).await.unwrap();
    world.delete("contact", &binned).await.unwrap();
    for record in [&live, &binned] {
        let last = world.destroy("contact", record).await.unwrap();
        assert_eq!(last["id"], record["id"]);
        assert_eq!(
            refused(world.destroy("contact", record).await),
            "404 not_found"
        );
        assert_eq!(
            refused(world.restore("contact", record).await),
            "404 not_found"
        );
    }
    let wanted = Wanted {
        deleted: Deleted::Include,
        ..Wanted::default()
    };
    assert_eq!(world.page("contact", &wanted).await.unwrap()["total"], 0);
}

#[tokio::test]
async fn what_lies_in_the_bin_takes_no_name_away() {
    let world = World::new().await;
    let fields = json!([{"api_name": "code", "type": "text", "unique": true}]);
    world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    let old = world.create("thing", json!({"code": "x"})).await.unwrap();
    assert_eq!(
        refused(world.create("thing", json!({"code": "x"})).await),
        "409 /code unique"
    );
    world.delete("thing", &old).await.unwrap();
    let new = world.create("thing", json!({"code": "x"})).await.unwrap();
    assert_eq!(
        refused(world.restore("thing", &old).await),
        "409 /code unique"
    );
    world
        .update("thing", &new, json!({"code": "y"}))
        .await
        .unwrap();
    world.restore("thing", &old).await.unwrap();
    assert_eq!(
        refused(world.update("thing", &new, json!({"code": "x"})).await),
        "409 /code unique"
    );
}
