//! What of the API is the caller's. The only place of the document that asks.

use tessera_identity::SignupPolicy;
use tessera_identity::principal::{Permissions, Principal};
use tessera_schema::object::Object;

#[derive(Debug, Clone, Copy)]
pub(super) struct Access {
    permissions: Permissions,
    /// Whether anybody may make a tenant here.
    pub(super) signup: bool,
}

impl Access {
    pub(super) fn of(principal: &Principal, signup: SignupPolicy) -> Self {
        Self {
            permissions: principal.role.permissions,
            signup: signup == SignupPolicy::Open,
        }
    }

    pub(super) const fn changes_model(self) -> bool {
        self.permissions.model
    }

    /// Whether the caller administers the tenant: its members and what else is not records or the model.
    pub(super) const fn administers(self) -> bool {
        self.permissions.model
    }

    /// Whether there is anything of the objects that the caller may know of.
    pub(super) const fn sees_objects(self) -> bool {
        self.permissions.read || self.permissions.write || self.permissions.model
    }

    pub(super) const fn reads_records(self) -> bool {
        self.permissions.read
    }

    pub(super) const fn writes_records(self) -> bool {
        self.permissions.write
    }

    pub(super) const fn writes(self, object: &Object) -> bool {
        self.permissions.write && !object.read_only
    }

    /// Two callers of one tenant with the same fingerprint have the same API.
    pub(super) fn fingerprint(self) -> String {
        let letters = [
            (self.permissions.model, 'm'),
            (self.permissions.read, 'r'),
            (self.permissions.write, 'w'),
            (self.signup, 's'),
        ];
        let granted = letters.iter().filter(|(granted, _)| *granted);
        granted.map(|(_, letter)| *letter).collect()
    }
}
