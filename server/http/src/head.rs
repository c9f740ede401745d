//! How long the head of a request may be.

/// The longest path and query, in bytes.
pub const LONGEST_TARGET: usize = 32 * 1024;
/// The most that names and values of all headers may have together, in bytes.
pub const LARGEST_HEADERS: usize = 32 * 1024;
