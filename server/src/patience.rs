//! How long a connection waits for its client, and how it ends where a request was answered before its body was read.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use http_body::{Frame, SizeHint};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};
use tower_http::timeout::TimeoutBody;

/// After an answer that was given before the body was read, what still comes is thrown away for so long.
const LINGER: Duration = Duration::from_secs(2);

/// How long a client may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// For the whole head of a request, from its first byte on.
    pub(crate) head: Duration,
    /// For the next part of a request's body.
    pub(crate) body: Duration,
    /// Between requests.
    pub(crate) idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            idle: Duration::from_secs(75),
        }
    }
}

/// A listener whose connections end where the client lets them wait.
pub(crate) struct PatientListener {
    listener: TcpListener,
    patience: Patience,
}

impl PatientListener {
    pub(crate) const fn new(listener: TcpListener, patience: Patience) -> Self {
        Self { listener, patience }
    }
}

impl Listener for PatientListener {
    type Io = PatientStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (PatientStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // Answers are small and whole: waiting to fill a packet only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        (PatientStream::new(stream, self.patience), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// The other end of a connection, as its requests see it.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    requests: Arc<Requests>,
    patience: Patience,
}

impl Connected<IncomingStream<'_, PatientListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, PatientListener>) -> Self {
        Self {
            address: *stream.remote_addr(),
            requests: Arc::clone(&stream.io().requests),
            patience: stream.io().patience,
        }
    }
}

/// How many requests of a connection have begun and ended.
#[derive(Debug, Default)]
struct Requests {
    begun: AtomicU32,
    ended: AtomicU32,
    /// The last one was answered before its body was read.
    unread: AtomicBool,
}

/// A request that is being answered.
struct Running(Arc<Requests>);

impl Running {
    fn new(requests: Arc<Requests>) -> Self {
        requests.begun.fetch_add(1, Ordering::Relaxed);
        Self(requests)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// What a connection waits for, after how many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// The rest of a head.
    Head(u32),
    /// The first byte of a request.
    Request(u32),
    /// The client to close its end.
    Close,
}

pub(crate) struct PatientStream {
    stream: TcpStream,
    patience: Patience,
    requests: Arc<Requests>,
    /// After how many requests the head begins that is being read.
    head: Option<u32>,
    /// HTTP/2 has frames between requests that belong to none.
    is_http_2: Option<bool>,
    waiting: Option<Waiting>,
    until: Pin<Box<Sleep>>,
}

impl PatientStream {
    fn new(stream: TcpStream, patience: Patience) -> Self {
        Self {
            stream,
            patience,
            requests: Arc::default(),
            head: None,
            is_http_2: None,
            waiting: None,
            until: Box::pin(sleep(patience.idle)),
        }
    }

    /// Notes that bytes have come.
    fn received(&mut self, bytes: &[u8]) {
        let is_http_2 = *self
            .is_http_2
            .get_or_insert_with(|| bytes.starts_with(b"PRI"));
        let begun = self.requests.begun.load(Ordering::Relaxed);
        let runs = begun != self.requests.ended.load(Ordering::Relaxed);
        if !runs && !is_http_2 && self.head != Some(begun) {
            self.head = Some(begun);
        }
    }

    /// Whether the client has taken too long.
    fn is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        let begun = self.requests.begun.load(Ordering::Relaxed);
        if begun != self.requests.ended.load(Ordering::Relaxed) {
            self.waiting = None;
            return false;
        }
        let (waiting, patience) = if self.head == Some(begun) {
            (Waiting::Head(begun), self.patience.head)
        } else {
            (Waiting::Request(begun), self.patience.idle)
        };
        if self.waiting != Some(waiting) {
            self.waiting = Some(waiting);
            self.until.as_mut().reset(Instant::now() + patience);
        }
        self.until.as_mut().poll(context).is_ready()
    }
}

impl AsyncRead for PatientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Pending if self.is_overdue(context) => {
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Ready(Ok(())) => {
                let received = &buffer.filled()[before..];
                if !received.is_empty() {
                    self.received(received);
                }
                Poll::Ready(Ok(()))
            }
            other => other,
        }
    }
}

impl AsyncWrite for PatientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // After an answer nobody reads until something comes: this wakes the connection to be read from, and so to end.
        let _told_when_read = self.is_overdue(context);
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.waiting != Some(Waiting::Close) {
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            if !self.requests.unread.load(Ordering::Relaxed) {
                return Poll::Ready(Ok(()));
            }
            self.waiting = Some(Waiting::Close);
            self.until.as_mut().reset(Instant::now() + LINGER);
        }
        // Closed with bytes unread, the connection is reset, and the client may lose the answer (RFC 9112, section 9.6).
        let mut thrown_away = [0; 8 * 1024];
        while self.until.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut thrown_away);
            match ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                _ => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Answers a request. Where that happens before its body was read to the end, no other request can follow on the connection:
/// the answer says so.
pub(crate) async fn attend(mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let (running, patience) = match peer {
        Some(ConnectInfo(peer)) => (
            Some(Running::new(Arc::clone(&peer.requests))),
            peer.patience,
        ),
        None => (None, Patience::default()),
    };
    let is_http_1 = request.version() <= Version::HTTP_11;
    let mut whole = None;
    if !request.body().is_end_stream() {
        let flag = whole.insert(Arc::new(AtomicBool::new(false)));
        let flag = Arc::clone(flag);
        request = request.map(|body| {
            let size = body.size_hint();
            let body = TimeoutBody::new(patience.body, body);
            Body::new(Watched {
                size,
                body: Box::pin(body),
                whole: flag,
            })
        });
    }
    let mut response = next.run(request).await;
    if is_http_1 && whole.is_some_and(|whole| !whole.load(Ordering::Relaxed)) {
        if let Some(running) = &running {
            running.0.unread.store(true, Ordering::Relaxed);
        }
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    drop(running);
    response
}

/// A body of which it is known afterwards whether all of it was read.
struct Watched {
    body: Pin<Box<TimeoutBody<Body>>>,
    /// Of what is still to come.
    size: SizeHint,
    whole: Arc<AtomicBool>,
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

#[cfg(test)]
mod tests;
