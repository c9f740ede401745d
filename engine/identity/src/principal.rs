//! The caller of a request, and the roles that they have.

use std::sync::Arc;
use tessera_error::UserError;
use tessera_schema::access::area::Area;
use tessera_schema::access::grants::{AccessKey, Grants, RoleSet};
use tessera_schema::access::permissions::Permissions;
use tessera_schema::access::role::Role;
use tessera_schema::ident::{TenantId, UserId};
use uuid::Uuid;

/// An authenticated caller, acting in one tenant.
#[derive(Debug, Clone)]
pub struct Principal {
    pub tenant: TenantId,
    pub user: UserId,
    pub held: Arc<HeldRoles>,
    /// The teams that the caller is in.
    pub team_ids: Arc<[Uuid]>,
}

/// The roles of one person, which add up. They are seconds old: requests on records and the model take what a role grants from
/// the model's snapshot.
#[derive(Debug)]
pub struct HeldRoles {
    set: RoleSet,
    grants: Grants,
}

impl HeldRoles {
    #[must_use]
    pub fn of(roles: &[Role]) -> Self {
        let permissions = roles.iter().map(|role| Arc::clone(&role.permissions));
        Self {
            set: RoleSet::new(roles.iter().map(|role| role.id)),
            grants: Grants::new(permissions.collect()),
        }
    }

    /// What they grant, as a key: it changes with each change of one of them.
    #[must_use]
    pub const fn key(&self) -> AccessKey {
        self.grants.key()
    }

    /// Whether any of them administers an area.
    #[must_use]
    pub fn administer(&self, area: Area) -> bool {
        self.grants.administer(area)
    }

    /// Whether they grant all that a role grants.
    #[must_use]
    pub fn cover(&self, given: &Permissions) -> bool {
        self.grants.cover(given)
    }
}

impl Principal {
    /// The roles of the caller, by which a snapshot finds their view.
    #[must_use]
    pub fn roles(&self) -> &RoleSet {
        &self.held.set
    }

    /// What plans of requests depend on of the caller.
    #[must_use]
    pub fn access(&self) -> AccessKey {
        self.held.set.key()
    }

    /// Refuses callers whose roles do not administer an area.
    pub fn must_administer(&self, area: Area) -> Result<(), UserError> {
        if self.held.administer(area) {
            Ok(())
        } else {
            Err(UserError::Forbidden {
                action: area.action(),
            })
        }
    }

    /// Refuses a role that grants more than the caller's roles do.
    pub fn must_cover(&self, given: &Permissions) -> Result<(), UserError> {
        if self.held.cover(given) {
            Ok(())
        } else {
            let action = "give a role that may do more than you";
            Err(UserError::Forbidden { action })
        }
    }
}
