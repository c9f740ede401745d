//! Waiting, with an end.

use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Longer than anything takes that a test waits for, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Looks until there is something, and panics after a minute.
pub(crate) async fn some<T>(awaited: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    let found = timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("waited in vain: {awaited}"))
}

/// Looks until it is so, and panics after a minute.
pub(crate) async fn so(awaited: &str, mut look: impl AsyncFnMut() -> bool) {
    some(awaited, async || look().await.then_some(())).await;
}
