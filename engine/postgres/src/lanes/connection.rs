//! A connection to Postgres, and how long it is good for.

use quick_cache::unsync::Cache;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tessera_schema::ident::TenantId;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{CancelToken, Client, Statement};

use super::LaneId;
use super::address::Address;
use super::commit::{Commits, Flusher, Unflushed};
use super::memory::Memory;
use super::pace::{Pace, Planning};
use super::settings::{LaneSettings, StatementBytes};
use crate::failure::Failure;
use crate::param::Param;
use crate::row::Row;
use crate::slow;

/// Connecting and asking whether somebody is there take no longer.
const ANSWER: Duration = Duration::from_secs(3);
/// An order to end a statement arrives no later, once it was sent.
const LATE: Duration = Duration::from_secs(3);
/// Whoever wants to see each statement in the log asks for this at `debug`.
const STATEMENTS: &str = "tessera_engine::statements";

/// A statement that took so long may have left a large plan behind, or have read many tables' definitions.
const HEAVY: Duration = Duration::from_millis(250);
/// The memory of a Postgres process that its prepared statements and its tenants' tables do not account for. What Postgres
/// counts is little more than half of what the process keeps: 51 of 93 MB after a statement of 400 joins.
const MOST_UNACCOUNTED: u64 = 128 << 20;
/// What a tenant's tables account for: 20 to 80 KB for each that was touched.
const TENANT_BYTES: u64 = 1 << 20;
/// Counting the memory takes up to a twentieth of the time: 0.2 ms on a young connection, 50 ms with 4,000 statements.
const COUNTED_SELDOM: u32 = 20;

/// Room that is kept from the beginning.
const STATEMENTS_EXPECTED: usize = 500;

const EACH_TIME: &str = "set plan_cache_mode = force_custom_plan";
/// Takes back what [`Connection::with`] may have set.
const RESET: &str = "reset plan_cache_mode; reset statement_timeout";

/// Statements may be sent before the one before them has been answered. Whoever does not wait for an answer any more leaves
/// nothing half-read behind.
#[derive(Debug)]
pub(super) struct Connection {
    client: Client,
    commits: Commits,
    statement_timeout: Option<Duration>,
    /// `None` where the role may not know.
    memory: Option<Memory>,
    /// Ends when the connection does.
    driver: JoinHandle<()>,
    /// How many tenants it serves before it is replaced.
    max_tenants: usize,
    /// When it is to be replaced.
    until: Instant,
    /// What is prepared on it may not be what it was.
    doubtful: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    statements: Cache<Arc<str>, Statement, StatementBytes>,
    /// Whose tables its Postgres process has in memory.
    tenants: HashSet<TenantId>,
    /// How many statements are on their way.
    running: usize,
    /// Since when the first of them runs; when the last of them was answered, where there is none.
    since: Instant,
    /// How many flushes are on their way. Nothing is cut short meanwhile: Postgres would answer as if the flush had
    /// succeeded.
    flushing: usize,
    /// What was cut short last.
    cut: Option<Cut>,
    /// Whether that was since there was last nothing on its way.
    cut_now: bool,
    /// How many other connections had been found broken by then.
    losses: u64,
    /// Whether a heavy statement has run since the memory was last counted.
    is_heavy: bool,
    /// Before then the memory is not counted again.
    next_count: Instant,
}

/// The end of a connection that nobody uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Stays,
    /// [`Connection::check_memory`] decides.
    Checked,
    /// It has served enough.
    Worn,
    /// Its process keeps too much memory.
    Grown,
    Broken,
}

/// A statement that was cut short.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// Since when it ran.
    since: Instant,
    /// When Postgres was told; `None` while that is under way.
    told: Option<Instant>,
}

impl Connection {
    pub(super) async fn open(
        address: &Address,
        settings: &LaneSettings,
        flusher: &Arc<Flusher>,
        lane: LaneId,
        losses: u64,
    ) -> Result<Self, Failure> {
        let (client, driver) = timeout(ANSWER, address.connect())
            .await
            .map_err(|elapsed| Failure::Away(elapsed.into()))??;
        let (commits, statement_timeout) = Commits::of(&client, flusher).await?;
        let memory = Memory::of(&client).await?;
        let now = Instant::now();
        // From three to five quarters of the age.
        let quarters = 3.0 + 2.0 * f64::from(lane.0) / f64::from(settings.lanes.get());
        Ok(Self {
            client,
            commits,
            statement_timeout,
            memory,
            driver,
            max_tenants: settings.tenants_on(lane),
            until: now + settings.max_age.mul_f64(quarters / 4.0),
            doubtful: AtomicBool::new(false),
            state: Mutex::new(State {
                statements: Cache::with_weighter(
                    STATEMENTS_EXPECTED,
                    settings.statement_bytes_on(lane),
                    StatementBytes,
                ),
                tenants: HashSet::new(),
                running: 0,
                flushing: 0,
                since: now,
                cut: None,
                cut_now: false,
                losses,
                is_heavy: false,
                next_count: now,
            }),
        })
    }

    /// Runs a statement. One that is `alone` here is not cut short, so a write's commit may wait.
    pub(super) async fn run(
        &self,
        tenant: TenantId,
        text: &Arc<str>,
        params: &[Param],
        pace: &Pace,
        alone: bool,
    ) -> Result<(Vec<Row>, Option<Unflushed>), Failure> {
        let outcome = self.fetch(tenant, text, params, pace, alone).await;
        if let Err(failure) = &outcome {
            self.doubt_after(failure);
        }
        outcome
    }

    /// Waits until a write is on disk.
    pub(super) async fn flush(&self, write: Unflushed) -> Result<(), Failure> {
        if self.commits.is_flushed(&write).await {
            return Ok(());
        }
        let _uncut = Uncut::new(self);
        // Whatever was ordered before has arrived by then.
        while self.may_be_cut() {
            sleep(LATE / 10).await;
        }
        let outcome = self.commits.flush(&self.client).await;
        if let Err(failure) = &outcome {
            self.doubt_after(failure);
        }
        outcome
    }

    fn doubt_after(&self, failure: &Failure) {
        // The two codes say that what is prepared here is not what it was.
        if failure
            .refusal()
            .is_none_or(|refusal| refusal.fatal || matches!(&*refusal.code, "0A000" | "26000"))
        {
            self.doubtful.store(true, Ordering::Relaxed);
        }
    }

    async fn fetch(
        &self,
        tenant: TenantId,
        text: &Arc<str>,
        params: &[Param],
        pace: &Pace,
        alone: bool,
    ) -> Result<(Vec<Row>, Option<Unflushed>), Failure> {
        let sent = self.sent();
        let is_new = self.known(text).is_none();
        let statement = match self.statement(text, params).await {
            Ok(statement) => statement,
            Err(error) => {
                self.answered(sent);
                return Err(error.into());
            }
        };
        let answer = async {
            let rows = self.rows(&statement, params, pace.planning()).await;
            let took = self.answered(sent);
            if is_new {
                pace.learn_of_first(took);
            } else {
                pace.learn(took);
            }
            tracing::debug!(target: STATEMENTS, text = &**text, ?took, "ran");
            slow::log(text, Some(tenant), took);
            Ok(rows?)
        };
        if pace.writes() {
            let waits = alone && !self.may_be_cut();
            self.commits.run(&self.client, waits, answer).await
        } else {
            Ok((answer.await?, None))
        }
    }

    async fn rows(
        &self,
        statement: &Statement,
        params: &[Param],
        planning: Planning,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let params: Vec<_> = params.iter().map(Param::value).collect();
        let rows = self.client.query(statement, &params);
        let rows = match planning {
            Planning::Once => rows.await?,
            Planning::EachTime => self.with(EACH_TIME, rows).await?,
        };
        Ok(rows.into_iter().map(Row::Lane).collect())
    }

    /// Runs a read for as long as a limit says. Nothing else may run here meanwhile.
    pub(super) async fn try_out(
        &self,
        text: &Arc<str>,
        params: &[Param],
        planning: Planning,
        limit: Duration,
    ) -> Result<(), Failure> {
        // The limit is for what is sent at once: not for preparing.
        let statement = self.statement(text, params).await?;
        let limit = format!("set statement_timeout = {}", limit.as_millis());
        let rows = self.rows(&statement, params, planning);
        self.with(&limit, rows).await?;
        Ok(())
    }

    /// Does some work with a setting of its own; all of it is sent at once. What came of the work is told in any case: a write
    /// that was done is done.
    async fn with<T>(
        &self,
        setting: &str,
        work: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, tokio_postgres::Error> {
        let set = self.client.batch_execute(setting);
        let reset = self.client.batch_execute(RESET);
        let (set, outcome, reset) = tokio::join!(biased; set, work, reset);
        if set.is_err() || reset.is_err() {
            self.doubtful.store(true, Ordering::Relaxed);
        }
        outcome
    }

    fn known(&self, text: &Arc<str>) -> Option<Statement> {
        self.state().statements.get(text).cloned()
    }

    /// Prepares it where it is not.
    async fn statement(
        &self,
        text: &Arc<str>,
        params: &[Param],
    ) -> Result<Statement, tokio_postgres::Error> {
        if let Some(known) = self.known(text) {
            return Ok(known);
        }
        let types: Vec<_> = params.iter().map(Param::column_type).collect();
        let statement = self.client.prepare_typed(text, &types).await?;
        let mut state = self.state();
        // What it takes the place of tells Postgres when it is dropped.
        state.statements.insert(Arc::clone(text), statement.clone());
        Ok(statement)
    }

    fn sent(&self) -> Instant {
        let now = Instant::now();
        let mut state = self.state();
        if state.running == 0 {
            state.since = now;
            state.cut_now = false;
        }
        state.running += 1;
        now
    }

    /// How long it took, what was sent before it apart.
    fn answered(&self, sent: Instant) -> Duration {
        let now = Instant::now();
        let mut state = self.state();
        let begun = state.since.max(sent);
        state.running -= 1;
        state.since = now;
        let took = now.saturating_duration_since(begun);
        state.is_heavy |= took >= HEAVY;
        took
    }

    /// Whether the first of those on their way has run for so long.
    pub(super) fn is_held_up(&self, now: Instant, long: Duration) -> bool {
        let state = self.state();
        state.running > 0 && now.saturating_duration_since(state.since) >= long
    }

    /// Cancels the statement that runs, where others were sent behind it and nobody has cancelled it yet. Call
    /// [`Self::was_told`] after its use.
    pub(super) fn cut(&self) -> Option<CancelToken> {
        let mut state = self.state();
        let since = state.since;
        if state.running < 2
            || state.flushing > 0
            || state.cut.is_some_and(|cut| cut.since == since)
        {
            return None;
        }
        state.cut = Some(Cut { since, told: None });
        state.cut_now = true;
        Some(self.client.cancel_token())
    }

    /// Postgres has been told to end a statement.
    pub(super) fn was_told(&self) {
        if let Some(cut) = &mut self.state().cut {
            cut.told = Some(Instant::now());
        }
    }

    /// Whether a statement that Postgres ended, this long after it was sent, may have been cut short, by an order that was
    /// meant for another perhaps. One that has reached its timeout has not.
    pub(super) fn may_have_been_cut(&self, after: Duration) -> bool {
        self.may_be_cut() && self.statement_timeout.is_none_or(|limit| after < limit)
    }

    /// Whether an order to end a statement may still arrive.
    fn may_be_cut(&self) -> bool {
        let cut = self.state().cut;
        cut.is_some_and(|cut| cut.told.is_none_or(|told| told.elapsed() < LATE))
    }

    /// Whether one of those was cut short that were sent one behind the other.
    pub(super) fn was_cut(&self) -> bool {
        self.state().cut_now
    }

    /// Notes whom it has served.
    pub(super) fn has_served(&self, tenant: TenantId) {
        self.state().tenants.insert(tenant);
    }

    /// The end of the connection when nobody uses it any more.
    pub(super) fn fate(&self) -> Fate {
        if !self.is_open() {
            return Fate::Broken;
        }
        let state = self.state();
        if state.tenants.len() >= self.max_tenants || state.since >= self.until {
            Fate::Worn
        } else if state.is_heavy && self.memory.is_some() && state.since >= state.next_count {
            Fate::Checked
        } else {
            Fate::Stays
        }
    }

    /// Finds out whether its process keeps too much memory. Nothing else may run here meanwhile.
    pub(super) async fn check_memory(&self) -> Fate {
        let Some(memory) = &self.memory else {
            return Fate::Stays;
        };
        let begun = Instant::now();
        let Ok(Ok(bytes)) = timeout(ANSWER, memory.count(&self.client)).await else {
            return Fate::Broken;
        };
        let now = Instant::now();
        let mut state = self.state();
        state.since = now;
        state.is_heavy = false;
        state.next_count = now + COUNTED_SELDOM * (now - begun);
        let statements = state.statements.weight();
        let tenants = TENANT_BYTES * state.tenants.len() as u64;
        if bytes > MOST_UNACCOUNTED + statements + tenants {
            Fate::Grown
        } else {
            Fate::Stays
        }
    }

    pub(super) fn is_open(&self) -> bool {
        !self.client.is_closed() && !self.doubtful.load(Ordering::Relaxed)
    }

    /// Whether it may be gone without having said so: another was found broken since it answered, or that is long ago.
    pub(super) fn is_in_doubt(&self, losses: u64, settings: &LaneSettings) -> bool {
        let state = self.state();
        let long_ago = state.running == 0 && state.since.elapsed() >= settings.trusted_for;
        state.losses != losses || long_ago
    }

    pub(super) fn has_answered(&self, losses: u64) {
        self.state().losses = losses;
    }

    pub(super) async fn answers(&self) -> bool {
        let answers = matches!(
            timeout(ANSWER, self.client.check_connection()).await,
            Ok(Ok(()))
        );
        if answers {
            self.state().since = Instant::now();
        } else {
            self.doubtful.store(true, Ordering::Relaxed);
        }
        answers
    }

    /// Says goodbye, so that Postgres does not have to find out.
    pub(super) async fn close(self) {
        drop(self.client);
        let _gone_already = timeout(ANSWER, self.driver).await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nothing panics with a connection's state")
    }
}

/// Keeps what runs on a connection from being cut short.
struct Uncut<'c>(&'c Connection);

impl<'c> Uncut<'c> {
    fn new(connection: &'c Connection) -> Self {
        connection.state().flushing += 1;
        Self(connection)
    }
}

impl Drop for Uncut<'_> {
    fn drop(&mut self) {
        self.0.state().flushing -= 1;
    }
}
