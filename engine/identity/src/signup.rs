//! Signing up: a new tenant with its first admin.

use serde::Deserialize;
use std::str::FromStr;
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::access::role;

use super::origin::Origin;
use super::sign_in::SignIn;
use super::users::Account;
use super::validation::Checks;
use super::{Identity, Secret, member, roles, tenants, users};

/// Who may make tenants over the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignupPolicy {
    /// Anybody.
    Open,
    /// Nobody: tenants are made from the command line.
    Closed,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a sign-up policy: it is `open` or `closed`")]
pub struct UnknownSignupPolicy(String);

impl FromStr for SignupPolicy {
    type Err = UnknownSignupPolicy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "open" => Ok(Self::Open),
            "closed" => Ok(Self::Closed),
            other => Err(UnknownSignupPolicy(other.to_owned())),
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignupRequest {
    pub tenant_name: String,
    pub tenant_slug: String,
    pub email: String,
    pub password: Secret,
}

impl Identity {
    /// Makes a tenant and signs its first admin in.
    ///
    /// An address that has an account already may be used by who knows its password: it then belongs to one tenant more.
    pub async fn signup(&self, request: SignupRequest, origin: &Origin) -> Result<SignIn> {
        if self.signup == SignupPolicy::Closed {
            return Err(UserError::SignupClosed.into());
        }
        let mut checks = Checks::default();
        checks.name("tenant_name", &request.tenant_name);
        checks.slug("tenant_slug", &request.tenant_slug);
        let email = checks.email("email", &request.email);
        checks.new_password("password", &request.password);
        checks.finish()?;

        let mut taken = Vec::new();
        if tenants::find(&self.pool, &request.tenant_slug)
            .await?
            .is_some()
        {
            taken.push(tenants::slug_taken("tenant_slug"));
        }
        let founder = self.founder(email, &request.password, origin).await?;
        if founder.is_none() {
            taken.extend_from_slice(users::email_taken().violations());
        }
        let (Some(founder), true) = (founder, taken.is_empty()) else {
            return Err(UserError::Conflict(taken).into());
        };

        let tenant = tenants::new_tenant(&request.tenant_slug, &request.tenant_name);
        let mut transaction = database::begin_for(&self.pool, tenant.id).await?;
        if !tenants::found(&mut transaction, &tenant).await? {
            return Err(UserError::Conflict(vec![tenants::slug_taken("tenant_slug")]).into());
        }
        let (user, new) = match founder {
            Founder::Known(account) => (account.user, None),
            Founder::New(account) => {
                users::insert(&mut transaction, &account).await?;
                (account.user.clone(), Some(account))
            }
        };
        let admin = [role::ADMIN.to_owned()];
        let roles = roles::find_all(&mut transaction, tenant.id, &admin).await?;
        member::admit(&mut transaction, &tenant, &user, &roles::ids(&roles)).await?;
        self.begin_first_session(transaction, user.id, new, origin)
            .await
    }

    /// Who signs up; none where the address is somebody's and the password not theirs. Takes as long either way.
    async fn founder(
        &self,
        email: String,
        password: &Secret,
        origin: &Origin,
    ) -> Result<Option<Founder>> {
        let Some(account) = users::find(&self.pool, &email).await? else {
            let name = email.split('@').next().unwrap_or_default().to_owned();
            let account = self.new_account(email, name, password).await?;
            return Ok(Some(Founder::New(account)));
        };
        let is_theirs = self
            .try_password(&email, Some(&account), password, origin)
            .await?;
        Ok(is_theirs.then_some(Founder::Known(account)))
    }
}

/// The first admin of a new tenant.
enum Founder {
    Known(Account),
    New(Account),
}

#[cfg(test)]
mod tests {
    use super::SignupPolicy;

    #[test]
    fn the_policy_is_open_or_closed() {
        assert_eq!("open".parse(), Ok(SignupPolicy::Open));
        assert_eq!("closed".parse(), Ok(SignupPolicy::Closed));
        assert!("ajar".parse::<SignupPolicy>().is_err());
    }
}
