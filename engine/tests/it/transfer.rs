//! A model carried to another tenant, and the examination of the database.

use serde_json::json;
use tessera_catalog::transfer;
use tessera_engine::doctor::Level;

use crate::support::world::{World, sign_up};

#[tokio::test]
async fn a_model_carried_to_another_tenant_leaves_nothing_to_do() {
    let world = World::new().await;
    let vehicle = json!({"api_name": "vehicle", "label_field": "plate", "fields": [
        {"api_name": "plate", "type": "text", "required": true, "unique": true},
        {"api_name": "owner", "type": "relation", "settings": {"to": "contact", "inverse": {"api_name": "vehicles"}}},
        {"api_name": "trips", "type": "many_to_many", "settings": {"to": "trip"}},
    ]});
    world.define(vehicle.clone()).await.unwrap_err();
    // What is related to has to be there first; in a file the order does not matter.
    world
        .define(json!({"api_name": "trip", "fields": [{"api_name": "km", "type": "integer"}]}))
        .await
        .unwrap();
    world.define(vehicle).await.unwrap();
    world
        .add_field("contact", json!({"api_name": "tax_number", "type": "text"}))
        .await
        .unwrap();
    world
        .patch_field(
            "contact",
            "status",
            json!({"description": "Where they stand"}),
        )
        .await
        .unwrap();

    let mut file = transfer::export(world.model().await.whole());
    file.objects.reverse();
    let other = sign_up(&world.engine, "other").await;
    let made = world
        .engine
        .apply_model(other.principal.tenant, &file, false)
        .await
        .unwrap();
    assert_eq!(made.len(), 4, "{made:?}");
    let left = world
        .engine
        .model_differences(other.principal.tenant, &file, true)
        .await
        .unwrap();
    assert!(left.is_empty(), "{left:?}");

    // And back: what only the other tenant has goes when that is asked for, and stays otherwise.
    let plain = transfer::export(
        world
            .engine
            .model(sign_up(&world.engine, "plain").await.principal.tenant)
            .await
            .unwrap()
            .whole(),
    );
    let kept = world
        .engine
        .model_differences(other.principal.tenant, &plain, false)
        .await
        .unwrap();
    assert_eq!(kept.len(), 1, "only the description: {kept:?}");
    world
        .engine
        .apply_model(other.principal.tenant, &plain, true)
        .await
        .unwrap();
    let model = world.engine.model(other.principal.tenant).await.unwrap();
    assert!(model.whole().object("vehicle").is_none());
    assert_eq!(transfer::export(model.whole()), plain);
}

#[tokio::test]
async fn the_examination_finds_a_column_that_is_gone() {
    let world = World::new().await;
    let sound = world.engine.examine().await.unwrap();
    // The Postgres of the tests runs without `fsync`, and a test's role may read no statistics.
    let expected = |words: &str| words.starts_with("fsync") || words.contains("pg_read_all_stats");
    let mut other = sound.iter().filter(|finding| !expected(&finding.words));
    assert!(
        other.all(|finding| finding.level == Level::Fine),
        "{sound:#?}"
    );

    let schema = world.model().await.tenant.schema.as_str().to_owned();
    let text = format!("alter table \"{schema}\".contact drop column title");
    sqlx::raw_sql(sqlx::AssertSqlSafe(text))
        .execute(&world.database.pool)
        .await
        .unwrap();
    let found = world.engine.examine().await.unwrap();
    let fault = found
        .iter()
        .find(|finding| finding.level == Level::Fault)
        .unwrap();
    assert!(fault.words.contains("contact.title"), "{fault:?}");
}
