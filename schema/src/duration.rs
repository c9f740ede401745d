//! ISO 8601 durations, as far as a Postgres interval holds them.

use crate::mismatch::Mismatch;

/// Checks a duration such as `P1Y2M10DT2H30M` or `PT0.5S`.
///
/// # Errors
/// [`Mismatch`] where the text is of another form or its numbers are out of an interval's range.
pub(crate) fn normalise(text: &str) -> Result<String, Mismatch> {
    parse(text).ok_or_else(|| {
        Mismatch::new(
            "format",
            "a duration such as P3D or PT1H30M is expected (ISO 8601)",
        )
    })
}

fn parse(text: &str) -> Option<String> {
    let (sign, rest) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let rest = rest.strip_prefix('P')?;
    let (days, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some((days, time)) => (days, time),
        None => (rest, ""),
    };
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let mut parts = String::new();
    designators(days, "YMWD", sign, &mut parts)?;
    if !time.is_empty() {
        parts.push('T');
        designators(time, "HMS", sign, &mut parts)?;
    }
    Some(format!("P{parts}"))
}

/// Copies `number designator` pairs, each designator at most once and in order, moving the sign to each number; one may
/// have a sign of its own, as Postgres writes negative intervals.
fn designators(mut text: &str, mut allowed: &str, sign: &str, into: &mut String) -> Option<()> {
    while !text.is_empty() {
        let end = text.find(|c: char| c.is_ascii_alphabetic())?;
        let (number, designator) = (&text[..end], &text[end..=end]);
        let (sign, number) = match (number.strip_prefix('-'), sign) {
            (Some(number), "-") => ("", number),
            (Some(number), _) => ("-", number),
            (None, sign) => (sign, number),
        };
        let position = allowed.find(designator)?;
        allowed = &allowed[position + 1..];
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        // Six digits of hours or days stay well inside an interval; fractions only make sense for seconds.
        if !digits(whole, 6) || !digits(fraction, 9) || (number.contains('.') && designator != "S")
        {
            return None;
        }
        into.push_str(sign);
        // Microseconds are kept; a tenth of one is cut off, as it is from every time.
        let kept = number.len() - fraction.len().saturating_sub(6);
        into.push_str(&number[..kept]);
        into.push_str(designator);
        text = &text[end + 1..];
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn iso_durations_are_kept_and_a_leading_sign_moves_inward() {
        for good in ["P1Y2M10DT2H30M", "PT0.5S", "P3W", "PT36H"] {
            assert_eq!(normalise(good).as_deref(), Ok(good));
        }
        assert_eq!(normalise("PT0.9999999S").as_deref(), Ok("PT0.999999S"));
        assert_eq!(normalise("-PT1.0000009S").as_deref(), Ok("PT-1.000000S"));
        assert_eq!(normalise("-P1DT2H").as_deref(), Ok("P-1DT-2H"));
        assert_eq!(normalise("P-1DT-2H").as_deref(), Ok("P-1DT-2H"));
        assert_eq!(normalise("-P-1DT2H").as_deref(), Ok("P1DT-2H"));
    }

    #[test]
    fn other_forms_are_refused() {
        for bad in [
            "",
            "P",
            "PT",
            "1h",
            "P1H",
            "PT1D",
            "P1.5D",
            "PT1H1H",
            "P9999999D",
            "PT--1H",
            "P1DT",
        ] {
            assert!(normalise(bad).is_err(), "{bad}");
        }
    }
}
