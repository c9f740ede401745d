//! Signing in with an address and a password.

use serde::Deserialize;
use sqlx::PgConnection;
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::ident::{TenantId, UserId};
use uuid::Uuid;

use super::origin::Origin;
use super::secret::Secret;
use super::sign_in::SignIn;
use super::validation::Checks;
use super::{Identity, member, users};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoginRequest {
    pub email: String,
    pub password: Secret,
    /// The tenant's slug; needed only where the address belongs to several.
    pub tenant: Option<String>,
}

impl Identity {
    /// Signs a member in, or asks for their second factor.
    ///
    /// An unknown address, a wrong password and a tenant the person is not in get the same answer, and the first two
    /// take the same time. Only who knows the password learns which tenants an address belongs to
    /// ([`UserError::TenantNeeded`]). After failed attempts the next one has to wait ([`UserError::TooManyRequests`]).
    pub async fn login(&self, request: LoginRequest, origin: &Origin) -> Result<SignIn> {
        let mut checks = Checks::default();
        checks.present("email", &request.email);
        checks.given_password("password", &request.password);
        checks.finish()?;

        let user = users::find(&self.pool, &request.email).await?;
        let password_is_right = self
            .try_password(&request.email, user.as_ref(), &request.password, origin)
            .await?;
        let Some(user) = user.filter(|_| password_is_right) else {
            return Err(UserError::WrongCredentials.into());
        };

        let mut transaction = database::begin_for_user(&self.pool, user.user.id).await?;
        let tenants = tenants_of(&mut transaction, user.user.id).await?;
        let tenant = choose(&tenants, request.tenant.as_deref())?;
        database::act_for_tenant(&mut transaction, tenant).await?;
        let member = member::find(&mut transaction, user.user.id)
            .await?
            .ok_or(UserError::WrongCredentials)?;
        self.begin_session(transaction, member, origin).await
    }
}

/// A tenant that a person may choose, by slug.
type Choice = (TenantId, String);

async fn tenants_of(connection: &mut PgConnection, user: UserId) -> Result<Vec<Choice>> {
    let tenants: Vec<(Uuid, String)> = sqlx::query_as(
        "select t.id, t.slug from platform.memberships m \
         join platform.tenants t on t.id = m.tenant_id \
         where m.user_id = $1 order by t.slug",
    )
    .bind(user.0)
    .fetch_all(connection)
    .await?;
    Ok(tenants
        .into_iter()
        .map(|(id, slug)| (TenantId(id), slug))
        .collect())
}

fn choose(tenants: &[Choice], wanted: Option<&str>) -> Result<TenantId, UserError> {
    match (wanted, tenants) {
        (Some(wanted), _) => tenants
            .iter()
            .find(|(_, slug)| slug == wanted)
            .map(|(id, _)| *id)
            .ok_or(UserError::WrongCredentials),
        (None, []) => Err(UserError::WrongCredentials),
        (None, [(only, _)]) => Ok(*only),
        (None, several) => Err(UserError::TenantNeeded(
            several.iter().map(|(_, slug)| slug.clone()).collect(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_chosen_among_ones_own() {
        let acme = (TenantId(Uuid::now_v7()), "acme".to_owned());
        let beta = (TenantId(Uuid::now_v7()), "beta".to_owned());
        let both = [acme.clone(), beta.clone()];
        assert_eq!(choose(std::slice::from_ref(&acme), None), Ok(acme.0));
        assert_eq!(choose(&both, Some("beta")), Ok(beta.0));
        assert_eq!(
            choose(&both, None),
            Err(UserError::TenantNeeded(vec!["acme".into(), "beta".into()]))
        );
        assert_eq!(
            choose(&both, Some("gamma")),
            Err(UserError::WrongCredentials)
        );
        assert_eq!(choose(&[], None), Err(UserError::WrongCredentials));
    }
}
