//! Media types, as GraphQL over HTTP has them.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue};

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    /// The status tells whether the operation was begun.
    Graphql,
    /// For clients of old: 200 wherever the request could be understood as one.
    Json,
}

impl Media {
    pub(crate) const fn content_type(self) -> HeaderValue {
        match self {
            Self::Graphql => {
                HeaderValue::from_static("application/graphql-response+json; charset=utf-8")
            }
            Self::Json => HeaderValue::from_static("application/json; charset=utf-8"),
        }
    }

    /// What `Accept` prefers; none where it takes neither.
    pub(crate) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .peekable();
        if ranges.peek().is_none() {
            return Some(Self::Json);
        }
        let mut best: Option<(f32, Self)> = None;
        for range in ranges.flat_map(|value| value.split(',')) {
            let mut parts = range.split(';').map(str::trim);
            let media = match parts
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
                .as_str()
            {
                "application/graphql-response+json" => Self::Graphql,
                "application/json" | "application/*" | "*/*" => Self::Json,
                _ => continue,
            };
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if quality > best.map_or(0.0, |(quality, _)| quality) {
                best = Some((quality, media));
            }
        }
        best.map(|(_, media)| media)
    }
}

#[cfg(test)]
mod tests {
    use super::Media;
    use axum::http::header::ACCEPT;
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    fn headers(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_better_of_the_accepted_media_types_is_taken() {
        for (accept, expected) in [
            ("application/graphql-response+json", Some(Media::Graphql)),
            (
                "application/graphql-response+json, application/json;q=0.9",
                Some(Media::Graphql),
            ),
            (
                "application/graphql-response+json;q=0.5, application/json",
                Some(Media::Json),
            ),
            ("application/json, multipart/mixed", Some(Media::Json)),
            ("*/*", Some(Media::Json)),
            (
                "text/html, application/xhtml+xml, */*;q=0.8",
                Some(Media::Json),
            ),
            ("text/html", None),
            ("application/json;q=0", None),
        ] {
            assert_eq!(
                Media::accepted(&headers(ACCEPT, accept)),
                expected,
                "{accept}"
            );
        }
        assert_eq!(Media::accepted(&HeaderMap::new()), Some(Media::Json));
    }
}
