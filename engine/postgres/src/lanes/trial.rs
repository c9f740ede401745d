//! Trying whether a read is better planned for its values than for all.
//!
//! A trial takes little longer than the run that gave rise to it, or some tenths of a second: what takes longer than would tell
//! anything is ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::pace::{DOUBTFUL, Planning};
use crate::failure::Failure;
use crate::param::Param;

/// Planning takes time too: it is done for each run only where it has been so many times quicker.
const FAR_BETTER: u32 = 4;
/// Postgres is told to end nothing sooner: it might end what comes after.
const SHORTEST_LIMIT: Duration = Duration::from_millis(100);
/// So many runs have to show that the plan for all values is to blame: one may have been the machine's doing.
const CONFIRMED: usize = 3;

/// Whether a read is far better planned for these values, with which it `took` that long planned for all. Nothing else may
/// run on the connection meanwhile.
pub(super) async fn is_far_better_planned(
    connection: &Connection,
    text: &Arc<str>,
    params: &[Param],
    took: Duration,
) -> Result<bool, Failure> {
    let best = took / FAR_BETTER;
    let Some(for_these) = time(connection, text, params, Planning::EachTime, best).await? else {
        return Ok(false);
    };
    let bad = (for_these * FAR_BETTER).max(DOUBTFUL);
    for _ in 0..CONFIRMED {
        let for_all = time(connection, text, params, Planning::Once, bad).await?;
        if for_all.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How long it takes; `None` where that is longer than the limit.
async fn time(
    connection: &Connection,
    text: &Arc<str>,
    params: &[Param],
    planning: Planning,
    limit: Duration,
) -> Result<Option<Duration>, Failure> {
    let ended_after = limit.max(SHORTEST_LIMIT);
    let begun = Instant::now();
    match connection
        .try_out(text, params, planning, ended_after)
        .await
    {
        Ok(()) => {
            let took = begun.elapsed();
            Ok((took <= limit).then_some(took))
        }
        Err(failure) if failure.state() == Some("57014") => Ok(None),
        Err(failure) => Err(failure),
    }
}
