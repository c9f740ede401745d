//! Which lanes a tenant belongs to: rendezvous hashing.
//!
//! Some lanes are homes. Each of these has a score for every tenant, and a tenant's are those with the highest. So tenants
//! spread evenly, and with another number of homes only those tenants move that must.

use std::cmp::Reverse;
use std::ops::Range;
use tessera_schema::ident::TenantId;

use super::LaneId;

/// How many homes a tenant has.
const HOMES: usize = 2;

/// The lanes that serve a tenant before others, the best first. They are the same one where there is only one home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Homes([LaneId; HOMES]);

impl Homes {
    pub(super) fn of(tenant: TenantId, lanes: u16) -> Self {
        let mut best = [(0, LaneId(0)); HOMES];
        for lane in (0..lanes).map(LaneId) {
            let scored = (score(tenant, lane), lane);
            if scored > best[0] {
                best = [scored, best[0]];
            } else if scored > best[1] {
                best[1] = scored;
            }
        }
        if lanes == 1 {
            best[1] = best[0];
        }
        Self(best.map(|(_, lane)| lane))
    }

    pub(super) fn contain(self, lane: LaneId) -> bool {
        self.0.contains(&lane)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = LaneId> {
        self.0.into_iter()
    }
}

/// Lanes in the order in which they suit a tenant.
pub(super) fn best_first(tenant: TenantId, lanes: Range<u16>) -> Vec<LaneId> {
    let mut lanes: Vec<LaneId> = lanes.map(LaneId).collect();
    lanes.sort_unstable_by_key(|lane| Reverse(score(tenant, *lane)));
    lanes
}

/// How well a lane suits a tenant: anything, as long as it is always the same and evenly spread.
fn score(tenant: TenantId, LaneId(lane): LaneId) -> u64 {
    let (high, low) = tenant.0.as_u64_pair();
    // The finaliser of SplitMix64. The first half of an id is mostly its time, the second mostly random.
    let mut mixed = (high.rotate_left(32) ^ low)
        .wrapping_add((u64::from(lane) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Homes, LaneId};
    use tessera_schema::ident::TenantId;
    use uuid::Uuid;

    fn tenants() -> impl Iterator<Item = TenantId> {
        std::iter::repeat_with(|| TenantId(Uuid::now_v7())).take(4_000)
    }

    #[test]
    fn tenants_made_one_after_the_other_spread_over_all_lanes() {
        let mut counts = [0_usize; 16];
        for tenant in tenants() {
            for LaneId(lane) in Homes::of(tenant, 16).iter() {
                counts[usize::from(lane)] += 1;
            }
        }
        // 500 each on average.
        assert!(
            counts.iter().all(|count| (400..600).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn homes_differ_and_few_move_when_a_lane_is_added() {
        let mut moved = 0;
        for tenant in tenants() {
            let Homes([first, second]) = Homes::of(tenant, 16);
            assert_ne!(first, second);
            let more = Homes::of(tenant, 17);
            moved += usize::from(more.0[0] != first);
            assert!(more.0[0] == first || more.0[0] == LaneId(16));
        }
        // One in 17.
        assert!((100..400).contains(&moved), "{moved}");
    }

    #[test]
    fn one_lane_is_everybodys_home() {
        let tenant = TenantId(Uuid::now_v7());
        assert!(Homes::of(tenant, 1).iter().all(|lane| lane == LaneId(0)));
    }
}
