//! The cost of all statements of one request: the operations of a batch, the fields of a mutation.

use tessera_error::UserError;

use crate::planning::Planning;
use crate::query::size::Size;

/// The cost of one or several statements.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    planning: Planning,
    /// Of the answers that the server keeps until the request is answered.
    answers: Size,
}

impl Cost {
    #[must_use]
    pub const fn new(planning: Planning, answer: Size) -> Self {
        Self {
            planning,
            answers: answer,
        }
    }

    /// This and another statement of the same request.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            planning: self.planning.and(other.planning),
            answers: self.answers.plus(other.answers),
        }
    }

    /// Refuses statements that are too much for one request.
    ///
    /// # Errors
    /// `too_many_joins`, `too_costly`.
    pub fn check_together(self) -> Result<(), UserError> {
        self.planning.check_together()?;
        self.answers.check_together()
    }

    /// This, where only those answers are kept that were there before.
    #[must_use]
    pub const fn with_answers_of(self, before: Self) -> Self {
        Self {
            answers: before.answers,
            ..self
        }
    }
}
