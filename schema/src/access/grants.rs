//! Rights on objects and their fields.

use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Right;
use crate::ident::ApiName;

/// Tells sets of grants apart: callers of the same key see the same, and share what is made for them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccessKey([u8; 16]);

impl AccessKey {
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
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

/// All that a caller is granted in a tenant.
#[derive(Debug, Clone)]
pub struct Grants {
    granted: Granted,
    key: AccessKey,
}

#[derive(Debug, Clone, Serialize)]
struct Granted {
    model: bool,
    default: ObjectGrants,
    objects: BTreeMap<ApiName, ObjectGrants>,
}

/// The rights on one object, each with the fields that it is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ObjectGrants(pub BTreeMap<Right, Fields>);

/// Some of an object's own fields. What every object has (`id`, `created_at`, …) goes with any of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fields {
    All,
    Only(BTreeSet<ApiName>),
    Except(BTreeSet<ApiName>),
}

impl Grants {
    /// `model` is the right to change the model, and so to know all of it; `default` is for the objects that are not named.
    #[must_use]
    pub fn new(
        model: bool,
        default: ObjectGrants,
        objects: BTreeMap<ApiName, ObjectGrants>,
    ) -> Self {
        let granted = Granted {
            model,
            default,
            objects,
        };
        let text = serde_json::to_vec(&granted).expect("grants are made of names and flags");
        let hash = Sha256::digest(&text);
        let mut key = [0; 16];
        key.copy_from_slice(&hash[..16]);
        Self {
            granted,
            key: AccessKey(key),
        }
    }

    #[must_use]
    pub const fn key(&self) -> AccessKey {
        self.key
    }

    /// Whether the caller may change the model.
    #[must_use]
    pub const fn model(&self) -> bool {
        self.granted.model
    }

    /// What is granted on an object.
    #[must_use]
    pub fn on(&self, object: &ApiName) -> &ObjectGrants {
        let named = self.granted.objects.get(object);
        named.unwrap_or(&self.granted.default)
    }

    /// Whether a right is granted on some object, be it one that is not there.
    pub(super) fn somewhere(&self, right: Right) -> bool {
        self.all().any(|grants| grants.has(right))
    }

    /// Whether any right is granted.
    pub(super) fn any(&self) -> bool {
        self.all().any(ObjectGrants::any)
    }

    fn all(&self) -> impl Iterator<Item = &ObjectGrants> {
        let default = std::iter::once(&self.granted.default);
        default.chain(self.granted.objects.values())
    }
}

impl ObjectGrants {
    /// Some rights, on all fields.
    #[must_use]
    pub fn whole(rights: impl IntoIterator<Item = Right>) -> Self {
        let rights = rights.into_iter().map(|right| (right, Fields::All));
        Self(rights.collect())
    }

    #[must_use]
    pub fn has(&self, right: Right) -> bool {
        self.0.contains_key(&right)
    }

    /// Whether any right is granted.
    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether a right is granted on one of the object's own fields.
    #[must_use]
    pub fn has_on(&self, right: Right, field: &ApiName) -> bool {
        self.0.get(&right).is_some_and(|fields| fields.has(field))
    }

    /// Whether the caller may know that there is such a field. Whoever may read the object knows what they may read of it:
    /// filters and orders tell of values. Others know what they may write.
    pub(super) fn knows(&self, field: &ApiName) -> bool {
        match self.0.get(&Right::Read) {
            Some(fields) => fields.has(field),
            None => self.0.values().any(|fields| fields.has(field)),
        }
    }
}

impl Fields {
    fn has(&self, field: &ApiName) -> bool {
        match self {
            Self::All => true,
            Self::Only(fields) => fields.contains(field),
            Self::Except(fields) => !fields.contains(field),
        }
    }
}
