//! The `Prefer` header (RFC 7240): what a caller would like of a write. Preferences unknown here are ignored, as it asks.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Prefer {
    /// `return=minimal`: no body.
    pub(crate) minimal: bool,
    /// `tx=rollback`: try the write and undo it.
    pub(crate) rollback: bool,
}

impl Prefer {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(PREFER);
        let lines = lines.iter().filter_map(|line| line.to_str().ok());
        // The first of several preferences of one name holds.
        let (mut wanted_return, mut tx) = (None, None);
        for preference in lines.flat_map(|line| line.split(',')) {
            let (name, value) = named(preference);
            if name.eq_ignore_ascii_case("return") {
                wanted_return.get_or_insert(value);
            } else if name.eq_ignore_ascii_case("tx") {
                tx.get_or_insert(value);
            }
        }
        Self {
            minimal: wanted_return == Some("minimal"),
            rollback: tx == Some("rollback"),
        }
    }

    /// Says in an answer which preferences were followed.
    pub(crate) fn acknowledge(self, headers: &mut HeaderMap) {
        let applied = match (self.minimal, self.rollback) {
            (false, false) => return,
            (true, false) => "return=minimal",
            (false, true) => "tx=rollback",
            (true, true) => "return=minimal, tx=rollback",
        };
        headers.insert(PREFERENCE_APPLIED, HeaderValue::from_static(applied));
    }
}

/// Name and value of one preference, its parameters left out.
fn named(preference: &str) -> (&str, &str) {
    let preference = preference.split(';').next().unwrap_or_default();
    let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
    (name.trim(), value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::{PREFER, PREFERENCE_APPLIED, Prefer};
    use axum::http::HeaderMap;

    fn read(lines: &[&str]) -> Prefer {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(PREFER, line.parse().unwrap());
        }
        Prefer::read(&headers)
    }

    #[test]
    fn known_preferences_are_found_among_others() {
        assert_eq!(read(&[]), Prefer::default());
        let both = Prefer {
            minimal: true,
            rollback: true,
        };
        assert_eq!(
            read(&["wait=5, Return = \"minimal\"; x=1", "tx=rollback"]),
            both
        );
        assert_eq!(
            read(&["return=representation, return=minimal, tx=commit"]),
            Prefer::default()
        );
        assert_eq!(read(&["return, =, ;,,"]), Prefer::default());
    }

    #[test]
    fn what_was_followed_is_said() {
        let mut headers = HeaderMap::new();
        Prefer::default().acknowledge(&mut headers);
        assert!(headers.is_empty());
        read(&["tx=rollback"]).acknowledge(&mut headers);
        assert_eq!(headers[PREFERENCE_APPLIED], "tx=rollback");
    }
}
