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

use std::sync::Arc;
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
            client.batch_execute(DO_NOT_WAIT).await?;
            flusher.connect().await;
            if flusher.is_on_another(session.server) {
                tracing::warn!(
                    "connections to the database reach different servers: writes are flushed one by one"
                );
            }
        }
        let commits = Self {
            flush: session.flush,
            server: session.server,
            flusher: Arc::clone(flusher),
        };
        Ok((commits, session.statement_timeout))
    }

    /// Runs a write, which is sent when it is first polled.
    pub(super) async fn run<T>(
        &self,
        write: impl Future<Output = Result<T, Failure>>,
    ) -> Result<(T, Option<Unflushed>), Failure> {
        if self.flush.is_none() {
            return Ok((write.await?, None));
        }
        let session = self.flusher.session_on(self.server);
        let done = write.await?;
        let number = self.flusher.next_number();
        Ok((done, Some(Unflushed { session, number })))
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
