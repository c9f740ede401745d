//! JSON Schema validation, with errors as [`Violation`]s. The only place that knows the `jsonschema` crate.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{PatternOptions, ValidationError};
use serde_json::Value as Json;
use std::collections::BTreeMap;

use crate::text::clip;
use crate::violation::{MOST, Pointer, Violation};

/// The most memory of a compiled pattern, so that a tenant's pattern does not fill the server's.
const PATTERN_BYTES: usize = 1 << 20;

/// A compiled JSON Schema.
#[derive(Debug)]
pub struct Validator {
    compiled: jsonschema::Validator,
    /// The keys that each closed object of the schema knows, by the place of its `additionalProperties`.
    known: BTreeMap<String, Vec<String>>,
}

/// The JSON Schema itself is wrong, such as a pattern that is no regular expression.
#[derive(Debug, thiserror::Error)]
#[error("not a usable JSON Schema: {0}")]
pub struct SchemaError(String);

impl Validator {
    /// # Errors
    /// [`SchemaError`] where the schema does not compile. References to the outside do not resolve.
    pub fn new(schema: &Json) -> Result<Self, SchemaError> {
        jsonschema::options()
            .offline()
            .should_validate_formats(true)
            .with_pattern_options(
                // Patterns come from tenants: only the engine that is linear in time.
                PatternOptions::regex()
                    .size_limit(PATTERN_BYTES)
                    .dfa_size_limit(PATTERN_BYTES),
            )
            .build(schema)
            .map(|compiled| Self {
                compiled,
                known: known_keys(schema),
            })
            .map_err(|error| SchemaError(error.to_string()))
    }

    /// Everything that is wrong with a value; empty where it fits.
    #[must_use]
    pub fn check(&self, value: &Json) -> Vec<Violation> {
        // The library is far quicker to say that nothing is wrong than to look for what is.
        if self.compiled.is_valid(value) {
            return Vec::new();
        }
        self.compiled
            .iter_errors(value)
            .flat_map(|e| self.violations(&e))
            .take(MOST + 1)
            .collect()
    }

    fn violations(&self, error: &ValidationError<'_>) -> Vec<Violation> {
        let place = Pointer::parsed(error.instance_path().as_str());
        let one = |code, message: String| vec![Violation::new(place.clone(), code, message)];
        match error.kind() {
            Kind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                vec![Violation::new(
                    place.key(name),
                    "required",
                    format!("`{name}` is missing"),
                )]
            }
            Kind::AdditionalProperties { unexpected } => {
                let known = self.known.get(error.schema_path().as_str());
                let known = known.map_or_else(String::new, |keys| known_list(keys));
                let unknown = |name: &String| {
                    let message = format!("`{}` is not known here{known}", clip(name));
                    Violation::new(place.key(name), "unknown", message)
                };
                unexpected.iter().map(unknown).collect()
            }
            Kind::Type { kind } => one("type", format!("{} is expected", types(kind))),
            Kind::Enum { options } => {
                one("option", format!("one of {} is expected", listed(options)))
            }
            Kind::MaxLength { limit } => one(
                "too_long",
                format!("at most {limit} characters are allowed"),
            ),
            Kind::MinLength { limit: 1 } | Kind::MinProperties { .. } => {
                one("required", "this must not be empty".to_owned())
            }
            Kind::MinLength { limit } => one(
                "too_short",
                format!("at least {limit} characters are needed"),
            ),
            Kind::Maximum { limit } => one("maximum", format!("the greatest value is {limit}")),
            Kind::Minimum { limit } => one("minimum", format!("the least value is {limit}")),
            Kind::MaxItems { limit } => {
                one("too_many", format!("at most {limit} items are allowed"))
            }
            Kind::MinItems { limit } => {
                one("too_few", format!("at least {limit} items are needed"))
            }
            Kind::UniqueItems => one("unique", "each item may stand only once".to_owned()),
            Kind::Pattern { pattern } => one(
                "pattern",
                format!("this does not match the pattern {pattern}"),
            ),
            Kind::Format { format } => one("format", format!("this is not a well-formed {format}")),
            other => in_the_librarys_words(other.keyword(), error, &place),
        }
    }
}

/// The faults that make a document no JSON Schema; pointers begin at the document.
pub(crate) fn faults_of_schema(schema: &Json) -> Vec<Violation> {
    jsonschema::draft202012::meta::validator()
        .iter_errors(schema)
        .map(|error| {
            let place = Pointer::parsed(error.instance_path().as_str());
            let message = format!("this is no JSON Schema: {}", error.masked());
            Violation::new(place, "schema", message)
        })
        .collect()
}

/// The keys of each object in a schema that takes no others.
fn known_keys(schema: &Json) -> BTreeMap<String, Vec<String>> {
    fn collect(schema: &Json, at: &Pointer, known: &mut BTreeMap<String, Vec<String>>) {
        match schema {
            Json::Object(map) => {
                if let (Some(Json::Bool(false)), Some(Json::Object(keys))) =
                    (map.get("additionalProperties"), map.get("properties"))
                {
                    let place = at.key("additionalProperties").to_string();
                    known.insert(place, keys.keys().cloned().collect());
                }
                for (key, inner) in map {
                    collect(inner, &at.key(key), known);
                }
            }
            Json::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    collect(inner, &at.key(index), known);
                }
            }
            _ => {}
        }
    }
    let mut known = BTreeMap::new();
    collect(schema, &Pointer::root(), &mut known);
    known
}

fn known_list(keys: &[String]) -> String {
    if keys.is_empty() {
        "; there is nothing to set".to_owned()
    } else {
        format!("; there are {}", keys.join(", "))
    }
}

/// Keywords without words of their own here: the library's message, which does not repeat the value.
fn in_the_librarys_words(
    keyword: &str,
    error: &ValidationError<'_>,
    place: &Pointer,
) -> Vec<Violation> {
    let message = error.masked().to_string();
    vec![Violation::new(
        place.clone(),
        "invalid",
        format!("{message} ({keyword})"),
    )]
}

fn types(kind: &TypeKind) -> String {
    let names: Vec<String> = match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(many) => many.iter().map(|t| t.to_string()).collect(),
    };
    names.join(" or ")
}

fn listed(options: &Json) -> String {
    const SHOWN: usize = 20;
    let all = options.as_array().map_or(&[][..], Vec::as_slice);
    let words: Vec<String> = all.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = if all.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", words.join(", "))
}
