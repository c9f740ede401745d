//! Relations: what becomes of records whose target goes, and the way back.

use serde_json::{Value as Json, json};

use crate::support::world::{World, refused};

/// A tenant with `part` pointing at `whole`, a whole, and a part of it.
async fn part_of_whole(settings: Json, required: bool) -> (World, Json, Json) {
    let world = World::new().await;
    let mut to = json!({"to": "whole", "inverse": {"api_name": "parts"}});
    to.as_object_mut()
        .unwrap()
        .extend(settings.as_object().unwrap().clone());
    let field =
        json!({"api_name": "whole", "type": "relation", "required": required, "settings": to});
    world
        .define(json!({"api_name": "whole", "fields": [{"api_name": "title", "type": "text"}]}))
        .await
        .unwrap();
    world
        .define(json!({"api_name": "part", "fields": [field]}))
        .await
        .unwrap();
    let whole = world.create("whole", json!({"title": "w"})).await.unwrap();
    let part = world
        .create("part", json!({"whole_id": whole["id"]}))
        .await
        .unwrap();
    (world, whole, part)
}

#[tokio::test]
async fn the_end_of_a_target_is_what_its_relation_says() {
    for (on_delete, required, expected) in [
        (json!({}), false, "emptied"),
        (json!({"on_delete": "set_null"}), false, "emptied"),
        (json!({"on_delete": "cascade"}), true, "gone"),
        (json!({"on_delete": "restrict"}), false, "409  restricted"),
        (json!({}), true, "409  restricted"),
    ] {
        let (world, whole, _) = part_of_whole(on_delete.clone(), required).await;
        let of_whole = json!({"whole": {"title": {"eq": "w"}}});
        // The bin empties nothing.
        match world.delete("whole", &whole).await {
            Ok(_) => {
                let left = world.list("part", json!({}), "").await;
                match left.as_slice() {
                    [] => assert_eq!(expected, "gone"),
                    [part] => assert_eq!(part["whole_id"], whole["id"]),
                    other => panic!("{other:?}"),
                }
                let found = world.list("part", of_whole.clone(), "").await;
                assert!(found.is_empty());
                world.restore("whole", &whole).await.unwrap();
            }
            refusal => assert_eq!(refused(refusal), expected),
        }
        assert_eq!(world.list("part", of_whole, "").await.len(), 1);

        let outcome = world.destroy("whole", &whole).await;
        let found = match outcome {
            Err(_) => refused(outcome),
            Ok(_) => match world.list("part", json!({}), "").await.as_slice() {
                [] => "gone".to_owned(),
                [part] if part["whole_id"].is_null() => "emptied".to_owned(),
                other => panic!("{other:?}"),
            },
        };
        assert_eq!(found, expected, "{on_delete} required: {required}");
    }
}

#[tokio::test]
async fn on_delete_can_be_changed_while_records_point() {
    let (world, whole, _) = part_of_whole(json!({"on_delete": "restrict"}), false).await;
    assert_eq!(
        refused(world.destroy("whole", &whole).await),
        "409  restricted"
    );
    world
        .patch_field("part", "whole", json!({"required": true}))
        .await
        .unwrap();
    assert_eq!(
        refused(
            world
                .patch_field(
                    "part",
                    "whole",
                    json!({"settings": {"on_delete": "set_null"}})
                )
                .await
        ),
        "422 /settings/on_delete on_delete"
    );
    world
        .patch_field(
            "part",
            "whole",
            json!({"settings": {"on_delete": "cascade"}}),
        )
        .await
        .unwrap();
    world.tables_are_those_of_the_model().await;
    world.destroy("whole", &whole).await.unwrap();
    assert!(world.list("part", json!({}), "").await.is_empty());
}

#[tokio::test]
async fn a_relation_leads_only_to_records_that_are_there() {
    let (world, whole, part) = part_of_whole(json!({}), true).await;
    let nowhere = json!("01900000-0000-7000-8000-000000000000");
    assert_eq!(
        refused(world.create("part", json!({})).await),
        "422 /whole_id required"
    );
    assert_eq!(
        refused(world.create("part", json!({"whole_id": null})).await),
        "422 /whole_id required"
    );
    assert_eq!(
        refused(world.create("part", json!({"whole": whole["id"]})).await),
        "422 /whole unknown"
    );
    assert_eq!(
        refused(world.create("part", json!({"whole_id": nowhere})).await),
        "422 /whole_id not_found"
    );
    assert_eq!(
        refused(world.create("part", json!({"whole_id": part["id"]})).await),
        "422 /whole_id not_found"
    );
    assert_eq!(
        refused(
            world
                .update("part", &part, json!({"whole_id": nowhere}))
                .await
        ),
        "422 /whole_id not_found"
    );
    let many = vec![
        json!({"whole_id": whole["id"]}),
        json!({"whole_id": nowhere}),
    ];
    assert_eq!(
        refused(world.create_many("part", many).await),
        "422 /1/whole_id not_found"
    );
    assert_eq!(world.list("part", json!({}), "").await.len(), 1);
}

#[tokio::test]
async fn many_to_many_is_written_from_its_own_side_and_read_from_both() {
    let world = World::new().await;
    world
        .define(json!({"api_name": "tag", "fields": [{"api_name": "label", "type": "text"}]}))
        .await
        .unwrap();
    let tags = json!({"api_name": "badges", "type": "many_to_many", "settings": {"to": "tag", "inverse": {"api_name": "contacts"}}});
    world.add_field("contact", tags).await.unwrap();
    world.tables_are_those_of_the_model().await;
    let made = world
        .create_many(
            "tag",
            ["a", "b", "c"].map(|label| json!({"label": label})).into(),
        )
        .await
        .unwrap();
    let [a, b, c] = [0, 1, 2].map(|index: usize| made[index]["id"].clone());

    let ada = world
        .create(
            "contact",
            json!({"first_name": "Ada", "badges_ids": [b, a]}),
        )
        .await
        .unwrap();
    let bob = world
        .create("contact", json!({"first_name": "Bob"}))
        .await
        .unwrap();
    assert_eq!(
        (&ada["badges"], &bob["badges"]),
        (&json!([{"id": a}, {"id": b}]), &json!([]))
    );
    let many = vec![
        json!({"first_name": "Cy", "badges_ids": [c]}),
        json!({"first_name": "Di"}),
        json!({"first_name": "Ed", "badges_ids": []}),
    ];
    let many = world.create_many("contact", many).await.unwrap();
    assert_eq!(
        [&many[0]["badges"], &many[1]["badges"], &many[2]["badges"]],
        [&json!([{"id": c}]), &json!([]), &json!([])]
    );

    let names = async |filter: Json| -> Vec<String> {
        let found = world.list("contact", filter, "first_name").await;
        found
            .iter()
            .map(|contact| contact["first_name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(json!({"badges": {"some": {"label": {"eq": "a"}}}})).await,
        ["Ada"]
    );
    assert_eq!(
        names(json!({"badges": {"none": {"label": {"eq": "a"}}}})).await,
        ["Bob", "Cy", "Di", "Ed"]
    );
    assert_eq!(
        names(json!({"badges": {"every": {"label": {"eq": "c"}}}})).await,
        ["Bob", "Cy", "Di", "Ed"]
    );
    assert_eq!(names(json!({"badges": {"some": {}}})).await, ["Ada", "Cy"]);
    let from_there = world
        .list(
            "tag",
            json!({"contacts": {"some": {"first_name": {"eq": "Ada"}}}}),
            "label",
        )
        .await;
    assert_eq!(from_there.len(), 2);

    // An update replaces the list, an absent one leaves it, null and [] empty it.
    let changes = [
        (json!({"badges_ids": [b, c]}), json!([{"id": b}, {"id": c}])),
        (json!({"first_name": "Ada"}), json!([{"id": b}, {"id": c}])),
        (json!({"badges_ids": null}), json!([])),
        (json!({"badges_ids": [a]}), json!([{"id": a}])),
        (json!({"badges_ids": []}), json!([])),
    ];
    for (change, expected) in changes {
        world.update("contact", &ada, change.clone()).await.unwrap();
        let now = world
            .list("contact", json!({"id": {"eq": ada["id"]}}), "")
            .await;
        assert_eq!(now[0]["badges"], expected, "{change}");
    }
    let nowhere = json!("01900000-0000-7000-8000-000000000000");
    assert_eq!(
        refused(
            world
                .update("contact", &ada, json!({"badges_ids": [a, nowhere]}))
                .await
        ),
        "422 /badges_ids not_found"
    );
    assert_eq!(
        refused(
            world
                .update("contact", &ada, json!({"badges_ids": [a, a]}))
                .await
        ),
        "422 /badges_ids unique"
    );
    assert_eq!(
        refused(world.update("contact", &ada, json!({"badges": [a]})).await),
        "422 /badges unknown"
    );
    assert_eq!(
        refused(world.update("tag", &a, json!({"contacts": []})).await),
        "422 /contacts unknown"
    );
    assert!(
        world
            .list("contact", json!({"id": {"eq": ada["id"]}}), "")
            .await[0]["badges"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    // A tag that goes takes its place in the lists along.
    world.destroy("tag", &c).await.unwrap();
    assert!(names(json!({"badges": {"some": {}}})).await.is_empty());
}
