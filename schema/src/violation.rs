//! Violations: the faults of a value or a definition, each with its place.

use serde::Serialize;
use std::borrow::Cow;

/// The most violations that an answer lists.
pub const MOST: usize = 1_000;

/// One bad value: where it stands in the input, a stable code, and words for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    pub pointer: Pointer,
    /// Stable, snake_case, documented in `ERRORS.md`.
    pub code: &'static str,
    pub message: String,
}

impl Violation {
    pub fn new(pointer: Pointer, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            pointer,
            code,
            message: message.into(),
        }
    }

    /// The same violation seen from one level further out.
    #[must_use]
    pub fn below(mut self, key: impl std::fmt::Display) -> Self {
        self.pointer = Pointer::root().key(key).join(&self.pointer);
        self
    }
}

/// Whether a check may stop: an answer lists no more.
#[must_use]
pub const fn is_enough(found: &[Violation]) -> bool {
    found.len() > MOST
}

/// The violations that an answer lists: the first [`MOST`], and one more entry if there are more.
#[must_use]
pub fn listed(found: &[Violation]) -> Cow<'_, [Violation]> {
    if !is_enough(found) {
        return Cow::Borrowed(found);
    }
    let message = format!("there are more errors: these are the first {MOST}");
    let more = Violation::new(Pointer::root(), "too_many_errors", message);
    let mut listed = found[..MOST].to_vec();
    listed.push(more);
    Cow::Owned(listed)
}

/// Adds the violations of a later check to those of an earlier one, without those at, within or around a place that is known
/// to be wrong: the later check did not see the value that stood there.
pub fn add_beyond(known: &mut Vec<Violation>, found: impl IntoIterator<Item = Violation>) {
    if is_enough(known) {
        return;
    }
    let is_known = |violation: &Violation| {
        let place = &violation.pointer;
        let mut known = known.iter().map(|other| &other.pointer);
        known.any(|other| other.is_within(place) || place.is_within(other))
    };
    let more: Vec<_> = found
        .into_iter()
        .filter(|v| !is_known(v))
        .take(MOST)
        .collect();
    known.extend(more);
}

/// A JSON Pointer (RFC 6901).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Pointer(String);

impl Pointer {
    #[must_use]
    pub const fn root() -> Self {
        Self(String::new())
    }

    #[must_use]
    pub fn key(&self, key: impl std::fmt::Display) -> Self {
        let mut key = key.to_string();
        if key.contains(['~', '/']) {
            key = key.replace('~', "~0").replace('/', "~1");
        }
        Self(format!("{}/{key}", self.0))
    }

    #[must_use]
    pub fn join(&self, rest: &Self) -> Self {
        Self(format!("{}{}", self.0, rest.0))
    }

    /// Whether it points at the place of another, or into it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let rest = self.0.strip_prefix(&other.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// A pointer as another library printed it; must be in RFC 6901 form.
    #[must_use]
    pub fn parsed(text: &str) -> Self {
        Self(text.to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The keys from the root down.
    pub fn keys(&self) -> impl Iterator<Item = String> + '_ {
        let keys = self.0.split('/').skip(1);
        keys.map(|key| key.replace("~1", "/").replace("~0", "~"))
    }
}

impl std::fmt::Display for Pointer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
