//! The part of the API that is the caller's. Nothing else of the document asks.

use std::sync::Arc;
use tessera_identity::SignupPolicy;
use tessera_schema::access::Right;
use tessera_schema::access::area::Area;
use tessera_schema::access::view::View;
use tessera_schema::object::{Field, Object};

#[derive(Debug, Clone)]
pub(super) struct Access {
    view: Arc<View>,
    reads: bool,
    writes: bool,
    /// Whether anybody may make a tenant here.
    pub(super) signup: bool,
}

impl Access {
    pub(super) fn of(view: &Arc<View>, signup: SignupPolicy) -> Self {
        let mut writes = Right::WRITES.into_iter();
        Self {
            view: Arc::clone(view),
            reads: view.may_somewhere(Right::Read),
            writes: writes.any(|right| view.may_somewhere(right)),
            signup: signup == SignupPolicy::Open,
        }
    }

    pub(super) fn changes_model(&self) -> bool {
        self.view.may_change_model()
    }

    pub(super) fn administers(&self, area: Area) -> bool {
        self.view.administers(area)
    }

    /// Whether there is anything of the objects that the caller may know of.
    pub(super) fn sees_objects(&self) -> bool {
        self.view.knows_objects()
    }

    pub(super) const fn reads_records(&self) -> bool {
        self.reads
    }

    pub(super) const fn writes_records(&self) -> bool {
        self.writes
    }

    pub(super) fn may(&self, object: &Object, right: Right) -> bool {
        self.view.may(object, right)
    }

    /// Whether the caller may change records of an object in any way.
    pub(super) fn writes(&self, object: &Object) -> bool {
        let mut writes = Right::WRITES.into_iter();
        writes.any(|right| self.may(object, right))
    }

    /// The fields that the caller may give values, with a right to do so.
    pub(super) fn given<'o>(
        &self,
        object: &'o Object,
        right: Right,
    ) -> impl Iterator<Item = &'o Field> {
        let fields = object.own_fields().map(AsRef::as_ref);
        fields.filter(move |field: &&Field| self.view.may_on(object, field, right))
    }

    /// Two callers of one tenant with the same fingerprint have the same API.
    pub(super) fn fingerprint(&self) -> String {
        let signup = if self.signup { "s" } else { "" };
        format!("{}{signup}", self.view.key())
    }
}
