//! The parts of dates and instants that records can be grouped by.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatePart {
    Year,
    Quarter,
    Month,
    /// From Monday on.
    Week,
    Day,
    Hour,
    /// From 1, January, to 12.
    MonthOfYear,
    /// From 1, Monday, to 7.
    DayOfWeek,
    /// From 0 to 23.
    HourOfDay,
}

use DatePart::{Day, DayOfWeek, Hour, HourOfDay, Month, MonthOfYear, Quarter, Week, Year};

/// For dates.
pub static OF_DATES: &[DatePart] = &[Year, Quarter, Month, Week, Day, MonthOfYear, DayOfWeek];
/// For instants.
pub static OF_INSTANTS: &[DatePart] = &[
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    MonthOfYear,
    DayOfWeek,
    HourOfDay,
];

impl DatePart {
    /// As REST spells it; GraphQL writes it in capitals.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Year => "year",
            Quarter => "quarter",
            Month => "month",
            Week => "week",
            Day => "day",
            Hour => "hour",
            MonthOfYear => "month_of_year",
            DayOfWeek => "day_of_week",
            HourOfDay => "hour_of_day",
        }
    }

    /// Whether it is answered as a date: the first day of a year, quarter, month or week, or the day itself.
    #[must_use]
    pub const fn is_date(self) -> bool {
        matches!(self, Year | Quarter | Month | Week | Day)
    }
}
