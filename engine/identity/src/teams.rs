//! Teams: groups of members, some of whom manage the team. `$user.team_ids` in a filter is the caller's teams.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeSet;
use tessera_error::{Result, UserError};
use tessera_postgres::database;
use tessera_schema::access::area::Area;
use tessera_schema::ident::{ApiName, TenantId, UserId};
use tessera_schema::mismatch::Mismatch;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use super::Identity;
use super::audit::{self, Act};
use super::validation::Checks;
use crate::principal::Principal;

/// The most members of one team.
const MOST: usize = 10_000;

#[derive(Debug, Clone, Serialize, FromRow)]
pub struct Team {
    pub id: Uuid,
    pub api_name: String,
    pub name: String,
    /// The ids of the users in it, its managers included.
    pub members: Vec<Uuid>,
    /// The ids of those of its members who manage it.
    pub managers: Vec<Uuid>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewTeam {
    pub api_name: String,
    pub name: String,
    pub members: Vec<Uuid>,
    pub managers: Vec<Uuid>,
}

/// A change of a team. Lists are replaced as wholes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TeamChange {
    pub name: Option<String>,
    pub members: Option<Vec<Uuid>>,
    /// Where it is absent, those managers stay who are still members.
    pub managers: Option<Vec<Uuid>>,
}

/// Everybody in a team.
struct People {
    members: Vec<Uuid>,
    managers: Vec<Uuid>,
}

impl Team {
    /// Notes what was done to it in the audit log.
    async fn note(
        &self,
        connection: &mut PgConnection,
        principal: &Principal,
        action: &'static str,
    ) -> Result<()> {
        let details =
            json!({"api_name": self.api_name, "members": self.members, "managers": self.managers});
        let act = Act::of_access(action, details);
        audit::note(connection, Some(principal.user), &act).await
    }
}

impl Identity {
    /// The teams of the caller's tenant, by name. Every member may read them.
    pub async fn teams(&self, principal: &Principal) -> Result<Vec<Team>> {
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let teams = read(&mut transaction, None).await?;
        transaction.commit().await?;
        Ok(teams)
    }

    /// # Errors
    /// [`UserError::NotFound`] where there is no team of this name, as of the next two.
    pub async fn team(&self, principal: &Principal, api_name: &str) -> Result<Team> {
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let team = find(&mut transaction, api_name).await?;
        transaction.commit().await?;
        Ok(team)
    }

    /// # Errors
    /// A violation of the names or of a member. [`UserError::Conflict`] where a team has the name. [`UserError::Forbidden`].
    pub async fn create_team(&self, principal: &Principal, new: NewTeam) -> Result<Team> {
        principal.must_administer(Area::Members)?;
        let mut checks = Checks::default();
        if new.api_name.is_empty() {
            checks.required("api_name");
        } else if let Err(error) = ApiName::parse(&new.api_name) {
            checks.refuse("api_name", Mismatch::new(error.code(), error.to_string()));
        }
        checks.name("name", &new.name);
        checks.finish()?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let people = People {
            members: new.members,
            managers: new.managers,
        };
        people.check(&mut transaction).await?;
        let id = Uuid::now_v7();
        let inserted = sqlx::query(
            "insert into platform.teams (id, tenant_id, api_name, name) values ($1, $2, $3, $4)
             on conflict (tenant_id, api_name) do nothing",
        )
        .bind(id)
        .bind(principal.tenant.0)
        .bind(&new.api_name)
        .bind(new.name)
        .execute(&mut *transaction)
        .await?;
        if inserted.rows_affected() == 0 {
            let place = Pointer::root().key("api_name");
            let message = "another team has this name already";
            return Err(UserError::conflict(place, "unique", message).into());
        }
        people.store(&mut transaction, principal.tenant, id).await?;
        let team = find(&mut transaction, &new.api_name).await?;
        team.note(&mut transaction, principal, "team.made").await?;
        transaction.commit().await?;
        self.forget_people(principal.tenant, &team.members);
        Ok(team)
    }

    /// Changes a team. It holds in the next request of each member.
    ///
    /// # Errors
    /// A violation of the name or of a member. [`UserError::Forbidden`].
    pub async fn change_team(
        &self,
        principal: &Principal,
        api_name: &str,
        change: TeamChange,
    ) -> Result<Team> {
        principal.must_administer(Area::Members)?;
        let mut checks = Checks::default();
        if let Some(name) = &change.name {
            checks.name("name", name);
        }
        checks.finish()?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        // Changes of a team take turns.
        sqlx::query(
            "update platform.teams set name = coalesce($2, name)
             where tenant_id = platform.current_tenant_id() and api_name = $1",
        )
        .bind(api_name)
        .bind(change.name)
        .execute(&mut *transaction)
        .await?;
        let before = find(&mut transaction, api_name).await?;
        let members = change.members.unwrap_or_else(|| before.members.clone());
        let managers = change.managers.unwrap_or_else(|| {
            let stay = before.managers.iter().copied();
            stay.filter(|manager| members.contains(manager)).collect()
        });
        let people = People { members, managers };
        people.check(&mut transaction).await?;
        people
            .store(&mut transaction, principal.tenant, before.id)
            .await?;
        let team = find(&mut transaction, api_name).await?;
        team.note(&mut transaction, principal, "team.changed")
            .await?;
        transaction.commit().await?;
        self.forget_people(principal.tenant, &before.members);
        self.forget_people(principal.tenant, &team.members);
        Ok(team)
    }

    /// # Errors
    /// [`UserError::Forbidden`].
    pub async fn delete_team(&self, principal: &Principal, api_name: &str) -> Result<()> {
        principal.must_administer(Area::Members)?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let team = find(&mut transaction, api_name).await?;
        sqlx::query("delete from platform.teams where tenant_id = $1 and id = $2")
            .bind(principal.tenant.0)
            .bind(team.id)
            .execute(&mut *transaction)
            .await?;
        team.note(&mut transaction, principal, "team.removed")
            .await?;
        transaction.commit().await?;
        self.forget_people(principal.tenant, &team.members);
        Ok(())
    }

    fn forget_people(&self, tenant: TenantId, people: &[Uuid]) {
        let people = people.iter().map(|user| UserId(*user)).collect();
        self.grants.forget_members(tenant, people);
    }
}

/// The teams of the tenant that the transaction acts for: all, or the one of a name.
async fn read(connection: &mut PgConnection, api_name: Option<&str>) -> Result<Vec<Team>> {
    let teams = sqlx::query_as(
        "select t.id, t.api_name, t.name,
             array(select m.user_id from platform.team_members m where m.tenant_id = t.tenant_id and m.team_id = t.id order by m.user_id) as members,
             array(select m.user_id from platform.team_members m where m.tenant_id = t.tenant_id and m.team_id = t.id and m.is_manager order by m.user_id) as managers
         from platform.teams t
         where t.tenant_id = platform.current_tenant_id() and ($1::text is null or t.api_name = $1)
         order by lower(t.name), t.api_name",
    )
    .bind(api_name)
    .fetch_all(connection)
    .await?;
    Ok(teams)
}

async fn find(connection: &mut PgConnection, api_name: &str) -> Result<Team> {
    let team = read(connection, Some(api_name)).await?.pop();
    team.ok_or_else(|| UserError::NotFound { what: "team" }.into())
}

impl People {
    /// Refuses people who are no members of the tenant, and managers who are not in the team.
    async fn check(&self, connection: &mut PgConnection) -> Result<()> {
        let mut wrong = Vec::new();
        for (key, people) in [("members", &self.members), ("managers", &self.managers)] {
            if people.len() > MOST {
                let message = format!("a team has at most {MOST} members");
                let place = Pointer::root().key(key);
                return Err(UserError::invalid(place, "too_many", message).into());
            }
        }
        let known: Vec<Uuid> = sqlx::query_scalar(
            "select user_id from platform.memberships where tenant_id = platform.current_tenant_id() and user_id = any($1)",
        )
        .bind(&self.members)
        .fetch_all(connection)
        .await?;
        let known: BTreeSet<Uuid> = known.into_iter().collect();
        let in_team: BTreeSet<Uuid> = self.members.iter().copied().collect();
        let mut check = |key: &str, people: &[Uuid], right: &BTreeSet<Uuid>, message: &str| {
            let strangers = people.iter().enumerate();
            let strangers = strangers.filter(|(_, user)| !right.contains(user));
            wrong.extend(strangers.map(|(index, _)| {
                let place = Pointer::root().key(key).key(index);
                Violation::new(place, "not_found", message)
            }));
        };
        check(
            "members",
            &self.members,
            &known,
            "there is no such member of the tenant",
        );
        check(
            "managers",
            &self.managers,
            &in_team,
            "a manager is one of the team's members",
        );
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(UserError::Invalid(wrong).into())
        }
    }

    /// Puts these people in the place of those who were in the team.
    async fn store(
        &self,
        connection: &mut PgConnection,
        tenant: TenantId,
        team: Uuid,
    ) -> Result<()> {
        sqlx::query(
            "with gone as (
                 delete from platform.team_members where tenant_id = $1 and team_id = $2 and user_id <> all($3)
             )
             insert into platform.team_members (tenant_id, team_id, user_id, is_manager)
             select distinct $1, $2, user_id, user_id = any($4) from unnest($3) user_id
             on conflict (tenant_id, user_id, team_id) do update set is_manager = excluded.is_manager",
        )
        .bind(tenant.0)
        .bind(team)
        .bind(&self.members)
        .bind(&self.managers)
        .execute(connection)
        .await?;
        Ok(())
    }
}
