//! What people set about themselves: their name, language and time zone, and what the page remembers for them.
//!
//! The first three are the person's, in all of their tenants. Preferences are a member's, in one tenant.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json};
use sqlx::types::Json as JsonColumn;
use sqlx::{PgConnection, PgTransaction};
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_catalog::provision;
use tessera_compiler::tenant::{SchemaName, Tenant};
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::access::Right;
use tessera_schema::access::area::Area;
use tessera_schema::access::grants::Grants;
use tessera_schema::access::role::Role;
use tessera_schema::ident::TenantId;
use tessera_schema::scalar::Scalar;
use tessera_schema::time_zone::TimeZone;
use uuid::Uuid;

use super::Identity;
use super::authenticate::not_a_person;
use super::member::{self, RoleName, User};
use super::validation::Checks;
use crate::principal::Principal;

const PREFERENCES_MAX_BYTES: usize = 32 * 1024;

/// The answer to "who am I".
#[derive(Debug, Clone, Serialize)]
pub struct Me {
    pub user: Profile,
    pub tenant: Tenant,
    pub roles: Vec<RoleName>,
    /// What all the roles together grant.
    pub permissions: Granted,
    pub preferences: Map<String, Json>,
}

/// What roles grant together, in short. `permissions` of the model's objects say it for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Granted {
    /// They may change the model.
    pub model: bool,
    /// They may read records of some objects.
    pub read: bool,
    /// They may create, change or remove records of some objects.
    pub write: bool,
    /// The areas that they administer.
    pub admin: BTreeSet<Area>,
}

impl Granted {
    fn by(roles: &[Role]) -> Self {
        let permissions = roles.iter().map(|role| Arc::clone(&role.permissions));
        let grants = Grants::new(permissions.collect());
        let mut writes = Right::WRITES.into_iter();
        Self {
            model: grants.administer(Area::Model),
            read: grants.somewhere(Right::Read),
            write: writes.any(|right| grants.somewhere(right)),
            admin: Area::ALL
                .into_iter()
                .filter(|area| grants.administer(*area))
                .collect(),
        }
    }
}

/// A person, as they see themselves.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    #[serde(flatten)]
    pub user: User,
    /// A BCP 47 tag.
    pub language: Option<String>,
    /// As the IANA names it.
    pub time_zone: Option<String>,
}

/// A change of one's own profile.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileChange {
    pub name: Part<String>,
    pub language: Part<String>,
    pub time_zone: Part<String>,
    /// Replaced as a whole.
    pub preferences: Part<Map<String, Json>>,
}

/// A part of a change.
#[derive(Debug, Default)]
pub enum Part<T> {
    /// It stays as it is.
    #[default]
    Absent,
    /// It is emptied.
    Null,
    Value(T),
}

impl<T> Part<T> {
    /// The new value; `None` where the part stays or is emptied.
    const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Option::<T>::deserialize(deserializer)?;
        Ok(given.map_or(Self::Null, Self::Value))
    }
}

impl Identity {
    pub async fn me(&self, principal: &Principal) -> Result<Me> {
        let mut transaction = self.begin_for_self(principal).await?;
        let me = me(&mut transaction, principal).await?;
        transaction.commit().await?;
        Ok(me)
    }

    /// Changes the caller's own profile.
    ///
    /// # Errors
    /// Everything that is wrong with the new values.
    pub async fn change_profile(
        &self,
        principal: &Principal,
        change: &ProfileChange,
    ) -> Result<Me> {
        let mut transaction = self.begin_for_self(principal).await?;
        check(&mut transaction, change).await?;
        let changed = sqlx::query(
            "update platform.users set name = coalesce($2, name),
                 language = case when $3 then language else $4 end,
                 time_zone = case when $5 then time_zone else $6 end
             where id = $1 and kind = 'person'",
        )
        .bind(principal.user.0)
        .bind(change.name.value())
        .bind(change.language.is_absent())
        .bind(change.language.value())
        .bind(change.time_zone.is_absent())
        .bind(change.time_zone.value())
        .execute(&mut *transaction)
        .await?;
        if changed.rows_affected() == 0 {
            return Err(not_a_person().into());
        }
        if !change.preferences.is_absent() {
            let none = Map::new();
            let preferences = change.preferences.value().unwrap_or(&none);
            sqlx::query(
                "update platform.memberships set preferences = $2
                 where tenant_id = platform.current_tenant_id() and user_id = $1",
            )
            .bind(principal.user.0)
            .bind(JsonColumn(preferences))
            .execute(&mut *transaction)
            .await?;
        }
        let me = me(&mut transaction, principal).await?;
        if !change.name.is_absent() {
            rename(&mut transaction, &me.user.user).await?;
        }
        transaction.commit().await?;
        Ok(me)
    }

    /// A transaction that acts for the caller: in their tenant, and on what is theirs in others.
    async fn begin_for_self(&self, principal: &Principal) -> Result<PgTransaction<'static>> {
        let mut transaction = self.pool.begin().await?;
        database::act_for_member(&mut transaction, principal.tenant, principal.user).await?;
        Ok(transaction)
    }
}

async fn me(connection: &mut PgConnection, principal: &Principal) -> Result<Me> {
    let member = member::find(connection, principal.user).await?;
    // Between the check of the token and this read the member may have been removed.
    let member = member.ok_or(UserError::Unauthenticated)?;
    let (language, time_zone, JsonColumn(preferences)) = sqlx::query_as(
        "select u.language, u.time_zone, m.preferences
         from platform.memberships m join platform.users u on u.id = m.user_id
         where m.tenant_id = platform.current_tenant_id() and m.user_id = $1",
    )
    .bind(principal.user.0)
    .fetch_one(connection)
    .await?;
    Ok(Me {
        user: Profile {
            user: member.user,
            language,
            time_zone,
        },
        tenant: member.tenant,
        permissions: Granted::by(&member.roles),
        roles: member.roles.iter().map(RoleName::of).collect(),
        preferences,
    })
}

async fn check(connection: &mut PgConnection, change: &ProfileChange) -> Result<()> {
    let mut checks = Checks::default();
    match &change.name {
        Part::Absent => {}
        Part::Null => checks.required("name"),
        Part::Value(name) => checks.name("name", name),
    }
    if let Some(language) = change.language.value() {
        checks.language("language", language);
    }
    if let Some(zone) = change.time_zone.value()
        && !is_zone(connection, zone).await?
    {
        checks.refuse("time_zone", TimeZone::unknown());
    }
    if let Some(preferences) = change.preferences.value() {
        let preferences = Json::Object(preferences.clone());
        if preferences.to_string().len() > PREFERENCES_MAX_BYTES {
            checks.too_long("preferences", &format!("{PREFERENCES_MAX_BYTES} bytes"));
        } else if let Err(mismatch) = Scalar::Json.normalise(&preferences) {
            checks.refuse("preferences", mismatch);
        }
    }
    checks.finish()?;
    Ok(())
}

/// Whether the database knows a time zone of this name.
async fn is_zone(connection: &mut PgConnection, name: &str) -> Result<bool> {
    let Ok(zone) = TimeZone::parse(name) else {
        return Ok(false);
    };
    let known = sqlx::query_scalar("select exists (select from pg_timezone_names where name = $1)")
        .bind(zone.name())
        .fetch_one(connection)
        .await?;
    Ok(known)
}

/// Puts a person's new name among the users of each tenant that they belong to.
async fn rename(connection: &mut PgConnection, user: &User) -> Result<()> {
    let tenants: Vec<Uuid> = sqlx::query_scalar(
        "select tenant_id from platform.memberships where user_id = $1 order by tenant_id",
    )
    .bind(user.id.0)
    .fetch_all(&mut *connection)
    .await?;
    for tenant in tenants {
        let schema = SchemaName::of(TenantId(tenant));
        provision::admit_user(connection, &schema, user.id, &user.email, &user.name).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Part, ProfileChange};

    #[test]
    fn what_is_absent_is_told_from_null() {
        let change: ProfileChange =
            serde_json::from_str(r#"{"language":null,"time_zone":"UTC"}"#).unwrap();
        assert!(matches!(change.name, Part::Absent));
        assert!(matches!(change.language, Part::Null));
        assert!(matches!(change.time_zone, Part::Value(zone) if zone == "UTC"));
    }
}
