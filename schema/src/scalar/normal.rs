//! The normal form of a value, and the limits of what a column can hold.

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike};
use serde_json::{Number, Value as Json, json};
use uuid::Uuid;

use super::{MAX_SAFE_INTEGER, Scalar};
use crate::duration;
use crate::mismatch::Mismatch;
use crate::number::{self, LARGEST_EXPONENT};
use crate::text::nul;

/// The most digits of a number in a JSON document; with its exponent it stays within what Postgres keeps.
const MOST_DIGITS: usize = 15_000;

impl Scalar {
    /// Checks a value and gives its normal form, ready for the database.
    ///
    /// # Errors
    /// [`Mismatch`] where the value is of another kind or outside what the column can hold.
    pub fn normalise(self, value: &Json) -> Result<Json, Mismatch> {
        match self {
            Self::Text => text(value).map(|t| json!(t)),
            Self::Integer => integer(value).and_then(medium).map(|n| json!(n)),
            Self::BigInteger => integer(value).map(|n| json!(n)),
            Self::Decimal => decimal(value).map(Json::String),
            Self::Float => float(value),
            Self::Boolean => match value {
                Json::Bool(_) => Ok(value.clone()),
                _ => Err(Mismatch::new("type", "true or false is expected")),
            },
            Self::Date => date(text(value)?).map(|d| json!(d.to_string())),
            Self::DateTime => date_time(text(value)?).map(Json::String),
            Self::Time => time(text(value)?).map(Json::String),
            Self::Duration => duration::normalise(text(value)?).map(Json::String),
            Self::Uuid => Uuid::parse_str(text(value)?)
                .map(|id| json!(id))
                .map_err(|_| Mismatch::new("format", "a UUID is expected")),
            Self::Json => document(value).map(|()| value.clone()),
        }
    }
}

/// A string that Postgres can store: it has no NUL character.
fn text(value: &Json) -> Result<&str, Mismatch> {
    let text = value
        .as_str()
        .ok_or_else(|| Mismatch::new("type", "a string is expected"))?;
    if text.contains('\0') {
        return Err(nul());
    }
    Ok(text)
}

/// Whether Postgres can keep a document as it is.
fn document(value: &Json) -> Result<(), Mismatch> {
    match value {
        Json::String(text) if text.contains('\0') => Err(nul()),
        Json::Number(number) if !keeps(number) => Err(Mismatch::new(
            "precision",
            format!(
                "a number has at most {MOST_DIGITS} digits, and an exponent of at most {LARGEST_EXPONENT}"
            ),
        )),
        Json::Array(items) => items.iter().try_for_each(document),
        Json::Object(map) => map.iter().try_for_each(|(key, value)| {
            if key.contains('\0') {
                return Err(nul());
            }
            document(value)
        }),
        _ => Ok(()),
    }
}

/// Whether a number of a document is one that Postgres keeps digit by digit.
fn keeps(number: &Number) -> bool {
    number.as_str().len() <= MOST_DIGITS && number::plain(number).is_some()
}

fn integer(value: &Json) -> Result<i64, Mismatch> {
    match value {
        Json::String(text) => text.parse().ok(),
        number => number::whole(number),
    }
    .ok_or_else(|| Mismatch::new("type", "a whole number of at most 64 bits is expected"))
}

/// A whole number that has 32 bits.
fn medium(number: i64) -> Result<i32, Mismatch> {
    i32::try_from(number).map_err(|_| {
        let code = if number > 0 { "maximum" } else { "minimum" };
        Mismatch::new(
            code,
            "a whole number of at most 32 bits is expected: give the field a `min` or `max` beyond 2147483647 to make it one of 64",
        )
    })
}

/// The digits of a decimal, from a number or a string.
fn decimal(value: &Json) -> Result<String, Mismatch> {
    let wrong = || Mismatch::new("type", "a decimal number such as \"12.50\" is expected");
    let text = match value {
        Json::Number(number) => number::plain(number).ok_or_else(wrong)?.into_owned(),
        Json::String(text) => text.clone(),
        _ => return Err(wrong()),
    };
    let unsigned = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    if digits(whole, 131) && digits(fraction, 1000) {
        Ok(text)
    } else {
        Err(wrong())
    }
}

const fn is_safe(integer: i64) -> bool {
    integer.unsigned_abs() <= MAX_SAFE_INTEGER.unsigned_abs()
}

/// The number of 64 bits that is nearest.
fn float(value: &Json) -> Result<Json, Mismatch> {
    let number = value
        .as_number()
        .ok_or_else(|| Mismatch::new("type", "a number is expected"))?;
    match number.as_f64() {
        // Whole numbers that are exact stay as they are written.
        Some(_) if number.as_i64().is_some_and(is_safe) => Ok(value.clone()),
        Some(nearest) => Ok(json!(nearest)),
        None => Err(Mismatch::new(
            "maximum",
            "a number of at most 64 bits is expected, from -1.8e308 to 1.8e308",
        )),
    }
}

fn date(text: &str) -> Result<NaiveDate, Mismatch> {
    let wrong = || Mismatch::new("format", "a date such as 2026-11-22 is expected");
    // chrono also takes years of more digits, of fewer, and with a sign.
    if text.len() != 10 || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(wrong());
    }
    let date: NaiveDate = text.parse().map_err(|_| wrong())?;
    if text.starts_with("0000") {
        return Err(wrong());
    }
    Ok(date)
}

fn date_time(text: &str) -> Result<String, Mismatch> {
    let wrong = || {
        Mismatch::new(
            "format",
            "a time such as 2026-11-22T10:30:00Z is expected (RFC 3339, with its offset)",
        )
    };
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| wrong())?;
    let utc = instant.to_utc();
    if !(1..=9999).contains(&chrono::Datelike::year(&utc)) {
        return Err(wrong());
    }
    let kept = to_microseconds(&utc).ok_or_else(wrong)?;
    Ok(kept.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

/// Cuts off what Postgres would round, which may end in another year. `None` for a leap second: Postgres has none.
fn to_microseconds<T: Timelike>(time: &T) -> Option<T> {
    // A leap second has more.
    let microseconds = Some(time.nanosecond() / 1000).filter(|kept| *kept < 1_000_000)?;
    time.with_nanosecond(microseconds * 1000)
}

fn time(text: &str) -> Result<String, Mismatch> {
    ["%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|form| NaiveTime::parse_from_str(text, form).ok())
        .and_then(|time| to_microseconds(&time))
        .map(|time| time.to_string())
        .ok_or_else(|| Mismatch::new("format", "a time of day such as 14:30:00 is expected"))
}
