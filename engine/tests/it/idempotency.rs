//! Keys of requests: who holds them, and what is committed under them.

use serde_json::json;
use sqlx::query;
use std::collections::BTreeMap;
use std::time::Duration;
use tessera_engine::idempotency::{Fingerprint, Key, Run, StoredAnswer, Taken};
use tessera_error::{Result, UserError};
use tessera_identity::principal::Principal;
use tessera_schema::ident::UserId;
use uuid::Uuid;

use crate::support::world::{World, refusal, sign_up};

async fn take(world: &World, principal: &Principal, key: &str, asked: &str) -> Result<Taken> {
    let key = Key::parse(key).unwrap();
    let fingerprint = Fingerprint::of(&[asked.as_bytes()]);
    world
        .engine
        .idempotency
        .take(principal, key, fingerprint)
        .await
}

async fn run(world: &World, asked: &str) -> Run {
    match take(world, &world.admin.principal, "key", asked)
        .await
        .unwrap()
    {
        Taken::Run(run) => run,
        Taken::Answered(answer) => panic!("{answer:?}"),
    }
}

async fn refused(world: &World, asked: &str) -> UserError {
    refusal(take(world, &world.admin.principal, "key", asked).await)
}

/// Moves the ends of all leases, or of all keys, into the past.
async fn time_passes(world: &World, column: &str) {
    let text =
        format!("update platform.idempotency_keys set {column} = now() - interval '1 second'");
    let mut superuser = world.database.superuser().await;
    query(sqlx::AssertSqlSafe(text))
        .execute(&mut superuser)
        .await
        .unwrap();
}

fn answer() -> StoredAnswer {
    StoredAnswer {
        status: 201,
        headers: BTreeMap::from([("etag".to_owned(), "\"1\"".to_owned())]),
        body: vec![0, 255, b'"'],
    }
}

#[tokio::test]
async fn an_answer_is_given_again_to_the_same_request_of_the_same_user() {
    let world = World::new().await;
    let first = run(&world, "this").await;
    assert_eq!(
        refused(&world, "this").await,
        UserError::IdempotencyInProgress
    );
    assert_eq!(
        refused(&world, "that").await,
        UserError::IdempotencyKeyReused
    );
    world
        .engine
        .idempotency
        .store_answer(&first, &answer())
        .await
        .unwrap();
    let again = take(&world, &world.admin.principal, "key", "this")
        .await
        .unwrap();
    assert!(matches!(again, Taken::Answered(again) if again == answer()));
    assert_eq!(
        refused(&world, "that").await,
        UserError::IdempotencyKeyReused
    );

    let somebody = Principal {
        user: UserId(Uuid::now_v7()),
        ..world.admin.principal.clone()
    };
    let elsewhere = Principal {
        user: world.admin.principal.user,
        ..sign_up(&world.engine, "beta").await.principal
    };
    for principal in [somebody, elsewhere] {
        let theirs = take(&world, &principal, "key", "this").await.unwrap();
        assert!(matches!(theirs, Taken::Run(_)));
    }
    let other = take(&world, &world.admin.principal, "another", "this")
        .await
        .unwrap();
    assert!(matches!(other, Taken::Run(_)));
}

#[tokio::test]
async fn a_key_is_free_again_after_a_day_and_is_swept() {
    let world = World::new().await;
    let first = run(&world, "this").await;
    world
        .engine
        .idempotency
        .store_answer(&first, &answer())
        .await
        .unwrap();
    assert_eq!(world.engine.idempotency.sweep().await.unwrap(), 0);
    time_passes(&world, "expires_at").await;
    run(&world, "that").await;
    assert_eq!(
        refused(&world, "this").await,
        UserError::IdempotencyKeyReused
    );
    take(&world, &world.admin.principal, "another", "x")
        .await
        .unwrap();
    time_passes(&world, "expires_at").await;
    assert_eq!(world.engine.idempotency.sweep().await.unwrap(), 2);
    assert_eq!(world.engine.idempotency.sweep().await.unwrap(), 0);
}

#[tokio::test]
async fn who_has_done_nothing_is_followed_once_the_lease_has_passed() {
    let world = World::new().await;
    let first = run(&world, "this").await;
    time_passes(&world, "leased_until").await;
    assert_eq!(
        refused(&world, "that").await,
        UserError::IdempotencyKeyReused
    );
    let second = run(&world, "this").await;
    assert_eq!(
        refused(&world, "this").await,
        UserError::IdempotencyInProgress
    );

    // The first was only slow: whatever it does now is not committed.
    let create = world.within(&first).create("contact", json!({})).await;
    assert_eq!(refusal(create), UserError::IdempotencyInProgress);
    let field = json!({"api_name": "extra", "type": "text"});
    let change = world
        .within(&first)
        .add_field("contact", field.clone())
        .await;
    assert_eq!(refusal(change), UserError::IdempotencyInProgress);
    assert_eq!(world.list("contact", json!({}), "").await.len(), 0);
    assert!(
        world
            .model()
            .await
            .whole()
            .object("contact")
            .unwrap()
            .attribute("extra")
            .is_none()
    );

    world
        .within(&second)
        .create("contact", json!({}))
        .await
        .unwrap();
    world
        .within(&second)
        .add_field("contact", field)
        .await
        .unwrap();
    assert_eq!(world.list("contact", json!({}), "").await.len(), 1);
    // Nor can its answer, or its leaving, take the place of the second's.
    world
        .engine
        .idempotency
        .store_answer(&first, &answer())
        .await
        .unwrap();
    world.engine.idempotency.release(&first).await.unwrap();
    assert_eq!(
        refused(&world, "this").await,
        UserError::IdempotencyInProgress
    );
}

#[tokio::test]
async fn who_has_done_something_is_not_followed() {
    let world = World::new().await;
    let first = run(&world, "this").await;
    world
        .within(&first)
        .create("contact", json!({}))
        .await
        .unwrap();
    world.engine.idempotency.release(&first).await.unwrap();
    assert_eq!(
        refused(&world, "this").await,
        UserError::IdempotencyInProgress
    );
    time_passes(&world, "leased_until").await;
    assert_eq!(
        refused(&world, "this").await,
        UserError::IdempotencyInterrupted
    );
    world
        .engine
        .idempotency
        .store_answer(&first, &answer())
        .await
        .unwrap();
    let again = take(&world, &world.admin.principal, "key", "this")
        .await
        .unwrap();
    assert!(matches!(again, Taken::Answered(_)), "late is not too late");
}

#[tokio::test]
async fn what_failed_has_done_nothing() {
    let world = World::new().await;
    let field = json!({"api_name": "code", "type": "text", "unique": true});
    world.add_field("contact", field).await.unwrap();
    world.create("contact", json!({"code": "a"})).await.unwrap();
    let first = run(&world, "this").await;
    let taken = world
        .within(&first)
        .create("contact", json!({"code": "a"}))
        .await;
    assert_eq!(refusal(taken).status(), 409);
    let nonsense = json!({"api_name": "code", "type": "text"});
    let taken = world.within(&first).add_field("contact", nonsense).await;
    assert!(taken.is_err());
    world.engine.idempotency.release(&first).await.unwrap();
    run(&world, "that").await;
}

#[tokio::test]
async fn the_rows_are_each_users_own() {
    let world = World::new().await;
    run(&world, "this").await;
    let pool = &world.database.pool;
    let count = "select count(*) from platform.idempotency_keys";
    let mut transaction = pool.begin().await.unwrap();
    for (settings, seen) in [
        (
            format!(
                "set local tessera.tenant_id = '{}'",
                world.admin.principal.tenant
            ),
            0,
        ),
        ("set local tessera.sweeping = 'on'".to_owned(), 0),
        (
            format!("set local tessera.user_id = '{}'", Uuid::now_v7()),
            0,
        ),
        (
            format!(
                "set local tessera.user_id = '{}'",
                world.admin.principal.user
            ),
            1,
        ),
        (
            format!("set local tessera.tenant_id = '{}'", Uuid::now_v7()),
            0,
        ),
    ] {
        query(sqlx::AssertSqlSafe(settings.clone()))
            .execute(&mut *transaction)
            .await
            .unwrap();
        let rows: i64 = sqlx::query_scalar(count)
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        assert_eq!(rows, seen, "{settings}");
    }
}

#[tokio::test]
async fn requests_that_wait_for_a_key_leave_connections_to_others() {
    let world = World::new().await;
    run(&world, "this").await;
    let mut superuser = world.database.superuser().await;
    sqlx::raw_sql("begin; select from platform.idempotency_keys for update")
        .execute(&mut superuser)
        .await
        .unwrap();
    let waiting: Vec<_> = (0..10)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move { refused(&world, "this").await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let pool = &world.database.pool;
    let most = pool.options().get_max_connections() / 2;
    let busy = usize::try_from(pool.size()).unwrap() - pool.num_idle();
    assert_eq!(busy, usize::try_from(most).unwrap());
    sqlx::raw_sql("commit")
        .execute(&mut superuser)
        .await
        .unwrap();
    for refused in waiting {
        assert_eq!(refused.await.unwrap(), UserError::IdempotencyInProgress);
    }
}
