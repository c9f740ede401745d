//! Dates around one fixed day, since "today" would make every run differ.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};

use crate::random::Random;

/// The day on which the demo company is looked at, a Monday.
const ANCHOR: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 16).expect("a day of the calendar");

/// So many days after the anchor, or before it.
pub(crate) fn day(offset: i64) -> NaiveDate {
    ANCHOR + TimeDelta::days(offset)
}

/// About so many days after the anchor, but no weekend.
pub(crate) fn working_day(offset: i64) -> NaiveDate {
    let day = day(offset);
    match day.weekday() {
        Weekday::Sat => day - TimeDelta::days(1),
        Weekday::Sun => day + TimeDelta::days(1),
        _ => day,
    }
}

/// Some quarter of an hour of office time on that working day.
pub(crate) fn office_time(random: &mut Random, offset: i64) -> DateTime<Utc> {
    let midnight = working_day(offset)
        .and_time(chrono::NaiveTime::MIN)
        .and_utc();
    midnight + TimeDelta::minutes(15 * random.between(4 * 7, 4 * 15))
}
