use tessera_error::UserError;
use tessera_identity::NewUser;

use super::{PASSWORD, identity, login, places, refusal, signed_up};
use crate::support::TestDatabase;
use tessera_schema::access::area::Area;

fn bob(tenant: &str) -> NewUser {
    NewUser {
        tenant: tenant.into(),
        email: "Bob@example.com".into(),
        name: "Bob".into(),
        role: "member".into(),
        password: Some(PASSWORD.into()),
    }
}

#[tokio::test]
async fn a_tenant_and_its_members_are_made_without_signing_up() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let acme = identity.create_tenant("acme", "Acme").await.unwrap();
    identity.create_tenant("a-b", "A to B").await.unwrap();
    let slugs: Vec<String> = identity
        .list_tenants()
        .await
        .unwrap()
        .into_iter()
        .map(|tenant| tenant.slug)
        .collect();
    assert_eq!(slugs, ["a-b", "acme"]);

    let bob = identity.create_user(bob("acme")).await.unwrap();
    assert_eq!(bob.email, "bob@example.com");
    let signed_in = login(&identity, "bob@example.com", PASSWORD).await.unwrap();
    assert_eq!(signed_in.tenant.id, acme.id);
    let principal = identity
        .authenticate(signed_in.access_token.expose())
        .await
        .unwrap();
    assert_eq!(
        principal.must_administer(Area::Model).unwrap_err().code(),
        "forbidden"
    );
}

#[tokio::test]
async fn a_slug_is_checked_and_given_once() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    identity.create_tenant("acme", "Acme").await.unwrap();
    let again = refusal(identity.create_tenant("acme", "Acme").await);
    assert_eq!(places(&again), ["/slug unique"]);
    let wrong = refusal(identity.create_tenant("www", "").await);
    assert_eq!(places(&wrong), ["/slug reserved", "/name required"]);
}

#[tokio::test]
async fn a_person_with_an_account_joins_another_tenant_and_keeps_the_password() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let acme = signed_up(&identity, "acme", "bob@example.com").await;
    for slug in ["beta", "gamma", "delta"] {
        identity.create_tenant(slug, slug).await.unwrap();
    }
    let joined = identity.create_user(bob("beta")).await.unwrap();
    assert_eq!(joined.id, acme.user.id);
    let invited = NewUser {
        password: None,
        ..bob("gamma")
    };
    identity.create_user(invited).await.unwrap();

    let other_password = NewUser {
        password: Some("another password".into()),
        ..bob("delta")
    };
    let refused = refusal(identity.create_user(other_password).await);
    assert_eq!(places(&refused), ["/email unique"]);
    assert_eq!(
        refusal(login(&identity, "bob@example.com", PASSWORD).await),
        UserError::TenantNeeded(vec!["acme".into(), "beta".into(), "gamma".into()])
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_new_member_is_said() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    identity.create_tenant("acme", "Acme").await.unwrap();
    let nobody = NewUser {
        email: "bob".into(),
        name: String::new(),
        password: None,
        ..bob("acme")
    };
    assert_eq!(
        places(&refusal(identity.create_user(nobody).await)),
        ["/email email", "/name required", "/password required"]
    );
    let role = NewUser {
        role: "emperor".into(),
        ..bob("acme")
    };
    assert_eq!(
        refusal(identity.create_user(role).await),
        UserError::NotFound { what: "role" }
    );
    assert_eq!(
        refusal(identity.create_user(bob("nowhere")).await),
        UserError::NotFound { what: "tenant" }
    );
    // None of these left an account behind.
    assert_eq!(
        refusal(login(&identity, "bob@example.com", PASSWORD).await),
        UserError::WrongCredentials
    );
    identity.create_user(bob("acme")).await.unwrap();
    let twice = refusal(identity.create_user(bob("acme")).await);
    assert_eq!(places(&twice), ["/email unique"]);
}
