//! How far a long step is: a bar on a terminal, elsewhere a line for each tenth.

use indicatif::{ProgressBar, ProgressStyle};

/// What takes less than this needs no lines.
const WORTH_A_LINE: u64 = 20_000;

pub(crate) struct Progress {
    bar: ProgressBar,
    object: &'static str,
    total: u64,
}

impl Progress {
    pub(crate) fn new(object: &'static str, total: u64) -> Self {
        let style = ProgressStyle::with_template(
            "{prefix:>15} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}",
        )
        .expect("a template of our own is well formed");
        let bar = ProgressBar::new(total)
            .with_style(style)
            .with_prefix(object);
        Self { bar, object, total }
    }

    /// From the beginning, where the work is begun anew.
    pub(crate) fn restart(&self) {
        self.bar.set_position(0);
    }

    pub(crate) fn advance(&self) {
        self.bar.inc(1);
        // The bar is hidden where standard error is no terminal.
        if self.total >= WORTH_A_LINE && self.bar.is_hidden() {
            let position = self.bar.position();
            if position.is_multiple_of(self.total / 10) {
                eprintln!("{}: {position} of {}", self.object, self.total);
            }
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
