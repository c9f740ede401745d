//! The body of a request, read whole.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::StatusCode;
use tessera_error::UserError;
use tessera_schema::violation::Pointer;

/// The largest body that is read, in bytes: room for a thousand large records.
pub const LIMIT: usize = 10 * 1024 * 1024;

/// Reads a body to its end.
///
/// # Errors
/// It is larger than [`LIMIT`], or did not come to its end: the client stalled, or the connection broke.
pub async fn read(body: Body) -> Result<Bytes, UserError> {
    let mut request = Request::new(body);
    DefaultBodyLimit::max(LIMIT).apply(&mut request);
    Bytes::from_request(request, &())
        .await
        .map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                UserError::TooLarge { limit: LIMIT }
            } else {
                UserError::malformed(Pointer::root(), "body", "the body did not come to its end")
            }
        })
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, read};
    use axum::body::{Body, Bytes, HttpBody};
    use http_body::Frame;
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// A body that breaks off at its beginning.
    struct Broken;

    impl HttpBody for Broken {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
            Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())))
        }
    }

    #[tokio::test]
    async fn a_large_body_and_a_broken_one_are_different_faults() {
        let whole = read(Body::from(vec![b' '; LIMIT])).await.unwrap();
        assert_eq!(whole.len(), LIMIT);
        let large = read(Body::from(vec![b' '; LIMIT + 1])).await.unwrap_err();
        assert_eq!((large.status(), large.code()), (413, "too_large"));
        let broken = read(Body::new(Broken)).await.unwrap_err();
        assert_eq!(
            (broken.status(), broken.violations()[0].code),
            (400, "body")
        );
    }
}
