//! A value that is not what was asked for.

use crate::violation::{Pointer, Violation};

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

/// A violation of the value itself.
#[must_use]
pub fn at_value(mismatch: Mismatch) -> Vec<Violation> {
    vec![Violation::new(
        Pointer::root(),
        mismatch.code,
        mismatch.message,
    )]
}
