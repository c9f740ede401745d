//! What became of each operation.

use axum::body::{Bytes, to_bytes};
use axum::http::HeaderMap;
use axum::http::header::{ETAG, LOCATION};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

/// One operation as an answer tells of it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Entry<'r> {
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'r str>,
    pub(super) status: u16,
    /// Only where the batch has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) headers: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<&'r RawValue>,
}

/// What became of an operation of a batch that has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It ran, and was undone.
    Undone,
    Failed,
    /// It came after the one that failed.
    NotRun,
}

/// What is kept of an answer until the batch ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    /// Its body, to be shown.
    pub(super) body: bool,
    /// Its value, as others may refer to it.
    pub(super) value: bool,
}

/// What an operation has answered.
#[derive(Debug)]
pub(super) struct Done {
    status: u16,
    headers: HeaderMap,
    body: Option<Box<RawValue>>,
    /// The body again, where later operations may refer to it.
    pub(super) value: Json,
}

impl Done {
    pub(super) async fn of(response: Response, kept: Kept) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await;
        let bytes: Bytes = bytes.expect("the body is in memory already");
        let value = if kept.value && !bytes.is_empty() {
            serde_json::from_slice(&bytes).expect("answers on records are JSON")
        } else {
            Json::Null
        };
        let body = (kept.body && !bytes.is_empty()).then(|| {
            let text = String::from_utf8(bytes.into()).expect("answers are JSON in UTF-8");
            RawValue::from_string(text).expect("answers on records are JSON")
        });
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
            value,
        }
    }

    pub(super) fn entry<'r>(&'r self, name: Option<&'r str>) -> Entry<'r> {
        let shown = [ETAG, LOCATION].into_iter().filter_map(|name| {
            let value = self.headers.get(&name)?.to_str().ok()?;
            Some((name.to_string(), Json::from(value)))
        });
        let headers: serde_json::Map<_, _> = shown.collect();
        Entry {
            name,
            status: self.status,
            outcome: None,
            headers: (!headers.is_empty()).then_some(Json::Object(headers)),
            body: self.body.as_deref(),
        }
    }
}
