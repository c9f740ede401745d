//! The connection that flushes commits for all lanes, in rounds.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_postgres::Client;

use super::session::{Flush, Server, Session};
use super::{ANSWER, Unflushed};
use crate::failure::Failure;
use crate::lanes::address::Address;

#[cfg(test)]
mod tests;

/// After the connection could not be opened, each lane flushes by itself for this long.
const BACKOFF: Duration = Duration::from_secs(1);

/// Follows the application's name where Postgres lists its connections.
const NAME: &str = "commits";

#[derive(Debug)]
pub(in crate::lanes) struct Flusher {
    address: Address,
    link: tokio::sync::Mutex<Link>,
    state: Mutex<State>,
    /// The last round.
    flushed: watch::Sender<Flushed>,
}

#[derive(Debug, Default)]
struct State {
    /// Sessions are numbered from 1, as they are opened.
    sessions: u64,
    /// The session that is open, and its server.
    open: Option<(u64, Server)>,
    /// Writes are numbered as they are answered.
    answered: u64,
    /// Whether a round goes on.
    flushing: bool,
}

/// Writes up to a number are on disk, as far as a session can know of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Flushed {
    session: u64,
    up_to: u64,
}

#[derive(Debug, Default)]
enum Link {
    #[default]
    Closed,
    Open(Connection),
    /// It could not be opened, last at this time.
    Failing(Instant),
}

#[derive(Debug)]
struct Connection {
    session: u64,
    client: Client,
    flush: Flush,
}

/// One flush, for all writes that were answered before it began. It is over when this is dropped.
struct Round<'f> {
    flusher: &'f Flusher,
    up_to: u64,
    done: Option<Flushed>,
}

impl Flusher {
    pub(in crate::lanes) fn new(address: &Address) -> Self {
        Self {
            address: address.for_flushing(NAME),
            link: tokio::sync::Mutex::default(),
            state: Mutex::default(),
            flushed: watch::Sender::default(),
        }
    }

    /// Opens the connection where it is not, unless that failed a moment ago.
    pub(super) async fn connect(&self) {
        // A round that goes on has a connection.
        if let Ok(mut link) = self.link.try_lock() {
            self.connect_to(&mut link).await;
        }
    }

    /// The session that can vouch for a write that is sent now on a session of this server.
    pub(super) fn session_on(&self, server: Server) -> Option<u64> {
        let open = self.state().open;
        open.filter(|(_, own)| *own == server).map(|(id, _)| id)
    }

    pub(super) fn is_on_another(&self, server: Server) -> bool {
        self.state().open.is_some_and(|(_, own)| own != server)
    }

    pub(super) fn next_number(&self) -> u64 {
        let mut state = self.state();
        state.answered += 1;
        state.answered
    }

    /// Waits until a write is on disk; `false` where that cannot be known. Writes that are answered while a round goes on
    /// are flushed by the next.
    pub(super) async fn is_flushed(&self, write: &Unflushed) -> bool {
        let Some(session) = write.session else {
            self.connect().await;
            return false;
        };
        let mut flushed = self.flushed.subscribe();
        loop {
            let last = *flushed.borrow_and_update();
            if last.session == session && last.up_to >= write.number {
                return true;
            }
            match self.begin(session) {
                Ok(Some(mut round)) => {
                    let up_to = round.up_to;
                    let Some(session) = self.flush().await else {
                        return false;
                    };
                    round.done = Some(Flushed { session, up_to });
                }
                Ok(None) => {
                    let changed = flushed.changed().await;
                    changed.expect("the sender lives as long as this");
                }
                Err(Lost) => return false,
            }
        }
    }

    /// Begins a round; `None` where one goes on.
    fn begin(&self, session: u64) -> Result<Option<Round<'_>>, Lost> {
        let mut state = self.state();
        if state.open.is_none_or(|(open, _)| open != session) {
            return Err(Lost);
        }
        if state.flushing {
            return Ok(None);
        }
        state.flushing = true;
        Ok(Some(Round {
            flusher: self,
            up_to: state.answered,
            done: None,
        }))
    }

    /// Flushes, and gives the session that did.
    async fn flush(&self) -> Option<u64> {
        let mut link = self.link.lock().await;
        if let Link::Open(connection) = &*link {
            match connection.flush.run(&connection.client).await {
                Ok(()) => return Some(connection.session),
                Err(failure) => tracing::debug!(%failure, "the connection that flushes is lost"),
            }
        }
        self.forget(&mut link);
        self.connect_to(&mut link).await;
        None
    }

    async fn connect_to(&self, link: &mut Link) {
        match link {
            Link::Open(connection) if !connection.client.is_closed() => return,
            Link::Failing(since) if since.elapsed() < BACKOFF => return,
            Link::Open(_) | Link::Closed | Link::Failing(_) => {}
        }
        let failed_before = matches!(link, Link::Failing(_));
        self.forget(link);
        *link = match self.open().await {
            Ok((client, server, flush)) => {
                let mut state = self.state();
                state.sessions += 1;
                let session = state.sessions;
                state.open = Some((session, server));
                Link::Open(Connection {
                    session,
                    client,
                    flush,
                })
            }
            Err(failure) => {
                // Not with every try.
                if !failed_before {
                    tracing::warn!(%failure, "no connection can be opened to flush commits: each lane flushes by itself");
                }
                Link::Failing(Instant::now())
            }
        };
    }

    async fn open(&self) -> Result<(Client, Server, Flush), Failure> {
        let (client, _driver) = timeout(ANSWER, self.address.connect())
            .await
            .map_err(|elapsed| Failure::Away(elapsed.into()))??;
        let Session { server, flush, .. } = Session::of(&client).await?;
        let flush = flush.ok_or_else(|| Failure::Away("its commits wait for nothing".into()))?;
        Ok((client, server, flush))
    }

    fn forget(&self, link: &mut Link) {
        self.state().open = None;
        *link = Link::Closed;
    }

    /// Closes the connection, if there is one.
    pub(in crate::lanes) async fn close(&self) {
        // A round that waits for a standby may go on for ever.
        if let Ok(mut link) = timeout(ANSWER, self.link.lock()).await {
            self.forget(&mut link);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nothing panics with the flusher's lock")
    }
}

/// The session that could vouch for a write is gone.
struct Lost;

impl Drop for Round<'_> {
    fn drop(&mut self) {
        self.flusher.state().flushing = false;
        // Those who wait for the next round wake up too, and the first of them begins it.
        self.flusher.flushed.send_modify(|flushed| {
            if let Some(done) = self.done {
                *flushed = done;
            }
        });
    }
}
