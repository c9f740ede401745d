//! Answers made of JSON that the engine has written already.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::value::RawValue;

pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Response {
    let media_type = HeaderValue::from_static("application/json");
    (status, [(CONTENT_TYPE, media_type)], body.into()).into_response()
}

/// `{"data":…}`
pub(crate) fn in_data(records: &[u8]) -> Vec<u8> {
    [b"{\"data\":", records, b"}"].concat()
}

/// As [`in_data`], for a list that was asked for one item more than `limit`. Where that was found it is left out, and
/// `"more":true` stands beside the data.
pub(crate) fn in_data_up_to(limit: u32, items: &[u8]) -> Vec<u8> {
    let limit = limit as usize;
    let parsed: Vec<&RawValue> = serde_json::from_slice(items).expect("Postgres writes JSON");
    if parsed.len() <= limit {
        return in_data(items);
    }
    let kept = serde_json::to_vec(&parsed[..limit]).expect("what was parsed can be written");
    [b"{\"data\":", kept.as_slice(), b",\"more\":true}"].concat()
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
    use super::{in_data, in_data_up_to, with_results, with_total};
    use serde_json::{Value, json};

    #[test]
    fn what_is_spliced_is_json() {
        let parsed = |bytes: Vec<u8>| serde_json::from_slice::<Value>(&bytes).unwrap();
        assert_eq!(parsed(in_data(b"[{}]")), json!({"data": [{}]}));
        let items = br#"[{"a": 1.10}, {"a": 2}]"#;
        assert_eq!(in_data_up_to(2, items), in_data(items));
        let cut = in_data_up_to(1, items);
        assert_eq!(cut, br#"{"data":[{"a": 1.10}],"more":true}"#);
        assert_eq!(in_data_up_to(1, b"[]"), b"{\"data\":[]}");
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
