//! The bodies of requests and answers, so that it is known how far they were read.

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tower_http::timeout::TimeoutBody;

use super::requests::{Requests, Unsent};

/// The largest answer, in bytes, that a connection may keep for a client that does not take it.
pub(super) const SMALL: u64 = 16 * 1024;

/// A body of which it is known afterwards whether all of it was read.
pub(super) struct Watched {
    body: Pin<Box<TimeoutBody<Body>>>,
    /// Of what is still to come.
    size: SizeHint,
    whole: Arc<AtomicBool>,
}

impl Watched {
    /// Each part of it has to come within `patience`; `whole` is set where all of it has been read.
    pub(super) fn new(body: Body, patience: Duration, whole: Arc<AtomicBool>) -> Self {
        Self {
            size: body.size_hint(),
            body: Box::pin(TimeoutBody::new(patience, body)),
            whole,
        }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = self.body.as_mut().poll_frame(context);
        match &frame {
            Poll::Ready(None) => self.whole.store(true, Ordering::Relaxed),
            Poll::Ready(Some(_)) => self.size = SizeHint::default(),
            Poll::Pending => {}
        }
        frame
    }

    fn size_hint(&self) -> SizeHint {
        self.size
    }
}

/// The body of an answer, of which it is known when the last byte was given to the socket. That is later than the end of the body:
/// HTTP/2 takes all of it, and sends as much as the client has room for.
pub(super) struct Sent {
    body: Body,
    requests: Arc<Requests>,
    /// Until the body's first part is there.
    unsent: Option<Unsent>,
}

/// A part of a body, which lives until it is sent.
struct Part {
    data: Bytes,
    _unsent: Unsent,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        &self.data
    }
}

impl Sent {
    pub(super) fn new(body: Body, requests: &Arc<Requests>) -> Self {
        Self {
            body,
            requests: Arc::clone(requests),
            unsent: Some(Unsent::new(requests)),
        }
    }
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let unsent = self.unsent.take();
        Poll::Ready(frame.map(|frame| {
            Ok(frame?.map_data(|data| {
                Bytes::from_owner(Part {
                    data,
                    _unsent: unsent.unwrap_or_else(|| Unsent::new(&self.requests)),
                })
            }))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
