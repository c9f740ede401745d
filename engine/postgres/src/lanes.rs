//! Lanes: the few connections that all requests' statements run on.
//!
//! A Postgres process keeps 20 to 80 KB for every table that its connection has touched, and about 30 KB for each statement
//! prepared on it. So tenants do not roam: each has two lanes that are its home, where its tables and statements are warm, and
//! others take what is long, and help when those are not enough. What a process keeps is bounded by replacing its connection
//! with age and with the number of tenants it has served, and where a statement has left far more than that: on one of two homes, ten tables of each of 1,024 tenants and 16,000
//! statements are 1.5 GB or so.
//!
//! Statements that are known to be brief share a home lane, those of several tenants too: they are sent one behind the other,
//! without waiting for the answers in between. That halves what a short read costs here and in Postgres, where most of it is
//! waking up. How long a statement takes is learnt ([`pace`]); one that proves long with others behind it is cut short and run
//! again by itself, which is safe: what was cut short has done nothing. The lane and what is prepared on it stay: should the
//! order to end it come late and strike another statement, that one is run again as well.
//!
//! Lanes do not wait for the disk: one connection does, for all of them ([`commit`]).
//!
//! What has begun runs to its end, though whoever asked may have gone ([`to_the_end`]): until then the lane is not free. Who
//! gets which lane, and who waits, is decided by [`scheduler`]; it never waits for anything, so its lock is never held for long.

use sqlx::postgres::PgConnectOptions;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::{Duration, Instant};
use tessera_schema::ident::TenantId;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_postgres::CancelToken;

use self::address::Address;
use self::commit::Flusher;
use self::connection::{Connection, Fate};
use self::hold::{Ended, Hold};
use self::numbers::Numbers;
use self::pace::{Need, Pace};
use self::scheduler::answer::{Company, Grant, Left, Refusal, Ticket, Todo};
use self::scheduler::{Limits, Scheduler};
use self::settings::LaneSettings;
use self::to_the_end::ToTheEnd;
use crate::failure::Failure;
use crate::param::Param;
use crate::row::Row;

mod address;
mod commit;
mod connection;
mod hold;
mod home;
mod memory;
mod numbers;
pub mod pace;
mod scheduler;
#[cfg(test)]
#[path = "../../tests/it/support/server.rs"]
mod server;
pub mod settings;
mod tls;
mod to_the_end;
mod trial;

pub use self::scheduler::answer::Load;

/// Before a lane is tried again; twice as long each time, up to the next two.
const BACKOFF: Duration = Duration::from_millis(50);
/// Where no lane can be opened, and requests are refused.
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);
/// Where other lanes are open, so probably Postgres has no room for more.
const PATIENT_BACKOFF: Duration = Duration::from_secs(30);

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lanes(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    scheduler: Mutex<Scheduler<Arc<Connection>, Waiter>>,
    /// How many connections were found broken.
    losses: AtomicU64,
    flusher: Arc<Flusher>,
    address: Address,
    settings: LaneSettings,
    numbers: Numbers,
}

/// Who waits is told by the place it gets.
type Waiter = oneshot::Sender<Hold>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct LaneId(u16);

impl LaneId {
    fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Why a statement gave no rows.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// Too many are waiting already, or it waited too long. Nothing was run.
    #[error("all connections are in use, and too many wait for one")]
    Busy,
    /// Nothing was run.
    #[error("the database cannot be reached")]
    Away,
    #[error(transparent)]
    Statement(#[from] Failure),
}

impl From<LaneError> for Failure {
    fn from(error: LaneError) -> Self {
        match error {
            LaneError::Busy | LaneError::Away => Self::Away(error.into()),
            LaneError::Statement(failure) => failure,
        }
    }
}

impl Lanes {
    /// Connections are opened when they are first needed, with these options as they are.
    #[must_use]
    pub fn new(options: &PgConnectOptions, settings: LaneSettings) -> Self {
        let limits = Limits {
            homes: settings.home_lanes(),
            queue: settings.queue,
            spill_after: settings.spill_after,
        };
        let address = Address::new(options);
        Self(Arc::new(Inner {
            scheduler: Mutex::new(Scheduler::new(settings.lanes.get(), limits)),
            losses: AtomicU64::new(0),
            flusher: Arc::new(Flusher::new(&address)),
            address,
            settings,
            numbers: Numbers::new(),
        }))
    }

    /// Runs one statement for a tenant and gives its rows. Once begun it runs to its end, though nobody wait for it any more.
    ///
    /// # Errors
    /// What Postgres says; that there are too many others; that the database is away, before or during the statement.
    pub async fn fetch(
        &self,
        tenant: TenantId,
        text: &Arc<str>,
        pace: &Arc<Pace>,
        params: Vec<Param>,
    ) -> Result<Vec<Row>, LaneError> {
        let mut lone = pace.writes() && self.0.lock().is_idle();
        let (mut need, mut params) = (pace.need(), params);
        if lone && need.knows_company() {
            need = Need::Alone;
        }
        // Cut short at most once, and perhaps in another's place: alone it stands in nobody's way.
        loop {
            let hold = self.hold(tenant, need).await?;
            let work = hold.run(Arc::clone(text), Arc::clone(pace), params, lone);
            match ToTheEnd::new(work).await {
                Ended::Answered(answer, params) => {
                    if let Some(took) = pace.takes_trial() {
                        let lanes = self.clone();
                        let (text, pace) = (Arc::clone(text), Arc::clone(pace));
                        tokio::spawn(async move {
                            lanes.try_plans(tenant, &text, &pace, &params, took).await;
                        });
                    }
                    return Ok(answer.flushed().await?);
                }
                Ended::Failed(failure) => return Err(failure.into()),
                Ended::CutShort(same) => (need, params, lone) = (Need::Long, same, false),
            }
        }
    }

    /// Finds out how a read that took long is best planned, and keeps to that. Beside everything else.
    async fn try_plans(
        &self,
        tenant: TenantId,
        text: &Arc<str>,
        pace: &Pace,
        params: &[Param],
        took: Duration,
    ) {
        let far_better = match self.hold(tenant, Need::Long).await {
            Ok(hold) => hold.is_far_better_planned(text, params, took).await,
            Err(error) => Err(error.into()),
        };
        // What could not be found out may be another time.
        let far_better = far_better.unwrap_or(false);
        pace.tried(far_better);
        if far_better {
            self.0.numbers.replanned.increment(1);
        }
    }

    /// A place on a lane.
    async fn hold(&self, tenant: TenantId, need: Need) -> Result<Hold, LaneError> {
        // Each time round one broken connection is gone.
        loop {
            let taken = self.0.lock().take(tenant, need);
            let hold = match taken {
                Some(taken) => {
                    self.0.count(taken.company);
                    if let Some(lane) = taken.open {
                        self.0.open(lane, None);
                    }
                    let lanes = Arc::clone(&self.0);
                    Hold::new(lanes, taken.lane, tenant, need, taken.connection)
                }
                None => Box::pin(self.wait(tenant, need)).await?,
            };
            if hold.works().await {
                return Ok(hold);
            }
        }
    }

    async fn wait(&self, tenant: TenantId, need: Need) -> Result<Hold, LaneError> {
        let inner = &self.0;
        let (waiter, mut hold) = oneshot::channel();
        let placed = inner.lock().wait(tenant, need, Instant::now(), waiter);
        let (ticket, todo) = placed.map_err(|refusal| match refusal {
            Refusal::Full => {
                inner.numbers.full.increment(1);
                LaneError::Busy
            }
            Refusal::Away => {
                inner.numbers.away.increment(1);
                LaneError::Away
            }
        })?;
        let _place = Place::new(inner, tenant, ticket);
        inner.carry_out(todo);

        let soon = timeout(inner.settings.spill_after, &mut hold).await;
        let outcome = match soon {
            Ok(outcome) => outcome,
            Err(_) => {
                let todo = inner.lock().spread(tenant, Instant::now());
                inner.carry_out(todo);
                match timeout(inner.settings.patience, &mut hold).await {
                    Ok(outcome) => outcome,
                    Err(_) if inner.lock().leave(tenant, ticket) => {
                        inner.numbers.overdue.increment(1);
                        return Err(LaneError::Busy);
                    }
                    // Its turn came at this very moment.
                    Err(_) => hold.await,
                }
            }
        };
        outcome.map_err(|_| {
            inner.numbers.away.increment(1);
            LaneError::Away
        })
    }

    /// How many connections there are at most.
    #[must_use]
    pub fn most(&self) -> u16 {
        self.0.settings.lanes.get()
    }

    #[must_use]
    pub fn load(&self) -> Load {
        self.0.lock().load()
    }

    /// Closes every connection that nobody uses, and the others when their statements end. Serves nobody from now on.
    pub async fn close(&self) {
        let (idle, refused) = self.0.lock().close();
        drop(refused);
        for connection in idle {
            self.0.numbers.open.decrement(1);
            close(connection).await;
        }
        self.0.flusher.close().await;
    }
}

/// A place in the queue, given up by whoever goes away.
struct Place<'l> {
    lanes: &'l Inner,
    tenant: TenantId,
    ticket: Ticket,
}

impl<'l> Place<'l> {
    fn new(lanes: &'l Inner, tenant: TenantId, ticket: Ticket) -> Self {
        lanes.numbers.waiting.increment(1);
        Self {
            lanes,
            tenant,
            ticket,
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.lanes.numbers.waiting.decrement(1);
        self.lanes.lock().leave(self.tenant, self.ticket);
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Scheduler<Arc<Connection>, Waiter>> {
        self.scheduler
            .lock()
            .expect("nothing panics with the scheduler's lock")
    }

    fn carry_out(self: &Arc<Self>, todo: Todo<Arc<Connection>, Waiter>) {
        for grant in todo.grants {
            self.hand_over(grant);
        }
        if let Some(lane) = todo.open {
            self.open(lane, None);
        }
        // Whoever hears nothing any more knows.
        drop(todo.refused);
    }

    fn hand_over(self: &Arc<Self>, grant: Grant<Arc<Connection>, Waiter>) {
        self.count(grant.company);
        self.numbers.waited.record(grant.waited);
        if grant.spilled {
            self.numbers.spilled.increment(1);
        }
        let Grant {
            lane, tenant, need, ..
        } = grant;
        let hold = Hold::new(Arc::clone(self), lane, tenant, need, grant.connection);
        // Where nobody is there any more it is dropped, and so the lane goes to the next.
        let _dropped = grant.waiter.send(hold);
    }

    fn count(&self, company: Company) {
        match company {
            Company::First => self.numbers.busy.increment(1),
            Company::Joined => self.numbers.shared.increment(1),
        }
    }

    /// A request has left a lane.
    fn returned(
        self: &Arc<Self>,
        lane: LaneId,
        tenant: TenantId,
        need: Need,
        connection: Arc<Connection>,
    ) {
        let now = Instant::now();
        connection.has_served(tenant);
        let fate = connection.fate();
        let stays = fate == Fate::Stays;
        // The last one gets it from the scheduler.
        drop(connection);
        let mut scheduler = self.lock();
        let connection = match scheduler.part(lane, tenant, need, stays, now) {
            Left::Others(grants) => {
                drop(scheduler);
                grants.into_iter().for_each(|grant| self.hand_over(grant));
                return;
            }
            Left::Nobody(connection) => connection,
        };
        self.numbers.busy.decrement(1);
        if stays && !scheduler.is_closed() {
            let grants = scheduler.give_back(lane, connection, now);
            drop(scheduler);
            grants.into_iter().for_each(|grant| self.hand_over(grant));
            return;
        }
        let todo = scheduler.lost(lane, now);
        drop(scheduler);
        self.numbers.open.decrement(1);
        self.carry_out(todo);
        if fate == Fate::Checked {
            self.check(lane, connection);
        } else {
            self.replace(lane, connection, fate);
        }
    }

    /// Puts a connection to use again, beside everything else, unless its process has grown too large.
    fn check(self: &Arc<Self>, lane: LaneId, connection: Arc<Connection>) {
        // There is none only when everything ends.
        if let Ok(runtime) = Handle::try_current() {
            let lanes = Arc::clone(self);
            runtime.spawn(async move {
                let fate = connection.check_memory().await;
                if fate != Fate::Stays {
                    lanes.replace(lane, connection, fate);
                } else if let Err(unwanted) = lanes.opened(lane, connection) {
                    close(unwanted).await;
                }
            });
        }
    }

    /// Opens a lane again, whose connection is of no more use.
    fn replace(self: &Arc<Self>, lane: LaneId, connection: Arc<Connection>, fate: Fate) {
        match fate {
            Fate::Grown => self.numbers.grown.increment(1),
            Fate::Broken => {
                self.numbers.broken.increment(1);
                self.losses.fetch_add(1, Ordering::Relaxed);
            }
            Fate::Stays | Fate::Checked | Fate::Worn => self.numbers.worn.increment(1),
        }
        self.open(lane, Some(connection));
    }

    /// Cuts the statement short that runs, for those behind it.
    async fn cut(&self, running: CancelToken) {
        self.numbers.cut.increment(1);
        if let Err(failure) = self.address.cancel(running).await {
            tracing::warn!(%failure, "a statement in others' way cannot be cut short");
        }
    }

    /// Opens a lane, beside everything else, once what was its connection is closed.
    fn open(self: &Arc<Self>, lane: LaneId, before: Option<Arc<Connection>>) {
        // There is none only when everything ends.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(open(Arc::downgrade(self), lane, before));
        }
    }

    /// Puts a connection to use, or gives it back where there is none for it.
    fn opened(
        self: &Arc<Self>,
        lane: LaneId,
        connection: Arc<Connection>,
    ) -> Result<(), Arc<Connection>> {
        let mut scheduler = self.lock();
        if scheduler.is_closed() {
            return Err(connection);
        }
        let grants = scheduler.opened(lane, connection, Instant::now());
        drop(scheduler);
        self.numbers.open.increment(1);
        grants.into_iter().for_each(|grant| self.hand_over(grant));
        Ok(())
    }

    /// A lane could not be opened. Gives how long to wait at most before trying again.
    fn failed(&self, lane: LaneId) -> Duration {
        let mut scheduler = self.lock();
        let refused = scheduler.failed(lane);
        let away = scheduler.is_away();
        drop(scheduler);
        drop(refused);
        if away {
            LONGEST_BACKOFF
        } else {
            PATIENT_BACKOFF
        }
    }

    async fn connect(&self, lane: LaneId) -> Result<Connection, Failure> {
        let losses = self.losses();
        Connection::open(&self.address, &self.settings, &self.flusher, lane, losses).await
    }

    fn losses(&self) -> u64 {
        self.losses.load(Ordering::Relaxed)
    }
}

/// Says goodbye on a connection that nobody uses.
async fn close(connection: Arc<Connection>) {
    if let Some(connection) = Arc::into_inner(connection) {
        connection.close().await;
    }
}

async fn open(lanes: Weak<Inner>, lane: LaneId, before: Option<Arc<Connection>>) {
    if let Some(before) = before {
        close(before).await;
    }
    let mut pause = BACKOFF;
    loop {
        let Some(inner) = lanes.upgrade().filter(|inner| !inner.lock().is_closed()) else {
            return;
        };
        match inner.connect(lane).await {
            Ok(connection) => {
                if let Err(unwanted) = inner.opened(lane, Arc::new(connection)) {
                    close(unwanted).await;
                }
                return;
            }
            Err(error) => {
                // Told once for each lane, not with every try.
                if pause == BACKOFF {
                    tracing::warn!(%error, lane = lane.0, "a connection for requests cannot be opened");
                }
            }
        }
        let longest = inner.failed(lane);
        drop(inner);
        sleep(pause).await;
        pause = (2 * pause).min(longest);
    }
}
