//! How long a connection waits for its client, and how it ends where a request was answered before it was read.

mod bodies;
mod refusal;
mod requests;

use axum::body::{Body, HttpBody};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};

use self::bodies::{SMALL, Sent, Watched};
use self::requests::{Requests, Running};

/// After an answer that was given before the body was read, what still comes is thrown away for so long.
const LINGER: Duration = Duration::from_secs(2);

/// How long a client may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// For the whole head of a request, from its first byte on.
    pub(crate) head: Duration,
    /// For the next part of a request's body.
    pub(crate) body: Duration,
    /// Until it takes the next part of an answer.
    pub(crate) answer: Duration,
    /// Between requests.
    pub(crate) idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            answer: Duration::from_secs(30),
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

/// What a connection waits for. Where one of the numbers changes it waits from the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// The rest of a head, after how many requests.
    Head(u32),
    /// The first byte of a request, after how many, and how many bytes of answers.
    Request(u32, u64),
    /// The client to take the next bytes of an answer, after how many requests and bytes.
    Reader(u32, u64),
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
    /// How many bytes were sent.
    written: u64,
    /// What is still to be sent in the place of the HTTP library's own refusal.
    refusal: Vec<u8>,
    /// Whether the client has to take some before more can be sent.
    is_blocked: bool,
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
            written: 0,
            refusal: Vec::new(),
            is_blocked: false,
            waiting: None,
            until: Box::pin(sleep(patience.idle)),
        }
    }

    /// Notes that bytes have come.
    fn received(&mut self, bytes: &[u8]) {
        let is_http_2 = *self
            .is_http_2
            .get_or_insert_with(|| bytes.starts_with(b"PRI"));
        let begun = self.requests.begun();
        if !self.requests.are_running() && !is_http_2 && self.head != Some(begun) {
            self.head = Some(begun);
        }
    }

    /// Whether the client has taken too long.
    fn is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        let begun = self.requests.begun();
        if self.requests.are_running() {
            self.waiting = None;
            return false;
        }
        let (waiting, patience) = if self.is_blocked || self.requests.are_unsent() {
            (Waiting::Reader(begun, self.written), self.patience.answer)
        } else if self.head == Some(begun) {
            (Waiting::Head(begun), self.patience.head)
        } else {
            (Waiting::Request(begun, self.written), self.patience.idle)
        };
        if self.waiting != Some(waiting) {
            self.waiting = Some(waiting);
            self.until.as_mut().reset(Instant::now() + patience);
        }
        self.until.as_mut().poll(context).is_ready()
    }

    /// Sends a refusal of ours in the place of one that begins with these bytes; `None` where they begin no such refusal.
    fn refuse(&mut self, bytes: &[u8], context: &mut Context<'_>) -> Option<Poll<io::Result<()>>> {
        if self.refusal.is_empty() {
            self.refusal = refusal::in_place_of(bytes)?;
            self.requests.unread.store(true, Ordering::Relaxed);
        }
        while !self.refusal.is_empty() {
            match Pin::new(&mut self.stream).poll_write(context, &self.refusal) {
                Poll::Ready(Ok(0)) => {
                    return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into())));
                }
                Poll::Ready(Ok(length)) => drop(self.refusal.drain(..length)),
                Poll::Ready(Err(error)) => return Some(Poll::Ready(Err(error))),
                Poll::Pending => return Some(Poll::Pending),
            }
        }
        Some(Poll::Ready(Ok(())))
    }

    /// Notes what became of bytes to be sent.
    fn sent(
        &mut self,
        outcome: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        self.is_blocked = outcome.is_pending();
        if let Poll::Ready(Ok(length)) = outcome {
            self.written = self.written.wrapping_add(length as u64);
        }
        if self.is_blocked && self.is_overdue(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        outcome
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
        let outcome = match self.refuse(bytes, context) {
            Some(refused) => refused.map_ok(|()| bytes.len()),
            None => Pin::new(&mut self.stream).poll_write(context, bytes),
        };
        self.sent(outcome, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = parts.first().map_or(&[][..], |part| part);
        let outcome = match self.refuse(first, context) {
            Some(refused) => refused.map_ok(|()| parts.iter().map(|part| part.len()).sum()),
            None => Pin::new(&mut self.stream).poll_write_vectored(context, parts),
        };
        self.sent(outcome, context)
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
        request = request.map(|body| Body::new(Watched::new(body, patience.body, flag)));
    }
    let mut response = next.run(request).await;
    if is_http_1 && whole.is_some_and(|whole| !whole.load(Ordering::Relaxed)) {
        if let Some(running) = &running {
            running.requests().unread.store(true, Ordering::Relaxed);
        }
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    let size = response.body().size_hint().upper();
    match running {
        Some(running) if size.is_none_or(|size| size > SMALL) => {
            response.map(|body| Body::new(Sent::new(body, running.requests())))
        }
        _ => response,
    }
}

#[cfg(test)]
mod tests;
