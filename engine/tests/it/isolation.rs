//! Two tenants on one server: neither meets the other.

use serde_json::{Value as Json, json};
use sqlx::AssertSqlSafe;
use tessera_catalog::before_commit::Ending;

use crate::support::world::{World, refused};

async fn with_things(world: &World, field: Json) {
    world
        .define(json!({"api_name": "thing", "fields": [field]}))
        .await
        .unwrap();
}

/// Two tenants that each have an object `thing`, in which `it` is text for one and a choice for the other.
async fn acme_and_beta() -> (World, World) {
    let acme = World::new().await;
    let beta = acme.another_tenant("beta").await;
    with_things(
        &acme,
        json!({"api_name": "it", "type": "text", "unique": true}),
    )
    .await;
    let options = json!({"options": [{"value": "x"}, {"value": "y"}]});
    with_things(
        &beta,
        json!({"api_name": "it", "type": "select", "unique": true, "settings": options}),
    )
    .await;
    (acme, beta)
}

#[tokio::test]
async fn the_same_name_means_each_tenants_own() {
    let (acme, beta) = acme_and_beta().await;
    acme.add_field("thing", json!({"api_name": "secret", "type": "text"}))
        .await
        .unwrap();
    let ours = acme
        .create("thing", json!({"it": "x", "secret": "s"}))
        .await
        .unwrap();
    // Unique for each, and an id that is taken there is free here.
    let theirs = beta
        .create("thing", json!({"it": "x", "id": ours["id"]}))
        .await
        .unwrap();
    assert_eq!(theirs.get("secret"), None);
    assert_eq!(
        refused(beta.create("thing", json!({"secret": "s"})).await),
        "422 /secret unknown"
    );
    assert_eq!(
        refused(beta.find("thing", json!({"secret": {"eq": "s"}}), "").await),
        "400 /secret unknown"
    );
    assert_eq!(
        refused(beta.create("thing", json!({"it": "free text"})).await),
        "422 /it option"
    );

    beta.update("thing", &theirs, json!({"it": "y"}))
        .await
        .unwrap();
    assert_eq!(
        beta.update_where("thing", json!({}), json!({"it": null}))
            .await
            .unwrap(),
        1
    );
    beta.destroy("thing", &theirs).await.unwrap();
    beta.remove_object("thing", Some("thing")).await.unwrap();
    assert_eq!(acme.list("thing", json!({}), "").await, [ours]);
    assert_eq!(
        refused(beta.find("thing", json!({}), "").await),
        "404 not_found"
    );
    acme.tables_are_those_of_the_model().await;
    beta.tables_are_those_of_the_model().await;
}

#[tokio::test]
async fn a_record_of_another_tenant_cannot_be_named() {
    let (acme, beta) = acme_and_beta().await;
    let ours = acme
        .create("company", json!({"name": "Ours"}))
        .await
        .unwrap();
    assert_eq!(
        refused(beta.update("company", &ours, json!({"name": "x"})).await),
        "404 not_found"
    );
    assert_eq!(
        refused(beta.delete("company", &ours).await),
        "404 not_found"
    );
    assert_eq!(
        refused(beta.destroy("company", &ours).await),
        "404 not_found"
    );
    assert!(
        beta.list("company", json!({"id": {"eq": ours["id"]}}), "")
            .await
            .is_empty()
    );
    // No relation leads there, nor to the other tenant's members.
    assert_eq!(
        refused(
            beta.create("contact", json!({"company_id": ours["id"]}))
                .await
        ),
        "422 /company_id not_found"
    );
    beta.add_field("contact", json!({"api_name": "keeper", "type": "user"}))
        .await
        .unwrap();
    assert_eq!(
        refused(
            beta.create("contact", json!({"keeper_id": acme.admin.principal.user}))
                .await
        ),
        "422 /keeper_id not_found"
    );
    beta.create("contact", json!({"keeper_id": beta.admin.principal.user}))
        .await
        .unwrap();
    assert_eq!(beta.list("user", json!({}), "").await.len(), 1);
}

#[tokio::test]
async fn nothing_one_tenant_does_touches_anothers_schema() {
    let (acme, beta) = acme_and_beta().await;
    let theirs = beta.create("thing", json!({"it": "x"})).await.unwrap();
    // Their schema is out of reach, of the serving role too: whatever names it fails.
    let mut superuser = acme.database.superuser().await;
    let role: String = sqlx::query_scalar("select current_user::text")
        .fetch_one(&acme.database.pool)
        .await
        .unwrap();
    let schema = beta.schema().await;
    sqlx::raw_sql(AssertSqlSafe(format!(
        "alter schema {schema} owner to current_user"
    )))
    .execute(&mut superuser)
    .await
    .unwrap();
    assert!(
        beta.find("thing", json!({}), "").await.is_err(),
        "else this test shows nothing"
    );

    let company = acme
        .create("company", json!({"name": "Acme"}))
        .await
        .unwrap();
    let made = acme
        .create_many(
            "contact",
            vec![json!({"company_id": company["id"]}), json!({})],
        )
        .await
        .unwrap();
    acme.update("contact", &made[0], json!({"title": "x"}))
        .await
        .unwrap();
    acme.find(
        "contact",
        json!({"company": {"contacts": {"some": {"title": {"eq": "x"}}}}}),
        "company.name,-title",
    )
    .await
    .unwrap();
    acme.delete("contact", &made[1]).await.unwrap();
    acme.restore("contact", &made[1]).await.unwrap();
    acme.destroy("contact", &made[1]).await.unwrap();
    acme.delete_where("contact", json!({})).await.unwrap();
    acme.add_field(
        "thing",
        json!({"api_name": "of", "type": "relation", "settings": {"to": "contact"}}),
    )
    .await
    .unwrap();
    acme.patch_field("thing", "it", json!({"required": true, "indexed": true}))
        .await
        .unwrap();
    acme.remove_field("thing", "of", Some("of")).await.unwrap();
    acme.remove_object("thing", Some("thing")).await.unwrap();
    acme.engine
        .enable_module(&acme.admin, "erp", Ending::Commit)
        .await
        .unwrap();

    sqlx::raw_sql(AssertSqlSafe(format!(
        "alter schema {schema} owner to {role}"
    )))
    .execute(&mut superuser)
    .await
    .unwrap();
    assert_eq!(beta.list("thing", json!({}), "").await, [theirs]);
}
