//! A request's place on a lane.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tessera_schema::ident::TenantId;
use tokio::time::timeout;

use super::commit::Unflushed;
use super::connection::Connection;
use super::pace::{Need, Pace};
use super::to_the_end::ToTheEnd;
use super::trial;
use super::{Inner, LaneId};
use crate::failure::Failure;
use crate::param::Param;
use crate::row::Row;

/// A statement taken for a brief one that has run for so long stands in the others' way.
const IN_THE_WAY: Duration = Duration::from_millis(250);
/// As [`IN_THE_WAY`], for those behind one that was cut short: likely they wait for the same.
const STILL_IN_THE_WAY: Duration = Duration::from_millis(20);

/// A lane, alone or with others. When the last of them is dropped, the lane serves the next.
#[derive(Debug)]
pub(super) struct Hold {
    lanes: Arc<Inner>,
    lane: LaneId,
    tenant: TenantId,
    need: Need,
    /// There until it is dropped.
    connection: Option<Arc<Connection>>,
}

type Outcome = Result<(Vec<Row>, Option<Unflushed>), Failure>;

/// How a statement ended.
pub(super) enum Ended {
    /// With what it was run with.
    Answered(Answer, Vec<Param>),
    Failed(Failure),
    /// It was cut short because it stood in others' way, or took the blow for another, and has done nothing.
    CutShort(Vec<Param>),
}

/// What a statement gave.
#[must_use = "what was written may be lost"]
pub(super) struct Answer {
    rows: Vec<Row>,
    /// Where it wrote something that may not be on disk yet.
    unflushed: Option<(Arc<Connection>, Unflushed)>,
}

impl Answer {
    /// The rows, once what was written is on disk.
    pub(super) async fn flushed(self) -> Result<Vec<Row>, Failure> {
        if let Some((connection, write)) = self.unflushed {
            ToTheEnd::new(async move { connection.flush(write).await }).await?;
        }
        Ok(self.rows)
    }
}

impl Hold {
    pub(super) const fn new(
        lanes: Arc<Inner>,
        lane: LaneId,
        tenant: TenantId,
        need: Need,
        connection: Arc<Connection>,
    ) -> Self {
        Self {
            lanes,
            lane,
            tenant,
            need,
            connection: Some(connection),
        }
    }

    /// Whether the connection works. It is asked only where that is in doubt.
    pub(super) async fn works(&self) -> bool {
        let (connection, settings) = (self.connection(), &self.lanes.settings);
        connection.is_open()
            && (!connection.is_in_doubt(self.lanes.losses(), settings)
                || connection.answers().await)
    }

    const fn connection(&self) -> &Arc<Connection> {
        self.connection
            .as_ref()
            .expect("it has its connection until it is dropped")
    }

    /// A write's own commit waits where it is `lone`: nothing else ran when it was asked for.
    pub(super) async fn run(
        self,
        text: Arc<str>,
        pace: Arc<Pace>,
        params: Vec<Param>,
        lone: bool,
    ) -> Ended {
        let begun = Instant::now();
        let outcome = match self.need {
            Need::Alone | Need::Long => {
                self.connection()
                    .run(self.tenant, &text, &params, &pace, lone)
                    .await
            }
            Need::Brief(_) => self.unless_in_the_way(&text, &params, &pace).await,
        };
        match outcome {
            Ok((rows, unflushed)) => {
                self.connection().has_answered(self.lanes.losses());
                let unflushed = unflushed.map(|write| (Arc::clone(self.connection()), write));
                Ended::Answered(Answer { rows, unflushed }, params)
            }
            Err(failure)
                if failure.state() == Some("57014")
                    && self.connection().may_have_been_cut(begun.elapsed()) =>
            {
                Ended::CutShort(params)
            }
            Err(failure) => Ended::Failed(failure),
        }
    }

    /// Whether a read is far better planned for these values, with which it `took` that long planned for all.
    pub(super) async fn is_far_better_planned(
        &self,
        text: &Arc<str>,
        params: &[Param],
        took: Duration,
    ) -> Result<bool, Failure> {
        trial::is_far_better_planned(self.connection(), text, params, took).await
    }

    /// Cuts the statement short that has run for long with others behind it.
    async fn unless_in_the_way(&self, text: &Arc<str>, params: &[Param], pace: &Pace) -> Outcome {
        let mut work = pin!(
            self.connection()
                .run(self.tenant, text, params, pace, false)
        );
        loop {
            let long = if self.connection().was_cut() {
                STILL_IN_THE_WAY
            } else {
                IN_THE_WAY
            };
            if let Ok(outcome) = timeout(long, &mut work).await {
                return outcome;
            }
            // Whichever of them wakes up sees to whichever is the one.
            if self.connection().is_held_up(Instant::now(), long) {
                self.lanes.lock().shut(self.lane);
                if let Some(running) = self.connection().cut() {
                    self.lanes.cut(running).await;
                    self.connection().was_told();
                }
            }
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.lanes
                .returned(self.lane, self.tenant, self.need, connection);
        }
    }
}
