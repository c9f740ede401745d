//! The scheduler alone: anything may happen in any order, and the rules hold.

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use tessera_schema::ident::TenantId;
use uuid::Uuid;

use super::answer::{Company, Grant, Left, Refusal, Taken, Ticket, Todo};
use super::slot::Slot;
use super::{ENOUGH, FULL, Limits, Scheduler};
use crate::lanes::LaneId;
use crate::lanes::home::Homes;
use crate::lanes::pace::Need;

const QUEUE: usize = 12;

fn tenant(number: u8) -> TenantId {
    TenantId(Uuid::from_u128(u128::from(number) << 64 | 0x5eed))
}

#[derive(Debug, Clone)]
enum Event {
    Ask(u8, Need),
    /// Nobody joins the nth of those that hold a lane.
    Shut(usize),
    /// The nth of those that hold a lane is done; the connection is fine, or not.
    Done(usize, bool),
    /// The nth of those that wait goes away.
    Leave(usize),
    /// The nth of those that wait has waited a while.
    Overdue(usize),
    /// The nth of the lanes on their way is there, or cannot be opened.
    Opened(usize, bool),
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (0..5_u8, need()).prop_map(|(tenant, need)| Event::Ask(tenant, need)),
        1 => any::<usize>().prop_map(Event::Shut),
        4 => (any::<usize>(), prop::bool::weighted(0.9)).prop_map(|(n, fine)| Event::Done(n, fine)),
        1 => any::<usize>().prop_map(Event::Leave),
        2 => any::<usize>().prop_map(Event::Overdue),
        3 => (any::<usize>(), prop::bool::weighted(0.8)).prop_map(|(n, there)| Event::Opened(n, there)),
        2 => (0..5_u64).prop_map(Event::Pass),
    ]
}

fn need() -> impl Strategy<Value = Need> {
    prop_oneof![
        Just(Need::Alone),
        Just(Need::Long),
        (1..10_000_u64).prop_map(|micros| Need::Brief(Duration::from_micros(micros))),
    ]
}

/// What a scheduler has told so far.
struct World {
    scheduler: Scheduler<LaneId, u64>,
    lanes: usize,
    now: Instant,
    requests: u64,
    waiting: BTreeMap<u64, (TenantId, Ticket)>,
    held: Vec<(LaneId, TenantId, Need)>,
    coming: Vec<LaneId>,
    failing: BTreeSet<u16>,
}

impl World {
    fn new(lanes: u16) -> Self {
        Self::with_homes(lanes, lanes)
    }

    fn with_homes(lanes: u16, homes: u16) -> Self {
        let limits = Limits {
            homes,
            queue: QUEUE,
            spill_after: Duration::from_millis(2),
        };
        Self {
            scheduler: Scheduler::new(lanes, limits),
            lanes: usize::from(lanes),
            now: Instant::now(),
            requests: 0,
            waiting: BTreeMap::new(),
            held: Vec::new(),
            coming: Vec::new(),
            failing: BTreeSet::new(),
        }
    }

    fn hold(&mut self, lane: LaneId, tenant: TenantId, need: Need, company: Company) {
        let there = self.held.iter().filter(|(held, ..)| *held == lane);
        let new_there = there.clone().all(|(_, holder, _)| *holder != tenant);
        let (mut count, mut work, mut up_to) = (0, Duration::ZERO, FULL);
        for (_, holder, theirs) in there {
            assert!(theirs.knows_company() && need.knows_company());
            count += 1;
            work += theirs.length();
            if *holder != tenant {
                up_to = ENOUGH;
            }
        }
        assert_eq!(count > 0, company == Company::Joined);
        assert!(count == 0 || work < up_to, "{work:?} before it");
        self.held.push((lane, tenant, need));
        let (own, all) = (self.lanes_of(Some(tenant)), self.lanes_of(None));
        let free = self.lanes - all - self.failing.len();
        // Whoever joins takes no lane that is free: it has to be one that it might have had.
        let left = match company {
            Company::First => free,
            Company::Joined => free.saturating_sub(1),
        };
        assert!(
            !new_there || own == 1 || own <= 3 * left,
            "{own} held, {free} free"
        );
    }

    /// How many lanes a tenant holds, or all of them together.
    fn lanes_of(&self, tenant: Option<TenantId>) -> usize {
        let own = self
            .held
            .iter()
            .filter(|(_, holder, _)| tenant.is_none_or(|t| t == *holder));
        own.map(|(lane, ..)| lane.0).collect::<BTreeSet<_>>().len()
    }

    fn granted(&mut self, grant: &Grant<LaneId, u64>) {
        let (tenant, _) = self.waiting.remove(&grant.waiter).unwrap();
        assert_eq!(tenant, grant.tenant);
        let earlier = self.waiting.iter().next();
        assert!(
            self.waiting
                .iter()
                .filter(|(_, (other, _))| *other == tenant)
                .all(|(request, _)| *request > grant.waiter),
            "{earlier:?} was there before {}",
            grant.waiter
        );
        assert_eq!(grant.lane, grant.connection, "a lane keeps its connection");
        self.hold(grant.lane, grant.tenant, grant.need, grant.company);
    }

    fn carry_out(&mut self, todo: Todo<LaneId, u64>) {
        for grant in todo.grants {
            self.granted(&grant);
        }
        if let Some(lane) = todo.open {
            assert!(!self.coming.contains(&lane));
            self.coming.push(lane);
        }
        self.refused(todo.refused);
    }

    fn refused(&mut self, refused: Vec<u64>) {
        for request in refused {
            self.waiting.remove(&request).unwrap();
            assert!(self.is_away());
        }
    }

    fn is_away(&self) -> bool {
        self.held.is_empty() && self.coming.len() == self.failing.len()
    }

    fn happen(&mut self, event: &Event) {
        match *event {
            Event::Ask(number, need) => self.ask(tenant(number), need),
            Event::Shut(n) if !self.held.is_empty() => {
                let (lane, ..) = self.held[n % self.held.len()];
                self.scheduler.shut(lane);
            }
            Event::Done(n, fine) if !self.held.is_empty() => {
                let (lane, tenant, need) = self.held.swap_remove(n % self.held.len());
                match self.scheduler.part(lane, tenant, need, fine, self.now) {
                    Left::Others(grants) => grants.iter().for_each(|grant| self.granted(grant)),
                    Left::Nobody(_) if fine => {
                        let grants = self.scheduler.give_back(lane, lane, self.now);
                        grants.iter().for_each(|grant| self.granted(grant));
                    }
                    Left::Nobody(_) => {
                        self.coming.push(lane);
                        let todo = self.scheduler.lost(lane, self.now);
                        self.carry_out(todo);
                    }
                }
            }
            Event::Leave(n) if !self.waiting.is_empty() => {
                let request = *self.waiting.keys().nth(n % self.waiting.len()).unwrap();
                let (tenant, ticket) = self.waiting.remove(&request).unwrap();
                assert!(self.scheduler.leave(tenant, ticket));
                assert!(!self.scheduler.leave(tenant, ticket));
            }
            Event::Overdue(n) if !self.waiting.is_empty() => {
                let (tenant, _) = *self.waiting.values().nth(n % self.waiting.len()).unwrap();
                let todo = self.scheduler.spread(tenant, self.now);
                self.carry_out(todo);
            }
            Event::Opened(n, there) if !self.coming.is_empty() => {
                let n = n % self.coming.len();
                let lane = self.coming[n];
                if there {
                    self.coming.swap_remove(n);
                    self.failing.remove(&lane.0);
                    let grants = self.scheduler.opened(lane, lane, self.now);
                    grants.iter().for_each(|grant| self.granted(grant));
                } else {
                    self.failing.insert(lane.0);
                    let refused = self.scheduler.failed(lane);
                    self.refused(refused);
                }
            }
            Event::Pass(milliseconds) => self.now += Duration::from_millis(milliseconds),
            _ => {}
        }
    }

    fn ask(&mut self, tenant: TenantId, need: Need) {
        let homes = self.scheduler.limits.homes;
        let others = &self.scheduler.lanes[usize::from(homes)..];
        let others_are_idle = others.iter().any(|slot| matches!(slot, Slot::Idle(_)));
        if let Some(taken) = self.scheduler.take(tenant, need) {
            let Taken { lane, company, .. } = taken;
            assert!(
                need != Need::Long || lane.0 >= homes || !others_are_idle,
                "one that takes long has a home, though others are idle"
            );
            assert_eq!(lane, taken.connection, "a lane keeps its connection");
            if let Some(lane) = taken.open {
                assert!(!self.coming.contains(&lane));
                self.coming.push(lane);
            }
            assert!(
                company == Company::First || self.waiting.is_empty(),
                "others wait"
            );
            return self.hold(lane, tenant, need, company);
        }
        self.requests += 1;
        let own = self.waiting.values().filter(|(t, _)| *t == tenant).count();
        match self.scheduler.wait(tenant, need, self.now, self.requests) {
            Ok((ticket, todo)) => {
                self.waiting.insert(self.requests, (tenant, ticket));
                self.carry_out(todo);
            }
            Err(Refusal::Full) => assert!(own + self.waiting.len() >= QUEUE),
            Err(Refusal::Away) => assert!(self.is_away() && !self.failing.is_empty()),
        }
        assert!(self.waiting.len() <= QUEUE);
    }

    fn check(&self) {
        let load = self.scheduler.load();
        assert_eq!(load.busy, self.lanes_of(None));
        assert_eq!(load.waiting, self.waiting.len());
        assert!(load.busy + load.idle + self.coming.len() <= self.lanes);
    }
}

proptest! {
    #[test]
    fn whatever_happens_the_rules_hold_and_everyone_is_served_in_the_end(
        lanes in 1..9_u16,
        homes in 1..9_u16,
        events in prop::collection::vec(event(), 0..300),
    ) {
        let mut world = World::with_homes(lanes, homes.min(lanes));
        for event in events {
            world.happen(&event);
            world.check();
        }
        // From here on all goes well, and nobody else comes. No one asks again after having been overdue once.
        world.now += Duration::from_secs(1);
        while !world.coming.is_empty() {
            world.happen(&Event::Opened(0, true));
        }
        for n in 0..world.waiting.len() {
            world.happen(&Event::Overdue(n));
        }
        while !(world.held.is_empty() && world.coming.is_empty()) {
            world.happen(&Event::Opened(0, true));
            world.happen(&Event::Done(0, true));
            world.check();
        }
        prop_assert!(world.waiting.is_empty(), "{:?} wait for ever", world.waiting);
        prop_assert!(world.scheduler.tenants.is_empty(), "nothing is left of whoever is gone");
    }
}

/// A scheduler whose lanes are all open, one tenant with all that it may have of them, and more waiting.
fn crowded(lanes: u16, greedy: TenantId) -> World {
    let mut world = World::new(lanes);
    for lane in (0..lanes).map(LaneId) {
        world.scheduler.opened(lane, lane, world.now);
    }
    for _ in 0..100 {
        world.ask(greedy, Need::Alone);
    }
    world
}

#[test]
fn a_tenant_gets_three_quarters_of_the_lanes_and_half_of_the_queue() {
    for (lanes, most) in [(1, 1), (2, 1), (3, 2), (4, 3), (8, 6), (16, 12), (64, 48)] {
        let world = crowded(lanes, tenant(1));
        let load = world.scheduler.load();
        assert_eq!((load.busy, load.waiting), (most, 6), "{lanes} lanes");
    }
}

#[test]
fn several_that_want_everything_leave_something_too() {
    let mut world = crowded(16, tenant(1));
    for number in 2..5 {
        for _ in 0..100 {
            world.ask(tenant(number), Need::Alone);
        }
    }
    // Done one after the other, for a while; the others are asking on.
    for round in 0..200 {
        world.happen(&Event::Done(round * 7, true));
        for number in 1..5 {
            world.ask(tenant(number), Need::Alone);
            world.happen(&Event::Pass(1));
        }
        world.check();
    }
    let held: Vec<usize> = (1..5)
        .map(|number| {
            let own = |(_, holder, _): &&(LaneId, TenantId, Need)| *holder == tenant(number);
            world.held.iter().filter(own).count()
        })
        .collect();
    assert!(held.iter().all(|count| (2..=5).contains(count)), "{held:?}");
    assert!(world.scheduler.load().idle >= 1);
}

#[test]
fn a_lane_goes_round_however_many_wait_of_one_tenant() {
    let mut world = crowded(1, tenant(1));
    for _ in 0..3 {
        world.ask(tenant(2), Need::Alone);
        world.ask(tenant(3), Need::Alone);
    }
    let mut served = Vec::new();
    while let Some((_, holder, _)) = world.held.first().copied() {
        served.extend((1..4).filter(|number| tenant(*number) == holder));
        world.happen(&Event::Done(0, true));
    }
    // The first one had it from the beginning.
    assert_eq!(served, [1, 1, 2, 3, 1, 2, 3, 1, 1, 1, 1]);
}

const BRIEF: Need = Need::Brief(Duration::from_micros(900));

/// Tenants that all have the same two homes, on a scheduler with both of them open.
fn neighbours() -> (World, Vec<TenantId>) {
    let mut world = World::new(2);
    for lane in [LaneId(0), LaneId(1)] {
        world.scheduler.opened(lane, lane, world.now);
    }
    (world, with_first_home(LaneId(0)).take(4).collect())
}

/// Tenants that prefer one of two homes.
fn with_first_home(lane: LaneId) -> impl Iterator<Item = TenantId> {
    (0..)
        .map(tenant)
        .filter(move |tenant| Homes::of(*tenant, 2).iter().next() == Some(lane))
}

#[test]
fn an_idle_first_home_comes_before_company_in_the_second() {
    let (mut world, at_zero) = neighbours();
    let at_one = with_first_home(LaneId(1)).next().unwrap();
    world.ask(at_zero[0], BRIEF);
    world.ask(at_one, BRIEF);
    let lanes: Vec<LaneId> = world.held.iter().map(|(lane, ..)| *lane).collect();
    assert_eq!(lanes, [LaneId(0), LaneId(1)]);
}

#[test]
fn brief_requests_of_several_tenants_share_a_home_until_there_is_enough_on_it() {
    let (mut world, tenants) = neighbours();
    for tenant in &tenants[..3] {
        world.ask(*tenant, BRIEF);
    }
    assert_eq!((world.lanes_of(None), world.waiting.len()), (1, 0));
    // 2.7 ms are enough.
    world.ask(tenants[3], BRIEF);
    assert_eq!((world.lanes_of(None), world.waiting.len()), (2, 0));
    // One that knows no company is kept waiting by nobody who comes after it.
    world.ask(tenants[0], Need::Alone);
    world.ask(tenants[1], BRIEF);
    world.ask(tenants[2], BRIEF);
    assert_eq!(world.waiting.len(), 3);
    while world.held.iter().all(|(.., need)| *need != Need::Alone) {
        assert!(world.held.len() <= 4);
        world.happen(&Event::Done(0, true));
    }
    assert_eq!(world.held.last().map(|held| held.1), Some(tenants[0]));
}

#[test]
fn what_takes_long_leaves_the_homes_to_the_brief() {
    let mut world = World::with_homes(6, 2);
    world.scheduler.opened(LaneId(0), LaneId(0), world.now);
    // None of the others is open yet; from now on one is.
    world.ask(tenant(1), Need::Long);
    assert_eq!((world.held[0].0, world.coming.len()), (LaneId(0), 1));
    world.happen(&Event::Opened(0, true));
    for number in 2..5 {
        world.ask(tenant(number), Need::Long);
        world.happen(&Event::Opened(0, true));
    }
    let on_homes = world.held.iter().filter(|(lane, ..)| lane.0 < 2);
    assert_eq!((on_homes.count(), world.held.len()), (1, 4));
    world.happen(&Event::Done(0, true));
    // The homes are free, and serve who is brief.
    world.ask(tenant(5), BRIEF);
    assert!(world.held.last().is_some_and(|(lane, ..)| lane.0 < 2));
    assert!(world.waiting.is_empty());
}

#[test]
fn those_that_wait_for_a_lane_go_there_together() {
    let (mut world, tenants) = neighbours();
    world.ask(tenants[0], Need::Alone);
    world.ask(tenants[1], Need::Alone);
    for tenant in &tenants[2..] {
        world.ask(*tenant, BRIEF);
    }
    assert_eq!(world.waiting.len(), 2);
    world.happen(&Event::Done(0, true));
    assert_eq!((world.held.len(), world.waiting.len()), (3, 0));
}
