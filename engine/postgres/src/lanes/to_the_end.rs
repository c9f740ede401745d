//! Work that goes on when nobody waits for it any more.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::runtime::Handle;

/// Runs where it is awaited, so that nothing has to be handed from task to task. Dropped half-way, it runs to its end on its
/// own: an answer that is read only in part would be taken for the next one's.
pub(super) struct ToTheEnd<T: Send + 'static>(Option<Work<T>>);

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<T: Send + 'static> ToTheEnd<T> {
    pub(super) fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Some(Box::pin(work)))
    }
}

impl<T: Send + 'static> Future for ToTheEnd<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        // Out of here while it runs: what has panicked does not go on.
        let mut work = self.0.take().expect("it is not awaited after its end");
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            self.0 = Some(work);
        }
        polled
    }
}

impl<T: Send + 'static> Drop for ToTheEnd<T> {
    fn drop(&mut self) {
        if let Some(work) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ToTheEnd;
    use std::time::Duration;
    use tokio::sync::oneshot;
    use tokio::time::{sleep, timeout};

    #[tokio::test]
    async fn it_ends_though_it_was_dropped() {
        let (told, ended) = oneshot::channel();
        let work = ToTheEnd::new(async move {
            sleep(Duration::from_millis(20)).await;
            told.send(()).unwrap();
        });
        timeout(Duration::from_millis(1), work).await.unwrap_err();
        timeout(Duration::from_secs(5), ended)
            .await
            .unwrap()
            .unwrap();
    }

    #[tokio::test]
    async fn what_panicked_is_not_run_again() {
        let (told, ended) = oneshot::channel::<()>();
        let work = ToTheEnd::new(async move {
            let _dropped_with_it = told;
            tokio::task::yield_now().await;
            panic!("on purpose");
        });
        tokio::spawn(work).await.unwrap_err();
        ended.await.unwrap_err();
    }
}
