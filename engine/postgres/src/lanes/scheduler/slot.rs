//! One lane, as the scheduler sees it.

use std::time::Duration;
use tessera_schema::ident::TenantId;

use super::ENOUGH;
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

/// A lane on which there are requests.
#[derive(Debug)]
pub(super) struct Held<C> {
    connection: C,
    /// How many are there of each tenant. Few are there at a time, so they are looked through.
    requests: Vec<(TenantId, usize)>,
    /// How long those on it are expected to take, one after the other.
    work: Duration,
    /// Whether others may join.
    open: bool,
}

/// Who is left on a lane when a request has gone.
#[derive(Debug)]
pub(super) enum Rest<C> {
    /// Others of its tenant.
    Own,
    /// Only others' requests.
    Others,
    Nobody(C),
}

impl<C: Clone> Slot<C> {
    /// Makes an idle lane a busy one.
    pub(super) fn occupy(&mut self, tenant: TenantId, need: Need) -> Option<C> {
        let connection = self.take_idle()?;
        *self = Self::Busy(Held {
            connection: connection.clone(),
            requests: vec![(tenant, 1)],
            work: need.length(),
            open: need.knows_company(),
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

    /// Whether a request may be there with others, who have less work than so much; of other tenants they have [`ENOUGH`]
    /// sooner.
    pub(super) fn admits(&self, tenant: TenantId, need: Need, up_to: Duration) -> bool {
        let Self::Busy(held) = self else {
            return false;
        };
        let among_its_own = held.requests.iter().all(|(other, _)| *other == tenant);
        let up_to = if among_its_own {
            up_to
        } else {
            up_to.min(ENOUGH)
        };
        held.open && need.knows_company() && held.work < up_to
    }

    /// One more on a busy lane, and whether it is its tenant's first there.
    pub(super) fn join(&mut self, tenant: TenantId, need: Need) -> Option<(C, bool)> {
        let Self::Busy(held) = self else {
            return None;
        };
        held.work += need.length();
        let own = held.requests.iter_mut().find(|(of, _)| *of == tenant);
        let first = own.is_none();
        match own {
            Some((_, count)) => *count += 1,
            None => held.requests.push((tenant, 1)),
        }
        Some((held.connection.clone(), first))
    }

    /// One less on a busy lane.
    pub(super) fn part(&mut self, tenant: TenantId, need: Need) -> Option<Rest<C>> {
        let Self::Busy(held) = self else {
            return None;
        };
        held.work = held.work.saturating_sub(need.length());
        let place = held.requests.iter().position(|(of, _)| *of == tenant)?;
        held.requests[place].1 -= 1;
        if held.requests[place].1 > 0 {
            return Some(Rest::Own);
        }
        held.requests.swap_remove(place);
        Some(if held.requests.is_empty() {
            Rest::Nobody(held.connection.clone())
        } else {
            Rest::Others
        })
    }

    /// Nobody joins any more.
    pub(super) const fn shut(&mut self) {
        if let Self::Busy(held) = self {
            held.open = false;
        }
    }

    /// Whether a tenant has requests there.
    pub(super) fn has(&self, tenant: TenantId) -> bool {
        match self {
            Self::Busy(held) => held.requests.iter().any(|(of, _)| *of == tenant),
            _ => false,
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
