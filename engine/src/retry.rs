//! Writes that get into each other's way are tried again.

use std::future::Future;
use std::time::Duration;

use crate::error::{Error, InternalError, Result};

/// How often a write is tried.
const TRIES: u32 = 5;

/// Does `work`, again where other writes came in between. What it did before has been undone by then.
pub(crate) async fn until_undisturbed<T, W>(work: impl Fn() -> W) -> Result<T>
where
    W: Future<Output = Result<T>>,
{
    let mut attempt = 1;
    loop {
        match work().await {
            Err(Error::Internal(InternalError::Collision(told))) => {
                if attempt == TRIES {
                    return Err(told.into());
                }
                tokio::time::sleep(Duration::from_millis(5) * attempt * attempt).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}
