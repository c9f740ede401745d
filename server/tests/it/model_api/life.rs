//! An object from its definition to its end, used over both faces in between.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

const OBJECTS: &str = "/api/v1/metadata/objects";

fn vehicle() -> Json {
    json!({
        "api_name": "vehicle", "name": "Vehicle", "plural_name": "Vehicles", "label_field": "plate",
        "description": "What people drive.", "icon": "car",
        "fields": [
            {"api_name": "plate", "name": "Plate", "type": "text", "required": true, "unique": true, "settings": {"max_length": 10}},
            {"api_name": "doors", "name": "Doors", "type": "integer", "default_value": 4, "indexed": true},
            {"api_name": "owner", "name": "Owner", "type": "relation", "settings": {
                "to": "contact", "inverse": {"api_name": "vehicles", "name": "Vehicles"}, "on_delete": "restrict"}},
            {"api_name": "drivers", "name": "Drivers", "type": "many_to_many", "settings": {
                "to": "contact", "inverse": {"api_name": "drives", "name": "Drives"}}},
        ],
    })
}

#[tokio::test]
async fn an_object_is_served_from_the_answer_on() {
    let tenant = Tenant::new().await;
    let answer = tenant.post(OBJECTS, vehicle()).await;
    assert_eq!(answer.header("location"), format!("{OBJECTS}/vehicle"));
    let made = answer.created();
    assert_eq!(made["plural_api_name"], "vehicles");
    let shown = tenant.get(&format!("{OBJECTS}/vehicle")).await.ok();
    assert_eq!(shown, made);
    let all = tenant.get(OBJECTS).await.ok();
    assert!(all["data"].as_array().unwrap().contains(&made));

    let company = tenant
        .id_of("companies", json!({"name": "Acme", "city": "Riga"}))
        .await;
    let ann = tenant
        .id_of(
            "contacts",
            json!({"last_name": "Ann", "company_id": company}),
        )
        .await;
    let bob = tenant.id_of("contacts", json!({"last_name": "Bob"})).await;
    let car = json!({"plate": "AB-1", "owner_id": ann, "drivers_ids": [ann, bob]});
    let car = tenant.create("vehicles", car).await;
    assert_eq!(car["doors"], 4, "the default");
    tenant.create("vehicles", json!({"plate": "AB-2"})).await;

    let filter = r#"{"owner":{"company":{"city":{"eq":"Riga"}}}}"#;
    let fields = "plate,owner.last_name,drivers.last_name";
    let found = tenant
        .find(
            "/api/v1/vehicles",
            &[("filter", filter), ("fields", fields)],
        )
        .await
        .ok();
    assert_eq!(
        found["data"],
        json!([
            {"plate": "AB-1", "owner": {"last_name": "Ann"}, "drivers": [{"last_name": "Ann"}, {"last_name": "Bob"}]},
        ])
    );
    let filter = r#"{"vehicles":{"some":{"plate":{"eq":"AB-1"}}}}"#;
    let back = tenant
        .find(
            "/api/v1/contacts",
            &[
                ("filter", filter),
                ("fields", "last_name,vehicles.plate,drives.plate"),
            ],
        )
        .await
        .ok();
    assert_eq!(
        back["data"],
        json!([
            {"last_name": "Ann", "vehicles": [{"plate": "AB-1"}], "drives": [{"plate": "AB-1"}]},
        ])
    );
    let query = "query($id: UUID!) { vehicle(id: $id) { plate owner { company { city } vehicles { nodes { plate drivers(orderBy: {lastName: DESC}) { nodes { lastName drives { totalCount } } } } } } } }";
    let nested = tenant.data(query, json!({"id": car["id"]})).await;
    assert_eq!(
        nested["vehicle"],
        json!({
            "plate": "AB-1",
            "owner": {"company": {"city": "Riga"}, "vehicles": {"nodes": [{
                "plate": "AB-1",
                "drivers": {"nodes": [
                    {"lastName": "Bob", "drives": {"totalCount": 1}},
                    {"lastName": "Ann", "drives": {"totalCount": 1}},
                ]},
            }]}},
        })
    );
    // As the relation says.
    let kept = tenant
        .delete(&format!("/api/v1/contacts/{ann}?permanent=true"))
        .await;
    assert_eq!(kept.status, 409, "{}", kept.text);
}

#[tokio::test]
async fn changes_hold_at_once() {
    let tenant = Tenant::new().await;
    tenant.post(OBJECTS, vehicle()).await.created();
    let field = |name: &str| format!("{OBJECTS}/vehicle/fields/{name}");
    let car = tenant.id_of("vehicles", json!({"plate": "AB-1"})).await;

    let colour = json!({"api_name": "colour", "type": "select", "settings": {"options": [{"value": "red", "label": "Red"}]}});
    let added = tenant
        .post(&format!("{OBJECTS}/vehicle/fields"), colour)
        .await;
    assert_eq!(added.header("location"), field("colour"));
    added.created();
    let path = format!("/api/v1/vehicles/{car}");
    assert_eq!(
        tenant.patch(&path, json!({"colour": "red"})).await.ok()["colour"],
        "red"
    );
    assert_eq!(
        tenant.patch(&path, json!({"colour": "blue"})).await.status,
        422
    );

    let options = json!({"settings": {"options": [{"value": "red", "label": "Red"}, {"value": "blue", "label": "Blue", "color": "blue"}]}});
    tenant.patch(&field("colour"), options).await.ok();
    tenant.patch(&path, json!({"colour": "blue"})).await.ok();
    let fewer = json!({"settings": {"options": [{"value": "red", "label": "Red"}]}});
    assert_eq!(
        tenant.patch(&field("colour"), fewer).await.refusal(),
        "409 /settings/options in_use"
    );

    for (patch, refused) in [
        (
            json!({"default_value": "red", "indexed": true, "description": "Paint"}),
            None,
        ),
        (json!({"required": true}), None),
        (json!({"name": "Color"}), None),
        (json!({"type": "text"}), Some("422 /type immutable")),
        (
            json!({"api_name": "color"}),
            Some("422 /api_name immutable"),
        ),
        (
            json!({"default_value": "pink"}),
            Some("422 /default_value option"),
        ),
    ] {
        let answer = tenant.patch(&field("colour"), patch.clone()).await;
        match refused {
            None => assert_eq!(answer.status, 200, "{patch}: {}", answer.text),
            Some(refused) => assert_eq!(answer.refusal(), refused, "{patch}: {}", answer.text),
        }
    }
    let made = tenant.create("vehicles", json!({"plate": "AB-2"})).await;
    assert_eq!(made["colour"], "red", "the default");
    assert_eq!(
        tenant.patch(&path, json!({"colour": null})).await.refusal(),
        "422 /colour required"
    );

    let renamed = tenant
        .patch(
            &format!("{OBJECTS}/vehicle"),
            json!({"name": "Car", "label_field": null}),
        )
        .await
        .ok();
    assert_eq!(
        (&renamed["name"], &renamed["label_field"]),
        (&json!("Car"), &Json::Null)
    );
    // What is stored stays; what comes next has to fit.
    tenant.patch(&path, json!({"doors": 2})).await.ok();
    let minimum = json!({"settings": {"min": 3}});
    tenant.patch(&field("doors"), minimum).await.ok();
    let too_few = tenant.patch(&path, json!({"doors": 2})).await;
    assert_eq!(too_few.refusal(), "422 /doors minimum");
    let same = json!([{"plate": "AB-3", "doors": 5}, {"plate": "AB-4", "doors": 5}]);
    tenant.post("/api/v1/vehicles", same).await.created();
    assert_eq!(
        tenant
            .patch(&field("doors"), json!({"unique": true}))
            .await
            .refusal(),
        "409 /unique has_duplicates"
    );
    let sold = json!({"api_name": "sold", "type": "date", "required": true});
    let sold = tenant
        .post(&format!("{OBJECTS}/vehicle/fields"), sold)
        .await;
    assert_eq!(sold.refusal(), "409 /required has_empty");
}

#[tokio::test]
async fn a_removal_has_to_be_meant() {
    let tenant = Tenant::new().await;
    tenant.post(OBJECTS, vehicle()).await.created();
    let car = tenant
        .create("vehicles", json!({"plate": "AB-1", "doors": 5}))
        .await;
    let path = format!("/api/v1/vehicles/{}", car["id"].as_str().unwrap());
    let doors = format!("{OBJECTS}/vehicle/fields/doors");
    let object = format!("{OBJECTS}/vehicle");
    for slip in [
        &doors,
        &format!("{doors}?confirm=vehicle"),
        &object,
        &format!("{object}?confirm=vehicles"),
    ] {
        assert_eq!(
            tenant.delete(slip).await.refusal(),
            "422 /confirm required",
            "{slip}"
        );
    }
    tenant
        .delete(&format!("{doors}?confirm=doors"))
        .await
        .no_content();
    assert_eq!(tenant.get(&path).await.ok().get("doors"), None);
    assert_eq!(
        tenant.patch(&path, json!({"doors": 1})).await.refusal(),
        "422 /doors unknown"
    );
    assert_eq!(
        tenant
            .delete(&format!("{doors}?confirm=doors"))
            .await
            .status,
        404
    );
    // The name is free again, for something else.
    tenant
        .post(
            &format!("{object}/fields"),
            json!({"api_name": "doors", "type": "text"}),
        )
        .await
        .created();
    assert_eq!(tenant.get(&path).await.ok()["doors"], Json::Null);

    tenant
        .delete(&format!("{object}?confirm=vehicle"))
        .await
        .no_content();
    for gone in [&path, &object, "/api/v1/vehicles"] {
        assert_eq!(tenant.get(gone).await.status, 404, "{gone}");
    }
    let gone = tenant
        .graphql("{ vehicles { totalCount } }", json!({}))
        .await;
    assert_eq!(gone.status, 400, "{}", gone.text);
    let inverse = tenant
        .find("/api/v1/contacts", &[("fields", "vehicles.plate")])
        .await;
    assert_eq!(inverse.refusal(), "400 /fields unknown");
    tenant.post(OBJECTS, vehicle()).await.created();
    assert_eq!(tenant.get("/api/v1/vehicles").await.ok()["data"], json!([]));
}

#[tokio::test]
async fn what_others_point_at_stays() {
    let tenant = Tenant::new().await;
    tenant.object("garage", json!([])).await;
    tenant
        .object(
            "bay",
            json!([{"api_name": "garage", "type": "relation", "settings": {"to": "garage"}}]),
        )
        .await;
    let refused = tenant
        .delete(&format!("{OBJECTS}/garage?confirm=garage"))
        .await;
    assert_eq!(refused.refusal(), "409  in_use");
    assert!(refused.text.contains("bay.garage"), "{}", refused.text);
    tenant
        .delete(&format!("{OBJECTS}/bay?confirm=bay"))
        .await
        .no_content();
    tenant
        .delete(&format!("{OBJECTS}/garage?confirm=garage"))
        .await
        .no_content();
}
