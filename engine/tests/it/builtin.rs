//! Built-in modules: enabled, used, and brought to newer definitions.

use serde_json::{Value as Json, json};
use sqlx::types::Json as JsonColumn;
use tessera_catalog::before_commit::Ending;
use tessera_postgres::database::begin_for;
use tessera_schema::object::Object;

use crate::support::world::{World, refused};

/// Values for what a record of this object must have; relations point at records that are made for it.
async fn least(world: &World, object: &Object) -> Json {
    let mut record = json!({});
    for field in object.own_fields() {
        let definition = &field.definition;
        if !definition.required || !field.writable() || definition.default_value.is_some() {
            continue;
        }
        let value = match field.to_one() {
            Some(to_one) => {
                let target = to_one.target;
                let snapshot = world.model().await;
                let target = snapshot.whole().object(target.as_str()).unwrap();
                let record = Box::pin(least(world, target)).await;
                world
                    .create(target.api_name().as_str(), record)
                    .await
                    .unwrap()["id"]
                    .clone()
            }
            None => match definition.field_type.as_str() {
                "integer" | "decimal" | "float" | "percent" | "rating" => json!(1),
                "currency" => json!({"amount": 1, "currency_code": "EUR"}),
                "date" => json!("2026-11-22"),
                "datetime" => json!("2026-11-22T10:00:00Z"),
                "email" => json!("a@b.test"),
                "boolean" => json!(true),
                "select" => definition.settings.get("options").unwrap()[0]["value"].clone(),
                "duration" => json!("PT1H"),
                // Some are unique.
                _ => json!(uuid::Uuid::now_v7().simple().to_string()[14..]),
            },
        };
        record[field.value_key()] = value;
    }
    record
}

#[tokio::test]
async fn every_module_can_be_enabled_and_its_objects_used() {
    let world = World::new().await;
    let modules = world.engine.modules(&world.admin).await.unwrap();
    assert_eq!(
        modules
            .iter()
            .filter(|module| module.enabled)
            .map(|module| module.name.as_str())
            .collect::<Vec<_>>(),
        ["crm"]
    );
    for module in &modules {
        world
            .engine
            .enable_module(&world.admin, module.name.as_str(), Ending::Commit)
            .await
            .unwrap();
    }
    let snapshot = world.model().await;
    // Again is nothing.
    for module in &modules {
        world
            .engine
            .enable_module(&world.admin, module.name.as_str(), Ending::Commit)
            .await
            .unwrap();
        assert_eq!(world.model().await.version, snapshot.version);
    }
    assert!(
        world
            .engine
            .modules(&world.admin)
            .await
            .unwrap()
            .iter()
            .all(|module| module.enabled)
    );
    assert_eq!(
        // Those of the workspace, which every tenant has, are in no list of modules.
        snapshot.whole().definitions().len() - 3,
        modules
            .iter()
            .map(|module| module.objects.len())
            .sum::<usize>()
    );
    world.tables_are_those_of_the_model().await;
    for object in snapshot.whole().definitions() {
        let name = object.api_name().as_str();
        let record = least(&world, object).await;
        world
            .create(name, record.clone())
            .await
            .unwrap_or_else(|error| panic!("{name} {record}: {error}"));
        assert!(!world.list(name, json!({}), "-created_at").await.is_empty());
    }
    assert_eq!(
        refused(
            world
                .engine
                .enable_module(&world.admin, "nothing", Ending::Commit)
                .await
        ),
        "404 not_found"
    );
}

#[tokio::test]
async fn a_module_asks_for_others_first_and_for_its_names() {
    let world = World::new().await;
    let modules = world.engine.modules(&world.admin).await.unwrap();
    let missing = |required: &tessera_schema::ident::ApiName| required.as_str() != "crm";
    for module in modules
        .iter()
        .filter(|module| module.requires.iter().any(missing))
    {
        assert_eq!(
            refused(
                world
                    .engine
                    .enable_module(&world.admin, module.name.as_str(), Ending::Commit)
                    .await
            ),
            "409  requires"
        );
    }
    world
        .define(json!({"api_name": "warehouse"}))
        .await
        .unwrap();
    world
        .define(json!({"api_name": "depot", "plural_api_name": "products"}))
        .await
        .unwrap();
    let version = world.model().await.version;
    let taken = world
        .engine
        .enable_module(&world.admin, "erp", Ending::Commit)
        .await;
    let taken = crate::support::world::places(&crate::support::world::refusal(taken));
    assert_eq!(
        taken,
        [
            "/plural_api_name unique",
            "/api_name unique",
            "/plural_api_name unique"
        ]
    );
    assert_eq!(world.model().await.version, version);
    for name in ["warehouse", "depot"] {
        world.remove_object(name, Some(name)).await.unwrap();
    }
    world
        .engine
        .enable_module(&world.admin, "erp", Ending::Commit)
        .await
        .unwrap();
}

/// Makes the database believe that the tenant's `crm` came from older definitions.
async fn pretend_older(world: &World, age: impl Fn(&mut Json)) {
    let mut transaction = begin_for(&world.database.pool, world.admin.principal.tenant)
        .await
        .unwrap();
    let (JsonColumn(mut applied),): (JsonColumn<Json>,) =
        sqlx::query_as("select applied from platform.modules where name = 'crm'")
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
    age(&mut applied);
    sqlx::query(
        "update platform.modules set applied = $1, applied_hash = 'older' where name = 'crm'",
    )
    .bind(JsonColumn(applied))
    .execute(&mut *transaction)
    .await
    .unwrap();
    transaction.commit().await.unwrap();
}

/// The definition of an object, or of one of its fields, within what was applied.
fn part<'a>(applied: &'a mut Json, object: &str, field: Option<&str>) -> &'a mut Json {
    let by_name = |list: &'a mut Json, name: &str| {
        list.as_array_mut()
            .unwrap()
            .iter_mut()
            .find(|part| part["api_name"] == name)
            .unwrap()
    };
    let object = by_name(applied, object);
    match field {
        Some(field) => by_name(&mut object["fields"], field),
        None => object,
    }
}

#[tokio::test]
async fn an_upgrade_brings_what_the_tenant_left_alone_and_tells_what_it_did_not() {
    let world = World::new().await;
    // The tenant has the older labels, but for `last_name`, which it called something else; it has added fields of its own.
    world
        .patch_object("contact", json!({"name": "Old contact"}))
        .await
        .unwrap();
    world
        .patch_field("contact", "first_name", json!({"name": "Old first name"}))
        .await
        .unwrap();
    world
        .patch_field("contact", "last_name", json!({"name": "Our surname"}))
        .await
        .unwrap();
    world
        .patch_field("contact", "title", json!({"settings": {"max_length": 10}}))
        .await
        .unwrap();
    world
        .add_field(
            "contact",
            json!({"api_name": "shoe_size", "type": "integer"}),
        )
        .await
        .unwrap();
    world
        .create("contact", json!({"shoe_size": 43, "title": "x"}))
        .await
        .unwrap();
    let shipped = world
        .model()
        .await
        .whole()
        .object("contact")
        .unwrap()
        .fields["status"]
        .definition
        .settings
        .clone();
    pretend_older(&world, |applied| {
        part(applied, "contact", None)["name"] = json!("Old contact");
        part(applied, "contact", Some("first_name"))["name"] = json!("Old first name");
        part(applied, "contact", Some("last_name"))["name"] = json!("Old surname");
        part(applied, "contact", Some("title"))["settings"]["max_length"] = json!(10);
        let options = &mut part(applied, "contact", Some("status"))["settings"]["options"];
        options.as_array_mut().unwrap().pop();
        let fields = part(applied, "company", None)["fields"]
            .as_array_mut()
            .unwrap();
        fields.push(json!({"api_name": "fax", "name": "Fax", "type": "phone"}));
    })
    .await;

    let upgraded = world.engine.upgrade_modules().await.unwrap();
    assert_eq!(upgraded.len(), 1);
    let told = json!([
        {"object": "company", "field": "fax", "part": null, "reason": "no_longer_shipped"},
        {"object": "contact", "field": "last_name", "part": "name", "reason": "changed_here"},
    ]);
    assert_eq!(upgraded[0].not_applied, told);
    let contact = world
        .model()
        .await
        .whole()
        .object("contact")
        .cloned()
        .unwrap();
    let name = |field: &str| contact.fields[field].definition.name.as_str();
    assert_eq!(contact.source.head.name, "Contact");
    assert_eq!(
        (name("first_name"), name("last_name"), name("shoe_size")),
        ("First name", "Our surname", "Shoe size")
    );
    assert_eq!(
        contact.fields["title"]
            .definition
            .settings
            .integer("max_length"),
        Some(255)
    );
    assert_eq!(contact.fields["status"].definition.settings, shipped);
    world.tables_are_those_of_the_model().await;
    assert_eq!(
        world.list("contact", json!({}), "").await[0]["shoe_size"],
        43
    );
    let status = world.engine.modules(&world.admin).await.unwrap();
    assert_eq!(status[0].not_applied, upgraded[0].not_applied);
    // Once is enough.
    assert!(world.engine.upgrade_modules().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_upgrade_brings_objects_and_fields_that_are_new() {
    let world = World::new().await;
    let without = |applied: &mut Json| {
        let contact = part(applied, "contact", None);
        contact["fields"]
            .as_array_mut()
            .unwrap()
            .retain(|field| field["api_name"] != "mobile");
        applied
            .as_array_mut()
            .unwrap()
            .retain(|object| object["api_name"] != "note");
    };
    pretend_older(&world, without).await;
    // As if they had never been there; somebody has drawn a `mobile` since.
    let mut transaction = begin_for(&world.database.pool, world.admin.principal.tenant)
        .await
        .unwrap();
    for text in [
        "delete from platform.custom_fields where api_name = 'mobile'",
        "delete from platform.custom_objects where api_name = 'note'",
    ] {
        sqlx::query(text).execute(&mut *transaction).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let schema = world.schema().await;
    let text = format!("drop table {schema}.note; alter table {schema}.contact drop column mobile");
    sqlx::raw_sql(sqlx::AssertSqlSafe(text))
        .execute(&world.database.pool)
        .await
        .unwrap();
    let world = world.on_another_server().await;
    world
        .add_field("contact", json!({"api_name": "mobile", "type": "text"}))
        .await
        .unwrap();

    let upgraded = world.engine.upgrade_modules().await.unwrap();
    let taken =
        json!([{"object": "contact", "field": "mobile", "part": null, "reason": "name_taken"}]);
    assert_eq!(upgraded[0].not_applied, taken);
    world.tables_are_those_of_the_model().await;
    let snapshot = world.model().await;
    assert_eq!(
        snapshot.whole().object("contact").unwrap().fields["mobile"]
            .definition
            .field_type,
        "text"
    );
    let note = least(&world, snapshot.whole().object("note").unwrap()).await;
    world.create("note", note).await.unwrap();
}
