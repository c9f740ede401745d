//! Names for people, in the languages that the platform itself speaks.

use serde::Serialize;
use std::borrow::Cow;

/// A name or a line of text for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Title {
    pub en: Cow<'static, str>,
    pub ru: Cow<'static, str>,
}

impl Title {
    /// A title written in the source.
    #[must_use]
    pub const fn new(en: &'static str, ru: &'static str) -> Self {
        Self {
            en: Cow::Borrowed(en),
            ru: Cow::Borrowed(ru),
        }
    }

    /// A title that came at run time.
    #[must_use]
    pub const fn owned(en: String, ru: String) -> Self {
        Self {
            en: Cow::Owned(en),
            ru: Cow::Owned(ru),
        }
    }
}
