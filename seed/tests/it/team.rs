//! Who is let into the tenant.

use serde_json::json;
use tessera_engine::engine::Engine;
use tessera_error::Result;
use tessera_identity::{LoginRequest, NewUser, Origin, SignedIn};
use tessera_schema::access::area::Area;
use tessera_seed::{DEMO_EMAIL, DEMO_PASSWORD, Error};

use crate::rows::Rows;
use crate::support::TestDatabase;
use crate::support::world::{World, engine};
use crate::{options, seed_demo};

async fn log_in(engine: &Engine, tenant: &str) -> Result<SignedIn> {
    let request = json!({"email": DEMO_EMAIL, "password": DEMO_PASSWORD, "tenant": tenant});
    let request: LoginRequest = serde_json::from_value(request).unwrap();
    let sign_in = engine.identity.login(request, &Origin::default()).await?;
    Ok(sign_in.done().unwrap())
}

#[tokio::test]
async fn the_demo_user_signs_in_and_is_an_admin() {
    let database = TestDatabase::create().await;
    let engine = engine(&database);
    let report = seed_demo(&engine).await;
    assert!(report.to_string().contains(DEMO_EMAIL), "{report}");
    let session = log_in(&engine, "demo").await.unwrap();
    let principal = engine
        .identity
        .authenticate(session.access_token.expose())
        .await
        .unwrap();
    assert!(principal.held.administer(Area::Model));
}

#[tokio::test]
async fn nobody_is_added_to_a_tenant_that_has_members_of_its_own() {
    let world = World::new().await;
    let report = tessera_seed::run(&world.engine, &options("acme"))
        .await
        .unwrap();
    assert!(!report.has_demo_user && report.people == 0);
    assert!(log_in(&world.engine, "acme").await.is_err());
    let mut rows = Rows::of(&world.database, "acme").await;
    assert_eq!(
        rows.texts("select distinct owner_id::text from contact")
            .await,
        [world.admin.principal.user.to_string()]
    );
}

#[tokio::test]
async fn an_interrupted_run_is_completed() {
    let database = TestDatabase::create().await;
    let engine = engine(&database);
    engine.identity.create_tenant("demo", "Demo").await.unwrap();
    let report = seed_demo(&engine).await;
    assert!(!report.is_new);
    assert_eq!(report.people, 5);
    log_in(&engine, "demo").await.unwrap();
}

#[tokio::test]
async fn somebody_elses_account_of_that_address_is_left_alone() {
    let world = World::new().await;
    let own = NewUser {
        tenant: "acme".to_owned(),
        email: DEMO_EMAIL.to_owned(),
        name: "Own".to_owned(),
        role: "member".to_owned(),
        password: Some("quite another one".into()),
    };
    world.engine.identity.create_user(own).await.unwrap();
    let refused = tessera_seed::run(&world.engine, &options("demo")).await;
    assert!(
        matches!(refused, Err(Error::AccountTaken(DEMO_EMAIL))),
        "{refused:?}"
    );
}
