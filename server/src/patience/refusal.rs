//! Refusals by the HTTP library: of a head that it cannot read, or that is longer than it reads. It answers them itself, without
//! a body and without a hook, so they get both on their way to the client.

use tessera_error::{Error, UserError};
use tessera_http::head::{LARGEST_HEADERS, LONGEST_TARGET};
use tessera_http::problem::ProblemDetails;
use tessera_schema::violation::Pointer;
use uuid::Uuid;

/// On every answer that the library was given.
const OURS: &[u8] = b"x-request-id:";

/// The answer to send in the place of one that the library made itself; `None` where `answer` begins one of ours.
pub(super) fn in_place_of(answer: &[u8]) -> Option<Vec<u8>> {
    let status = answer.strip_prefix(b"HTTP/1.1 4")?.get(..2)?;
    let is_ours = |line: &[u8]| {
        line.get(..OURS.len())
            .is_some_and(|name| name.eq_ignore_ascii_case(OURS))
    };
    if answer.split(|byte| *byte == b'\n').any(is_ours) {
        return None;
    }
    let (reason, error) = match status {
        b"14" => (
            "URI Too Long",
            UserError::UriTooLong {
                limit: LONGEST_TARGET,
            },
        ),
        b"31" => (
            "Request Header Fields Too Large",
            UserError::HeadersTooLarge {
                limit: LARGEST_HEADERS,
            },
        ),
        b"00" => {
            let message = "this is no request that HTTP has: its first line, a header or the framing of its body is malformed";
            (
                "Bad Request",
                UserError::malformed(Pointer::root(), "http", message),
            )
        }
        _ => return None,
    };
    let error = Error::from(error);
    let problem = ProblemDetails::of(&error);
    let (status, body) = (problem.status, problem.to_json());
    let id = Uuid::now_v7();
    tracing::info!(status, request_id = %id, "a request was refused before its head was read");
    let head = format!(
        "HTTP/1.1 {status} {reason}\r\ncontent-type: application/problem+json\r\nx-request-id: {id}\r\n\
         x-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Some([head.into_bytes(), body].concat())
}
