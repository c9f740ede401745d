//! What every handler may reach.

use std::sync::Arc;
use tessera_engine::engine::Engine;
use tessera_identity::Identity;

#[derive(Debug, Clone)]
pub struct Api {
    pub identity: Arc<Identity>,
    pub engine: Arc<Engine>,
    /// The address that links to pages begin with, without a slash at its end. Empty where none is set: links are then paths.
    pub public_url: Arc<str>,
}

impl Api {
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self {
            identity: Arc::clone(&engine.identity),
            engine: Arc::new(engine),
            public_url: Arc::from(""),
        }
    }

    /// The same with the address that people reach the server at.
    #[must_use]
    pub fn at(self, public_url: &str) -> Self {
        Self {
            public_url: public_url.trim_end_matches('/').into(),
            ..self
        }
    }
}
