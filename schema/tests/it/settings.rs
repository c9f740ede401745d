//! Settings and defaults of fields.

use serde_json::{Value as Json, json};
use tessera_schema::definition::FieldDefinition;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::rules::check_field;

use crate::support::places;

/// What is wrong with a field `it` that has this beside its name.
fn faults(rest: &Json) -> Vec<String> {
    let mut body = json!({"api_name": "it"});
    body.as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    match FieldDefinition::parse(body) {
        Ok(field) => places(&check_field(&FieldTypes::builtin(), &field)),
        Err(violations) => places(&violations),
    }
}

#[test]
fn settings_are_checked_by_type() {
    let of = |field_type: &str, settings: Json| json!({"type": field_type, "settings": settings});
    let options = |values: Json| json!({"options": values});
    let default = |field_type: &str, settings: Json, value: Json| json!({"type": field_type, "settings": settings, "default_value": value});
    for (field, expected) in [
        (
            of(
                "text",
                json!({"max_length": 10, "pattern": "^\\p{L}+$", "searchable": true}),
            ),
            "",
        ),
        (
            of("text", json!({"max_length": 0})),
            "/settings/max_length minimum",
        ),
        (
            of("text", json!({"max_length": "10"})),
            "/settings/max_length type",
        ),
        (
            of("text", json!({"length": 10})),
            "/settings/length unknown",
        ),
        (
            of("text", json!({"pattern": "("})),
            "/settings/pattern pattern",
        ),
        (
            of("text", json!({"pattern": "(?=a)b"})),
            "/settings/pattern pattern",
        ),
        (
            of("text", json!({"pattern": "(a{1000}){1000}"})),
            "/settings/pattern pattern",
        ),
        (
            of("integer", json!({"min": 1, "max": 0})),
            "/settings/max minimum",
        ),
        (of("integer", json!({"min": 1.5})), "/settings/min type"),
        (
            of("decimal", json!({"precision": 3, "scale": 4})),
            "/settings/scale maximum",
        ),
        (
            of("decimal", json!({"precision": 101})),
            "/settings/precision maximum",
        ),
        (of("select", json!({})), "/settings/options required"),
        (of("select", options(json!([]))), "/settings/options"),
        (
            of("select", options(json!([{"value": "a"}, {"value": "a"}]))),
            "/settings/options/1/value unique",
        ),
        (
            of("select", options(json!([{"value": "a", "color": "mauve"}]))),
            "/settings/options/0/color",
        ),
        (
            of("select", options(json!([{"label": "A"}]))),
            "/settings/options/0/value required",
        ),
        (
            of("multi_select", options(json!([{"value": "a\u{0}"}]))),
            "/settings/options/0/value pattern",
        ),
        (
            of("currency", json!({"currency_code": "euro"})),
            "/settings/currency_code pattern",
        ),
        (of("rating", json!({"max": 101})), "/settings/max maximum"),
        (of("auto_number", json!({"format": "INV-{0000}"})), ""),
        (
            of("auto_number", json!({"format": "INV"})),
            "/settings/format pattern",
        ),
        (
            of("auto_number", json!({"format": "{0}-{0}"})),
            "/settings/format pattern",
        ),
        (
            of("auto_number", json!({"format": "{1}"})),
            "/settings/format pattern",
        ),
        (of("json", json!({"schema": {"type": "object"}})), ""),
        (of("json", json!({"schema": true})), "/settings/schema type"),
        (
            of(
                "json",
                json!({"schema": {"properties": {"a": {"type": "text"}}}}),
            ),
            "/settings/schema/properties/a/type schema",
        ),
        (
            of("json", json!({"schema": {"$ref": "https://example.com"}})),
            "/settings/schema/$ref schema",
        ),
        (
            default("json", json!({"schema": {"type": "array"}}), json!({})),
            "/default_value type",
        ),
        (of("relation", json!({})), "/settings/to required"),
        (
            of("relation", json!({"to": "No Name"})),
            "/settings/to pattern",
        ),
        (
            of("relation", json!({"to": "a", "on_delete": "explode"})),
            "/settings/on_delete option",
        ),
        (
            of("relation", json!({"to": "a", "inverse": {"api_name": "X"}})),
            "/settings/inverse/api_name pattern",
        ),
        (
            of("relation", json!({"to": "a", "inverse": {}})),
            "/settings/inverse/api_name required",
        ),
        (
            of("many_to_many", json!({"to": "a", "on_delete": "cascade"})),
            "/settings/on_delete unknown",
        ),
        (
            json!({"type": "relation", "required": true, "settings": {"to": "a", "on_delete": "set_null"}}),
            "/settings/on_delete on_delete",
        ),
        (
            json!({"type": "many_to_many", "required": true, "settings": {"to": "a"}}),
            "/required not_possible",
        ),
        (
            json!({"type": "address", "unique": true}),
            "/unique not_possible",
        ),
        (
            json!({"type": "json", "indexed": true}),
            "/indexed not_possible",
        ),
        (
            json!({"type": "auto_number", "default_value": "1"}),
            "/default_value not_possible",
        ),
        (
            json!({"type": "relation", "default_value": "x", "settings": {"to": "a"}}),
            "/default_value not_possible",
        ),
        (
            default("text", json!({"max_length": 1}), json!("ab")),
            "/default_value too_long",
        ),
        (
            default("integer", json!({"min": 5}), json!(4)),
            "/default_value minimum",
        ),
        (
            default("email", json!({}), json!("nobody")),
            "/default_value format",
        ),
        (
            default("url", json!({}), json!("javascript:x")),
            "/default_value format",
        ),
        (
            default("select", options(json!([{"value": "a"}])), json!("b")),
            "/default_value option",
        ),
        (
            default("currency", json!({}), json!({"amount": 1})),
            "/default_value/currency_code required",
        ),
        (default("boolean", json!({}), json!(null)), ""),
        (json!({"type": "colour"}), "/type unknown"),
        (json!({}), "/type required"),
    ] {
        let found = faults(&field);
        let fits = match expected {
            "" => found.is_empty(),
            place => found.len() == 1 && found[0].starts_with(place),
        };
        assert!(fits, "{field}: {found:?} for {expected:?}");
    }
}

#[test]
fn what_is_well_formed_is_checked_though_other_settings_are_not() {
    let of = |field_type: &str, settings: Json| json!({"type": field_type, "settings": settings});
    let many = json!([{"value": "a", "label": "A"}, {"value": "a", "label": "B"}]);
    for (field, expected) in [
        (
            of("integer", json!({"min": 5, "max": 1, "foo": 1})),
            &["/settings/foo unknown", "/settings/max minimum"][..],
        ),
        (
            of("text", json!({"max_length": 0, "pattern": "("})),
            &["/settings/max_length minimum", "/settings/pattern pattern"],
        ),
        (
            of("select", json!({"options": many, "colour": 1})),
            &[
                "/settings/colour unknown",
                "/settings/options/1/value unique",
            ],
        ),
        (
            json!({"type": "integer", "settings": {"min": "x", "max": 4, "foo": 2}, "default_value": 5}),
            &[
                "/settings/min type",
                "/settings/foo unknown",
                "/default_value maximum",
            ],
        ),
        // Nothing can be said of a default while the options are not known.
        (
            json!({"type": "select", "settings": {"options": [{"label": "A"}]}, "default_value": "a"}),
            &["/settings/options/0/value required"],
        ),
        (
            of(
                "relation",
                json!({"to": "it", "zip": 1, "inverse": {"api_name": "Bad", "foo": 1}}),
            ),
            &[
                "/settings/inverse/foo unknown",
                "/settings/zip unknown",
                "/settings/inverse/api_name pattern",
            ],
        ),
    ] {
        assert_eq!(faults(&field), expected, "{field}");
    }
}
