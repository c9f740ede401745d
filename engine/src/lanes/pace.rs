//! What is learnt of a statement from its runs: how long it usually takes, and whether one plan suits all values.
//!
//! Postgres keeps one plan for a prepared statement, made for usual values. With a rare one that plan may walk a whole order in
//! search of what an index would have found at once. So a read that takes far longer than it usually does is run both ways,
//! once, and where planning for its values was far better, the statement is planned for each run's values from then on.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::time::Duration;

/// Up to here a statement is brief: others may be sent behind it before its answer is there.
const BRIEF: Duration = Duration::from_millis(10);
/// A run that took so long says that the statement is long, whatever the others said.
const LONG: Duration = Duration::from_millis(200);

/// A run that takes so long, and so many times longer than usual, makes one doubt the plan.
const ODD: Duration = Duration::from_millis(20);
const ODD_TIMES: u32 = 10;
const TRIALS: u8 = 10;
/// Planning takes time too: it is done for each run only where it has been so many times quicker.
const FAR_BETTER: u32 = 4;

#[derive(Debug, Default)]
pub struct Pace {
    /// In microseconds; 0 while nothing is known.
    usual: AtomicU32,
    planning: AtomicU8,
    /// How often it may still be run both ways: an odd run may have been the machine's.
    trials: AtomicU8,
}

/// How a statement is planned: once for all values or for each run's, and what is known of that.
mod planning {
    /// It is never tried; for writes, which cannot be run twice.
    pub(super) const ONCE: u8 = 0;
    pub(super) const ONCE_SO_FAR: u8 = 1;
    /// A run was odd.
    pub(super) const IN_DOUBT: u8 = 2;
    pub(super) const EACH_TIME: u8 = 3;
}

/// How long one read took, with the same values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compared {
    /// Planned for these values.
    pub(super) for_these: Duration,
    /// Planned for all.
    pub(super) for_all: Duration,
}

/// What a request wants of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// To have it for itself.
    Alone,
    /// To be on it for about so long; others of its tenant may be there as well.
    Brief(Duration),
}

impl Need {
    /// How long it is expected to be.
    pub(super) const fn length(self) -> Duration {
        match self {
            Self::Alone => Duration::ZERO,
            Self::Brief(length) => length,
        }
    }
}

impl Pace {
    /// For a statement that may be run again to see how long it takes.
    #[must_use]
    pub const fn of_a_read() -> Self {
        Self {
            usual: AtomicU32::new(0),
            planning: AtomicU8::new(planning::ONCE_SO_FAR),
            trials: AtomicU8::new(TRIALS),
        }
    }

    /// Whether the statement is planned for the values of each run.
    #[must_use]
    pub fn is_planned_each_time(&self) -> bool {
        self.planning.load(Ordering::Relaxed) == planning::EACH_TIME
    }

    /// Whether it should now be run both ways. Says so once for each time it is [`Self::tried`].
    pub(super) fn takes_trial(&self) -> bool {
        // Most of the time it is not: a look costs less than a change.
        self.planning.load(Ordering::Relaxed) == planning::IN_DOUBT
            && self.plan(planning::IN_DOUBT, planning::ONCE)
    }

    /// What came of it; nothing where it could not be run.
    pub(super) fn tried(&self, compared: Option<Compared>) {
        // What was odd once may have been the machine's doing.
        let better_each_time = compared.is_some_and(|Compared { for_these, for_all }| {
            for_all >= ODD && for_these * FAR_BETTER < for_all
        });
        let left = self.trials.load(Ordering::Relaxed).saturating_sub(1);
        self.trials.store(left, Ordering::Relaxed);
        let planning = match (better_each_time, left) {
            (true, _) => planning::EACH_TIME,
            (false, 0) => planning::ONCE,
            (false, _) => planning::ONCE_SO_FAR,
        };
        self.planning.store(planning, Ordering::Relaxed);
    }

    fn plan(&self, from: u8, to: u8) -> bool {
        let changed =
            self.planning
                .compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed);
        changed.is_ok()
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
            Some(brief) if brief <= BRIEF => Need::Brief(brief),
            _ => Need::Alone,
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
            _ => known - (known - micros) / 4,
        };
        // Two runs that end at once may overwrite each other: one of them is as good.
        self.usual.store(pace, Ordering::Relaxed);
        if took >= ODD && known > 0 && micros / ODD_TIMES > known {
            self.plan(planning::ONCE_SO_FAR, planning::IN_DOUBT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Compared, Need, Pace, TRIALS};
    use std::time::Duration;

    const BRIEF: Duration = Duration::from_micros(400);
    const ODD: Duration = Duration::from_millis(100);

    /// A read that is brief, and then is not.
    fn odd() -> Pace {
        let pace = Pace::of_a_read();
        pace.learn(BRIEF);
        pace.learn(ODD);
        pace
    }

    #[test]
    fn what_was_odd_is_tried_and_believed_only_where_the_trial_says_so() {
        for (for_these, for_all, each_time) in [
            (BRIEF, ODD, true),
            // Both are slow: it is the values, or the machine.
            (ODD, ODD, false),
            // Far better, but of nothing.
            (BRIEF, BRIEF * 10, false),
        ] {
            let pace = odd();
            assert!(pace.takes_trial() && !pace.takes_trial(), "once");
            pace.tried(Some(Compared { for_these, for_all }));
            assert_eq!(pace.is_planned_each_time(), each_time);
        }
    }

    #[test]
    fn trials_that_tell_nothing_come_to_an_end_and_writes_are_never_tried() {
        let pace = odd();
        for _ in 0..TRIALS {
            assert!(pace.takes_trial());
            pace.tried(None);
            pace.learn(ODD);
        }
        assert!(!pace.takes_trial() && !pace.is_planned_each_time());
        let write = Pace::default();
        write.learn(BRIEF);
        write.learn(ODD);
        assert!(!write.takes_trial());
    }

    #[test]
    fn what_is_not_known_or_long_is_alone() {
        let pace = Pace::default();
        assert_eq!(pace.need(), Need::Alone);
        pace.learn(Duration::from_micros(400));
        assert_eq!(pace.need(), Need::Brief(Duration::from_micros(400)));
        pace.learn(Duration::from_secs(1));
        assert_eq!(pace.need(), Need::Alone);
        for _ in 0..100 {
            pace.learn(Duration::from_micros(400));
        }
        assert!(matches!(pace.need(), Need::Brief(_)));
    }
}
