//! The operators of the filter language.
//!
//! An operator is a row of this file: its name, the form of its operand, and its predicate.
//! A new operator that means an existing predicate (negated, or matched differently) is one more row.

use Operand::{Flag, Many, One, Pair};
use Predicate::{
    AtLeast, AtMost, Between, Covers, Document, Empty, Equal, Greater, Less, Matches, OneOf,
    Overlaps,
};

use serde_json::{Value as Json, json};

use crate::title::Title;

/// The most members of a list that is an operand.
pub const LONGEST: usize = 10_000;

#[derive(Debug, PartialEq, Eq)]
pub struct Operator {
    /// As REST spells it; GraphQL writes it in camelCase.
    pub name: &'static str,
    pub operand: Operand,
    pub predicate: Predicate,
    /// True where the predicate is not; a null value then counts as "not".
    pub negated: bool,
}

/// The form of the operand beside an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    One,
    Many,
    /// Two values: from and to, both included.
    Pair,
    /// `true` or `false`.
    Flag,
}

impl Operand {
    /// JSON Schema of an operand whose values have the schema `one`.
    #[must_use]
    pub fn json_schema(self, one: &Json) -> Json {
        match self {
            Self::One => one.clone(),
            Self::Many => json!({"type": "array", "items": one, "maxItems": LONGEST}),
            Self::Pair => json!({"type": "array", "items": one, "minItems": 2, "maxItems": 2}),
            Self::Flag => json!({"type": "boolean"}),
        }
    }
}

impl Operator {
    /// The condition that it puts on a value, for people.
    #[must_use]
    pub fn meaning(&self) -> Title {
        let asked = self.predicate.meaning();
        if !self.negated {
            return asked;
        }
        Title::owned(format!("not: {}", asked.en), format!("не: {}", asked.ru))
    }
}

/// The condition that an operator puts on a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Predicate {
    Equal,
    Greater,
    AtLeast,
    Less,
    AtMost,
    Between,
    OneOf,
    Empty,
    /// A pattern of `LIKE`; `literal` operands are escaped and put between the two wildcards.
    Matches {
        ignore_case: bool,
        literal: Option<(Wildcard, Wildcard)>,
    },
    /// A list shares a member with the operand.
    Overlaps,
    /// A list has every member of the operand.
    Covers,
    /// A JSON document has the operand within it.
    Document,
}

impl Predicate {
    /// The condition that it puts on a value, for people.
    #[must_use]
    pub const fn meaning(self) -> Title {
        match self {
            Self::Equal => Title::new("equal to this", "равно этому"),
            Self::Greater => Title::new("greater than this", "больше этого"),
            Self::AtLeast => Title::new("this or greater", "это или больше"),
            Self::Less => Title::new("less than this", "меньше этого"),
            Self::AtMost => Title::new("this or less", "это или меньше"),
            Self::Between => Title::new(
                "from the first to the second, both included",
                "от первого до второго включительно",
            ),
            Self::OneOf => Title::new("one of these", "одно из этих"),
            Self::Empty => Title::new(
                "true: there is no value; false: there is one",
                "true: значения нет; false: значение есть",
            ),
            Self::Matches {
                ignore_case: true,
                literal: None,
            } => Title::new(
                "matches this pattern, in any case; `%` stands for anything, `_` for one character",
                "подходит под образец без учёта регистра; `%` — что угодно, `_` — один знак",
            ),
            Self::Matches {
                ignore_case: false,
                literal: None,
            } => Title::new(
                "matches this pattern; `%` stands for anything, `_` for one character",
                "подходит под образец; `%` — что угодно, `_` — один знак",
            ),
            Self::Matches {
                literal: Some(sides),
                ..
            } => match sides {
                (Wildcard::None, Wildcard::None) => {
                    Title::new("this text, in any case", "этот текст без учёта регистра")
                }
                (Wildcard::None, Wildcard::Any) => Title::new(
                    "begins with this, in any case",
                    "начинается с этого без учёта регистра",
                ),
                (Wildcard::Any, Wildcard::None) => Title::new(
                    "ends with this, in any case",
                    "оканчивается на это без учёта регистра",
                ),
                (Wildcard::Any, Wildcard::Any) => Title::new(
                    "has this in it, in any case",
                    "содержит это без учёта регистра",
                ),
            },
            Self::Overlaps => {
                Title::new("has one of these at least", "содержит хотя бы одно из этих")
            }
            Self::Covers => Title::new("has all of these", "содержит все эти"),
            Self::Document => Title::new(
                "the document has this within it",
                "документ содержит это в себе",
            ),
        }
    }

    /// Whether operands are values that the column could hold, and not parts of them or patterns.
    #[must_use]
    pub const fn compares_whole_values(self) -> bool {
        matches!(
            self,
            Self::Equal | Self::OneOf | Self::Overlaps | Self::Covers
        )
    }

    /// Whether a variable may be an operand: not where it is a pattern or a part of a document.
    #[must_use]
    pub const fn takes_variables(self) -> bool {
        self.compares_whole_values()
            || matches!(
                self,
                Self::Greater | Self::AtLeast | Self::Less | Self::AtMost | Self::Between
            )
    }
}

/// Whether anything may stand at that side of a literal pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wildcard {
    None,
    Any,
}

const fn row(name: &'static str, operand: Operand, predicate: Predicate) -> Operator {
    Operator {
        name,
        operand,
        predicate,
        negated: false,
    }
}

const fn not(name: &'static str, operand: Operand, predicate: Predicate) -> Operator {
    Operator {
        name,
        operand,
        predicate,
        negated: true,
    }
}

const fn literal(before: Wildcard, after: Wildcard) -> Predicate {
    Matches {
        ignore_case: true,
        literal: Some((before, after)),
    }
}

const fn pattern(ignore_case: bool) -> Predicate {
    Matches {
        ignore_case,
        literal: None,
    }
}

pub static EQ: Operator = row("eq", One, Equal);
pub static NEQ: Operator = not("neq", One, Equal);
pub static IN: Operator = row("in", Many, OneOf);
pub static NOT_IN: Operator = not("not_in", Many, OneOf);
pub static GT: Operator = row("gt", One, Greater);
pub static GTE: Operator = row("gte", One, AtLeast);
pub static LT: Operator = row("lt", One, Less);
pub static LTE: Operator = row("lte", One, AtMost);
pub static BETWEEN: Operator = row("between", Pair, Between);
pub static LIKE: Operator = row("like", One, pattern(false));
pub static ILIKE: Operator = row("ilike", One, pattern(true));
pub static STARTS_WITH: Operator = row("starts_with", One, literal(Wildcard::None, Wildcard::Any));
pub static ENDS_WITH: Operator = row("ends_with", One, literal(Wildcard::Any, Wildcard::None));
pub static CONTAINS: Operator = row("contains", One, literal(Wildcard::Any, Wildcard::Any));
pub static IS_NULL: Operator = row("is_null", Flag, Empty);
pub static CONTAINS_ANY: Operator = row("contains_any", Many, Overlaps);
pub static CONTAINS_ALL: Operator = row("contains_all", Many, Covers);
pub static CONTAINS_DOCUMENT: Operator = row("contains", One, Document);

pub static TEXT: &[&Operator] = &[
    &EQ,
    &NEQ,
    &IN,
    &NOT_IN,
    &GT,
    &GTE,
    &LT,
    &LTE,
    &BETWEEN,
    &LIKE,
    &ILIKE,
    &STARTS_WITH,
    &ENDS_WITH,
    &CONTAINS,
    &IS_NULL,
];
pub static ORDERED: &[&Operator] = &[
    &EQ, &NEQ, &IN, &NOT_IN, &GT, &GTE, &LT, &LTE, &BETWEEN, &IS_NULL,
];
pub static BOOLEAN: &[&Operator] = &[&EQ, &NEQ, &IS_NULL];
pub static IDENTITY: &[&Operator] = &[&EQ, &NEQ, &IN, &NOT_IN, &IS_NULL];
pub static CHOICE: &[&Operator] = &[
    &EQ,
    &NEQ,
    &IN,
    &NOT_IN,
    &LIKE,
    &ILIKE,
    &STARTS_WITH,
    &ENDS_WITH,
    &CONTAINS,
    &IS_NULL,
];
pub static CHOICES: &[&Operator] = &[&CONTAINS_ANY, &CONTAINS_ALL, &EQ_LIST, &IS_NULL];
pub static DOCUMENT: &[&Operator] = &[&EQ, &NEQ, &CONTAINS_DOCUMENT, &IS_NULL];

/// `eq` on a list compares whole lists, in order.
pub static EQ_LIST: Operator = row("eq", Many, Equal);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Scalar;

    #[test]
    fn every_operator_and_scalar_has_its_words_in_both_languages() {
        let of_scalars = Scalar::ALL.into_iter().flat_map(Scalar::operators);
        for operator in of_scalars.chain(CHOICE).chain(CHOICES) {
            let Title { en, ru } = operator.meaning();
            let negated = (en.starts_with("not: "), ru.starts_with("не: "));
            assert_eq!(negated, (operator.negated, operator.negated), "{en}, {ru}");
            let is_russian = ru.chars().any(|c| ('а'..='я').contains(&c));
            assert!(en.is_ascii() && is_russian, "{}: {en}, {ru}", operator.name);
        }
        for scalar in Scalar::ALL {
            let Title { en, ru } = scalar.description();
            assert!(en.ends_with('.') && ru.ends_with('.'), "{en}, {ru}");
        }
    }
}
