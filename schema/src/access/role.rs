//! Roles: what they are called, and the three that every tenant has.

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Right;
use super::area::Area;
use super::permissions::{ObjectPermissions, Permissions};
use crate::ident::{ApiName, RoleId};

/// The api name of the role of the person who makes a tenant.
pub const ADMIN: &str = "admin";

/// A role of a tenant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Role {
    #[serde(skip)]
    pub id: RoleId,
    pub api_name: String,
    pub name: String,
    /// Every tenant has it, and nobody changes it.
    pub built_in: bool,
    #[serde(flatten)]
    pub permissions: Arc<Permissions>,
}

/// The roles that every tenant has: api name, name and permissions.
#[must_use]
pub fn built_in() -> [(&'static str, &'static str, Permissions); 3] {
    let reads = Permissions::of_all(&[Right::Read], []);
    let writes = Permissions::of_all(&Right::ALL, []);
    let administers = Permissions::of_all(&Right::ALL, Area::ALL);
    [
        (ADMIN, "Admin", administers),
        ("member", "Member", writes),
        ("read_only", "Read only", reads),
    ]
}

/// The roles of a tenant.
#[derive(Debug, Clone, Default)]
pub struct Roles {
    roles: BTreeMap<RoleId, Role>,
    /// Rights that everybody has on some objects, in the place of a role's default.
    everybody: BTreeMap<ApiName, ObjectPermissions>,
}

impl Roles {
    #[must_use]
    pub fn of(
        roles: impl IntoIterator<Item = Role>,
        everybody: BTreeMap<ApiName, ObjectPermissions>,
    ) -> Self {
        let roles = roles.into_iter();
        Self {
            roles: roles.map(|role| (role.id, role)).collect(),
            everybody,
        }
    }

    /// What a role grants, with the rights that everybody has. Roles that administer the model have all that they say.
    #[must_use]
    pub fn granted(&self, id: RoleId) -> Option<Arc<Permissions>> {
        let role = self.roles.get(&id)?;
        if self.everybody.is_empty() || role.permissions.admin.contains(&Area::Model) {
            return Some(Arc::clone(&role.permissions));
        }
        let mut permissions = Permissions::clone(&role.permissions);
        for (object, rights) in &self.everybody {
            let named = permissions.objects.entry(object.clone());
            named.or_insert_with(|| rights.clone());
        }
        Some(Arc::new(permissions))
    }

    #[must_use]
    pub fn get(&self, id: RoleId) -> Option<&Role> {
        self.roles.get(&id)
    }

    #[must_use]
    pub fn named(&self, api_name: &str) -> Option<&Role> {
        self.all().find(|role| role.api_name == api_name)
    }

    /// All of them, the oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Role> {
        self.roles.values()
    }

    /// Puts a role in, or in the place of the one of its id.
    pub fn put(&mut self, role: Role) {
        self.roles.insert(role.id, role);
    }

    pub fn remove(&mut self, id: RoleId) {
        self.roles.remove(&id);
    }
}
