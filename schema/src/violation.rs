//! What is wrong with a value or a definition, and where.

use serde::Serialize;

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
