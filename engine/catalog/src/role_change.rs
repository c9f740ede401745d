//! Changes of a tenant's roles. They are made as changes of its model are, so that the next request on any server meets them.

use serde_json::{Map, Value as Json};
use std::sync::Arc;
use tessera_compiler::snapshot::Snapshot;
use tessera_error::{Result, UserError};
use tessera_schema::access::grants::{Grants, RoleSet};
use tessera_schema::access::permissions::Permissions;
use tessera_schema::access::role::{Role, Roles};
use tessera_schema::ident::{ApiName, RoleId, TenantId};
use tessera_schema::model::Model;
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use crate::before_commit::BeforeCommit;
use crate::change::Proposal;
use crate::models::Models;
use crate::roles::RoleStep;

/// A change of a tenant's roles.
#[derive(Debug, Clone)]
pub enum RoleChange {
    Create(Map<String, Json>),
    Patch {
        role: String,
        patch: Map<String, Json>,
    },
    Remove {
        role: String,
    },
}

/// The keys of a role that are not what it grants.
const API_NAME: &str = "api_name";
const NAME: &str = "name";
const NAME_LONGEST: usize = 100;

impl Models {
    /// Changes the roles of a tenant, and gives the role as it is then; none where it is removed. It may name what the giver
    /// sees of the model, and grant no more than the giver's roles do.
    ///
    /// # Errors
    /// What is wrong with the role. [`UserError::Conflict`] for a name that is taken, a built-in role, and the removal of a role
    /// that somebody has. [`UserError::NotFound`].
    pub async fn change_role(
        &self,
        tenant: TenantId,
        change: &RoleChange,
        giver: &RoleSet,
        before_commit: &impl BeforeCommit,
    ) -> Result<Option<Role>> {
        let propose = |snapshot: &Snapshot| {
            let step = step(snapshot, change, giver)?;
            if let RoleStep::Save(role) = &step
                && !covers(snapshot, giver, &role.permissions)
            {
                let action = "give a role that may do more than you";
                return Err(UserError::Forbidden { action });
            }
            Ok(Proposal {
                roles: vec![step],
                ..Proposal::default()
            })
        };
        let snapshot = self.edit(tenant, propose, before_commit).await?;
        let name = match change {
            RoleChange::Create(body) => body.get(API_NAME).and_then(Json::as_str),
            RoleChange::Patch { role, .. } => Some(role.as_str()),
            RoleChange::Remove { .. } => None,
        };
        Ok(name.and_then(|name| snapshot.roles().named(name).cloned()))
    }
}

/// Whether roles grant all that permissions grant.
fn covers(snapshot: &Snapshot, giver: &RoleSet, given: &Permissions) -> bool {
    let held = giver.ids().iter();
    let held: Vec<_> = held
        .filter_map(|id| snapshot.roles().granted(*id))
        .collect();
    Grants::new(held).cover(given)
}

fn step(snapshot: &Snapshot, change: &RoleChange, giver: &RoleSet) -> Result<RoleStep, UserError> {
    let view = snapshot.view(giver);
    let (model, roles) = (&view.model, snapshot.roles());
    Ok(match change {
        RoleChange::Create(body) => RoleStep::Save(created(model, roles, body)?),
        RoleChange::Patch { role, patch } => {
            RoleStep::Save(patched(model, changeable(roles, role)?, patch)?)
        }
        RoleChange::Remove { role } => RoleStep::Remove(changeable(roles, role)?.clone()),
    })
}

fn changeable<'r>(roles: &'r Roles, name: &str) -> Result<&'r Role, UserError> {
    let role = roles.named(name);
    let role = role.ok_or(UserError::NotFound { what: "role" })?;
    if role.built_in {
        let message = "a built-in role stays as it is: make a role of your own";
        return Err(UserError::conflict(Pointer::root(), "built_in", message));
    }
    Ok(role)
}

fn created(model: &Model, roles: &Roles, body: &Map<String, Json>) -> Result<Role, UserError> {
    let at = Pointer::root().key(API_NAME);
    let api_name = match body.get(API_NAME).map(Json::as_str) {
        None => Err(Violation::new(at, "required", "this is required")),
        Some(name) => ApiName::parse(name.unwrap_or_default())
            .map_err(|error| Violation::new(at, "format", error.to_string())),
    };
    let mut violations = Vec::new();
    let api_name = match api_name {
        Ok(name) => name.to_string(),
        Err(violation) => {
            violations.push(violation);
            String::new()
        }
    };
    if !body.contains_key(NAME) {
        violations.push(Violation::new(
            Pointer::root().key(NAME),
            "required",
            "this is required",
        ));
    }
    let role = Role {
        id: RoleId(Uuid::now_v7()),
        api_name,
        name: String::new(),
        built_in: false,
        permissions: Arc::default(),
    };
    let role = with(model, role, body, violations)?;
    if roles.named(&role.api_name).is_some() {
        let message = format!("there is a role `{}` already", role.api_name);
        return Err(UserError::conflict(
            Pointer::root().key(API_NAME),
            "unique",
            message,
        ));
    }
    Ok(role)
}

fn patched(model: &Model, role: &Role, patch: &Map<String, Json>) -> Result<Role, UserError> {
    let mut violations = Vec::new();
    if patch
        .get(API_NAME)
        .is_some_and(|name| *name != role.api_name)
    {
        let message = "the api name of a role stays";
        violations.push(Violation::new(
            Pointer::root().key(API_NAME),
            "read_only",
            message,
        ));
    }
    with(model, role.clone(), patch, violations)
}

/// A role with what a body says of it.
fn with(
    model: &Model,
    role: Role,
    body: &Map<String, Json>,
    mut violations: Vec<Violation>,
) -> Result<Role, UserError> {
    let name = match body.get(NAME) {
        None => role.name.clone(),
        Some(Json::String(name))
            if !name.trim().is_empty() && name.chars().count() <= NAME_LONGEST =>
        {
            name.trim().to_owned()
        }
        Some(_) => {
            let message = format!("a name of 1 to {NAME_LONGEST} characters is expected");
            violations.push(Violation::new(Pointer::root().key(NAME), "format", message));
            String::new()
        }
    };
    let known =
        |key: &str| [API_NAME, NAME, "built_in"].contains(&key) || Permissions::KEYS.contains(&key);
    for key in body.keys().filter(|key| !known(key)) {
        let message = format!(
            "a role has {API_NAME}, {NAME}, {}",
            Permissions::KEYS.join(", ")
        );
        violations.push(Violation::new(Pointer::root().key(key), "unknown", message));
    }
    let stored = serde_json::to_value(&*role.permissions);
    let stored = stored.expect("permissions are names, flags and JSON");
    let mut definition = stored.as_object().cloned().unwrap_or_default();
    for key in Permissions::KEYS {
        if let Some(given) = body.get(key) {
            definition.insert(key.to_owned(), given.clone());
        }
    }
    let permissions = match Permissions::read(&definition) {
        Ok(permissions) => {
            // What stays may name what this caller does not see.
            if body.contains_key("objects") {
                violations.extend(permissions.check(model));
            }
            permissions
        }
        Err(found) => {
            violations.extend(found);
            Permissions::default()
        }
    };
    if !violations.is_empty() {
        return Err(UserError::Invalid(violations));
    }
    Ok(Role {
        name,
        permissions: Arc::new(permissions.normal(model)),
        ..role
    })
}
