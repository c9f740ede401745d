//! Who asks, and what that role may do.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tessera_error::UserError;
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
    /// What the caller may do, as far as plans of requests differ by it.
    #[must_use]
    pub fn access(&self) -> u8 {
        let may = self.role.permissions;
        u8::from(may.read) | u8::from(may.write) << 1 | u8::from(may.model) << 2
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

    /// Refuses callers that may not change the model.
    pub fn must_change_model(&self) -> Result<(), UserError> {
        if self.role.permissions.model {
            Ok(())
        } else {
            Err(UserError::Forbidden {
                action: "change the model",
            })
        }
    }
}

/// An area of administration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Members, invitations and teams.
    Members,
    /// API keys.
    Keys,
}

impl Area {
    const fn action(self) -> &'static str {
        match self {
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
