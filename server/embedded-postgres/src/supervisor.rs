//! Keeps Postgres running: a task that starts it again whenever it ends unasked.

use std::time::Duration;

use tokio::{
    sync::{oneshot, watch},
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::{
    Error,
    lock::DataDirLock,
    postmaster::{Launch, Postmaster},
};

/// Waits between attempts: doubled from the shortest to the longest.
const SHORTEST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// After running for so long, an end is a new one and not the last one over again.
const STEADY: Duration = Duration::from_secs(30);

/// The handle of the task. Dropping it ends Postgres, and the task with it.
#[derive(Debug)]
pub(super) struct Supervisor {
    serving: watch::Receiver<Option<u32>>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// What the task knows.
struct Task {
    launch: Launch,
    serving: watch::Sender<Option<u32>>,
    /// Resolves when Postgres is to end.
    stop: oneshot::Receiver<()>,
    _lock: DataDirLock,
}

impl Supervisor {
    /// Starts Postgres and, once it is ready, the task. The first start is not repeated: its error is the caller's.
    pub(super) async fn start(launch: Launch, lock: DataDirLock) -> Result<Supervisor, Error> {
        let mut postmaster = launch.spawn()?;
        postmaster.ready(&launch.cluster).await?;
        let (serving_sender, serving) = watch::channel(Some(id(&postmaster)));
        let (stop, stop_receiver) = oneshot::channel();
        let task = Task {
            launch,
            serving: serving_sender,
            stop: stop_receiver,
            _lock: lock,
        };
        Ok(Supervisor {
            serving,
            stop,
            task: tokio::spawn(task.run(postmaster)),
        })
    }

    pub(super) fn pid(&self) -> Option<u32> {
        *self.serving.borrow()
    }

    pub(super) fn watch(&self) -> watch::Receiver<Option<u32>> {
        self.serving.clone()
    }

    pub(super) async fn stop(self) {
        drop(self.stop);
        if let Err(panic) = self.task.await {
            tracing::error!(%panic, "the supervisor of PostgreSQL failed");
        }
    }
}

impl Task {
    async fn run(mut self, mut postmaster: Postmaster) {
        let mut wait = SHORTEST_WAIT;
        loop {
            let ready_since = Instant::now();
            let status = tokio::select! {
                status = postmaster.ended() => status,
                _ = &mut self.stop => return self.end(postmaster).await,
            };
            self.serving.send_replace(None);
            tracing::error!(
                pid = id(&postmaster), status = %status.map(|status| status.to_string()).unwrap_or_default(),
                log = %self.launch.log.display(), "PostgreSQL ended unasked; starting it again"
            );
            if ready_since.elapsed() > STEADY {
                wait = SHORTEST_WAIT;
            }
            postmaster = match self.start_again(&mut wait).await {
                Some(postmaster) => postmaster,
                None => return,
            };
            tracing::info!(pid = id(&postmaster), "PostgreSQL is ready again");
            self.serving.send_replace(Some(id(&postmaster)));
        }
    }

    /// Tries until Postgres is ready; `None` when it is to end instead.
    async fn start_again(&mut self, wait: &mut Duration) -> Option<Postmaster> {
        loop {
            tokio::select! {
                () = sleep(*wait) => {}
                _ = &mut self.stop => return None,
            }
            *wait = LONGEST_WAIT.min(*wait * 2);
            let mut postmaster = match self.launch.spawn() {
                Ok(postmaster) => postmaster,
                Err(error) => {
                    tracing::error!(%error, "PostgreSQL cannot be started");
                    continue;
                }
            };
            tokio::select! {
                started = postmaster.ready(&self.launch.cluster) => match started {
                    Ok(()) => return Some(postmaster),
                    // The first attempts may find workers of the old one still ending.
                    Err(error) => tracing::warn!(%error, "PostgreSQL does not start yet"),
                },
                _ = &mut self.stop => {
                    self.end(postmaster).await;
                    return None;
                }
            }
        }
    }

    async fn end(&self, postmaster: Postmaster) {
        self.serving.send_replace(None);
        postmaster.stop().await;
    }
}

fn id(postmaster: &Postmaster) -> u32 {
    postmaster.pid().as_raw_nonzero().get().cast_unsigned()
}
