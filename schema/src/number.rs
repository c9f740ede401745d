//! Numbers as they are written in JSON and GraphQL. They are read from their digits: a detour by `f64` would round them.

use serde_json::{Number, Value as Json};
use std::borrow::Cow;
use std::cmp::Ordering;

/// The largest exponent of a number, and the smallest with a minus. Those of 64 bits reach from -324 to 308.
pub(crate) const LARGEST_EXPONENT: u16 = 400;

/// The number without an exponent: `150` for `1.5e2`. `None` where its exponent is beyond [`LARGEST_EXPONENT`].
pub(crate) fn plain(number: &Number) -> Option<Cow<'_, str>> {
    let text = number.as_str();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Some(Cow::Borrowed(text));
    };
    let exponent: i16 = exponent.parse().ok()?;
    if exponent.unsigned_abs() > LARGEST_EXPONENT {
        return None;
    }
    let (sign, mantissa) = signed(mantissa);
    let (whole, fraction) = parted(mantissa);
    let shift = usize::from(exponent.unsigned_abs());
    let zeros = "0".repeat(shift);
    let (digits, point) = if exponent < 0 {
        (format!("{zeros}{whole}{fraction}"), whole.len())
    } else {
        (format!("{whole}{fraction}{zeros}"), whole.len() + shift)
    };
    let (whole, fraction) = digits.split_at(point);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    // The zeros that are the exponent's own go; those that were written stay.
    let fraction = match usize::try_from(exponent) {
        Ok(_) => &fraction[..fraction.len() - shift.min(fraction.len())],
        Err(_) => fraction,
    };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(Cow::Owned(format!("{sign}{whole}{point}{fraction}")))
}

/// A number that is whole and has 64 bits, however it is written: `5`, `5.0` and `50e-1` are the same.
#[must_use]
pub fn whole(value: &Json) -> Option<i64> {
    let number = value.as_number()?;
    number.as_i64().or_else(|| {
        let plain = plain(number)?;
        let (whole, fraction) = parted(&plain);
        let whole = whole.parse().ok()?;
        fraction.bytes().all(|digit| digit == b'0').then_some(whole)
    })
}

/// Compares numbers without exponents.
pub(crate) fn compare(one: &str, other: &str) -> Ordering {
    let (one_sign, one) = signed(one);
    let (other_sign, other) = signed(other);
    let magnitude = |text| {
        let (whole, fraction) = parted(text);
        let whole = whole.trim_start_matches('0');
        (whole.len(), whole, fraction.trim_end_matches('0'))
    };
    let (one, other) = (magnitude(one), magnitude(other));
    let nothing = (0, "", "");
    if one == nothing && other == nothing {
        return Ordering::Equal;
    }
    match (one_sign, other_sign) {
        ("-", "-") => other.cmp(&one),
        ("-", _) => Ordering::Less,
        (_, "-") => Ordering::Greater,
        _ => one.cmp(&other),
    }
}

fn signed(number: &str) -> (&str, &str) {
    match number.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", number),
    }
}

/// The digits before the point and after it.
fn parted(unsigned: &str) -> (&str, &str) {
    unsigned.split_once('.').unwrap_or((unsigned, ""))
}

#[cfg(test)]
mod tests {
    use super::{compare, plain, whole};
    use proptest::prelude::*;
    use serde_json::{Number, Value as Json, json};
    use std::cmp::Ordering;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn a_number_keeps_its_digits_without_an_exponent() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "-0"),
            ("12.50", "12.50"),
            ("99999999999999999999.99", "99999999999999999999.99"),
            ("1e2", "100"),
            ("1E+2", "100"),
            ("-1.5e3", "-1500"),
            ("1.25e1", "12.5"),
            ("1.250e1", "12.50"),
            ("1.5e-7", "0.00000015"),
            ("12.5e-1", "1.25"),
            ("0e10", "0"),
            ("0.001e3", "1"),
            ("0.0010e3", "1.0"),
            ("100e-2", "1.00"),
        ] {
            assert_eq!(plain(&number(text)).as_deref(), Some(expected), "{text}");
        }
        for text in ["1e401", "-1e-401", "0e999999999999999999999", "1e40000"] {
            assert_eq!(plain(&number(text)), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers_are_whole_in_any_form() {
        for (text, expected) in [
            ("5.0", Some(5)),
            ("-50e-1", Some(-5)),
            ("1e2", Some(100)),
            ("-0.0", Some(0)),
            ("9007199254740993.0", Some(9_007_199_254_740_993)),
            ("9223372036854775807e0", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("1.5", None),
            ("1e-1", None),
            ("1e500", None),
        ] {
            assert_eq!(whole(&Json::Number(number(text))), expected, "{text}");
        }
        assert_eq!(whole(&json!("5")), None);
    }

    #[test]
    fn numbers_compare_by_their_values() {
        let ascending = [
            "-100000000000000000000.1",
            "-100000000000000000000",
            "-1.5",
            "-0.1",
            "0",
            "0.09",
            "0.1",
            "1",
            "1.25",
            "9",
            "10",
            "123456789012345678901234567890.1",
            "123456789012345678901234567890.12",
        ];
        for (at, one) in ascending.iter().enumerate() {
            for (place, other) in ascending.iter().enumerate() {
                assert_eq!(compare(one, other), at.cmp(&place), "{one} {other}");
            }
        }
        for (one, other) in [("0", "-0.00"), ("1.50", "01.5"), ("-2", "-2.0")] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn exponents_move_the_point(digits in "-?[1-9][0-9]{0,30}(\\.[0-9]{1,30})?", exponent in -400_i16..=400) {
            let moved = number(&format!("{digits}e{exponent}"));
            let moved = number(&plain(&moved).unwrap());
            let back = number(&format!("{moved}e{}", -exponent));
            prop_assert_eq!(compare(&plain(&back).unwrap(), &digits), Ordering::Equal);
        }
    }
}
