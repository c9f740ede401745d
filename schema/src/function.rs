//! Aggregate functions: a group's values in, one value out.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// The number of values; of the records themselves, the number of records.
    Count,
    /// The number of different values.
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
/// For values that have no order.
pub static COMPARED: &[Function] = &[Count, CountDistinct, EmptyShare];
/// For values that cannot be compared, such as composites as a whole.
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

    /// Whether its result is a value in the unit of its operands.
    #[must_use]
    pub const fn has_unit(self) -> bool {
        matches!(self, Sum | Avg | Min | Max)
    }

    /// Whether it counts: its result is never null, and never too large for a number in JSON.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Count | CountDistinct)
    }
}
