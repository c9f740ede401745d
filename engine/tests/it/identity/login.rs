use tessera_error::UserError;
use tessera_identity::{LoginRequest, Origin};

use super::{PASSWORD, identity, login, places, refusal, signed_up};
use crate::support::TestDatabase;

#[tokio::test]
async fn a_member_signs_in() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let ann = signed_up(&identity, "acme", "ann@example.com").await;
    let signed_in = login(&identity, "Ann@Example.COM", PASSWORD).await.unwrap();
    assert_eq!(signed_in.user, ann.user);
    assert_eq!(signed_in.tenant.id, ann.tenant.id);
    let principal = identity
        .authenticate(signed_in.access_token.expose())
        .await
        .unwrap();
    assert_eq!(principal.user, ann.user.id);
}

#[tokio::test]
async fn a_wrong_password_an_unknown_address_and_a_foreign_tenant_get_one_answer() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    signed_up(&identity, "acme", "ann@example.com").await;
    signed_up(&identity, "beta", "bob@example.com").await;
    for (email, password, tenant) in [
        ("ann@example.com", "wrong password", None),
        ("nobody@example.com", PASSWORD, None),
        ("no address", PASSWORD, None),
        ("nul\0@example.com", PASSWORD, None),
        ("ann@example.com", PASSWORD, Some("beta")),
        ("ann@example.com", PASSWORD, Some("no-such-tenant")),
        ("ann@example.com", PASSWORD, Some("nul\0")),
    ] {
        let request = LoginRequest {
            email: email.into(),
            password: password.into(),
            tenant: tenant.map(Into::into),
        };
        assert_eq!(
            refusal(identity.login(request, &Origin::default()).await),
            UserError::WrongCredentials,
            "{email:?} {tenant:?}"
        );
    }
}

#[tokio::test]
async fn what_could_never_be_right_is_said_without_looking() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let nothing = refusal(login(&identity, "", "").await);
    assert_eq!(places(&nothing), ["/email required", "/password required"]);
    let endless = "x".repeat(1025);
    let refused = refusal(login(&identity, "ann@example.com", &endless).await);
    assert_eq!(places(&refused), ["/password too_long"]);
}

#[tokio::test]
async fn who_is_in_several_tenants_is_asked_which_once_the_password_was_right() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let beta = signed_up(&identity, "beta", "ann@example.com").await;
    signed_up(&identity, "acme", "ann@example.com").await;
    signed_up(&identity, "gamma", "bob@example.com").await;

    let asked = refusal(login(&identity, "ann@example.com", PASSWORD).await);
    assert_eq!(
        asked,
        UserError::TenantNeeded(vec!["acme".into(), "beta".into()])
    );
    assert_eq!(asked.status(), 409);
    assert_eq!(
        refusal(login(&identity, "ann@example.com", "wrong password").await),
        UserError::WrongCredentials
    );

    let request = LoginRequest {
        email: "ann@example.com".into(),
        password: PASSWORD.into(),
        tenant: Some("beta".into()),
    };
    let signed_in = identity
        .login(request, &Origin::default())
        .await
        .unwrap()
        .done()
        .unwrap();
    assert_eq!(signed_in.tenant.id, beta.tenant.id);
    let principal = identity
        .authenticate(signed_in.access_token.expose())
        .await
        .unwrap();
    assert_eq!(principal.tenant, beta.tenant.id);
}

#[tokio::test]
async fn an_address_of_any_script_signs_in_however_it_is_written() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    for (slug, email, kept, spellings) in [
        (
            "umlaut",
            "Info@müller.test",
            "info@müller.test",
            ["INFO@MÜLLER.TEST", "info@xn--mller-kva.test"],
        ),
        (
            "cyrillic",
            "Иван@почта.рф",
            "иван@почта.рф",
            ["ИВАН@ПОЧТА.РФ", "иван@xn--80a1acny.xn--p1ai"],
        ),
    ] {
        let signed_up = signed_up(&identity, slug, email).await;
        assert_eq!(signed_up.user.email, kept);
        for spelling in spellings {
            let signed_in = login(&identity, spelling, PASSWORD).await.unwrap();
            assert_eq!(signed_in.user, signed_up.user, "{spelling}");
        }
    }
}

#[tokio::test]
async fn an_unknown_address_is_counted_once_however_it_is_written() {
    let database = TestDatabase::create().await;
    let identity = identity(&database);
    let spellings = ["nobody@müller.test", "NOBODY@xn--mller-kva.test"];
    for attempt in 0..5 {
        let refused = refusal(login(&identity, spellings[attempt % 2], "wrong password").await);
        assert_eq!(refused, UserError::WrongCredentials);
    }
    for spelling in spellings {
        let refused = refusal(login(&identity, spelling, "wrong password").await);
        assert!(
            matches!(refused, UserError::TooManyRequests { .. }),
            "{spelling} {refused:?}"
        );
    }
}
