//! Commits that reach the disk together.
//!
//! The statements of a lane are run one after the other. Were each write to wait for the disk, those behind it would wait as
//! often as there are writes before them. So where several are under way, their commits do not wait. A connection beside the
//! lanes commits next to nothing, and waits: what was committed before that, on whichever lane and for whichever tenant, is
//! then on disk as well. No write is answered earlier. Who is alone waits by itself, which is the shortest way.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;
use std::time::Duration;
use tokio_postgres::Client;

use self::shared::UnderWay;
use self::waiter::Waiter;
use crate::failure::Failure;

mod shared;
mod waiter;

pub(super) use self::shared::Shared;

const WAIT_FOR_NOTHING: &str = "set synchronous_commit = off";
/// Opening a connection takes no longer.
const ANSWER: Duration = Duration::from_secs(3);

/// The commits of one lane.
#[derive(Debug)]
pub(super) struct Commits {
    /// `None` where the session's owner wants no commit to wait.
    waiter: Option<Waiter>,
    /// Whether commits wait, as the session was told last; `None` where it may not have heard.
    waits: Mutex<Option<bool>>,
    shared: Arc<Shared>,
}

/// A write that has been answered: whether it is on disk is not known yet.
#[derive(Debug)]
#[must_use = "it may be lost"]
pub(super) struct Unkept {
    number: u64,
    _under_way: UnderWay,
}

impl Commits {
    /// Of a connection that nobody uses yet.
    pub(super) async fn of(client: &Client, shared: &Arc<Shared>) -> Result<Self, Failure> {
        Ok(Self {
            waiter: Waiter::on(client).await?,
            waits: Mutex::new(Some(true)),
            shared: Arc::clone(shared),
        })
    }

    /// Runs a write. If it is `alone` on the lane, or there is no other on any lane, it waits until it is on disk; else that is
    /// still to be done.
    pub(super) async fn run<T>(
        &self,
        client: &Client,
        alone: bool,
        write: impl Future<Output = Result<T, Failure>>,
    ) -> Result<(T, Option<Unkept>), Failure> {
        let Some(waiter) = &self.waiter else {
            return Ok((write.await?, None));
        };
        let under_way = UnderWay::new(&self.shared);
        let waits = alone || under_way.is_alone();
        let (was_told, outcome) = self.send(client, waiter, waits, write).await;
        let done = outcome?;
        if waits {
            if !was_told {
                waiter.wait(client).await?;
            }
            return Ok((done, None));
        }
        let unkept = Unkept {
            number: self.shared.next_number(),
            _under_way: under_way,
        };
        Ok((done, Some(unkept)))
    }

    /// Runs a write whose commit waits, or does not. Gives whether the session was told so.
    async fn send<T>(
        &self,
        client: &Client,
        waiter: &Waiter,
        waits: bool,
        write: impl Future<Output = T>,
    ) -> (bool, T) {
        let changes = AtomicBool::new(false);
        let change = async {
            if !changes.load(Ordering::Relaxed) {
                return Ok(());
            }
            if waits {
                let setting = format!("set synchronous_commit = {}", waiter.setting);
                client.batch_execute(&setting).await
            } else {
                client.batch_execute(WAIT_FOR_NOTHING).await
            }
        };
        let mut both = pin!(async { tokio::join!(biased; change, write) });
        // Both are sent as they are first polled, and no other write between them.
        let soon = poll_fn(|context| {
            let mut now = self.waits();
            changes.store(*now != Some(waits), Ordering::Relaxed);
            *now = Some(waits);
            Poll::Ready(both.as_mut().poll(context))
        });
        let (told, outcome) = match soon.await {
            Poll::Ready(ended) => ended,
            Poll::Pending => both.await,
        };
        if told.is_err() {
            *self.waits() = None;
        }
        (told.is_ok(), outcome)
    }

    fn waits(&self) -> MutexGuard<'_, Option<bool>> {
        self.waits
            .lock()
            .expect("nothing panics while what a session was told is noted")
    }

    /// Waits until a write of this lane is on disk.
    pub(super) async fn keep(&self, client: &Client, unkept: Unkept) -> Result<(), Failure> {
        match (&self.waiter, self.shared.keep(unkept.number).await) {
            // The lane itself has been there all the time.
            (Some(waiter), Err(_)) => waiter.wait(client).await,
            _ => Ok(()),
        }
    }
}
