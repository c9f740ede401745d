//! What of the API is the caller's. The only place of the document that asks.

use tessera_identity::SignupPolicy;
use tessera_schema::access::Right;
use tessera_schema::access::grants::AccessKey;
use tessera_schema::access::view::View;
use tessera_schema::object::Object;

#[derive(Debug, Clone, Copy)]
pub(super) struct Access {
    key: AccessKey,
    changes_model: bool,
    sees_objects: bool,
    reads: bool,
    writes: bool,
    /// Whether anybody may make a tenant here.
    pub(super) signup: bool,
}

impl Access {
    pub(super) fn of(view: &View, signup: SignupPolicy) -> Self {
        let mut writes = Right::WRITES.into_iter();
        Self {
            key: view.key(),
            changes_model: view.may_change_model(),
            sees_objects: view.knows_objects(),
            reads: view.may_somewhere(Right::Read),
            writes: writes.any(|right| view.may_somewhere(right)),
            signup: signup == SignupPolicy::Open,
        }
    }

    pub(super) const fn changes_model(self) -> bool {
        self.changes_model
    }

    /// Whether the caller administers the tenant: its members and what else is not records or the model.
    pub(super) const fn administers(self) -> bool {
        self.changes_model
    }

    /// Whether there is anything of the objects that the caller may know of.
    pub(super) const fn sees_objects(self) -> bool {
        self.sees_objects
    }

    pub(super) const fn reads_records(self) -> bool {
        self.reads
    }

    pub(super) const fn writes_records(self) -> bool {
        self.writes
    }

    pub(super) const fn writes(self, object: &Object) -> bool {
        self.writes && !object.read_only
    }

    /// Two callers of one tenant with the same fingerprint have the same API.
    pub(super) fn fingerprint(self) -> String {
        let signup = if self.signup { "s" } else { "" };
        format!("{}{signup}", self.key)
    }
}
