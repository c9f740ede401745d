//! Objects made, changed and removed.

use serde_json::json;

use crate::support::world::{World, refused};

#[tokio::test]
async fn an_object_is_served_from_the_answer_on_and_gone_when_it_is_removed() {
    let world = World::new().await;
    let made = world
        .define(json!({
            "api_name": "vehicle", "label_field": "plate", "icon": "car", "translations": {"ru": {"name": "Машина"}},
            "fields": [
                {"api_name": "plate", "type": "text", "required": true, "unique": true},
                {"api_name": "price", "type": "currency"},
                {"api_name": "owner", "type": "relation", "settings": {"to": "contact", "inverse": {"api_name": "vehicles"}}},
                {"api_name": "drivers", "type": "many_to_many", "settings": {"to": "contact", "inverse": {"api_name": "drives"}}},
            ],
        }))
        .await
        .unwrap();
    assert_eq!(made.version, 1);
    world.tables_are_those_of_the_model().await;
    let owner = world
        .create("contact", json!({"first_name": "Ada"}))
        .await
        .unwrap();
    let vehicle = json!({"plate": "AB-1", "owner_id": owner["id"], "drivers_ids": [owner["id"]], "price": {"amount": 9, "currency_code": "EUR"}});
    let vehicle = world.create("vehicle", vehicle).await.unwrap();
    assert_eq!(vehicle["drivers"], json!([{"id": owner["id"]}]));
    let found = world
        .list(
            "contact",
            json!({"vehicles": {"some": {"plate": {"eq": "AB-1"}}}}),
            "",
        )
        .await;
    assert_eq!(found.len(), 1);

    // Its own relations are no obstacle, nor are its records.
    assert_eq!(
        refused(world.remove_object("vehicle", None).await),
        "422 /confirm required"
    );
    assert_eq!(
        refused(world.remove_object("vehicle", Some("vehicles")).await),
        "422 /confirm required"
    );
    world
        .remove_object("vehicle", Some("vehicle"))
        .await
        .unwrap();
    world.tables_are_those_of_the_model().await;
    assert_eq!(
        refused(world.create("vehicle", json!({})).await),
        "404 not_found"
    );
    assert_eq!(
        refused(
            world
                .find("contact", json!({"vehicles": {"some": {}}}), "")
                .await
        ),
        "400 /vehicles unknown"
    );

    // The name is free again, for something else.
    world
        .define(
            json!({"api_name": "vehicle", "fields": [{"api_name": "plate", "type": "integer"}]}),
        )
        .await
        .unwrap();
    world.create("vehicle", json!({"plate": 7})).await.unwrap();
    world.tables_are_those_of_the_model().await;
}

#[tokio::test]
async fn labels_change_and_names_do_not() {
    let world = World::new().await;
    let fields =
        json!([{"api_name": "plate", "type": "text"}, {"api_name": "seats", "type": "integer"}]);
    world
        .define(json!({"api_name": "vehicle", "label_field": "plate", "fields": fields}))
        .await
        .unwrap();
    let patch = json!({"name": "Car", "plural_name": "Cars", "description": "Has wheels", "icon": "car", "translations": {"ru": {"name": "Авто"}}});
    let changed = world.patch_object("vehicle", patch).await.unwrap();
    let head = &changed.whole().object("vehicle").unwrap().source.head;
    assert_eq!(
        (head.name.as_str(), head.icon.as_deref()),
        ("Car", Some("car"))
    );
    assert_eq!(head.translations.words()["ru"]["name"], "Авто");
    world.tables_are_those_of_the_model().await;

    let changed = world
        .patch_object("vehicle", json!({"description": null, "label_field": null}))
        .await
        .unwrap();
    let head = &changed.whole().object("vehicle").unwrap().source.head;
    assert_eq!(
        (&head.description, &head.label_field, head.icon.as_deref()),
        (&None, &None, Some("car"))
    );
    for (patch, expected) in [
        (json!({"api_name": "car"}), "422 /api_name immutable"),
        (
            json!({"plural_api_name": "cars"}),
            "422 /plural_api_name immutable",
        ),
        (json!({"fields": []}), "422 /fields immutable"),
        (json!({"name": ""}), "422 /name required"),
        (json!({"name": 7}), "422 /name type"),
        (
            json!({"label_field": "nothing"}),
            "422 /label_field unknown",
        ),
        (json!({"label_field": "seats"}), "422 /label_field unknown"),
        (json!({"colour": "red"}), "422 /colour unknown"),
    ] {
        assert_eq!(
            refused(world.patch_object("vehicle", patch.clone()).await),
            expected,
            "{patch}"
        );
    }
    assert_eq!(
        refused(world.patch_object("car", json!({})).await),
        "404 not_found"
    );
    assert_eq!(
        refused(world.patch_object("user", json!({"name": "X"})).await),
        "404 not_found"
    );
}

#[tokio::test]
async fn what_is_not_ours_to_remove_stays() {
    let world = World::new().await;
    let fields = json!([{"api_name": "owner", "type": "relation", "settings": {"to": "driver"}}]);
    world.define(json!({"api_name": "driver"})).await.unwrap();
    world
        .define(json!({"api_name": "vehicle", "fields": fields}))
        .await
        .unwrap();
    assert_eq!(
        refused(world.remove_object("driver", Some("driver")).await),
        "409  in_use"
    );
    assert_eq!(
        refused(world.remove_object("contact", Some("contact")).await),
        "409  built_in"
    );
    assert_eq!(
        refused(world.remove_field("contact", "email", Some("email")).await),
        "409  built_in"
    );
    assert_eq!(
        refused(world.remove_field("contact", "id", Some("id")).await),
        "404 not_found"
    );
    assert_eq!(
        refused(
            world
                .define(json!({"api_name": "contact", "plural_api_name": "cs"}))
                .await
        ),
        "409 /api_name unique"
    );
    assert_eq!(
        refused(
            world
                .define(json!({"api_name": "c", "plural_api_name": "contacts"}))
                .await
        ),
        "409 /plural_api_name unique"
    );
    assert_eq!(
        refused(world.define(json!({"api_name": "user"})).await),
        "422 /api_name reserved"
    );
    // What an admin added to a built-in object is the admin's to remove.
    world
        .add_field(
            "contact",
            json!({"api_name": "shoe_size", "type": "integer"}),
        )
        .await
        .unwrap();
    world
        .remove_field("contact", "shoe_size", Some("shoe_size"))
        .await
        .unwrap();
    world
        .remove_field("vehicle", "owner", Some("owner"))
        .await
        .unwrap();
    world.remove_object("driver", Some("driver")).await.unwrap();
    world.tables_are_those_of_the_model().await;
}
