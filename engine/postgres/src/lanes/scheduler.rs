//! Who runs where, and who waits: the decisions alone, without connections, clocks or tasks.
//!
//! Four rules:
//! - *Affinity.* A request goes to a home lane of its tenant, the second one only where there is enough to do on the first;
//!   one that takes long rather to a lane that is nobody's home. Any lane takes it where the tenant has several waiting, or
//!   this one has waited a while.
//! - *Company.* A brief request joins others on a home lane when it is its turn there: what is sent together costs both sides
//!   fewer wake-ups. Two lanes' work takes two lanes, and of several tenants' on one lane there is never much.
//! - *Restraint.* A tenant takes a further lane only where a third as many as it then holds stay free, and a further place in
//!   the queue only where as many as it then holds stay free. So however much some tenants ask for, there is room for others.
//! - *Fairness.* A lane that becomes free goes to the tenant on the fewest lanes; among equals its home tenants come first,
//!   then whoever has been served least.

use indexmap::IndexMap;
use std::cmp::Reverse;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tessera_schema::ident::TenantId;

use self::answer::{Company, Grant, Left, Load, Refusal, Taken, Ticket, Todo};
use self::slot::{Rest, Slot};
use super::LaneId;
use super::home::{self, Homes};
use super::pace::Need;

pub(super) mod answer;
mod slot;

/// A tenant holds at most so many lanes for each that is free.
const LANES_PER_FREE: usize = 3;
/// A tenant with so many waiting needs more than its home lanes.
const CROWDED: usize = 2;
/// With so much work on a lane a further request had better go to another home that is idle.
const ENOUGH: Duration = Duration::from_millis(2);
/// With so much work on a lane nobody joins it.
const FULL: Duration = Duration::from_millis(20);
/// After so many times the wait that lets a request spill, being at home gives no precedence over it any more.
const URGENT: u32 = 3;

/// `C` is a connection, `W` what a waiting request is told by.
#[derive(Debug)]
pub(super) struct Scheduler<C, W> {
    lanes: Vec<Slot<C>>,
    /// Those that are on a lane or wait for one.
    tenants: IndexMap<TenantId, Tenant<W>>,
    limits: Limits,
    busy: usize,
    failing: usize,
    waiting: usize,
    /// How often a tenant would have been served by now had it always waited for its turn.
    turn: u64,
    tickets: u64,
    closed: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// How many lanes are homes.
    pub(super) homes: u16,
    pub(super) queue: usize,
    pub(super) spill_after: Duration,
}

#[derive(Debug)]
struct Tenant<W> {
    homes: Homes,
    /// On how many lanes it has requests.
    running: usize,
    waiting: VecDeque<Waiting<W>>,
    turn: u64,
}

#[derive(Debug)]
struct Waiting<W> {
    ticket: Ticket,
    need: Need,
    since: Instant,
    waiter: W,
}

impl<C: Clone, W> Scheduler<C, W> {
    pub(super) fn new(lanes: u16, limits: Limits) -> Self {
        Self {
            lanes: (0..lanes).map(|_| Slot::Closed).collect(),
            tenants: IndexMap::new(),
            limits,
            busy: 0,
            failing: 0,
            waiting: 0,
            turn: 0,
            tickets: 0,
            closed: false,
        }
    }

    /// A place on a home lane, for a tenant with nothing waiting.
    pub(super) fn take(&mut self, tenant: TenantId, need: Need) -> Option<Taken<C>> {
        let (homes, running) = match self.tenants.get(&tenant) {
            Some(known) if known.waiting.is_empty() => (known.homes, known.running),
            Some(_) => return None,
            None => (Homes::of(tenant, self.limits.homes), 0),
        };
        // Whoever waits would wait the longer.
        let may_join = self.waiting == 0;
        let slot = |lane: &LaneId| &self.lanes[lane.index()];
        let may_hold = leaves_enough(running, self.free());
        let joins = |lane: &LaneId, up_to| {
            let slot = slot(lane);
            may_join && (may_hold || slot.has(tenant)) && slot.admits(tenant, need, up_to)
        };
        let idle = |lane: &LaneId| matches!(slot(lane), Slot::Idle(_));
        let away = self.away(tenant, need);
        let mut best_first = away.iter().copied().chain(homes.iter());
        // An idle first home comes before company in the second: what runs on both has to be prepared on both.
        if let Some(lane) = best_first.find(|lane| joins(lane, ENOUGH) || may_hold && idle(lane)) {
            // The next finds a better one open.
            let better = away.into_iter().take_while(|better| *better != lane);
            let better = self.open_one(better);
            return self.taken(lane, tenant, homes, need, better);
        }
        let open = homes.iter().filter(|lane| joins(lane, FULL));
        let lane = open.min_by_key(|lane| slot(lane).work())?;
        // There is work for two.
        let second = may_hold.then(|| self.open_one(homes.iter())).flatten();
        self.taken(lane, tenant, homes, need, second)
    }

    fn taken(
        &mut self,
        lane: LaneId,
        tenant: TenantId,
        homes: Homes,
        need: Need,
        open: Option<LaneId>,
    ) -> Option<Taken<C>> {
        self.tenant(tenant, |_| homes);
        let (connection, company) = self.enter(lane, tenant, need)?;
        Some(Taken {
            lane,
            connection,
            company,
            open,
        })
    }

    /// A place at the end of the tenant's queue.
    pub(super) fn wait(
        &mut self,
        tenant: TenantId,
        need: Need,
        now: Instant,
        waiter: W,
    ) -> Result<(Ticket, Todo<C, W>), Refusal> {
        if self.is_away() {
            return Err(Refusal::Away);
        }
        let own = self.tenants.get(&tenant).map_or(0, |t| t.waiting.len());
        if own + self.waiting >= self.limits.queue {
            return Err(Refusal::Full);
        }
        self.tickets += 1;
        self.waiting += 1;
        let ticket = Ticket(self.tickets);
        let known = self.tenant(tenant, |lanes| Homes::of(tenant, lanes));
        known.waiting.push_back(Waiting {
            ticket,
            need,
            since: now,
            waiter,
        });
        if known.waiting.len() >= CROWDED {
            return Ok((ticket, self.spread(tenant, now)));
        }
        let (homes, running) = (known.homes, known.running);
        let best_first = self.away(tenant, need).into_iter().chain(homes.iter());
        let todo = Todo {
            open: self.open(best_first, running),
            ..Todo::default()
        };
        Ok((ticket, todo))
    }

    /// The request does not wait any more; whether it still did.
    pub(super) fn leave(&mut self, tenant: TenantId, ticket: Ticket) -> bool {
        let Some(known) = self.tenants.get_mut(&tenant) else {
            return false;
        };
        let Ok(place) = known
            .waiting
            .binary_search_by_key(&ticket, |waiting| waiting.ticket)
        else {
            return false;
        };
        known.waiting.remove(place);
        self.waiting -= 1;
        self.forget_if_done(tenant);
        true
    }

    /// Nobody joins those on a lane any more.
    pub(super) fn shut(&mut self, lane: LaneId) {
        self.lanes[lane.index()].shut();
    }

    /// A request is done with a lane, on which others stay `open` for more. After the last of them comes
    /// [`Scheduler::give_back`] or [`Scheduler::lost`].
    pub(super) fn part(
        &mut self,
        lane: LaneId,
        tenant: TenantId,
        need: Need,
        open: bool,
        now: Instant,
    ) -> Left<C, W> {
        let slot = &mut self.lanes[lane.index()];
        if !open {
            slot.shut();
        }
        let rest = slot.part(tenant, need);
        if !matches!(rest, Some(Rest::Own)) {
            if let Some(known) = self.tenants.get_mut(&tenant) {
                known.running -= 1;
            }
            self.forget_if_done(tenant);
        }
        match rest {
            Some(Rest::Nobody(connection)) => {
                self.busy -= 1;
                Left::Nobody(connection)
            }
            _ => Left::Others(self.serve(lane, now)),
        }
    }

    /// Nobody is on a lane any more, and the connection is good for others.
    pub(super) fn give_back(
        &mut self,
        lane: LaneId,
        connection: C,
        now: Instant,
    ) -> Vec<Grant<C, W>> {
        self.lanes[lane.index()] = Slot::Idle(connection);
        self.serve(lane, now)
    }

    /// Nobody is on a lane any more, and its connection is of no use, for now or for good. The caller opens the lane again.
    pub(super) fn lost(&mut self, lane: LaneId, now: Instant) -> Todo<C, W> {
        self.lanes[lane.index()] = Slot::Opening;
        let mut todo = Todo {
            refused: self.refuse_if_away(),
            ..Todo::default()
        };
        // What a tenant may have now it may have on any lane.
        for lane in (0..self.count()).map(LaneId) {
            todo.grants.extend(self.serve(lane, now));
        }
        todo
    }

    pub(super) fn opened(&mut self, lane: LaneId, connection: C, now: Instant) -> Vec<Grant<C, W>> {
        if matches!(self.lanes[lane.index()], Slot::Failing) {
            self.failing -= 1;
        }
        self.lanes[lane.index()] = Slot::Idle(connection);
        self.serve(lane, now)
    }

    /// A lane could not be opened; whoever calls this goes on trying. Gives those who need not wait for it.
    pub(super) fn failed(&mut self, lane: LaneId) -> Vec<W> {
        if !matches!(self.lanes[lane.index()], Slot::Failing) {
            self.failing += 1;
            self.lanes[lane.index()] = Slot::Failing;
        }
        self.refuse_if_away()
    }

    /// From now on nobody is served. Gives the connections nobody uses, and those who wait.
    pub(super) fn close(&mut self) -> (Vec<C>, Vec<W>) {
        self.closed = true;
        let idle = self.lanes.iter_mut().filter_map(Slot::take_idle).collect();
        (idle, self.refuse_if_away())
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether nothing runs, and nothing waits.
    pub(super) const fn is_idle(&self) -> bool {
        self.busy == 0 && self.waiting == 0
    }

    pub(super) fn load(&self) -> Load {
        let idle = |slot: &&Slot<C>| matches!(slot, Slot::Idle(_));
        Load {
            busy: self.busy,
            idle: self.lanes.iter().filter(idle).count(),
            waiting: self.waiting,
        }
    }

    /// A lane for the tenant's first in the queue, be it a home or not: one that is idle, else one to be opened. For a tenant
    /// with someone who has waited long enough.
    pub(super) fn spread(&mut self, tenant: TenantId, now: Instant) -> Todo<C, W> {
        let mut todo = Todo::default();
        let Some(known) = self.tenants.get(&tenant) else {
            return todo;
        };
        let running = known.running;
        if known.waiting.is_empty() || !leaves_enough(running, self.free()) {
            return todo;
        }
        let best_first = home::best_first(tenant, 0..self.count());
        let idle = |lane: &&LaneId| matches!(self.lanes[lane.index()], Slot::Idle(_));
        if let Some(lane) = best_first.iter().find(idle) {
            let lane = *lane;
            todo.grants.extend(self.grant(lane, tenant, now));
            todo.grants.extend(self.serve(lane, now));
        } else {
            todo.open = self.open(best_first.into_iter(), running);
        }
        todo
    }

    /// The lanes that suit a request better than its tenant's homes: those that are nobody's, if it takes long.
    fn away(&self, tenant: TenantId, need: Need) -> Vec<LaneId> {
        match need {
            Need::Long => home::best_first(tenant, self.limits.homes..self.count()),
            Need::Alone | Need::Brief(_) => Vec::new(),
        }
    }

    /// One of these lanes, unless those on their way are as many as there are requests waiting or as the tenant may have.
    fn open(&mut self, lanes: impl Iterator<Item = LaneId>, running: usize) -> Option<LaneId> {
        let opening = |slot: &&Slot<C>| matches!(slot, Slot::Opening);
        let coming = self.lanes.iter().filter(opening).count();
        let enough =
            coming >= self.waiting || !leaves_enough(running + coming, self.free() - coming);
        if enough { None } else { self.open_one(lanes) }
    }

    /// The first of these lanes that is closed, which is now to be opened. Where another lane cannot be opened none is tried.
    fn open_one(&mut self, mut lanes: impl Iterator<Item = LaneId>) -> Option<LaneId> {
        if self.failing > 0 {
            return None;
        }
        let closed = |lane: &LaneId| matches!(self.lanes[lane.index()], Slot::Closed);
        let lane = lanes.find(closed)?;
        self.lanes[lane.index()] = Slot::Opening;
        Some(lane)
    }

    /// Gives a lane to whoever should have it, if it is idle, and lets those join who come next.
    fn serve(&mut self, lane: LaneId, now: Instant) -> Vec<Grant<C, W>> {
        let mut grants = Vec::new();
        while self.waiting > 0
            && let Some(tenant) = self.next_for(lane, now)
        {
            grants.extend(self.grant(lane, tenant, now));
        }
        grants
    }

    /// Whose turn it is on a lane that is idle or admits it.
    fn next_for(&self, lane: LaneId, now: Instant) -> Option<TenantId> {
        let slot = &self.lanes[lane.index()];
        let idle = match slot {
            Slot::Idle(_) => true,
            Slot::Busy(_) => false,
            _ => return None,
        };
        let (spill_after, free) = (self.limits.spill_after, self.free());
        let candidates = self.tenants.iter().filter_map(|(tenant, known)| {
            let first = known.waiting.front()?;
            let waited = now.saturating_duration_since(first.since);
            let home = known.homes.contain(lane);
            let urgent = waited >= spill_after * URGENT;
            let rank = (
                known.running,
                Reverse(home || urgent),
                known.turn,
                first.ticket,
            );
            let may_hold = leaves_enough(known.running, free);
            let there = slot.has(*tenant);
            let eligible = if idle {
                let away = first.need == Need::Long && lane.0 >= self.limits.homes;
                let anywhere = away || known.waiting.len() >= CROWDED || waited >= spill_after;
                (home || anywhere) && may_hold
            } else {
                there || (home || urgent) && may_hold
            };
            let joins = (there || home) && slot.admits(*tenant, first.need, FULL);
            eligible.then_some((rank, *tenant, idle || joins))
        });
        let (_, tenant, may) = candidates.min_by_key(|(rank, ..)| *rank)?;
        // Where the next may not join, nobody behind it does either: the lane will be its own soon.
        may.then_some(tenant)
    }

    /// Lets the first that waits of a tenant have a lane, or join those there.
    fn grant(&mut self, lane: LaneId, tenant: TenantId, now: Instant) -> Option<Grant<C, W>> {
        let known = self.tenants.get_mut(&tenant)?;
        let first = known.waiting.pop_front()?;
        let spilled = !known.homes.contain(lane) && first.need != Need::Long;
        // Start-time fair queueing: whoever comes anew begins where the others are.
        self.turn = self.turn.max(known.turn);
        known.turn += 1;
        self.waiting -= 1;
        let (connection, company) = self.enter(lane, tenant, first.need)?;
        Some(Grant {
            lane,
            tenant,
            connection,
            waiter: first.waiter,
            need: first.need,
            waited: now.saturating_duration_since(first.since),
            company,
            spilled,
        })
    }

    /// A request of a known tenant goes to a lane that is idle or admits it.
    fn enter(&mut self, lane: LaneId, tenant: TenantId, need: Need) -> Option<(C, Company)> {
        let slot = &mut self.lanes[lane.index()];
        let (connection, first, company) = match slot.join(tenant, need) {
            Some((connection, first)) => (connection, first, Company::Joined),
            None => (slot.occupy(tenant, need)?, true, Company::First),
        };
        self.busy += usize::from(company == Company::First);
        if first && let Some(known) = self.tenants.get_mut(&tenant) {
            known.running += 1;
        }
        Some((connection, company))
    }

    fn forget_if_done(&mut self, tenant: TenantId) {
        if let Some(known) = self.tenants.get(&tenant)
            && known.running == 0
            && known.waiting.is_empty()
        {
            self.tenants.swap_remove(&tenant);
        }
    }

    fn tenant(&mut self, tenant: TenantId, homes: impl FnOnce(u16) -> Homes) -> &mut Tenant<W> {
        let (homes_there_are, turn) = (self.limits.homes, self.turn);
        self.tenants.entry(tenant).or_insert_with(|| Tenant {
            homes: homes(homes_there_are),
            running: 0,
            waiting: VecDeque::new(),
            turn,
        })
    }

    fn count(&self) -> u16 {
        u16::try_from(self.lanes.len()).expect("it was made with a u16")
    }

    /// How many lanes nobody holds and that can be had.
    const fn free(&self) -> usize {
        self.lanes.len() - self.busy - self.failing
    }

    /// Whether no lane has a connection or is about to have one, and it is known that none can be made.
    pub(super) fn is_away(&self) -> bool {
        let hopeful = |slot| matches!(slot, &Slot::Idle(_) | &Slot::Opening);
        self.closed || self.failing > 0 && self.busy == 0 && !self.lanes.iter().any(hopeful)
    }

    fn refuse_if_away(&mut self) -> Vec<W> {
        if !self.is_away() {
            return Vec::new();
        }
        self.waiting = 0;
        let all = self.tenants.values_mut();
        let refused = all.flat_map(|tenant| tenant.waiting.drain(..));
        let refused = refused.map(|waiting| waiting.waiter).collect();
        self.tenants.retain(|_, tenant| tenant.running > 0);
        refused
    }
}

/// Whether a tenant that holds `held` lanes can have one more of those that are free and there are enough for others.
const fn leaves_enough(held: usize, free: usize) -> bool {
    held == 0 || held < LANES_PER_FREE * free.saturating_sub(1)
}

#[cfg(test)]
mod tests;
