//! Values of one record: given, left out, emptied.

use serde_json::json;

use crate::support::world::{World, refused};

#[tokio::test]
async fn a_created_record_is_found_by_its_values_and_those_of_its_relations() {
    let world = World::new().await;
    let company = world
        .create("company", json!({"name": "Ada & Sons", "city": "Berlin"}))
        .await
        .unwrap();
    let contact =
        json!({"first_name": "Ada", "email": "ADA@Example.com", "company_id": company["id"]});
    let contact = world.create("contact", contact).await.unwrap();
    assert_eq!(contact["email"], "ada@example.com");
    assert_eq!(contact["version"], 1);
    world
        .create("contact", json!({"first_name": "Bob"}))
        .await
        .unwrap();

    let found = world
        .list(
            "contact",
            json!({"company": {"city": {"ilike": "%berlin%"}}}),
            "",
        )
        .await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["id"], contact["id"]);
    let employers = world
        .list(
            "company",
            json!({"contacts": {"some": {"email": {"eq": "Ada@example.com"}}}}),
            "name",
        )
        .await;
    assert_eq!(employers.len(), 1);
}

#[tokio::test]
async fn an_update_leaves_alone_what_is_absent() {
    let world = World::new().await;
    let contact = world
        .create(
            "contact",
            json!({"first_name": "Ada", "last_name": "L", "title": "Countess"}),
        )
        .await
        .unwrap();
    let changed = world
        .update(
            "contact",
            &contact,
            json!({"title": null, "first_name": "Augusta"}),
        )
        .await
        .unwrap();
    assert_eq!(changed["first_name"], "Augusta");
    assert_eq!(changed["last_name"], "L");
    assert!(changed["title"].is_null());
    assert_eq!(changed["version"], 2);
    assert_eq!(changed["created_at"], contact["created_at"]);
    assert_ne!(changed["updated_at"], contact["updated_at"]);
    assert_eq!(changed["updated_by"], json!(world.admin.principal.user));
}

#[tokio::test]
async fn an_id_is_given_once() {
    let world = World::new().await;
    let id = "01900000-0000-7000-8000-00000000000A";
    let made = world.create("contact", json!({"id": id})).await.unwrap();
    assert_eq!(made["id"], id.to_lowercase());
    assert_eq!(
        refused(world.create("contact", json!({"id": id})).await),
        "409 /id unique"
    );
    let many = vec![json!({}), json!({"id": id}), json!({})];
    assert_eq!(
        refused(world.create_many("contact", many).await),
        "409 /1/id unique"
    );
    let twice = vec![json!({"id": "01900000-0000-7000-8000-00000000000b"}); 2];
    assert_eq!(
        refused(world.create_many("contact", twice).await),
        "409 /1/id unique"
    );
    assert_eq!(
        refused(world.create("contact", json!({"id": "7"})).await),
        "422 /id format"
    );
    assert_eq!(
        refused(world.update("contact", &made, json!({"id": id})).await),
        "422 /id read_only"
    );
    assert_eq!(world.list("contact", json!({}), "").await.len(), 1);
    // Ids that are made here rise in the order of their making.
    let a = world.create("contact", json!({})).await.unwrap();
    let b = world.create("contact", json!({})).await.unwrap();
    assert!(a["id"].as_str() < b["id"].as_str());
}

#[tokio::test]
async fn what_the_server_keeps_is_not_written() {
    let world = World::new().await;
    let made = world.create("contact", json!({})).await.unwrap();
    for key in [
        "created_at",
        "updated_at",
        "created_by",
        "updated_by",
        "deleted_at",
        "version",
    ] {
        let expected = format!("422 /{key} read_only");
        assert_eq!(
            refused(world.create("contact", json!({key: null})).await),
            expected
        );
        assert_eq!(
            refused(world.update("contact", &made, json!({key: 1})).await),
            expected
        );
    }
    assert_eq!(
        refused(
            world
                .create("user", json!({"name": "Eve", "email": "eve@x.test"}))
                .await
        ),
        "403 forbidden"
    );
}
