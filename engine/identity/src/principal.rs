//! Who asks, and what that role may do.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tessera_error::UserError;
use tessera_schema::ident::{TenantId, UserId};

/// An authenticated caller, acting in one tenant.
#[derive(Debug, Clone)]
pub struct Principal {
    pub tenant: TenantId,
    pub user: UserId,
    pub role: Arc<Role>,
}

impl Principal {
    /// What the caller may do, as far as plans of requests differ by it.
    #[must_use]
    pub fn access(&self) -> u8 {
        let may = self.role.permissions;
        u8::from(may.read) | u8::from(may.write) << 1 | u8::from(may.model) << 2
    }

    /// Refuses whoever may not change the model.
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

/// A role of one tenant: `admin` or `member` to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Role {
    pub api_name: String,
    pub name: String,
    pub permissions: Permissions,
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
