//! A tenant's model at one version: what a request takes at its start and keeps to its end.

use std::sync::Arc;
use tessera_schema::access::grants::{Grants, RoleSet};
use tessera_schema::access::role::Roles;
use tessera_schema::access::view::View;
use tessera_schema::model::Model;
use tessera_schema::object::Object;

use crate::cursor::CursorKey;
use crate::plan::cache::PlanCache;
use crate::tenant::Tenant;
use crate::trigrams::Trigrams;
use crate::views::Views;

#[derive(Debug)]
pub struct Snapshot {
    pub tenant: Tenant,
    /// Rises by one with each change of the model.
    pub version: i64,
    whole: Arc<Model>,
    roles: Roles,
    /// The parts of it that callers see.
    views: Views,
    /// What search may use, where the database has it.
    pub trigrams: Option<Trigrams>,
    /// For the cursors of the tenant's lists.
    pub cursors: CursorKey,
    /// What requests of certain shapes come to on this model.
    pub plans: PlanCache,
}

impl Snapshot {
    #[must_use]
    pub fn new(
        tenant: Tenant,
        version: i64,
        whole: Arc<Model>,
        roles: Roles,
        trigrams: Option<Trigrams>,
        cursors: CursorKey,
    ) -> Self {
        Self {
            tenant,
            version,
            plans: PlanCache::new(whole.weight()),
            views: Views::default(),
            whole,
            roles,
            trigrams,
            cursors,
        }
    }

    /// The whole model, for the engine's own work. Work for a caller takes a [`Snapshot::view`].
    #[must_use]
    pub const fn whole(&self) -> &Arc<Model> {
        &self.whole
    }

    /// The roles of the tenant.
    #[must_use]
    pub const fn roles(&self) -> &Roles {
        &self.roles
    }

    /// The part of the model that a caller with these roles sees.
    #[must_use]
    pub fn view(&self, roles: &RoleSet) -> Arc<View> {
        self.views.get(roles.key(), || {
            let held = roles.ids().iter();
            let held = held.filter_map(|id| self.roles.granted(*id));
            View::of(&self.whole, &Arc::new(Grants::new(held.collect())))
        })
    }

    /// All of an object that a view has a part of. Writes need it: they store whole records.
    #[must_use]
    pub fn whole_of(&self, seen: &Object) -> &Arc<Object> {
        self.whole.target(seen.api_name())
    }

    /// About how many bytes of memory it takes, its plans apart.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.whole.weight()
    }
}
