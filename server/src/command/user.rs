//! `tessera user`: what an operator does to people's accounts.

use std::io::Write;
use tessera_error::{Error, UserError};
use tessera_identity::{Identity, NewUser};

use super::{Failure, User};
use crate::settings::Settings;

impl User {
    pub(super) async fn run(self, identity: &Identity, settings: &Settings) -> Result<(), Failure> {
        let mut out = std::io::stdout();
        match self {
            Self::Create {
                email,
                tenant,
                role,
                name,
                password,
            } => {
                let new = NewUser {
                    tenant: tenant.clone(),
                    name: name.unwrap_or_else(|| email.clone()),
                    email,
                    role: role.clone(),
                    password: password.map(Into::into),
                };
                let made = identity.create_user(new).await;
                let user = made.map_err(|error| match error {
                    Error::User(UserError::NotFound { what: "role" }) => {
                        Failure::NoRole(role.clone())
                    }
                    Error::User(UserError::NotFound { .. }) => Failure::NoTenant(tenant.clone()),
                    other => other.into(),
                })?;
                writeln!(
                    out,
                    "{} ({}) is in the tenant {tenant} now, with the role {role}.",
                    user.email, user.id
                )?;
            }
            Self::List { tenant } => {
                let accounts = identity.accounts(tenant.as_deref()).await;
                let accounts = accounts.map_err(|error| match (error, tenant) {
                    (Error::User(UserError::NotFound { .. }), Some(tenant)) => {
                        Failure::NoTenant(tenant)
                    }
                    (other, _) => other.into(),
                })?;
                for account in accounts {
                    let state = match (account.disabled_at, account.has_second_factor) {
                        (Some(_), _) => "disabled",
                        (None, true) => "second factor",
                        (None, false) => "",
                    };
                    writeln!(
                        out,
                        "{}\t{}\t{}\t{state}",
                        account.email, account.id, account.name
                    )?;
                }
            }
            Self::ResetLink(person) => {
                let token = identity.reset_token(&person.email).await;
                let token = token.map_err(|error| nobody(error, &person.email))?;
                let page = settings.page();
                writeln!(out, "{page}/reset/{}", token.expose())?;
            }
            Self::EndSessions(person) => {
                let ended = identity.end_sessions(&person.email).await;
                let ended = ended.map_err(|error| nobody(error, &person.email))?;
                writeln!(
                    out,
                    "Sessions that were ended: {ended}. Servers notice within 5 s."
                )?;
            }
            Self::Disable(person) => {
                let disabled = identity.enable_account(&person.email, false).await;
                disabled.map_err(|error| nobody(error, &person.email))?;
                writeln!(
                    out,
                    "{} is let in no more. Servers notice within 5 s.",
                    person.email
                )?;
            }
            Self::Enable(person) => {
                let enabled = identity.enable_account(&person.email, true).await;
                enabled.map_err(|error| nobody(error, &person.email))?;
                writeln!(out, "{} may sign in again.", person.email)?;
            }
            Self::RemoveSecondFactor(person) => {
                let removed = identity.remove_second_factor(&person.email).await;
                let words = if removed.map_err(|error| nobody(error, &person.email))? {
                    "signs in with the password alone now."
                } else {
                    "had no second factor."
                };
                writeln!(out, "{} {words}", person.email)?;
            }
        }
        Ok(())
    }
}

/// An address that nobody has is named.
fn nobody(error: Error, email: &str) -> Failure {
    match error {
        Error::User(UserError::NotFound { .. }) => Failure::NoUser(email.to_owned()),
        other => other.into(),
    }
}
