//! How many lanes there are, and their bounds.

use quick_cache::Weighter;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;
use tokio_postgres::Statement;

use super::LaneId;

/// A lane that is nobody's home keeps so much less than it would if all were homes.
const AWAY: usize = 4;

#[derive(Debug, Clone)]
pub struct LaneSettings {
    /// How many connections there are at most.
    pub lanes: NonZeroU16,
    /// How many of them are tenants' homes at most; the others help where those are not enough. What many tenants ask for is
    /// sent together only where they meet, and one for each processor keeps it busy.
    pub homes: NonZeroU16,
    /// How many requests may wait, all tenants together.
    pub queue: usize,
    /// How long a request may wait.
    pub patience: Duration,
    /// After so much waiting a request may run on a connection that is not its tenant's home.
    pub spill_after: Duration,
    /// A connection is replaced when it is so old, give or take a quarter, so that they do not all go at once.
    pub max_age: Duration,
    /// A home is replaced when it has served its share of so many tenants: Postgres keeps 20 to 80 KB for every table that a
    /// connection has touched, and lets go of it only with the connection.
    pub max_tenants: usize,
    /// Bytes of memory for the statements that stay prepared on all homes together, by [`StatementBytes`]; the least used
    /// of each home goes.
    pub max_statement_bytes: usize,
    /// A connection that nobody has used for so long is asked whether it is still there before it is used.
    pub trusted_for: Duration,
}

impl Default for LaneSettings {
    fn default() -> Self {
        Self {
            lanes: NonZeroU16::new(16).expect("16 is not zero"),
            homes: one_for_each_processor(),
            queue: 2_048,
            patience: Duration::from_secs(5),
            spill_after: Duration::from_millis(20),
            max_age: Duration::from_mins(30),
            max_tenants: 4_096,
            max_statement_bytes: 2 << 30,
            trusted_for: Duration::from_secs(30),
        }
    }
}

impl LaneSettings {
    /// How many lanes are homes: the first ones.
    pub(super) fn home_lanes(&self) -> u16 {
        self.homes.min(self.lanes).get()
    }

    /// How many tenants a lane serves.
    pub(super) fn tenants_on(&self, lane: LaneId) -> usize {
        self.share(self.max_tenants, lane)
    }

    /// How many bytes the statements take that stay prepared on a lane.
    pub(super) fn statement_bytes_on(&self, lane: LaneId) -> u64 {
        self.share(self.max_statement_bytes, lane) as u64
    }

    fn share(&self, of_all: usize, lane: LaneId) -> usize {
        let share = if lane.0 < self.home_lanes() {
            of_all / usize::from(self.home_lanes())
        } else {
            of_all / usize::from(self.lanes.get()) / AWAY
        };
        share.max(1)
    }
}

/// About how much memory a Postgres process takes for a prepared statement. Postgres 18.4 took, its plan included, 20 kB for a
/// text of 53 bytes, 27 kB for 117, 85 kB for 364 and 411 kB for 2,285, with short names of tables and columns. The names in the
/// engine's texts are longer, so a byte of these is taken for less.
#[derive(Debug, Clone, Copy)]
pub(super) struct StatementBytes;

impl Weighter<Arc<str>, Statement> for StatementBytes {
    fn weight(&self, text: &Arc<str>, _: &Statement) -> u64 {
        4_096 + 128 * text.len() as u64
    }
}

/// At least two, so that a tenant has a second one.
fn one_for_each_processor() -> NonZeroU16 {
    let processors = available_parallelism().map_or(2, |count| count.get().max(2));
    let homes = u16::try_from(processors).unwrap_or(u16::MAX);
    NonZeroU16::new(homes).expect("it is two at least")
}

#[cfg(test)]
mod tests {
    use super::{LaneId, LaneSettings};
    use std::num::NonZeroU16;

    #[test]
    fn homes_share_what_all_may_keep_and_others_keep_little() {
        for (lanes, homes, home, away) in
            [(16, 2, 2_048, 64), (16, 16, 256, 256), (1, 2, 4_096, 4_096)]
        {
            let settings = LaneSettings {
                lanes: NonZeroU16::new(lanes).unwrap(),
                homes: NonZeroU16::new(homes).unwrap(),
                ..LaneSettings::default()
            };
            assert_eq!(settings.tenants_on(LaneId(0)), home);
            assert_eq!(settings.tenants_on(LaneId(lanes - 1)), away);
        }
    }
}
