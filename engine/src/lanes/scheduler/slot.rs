//! One lane, as the scheduler sees it.

use std::time::Duration;
use tessera_schema::ident::TenantId;

use crate::lanes::pace::Need;

#[derive(Debug)]
pub(super) enum Slot<C> {
    /// Not needed so far.
    Closed,
    Opening,
    /// The last try to open it did not succeed; the next is under way.
    Failing,
    Idle(C),
    Busy(Held<C>),
}

/// A lane in a tenant's hands.
#[derive(Debug)]
pub(super) struct Held<C> {
    connection: C,
    tenant: TenantId,
    requests: usize,
    /// How long those on it are expected to take, one after the other.
    work: Duration,
    /// Whether others may join.
    open: bool,
}

impl<C: Clone> Slot<C> {
    /// Makes an idle lane a busy one.
    pub(super) fn occupy(&mut self, tenant: TenantId, need: Need) -> Option<C> {
        let connection = self.take_idle()?;
        *self = Self::Busy(Held {
            connection: connection.clone(),
            tenant,
            requests: 1,
            work: need.length(),
            open: need != Need::Alone,
        });
        Some(connection)
    }

    /// The connection of an idle lane, which has none afterwards.
    pub(super) fn take_idle(&mut self) -> Option<C> {
        match std::mem::replace(self, Self::Closed) {
            Self::Idle(connection) => Some(connection),
            other => {
                *self = other;
                None
            }
        }
    }

    /// Whether a request may be there with others of its tenant, and these have less work than so much.
    pub(super) fn admits(&self, tenant: TenantId, need: Need, up_to: Duration) -> bool {
        match self {
            Self::Busy(held) => {
                held.open && held.tenant == tenant && need != Need::Alone && held.work < up_to
            }
            _ => false,
        }
    }

    /// One more on a busy lane.
    pub(super) fn join(&mut self, need: Need) -> Option<C> {
        let Self::Busy(held) = self else {
            return None;
        };
        held.requests += 1;
        held.work += need.length();
        Some(held.connection.clone())
    }

    /// One less on a busy lane. Gives the connection where it was the last.
    pub(super) fn part(&mut self, need: Need) -> Option<C> {
        let Self::Busy(held) = self else {
            return None;
        };
        held.requests -= 1;
        held.work = held.work.saturating_sub(need.length());
        (held.requests == 0).then(|| held.connection.clone())
    }

    /// Nobody joins any more.
    pub(super) const fn shut(&mut self) {
        if let Self::Busy(held) = self {
            held.open = false;
        }
    }

    /// Whose it is.
    pub(super) const fn holder(&self) -> Option<TenantId> {
        match self {
            Self::Busy(held) => Some(held.tenant),
            _ => None,
        }
    }

    /// How long those on it are expected to take.
    pub(super) const fn work(&self) -> Duration {
        match self {
            Self::Busy(held) => held.work,
            _ => Duration::ZERO,
        }
    }
}
