//! The scalars: the kinds of value that a single column can hold.
//!
//! Field types are made of these. They are a closed set, since each stands for a Postgres type and a JSON form.

mod equality;
mod normal;

use serde_json::{Value as Json, json};

use crate::date_part::{self, DatePart};
use crate::function::{self, Function};
use crate::operator::{self, Operator};
use crate::title::Title;

/// Integers of a greater magnitude are not exact in every JSON reader, and travel as strings.
pub const MAX_SAFE_INTEGER: i64 = 9_007_199_254_740_991;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scalar {
    Text,
    /// A whole number of 32 bits. Its column has 64, so that a field may become a [`Scalar::BigInteger`].
    Integer,
    /// A whole number of 64 bits.
    BigInteger,
    Decimal,
    Float,
    Boolean,
    Date,
    DateTime,
    Time,
    Duration,
    Uuid,
    Json,
}

/// How a column's value is written into a JSON answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// As Postgres writes the type.
    Plain,
    /// As a string, since a JSON number would lose digits.
    Text,
    /// A number up to [`MAX_SAFE_INTEGER`], a string beyond.
    SafeInteger,
}

impl Scalar {
    pub const ALL: [Self; 12] = [
        Self::Text,
        Self::Integer,
        Self::BigInteger,
        Self::Decimal,
        Self::Float,
        Self::Boolean,
        Self::Date,
        Self::DateTime,
        Self::Time,
        Self::Duration,
        Self::Uuid,
        Self::Json,
    ];

    /// The scalar of this name in GraphQL.
    #[must_use]
    pub fn of_graphql(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|scalar| scalar.graphql() == name)
    }

    /// The values of the scalar, for people.
    #[must_use]
    pub const fn description(self) -> Title {
        match self {
            Self::Text => Title::new("A text.", "Текст."),
            Self::Integer => Title::new("A whole number of 32 bits.", "Целое число в 32 бита."),
            Self::BigInteger => Title::new(
                "A whole number of 64 bits, answered as a number up to 2^53 and as a string beyond.",
                "Целое число в 64 бита; в ответе до 2^53 число, дальше строка.",
            ),
            Self::Decimal => Title::new(
                "A decimal number, answered as a string, so that no digit is lost.",
                "Десятичное число; в ответе строка, чтобы не потерять ни одной цифры.",
            ),
            Self::Float => Title::new("A number of 64 bits.", "Число в 64 бита."),
            Self::Boolean => Title::new("True or false.", "Истина или ложь."),
            Self::Date => Title::new(
                "A date such as `2026-11-22`.",
                "Дата, например `2026-11-22`.",
            ),
            Self::DateTime => Title::new(
                "An instant in RFC 3339 such as `2026-11-22T10:30:00Z`.",
                "Момент времени по RFC 3339, например `2026-11-22T10:30:00Z`.",
            ),
            Self::Time => Title::new(
                "A time of day such as `14:30:00`.",
                "Время суток, например `14:30:00`.",
            ),
            Self::Duration => Title::new(
                "An ISO 8601 duration such as `PT1H30M`.",
                "Длительность по ISO 8601, например `PT1H30M`.",
            ),
            Self::Uuid => Title::new("A UUID.", "UUID."),
            Self::Json => Title::new("Any JSON value.", "Любое значение JSON."),
        }
    }

    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Text)
    }

    #[must_use]
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Integer | Self::BigInteger)
    }

    /// Whether it is a number that keeps every digit.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        matches!(self, Self::Decimal)
    }

    /// Whether it is a number that keeps about 15 digits.
    #[must_use]
    pub const fn is_approximate(self) -> bool {
        matches!(self, Self::Float)
    }

    /// Whether it is a moment, which has another date in another time zone.
    #[must_use]
    pub const fn is_instant(self) -> bool {
        matches!(self, Self::DateTime)
    }

    /// Whether its values are JSON documents, of any form.
    #[must_use]
    pub const fn is_document(self) -> bool {
        matches!(self, Self::Json)
    }

    /// The scalar that its column holds: a stored value may be older than the limit of 32 bits.
    #[must_use]
    pub const fn stored(self) -> Self {
        match self {
            Self::Integer => Self::BigInteger,
            other => other,
        }
    }

    /// The Postgres type that parameters are cast to.
    #[must_use]
    pub const fn postgres(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer | Self::BigInteger => "int8",
            Self::Decimal => "numeric",
            Self::Float => "float8",
            Self::Boolean => "bool",
            Self::Date => "date",
            Self::DateTime => "timestamptz",
            Self::Time => "time",
            Self::Duration => "interval",
            Self::Uuid => "uuid",
            Self::Json => "jsonb",
        }
    }

    /// The GraphQL scalar.
    #[must_use]
    pub const fn graphql(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Integer => "Int",
            Self::BigInteger => "BigInt",
            Self::Decimal => "Decimal",
            Self::Float => "Float",
            Self::Boolean => "Boolean",
            Self::Date => "Date",
            Self::DateTime => "DateTime",
            Self::Time => "Time",
            Self::Duration => "Duration",
            Self::Uuid => "UUID",
            Self::Json => "JSON",
        }
    }

    /// JSON Schema of a value, as it is accepted.
    #[must_use]
    pub fn json_schema(self) -> Json {
        match self {
            Self::Text => json!({"type": "string"}),
            Self::Integer | Self::BigInteger => {
                json!({"type": ["integer", "string"], "pattern": "^-?[0-9]{1,19}$"})
            }
            Self::Decimal => {
                json!({"type": ["number", "string"], "pattern": "^-?[0-9]{1,131}(\\.[0-9]{1,1000})?$"})
            }
            Self::Float => json!({"type": "number"}),
            Self::Boolean => json!({"type": "boolean"}),
            Self::Date => json!({"type": "string", "format": "date"}),
            Self::DateTime => json!({"type": "string", "format": "date-time"}),
            // The format `time` wants an offset, and `duration` knows neither fractions nor signs.
            // JSON Schema's own `time` has an offset, which a time of day has not.
            Self::Time => json!({
                "type": "string",
                "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?$",
                "examples": ["14:30:00"],
            }),
            Self::Duration => json!({
                "type": "string",
                "pattern": "^-?P[-.0-9DHMSTWY]+$",
                "examples": ["P3D", "PT1H30M"],
            }),
            Self::Uuid => json!({"type": "string", "format": "uuid"}),
            Self::Json => json!({}),
        }
    }

    #[must_use]
    pub const fn output(self) -> Output {
        match self {
            Self::Decimal => Output::Text,
            // A value may be older than the limit of 32 bits.
            Self::Integer | Self::BigInteger => Output::SafeInteger,
            _ => Output::Plain,
        }
    }

    /// The operators that make sense for a column of this kind.
    #[must_use]
    pub const fn operators(self) -> &'static [&'static Operator] {
        match self {
            Self::Text => operator::TEXT,
            Self::Boolean => operator::BOOLEAN,
            Self::Uuid => operator::IDENTITY,
            Self::Json => operator::DOCUMENT,
            _ => operator::ORDERED,
        }
    }

    #[must_use]
    pub const fn sortable(self) -> bool {
        !matches!(self, Self::Json)
    }

    /// The aggregate functions for values of this kind.
    #[must_use]
    pub const fn aggregates(self) -> &'static [Function] {
        match self {
            Self::Integer | Self::BigInteger | Self::Decimal | Self::Float | Self::Duration => {
                function::ADDED
            }
            Self::Text | Self::Date | Self::DateTime | Self::Time => function::ORDERED,
            Self::Boolean | Self::Uuid => function::COMPARED,
            Self::Json => function::PRESENT,
        }
    }

    /// The parts of a value that groups can be made by, beside the value itself.
    #[must_use]
    pub const fn parts(self) -> &'static [DatePart] {
        match self {
            Self::Date => date_part::OF_DATES,
            Self::DateTime => date_part::OF_INSTANTS,
            _ => &[],
        }
    }
}
