//! What failed attempts do to the next one.

use std::sync::Arc;
use tessera_error::UserError;
use tessera_identity::{Identity, LoginRequest, Origin, Secret};
use tokio::task::JoinSet;

use super::{PASSWORD, founding, identity, refusal, signed_up};
use crate::support::TestDatabase;

const WRONG: &str = "not the password";

fn from(address: &str) -> Origin {
    Origin {
        address: Some(address.parse().unwrap()),
        user_agent: None,
    }
}

/// What an attempt to sign in comes to: nothing where it succeeds, else the status.
async fn attempt(identity: &Identity, email: &str, password: &str, address: &str) -> u16 {
    let request = LoginRequest {
        email: email.into(),
        password: password.into(),
        tenant: None,
    };
    match identity.login(request, &from(address)).await {
        Ok(_) => 200,
        Err(error) => {
            let error = refusal::<()>(Err(error));
            if let UserError::TooManyRequests { retry_after } = error {
                assert!((1..=60).contains(&retry_after), "{retry_after}");
            }
            error.status()
        }
    }
}

/// Puts the last failures so many seconds back.
async fn ago(database: &TestDatabase, seconds: i32) {
    let failed =
        "update platform.sign_in_attempts set failed_at = now() - make_interval(secs => $1)";
    sqlx::query(failed)
        .bind(seconds)
        .execute(&database.pool)
        .await
        .unwrap();
}

/// Keeps waits from passing, however slow the machine is.
async fn stop_the_clock(database: &TestDatabase) {
    ago(database, -3_600).await;
}

#[tokio::test]
async fn guessing_at_an_account_has_to_wait_and_its_owner_does_not() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let (ann, bob) = ("ann@example.com", "bob@example.com");
    signed_up(&identity, "acme", ann).await;
    signed_up(&identity, "beta", bob).await;
    let (home, office, thief) = ("192.0.2.1", "192.0.2.2", "203.0.113.9");
    assert_eq!(attempt(&identity, ann, PASSWORD, home).await, 200);

    for _ in 0..5 {
        assert_eq!(attempt(&identity, ann, WRONG, thief).await, 401);
    }
    stop_the_clock(&database).await;
    for (email, password, address, expected, why) in [
        (ann, WRONG, thief, 429, "the sixth has to wait"),
        (ann, PASSWORD, thief, 429, "also where it is right"),
        (
            "Ann@Example.COM",
            WRONG,
            thief,
            429,
            "however the account is written",
        ),
        (
            bob,
            PASSWORD,
            thief,
            200,
            "another account from the same address",
        ),
        (
            ann,
            WRONG,
            office,
            429,
            "the same account from another address",
        ),
        (
            ann,
            PASSWORD,
            office,
            429,
            "the same, with the right password",
        ),
        (ann, PASSWORD, home, 200, "from where it signed in before"),
    ] {
        assert_eq!(
            attempt(&identity, email, password, address).await,
            expected,
            "{why}"
        );
    }

    // The owner's success forgets the account's failures; the waits of others pass by themselves.
    for _ in 0..5 {
        assert_eq!(attempt(&identity, ann, WRONG, thief).await, 401);
    }
    stop_the_clock(&database).await;
    assert_eq!(attempt(&identity, ann, PASSWORD, office).await, 429);
    ago(&database, 2).await;
    assert_eq!(attempt(&identity, ann, PASSWORD, office).await, 200);
}

#[tokio::test]
async fn waits_grow_and_nobody_can_keep_an_account_closed() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let ann = "ann@example.com";
    signed_up(&identity, "acme", ann).await;
    for number in 0..14 {
        // From an address of its own each time, and after the longest wait.
        let thief = format!("203.0.113.{number}");
        assert_eq!(
            attempt(&identity, ann, WRONG, &thief).await,
            401,
            "{number}"
        );
        ago(&database, 31).await;
    }
    assert_eq!(attempt(&identity, ann, WRONG, "203.0.113.99").await, 401);
    // What is refused does not count: the wait passes although somebody tries all the time.
    for seconds in [0, 8, 16] {
        ago(&database, seconds).await;
        for _ in 0..3 {
            assert_eq!(attempt(&identity, ann, WRONG, "203.0.113.98").await, 429);
        }
    }
    ago(&database, 31).await;
    assert_eq!(attempt(&identity, ann, PASSWORD, "192.0.2.2").await, 200);
}

#[tokio::test]
async fn somebody_who_guesses_where_the_owner_signs_in_has_to_wait_too() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let ann = "ann@example.com";
    signed_up(&identity, "acme", ann).await;
    let shared = "192.0.2.1";
    assert_eq!(attempt(&identity, ann, PASSWORD, shared).await, 200);
    for _ in 0..5 {
        assert_eq!(attempt(&identity, ann, WRONG, shared).await, 401);
    }
    stop_the_clock(&database).await;
    assert_eq!(attempt(&identity, ann, WRONG, shared).await, 429);
    // Elsewhere the account is as it was.
    assert_eq!(attempt(&identity, ann, PASSWORD, "192.0.2.2").await, 200);
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_as_slow_to_guess_as_one_that_does() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    signed_up(&identity, "acme", "ann@example.com").await;
    for email in ["ann@example.com", "nobody@example.com", "no address at all"] {
        let address = format!("198.51.100.{}", email.len());
        let mut told = Vec::new();
        for number in 0..7 {
            if number == 5 {
                stop_the_clock(&database).await;
            }
            told.push(attempt(&identity, email, WRONG, &address).await);
        }
        assert_eq!(told, [401, 401, 401, 401, 401, 429, 429], "{email}");
    }
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_has_to_wait() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let ann = "ann@example.com";
    signed_up(&identity, "acme", ann).await;
    assert_eq!(attempt(&identity, ann, PASSWORD, "2001:db8::1").await, 200);
    for number in 0..20 {
        let email = format!("somebody{number}@example.com");
        // Of version 6 a whole network counts as one address.
        let address = format!("2001:db8::{number:x}");
        assert_eq!(attempt(&identity, &email, WRONG, &address).await, 401);
    }
    stop_the_clock(&database).await;
    for (email, address, expected) in [
        ("other@example.com", "2001:db8::ffff", 429),
        ("other@example.com", "2001:db8:0:1::1", 401),
        (ann, "2001:db8::1", 200),
    ] {
        let password = if email == ann { PASSWORD } else { WRONG };
        assert_eq!(
            attempt(&identity, email, password, address).await,
            expected,
            "{email} {address}"
        );
    }
}

#[tokio::test]
async fn guesses_that_come_at_once_at_two_servers_are_not_all_tried() {
    let database = TestDatabase::create().await;
    let servers = [identity(&database), identity(&database)].map(Arc::new);
    signed_up(&servers[0], "acme", "ann@example.com").await;
    for _ in 0..9 {
        assert_eq!(
            attempt(&servers[0], "ann@example.com", WRONG, "192.0.2.1").await,
            401
        );
        ago(&database, 20).await;
    }
    let mut tasks = JoinSet::new();
    for number in 0..16 {
        let server = Arc::clone(&servers[number % 2]);
        tasks.spawn(async move { attempt(&server, "ann@example.com", WRONG, "192.0.2.1").await });
    }
    let told = tasks.join_all().await;
    let tried = told.iter().filter(|status| **status == 401).count();
    // As many as may hash at once, at either server.
    let at_once = std::thread::available_parallelism()
        .unwrap()
        .get()
        .div_ceil(2);
    assert!((1..=2 * at_once).contains(&tried), "{told:?}");
    assert_eq!(told.len(), 16);
}

#[tokio::test]
async fn signing_up_and_tokens_are_no_way_around() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let ann = "ann@example.com";
    signed_up(&identity, "acme", ann).await;
    let origin = from("203.0.113.9");
    for (number, expected) in [409, 409, 409, 409, 409, 429].into_iter().enumerate() {
        let mut guess = founding(&format!("guess{number}"), ann);
        guess.password = WRONG.into();
        if expected == 429 {
            stop_the_clock(&database).await;
        }
        let refused = refusal(identity.signup(guess, &origin).await);
        assert_eq!(refused.status(), expected, "{number}");
    }
    assert_eq!(attempt(&identity, ann, PASSWORD, "192.0.2.2").await, 429);

    let origin = from("203.0.113.10");
    let refresh = async |token: &str| {
        let token: Secret = token.into();
        refusal(identity.refresh(&token, &origin).await).status()
    };
    for number in 0..20 {
        let unknown = "A".repeat(86);
        let token = if number % 2 == 0 {
            "x"
        } else {
            unknown.as_str()
        };
        assert_eq!(refresh(token).await, 401, "{number}");
    }
    stop_the_clock(&database).await;
    assert_eq!(refresh("x").await, 429);
    // A token that is good is answered from there all the same.
    let session = signed_up(&identity, "beta", "bob@example.com").await;
    identity
        .refresh(&session.refresh_token, &origin)
        .await
        .unwrap();
    assert_eq!(
        attempt(&identity, "bob@example.com", PASSWORD, "203.0.113.10").await,
        429
    );
}
