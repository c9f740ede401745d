//! Variables in operands: the caller, and times that move with the clock.
//!
//! `$user.id` and `$user.email` are the caller's, `$user.team_ids` the ids of their teams, as many as there are. `$now` is this moment; `$today`, `$week` and `$month` are the beginnings of
//! the day, the week (a Monday) and the month in a time zone. Each time may be shifted: `$today-7d`, `$month+1m`, `$now-2h`.
//! A variable counts as one where its column can hold it. Elsewhere it is a text like any other.

use std::fmt;

use crate::mismatch::Mismatch;
use crate::scalar::Scalar;
use crate::time_zone::TimeZone;

/// A variable by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    UserId,
    UserEmail,
    UserTeamIds,
    Time(Time),
}

/// A time that moves with the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    pub start: Start,
    pub shift: Option<Shift>,
}

/// The moment that a time is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Now,
    Today,
    Week,
    Month,
}

/// So many units later, or earlier where negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    pub count: i16,
    pub unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Start {
    const ALL: [(&str, Self); 4] = [
        ("$now", Self::Now),
        ("$today", Self::Today),
        ("$week", Self::Week),
        ("$month", Self::Month),
    ];
}

impl Unit {
    const ALL: [(char, Self); 5] = [
        ('h', Self::Hour),
        ('d', Self::Day),
        ('w', Self::Week),
        ('m', Self::Month),
        ('y', Self::Year),
    ];
}

/// As Postgres reads an interval.
impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Hour => "hours",
            Unit::Day => "days",
            Unit::Week => "weeks",
            Unit::Month => "months",
            Unit::Year => "years",
        };
        write!(f, "{} {unit}", self.count)
    }
}

impl Variable {
    /// The variable of this name, if there is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "$user.id" => Some(Self::UserId),
            "$user.email" => Some(Self::UserEmail),
            "$user.team_ids" => Some(Self::UserTeamIds),
            _ => Time::parse(text).map(Self::Time),
        }
    }

    /// Whether a column of this type can hold its value.
    #[must_use]
    pub const fn fits(self, scalar: Scalar) -> bool {
        match self {
            Self::UserId | Self::UserTeamIds => matches!(scalar, Scalar::Uuid),
            Self::UserEmail => matches!(scalar, Scalar::Text),
            Self::Time(_) => matches!(scalar, Scalar::Date | Scalar::DateTime),
        }
    }

    /// Whether it stands for several values, and so only where a list is expected.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::UserTeamIds)
    }

    /// Whether a role may set a column of this type to it: it is one value, and known without a time zone.
    #[must_use]
    pub fn presets(self, scalar: Scalar) -> bool {
        match self {
            Self::UserId => scalar == Scalar::Uuid,
            Self::Time(Time { start, shift: None }) => match start {
                Start::Now => scalar == Scalar::DateTime,
                Start::Today => scalar == Scalar::Date,
                Start::Week | Start::Month => false,
            },
            Self::Time(_) | Self::UserEmail | Self::UserTeamIds => false,
        }
    }

    /// Why a text that begins like a variable is none, where the column could hold nothing else that begins so.
    pub(super) fn refusal(text: &str, scalar: Scalar) -> Option<Mismatch> {
        let known = match scalar {
            Scalar::Uuid => "`$user.id`, and `$user.team_ids` in lists",
            Scalar::Date | Scalar::DateTime => {
                "`$now`, `$today`, `$week` and `$month`, each with a shift such as `-7d`"
            }
            _ => return None,
        };
        text.starts_with('$').then(|| {
            let message = format!("there is no such variable here; there are {known}");
            Mismatch::new("variable", message)
        })
    }
}

impl Time {
    fn parse(text: &str) -> Option<Self> {
        let mut starts = Start::ALL.into_iter();
        let (start, rest) =
            starts.find_map(|(name, start)| Some((start, text.strip_prefix(name)?)))?;
        let shift = match rest {
            "" => None,
            rest => Some(Shift::parse(rest)?),
        };
        let hours = shift.is_some_and(|shift| shift.unit == Unit::Hour);
        // Only a moment has hours.
        (!hours || start == Start::Now).then_some(Self { start, shift })
    }
}

impl Shift {
    fn parse(text: &str) -> Option<Self> {
        let (sign, rest) = text.split_at_checked(1)?;
        let unit = rest.chars().next_back()?;
        let (_, unit) = Unit::ALL.into_iter().find(|(name, _)| *name == unit)?;
        let digits = &rest[..rest.len() - 1];
        let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let count: i16 = plain.then(|| digits.parse().ok()).flatten()?;
        let count = match sign {
            "+" => count,
            "-" => -count,
            _ => return None,
        };
        Some(Self { count, unit })
    }
}

/// A variable in an operand, with the time zone in which its days begin.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub variable: Variable,
    pub time_zone: TimeZone,
}

#[cfg(test)]
mod tests {
    use super::{Shift, Start, Time, Unit, Variable};
    use crate::scalar::Scalar;

    #[test]
    fn names_are_read() {
        let time = |start, shift: Option<(i16, Unit)>| {
            let shift = shift.map(|(count, unit)| Shift { count, unit });
            Some(Variable::Time(Time { start, shift }))
        };
        for (text, expected) in [
            ("$user.id", Some(Variable::UserId)),
            ("$user.email", Some(Variable::UserEmail)),
            ("$user.team_ids", Some(Variable::UserTeamIds)),
            ("$user.teams", None),
            ("$now", time(Start::Now, None)),
            ("$now-2h", time(Start::Now, Some((-2, Unit::Hour)))),
            ("$today", time(Start::Today, None)),
            ("$today-7d", time(Start::Today, Some((-7, Unit::Day)))),
            ("$today+9999y", time(Start::Today, Some((9999, Unit::Year)))),
            ("$week-1w", time(Start::Week, Some((-1, Unit::Week)))),
            ("$month+12m", time(Start::Month, Some((12, Unit::Month)))),
            ("$today-7", None),
            ("$today7d", None),
            ("$today-d", None),
            ("$today--7d", None),
            ("$today-70000d", None),
            ("$today-7D", None),
            ("$today -7d", None),
            ("$today-2h", None),
            ("$today-7д", None),
            ("$todayx", None),
            ("$user", None),
            ("$user.name", None),
            ("today", None),
            ("$", None),
            ("", None),
        ] {
            assert_eq!(Variable::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn columns_hold_what_they_can() {
        let fitting = |text: &str| {
            let variable = Variable::parse(text).unwrap();
            let scalars = Scalar::ALL.into_iter();
            scalars
                .filter(|scalar| variable.fits(*scalar))
                .collect::<Vec<_>>()
        };
        assert_eq!(fitting("$user.id"), [Scalar::Uuid]);
        assert_eq!(fitting("$user.team_ids"), [Scalar::Uuid]);
        assert_eq!(fitting("$user.email"), [Scalar::Text]);
        assert_eq!(fitting("$today"), [Scalar::Date, Scalar::DateTime]);
    }
}
