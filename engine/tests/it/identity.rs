//! Signing up, signing in and staying signed in.

mod attempts;
mod login;
mod sessions;
mod signup;
mod users;

use tessera_error::Result;
use tessera_identity::{Identity, LoginRequest, Origin, SignedIn, SignupPolicy, SignupRequest};

use crate::support::TestDatabase;
use crate::support::world::{places, refusal};

const JWT_SECRET: &[u8] = b"known to every server on one database";
const PASSWORD: &str = "correct horse";

fn identity(database: &TestDatabase) -> Identity {
    Identity::new(database.pool.clone(), JWT_SECRET, SignupPolicy::Open)
}

fn founding(slug: &str, email: &str) -> SignupRequest {
    SignupRequest {
        tenant_name: slug.to_uppercase(),
        tenant_slug: slug.into(),
        email: email.into(),
        password: PASSWORD.into(),
    }
}

/// A new tenant with this admin, whose password is [`PASSWORD`].
async fn signed_up(identity: &Identity, slug: &str, email: &str) -> SignedIn {
    identity
        .signup(founding(slug, email), &Origin::default())
        .await
        .unwrap()
        .done()
        .unwrap()
}

async fn login(identity: &Identity, email: &str, password: &str) -> Result<SignedIn> {
    let request = LoginRequest {
        email: email.into(),
        password: password.into(),
        tenant: None,
    };
    let sign_in = identity.login(request, &Origin::default()).await?;
    Ok(sign_in.done().unwrap())
}
