//! `ETag`, `If-Match` and `If-None-Match` (RFC 9110): a record's version as its entity tag.

use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tessera_compiler::write::Expected;
use tessera_error::UserError;
use tessera_schema::violation::Pointer;

/// The most tags that `If-Match` takes.
const MOST_TAGS: usize = 100;

/// An entity tag, or `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag<'h> {
    Any,
    Strong(&'h str),
    Weak(&'h str),
}

/// Names the version an answer shows.
pub(super) fn show_version(headers: &mut HeaderMap, version: i32) {
    let tag = HeaderValue::try_from(format!("\"{version}\""));
    headers.insert(ETAG, tag.expect("a number in quotes is a header value"));
}

/// The versions that a write depends on; `None` where any will do.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<Expected>, UserError> {
    let tags = tags(headers, &IF_MATCH).ok_or_else(unreadable)?;
    if let [] | [Tag::Any] = tags[..] {
        return Ok(None);
    }
    if tags.contains(&Tag::Any) || tags.len() > MOST_TAGS {
        return Err(unreadable());
    }
    // Only strong tags are good for writing; another's tag was never ours.
    let versions = tags.into_iter().filter_map(|tag| match tag {
        Tag::Strong(text) => version(text),
        Tag::Weak(_) | Tag::Any => None,
    });
    Ok(Some(Expected::IfMatch(versions.collect())))
}

/// Whether the caller holds this version already. A header that cannot be read asks for nothing.
pub(super) fn unchanged(headers: &HeaderMap, current: i32) -> bool {
    let tags = tags(headers, &IF_NONE_MATCH).unwrap_or_default();
    tags.into_iter().any(|tag| match tag {
        Tag::Any => true,
        Tag::Strong(text) | Tag::Weak(text) => version(text) == Some(current),
    })
}

fn version(text: &str) -> Option<i32> {
    // As we write it: no sign, no leading zeros.
    let written = |version: &i32| *version > 0 && version.to_string() == text;
    text.parse().ok().filter(written)
}

fn unreadable() -> UserError {
    let message = format!(
        "If-Match takes versions, such as \"3\" with its quotes, at most {MOST_TAGS} and separated by commas, or *"
    );
    UserError::malformed(Pointer::root().key("If-Match"), "format", message)
}

/// All tags of a header, over all its lines.
fn tags<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<Vec<Tag<'h>>> {
    let mut tags = Vec::new();
    for line in headers.get_all(name) {
        let mut rest = line.to_str().ok()?.trim();
        while !rest.is_empty() {
            let (tag, after) = tag(rest)?;
            tags.push(tag);
            rest = after.trim_start();
            match rest.strip_prefix(',') {
                Some(after) => rest = after.trim_start(),
                None if rest.is_empty() => {}
                None => return None,
            }
        }
    }
    Some(tags)
}

/// The tag that a text begins with, and what follows.
fn tag(text: &str) -> Option<(Tag<'_>, &str)> {
    if let Some(rest) = text.strip_prefix('*') {
        return Some((Tag::Any, rest));
    }
    let weak = text.strip_prefix("W/");
    let (opaque, rest) = weak.unwrap_or(text).strip_prefix('"')?.split_once('"')?;
    let tag = if weak.is_some() {
        Tag::Weak(opaque)
    } else {
        Tag::Strong(opaque)
    };
    Some((tag, rest))
}

#[cfg(test)]
mod tests {
    use super::{if_match, show_version, unchanged};
    use axum::http::HeaderMap;
    use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
    use proptest::prelude::*;
    use tessera_compiler::write::Expected;

    fn headers(name: &axum::http::HeaderName, lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_write_names_the_versions_it_is_good_for() {
        let read = |lines: &[&str]| if_match(&headers(&IF_MATCH, lines));
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["*"]), Ok(None));
        let of = |versions: &[i32]| Ok(Some(Expected::IfMatch(versions.to_vec())));
        assert_eq!(read(&["\"3\""]), of(&[3]));
        for several in [
            "\"3\",\"4\"",
            "\"3\" , \"4\",",
            "\"3\", W/\"5\", \"x\", \"4\"",
        ] {
            assert_eq!(read(&[several]), of(&[3, 4]), "{several}");
        }
        assert_eq!(read(&["\"3\"", "\"4\""]), of(&[3, 4]));
        for never in ["W/\"3\"", "\"03\"", "\"-3\"", "\"abc\"", "\"\""] {
            assert_eq!(read(&[never]), of(&[]), "{never}");
        }
        let many = "\"3\",".repeat(101);
        for bad in ["3", "\"3", "\"3\" \"4\"", "*, \"3\"", "x", &many] {
            let error = read(&[bad]).expect_err(bad);
            assert_eq!(error.status(), 400, "{bad}");
        }
    }

    #[test]
    fn a_reader_may_hold_any_of_several_versions() {
        let holds = |line: &str| unchanged(&headers(&IF_NONE_MATCH, &[line]), 3);
        for yes in ["\"3\"", "W/\"3\"", "\"1\", \"3\"", "*", "\"1\",W/\"3\""] {
            assert!(holds(yes), "{yes}");
        }
        for no in ["\"4\"", "3", "\"33\"", "\"1\" \"3\"", "", "W/3"] {
            assert!(!holds(no), "{no}");
        }
        assert!(!unchanged(&HeaderMap::new(), 3));
    }

    #[test]
    fn what_is_shown_can_be_given_back() {
        let mut answer = HeaderMap::new();
        show_version(&mut answer, 7);
        let shown = answer[ETAG].to_str().unwrap();
        assert!(unchanged(&headers(&IF_NONE_MATCH, &[shown]), 7));
        assert_eq!(
            if_match(&headers(&IF_MATCH, &[shown])),
            Ok(Some(Expected::IfMatch(vec![7])))
        );
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(line in "[W/\"*, 0-9a-z]{0,20}") {
            let _ = if_match(&headers(&IF_MATCH, &[&line]));
            unchanged(&headers(&IF_NONE_MATCH, &[&line]), 1);
        }
    }
}
