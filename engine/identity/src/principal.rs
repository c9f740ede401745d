//! Who asks, and what that role may do.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use tessera_error::UserError;
use tessera_schema::access::Right;
use tessera_schema::access::grants::{AccessKey, Grants, ObjectGrants};
use tessera_schema::ident::{TenantId, UserId};
use uuid::Uuid;

/// An authenticated caller, acting in one tenant.
#[derive(Debug, Clone)]
pub struct Principal {
    pub tenant: TenantId,
    pub user: UserId,
    pub role: Arc<Role>,
    /// The teams that the caller is in.
    pub team_ids: Arc<[Uuid]>,
}

impl Principal {
    /// What the caller is granted on objects.
    #[must_use]
    pub fn grants(&self) -> &'static Arc<Grants> {
        self.role.permissions.grants()
    }

    /// What plans of requests depend on of the caller.
    #[must_use]
    pub fn access(&self) -> AccessKey {
        self.grants().key()
    }

    /// Refuses callers whose roles do not administer an area. Of the built-in roles, `admin` administers all areas and the others none.
    pub fn must_administer(&self, area: Area) -> Result<(), UserError> {
        if self.role.permissions.model {
            Ok(())
        } else {
            Err(UserError::Forbidden {
                action: area.action(),
            })
        }
    }
}

/// An area of administration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Objects, fields and modules.
    Model,
    /// Members, invitations and teams.
    Members,
    /// API keys.
    Keys,
}

impl Area {
    const fn action(self) -> &'static str {
        match self {
            Self::Model => "change the model",
            Self::Members => "administer members",
            Self::Keys => "administer API keys",
        }
    }
}

/// A role of one tenant, or several roles of a person as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    pub api_name: String,
    pub name: String,
    pub permissions: Permissions,
}

impl Role {
    /// The role that grants what any of these grants; none where there are none.
    #[must_use]
    pub fn union(roles: &[Self]) -> Option<Self> {
        let mut roles = roles.iter();
        let mut union = roles.next()?.clone();
        for role in roles {
            union.api_name = format!("{}, {}", union.api_name, role.api_name);
            union.name = format!("{}, {}", union.name, role.name);
            union.permissions = union.permissions.or(role.permissions);
        }
        Some(union)
    }
}

/// What a role grants, as `platform.roles.permissions` stores it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Permissions {
    /// May define, change and remove objects, fields and relations, and enable modules.
    pub model: bool,
    /// May read records.
    pub read: bool,
    /// May create, change and remove records.
    pub write: bool,
}

impl Permissions {
    /// What either grants.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            model: self.model || other.model,
            read: self.read || other.read,
            write: self.write || other.write,
        }
    }

    /// The same as rights on every object.
    #[must_use]
    pub fn grants(self) -> &'static Arc<Grants> {
        /// By the bits of the permissions.
        static ALL: LazyLock<[Arc<Grants>; 8]> = LazyLock::new(|| {
            std::array::from_fn(|bits| {
                let read = (bits & 1 != 0).then_some(Right::Read);
                let write = (bits & 2 != 0).then_some(Right::WRITES);
                let rights = read.into_iter().chain(write.into_iter().flatten());
                let default = ObjectGrants::whole(rights);
                Arc::new(Grants::new(bits & 4 != 0, default, BTreeMap::new()))
            })
        });
        let bits =
            usize::from(self.read) | usize::from(self.write) << 1 | usize::from(self.model) << 2;
        &ALL[bits]
    }

    /// Whether these grant all that `other` grants.
    #[must_use]
    pub fn cover(self, other: Self) -> bool {
        self.or(other) == self
    }
}

#[cfg(test)]
mod tests {
    use super::{Permissions, Role};

    fn role(api_name: &str, granted: &str) -> Role {
        Role {
            api_name: api_name.to_owned(),
            name: api_name.to_owned(),
            permissions: Permissions {
                model: granted.contains('m'),
                read: granted.contains('r'),
                write: granted.contains('w'),
            },
        }
    }

    #[test]
    fn roles_add_up() {
        let union = Role::union(&[role("a", "r"), role("b", ""), role("c", "w")]).unwrap();
        assert_eq!(union.permissions, role("", "rw").permissions);
        assert_eq!(union.api_name, "a, b, c");
        assert_eq!(Role::union(&[]), None);
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        for (giver, given, covered) in [
            ("mrw", "mrw", true),
            ("rw", "r", true),
            ("rw", "", true),
            ("r", "rw", false),
            ("rw", "m", false),
            ("", "r", false),
        ] {
            let (held, asked) = (role("", giver).permissions, role("", given).permissions);
            assert_eq!(held.cover(asked), covered, "{giver} gives {given}");
        }
    }
}
