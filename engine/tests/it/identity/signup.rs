use tessera_error::UserError;
use tessera_identity::Granted;
use tessera_identity::{Identity, Origin, SignupPolicy, SignupRequest};
use tessera_schema::access::area::Area;

use super::{JWT_SECRET, PASSWORD, founding, identity, places, refusal, signed_up};
use crate::support::TestDatabase;

#[tokio::test]
async fn the_founder_of_a_tenant_is_its_admin() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let request = SignupRequest {
        tenant_name: "Acme & Söhne".into(),
        tenant_slug: "acme".into(),
        email: "Ann@Example.com".into(),
        password: PASSWORD.into(),
    };
    let browser = Origin {
        address: None,
        user_agent: Some("browser".into()),
    };
    let signed_in = identity
        .signup(request, &browser)
        .await
        .unwrap()
        .done()
        .unwrap();
    assert_eq!(signed_in.token_type, "Bearer");
    assert_eq!(signed_in.expires_in, 900);
    assert_eq!(signed_in.user.email, "ann@example.com");
    assert_eq!(signed_in.tenant.slug, "acme");

    let principal = identity
        .authenticate(signed_in.access_token.expose())
        .await
        .unwrap();
    assert_eq!(principal.tenant, signed_in.tenant.id);
    assert_eq!(principal.user, signed_in.user.id);
    assert!(principal.must_administer(Area::Model).is_ok());

    let me = identity.me(&principal).await.unwrap();
    assert_eq!(me.user.user, signed_in.user);
    assert_eq!(me.tenant.name, "Acme & Söhne");
    assert_eq!(me.roles[0].api_name, "admin");
    assert_eq!(
        me.permissions,
        Granted {
            model: true,
            read: true,
            write: true,
            admin: Area::ALL.into(),
        }
    );
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let empty = refusal(
        identity
            .signup(SignupRequest::default(), &Origin::default())
            .await,
    );
    assert_eq!(
        places(&empty),
        [
            "/tenant_name required",
            "/tenant_slug required",
            "/email required",
            "/password required"
        ]
    );
    let request = SignupRequest {
        tenant_name: "a\0b".into(),
        tenant_slug: "Acme!".into(),
        email: "ann".into(),
        password: "short".into(),
    };
    let wrong = refusal(identity.signup(request, &Origin::default()).await);
    assert_eq!(wrong.status(), 422);
    assert_eq!(
        places(&wrong),
        [
            "/tenant_name pattern",
            "/tenant_slug pattern",
            "/email email",
            "/password too_short"
        ]
    );
}

#[tokio::test]
async fn a_slug_is_given_once() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    signed_up(&identity, "acme", "ann@example.com").await;
    let again = refusal(
        identity
            .signup(founding("acme", "bob@example.com"), &Origin::default())
            .await,
    );
    assert_eq!(again.status(), 409);
    assert_eq!(places(&again), ["/tenant_slug unique"]);
}

#[tokio::test]
async fn of_two_who_want_a_slug_at_once_one_gets_it() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let origin = Origin::default();
    let (one, two) = tokio::join!(
        identity.signup(founding("acme", "ann@example.com"), &origin),
        identity.signup(founding("acme", "bob@example.com"), &origin),
    );
    let loser = if one.is_ok() { two } else { one };
    assert_eq!(places(&refusal(loser)), ["/tenant_slug unique"]);
    // Of the loser nothing is left: the address is free.
    for (slug, email) in [("beta", "ann@example.com"), ("gamma", "bob@example.com")] {
        signed_up(&identity, slug, email).await;
    }
}

#[tokio::test]
async fn an_address_founds_a_second_tenant_with_its_own_password_only() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let first = signed_up(&identity, "acme", "ann@example.com").await;

    let mut guess = founding("acme", "ann@example.com");
    guess.password = "a wrong guess".into();
    let refused = refusal(identity.signup(guess, &Origin::default()).await);
    assert_eq!(places(&refused), ["/tenant_slug unique", "/email unique"]);

    let second = signed_up(&identity, "beta", "ANN@example.com").await;
    assert_eq!(second.user.id, first.user.id);
    assert_ne!(second.tenant.id, first.tenant.id);
}

#[tokio::test]
async fn closed_means_closed() {
    let database = TestDatabase::create().await;
    let identity = Identity::new(database.pool.clone(), JWT_SECRET, SignupPolicy::Closed);
    let refused = refusal(
        identity
            .signup(founding("acme", "ann@example.com"), &Origin::default())
            .await,
    );
    assert_eq!(refused, UserError::SignupClosed);
    assert_eq!(refused.status(), 403);
    assert!(identity.list_tenants().await.unwrap().is_empty());
}
