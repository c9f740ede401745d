//! What every handler may reach.

use std::sync::Arc;
use tessera_engine::engine::Engine;
use tessera_identity::Identity;

#[derive(Debug, Clone)]
pub struct Api {
    pub identity: Arc<Identity>,
    pub engine: Arc<Engine>,
}

impl Api {
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self {
            identity: Arc::clone(&engine.identity),
            engine: Arc::new(engine),
        }
    }
}
