//! Answers made of JSON that the engine has written already.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Response {
    let media_type = HeaderValue::from_static("application/json");
    (status, [(CONTENT_TYPE, media_type)], body.into()).into_response()
}

/// `{"data":…}`
pub(crate) fn in_data(records: &[u8]) -> Vec<u8> {
    [b"{\"data\":", records, b"}"].concat()
}

/// `{"data":…,"results":[…]}`; the results are plain words.
pub(super) fn with_results<'r>(records: &[u8], results: impl Iterator<Item = &'r str>) -> Vec<u8> {
    let quoted: Vec<_> = results.map(|word| format!("\"{word}\"")).collect();
    let results = format!(",\"results\":[{}]}}", quoted.join(","));
    [b"{\"data\":", records, results.as_bytes()].concat()
}

/// Adds a total to a list that was written without one. The list has other members.
pub(super) fn with_total(list: &[u8], total: u64) -> Vec<u8> {
    let open = list.strip_suffix(b"}").unwrap_or(list);
    let member = format!(",\"total\":{total}}}");
    [open, member.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::{in_data, with_results, with_total};
    use serde_json::{Value, json};

    #[test]
    fn what_is_spliced_is_json() {
        let parsed = |bytes: Vec<u8>| serde_json::from_slice::<Value>(&bytes).unwrap();
        assert_eq!(parsed(in_data(b"[{}]")), json!({"data": [{}]}));
        assert_eq!(
            parsed(with_results(b"[1]", ["created"].into_iter())),
            json!({"data": [1], "results": ["created"]})
        );
        let list = br#"{"data":[],"page":{"next":null}}"#;
        let counted = parsed(with_total(list, 7));
        assert_eq!(
            counted,
            json!({"data": [], "page": {"next": null}, "total": 7})
        );
    }
}
