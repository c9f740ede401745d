//! A value that is not what was asked for.

/// A value that is not of the kind asked for; the message says what would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pub code: &'static str,
    pub message: String,
}

impl Mismatch {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}
