//! Lanes: the few connections that all requests' statements run on.
//!
//! A Postgres process keeps about 25 KB for every table that its connection has touched, and each statement prepared on it. So
//! tenants do not roam: each has two lanes that are its home, where its tables and statements are warm, and others help only
//! when those are not enough. What a process keeps is bounded by replacing its connection with age and with the number of
//! tenants it has served: with ten tables touched of each of 256 tenants, and 500 statements of 30 KB, some 80 MB.
//!
//! A lane is used by the task that asks, without a hand-over. Whoever gives up half-way leaves no half-read answer behind:
//! [`to_the_end`]. Who gets which lane, and who waits, is decided by [`scheduler`]; it never waits for anything, so its lock is
//! never held for long.

use sqlx::postgres::{PgArguments, PgConnectOptions, PgRow};
use sqlx::{SqlSafeStr, query_with};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::{Duration, Instant};
use tessera_schema::ident::TenantId;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use self::connection::Connection;
use self::numbers::Numbers;
use self::scheduler::{Grant, Limits, Refusal, Scheduler, Ticket, Todo};
use self::settings::LaneSettings;
use self::to_the_end::ToTheEnd;

mod connection;
mod home;
mod lease;
mod numbers;
mod scheduler;
pub mod settings;
mod to_the_end;

pub use self::lease::Lease;
pub use self::scheduler::Load;

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
    scheduler: Mutex<Scheduler<Connection, oneshot::Sender<Lease>>>,
    /// How many connections were found broken.
    losses: AtomicU64,
    options: PgConnectOptions,
    settings: LaneSettings,
    numbers: Numbers,
}

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
    Statement(#[from] sqlx::Error),
}

impl From<LaneError> for sqlx::Error {
    fn from(error: LaneError) -> Self {
        match error {
            LaneError::Busy => Self::PoolTimedOut,
            LaneError::Away => Self::PoolClosed,
            LaneError::Statement(error) => error,
        }
    }
}

impl Lanes {
    /// Connections are opened when they are first needed, with these options as they are.
    #[must_use]
    pub fn new(options: PgConnectOptions, settings: LaneSettings) -> Self {
        let limits = Limits {
            queue: settings.queue,
            spill_after: settings.spill_after,
        };
        Self(Arc::new(Inner {
            scheduler: Mutex::new(Scheduler::new(settings.lanes.get(), limits)),
            losses: AtomicU64::new(0),
            options,
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
        statement: impl SqlSafeStr,
        arguments: PgArguments,
    ) -> Result<Vec<PgRow>, LaneError> {
        let statement = query_with(statement.into_sql_str(), arguments);
        let mut lease = self.lease(tenant).await?;
        let work = ToTheEnd::new(async move {
            let outcome = statement.fetch_all(lease.connection()).await;
            lease.done(&outcome);
            outcome
        });
        Ok(work.await?)
    }

    /// A connection for more than one statement. Nobody should wait for another while holding one.
    ///
    /// # Errors
    /// That there are too many others, or that the database is away.
    pub async fn lease(&self, tenant: TenantId) -> Result<Lease, LaneError> {
        // Each time round one broken connection is gone.
        loop {
            let taken = self.0.lock().take(tenant);
            let mut lease = match taken {
                Some((lane, connection)) => {
                    self.0.numbers.busy.increment(1);
                    Lease::new(Arc::clone(&self.0), lane, tenant, connection)
                }
                None => Box::pin(self.wait(tenant)).await?,
            };
            if lease.works().await {
                return Ok(lease);
            }
        }
    }

    async fn wait(&self, tenant: TenantId) -> Result<Lease, LaneError> {
        let inner = &self.0;
        let (waiter, mut lease) = oneshot::channel();
        let placed = inner.lock().wait(tenant, Instant::now(), waiter);
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

        let soon = timeout(inner.settings.spill_after, &mut lease).await;
        let outcome = match soon {
            Ok(outcome) => outcome,
            Err(_) => {
                let todo = inner.lock().spread(tenant, Instant::now());
                inner.carry_out(todo);
                match timeout(inner.settings.patience, &mut lease).await {
                    Ok(outcome) => outcome,
                    Err(_) if inner.lock().leave(tenant, ticket) => {
                        inner.numbers.overdue.increment(1);
                        return Err(LaneError::Busy);
                    }
                    // Its turn came at this very moment.
                    Err(_) => lease.await,
                }
            }
        };
        outcome.map_err(|_| {
            inner.numbers.away.increment(1);
            LaneError::Away
        })
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
            connection.close().await;
        }
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
    fn lock(&self) -> MutexGuard<'_, Scheduler<Connection, oneshot::Sender<Lease>>> {
        self.scheduler
            .lock()
            .expect("nothing panics with the scheduler's lock")
    }

    fn carry_out(self: &Arc<Self>, todo: Todo<Connection, oneshot::Sender<Lease>>) {
        for grant in todo.grants {
            self.hand_over(grant);
        }
        if let Some(lane) = todo.open {
            self.open(lane, None);
        }
        // Whoever hears nothing any more knows.
        drop(todo.refused);
    }

    fn hand_over(self: &Arc<Self>, grant: Grant<Connection, oneshot::Sender<Lease>>) {
        self.numbers.busy.increment(1);
        self.numbers.waited.record(grant.waited);
        if grant.spilled {
            self.numbers.spilled.increment(1);
        }
        let lease = Lease::new(Arc::clone(self), grant.lane, grant.tenant, grant.connection);
        // Where nobody is there any more the lease is dropped, and so goes to the next.
        let _dropped = grant.waiter.send(lease);
    }

    /// What becomes of a connection that a tenant is done with.
    fn returned(
        self: &Arc<Self>,
        lane: LaneId,
        tenant: TenantId,
        mut connection: Connection,
        in_use: bool,
    ) {
        self.numbers.busy.decrement(1);
        let now = Instant::now();
        let spent = connection.is_spent_by(tenant, &self.settings);
        let mut scheduler = self.lock();
        if !in_use && !spent && !scheduler.is_closed() {
            let grant = scheduler.give_back(lane, tenant, connection, now);
            drop(scheduler);
            if let Some(grant) = grant {
                self.hand_over(grant);
            }
            return;
        }
        let todo = scheduler.lost(lane, tenant, now);
        drop(scheduler);
        self.numbers.open.decrement(1);
        if in_use {
            self.numbers.broken.increment(1);
            self.losses.fetch_add(1, Ordering::Relaxed);
        } else {
            self.numbers.worn.increment(1);
        }
        self.carry_out(todo);
        self.open(lane, (!in_use).then_some(connection));
    }

    /// Opens a lane, beside everything else, once what was its connection is closed.
    fn open(self: &Arc<Self>, lane: LaneId, before: Option<Connection>) {
        // There is none only when everything ends.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(open(Arc::downgrade(self), lane, before));
        }
    }

    /// Puts a connection to use, or gives it back where there is none for it.
    fn opened(self: &Arc<Self>, lane: LaneId, connection: Connection) -> Result<(), Connection> {
        let mut scheduler = self.lock();
        if scheduler.is_closed() {
            return Err(connection);
        }
        let grant = scheduler.opened(lane, connection, Instant::now());
        drop(scheduler);
        self.numbers.open.increment(1);
        if let Some(grant) = grant {
            self.hand_over(grant);
        }
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

    fn losses(&self) -> u64 {
        self.losses.load(Ordering::Relaxed)
    }
}

async fn open(lanes: Weak<Inner>, lane: LaneId, before: Option<Connection>) {
    if let Some(before) = before {
        before.close().await;
    }
    let mut pause = BACKOFF;
    loop {
        let Some(inner) = lanes.upgrade().filter(|inner| !inner.lock().is_closed()) else {
            return;
        };
        let losses = inner.losses();
        match Connection::open(&inner.options, &inner.settings, lane, losses).await {
            Ok(connection) => {
                if let Err(unwanted) = inner.opened(lane, connection) {
                    unwanted.close().await;
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
