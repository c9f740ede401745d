//! Running numbers, given to records that are there and to new ones.

use serde_json::json;

use crate::support::world::{World, refused};

#[tokio::test]
async fn numbers_are_given_to_the_records_that_are_there_and_to_each_new_one() {
    let world = World::new().await;
    world
        .define(json!({"api_name": "thing", "fields": [{"api_name": "n", "type": "integer"}]}))
        .await
        .unwrap();
    let records = (0..300).map(|n| json!({"n": n})).collect();
    world.create_many("thing", records).await.unwrap();
    world
        .add_field(
            "thing",
            json!({"api_name": "code", "type": "auto_number", "settings": {"format": "T'{000}-x"}}),
        )
        .await
        .unwrap();
    world.tables_are_those_of_the_model().await;
    for (index, record) in world.list("thing", json!({}), "n").await.iter().enumerate() {
        assert_eq!(
            record["code"],
            format!("T'{:03}-x", index + 1),
            "in the order they were made"
        );
    }

    let makers: Vec<_> = (0..8)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    world.create("thing", json!({})).await.unwrap();
                    world
                        .create_many("thing", vec![json!({}), json!({})])
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for maker in makers {
        maker.await.unwrap();
    }
    let all = world.list("thing", json!({}), "").await;
    let codes: std::collections::HashSet<&str> = all
        .iter()
        .map(|record| record["code"].as_str().unwrap())
        .collect();
    assert_eq!((all.len(), codes.len()), (420, 420));

    assert_eq!(
        refused(world.create("thing", json!({"code": "T'9-x"})).await),
        "422 /code read_only"
    );
    assert_eq!(
        refused(world.update("thing", &all[0], json!({"code": null})).await),
        "422 /code read_only"
    );
    // A new format is for new records; the count goes on.
    world
        .patch_field("thing", "code", json!({"settings": {"format": "{00000}"}}))
        .await
        .unwrap();
    assert_eq!(
        world.create("thing", json!({})).await.unwrap()["code"],
        "00421"
    );
    assert_eq!(
        world
            .update("thing", &all[0], json!({"n": 1}))
            .await
            .unwrap()["code"],
        all[0]["code"]
    );
}
