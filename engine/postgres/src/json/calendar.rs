//! Dates and times, counted from the start of the year 2000 in UTC.

use super::digits::{four, fraction, two};
use super::{Malformed, fixed, integer};

const MICROS_OF_SECOND: i64 = 1_000_000;
const MICROS_OF_DAY: i64 = 86_400 * MICROS_OF_SECOND;

pub(super) fn date(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let text: &[u8] = match i32::from_be_bytes(fixed(raw)?) {
        i32::MAX => b"\"infinity\"",
        i32::MIN => b"\"-infinity\"",
        days => {
            let day = Day::of(days.into());
            out.push(b'"');
            day.write(out);
            day.era()
        }
    };
    out.extend_from_slice(text);
    Ok(())
}

pub(super) fn date_time(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let text: &[u8] = match i64::from_be_bytes(fixed(raw)?) {
        i64::MAX => b"\"infinity\"",
        i64::MIN => b"\"-infinity\"",
        micros => {
            let day = Day::of(micros.div_euclid(MICROS_OF_DAY));
            out.push(b'"');
            day.write(out);
            out.push(b'T');
            clock(micros.rem_euclid(MICROS_OF_DAY), out);
            out.extend_from_slice(b"+00:00");
            day.era()
        }
    };
    out.extend_from_slice(text);
    Ok(())
}

pub(super) fn time(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let micros = i64::from_be_bytes(fixed(raw)?);
    // 24:00:00 is one to Postgres.
    if !(0..=MICROS_OF_DAY).contains(&micros) {
        return Err(Malformed::TimeOfDay(micros));
    }
    out.push(b'"');
    clock(micros, out);
    out.push(b'"');
    Ok(())
}

fn clock(micros: i64, out: &mut Vec<u8>) {
    let seconds = (micros / MICROS_OF_SECOND) as u32;
    let [[a, b], [c, d], [e, f]] = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(two);
    out.extend_from_slice(&[a, b, b':', c, d, b':', e, f]);
    fraction((micros % MICROS_OF_SECOND) as u32, out);
}

/// A day of the Gregorian calendar, which goes on before its invention; the year before 1 is 0.
struct Day {
    year: i64,
    month: u32,
    day: u32,
}

impl Day {
    /// The day so many days after the first of January 2000; of any `i32`, or any `i64` of microseconds.
    ///
    /// Years are taken to begin in March, so that the day that some years lack is their last; 400 of them are an era,
    /// and all eras are alike. Numbers are kept positive, by many eras, since those divide faster.
    fn of(days: i64) -> Self {
        const DAYS_OF_ERA: i64 = 146_097;
        const ERAS: i64 = 15_000;
        /// From the first of March of the year 0.
        const TO_2000: i64 = 730_425;
        let days = (days + TO_2000 + ERAS * DAYS_OF_ERA) as u64;
        // In quarters of a day, as years and centuries last so many whole ones.
        let quarters = 4 * days + 3;
        let century = quarters / DAYS_OF_ERA as u64;
        let quarters = (quarters % DAYS_OF_ERA as u64) as u32 | 3;
        let year = 100 * century as i64 + i64::from(quarters / 1461) - 400 * ERAS;
        let day = quarters % 1461 / 4;
        // Months from March on have 31, 30, 31, 30, 31 days, and again.
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        if month < 10 {
            let month = month + 3;
            Self { year, month, day }
        } else {
            let (year, month) = (year + 1, month - 9);
            Self { year, month, day }
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let year = if self.year > 0 {
            self.year
        } else {
            1 - self.year
        };
        let ([m, n], [x, y]) = (two(self.month), two(self.day));
        if let Ok(year @ ..10_000) = u32::try_from(year) {
            let [a, b, c, d] = four(year);
            out.extend_from_slice(&[a, b, c, d, b'-', m, n, b'-', x, y]);
        } else {
            integer::digits(year, out);
            out.extend_from_slice(&[b'-', m, n, b'-', x, y]);
        }
    }

    /// The end of the text.
    fn era(&self) -> &'static [u8] {
        if self.year > 0 { b"\"" } else { b" BC\"" }
    }
}
