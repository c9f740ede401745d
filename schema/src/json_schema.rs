//! JSON Schemas that tenants write, for the values of `json` fields.
//!
//! A schema of theirs must not cost more than its length suggests. So references lead to its own definitions, never to the outside
//! and never in a circle. Their targets are put in their place, which also lets the schema stand inside another document.

use serde_json::{Map, Value as Json};

use crate::validator::{self, Validator};
use crate::violation::{Pointer, Violation};

/// The longest text of a schema, in bytes.
const LONGEST: usize = 32 * 1024;
/// The most schemas that there may be in one, once each reference is replaced by its target.
const MOST: usize = 2_000;
/// The weight that a pattern counts as: a compiled one may take a megabyte.
const OF_A_PATTERN: usize = 50;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Keywords that change the target of a reference, or that are references of another kind.
const REFUSED: [&str; 7] = [
    "$id",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$recursiveRef",
    "$recursiveAnchor",
    "$vocabulary",
];
/// Keywords whose values are data.
const DATA: [&str; 4] = ["const", "enum", "default", "examples"];
/// Keywords whose values are schemas by name.
const NAMED: [&str; 3] = ["properties", "patternProperties", "dependentSchemas"];
/// Where schemas are kept for references.
const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];

/// Everything that keeps a schema from being used; pointers begin at the schema.
#[must_use]
pub fn check(schema: &Json) -> Vec<Violation> {
    if schema.to_string().len() > LONGEST {
        let message = format!("a schema takes at most {LONGEST} bytes");
        return vec![Violation::new(Pointer::root(), "too_long", message)];
    }
    let faults = validator::faults_of_schema(schema);
    if !faults.is_empty() {
        return faults;
    }
    let expanded = match Expansion::of(schema).whole() {
        Ok(expanded) => expanded,
        Err(fault) => return vec![fault],
    };
    match Validator::new(&expanded) {
        Ok(_) => Vec::new(),
        Err(error) => vec![fault(Pointer::root(), error.to_string())],
    }
}

/// A schema that was checked, with the targets of its references in their place.
#[must_use]
pub fn expanded(schema: &Json) -> Json {
    Expansion::of(schema).whole().unwrap_or(Json::Bool(true))
}

fn fault(place: Pointer, message: impl Into<String>) -> Violation {
    Violation::new(place, "schema", message)
}

struct Expansion<'s> {
    root: &'s Json,
    /// The references that are being followed.
    followed: Vec<&'s str>,
    room: usize,
}

impl<'s> Expansion<'s> {
    const fn of(root: &'s Json) -> Self {
        Self {
            root,
            followed: Vec::new(),
            room: MOST,
        }
    }

    fn whole(mut self) -> Result<Json, Violation> {
        self.schema(self.root, &Pointer::root())
    }

    fn spend(&mut self, count: usize) -> Result<(), Violation> {
        let rest = self.room.checked_sub(count);
        self.room = rest.ok_or_else(|| {
            let message = format!("with its references followed, a schema has at most {MOST} parts; a pattern counts as {OF_A_PATTERN}");
            fault(Pointer::root(), message)
        })?;
        Ok(())
    }

    fn schema(&mut self, schema: &'s Json, at: &Pointer) -> Result<Json, Violation> {
        self.spend(1)?;
        let Json::Object(keywords) = schema else {
            return Ok(schema.clone());
        };
        let mut all = Map::new();
        for (keyword, value) in keywords {
            let place = at.key(keyword);
            let keyword = keyword.as_str();
            if REFUSED.contains(&keyword) {
                return Err(fault(place, format!("`{keyword}` cannot be used here")));
            }
            if keyword == "$schema" {
                if value != DRAFT {
                    return Err(fault(place, format!("a schema is written in {DRAFT}")));
                }
                continue;
            }
            if keyword == "$ref" || DEFINITIONS.contains(&keyword) {
                continue;
            }
            if keyword == "pattern" {
                self.spend(OF_A_PATTERN)?;
            }
            let value = match value {
                value if DATA.contains(&keyword) => value.clone(),
                Json::Object(schemas) if NAMED.contains(&keyword) => {
                    if keyword == "patternProperties" {
                        self.spend(OF_A_PATTERN * schemas.len())?;
                    }
                    let schemas = schemas.iter().map(|(name, schema)| {
                        Ok((name.clone(), self.schema(schema, &place.key(name))?))
                    });
                    Json::Object(schemas.collect::<Result<_, Violation>>()?)
                }
                Json::Object(_) => self.schema(value, &place)?,
                Json::Array(items) => {
                    let items = items.iter().enumerate();
                    let items = items.map(|(index, item)| self.schema(item, &place.key(index)));
                    Json::Array(items.collect::<Result<_, Violation>>()?)
                }
                plain => plain.clone(),
            };
            all.insert(keyword.to_owned(), value);
        }
        let Some(reference) = keywords.get("$ref").and_then(Json::as_str) else {
            return Ok(Json::Object(all));
        };
        let target = self.target(reference, &at.key("$ref"))?;
        if all.is_empty() {
            return Ok(target);
        }
        // Both hold: the target, and what stands beside the reference.
        let beside = all
            .entry("allOf")
            .or_insert_with(|| Json::Array(Vec::new()));
        if let Json::Array(beside) = beside {
            beside.push(target);
        }
        Ok(Json::Object(all))
    }

    fn target(&mut self, reference: &'s str, at: &Pointer) -> Result<Json, Violation> {
        if self.followed.contains(&reference) {
            let message = format!("`{reference}` leads back to itself");
            return Err(fault(at.clone(), message));
        }
        let is_own = DEFINITIONS
            .iter()
            .any(|keyword| reference.starts_with(&format!("#/{keyword}/")));
        let place = reference.strip_prefix('#').filter(|_| is_own);
        let found = place.and_then(|place| Some((place, self.root.pointer(place)?)));
        let Some((place, target)) = found else {
            let message = format!(
                "`{reference}` leads nowhere: a reference names one of the schema's own definitions, as in `#/$defs/name`"
            );
            return Err(fault(at.clone(), message));
        };
        self.followed.push(reference);
        let target = self.schema(target, &Pointer::parsed(place))?;
        self.followed.pop();
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use super::{check, expanded};
    use crate::validator::Validator;
    use serde_json::{Value as Json, json};

    fn faults(schema: &Json) -> String {
        let faults: Vec<String> = check(schema)
            .iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code))
            .collect();
        faults.join(", ")
    }

    #[test]
    fn a_schema_that_could_hurt_or_says_nonsense_is_refused_at_its_place() {
        // Thirty definitions, each twice the one before.
        let doubled: Json = (1..=30)
            .map(|level| {
                let before = json!({"$ref": format!("#/$defs/d{}", level - 1)});
                (format!("d{level}"), json!({"allOf": [before, before]}))
            })
            .chain([("d0".to_owned(), json!({"type": "string"}))])
            .collect();
        let patterns: Json = (0..60)
            .map(|number| (format!("p{number}"), json!({"pattern": "a"})))
            .collect();
        for (schema, expected) in [
            (json!({}), ""),
            (
                json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array"}),
                "",
            ),
            (
                json!({"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}),
                "",
            ),
            (
                json!({"properties": {"$ref": {"type": "string"}}, "enum": [{"$ref": "x"}]}),
                "",
            ),
            (json!({"type": "strin"}), "/type schema"),
            (
                json!({"properties": {"a": {"minimum": "1"}}}),
                "/properties/a/minimum schema",
            ),
            (
                json!({"required": "a", "minLength": -1}),
                "/required schema, /minLength schema",
            ),
            (json!({"pattern": "(?=a)b"}), " schema"),
            (
                json!({"items": {"$ref": "https://example.com/schema"}}),
                "/items/$ref schema",
            ),
            (json!({"$ref": "#/$defs/a"}), "/$ref schema"),
            (json!({"$ref": "#"}), "/$ref schema"),
            (
                json!({"$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"}),
                "/$defs/a/items/$ref schema",
            ),
            (json!({"$id": "https://example.com/schema"}), "/$id schema"),
            (
                json!({"$schema": "http://json-schema.org/draft-07/schema#"}),
                "/$schema schema",
            ),
            (json!({"$defs": doubled, "$ref": "#/$defs/d30"}), " schema"),
            (json!({"properties": patterns}), " schema"),
            (json!({"description": "x".repeat(40_000)}), " too_long"),
        ] {
            assert_eq!(faults(&schema), expected, "{:.200}", schema.to_string());
        }
    }

    #[test]
    fn a_schema_means_the_same_without_its_references() {
        let schema = json!({
            "$defs": {
                "size": {"type": "integer", "minimum": 1},
                "box": {"properties": {"width": {"$ref": "#/$defs/size", "maximum": 9}, "height": {"$ref": "#/$defs/size"}}},
            },
            "type": "array", "items": {"$ref": "#/$defs/box", "required": ["width"]},
        });
        let whole = expanded(&schema);
        assert!(!whole.to_string().contains("$ref"), "{whole}");
        let (with, without) = (
            Validator::new(&schema).unwrap(),
            Validator::new(&whole).unwrap(),
        );
        for value in [
            json!([]),
            json!([{"width": 1}]),
            json!([{"height": 1}]),
            json!([{"width": 10}]),
            json!([{"width": 9, "height": 0}]),
            json!([{"width": 9, "height": 99}]),
            json!({}),
        ] {
            assert_eq!(
                with.check(&value).is_empty(),
                without.check(&value).is_empty(),
                "{value}"
            );
        }
    }
}
