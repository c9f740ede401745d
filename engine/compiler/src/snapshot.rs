//! A tenant's model at one version: what a request takes at its start and keeps to its end.

use std::sync::Arc;
use tessera_schema::model::Model;

use crate::cursor::CursorKey;
use crate::plan::cache::PlanCache;
use crate::tenant::Tenant;
use crate::trigrams::Trigrams;

#[derive(Debug)]
pub struct Snapshot {
    pub tenant: Tenant,
    /// Rises by one with each change of the model.
    pub version: i64,
    pub model: Arc<Model>,
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
        model: Arc<Model>,
        trigrams: Option<Trigrams>,
        cursors: CursorKey,
    ) -> Self {
        Self {
            tenant,
            version,
            plans: PlanCache::new(model.weight()),
            model,
            trigrams,
            cursors,
        }
    }

    /// About how many bytes of memory it takes, its plans apart.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.model.weight()
    }
}
