//! Whether two ways to write a value are one value.

use chrono::{DateTime, NaiveTime};

use super::Scalar;

impl Scalar {
    /// Whether a value that was given is the one that the database names. `given` is in its normal form, `named` as Postgres
    /// writes it.
    #[must_use]
    pub fn same(self, given: &str, named: &str) -> bool {
        match self {
            Self::Decimal => significant(given) == significant(named),
            Self::Float => given.parse::<f64>().ok() == named.parse().ok(),
            Self::Boolean => given.starts_with(named),
            Self::DateTime => {
                let named = DateTime::parse_from_str(named, "%Y-%m-%d %H:%M:%S%.f%#z");
                DateTime::parse_from_rfc3339(given).ok() == named.ok()
            }
            Self::Time => given.parse::<NaiveTime>().ok() == named.parse().ok(),
            _ => given == named,
        }
    }
}

/// The sign and the digits of a decimal, without zeros at its ends.
fn significant(decimal: &str) -> (bool, &str, &str) {
    let unsigned = decimal.trim_start_matches('-');
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let negative = unsigned.len() < decimal.len();
    (
        negative,
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
    )
}

#[cfg(test)]
mod tests {
    use crate::scalar::Scalar;

    #[test]
    fn a_value_is_the_same_however_it_is_written() {
        for (scalar, given, named, same) in [
            (Scalar::Decimal, "012.50", "12.5", true),
            (Scalar::Decimal, "-1", "1", false),
            (Scalar::Float, "1e3", "1000", true),
            (Scalar::Boolean, "true", "t", true),
            (Scalar::Boolean, "true", "f", false),
            (
                Scalar::DateTime,
                "2026-11-22T10:30:00Z",
                "2026-11-22 12:30:00+02",
                true,
            ),
            (
                Scalar::DateTime,
                "2026-11-22T10:30:00Z",
                "2026-11-22 10:30:00+02",
                false,
            ),
            (Scalar::Time, "14:30:00.500", "14:30:00.5", true),
            (Scalar::Text, "1.0", "1", false),
        ] {
            assert_eq!(
                scalar.same(given, named),
                same,
                "{scalar:?}: {given}, {named}"
            );
        }
    }
}
