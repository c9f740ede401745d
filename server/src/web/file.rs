//! Files that `web/` built: in this binary, or, in a debug build, read where they lie.

use axum::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};
use std::fmt::Write as _;

#[derive(Embed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Built;

/// A coding in which files lie ready beside the plain ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Coding {
    name: &'static str,
    suffix: &'static str,
}

/// The smallest first.
const CODINGS: [Coding; 2] = [
    Coding {
        name: "br",
        suffix: "br",
    },
    Coding {
        name: "gzip",
        suffix: "gz",
    },
];

/// Whether there is such a file in this build.
pub(super) fn exists(name: &str) -> bool {
    Built::get(name).is_some()
}

/// A built file, in the coding that the caller likes best.
pub(super) fn answer(name: &str, headers: &HeaderMap) -> Option<Response> {
    let compressed = accepted(headers).into_iter().find_map(|coding| {
        let file = Built::get(&format!("{name}.{}", coding.suffix))?;
        Some((file, Some(coding)))
    });
    let (file, coding) = match compressed {
        Some(found) => found,
        None => (Built::get(name)?, None),
    };
    let tag = tag(&file);
    let mut response = if holds(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_owned().into_response()
    };
    let own = response.headers_mut();
    own.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    own.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    own.insert(VARY, HeaderValue::from_static("accept-encoding"));
    own.insert(ETAG, tag);
    if let Some(coding) = coding {
        own.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name));
    }
    Some(response)
}

/// The codings that the caller takes, the best liked first; of those liked equally, the smallest.
fn accepted(headers: &HeaderMap) -> Vec<Coding> {
    let accepted = headers.get(ACCEPT_ENCODING);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let accepted = accepted.unwrap_or_default();
    let mut weighted: Vec<(f32, Coding)> = CODINGS
        .into_iter()
        .map(|coding| (weight(accepted, coding.name), coding))
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    weighted.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    weighted.into_iter().map(|(_, coding)| coding).collect()
}

/// How well `Accept-Encoding` likes a coding: 0 where it does not take it.
fn weight(accepted: &str, coding: &str) -> f32 {
    let named = accepted.split(',').find_map(|entry| {
        let (name, weight) = entry.split_once(";q=").unwrap_or((entry, "1"));
        name.trim()
            .eq_ignore_ascii_case(coding)
            .then(|| weight.trim().parse().unwrap_or(1.0))
    });
    named.unwrap_or(0.0)
}

fn holds(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let held = headers.get_all(IF_NONE_MATCH).iter();
    let mut held = held.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    held.any(|one| {
        let one = one.trim_ascii();
        one.strip_prefix(b"W/").unwrap_or(one) == tag.as_bytes()
    })
}

fn tag(file: &EmbeddedFile) -> HeaderValue {
    let hash = file.metadata.sha256_hash();
    let digits = hash[..16].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    HeaderValue::try_from(format!("\"{digits}\"")).expect("hexadecimal digits are ASCII")
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{accepted, holds};
    use axum::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
    use axum::http::{HeaderMap, HeaderValue};

    #[test]
    fn the_coding_is_what_the_caller_likes_best() {
        for (header, codings) in [
            ("gzip, deflate, br, zstd", vec!["br", "gzip"]),
            ("br", vec!["br"]),
            ("gzip", vec!["gzip"]),
            ("br;q=0.4, GZIP;q=0.5", vec!["gzip", "br"]),
            ("br;q=0, gzip", vec!["gzip"]),
            ("gzip;q=0", vec![]),
            ("brotli, x-gzip", vec![]),
            ("", vec![]),
        ] {
            let headers =
                HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(header))]);
            let names: Vec<_> = accepted(&headers)
                .iter()
                .map(|coding| coding.name)
                .collect();
            assert_eq!(names, codings, "{header}");
        }
        assert!(accepted(&HeaderMap::new()).is_empty());
    }

    #[test]
    fn a_file_is_known_by_its_tag() {
        let tag = HeaderValue::from_static("\"abc\"");
        for (header, held) in [
            ("\"x\", W/\"abc\"", true),
            ("\"abc\"", true),
            ("\"ab\"", false),
        ] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(header))]);
            assert_eq!(holds(&headers, &tag), held, "{header}");
        }
    }
}
