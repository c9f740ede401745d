//! The tenant that is seeded and the people who own its records.

use std::sync::Arc;
use tessera_engine::engine::Engine;
use tessera_engine::request_context::RequestContext;
use tessera_error::{Error as EngineError, UserError};
use tessera_identity::NewUser;
use tessera_identity::principal::{HeldRoles, Principal};
use tessera_schema::access::role::{ADMIN, Role};
use tessera_schema::ident::{TenantId, UserId};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::store::{self, Member};
use crate::{DEMO_EMAIL, DEMO_PASSWORD};

/// The demo's people: address, name, role. The first is who signs in to look around.
const PEOPLE: [(&str, &str, &str); 5] = [
    (DEMO_EMAIL, "Test User", "admin"),
    ("ilze.kalnina@example.com", "Ilze Kalniņa", "member"),
    ("olga.smirnova@example.com", "Ольга Смирнова", "member"),
    ("daniel.hughes@example.com", "Daniel Hughes", "member"),
    ("sabine.vogel@example.com", "Sabine Vogel", "member"),
];

pub(crate) struct Team {
    /// Whoever runs the command holds the database, and so may do anything in it.
    pub(crate) context: RequestContext,
    /// At least one, in an order that does not depend on the database.
    pub(crate) owners: Vec<UserId>,
    pub(crate) is_new: bool,
    pub(crate) admitted: usize,
    pub(crate) has_demo_user: bool,
}

/// Makes sure that the tenant is there and has members.
///
/// The demo's people come only into a tenant that is new, empty or theirs already: their password is no secret.
pub(crate) async fn assemble(engine: &Engine, slug: &str) -> Result<Team> {
    let tenants = engine.identity.list_tenants().await?;
    let known = tenants.into_iter().find(|tenant| tenant.slug == slug);
    let is_new = known.is_none();
    let tenant = match known {
        Some(tenant) => tenant,
        None => engine.identity.create_tenant(slug, &title(slug)).await?,
    };

    let mut members = members(engine, tenant.id).await?;
    let mut admitted = 0;
    if members.is_empty() || has_demo_user(&members) {
        for (email, name, role) in PEOPLE {
            if !members.iter().any(|member| member.email == email) {
                let id = admit(engine, slug, email, name, role).await?;
                members.push(Member {
                    id,
                    email: email.to_owned(),
                });
                admitted += 1;
            }
        }
    }
    let has_demo_user = has_demo_user(&members);
    // The demo's people in their own order, then others by address.
    members.sort_by_key(|member| {
        PEOPLE
            .iter()
            .position(|(email, ..)| *email == member.email)
            .unwrap_or(PEOPLE.len())
    });
    let owners: Vec<UserId> = members.iter().map(|member| member.id).collect();
    Ok(Team {
        context: operator(engine, tenant.id, owners[0]).await?,
        owners,
        is_new,
        admitted,
        has_demo_user,
    })
}

async fn members(engine: &Engine, tenant: TenantId) -> Result<Vec<Member>> {
    let reader = operator(engine, tenant, UserId(Uuid::nil())).await?;
    store::members(engine, &reader).await
}

fn has_demo_user(members: &[Member]) -> bool {
    members.iter().any(|member| member.email == DEMO_EMAIL)
}

async fn admit(
    engine: &Engine,
    slug: &str,
    email: &'static str,
    name: &str,
    role: &str,
) -> Result<UserId> {
    let new = NewUser {
        tenant: slug.to_owned(),
        email: email.to_owned(),
        name: name.to_owned(),
        role: role.to_owned(),
        password: Some(DEMO_PASSWORD.into()),
    };
    match engine.identity.create_user(new).await {
        Ok(user) => Ok(user.id),
        Err(EngineError::User(UserError::Conflict(_))) => Err(Error::AccountTaken(email)),
        Err(error) => Err(error.into()),
    }
}

async fn operator(engine: &Engine, tenant: TenantId, user: UserId) -> Result<RequestContext> {
    let snapshot = engine.model(tenant).await?;
    let admin: Vec<Role> = snapshot.roles().named(ADMIN).cloned().into_iter().collect();
    Ok(RequestContext::of(Principal {
        tenant,
        user,
        held: Arc::new(HeldRoles::of(&admin)),
        team_ids: Arc::default(),
    }))
}

/// `my-shop` as a name: `My shop`.
fn title(slug: &str) -> String {
    let words = slug.replace('-', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
