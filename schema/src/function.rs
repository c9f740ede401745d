//! Aggregate functions: a group's values in, one value out.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// How many values there are; of the records themselves, how many records.
    Count,
    /// How many different values there are.
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
    /// The share of records without a value, from 0 to 1.
    EmptyShare,
}

use Function::{Avg, Count, CountDistinct, EmptyShare, Max, Min, Sum};

/// For amounts.
pub static ADDED: &[Function] = &[Count, CountDistinct, Sum, Avg, Min, Max, EmptyShare];
/// For values that have an order, but no sum.
pub static ORDERED: &[Function] = &[Count, CountDistinct, Min, Max, EmptyShare];
/// For values that are only the same or not.
pub static TOLD_APART: &[Function] = &[Count, CountDistinct, EmptyShare];
/// For values that are only there or not; composites as a whole are such.
pub static PRESENT: &[Function] = &[Count, EmptyShare];

impl Function {
    pub const ALL: [Self; 7] = [Count, CountDistinct, Sum, Avg, Min, Max, EmptyShare];

    /// As REST spells it; GraphQL writes it in camelCase.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Count => "count",
            CountDistinct => "count_distinct",
            Sum => "sum",
            Avg => "avg",
            Min => "min",
            Max => "max",
            EmptyShare => "empty_share",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|function| function.name() == name)
    }

    /// Whether it is a value like those it is of, in their unit.
    #[must_use]
    pub const fn has_unit(self) -> bool {
        matches!(self, Sum | Avg | Min | Max)
    }

    /// Whether it counts, so that its result is never null and never too large for a number in JSON.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Count | CountDistinct)
    }
}
