//! JSON bodies: what is not as expected is told with its place, all of it in the form of a problem.

use axum::extract::{FromRequest, OptionalFromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use tessera_error::UserError;
use tessera_schema::violation::Pointer;

use crate::body;
use crate::problem::{Problem, Result};

/// A body that is an object of a shape known beforehand. Let `T` deny unknown fields.
///
/// As an `Option` it is `None` where the body is empty.
#[derive(Debug, Clone)]
pub struct JsonBody<T>(pub T);

/// A body that only a tenant's model can judge.
#[derive(Debug, Clone)]
pub struct JsonValue(pub Value);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        must_be_json(request.headers())?;
        let bytes = body::read(request.into_body()).await?;
        Ok(Self(parse(&bytes)?))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Option<Self>> {
        let media_type = must_be_json(request.headers());
        let bytes = body::read(request.into_body()).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        media_type?;
        Ok(Some(Self(parse(&bytes)?)))
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonValue {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        must_be_json(request.headers())?;
        let bytes = body::read(request.into_body()).await?;
        let value =
            serde_json::from_slice(&bytes).map_err(|error| malformed(Pointer::root(), &error))?;
        Ok(Self(value))
    }
}

/// Refuses a body that is not JSON in UTF-8: `application/json`, or another media type that is JSON underneath.
///
/// # Errors
/// [`UserError::UnsupportedMediaType`].
pub fn must_be_json(headers: &HeaderMap) -> Result<(), UserError> {
    let media_type = headers.get(CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default().to_ascii_lowercase();
    let mut parts = media_type.split(';').map(str::trim);
    let subtype = parts.next().unwrap_or_default();
    let subtype = subtype.strip_prefix("application/").unwrap_or_default();
    let is_json = subtype == "json" || subtype.ends_with("+json");
    let is_readable = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim_end() == "charset" => {
            let charset = charset.trim().trim_matches('"');
            ["utf-8", "utf8", "us-ascii"].contains(&charset)
        }
        // Other parameters mean nothing to JSON (RFC 8259).
        _ => true,
    });
    if is_json && is_readable {
        Ok(())
    } else {
        Err(UserError::UnsupportedMediaType {
            expected: "application/json",
        })
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, UserError> {
    // serde would take an array for a struct, its items for the fields in their order.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(UserError::malformed(
            Pointer::root(),
            "type",
            "this takes an object, not an array",
        ));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| malformed(pointer(error.path()), error.inner()))?;
    deserializer
        .end()
        .map_err(|error| malformed(Pointer::root(), &error))?;
    Ok(value)
}

/// The parser's own words, which end with line and column.
fn malformed(place: Pointer, error: &serde_json::Error) -> UserError {
    if !error.is_data() {
        return UserError::malformed(Pointer::root(), "json", error.to_string());
    }
    let message = error.to_string();
    // serde has no other sign for it than these words of its own.
    let code = if message.starts_with("unknown field") {
        "unknown_key"
    } else {
        "type"
    };
    UserError::malformed(place, code, message)
}

fn pointer(path: &Path) -> Pointer {
    path.iter()
        .fold(Pointer::root(), |pointer, segment| match segment {
            Segment::Seq { index } => pointer.key(index),
            Segment::Map { key } => pointer.key(key),
            Segment::Enum { variant } => pointer.key(variant),
            Segment::Unknown => pointer,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::post;
    use axum::{Json, Router};
    use serde::{Deserialize, Serialize};
    use tower::ServiceExt as _;

    #[derive(Debug, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shape {
        name: String,
        sizes: Option<Vec<u8>>,
    }

    fn app() -> Router {
        let shape = async |JsonBody(shape): JsonBody<Shape>| Json(shape);
        let optional = async |shape: Option<JsonBody<Shape>>| Json(shape.map(|body| body.0));
        let value = async |JsonValue(value): JsonValue| Json(value);
        Router::new()
            .route("/shape", post(shape))
            .route("/optional", post(optional))
            .route("/value", post(value))
    }

    async fn post_to(path: &str, media_type: &str, body: impl Into<Body>) -> (u16, Value) {
        let request = Request::post(path)
            .header(CONTENT_TYPE, media_type)
            .body(body.into())
            .unwrap();
        let response = app().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn json_is_understood_under_all_its_names() {
        for media_type in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/json;charset=UTF-8",
            "application/json; charset=\"utf-8\"",
            "application/json ; charset=utf8",
            "application/json; Charset = us-ascii",
            "application/json;",
            "application/json; q=1; charset=utf-8",
            "application/merge-patch+json",
        ] {
            let (status, body) = post_to("/shape", media_type, r#"{"name":"x"}"#).await;
            assert_eq!((status, &body["name"]), (200, &Value::from("x")));
        }
        for media_type in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=latin1",
            "application/json; charset=utf-16",
            "application/+jsonx",
            "json",
        ] {
            let (status, body) = post_to("/shape", media_type, r#"{"name":"x"}"#).await;
            assert_eq!(status, 415, "{media_type}");
            assert_eq!(body["type"], "/problems/unsupported_media_type");
        }
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_with_its_place() {
        for (text, pointer, code) in [
            (r#"{"name":"x","size":1}"#, "/size", "unknown_key"),
            (r#"{"name":5}"#, "/name", "type"),
            (r#"{"name":"x","sizes":[1,"2"]}"#, "/sizes/1", "type"),
            (r#"{"name":"x","sizes":[1,256]}"#, "/sizes/1", "type"),
            ("{}", "", "type"),
            ("[]", "", "type"),
            (r#" ["x"]"#, "", "type"),
            ("", "", "json"),
            ("{\n  \"name\": \n}", "", "json"),
            (r#"{"name":"x"} {}"#, "", "json"),
            (r#"{"name":"\ud800"}"#, "", "json"),
        ] {
            let (status, body) = post_to("/shape", "application/json", text).await;
            assert_eq!(status, 400, "{text}");
            assert_eq!(body["errors"][0]["pointer"], pointer, "{text}: {body}");
            assert_eq!(body["errors"][0]["code"], code, "{text}: {body}");
        }
    }

    #[tokio::test]
    async fn line_and_column_are_told() {
        for path in ["/shape", "/value"] {
            let (status, body) = post_to(path, "application/json", "{\n  \"name\": \n}").await;
            assert_eq!(status, 400);
            let message = body["errors"][0]["message"].as_str().unwrap();
            assert!(message.ends_with("at line 3 column 1"), "{message}");
        }
    }

    #[tokio::test]
    async fn an_unknown_key_is_answered_with_what_would_have_fitted() {
        let (_, body) = post_to("/shape", "application/json", r#"{"nam":"x"}"#).await;
        let message = body["detail"].as_str().unwrap();
        assert!(
            message.starts_with("unknown field `nam`, expected `name` or `sizes`"),
            "{message}"
        );
    }

    #[tokio::test]
    async fn a_body_may_be_left_out_where_it_is_optional() {
        assert_eq!(post_to("/optional", "", "").await, (200, Value::Null));
        assert_eq!(
            post_to("/optional", "application/json", "").await,
            (200, Value::Null)
        );
        let (status, _) = post_to("/optional", "", r#"{"name":"x"}"#).await;
        assert_eq!(status, 415);
        let (status, _) = post_to("/optional", "application/json", "{}").await;
        assert_eq!(status, 400);
    }

    #[tokio::test]
    async fn a_body_too_large_or_too_deep_is_refused() {
        let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(body::LIMIT));
        let deep = "[".repeat(100_000);
        for path in ["/shape", "/value"] {
            let (status, body) = post_to(path, "application/json", large.clone()).await;
            assert_eq!(
                (status, &body["type"]),
                (413, &"/problems/too_large".into())
            );
            let (status, _) = post_to(path, "application/json", deep.clone()).await;
            assert_eq!(status, 400);
        }
    }
}
