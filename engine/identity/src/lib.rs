//! Tenants, the people in them, and how they sign in.
//!
//! An access token names the caller for a quarter of an hour; a refresh token, valid for one use, brings the next pair.
//! What a caller may do is never in a token: it is read from the database, at most seconds old. It becomes a
//! [`Principal`](principal::Principal).
//!
//! This crate must not read or write records, nor change models beyond those that a new tenant begins with.

pub mod audit;
pub mod principal;

mod access_token;
mod api_keys;
mod attempts;
mod authenticate;
mod caller;
mod grants;
mod invitations;
mod login;
mod member;
mod members;
mod mfa_token;
mod opaque_token;
mod operator;
mod origin;
mod own_sessions;
mod password;
mod password_reset;
mod profile;
mod refresh_token;
mod roles;
mod second_factor;
mod secret;
mod session;
mod session_id;
mod sign_in;
mod signup;
mod teams;
mod tenants;
mod users;
mod validation;

use sqlx::PgPool;
use std::fmt;
use tessera_compiler::cursor::CursorSecret;
use tessera_schema::ident::TenantId;

pub use api_keys::{ApiKey, MadeApiKey, NewApiKey};
pub use caller::with_caller;
pub use invitations::{Acceptance, Invitation, InvitationRequest, OpenInvitation, SentInvitation};
pub use login::LoginRequest;
pub use member::{RoleName, User};
pub use members::{MemberChange, MemberEntry};
pub use operator::AccountEntry;
pub use origin::Origin;
pub use own_sessions::{OpenSession, PasswordChange};
pub use password_reset::{ResetConfirmation, ResetRequest};
pub use profile::{Granted, Me, Part, Profile, ProfileChange};
pub use second_factor::{METHODS, RecoveryCodes, TotpConfirmation, TotpEnrolment};
pub use secret::Secret;
pub use session::{SESSION_LIFETIME, SignedIn};
pub use sign_in::SignIn;
pub use signup::{SignupPolicy, SignupRequest};
pub use teams::{NewTeam, Team, TeamChange};
pub use users::NewUser;

use access_token::AccessTokens;
use grants::Grants;
use mfa_token::MfaTokens;
use password::Passwords;
use refresh_token::Chain;
use second_factor::TotpKey;

/// Everything about who asks. One per process; cheap to share behind an `Arc`.
pub struct Identity {
    pool: PgPool,
    signup: SignupPolicy,
    access_tokens: AccessTokens,
    mfa_tokens: MfaTokens,
    totp_key: TotpKey,
    token_chain: Chain,
    passwords: Passwords,
    grants: Grants,
    cursors: CursorSecret,
}

impl Identity {
    /// `jwt_secret` signs the access tokens and leads from one refresh token to the next, and keys to seal cursors are derived from it; every
    /// server on one database needs the same.
    #[must_use]
    pub fn new(pool: PgPool, jwt_secret: &[u8], signup: SignupPolicy) -> Self {
        Self {
            pool,
            signup,
            access_tokens: AccessTokens::new(jwt_secret),
            mfa_tokens: MfaTokens::new(jwt_secret),
            totp_key: TotpKey::new(jwt_secret),
            token_chain: Chain::new(jwt_secret),
            passwords: Passwords::new(),
            grants: Grants::new(),
            cursors: CursorSecret::of(jwt_secret),
        }
    }

    /// What keys to seal cursors are derived from.
    #[must_use]
    pub const fn cursors(&self) -> &CursorSecret {
        &self.cursors
    }

    /// Makes this server see at once that the roles of a tenant have changed.
    pub fn forget_roles(&self, tenant: TenantId) {
        self.grants.forget_tenant(tenant);
    }

    #[must_use]
    pub const fn signup_policy(&self) -> SignupPolicy {
        self.signup
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("signup", &self.signup)
            .finish_non_exhaustive()
    }
}
