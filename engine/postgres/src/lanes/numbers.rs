//! What can be seen of the lanes from outside.

use metrics::{Counter, Gauge, Histogram};

/// Looked up once, since each request changes some of them. What records them has to be there before.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) open: Gauge,
    pub(super) busy: Gauge,
    pub(super) waiting: Gauge,
    /// Of those that had to wait.
    pub(super) waited: Histogram,
    pub(super) spilled: Counter,
    /// Statements sent behind others.
    pub(super) shared: Counter,
    pub(super) cut: Counter,
    /// Statements that are planned for each run's values from now on.
    pub(super) replanned: Counter,
    pub(super) worn: Counter,
    pub(super) grown: Counter,
    pub(super) broken: Counter,
    pub(super) full: Counter,
    pub(super) overdue: Counter,
    pub(super) away: Counter,
}

impl Numbers {
    pub(super) fn new() -> Self {
        Self {
            open: metrics::gauge!("tessera_lanes_open"),
            busy: metrics::gauge!("tessera_lanes_busy"),
            waiting: metrics::gauge!("tessera_lane_queue"),
            waited: metrics::histogram!("tessera_lane_wait_seconds"),
            spilled: metrics::counter!("tessera_lane_spills_total"),
            shared: metrics::counter!("tessera_lane_shared_total"),
            cut: metrics::counter!("tessera_lane_cuts_total"),
            replanned: metrics::counter!("tessera_lane_replanned_total"),
            worn: metrics::counter!("tessera_lanes_replaced_total", "reason" => "worn"),
            grown: metrics::counter!("tessera_lanes_replaced_total", "reason" => "grown"),
            broken: metrics::counter!("tessera_lanes_replaced_total", "reason" => "broken"),
            full: metrics::counter!("tessera_lane_refusals_total", "reason" => "queue_full"),
            overdue: metrics::counter!("tessera_lane_refusals_total", "reason" => "waited_too_long"),
            away: metrics::counter!("tessera_lane_refusals_total", "reason" => "database_away"),
        }
    }
}
