//! A switch for tests: one of the row rules in the statements that this thread compiles is left out.

use std::cell::Cell;

thread_local! {
    /// How many rules there were, and which one is left out.
    static RULES: Cell<(usize, Option<usize>)> = const { Cell::new((0, None)) };
}

/// Compiles with one rule left out, and tells how many there were.
pub(crate) fn without<T>(rule: Option<usize>, compile: impl FnOnce() -> T) -> (T, usize) {
    RULES.set((0, rule));
    let compiled = compile();
    let (count, _) = RULES.replace((0, None));
    (compiled, count)
}

/// Notes one more rule, and tells whether it is the one that is left out.
pub(super) fn is_next() -> bool {
    let (count, out) = RULES.get();
    RULES.set((count + 1, out));
    out == Some(count)
}
