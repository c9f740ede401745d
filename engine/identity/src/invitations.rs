//! Invitations: links by which people become members of a tenant.
//!
//! A link is valid once, for a week. Its owner makes an account, or, where the address has one, gives its password: nobody is
//! made a member by others. While no mail is set up, the person who invites passes the link on.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{FromRow, PgConnection};
use std::time::Duration;
use tessera_compiler::tenant::Tenant;
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::access::area::Area;
use tessera_schema::email_address;
use tessera_schema::ident::RoleId;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use super::audit::{self, Act};
use super::member::{self, User};
use super::opaque_token::OpaqueToken;
use super::origin::Origin;
use super::secret::Secret;
use super::sign_in::SignIn;
use super::users::{self, Account};
use super::validation::Checks;
use super::{Identity, roles, tenants};
use crate::principal::Principal;

const LIFETIME: Duration = Duration::from_hours(7 * 24);
/// The most addresses that are invited at once.
const MOST: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InvitationRequest {
    pub emails: Vec<String>,
    /// The api names of the roles that each of them gets.
    pub roles: Vec<String>,
}

/// An invitation that has not been accepted.
#[derive(Debug, Clone, Serialize, FromRow)]
pub struct Invitation {
    pub id: Uuid,
    pub email: String,
    /// The api names of the roles that it brings.
    pub roles: Vec<String>,
    /// The user who invited.
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// An invitation that was just made.
#[derive(Debug, Clone)]
pub struct SentInvitation {
    pub invitation: Invitation,
    /// Shown once: its hash is stored.
    pub token: Secret,
}

/// An invitation as the holder of its link sees it.
#[derive(Debug, Clone, Serialize)]
pub struct OpenInvitation {
    pub email: String,
    pub tenant: Tenant,
    pub expires_at: DateTime<Utc>,
    /// Whether the address has an account, whose password is then asked for.
    pub has_account: bool,
}

#[derive(Debug, Default)]
pub struct Acceptance {
    /// Needed for a new account. An account that exists keeps its own.
    pub name: Option<String>,
    pub password: Secret,
}

impl Identity {
    /// Invites people to the caller's tenant. It replaces an earlier invitation of the same address.
    ///
    /// # Errors
    /// A violation of each address, or of a role's name. [`UserError::Forbidden`].
    pub async fn invite(
        &self,
        principal: &Principal,
        request: &InvitationRequest,
    ) -> Result<Vec<SentInvitation>> {
        principal.must_administer(Area::Members)?;
        let addresses = addresses(&request.emails)?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let roles = roles::find_to_give(&mut transaction, principal, &request.roles, &[]).await?;
        let role_ids: Vec<Uuid> = roles.iter().map(|role| role.id.0).collect();
        refuse_members(&mut transaction, &addresses).await?;
        let expires_at = Utc::now() + LIFETIME;
        let mut sent = Vec::new();
        for (_, email) in addresses {
            let token = OpaqueToken::generate(principal.tenant, Uuid::now_v7())?;
            let created_at = sqlx::query_scalar(
                "insert into platform.invitations (id, tenant_id, email, role_ids, token_hash, created_by, expires_at)
                 values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (tenant_id, email) do update set id = excluded.id, role_ids = excluded.role_ids,
                     token_hash = excluded.token_hash, created_by = excluded.created_by, created_at = now(), expires_at = excluded.expires_at
                 returning created_at",
            )
            .bind(token.id)
            .bind(principal.tenant.0)
            .bind(&email)
            .bind(&role_ids)
            .bind(token.secret_hash())
            .bind(principal.user.0)
            .bind(expires_at)
            .fetch_one(&mut *transaction)
            .await?;
            let details = json!({"email": email, "roles": request.roles});
            let act = Act::of_access("invitation.sent", details);
            audit::note(&mut transaction, Some(principal.user), &act).await?;
            let roles = roles.iter().map(|role| role.api_name.clone());
            sent.push(SentInvitation {
                invitation: Invitation {
                    id: token.id,
                    email,
                    roles: roles.collect(),
                    created_by: principal.user.0,
                    created_at,
                    expires_at,
                },
                token: token.to_text(),
            });
        }
        transaction.commit().await?;
        Ok(sent)
    }

    /// The invitations of the caller's tenant that have not been accepted, the newest first.
    pub async fn invitations(&self, principal: &Principal) -> Result<Vec<Invitation>> {
        principal.must_administer(Area::Members)?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let invitations = sqlx::query_as(
            "select i.id, i.email, i.created_by, i.created_at, i.expires_at,
                 array(select r.api_name from platform.roles r where r.tenant_id = i.tenant_id and r.id = any(i.role_ids) order by r.api_name) as roles
             from platform.invitations i where i.tenant_id = platform.current_tenant_id()
             order by i.created_at desc, i.id desc",
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(invitations)
    }

    /// Takes an invitation back.
    pub async fn withdraw_invitation(&self, principal: &Principal, id: Uuid) -> Result<()> {
        principal.must_administer(Area::Members)?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let email: Option<String> = sqlx::query_scalar(
            "delete from platform.invitations where tenant_id = platform.current_tenant_id() and id = $1 returning email",
        )
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await?;
        let email = email.ok_or_else(not_found)?;
        let act = Act::of_access("invitation.withdrawn", json!({"email": email}));
        audit::note(&mut transaction, Some(principal.user), &act).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The invitation that a link leads to.
    ///
    /// # Errors
    /// [`UserError::NotFound`] where it has expired, was accepted, withdrawn or replaced, or never was.
    pub async fn open_invitation(&self, token: &str) -> Result<OpenInvitation> {
        let token = OpaqueToken::parse(token).ok_or_else(not_found)?;
        let mut transaction = database::begin_for(&self.pool, token.tenant).await?;
        let stored = find(&mut transaction, &token).await?;
        let tenant = tenants::find_by_id(&mut transaction, token.tenant).await?;
        transaction.commit().await?;
        Ok(OpenInvitation {
            has_account: users::find(&self.pool, &stored.email).await?.is_some(),
            email: stored.email,
            tenant: tenant.ok_or_else(not_found)?,
            expires_at: stored.expires_at,
        })
    }

    /// Makes the owner of a link a member, and signs them in.
    ///
    /// # Errors
    /// As [`Self::open_invitation`]. A violation of the name or the password, also where the password is not that of the account
    /// which the address has.
    pub async fn accept_invitation(
        &self,
        token: &str,
        acceptance: &Acceptance,
        origin: &Origin,
    ) -> Result<SignIn> {
        let token = OpaqueToken::parse(token).ok_or_else(not_found)?;
        let mut transaction = database::begin_for(&self.pool, token.tenant).await?;
        let stored = find(&mut transaction, &token).await?;
        transaction.commit().await?;
        let (user, new) = self.invited(stored.email, acceptance, origin).await?;

        let mut transaction = database::begin_for(&self.pool, token.tenant).await?;
        // Only the first of two at once finds it.
        let roles = take(&mut transaction, &token).await?;
        let tenant = tenants::find_by_id(&mut transaction, token.tenant)
            .await?
            .ok_or_else(not_found)?;
        if let Some(account) = &new {
            users::insert(&mut transaction, account).await?;
        }
        if !member::admit(&mut transaction, &tenant, &user, &roles).await? {
            return Err(users::member_already().into());
        }
        let act = Act::of_access("invitation.accepted", json!({"email": user.email}));
        audit::note(&mut transaction, Some(user.id), &act).await?;
        self.begin_first_session(transaction, user.id, new, origin)
            .await
    }

    /// The person who accepts, and their account where it is a new one.
    async fn invited(
        &self,
        email: String,
        acceptance: &Acceptance,
        origin: &Origin,
    ) -> Result<(User, Option<Account>)> {
        let mut checks = Checks::default();
        if let Some(account) = users::find(&self.pool, &email).await? {
            checks.given_password("password", &acceptance.password);
            checks.finish()?;
            let is_theirs = self
                .try_password(&email, Some(&account), &acceptance.password, origin)
                .await?;
            if !is_theirs {
                let place = Pointer::root().key("password");
                let message = "this is not the password of the account with this address";
                return Err(UserError::invalid(place, "wrong_password", message).into());
            }
            return Ok((account.user, None));
        }
        let name = acceptance.name.as_deref().unwrap_or_default();
        checks.name("name", name);
        checks.new_password("password", &acceptance.password);
        checks.finish()?;
        let account = self
            .new_account(email, name.to_owned(), &acceptance.password)
            .await?;
        Ok((account.user.clone(), Some(account)))
    }
}

const fn not_found() -> UserError {
    UserError::NotFound { what: "invitation" }
}

/// The addresses to invite with their places, in the form they are stored in, each once.
fn addresses(emails: &[String]) -> Result<Vec<(Pointer, String)>, UserError> {
    let place = Pointer::root().key("emails");
    if emails.is_empty() {
        return Err(UserError::invalid(place, "required", "this is required"));
    }
    if emails.len() > MOST {
        let message = format!("it takes at most {MOST} addresses");
        return Err(UserError::invalid(place, "too_many", message));
    }
    let mut addresses: Vec<(Pointer, String)> = Vec::new();
    let mut wrong = Vec::new();
    for (index, email) in emails.iter().enumerate() {
        match email_address::canonical(email.trim()) {
            Some(address) if addresses.iter().any(|(_, known)| *known == address) => {}
            Some(address) => addresses.push((place.key(index), address)),
            None => {
                let message = "this is not an e-mail address";
                wrong.push(Violation::new(place.key(index), "email", message));
            }
        }
    }
    if wrong.is_empty() {
        Ok(addresses)
    } else {
        Err(UserError::Invalid(wrong))
    }
}

/// Refuses addresses of people who are members already.
async fn refuse_members(
    connection: &mut PgConnection,
    addresses: &[(Pointer, String)],
) -> Result<()> {
    let emails: Vec<&str> = addresses.iter().map(|(_, email)| email.as_str()).collect();
    let members: Vec<String> = sqlx::query_scalar(
        "select u.email from platform.memberships m join platform.users u on u.id = m.user_id
         where m.tenant_id = platform.current_tenant_id() and u.email = any($1)",
    )
    .bind(emails)
    .fetch_all(connection)
    .await?;
    let refused = addresses.iter();
    let refused = refused.filter(|(_, email)| members.contains(email));
    let refused: Vec<Violation> = refused
        .map(|(place, email)| {
            let message = format!("{email} is a member already");
            Violation::new(place.clone(), "unique", message)
        })
        .collect();
    if refused.is_empty() {
        Ok(())
    } else {
        Err(UserError::Conflict(refused).into())
    }
}

#[derive(Debug, FromRow)]
struct Stored {
    email: String,
    expires_at: DateTime<Utc>,
}

/// The invitation of a token, in a transaction that acts for its tenant.
async fn find(connection: &mut PgConnection, token: &OpaqueToken) -> Result<Stored> {
    let stored: Option<Stored> = sqlx::query_as(
        "select email, expires_at from platform.invitations
         where tenant_id = platform.current_tenant_id() and id = $1 and token_hash = $2 and expires_at > now()",
    )
    .bind(token.id)
    .bind(token.secret_hash())
    .fetch_optional(connection)
    .await?;
    stored.ok_or_else(|| not_found().into())
}

/// Takes an invitation away, and gives the roles that it brings: those of them that the tenant still has.
async fn take(connection: &mut PgConnection, token: &OpaqueToken) -> Result<Vec<RoleId>> {
    let roles: Vec<Uuid> = sqlx::query_scalar(
        "with taken as (
             delete from platform.invitations
             where tenant_id = platform.current_tenant_id() and id = $1 and token_hash = $2 and expires_at > now()
             returning role_ids
         )
         select r.id from taken join platform.roles r on r.tenant_id = platform.current_tenant_id() and r.id = any(taken.role_ids)
         order by r.api_name",
    )
    .bind(token.id)
    .bind(token.secret_hash())
    .fetch_all(connection)
    .await?;
    if roles.is_empty() {
        return Err(not_found().into());
    }
    Ok(roles.into_iter().map(RoleId).collect())
}
