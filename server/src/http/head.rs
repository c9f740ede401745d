//! What holds for the head of every request: how long it may be, how long a body it may announce, and what its `x-request-id`
//! may look like.

use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tessera_error::UserError;
use tessera_http::body;
use tessera_http::head::{LARGEST_HEADERS, LONGEST_TARGET};
use tessera_http::problem::Problem;

use super::REQUEST_ID;

/// The longest `x-request-id` that is taken from outside.
const LONGEST_ID: usize = 128;

/// Refuses a head that is too long, or that announces a body that is too long or encoded. The HTTP library refuses much longer
/// heads itself: see [`crate::patience`].
pub(super) async fn check(request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query();
    let length = target.map_or(0, |target| target.as_str().len());
    let refused = if length > LONGEST_TARGET {
        UserError::UriTooLong {
            limit: LONGEST_TARGET,
        }
    } else if size(request.headers()) > LARGEST_HEADERS {
        UserError::HeadersTooLarge {
            limit: LARGEST_HEADERS,
        }
    } else if is_encoded(request.headers()) && !request.body().is_end_stream() {
        UserError::UnsupportedMediaType {
            expected: "the body as it is, without a Content-Encoding",
        }
    } else if request.body().size_hint().lower() > body::LIMIT as u64 {
        UserError::TooLarge { limit: body::LIMIT }
    } else {
        return next.run(request).await;
    };
    Problem::from(refused).into_response()
}

fn size(headers: &HeaderMap) -> usize {
    let sizes = headers.iter();
    sizes
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}

fn is_encoded(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Takes away an `x-request-id` that could not stand in a log as it is, so that the request gets one of ours.
pub(super) fn without_odd_id<B>(mut request: axum::http::Request<B>) -> axum::http::Request<B> {
    let mut ids = request.headers().get_all(REQUEST_ID).iter();
    let is_odd = match (ids.next(), ids.next()) {
        (None, _) => false,
        (Some(id), None) => !is_plain(id.as_bytes()),
        (Some(_), Some(_)) => true,
    };
    if is_odd {
        request.headers_mut().remove(REQUEST_ID);
    }
    request
}

fn is_plain(id: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    (1..=LONGEST_ID).contains(&id.len()) && id.iter().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_ID, REQUEST_ID, without_odd_id};
    use axum::http::Request;

    #[test]
    fn only_a_plain_id_is_taken_from_outside() {
        let kept = |ids: &[&str]| {
            let mut request = Request::new(());
            for id in ids {
                request
                    .headers_mut()
                    .append(REQUEST_ID, id.parse().unwrap());
            }
            without_odd_id(request).headers().contains_key(REQUEST_ID)
        };
        let (longest, longer) = ("a".repeat(LONGEST_ID), "a".repeat(LONGEST_ID + 1));
        for id in ["0195f2c4-8f4b-7c3e-9a37-5b8f8a2f6c11", "a_b.C-1", &longest] {
            assert!(kept(&[id]), "{id}");
        }
        for id in ["", "a b", "a,b", "a\tb", "<b>", "ü", "a=\"b\"", &longer] {
            assert!(!kept(&[id]), "{id}");
        }
        assert!(!kept(&["a", "b"]));
    }
}
