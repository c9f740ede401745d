//! A model that changes while requests run.

use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::support::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_the_model_changes() {
    let world = World::new().await;
    world
        .define(json!({"api_name": "thing", "fields": [{"api_name": "n", "type": "integer"}]}))
        .await
        .unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let requests = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> = (0..8)
        .map(|number| {
            let (world, done, requests) = (world.clone(), done.clone(), requests.clone());
            tokio::spawn(async move {
                while !done.load(Ordering::Relaxed) {
                    let made = world.create("thing", json!({"n": number})).await.unwrap();
                    let changed = world
                        .update("thing", &made, json!({"n": 100}))
                        .await
                        .unwrap();
                    assert_eq!(changed["version"], 2);
                    world
                        .find("thing", json!({"n": {"eq": number}}), "-n,created_at")
                        .await
                        .unwrap();
                    world
                        .create_many("thing", vec![json!({}), json!({"n": 1})])
                        .await
                        .unwrap();
                    requests.fetch_add(4, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for round in 0..6 {
        let name = format!("field_{round}");
        world
            .add_field(
                "thing",
                json!({"api_name": name, "type": "text", "default_value": "x"}),
            )
            .await
            .unwrap();
        let relation = json!({"api_name": format!("contact_{round}"), "type": "relation", "settings": {"to": "contact"}});
        world.add_field("thing", relation).await.unwrap();
        world
            .patch_field("thing", &name, json!({"required": true, "indexed": true}))
            .await
            .unwrap();
        world
            .remove_field("thing", &name, Some(&name))
            .await
            .unwrap();
        world
            .define(json!({"api_name": format!("other_{round}")}))
            .await
            .unwrap();
    }
    done.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    assert!(requests.load(Ordering::Relaxed) > 0);
    world.tables_are_those_of_the_model().await;
}
