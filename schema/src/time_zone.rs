//! Time zones by their names.

use crate::mismatch::Mismatch;

/// The name of a time zone in the form that the IANA gives them. Whether there is such a zone only the database knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone(String);

const UTC: &str = "UTC";
/// Longer than any.
const LONGEST: usize = 64;

impl TimeZone {
    #[must_use]
    pub fn utc() -> Self {
        Self(UTC.to_owned())
    }

    /// # Errors
    /// [`Mismatch`] for anything that is not `UTC` or `Area/Place`. Postgres would also take offsets, which it reads with
    /// their signs turned round, and abbreviations, which mean several things.
    pub fn parse(text: &str) -> Result<Self, Mismatch> {
        let fixed = text
            .strip_prefix("Etc/GMT")
            .and_then(|rest| rest.strip_prefix(['+', '-']))
            .is_some_and(|hours| {
                matches!(hours.len(), 1 | 2) && hours.bytes().all(|b| b.is_ascii_digit())
            });
        let named = text.len() <= LONGEST && text.contains('/') && text.split('/').all(is_word);
        if text == UTC || fixed || named {
            return Ok(Self(text.to_owned()));
        }
        Err(Self::unknown())
    }

    /// Why a name is refused.
    #[must_use]
    pub fn unknown() -> Mismatch {
        Mismatch::new(
            "time_zone",
            "there is no such time zone: one is named as by the IANA, such as Europe/Riga or UTC",
        )
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn is_utc(&self) -> bool {
        self.0 == UTC
    }
}

fn is_word(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_alphabetic())
        && part
            .bytes()
            .all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::TimeZone;

    #[test]
    fn zones_have_names_of_a_place() {
        for name in [
            "UTC",
            "Europe/Riga",
            "America/Argentina/Buenos_Aires",
            "America/Port-au-Prince",
            "Etc/GMT+5",
        ] {
            assert!(TimeZone::parse(name).is_ok(), "{name}");
        }
        for name in [
            "",
            "utc",
            "EST",
            "+02:00",
            "Foo+3",
            "Foo/Bar+3",
            "Etc/GMT+",
            "Etc/GMT+123",
            "Europe/",
            "/Riga",
            "Europe//Riga",
            "Europe/Riga'",
            "../etc/passwd",
            "Europe/\0",
            &"A/".repeat(40),
        ] {
            assert!(TimeZone::parse(name).is_err(), "{name}");
        }
    }
}
