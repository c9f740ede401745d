//! One connection that waits for the disk for all lanes, in rounds.

use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_postgres::Client;

use super::ANSWER;
use super::waiter::Waiter;
use crate::failure::Failure;
use crate::lanes::address::Address;

#[cfg(test)]
mod tests;

/// Where it cannot be opened, each lane waits for itself for so long.
const BACKOFF: Duration = Duration::from_secs(1);

/// Whoever looks at Postgres's connections finds it by this, after the name of all.
const NAME: &str = "commits";

/// What waits for all lanes.
#[derive(Debug)]
pub(in crate::lanes) struct Shared {
    address: Address,
    /// Without use its connection is not trusted for longer.
    trusted_for: Duration,
    link: tokio::sync::Mutex<Link>,
    under_way: AtomicUsize,
    rounds: Mutex<Rounds>,
    /// Up to which write those that count are on disk; told at the end of each round.
    kept: watch::Sender<u64>,
}

/// Writes are numbered as they are answered.
#[derive(Debug, Default)]
struct Rounds {
    answered: u64,
    /// Writes up to here were answered before its connection was there. It cannot tell of them: Postgres may have ended and
    /// begun anew since.
    before: u64,
    /// Somebody waits for the disk.
    waiting: bool,
}

#[derive(Debug, Default)]
enum Link {
    #[default]
    Closed,
    Open(Session),
    /// Since then it cannot be opened.
    Failing(Instant),
}

#[derive(Debug)]
struct Session {
    client: Client,
    waiter: Option<Waiter>,
    used: Instant,
}

impl Session {
    fn is_trusted(&self, for_so_long: Duration) -> bool {
        !self.client.is_closed() && self.used.elapsed() < for_so_long
    }
}

/// Counts a write as long as there is something to do for it.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Shared>);

impl UnderWay {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        shared.under_way.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(shared))
    }

    pub(super) fn is_alone(&self) -> bool {
        self.0.under_way.load(Ordering::Relaxed) == 1
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// It cannot be told whether a write is on disk.
#[derive(Debug)]
pub(super) struct Unknown;

/// One waits for the disk, for all that was answered before. Over when it is dropped.
struct Round<'s> {
    shared: &'s Shared,
    up_to: u64,
    kept: bool,
}

impl Shared {
    pub(in crate::lanes) fn new(address: Address, trusted_for: Duration) -> Self {
        Self {
            address: address.named(NAME),
            trusted_for,
            link: tokio::sync::Mutex::default(),
            under_way: AtomicUsize::new(0),
            rounds: Mutex::default(),
            kept: watch::Sender::default(),
        }
    }

    pub(super) fn next_number(&self) -> u64 {
        let mut rounds = self.rounds();
        rounds.answered += 1;
        rounds.answered
    }

    /// Waits until a write is on disk. Those that come while one waits are the next round.
    pub(super) async fn keep(&self, number: u64) -> Result<(), Unknown> {
        let mut kept = self.kept.subscribe();
        loop {
            if *kept.borrow_and_update() >= number {
                return Ok(());
            }
            if let Some(mut round) = self.begin(number)? {
                self.wait_for_disk().await?;
                round.kept = true;
                drop(round);
            } else {
                let told = kept.changed().await;
                told.expect("what tells it lives as long as this");
            }
        }
    }

    /// A round for this write and all before it, unless another goes on.
    fn begin(&self, number: u64) -> Result<Option<Round<'_>>, Unknown> {
        let mut rounds = self.rounds();
        if number <= rounds.before {
            return Err(Unknown);
        }
        if rounds.waiting {
            return Ok(None);
        }
        rounds.waiting = true;
        Ok(Some(Round {
            shared: self,
            up_to: rounds.answered,
            kept: false,
        }))
    }

    async fn wait_for_disk(&self) -> Result<(), Unknown> {
        let mut link = self.link.lock().await;
        match mem::take(&mut *link) {
            Link::Open(mut session) if session.is_trusted(self.trusted_for) => {
                if let Some(waiter) = &session.waiter {
                    waiter.wait(&session.client).await.map_err(|_| Unknown)?;
                }
                session.used = Instant::now();
                *link = Link::Open(session);
                Ok(())
            }
            Link::Failing(since) if since.elapsed() < BACKOFF => {
                *link = Link::Failing(since);
                Err(Unknown)
            }
            before => {
                *link = match self.open().await {
                    Ok(session) => Link::Open(session),
                    Err(failure) => {
                        // Told once, not with every try.
                        if !matches!(before, Link::Failing(_)) {
                            tracing::warn!(%failure, "no connection can be opened to wait for the disk: each lane waits for itself");
                        }
                        Link::Failing(Instant::now())
                    }
                };
                // Whoever waits now was there before it.
                let mut rounds = self.rounds();
                rounds.before = rounds.answered;
                Err(Unknown)
            }
        }
    }

    async fn open(&self) -> Result<Session, Failure> {
        let (client, _driver) = timeout(ANSWER, self.address.connect())
            .await
            .map_err(|elapsed| Failure::Away(elapsed.into()))??;
        Ok(Session {
            waiter: Waiter::on(&client).await?,
            client,
            used: Instant::now(),
        })
    }

    /// Closes its connection, if it has one.
    pub(in crate::lanes) async fn close(&self) {
        *self.link.lock().await = Link::Closed;
    }

    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        self.rounds
            .lock()
            .expect("nothing panics with the rounds' lock")
    }
}

impl Drop for Round<'_> {
    fn drop(&mut self) {
        self.shared.rounds().waiting = false;
        // Those of the next round hear of it too, and the first of them begins it.
        self.shared.kept.send_modify(|kept| {
            if self.kept {
                *kept = self.up_to.max(*kept);
            }
        });
    }
}
