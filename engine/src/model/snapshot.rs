//! A tenant's model at one version: what a request takes at its start and keeps to its end.

use std::sync::Arc;
use tessera_schema::model::Model;

use crate::tenant::Tenant;

#[derive(Debug)]
pub struct Snapshot {
    pub tenant: Tenant,
    /// Rises by one with each change of the model.
    pub version: i64,
    pub model: Arc<Model>,
}

impl Snapshot {
    /// About how many bytes of memory it takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.model.weight()
    }
}
