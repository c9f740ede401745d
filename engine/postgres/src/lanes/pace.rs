//! What is learnt of a statement from its runs: how long it usually takes, and whether one plan suits all values.
//!
//! Postgres keeps one plan for a prepared statement, made for usual values: planning a short read takes as long as running it.
//! With a rare value that plan may walk a whole order in search of what an index would have found at once. So a read that
//! takes long is tried planned for its values too ([`trial`](super::trial)); where that is far better, the statement is planned
//! for each run's values from then on.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::time::Duration;

/// Up to here a statement is brief: others may be sent behind it before its answer is there.
const BRIEF: Duration = Duration::from_millis(10);
/// A run that took so long says that the statement is long, whatever the others said.
const LONG: Duration = Duration::from_millis(200);

/// How much longer the first run of a brief statement takes than the others, roughly.
const FIRST: u32 = 8;

/// A run that takes so long makes one doubt the plan.
pub(super) const DOUBTFUL: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub struct Pace {
    /// In microseconds; 0 while nothing is known.
    usual: AtomicU32,
    known: AtomicU8,
    /// How many runs made one doubt the plan.
    doubtful: AtomicU32,
    /// What the last of them took, in microseconds.
    doubted: AtomicU32,
    /// Whether the statement may write.
    writes: bool,
    /// Whether something of it would stay if it was cut short.
    uncut: bool,
}

/// How a statement is planned: once for all values, or for those of each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Planning {
    Once,
    EachTime,
}

/// What is known of how a statement is best planned.
mod known {
    /// Once, and nothing else is tried; for writes, which cannot be run twice.
    pub(super) const ONCE: u8 = 0;
    pub(super) const ONCE_SO_FAR: u8 = 1;
    /// A run took long enough to try the other way.
    pub(super) const IN_DOUBT: u8 = 2;
    pub(super) const ON_TRIAL: u8 = 3;
    pub(super) const EACH_TIME: u8 = 4;
}

/// What a request wants of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// To have it for itself: how long it takes is not known.
    Alone,
    /// To have it for itself for long, so rather one that is nobody's home.
    Long,
    /// To be on it for about so long; others may be there as well.
    Brief(Duration),
}

impl Need {
    /// How long it is expected to be.
    pub(super) const fn length(self) -> Duration {
        match self {
            Self::Alone | Self::Long => Duration::ZERO,
            Self::Brief(length) => length,
        }
    }

    /// Whether others may be on the lane as well.
    pub(super) const fn knows_company(self) -> bool {
        matches!(self, Self::Brief(_))
    }
}

impl Pace {
    /// For a statement that may be run again to see how long it takes.
    #[must_use]
    pub const fn of_a_read() -> Self {
        Self::new(false, known::ONCE_SO_FAR)
    }

    /// For a statement that cannot be run again.
    #[must_use]
    pub const fn of_a_write() -> Self {
        Self::new(true, known::ONCE)
    }

    /// For a statement whose values say more of how it is best run than any guess.
    #[must_use]
    pub const fn planned_each_time(self) -> Self {
        Self::new(self.writes, known::EACH_TIME)
    }

    /// For a statement that must not be cut short: it takes numbers from a sequence, which never come back.
    #[must_use]
    pub fn uncut(self) -> Self {
        Self {
            uncut: true,
            ..self
        }
    }

    const fn new(writes: bool, known: u8) -> Self {
        Self {
            usual: AtomicU32::new(0),
            known: AtomicU8::new(known),
            doubtful: AtomicU32::new(0),
            doubted: AtomicU32::new(0),
            writes,
            uncut: false,
        }
    }

    /// Whether it is over only when what it did is on disk.
    pub(super) const fn writes(&self) -> bool {
        self.writes
    }

    /// Whether the statement is planned for the values of each run.
    #[must_use]
    pub fn is_planned_each_time(&self) -> bool {
        self.planning() == Planning::EachTime
    }

    pub(super) fn planning(&self) -> Planning {
        match self.known.load(Ordering::Relaxed) {
            known::EACH_TIME => Planning::EachTime,
            _ => Planning::Once,
        }
    }

    /// Where the other way should be tried now: how long this one took. Says so to one who asks, until it was [`Self::tried`].
    pub(super) fn takes_trial(&self) -> Option<Duration> {
        // Most of the time it should not: a look costs less than a change.
        let takes = self.known.load(Ordering::Relaxed) == known::IN_DOUBT
            && self.moves(known::IN_DOUBT, known::ON_TRIAL);
        takes.then(|| Duration::from_micros(u64::from(self.doubted.load(Ordering::Relaxed))))
    }

    /// What came of it: whether the statement is far better planned for its values.
    pub(super) fn tried(&self, far_better: bool) {
        let known = if far_better {
            known::EACH_TIME
        } else {
            known::ONCE_SO_FAR
        };
        self.known.store(known, Ordering::Relaxed);
    }

    fn moves(&self, from: u8, to: u8) -> bool {
        let moved = self
            .known
            .compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed);
        moved.is_ok()
    }

    /// How long the statement usually takes; `None` until it has run.
    #[must_use]
    pub fn usual(&self) -> Option<Duration> {
        match self.usual.load(Ordering::Relaxed) {
            0 => None,
            micros => Some(Duration::from_micros(u64::from(micros))),
        }
    }

    pub(super) fn need(&self) -> Need {
        match self.usual() {
            Some(usual) if usual > BRIEF => Need::Long,
            // How it is planned is told to the whole connection.
            Some(brief) if !self.uncut && !self.is_planned_each_time() => Need::Brief(brief),
            _ => Need::Alone,
        }
    }

    /// Of a run for which Postgres had to plan and look everything up anew. It tells only of a statement of which nothing is
    /// known that it is brief, and most of the time it took was for that: were it taken for more, tenants would be sent to
    /// their other homes, to first runs there.
    pub(super) fn learn_of_first(&self, took: Duration) {
        if took <= BRIEF && self.usual().is_none() {
            self.learn(took / FIRST);
        }
    }

    /// Shorter runs count for more: what makes one longer is mostly what else the machine does, and were that taken for the
    /// statement's own, statements would spread over ever more lanes and make each other longer still.
    pub(super) fn learn(&self, took: Duration) {
        let micros = u32::try_from(took.as_micros()).unwrap_or(u32::MAX).max(1);
        let known = self.usual.load(Ordering::Relaxed);
        let pace = match known {
            0 => micros,
            _ if took >= LONG => micros,
            _ if micros > known => known + (known / 16 + 1).min(micros - known),
            _ => known - (known - micros).div_ceil(2),
        };
        // Two runs that end at once may overwrite each other: one of them is as good.
        self.usual.store(pace, Ordering::Relaxed);
        if took >= DOUBTFUL && self.known.load(Ordering::Relaxed) == known::ONCE_SO_FAR {
            // A read may take long whichever way it is planned: trials become the rarer the more there were.
            let so_far = self.doubtful.fetch_add(1, Ordering::Relaxed) + 1;
            if so_far.is_power_of_two() {
                self.doubted.store(micros, Ordering::Relaxed);
                self.moves(known::ONCE_SO_FAR, known::IN_DOUBT);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DOUBTFUL, Need, Pace};
    use std::time::Duration;

    const BRIEF: Duration = Duration::from_micros(400);

    #[test]
    fn a_long_run_is_tried_once_and_what_comes_of_it_believed() {
        let pace = Pace::of_a_read();
        pace.learn(BRIEF);
        assert_eq!(pace.takes_trial(), None);
        pace.learn(DOUBTFUL);
        assert_eq!(pace.takes_trial(), Some(DOUBTFUL));
        pace.learn(DOUBTFUL);
        assert_eq!(pace.takes_trial(), None, "it is on trial");
        pace.tried(true);
        assert!(pace.is_planned_each_time());
        assert_eq!(pace.need(), Need::Alone);
    }

    #[test]
    fn trials_that_tell_nothing_become_rare() {
        let pace = Pace::of_a_read();
        let mut trials = 0;
        for _ in 0..1_000 {
            pace.learn(DOUBTFUL);
            if pace.takes_trial().is_some() {
                trials += 1;
                pace.tried(false);
            }
        }
        assert_eq!(trials, 10, "1, 2, 4, …, 512");
    }

    #[test]
    fn writes_are_not_tried() {
        let write = Pace::of_a_write();
        write.learn(DOUBTFUL);
        assert_eq!(write.takes_trial(), None);
    }

    #[test]
    fn what_is_not_known_or_long_is_alone() {
        let pace = Pace::of_a_write();
        assert_eq!(pace.need(), Need::Alone);
        pace.learn(Duration::from_micros(400));
        assert_eq!(pace.need(), Need::Brief(Duration::from_micros(400)));
        pace.learn(Duration::from_secs(1));
        assert_eq!(pace.need(), Need::Long);
        for _ in 0..100 {
            pace.learn(Duration::from_micros(400));
        }
        assert!(matches!(pace.need(), Need::Brief(_)));
    }

    #[test]
    fn what_must_not_be_cut_short_is_alone() {
        let pace = Pace::of_a_write().uncut();
        pace.learn(BRIEF);
        assert_eq!(pace.need(), Need::Alone);
    }

    #[test]
    fn a_first_run_can_only_tell_that_a_statement_is_brief() {
        let pace = Pace::of_a_write();
        pace.learn_of_first(Duration::from_secs(1));
        assert_eq!(pace.usual(), None);
        pace.learn_of_first(Duration::from_millis(4));
        pace.learn_of_first(Duration::from_millis(9));
        assert_eq!(pace.usual(), Some(Duration::from_micros(500)));
    }
}
