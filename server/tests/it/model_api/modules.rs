//! Built-in objects: modules of them, and a tenant's own fields on them.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

#[tokio::test]
async fn a_module_is_served_once_it_is_enabled() {
    let tenant = Tenant::new().await;
    let enabled = |modules: &Json| -> Vec<(String, bool)> {
        let modules = modules["data"].as_array().unwrap().iter();
        modules
            .map(|module| {
                (
                    module["name"].as_str().unwrap().to_owned(),
                    module["enabled"].as_bool().unwrap(),
                )
            })
            .collect()
    };
    let before = tenant.get("/api/v1/metadata/modules").await.ok();
    let expected = [
        ("crm", true),
        ("erp", false),
        ("marketing", false),
        ("projects", false),
    ]
    .map(|(name, on)| (name.to_owned(), on));
    assert_eq!(enabled(&before), expected);
    for (plural, module, record) in [
        ("products", "erp", json!({"name": "Bolt", "sku": "B-1"})),
        ("campaigns", "marketing", json!({"name": "Spring"})),
        ("projects", "projects", json!({"name": "Move"})),
    ] {
        assert_eq!(
            tenant.get(&format!("/api/v1/{plural}")).await.status,
            404,
            "{plural}"
        );
        for _ in 0..2 {
            let answer = tenant
                .post(
                    &format!("/api/v1/metadata/modules/{module}/enable"),
                    json!({}),
                )
                .await
                .ok();
            assert_eq!(
                (&answer["name"], &answer["enabled"]),
                (&json!(module), &json!(true))
            );
        }
        tenant.create(plural, record).await;
        let counted = tenant
            .data(&format!("{{ all: {plural} {{ totalCount }} }}"), json!({}))
            .await;
        assert_eq!(counted, json!({"all": {"totalCount": 1}}));
    }
    let unknown = tenant
        .post("/api/v1/metadata/modules/nothing/enable", json!({}))
        .await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_built_in_object_takes_fields_and_stays() {
    let tenant = Tenant::new().await;
    let contact = "/api/v1/metadata/objects/contact";
    let shoe =
        json!({"api_name": "shoe_size", "type": "integer", "settings": {"min": 15, "max": 60}});
    let added = tenant
        .post(&format!("{contact}/fields"), shoe)
        .await
        .created();
    assert_eq!(added["module"], Json::Null, "the tenant's own");
    let made = tenant
        .create("contacts", json!({"last_name": "Ann", "shoe_size": 38}))
        .await;
    assert_eq!(made["shoe_size"], 38);
    let found = tenant
        .data(
            "{ contacts(filter: {shoeSize: {gte: 38}}) { nodes { lastName shoeSize } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        found["contacts"]["nodes"],
        json!([{"lastName": "Ann", "shoeSize": 38}])
    );
    let shown = tenant.get(contact).await.ok();
    assert_eq!(shown["module"], "crm");
    let russian = &shown["translations"]["ru"]["name"];
    assert_eq!(russian, "Контакт");

    // What the tenant changes of the rest is its own too.
    let renamed = tenant
        .patch(
            &format!("{contact}/fields/title"),
            json!({"name": "Position"}),
        )
        .await
        .ok();
    assert_eq!(
        (&renamed["name"], &renamed["module"]),
        (&json!("Position"), &json!("crm"))
    );
    for (path, confirm) in [
        (contact.to_owned(), "contact"),
        (format!("{contact}/fields/email"), "email"),
    ] {
        let refused = tenant.delete(&format!("{path}?confirm={confirm}")).await;
        assert_eq!(refused.refusal(), "409  built_in", "{path}");
    }
    tenant
        .delete(&format!("{contact}/fields/shoe_size?confirm=shoe_size"))
        .await
        .no_content();
}

#[tokio::test]
async fn the_names_that_others_rely_on_are_there() {
    let tenant = Tenant::new().await;
    for (object, names) in [
        (
            "company",
            "name,domain,city,employees,contacts.id,opportunities.id",
        ),
        (
            "contact",
            "first_name,last_name,email,phone,title,city,status,lead_score,company.id,opportunities.id",
        ),
        (
            "opportunity",
            "name,stage,amount,amount.currency_code,close_date,probability,company.id,contact.id",
        ),
        ("task", "*"),
        ("note", "*"),
        ("activity", "*"),
    ] {
        let shown = tenant
            .get(&format!("/api/v1/metadata/objects/{object}"))
            .await
            .ok();
        let plural = shown["plural_api_name"].as_str().unwrap();
        let listed = tenant
            .find(&format!("/api/v1/{plural}"), &[("fields", names)])
            .await;
        assert_eq!(listed.status, 200, "{object}: {}", listed.text);
    }
    for _ in 0..2 {
        tenant
            .create("contacts", json!({"email": "same@example.com"}))
            .await;
    }
}
