//! A value of the wrong kind.

use crate::violation::{Pointer, Violation};

/// A value of the wrong kind; the message names the right one.
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
