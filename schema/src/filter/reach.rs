//! Which filters may choose the records of a write.
//!
//! A filter that leaves nothing out is as good as none: `{"name":{}}`, `{"or":[{}]}`, `{"not":{"not":{}}}`, `{"id":{"not_in":[]}}`.
//! Most such filters are slips, such as a condition whose value was missing. A read may show everything; a write must not
//! change everything by a slip.

use serde_json::Value as Json;

use super::{Comparison, Filter, Quantifier, Value};
use crate::naming::Spelling;
use crate::operator::Predicate;
use crate::violation::{Pointer, Violation};

/// Which records a filter finds, as far as that is known without looking at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Every,
    None,
    /// It depends on the record.
    Some,
}

impl Filter {
    /// Checks that this filter may choose the records of a write. It has to have a condition, and one that can fail.
    /// Only `{}` itself means all records, and only where the write is `bounded` by a number of records.
    ///
    /// `literal` is the filter as the caller wrote it.
    ///
    /// # Errors
    /// The filter that the caller has to write instead; the pointer begins at the filter.
    pub fn check_write(
        &self,
        literal: &Json,
        bounded: bool,
        spelling: Spelling,
    ) -> Result<(), Violation> {
        let all = literal.as_object().is_some_and(serde_json::Map::is_empty);
        let chooses = self.has_condition() && self.reach() != Reach::Every;
        if chooses || (all && bounded) {
            return Ok(());
        }
        let max_affected = spelling.write("max_affected");
        let message = if all {
            format!("{{}} means all records: give `{max_affected}` too, the most that there may be")
        } else {
            format!(
                "this filter has no condition that leaves a record out: give one, or {{}} and `{max_affected}` to mean all"
            )
        };
        Err(Violation::new(Pointer::root(), "required", message))
    }

    /// Whether anything in it asks something of a record.
    fn has_condition(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_condition),
            Self::Not(inner)
            | Self::ToOne(_, inner)
            | Self::ToMany(_, Quantifier::Every, inner) => inner.has_condition(),
            Self::Compare(_) | Self::ToMany(_, Quantifier::Some | Quantifier::None, _) => true,
        }
    }

    fn reach(&self) -> Reach {
        match self {
            Self::All(parts) => joined(parts, Reach::Every, Reach::None),
            Self::Any(parts) => joined(parts, Reach::None, Reach::Every),
            Self::Not(inner) => inner.reach().opposite(),
            Self::Compare(comparison) => reach_of(comparison),
            // Without a condition it still asks for a record to be there. That is not said, so it counts for nothing.
            Self::ToOne(_, inner) => inner.reach(),
            Self::ToMany(_, quantifier, inner) => match (quantifier, inner.reach()) {
                (Quantifier::Some, Reach::None) => Reach::None,
                (Quantifier::Every, Reach::Every) | (Quantifier::None, Reach::None) => Reach::Every,
                _ => Reach::Some,
            },
        }
    }
}

impl Reach {
    const fn opposite(self) -> Self {
        match self {
            Self::Every => Self::None,
            Self::None => Self::Every,
            Self::Some => Self::Some,
        }
    }
}

/// The reach of parts that are joined: `neutral` parts change nothing, one `absorbing` part decides.
fn joined(parts: &[Filter], neutral: Reach, absorbing: Reach) -> Reach {
    let parts = parts.iter().map(Filter::reach);
    parts.fold(neutral, |all, part| {
        if all == absorbing || part == neutral {
            all
        } else if part == absorbing {
            absorbing
        } else {
            Reach::Some
        }
    })
}

/// No value is in an empty list, so that every value is not in it.
fn reach_of(comparison: &Comparison) -> Reach {
    match (&comparison.operand, comparison.operator.predicate) {
        (Value::Many(values), Predicate::OneOf | Predicate::Overlaps) if values.is_empty() => {
            if comparison.operator.negated {
                Reach::Every
            } else {
                Reach::None
            }
        }
        _ => Reach::Some,
    }
}
