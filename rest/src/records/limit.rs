//! The number of records that a list shows.

use tessera_schema::text::clip;

pub(crate) const DEFAULT_LIMIT: u32 = 50;
pub(crate) const LONGEST_PAGE: u32 = 1_000;

/// How many records a list shows, as it is asked for; or why it cannot be that many.
pub(super) fn read(text: &str) -> Result<u32, String> {
    let limit = text
        .parse()
        .ok()
        .filter(|limit| (1..=LONGEST_PAGE).contains(limit));
    limit.ok_or_else(|| {
        format!(
            "`{}` is no whole number from 1 to {LONGEST_PAGE}",
            clip(text)
        )
    })
}
