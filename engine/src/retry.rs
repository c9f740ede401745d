//! Writes that get into each other's way are tried again.

use std::future::Future;
use std::time::Duration;
use tessera_error::{Error, InternalError, Result};
use uuid::Uuid;

/// How often a write is tried.
const TRIES: u32 = 8;
/// How long it waits before the second try; from try to try it is longer, and never twice the same.
const PAUSE: Duration = Duration::from_millis(20);

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
                let chance = f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0;
                tokio::time::sleep((PAUSE * attempt * attempt).mul_f64(0.5 + chance)).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}
