//! Commits that are flushed to disk together.
//!
//! A lane runs its statements one after the other. If a write waited for its commit to reach the disk, the statements behind it
//! would wait as well. So commits on lanes do not wait (`synchronous_commit = off`). One connection beside the lanes, the
//! [`Flusher`], commits an empty message and waits: everything that was committed before, on any lane and for any tenant, is
//! then on disk, and on the standbys that Postgres waits for. A write is answered after that.
//!
//! A statement of a lane may be cancelled, and Postgres turns the cancellation of a commit that waits for a standby into
//! success. So only the flusher waits, which is never cancelled. Where it cannot vouch for a write, the lane flushes by itself
//! and is not cancelled meanwhile.
//!
//! A write that is asked for while nothing else runs has its lane for itself, where nothing is cancelled. Its own commit waits,
//! which is the shortest way.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;
use std::time::Duration;
use tokio_postgres::Client;

use self::session::{Flush, Server, Session};
use crate::failure::Failure;

mod flusher;
mod session;

pub(super) use self::flusher::Flusher;

const DO_NOT_WAIT: &str = "set synchronous_commit = off";
/// Connecting takes no longer, nor does the answer to the first questions.
const ANSWER: Duration = Duration::from_secs(3);

/// The commits of one lane.
#[derive(Debug)]
pub(super) struct Commits {
    /// `None` where the session's owner wants commits to wait for nothing.
    flush: Option<Flush>,
    /// Whether the session's commits wait, as it was last set; `None` where that may have failed.
    waits: Mutex<Option<bool>>,
    server: Server,
    flusher: Arc<Flusher>,
}

/// A write that was answered and may not be on disk yet.
#[derive(Debug)]
#[must_use = "a crash may undo the write"]
pub(super) struct Unflushed {
    /// The flusher's session when the write was sent. Only that one can vouch for it: it would have ended with the server.
    session: Option<u64>,
    number: u64,
}

impl Commits {
    /// Sets up a connection that nobody uses yet. Gives how long its statements may run, too.
    pub(super) async fn of(
        client: &Client,
        flusher: &Arc<Flusher>,
    ) -> Result<(Self, Option<Duration>), Failure> {
        let session = Session::of(client).await?;
        if session.flush.is_some() {
            flusher.connect().await;
            if flusher.is_on_another(session.server) {
                tracing::warn!(
                    "connections to the database reach different servers: writes are flushed one by one"
                );
            }
        }
        let commits = Self {
            flush: session.flush,
            waits: Mutex::new(Some(true)),
            server: session.server,
            flusher: Arc::clone(flusher),
        };
        Ok((commits, session.statement_timeout))
    }

    /// Runs a write, which is sent when it is first polled. If it `waits`, its own commit does, and nothing may be cancelled on
    /// the session meanwhile.
    pub(super) async fn run<T>(
        &self,
        client: &Client,
        waits: bool,
        write: impl Future<Output = Result<T, Failure>>,
    ) -> Result<(T, Option<Unflushed>), Failure> {
        let Some(flush) = &self.flush else {
            return Ok((write.await?, None));
        };
        let session = self.flusher.session_on(self.server);
        let (is_set, outcome) = self.send(client, flush, waits, write).await;
        let done = outcome?;
        if waits && is_set {
            return Ok((done, None));
        }
        let number = self.flusher.next_number();
        Ok((done, Some(Unflushed { session, number })))
    }

    /// Sends a write, and before it the setting that makes its commit wait or not, where the session has the other. Gives
    /// whether the session has it now.
    async fn send<T>(
        &self,
        client: &Client,
        flush: &Flush,
        waits: bool,
        write: impl Future<Output = T>,
    ) -> (bool, T) {
        let changes = AtomicBool::new(false);
        let change = async {
            if !changes.load(Ordering::Relaxed) {
                return Ok(());
            }
            if waits {
                client.batch_execute(&flush.wait()).await
            } else {
                client.batch_execute(DO_NOT_WAIT).await
            }
        };
        let mut both = pin!(async { tokio::join!(biased; change, write) });
        // Both are sent when they are first polled, and no other write between them.
        let sent = poll_fn(|context| {
            let mut current = self.waits();
            changes.store(*current != Some(waits), Ordering::Relaxed);
            *current = Some(waits);
            Poll::Ready(both.as_mut().poll(context))
        });
        let (set, outcome) = match sent.await {
            Poll::Ready(ended) => ended,
            Poll::Pending => both.await,
        };
        if set.is_err() {
            *self.waits() = None;
        }
        (set.is_ok(), outcome)
    }

    fn waits(&self) -> MutexGuard<'_, Option<bool>> {
        self.waits.lock().expect("nothing panics with this lock")
    }

    /// Waits for the flusher. Gives whether the write is on disk; else it is not known.
    pub(super) async fn is_flushed(&self, write: &Unflushed) -> bool {
        self.flusher.is_flushed(write).await
    }

    /// Flushes what this lane has committed. The session must not be cancelled meanwhile.
    pub(super) async fn flush(&self, client: &Client) -> Result<(), Failure> {
        match &self.flush {
            Some(flush) => flush.run(client).await,
            None => Ok(()),
        }
    }
}
