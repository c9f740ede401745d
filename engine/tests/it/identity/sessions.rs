use sqlx::AssertSqlSafe;
use std::sync::Arc;
use tessera_error::UserError;
use tessera_identity::{Identity, NewUser, Origin, SignedIn, SignupPolicy};
use tessera_postgres::database::{self, begin_for};
use tessera_schema::access::area::Area;

use tokio::task::JoinSet;

use super::{JWT_SECRET, PASSWORD, identity, login, places, refusal, signed_up};
use crate::support::TestDatabase;
use crate::support::soon;

/// Whether the session's access token is accepted by a server that has not seen it before.
async fn is_alive(database: &TestDatabase, session: &SignedIn) -> bool {
    identity(database)
        .authenticate(session.access_token.expose())
        .await
        .is_ok()
}

#[tokio::test]
async fn a_refresh_token_brings_the_next_pair() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let first = signed_up(&identity, "acme", "ann@example.com").await;
    let mut newest = first.clone();
    for _ in 0..3 {
        let next = identity
            .refresh(&newest.refresh_token, &Origin::default())
            .await
            .unwrap();
        assert_ne!(next.refresh_token, newest.refresh_token);
        assert_eq!(next.user, first.user);
        assert_eq!(next.tenant.id, first.tenant.id);
        newest = next;
    }
    assert!(is_alive(&database, &newest).await);
}

/// Lets time pass since the last refresh.
async fn later(database: &TestDatabase, seconds: i32) {
    sqlx::query("update platform.sessions set rotated_at = rotated_at - make_interval(secs => $1)")
        .bind(seconds)
        .execute(&mut database.superuser().await)
        .await
        .unwrap();
}

async fn refresh(identity: &Identity, session: &SignedIn) -> Result<SignedIn, UserError> {
    let outcome = identity
        .refresh(&session.refresh_token, &Origin::default())
        .await;
    outcome.map_err(|error| refusal::<()>(Err(error)))
}

#[tokio::test]
async fn a_used_refresh_token_ends_the_whole_family() {
    for (seconds, successor_is_used) in [(31, false), (0, true)] {
        let database = TestDatabase::create().await;
        let identity = identity(&database);
        signed_up(&identity, "acme", "ann@example.com").await;
        let stolen = login(&identity, "ann@example.com", PASSWORD).await.unwrap();
        let bystander = login(&identity, "ann@example.com", PASSWORD).await.unwrap();
        let mut newest = refresh(&identity, &stolen).await.unwrap();
        if successor_is_used {
            newest = refresh(&identity, &newest).await.unwrap();
        }
        later(&database, seconds).await;

        for session in [&stolen, &newest, &newest] {
            assert_eq!(
                refresh(&identity, session).await.unwrap_err(),
                UserError::Unauthenticated
            );
        }
        // With it goes the access token; a session of another login stays.
        for token in [&stolen.access_token, &newest.access_token] {
            assert_eq!(
                refusal(identity.authenticate(token.expose()).await),
                UserError::Unauthenticated
            );
        }
        refresh(&identity, &bystander).await.unwrap();
    }
}

#[tokio::test]
async fn a_refresh_token_that_comes_again_at_once_brings_the_same_next_one() {
    let database = TestDatabase::create().await;
    let (here, elsewhere) = (identity(&database), identity(&database));
    let session = signed_up(&here, "acme", "ann@example.com").await;
    let next = refresh(&here, &session).await.unwrap();
    later(&database, 25).await;
    let again = refresh(&elsewhere, &session).await.unwrap();
    assert_eq!(again.refresh_token, next.refresh_token);
    assert!(is_alive(&database, &again).await);
    // Once more, and no more.
    assert_eq!(
        refresh(&here, &session).await.unwrap_err(),
        UserError::Unauthenticated
    );
    assert!(!is_alive(&database, &next).await);
}

#[tokio::test]
async fn a_refresh_token_that_comes_again_late_ends_the_session() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let session = signed_up(&identity, "acme", "ann@example.com").await;
    let next = refresh(&identity, &session).await.unwrap();
    later(&database, 31).await;
    assert_eq!(
        refresh(&identity, &session).await.unwrap_err(),
        UserError::Unauthenticated
    );
    assert!(!is_alive(&database, &next).await);
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_brought_back_by_a_token_that_comes_again() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let session = signed_up(&identity, "acme", "ann@example.com").await;
    let next = refresh(&identity, &session).await.unwrap();
    identity.logout(next.access_token.expose()).await.unwrap();
    assert_eq!(
        refresh(&identity, &session).await.unwrap_err(),
        UserError::Unauthenticated
    );
}

#[tokio::test]
async fn of_sixteen_refreshes_with_one_token_at_two_servers_two_are_answered() {
    let database = TestDatabase::create().await;
    let servers = [identity(&database), identity(&database)].map(Arc::new);
    let session = signed_up(&servers[0], "acme", "ann@example.com").await;
    let mut tasks = JoinSet::new();
    for number in 0..16 {
        let (server, session) = (Arc::clone(&servers[number % 2]), session.clone());
        tasks.spawn(async move { refresh(&server, &session).await });
    }
    let all: Vec<_> = tasks.join_all().await;
    let answered: Vec<_> = all.iter().flatten().collect();
    assert_eq!(answered.len(), 2);
    assert_eq!(answered[0].refresh_token, answered[1].refresh_token);
    // The third ended the session.
    assert_eq!(
        refresh(&servers[1], answered[0]).await.unwrap_err(),
        UserError::Unauthenticated
    );
}

#[tokio::test]
async fn of_two_refreshes_at_two_servers_both_go_on() {
    let database = TestDatabase::create().await;
    let servers = [identity(&database), identity(&database)];
    let mut session = signed_up(&servers[0], "acme", "ann@example.com").await;
    for _ in 0..3 {
        let (one, other) = tokio::join!(
            refresh(&servers[0], &session),
            refresh(&servers[1], &session)
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one.refresh_token, other.refresh_token);
        session = other;
    }
}

#[tokio::test]
async fn what_is_no_refresh_token_of_ours_is_refused() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let session = signed_up(&identity, "acme", "ann@example.com").await;
    let unknown_session = "A".repeat(86);
    let nothing = refusal(identity.refresh(&"".into(), &Origin::default()).await);
    assert_eq!(places(&nothing), ["/refresh_token required"]);
    for text in ["x", session.access_token.expose(), &unknown_session] {
        assert_eq!(
            refusal(identity.refresh(&text.into(), &Origin::default()).await),
            UserError::Unauthenticated,
            "{text}"
        );
    }
    identity
        .refresh(&session.refresh_token, &Origin::default())
        .await
        .unwrap();
}

#[tokio::test]
async fn an_unused_refresh_token_expires() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let session = signed_up(&identity, "acme", "ann@example.com").await;
    let mut transaction = begin_for(&database.pool, session.tenant.id).await.unwrap();
    let days: i32 = sqlx::query_scalar(
        "select extract(day from expires_at - created_at)::int from platform.sessions",
    )
    .fetch_one(&mut *transaction)
    .await
    .unwrap();
    assert!((29..=30).contains(&days), "{days}");
    sqlx::query("update platform.sessions set expires_at = now()")
        .execute(&mut *transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        refusal(
            identity
                .refresh(&session.refresh_token, &Origin::default())
                .await
        ),
        UserError::Unauthenticated
    );
}

#[tokio::test]
async fn either_token_signs_out() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let one = signed_up(&identity, "acme", "ann@example.com").await;
    let two = login(&identity, "ann@example.com", PASSWORD).await.unwrap();
    let other = login(&identity, "ann@example.com", PASSWORD).await.unwrap();
    identity.logout(one.access_token.expose()).await.unwrap();
    identity
        .logout_by_refresh_token(&two.refresh_token)
        .await
        .unwrap();
    for session in [&one, &two] {
        assert_eq!(
            refusal(
                identity
                    .refresh(&session.refresh_token, &Origin::default())
                    .await
            ),
            UserError::Unauthenticated
        );
        assert!(!is_alive(&database, session).await);
    }
    assert!(is_alive(&database, &other).await);
}

#[tokio::test]
async fn the_secrets_of_refresh_tokens_are_not_stored() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let session = signed_up(&identity, "acme", "ann@example.com").await;
    let mut superuser = database.superuser().await;
    let stored: String = sqlx::query_scalar("select s::text from platform.sessions s")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    let hexadecimal: String = {
        use base64::Engine as _;
        let token = session.refresh_token.expose();
        let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD
            .decode(token)
            .unwrap();
        bytes[32..]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    assert!(!stored.contains(&hexadecimal));
    assert!(stored.contains(&session.user.id.to_string()));
}

#[tokio::test]
async fn a_changed_role_a_removed_member_and_a_logout_elsewhere_are_seen_within_seconds() {
    let database = TestDatabase::create().await;
    let here = identity(&database);
    let elsewhere = Identity::new(
        database::connect(database::connect_options(&database.url).unwrap(), 2)
            .await
            .unwrap(),
        JWT_SECRET,
        SignupPolicy::Closed,
    );
    let changed = signed_up(&here, "acme", "ann@example.com").await;
    let signed_out = login(&here, "ann@example.com", PASSWORD).await.unwrap();
    here.create_user(NewUser {
        tenant: "acme".into(),
        email: "bob@example.com".into(),
        name: "Bob".into(),
        role: "member".into(),
        password: Some(PASSWORD.into()),
    })
    .await
    .unwrap();
    let removed = login(&here, "bob@example.com", PASSWORD).await.unwrap();
    for session in [&changed, &signed_out, &removed] {
        here.authenticate(session.access_token.expose())
            .await
            .unwrap();
    }

    let mut transaction = begin_for(&database.pool, changed.tenant.id).await.unwrap();
    for statement in [
        format!(
            "update platform.membership_roles set role_id = (select id from platform.roles where api_name = 'member') \
             where user_id = '{}'",
            changed.user.id
        ),
        format!(
            "delete from platform.memberships where user_id = '{}'",
            removed.user.id
        ),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
    elsewhere
        .logout(signed_out.access_token.expose())
        .await
        .unwrap();

    soon::so("the role has changed", async || {
        let principal = here.authenticate(changed.access_token.expose()).await;
        !principal.unwrap().held.administer(Area::Model)
    })
    .await;
    for session in [&signed_out, &removed] {
        soon::so("the session has ended", async || {
            here.authenticate(session.access_token.expose())
                .await
                .is_err()
        })
        .await;
        assert_eq!(
            refusal(
                here.refresh(&session.refresh_token, &Origin::default())
                    .await
            ),
            UserError::Unauthenticated
        );
    }
}
