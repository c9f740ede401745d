//! The joins that Postgres has to plan, and how many a statement may have.
//!
//! The time and memory of planning grow with more than the square of the joins: two hundred took Postgres 6 s and 5 GB.

use tessera_error::UserError;
use tessera_schema::violation::Pointer;

/// The most joins of one statement.
const MOST_JOINS: u32 = 50;

/// The most joins of the statements of one request together: the operations of a batch, the fields of a mutation.
const MOST_JOINS_TOGETHER: u32 = 500;

/// The most joins of which Postgres looks for the best order; lists and records beyond them stay where they stand. In one order with
/// all others, 50 counts of relations took it 100 MB.
const MOST_ORDERED: u32 = 8;

/// The most objects that the searches of one statement look through.
const MOST_SEARCHED: u32 = 200;

/// What of a statement Postgres has to plan.
#[derive(Debug, Clone, Copy, Default)]
pub struct Planning {
    joins: u32,
    searched: u32,
}

impl Planning {
    /// Notes that one more relation is joined, or counted over.
    pub(crate) const fn join(&mut self) {
        self.joins = self.joins.saturating_add(1);
    }

    /// Notes that a filter looks for one more relation. Postgres compares the orders of all of these: 25 take it 0.3 s and 45 MB
    /// to plan, 50 take 3 s and 400 MB.
    pub(crate) const fn filter(&mut self) {
        self.joins = self.joins.saturating_add(2);
    }

    /// Notes that one more object is searched for words.
    pub(crate) const fn search(&mut self) {
        self.searched = self.searched.saturating_add(1);
    }

    /// Whether there are already as many joins as Postgres should look for an order of.
    pub(crate) const fn is_large(self) -> bool {
        self.joins > MOST_ORDERED
    }

    /// What has been noted since an earlier moment.
    pub(crate) const fn since(self, earlier: Self) -> Self {
        Self {
            joins: self.joins.saturating_sub(earlier.joins),
            searched: self.searched.saturating_sub(earlier.searched),
        }
    }

    /// Refuses a statement that takes too much to plan.
    pub fn check(self) -> Result<(), UserError> {
        if self.searched > MOST_SEARCHED {
            let message = format!(
                "this searches {} objects, and one statement may search {MOST_SEARCHED}: name fewer objects, or search in several requests",
                self.searched
            );
            return Err(UserError::malformed(Pointer::root(), "too_costly", message));
        }
        at_most(self.joins, MOST_JOINS, "statement")
    }

    /// This and another statement of the same request.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            joins: self.joins.saturating_add(other.joins),
            searched: self.searched.saturating_add(other.searched),
        }
    }

    /// As [`Self::check`], for all statements of one request.
    pub(crate) fn check_together(self) -> Result<(), UserError> {
        at_most(self.joins, MOST_JOINS_TOGETHER, "request")
    }
}

fn at_most(joins: u32, most: u32, what: &str) -> Result<(), UserError> {
    if joins <= most {
        return Ok(());
    }
    let message = format!(
        "this takes {joins} joins, and one {what} may take {most} (a relation in a filter counts as two): ask for fewer relations, counts and aggregates, filter and sort by fewer relations, or send several requests"
    );
    Err(UserError::malformed(
        Pointer::root(),
        "too_many_joins",
        message,
    ))
}
