//! What a caller is granted: the sum of what their roles grant.

use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

use super::Right;
use super::area::Area;
use super::permissions::{Fields, ObjectPermissions, Permission, Permissions};
use crate::ident::{ApiName, RoleId};
use crate::object::Field;

/// Tells callers of different rights apart: those of the same key see the same, and share what is made for them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccessKey([u8; 16]);

impl AccessKey {
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn of(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.as_ref());
        }
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finalize()[..16]);
        Self(key)
    }
}

impl fmt::Display for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The roles of a caller. What they grant is said by the model's snapshot, in which they lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSet {
    ids: Arc<[RoleId]>,
    key: AccessKey,
}

impl RoleSet {
    #[must_use]
    pub fn new(ids: impl IntoIterator<Item = RoleId>) -> Self {
        let mut ids: Vec<RoleId> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let key = AccessKey::of(ids.iter().map(|id| id.0.into_bytes()));
        Self {
            ids: ids.into(),
            key,
        }
    }

    #[must_use]
    pub fn ids(&self) -> &[RoleId] {
        &self.ids
    }

    #[must_use]
    pub const fn key(&self) -> AccessKey {
        self.key
    }
}

/// All that a caller is granted in a tenant.
#[derive(Debug, Clone)]
pub struct Grants {
    roles: Vec<Arc<Permissions>>,
    key: AccessKey,
}

impl Grants {
    #[must_use]
    pub fn new(roles: Vec<Arc<Permissions>>) -> Self {
        let texts = roles.iter().map(|role| {
            serde_json::to_vec(&**role).expect("permissions are made of names, flags and JSON")
        });
        let key = AccessKey::of(texts);
        Self { roles, key }
    }

    #[must_use]
    pub const fn key(&self) -> AccessKey {
        self.key
    }

    /// Whether the caller administers an area.
    #[must_use]
    pub fn administer(&self, area: Area) -> bool {
        self.roles.iter().any(|role| role.admin.contains(&area))
    }

    /// Whether the roles together grant all that a role grants.
    #[must_use]
    pub fn cover(&self, given: &Permissions) -> bool {
        given.are_within(&self.roles)
    }

    /// What each of the roles that grant a right on an object says of it.
    pub(super) fn on<'g>(
        &'g self,
        object: &ApiName,
        right: Right,
    ) -> impl Iterator<Item = &'g Permission> + Clone {
        let roles = self.roles.iter();
        roles.filter_map(move |role| role.on(object).get(right))
    }

    /// Whether any right on an object is granted.
    pub(super) fn any_on(&self, object: &ApiName) -> bool {
        self.roles.iter().any(|role| role.on(object).any())
    }

    /// Whether a right is granted on some object, even one that does not exist.
    #[must_use]
    pub fn somewhere(&self, right: Right) -> bool {
        let mut all = self.roles.iter().flat_map(|role| role.everywhere());
        all.any(|permissions| permissions.get(right).is_some())
    }

    /// Whether any right is granted.
    pub(super) fn any(&self) -> bool {
        let mut all = self.roles.iter().flat_map(|role| role.everywhere());
        all.any(ObjectPermissions::any)
    }

    /// Whether a right is granted on one of an object's own fields. A field that a role presets is not the caller's to write.
    pub(super) fn has_on(&self, object: &ApiName, field: &Field, right: Right) -> bool {
        self.on(object, right)
            .any(|permission| permission.reaches(field))
    }

    /// Whether the caller may know that there is such a field. Where they may read the object, they know the fields that they
    /// may read: filters and orders tell of values. Others know the fields that they may write.
    pub(super) fn knows(&self, object: &ApiName, field: &Field) -> bool {
        if self.on(object, Right::Read).next().is_some() {
            return self.has_on(object, field, Right::Read);
        }
        Right::WRITES
            .into_iter()
            .any(|right| self.has_on(object, field, right))
    }
}

impl Permission {
    pub(super) fn reaches(&self, field: &Field) -> bool {
        let preset = self.presets.keys().any(|key| field.is_called(key));
        // What a role sets is the caller's to give where the role names it among the fields.
        let named = matches!(self.fields, Fields::Only(_)) || !preset;
        named && self.fields.has(field)
    }
}
