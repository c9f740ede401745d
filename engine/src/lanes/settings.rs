//! How many lanes there are, and their bounds.

use std::num::NonZeroU16;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct LaneSettings {
    /// How many connections there are at most.
    pub lanes: NonZeroU16,
    /// How many requests may wait, all tenants together.
    pub queue: usize,
    /// How long a request may wait.
    pub patience: Duration,
    /// After so much waiting a request may run on a connection that is not its tenant's home.
    pub spill_after: Duration,
    /// A connection is replaced when it is so old, give or take a quarter, so that they do not all go at once.
    pub max_age: Duration,
    /// A connection is replaced when it has served so many tenants: Postgres keeps 20 to 80 KB for every table that a
    /// connection has touched, and lets go of it only with the connection.
    pub max_tenants: usize,
    /// So many statements stay prepared on a connection; the least used goes. Postgres keeps about 30 KB for each.
    pub max_statements: usize,
    /// A connection that nobody has used for so long is asked whether it is still there before it is used.
    pub trusted_for: Duration,
}

impl Default for LaneSettings {
    fn default() -> Self {
        Self {
            lanes: NonZeroU16::new(16).expect("16 is not zero"),
            queue: 2_048,
            patience: Duration::from_secs(5),
            spill_after: Duration::from_millis(20),
            max_age: Duration::from_secs(30 * 60),
            max_tenants: 256,
            max_statements: 2_000,
            trusted_for: Duration::from_secs(30),
        }
    }
}
