//! Records through the engine: written, read, and refused.

use serde_json::json;
use tessera_engine::write::Action;
use tessera_schema::ident::RecordId;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::record::Record;

use crate::support::world::World;

#[tokio::test]
async fn a_created_record_is_found_by_its_values_and_those_of_its_relations() {
    let world = World::new().await;
    let company = world.create("company", json!({"name": "Ada & Sons", "city": "Berlin"})).await.unwrap();
    let contact = world
        .create("contact", json!({"first_name": "Ada", "email": "ADA@Example.com", "company_id": company["id"]}))
        .await
        .unwrap();
    assert_eq!(contact["email"], "ada@example.com");
    assert_eq!(contact["version"], 1);
    world.create("contact", json!({"first_name": "Bob"})).await.unwrap();

    let found = world.list("contact", json!({"company": {"city": {"ilike": "%berlin%"}}}), "").await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["id"], contact["id"]);
    let employers = world.list("company", json!({"contacts": {"some": {"email": {"eq": "Ada@example.com"}}}}), "name").await;
    assert_eq!(employers.len(), 1);
}

#[tokio::test]
async fn an_update_leaves_alone_what_is_absent_and_writes_its_event() {
    let world = World::new().await;
    let contact = world
        .create("contact", json!({"first_name": "Ada", "last_name": "L", "title": "Countess"}))
        .await
        .unwrap();
    let id: RecordId = serde_json::from_value(contact["id"].clone()).unwrap();
    let change = |object: &Object| Action::Update {
        id,
        changes: Record::update(object, &json!({"title": null, "first_name": "Augusta"}), Spelling::Snake).unwrap(),
        expected: None,
    };
    let (changed, written) = world.write("contact", change).await.unwrap();
    assert_eq!(changed["first_name"], "Augusta");
    assert_eq!(changed["last_name"], "L");
    assert!(changed["title"].is_null());
    assert_eq!(written.version, Some(2));
}
