//! The form of definitions.

use serde_json::{Value as Json, json};
use tessera_schema::definition::{FieldDefinition, ObjectDefinition};

use crate::support::places;

fn faults(body: Json) -> Vec<String> {
    ObjectDefinition::parse(body).map_or_else(|violations| places(&violations), |_| Vec::new())
}

#[test]
fn what_may_be_left_out_is_filled_in() {
    let fields = json!([{"api_name": "close_date", "type": "date"}]);
    let definition =
        ObjectDefinition::parse(json!({"api_name": "sales_order", "fields": fields})).unwrap();
    let head = &definition.head;
    assert_eq!(
        (
            head.plural_api_name.as_str(),
            head.name.as_str(),
            head.plural_name.as_str()
        ),
        ("sales_orders", "Sales order", "Sales orders")
    );
    assert_eq!(definition.fields[0].name, "Close date");
    // What is written out again is read as the same.
    let again = ObjectDefinition::parse(serde_json::to_value(&definition).unwrap());
    assert_eq!(again.as_ref(), Ok(&definition));
}

#[test]
fn everything_wrong_with_a_form_is_told_where_it_is() {
    let fields = |fields: Json| json!({"api_name": "thing", "fields": fields});
    let many: Json = (0..1000)
        .map(|n| json!({"api_name": format!("f{n}"), "type": "text"}))
        .collect();
    for (body, expected) in [
        (
            json!({"api_name": "a".repeat(50)}),
            vec!["/plural_api_name too_long"],
        ),
        (
            json!({"api_name": "a".repeat(50), "plural_api_name": "b"}),
            vec![],
        ),
        (
            json!({"api_name": "a".repeat(80), "plural_api_name": "b"}),
            vec!["/api_name too_long"],
        ),
        (
            json!({"api_name": "Vehicle", "plural_api_name": "2x"}),
            vec!["/api_name pattern", "/plural_api_name pattern"],
        ),
        (
            json!({"api_name": "a__b", "plural_api_name": "b_"}),
            vec!["/api_name pattern", "/plural_api_name pattern"],
        ),
        (
            json!({"api_name": "машина", "plural_api_name": "a\"b"}),
            vec!["/api_name pattern", "/plural_api_name pattern"],
        ),
        (json!({}), vec!["/api_name required"]),
        (json!([]), vec![" type"]),
        (
            json!({"api_name": 7, "colour": "red"}),
            vec!["/api_name type", "/colour unknown"],
        ),
        (
            json!({"api_name": "a", "name": "", "icon": 7}),
            vec!["/icon type", "/name required"],
        ),
        (
            json!({"api_name": "a", "translations": {"klingon": {}}}),
            vec!["/translations"],
        ),
        (
            json!({"api_name": "a", "translations": {"ru": {"title": "x"}}}),
            vec!["/translations/ru/title unknown"],
        ),
        (fields(json!({})), vec!["/fields type"]),
        (fields(many), vec!["/fields"]),
        (
            fields(json!([{"api_name": "a", "type": "text"}, {"api_name": "B", "type": "text"}])),
            vec!["/fields/1/api_name pattern"],
        ),
        (
            fields(json!([{"type": "text", "label": "x"}])),
            vec!["/fields/0/api_name required", "/fields/0/label unknown"],
        ),
        (
            fields(json!([{"api_name": "a", "type": "text", "required": "yes", "settings": []}])),
            vec!["/fields/0/required type", "/fields/0/settings type"],
        ),
        (fields(json!([7])), vec!["/fields/0 type"]),
    ] {
        let mut found = faults(body.clone());
        found.sort();
        let fits = found.len() == expected.len()
            && found
                .iter()
                .zip(&expected)
                .all(|(found, expected)| found.starts_with(expected));
        assert!(fits, "{body}: {found:?} for {expected:?}");
    }
}

#[test]
fn a_patch_leaves_alone_what_it_does_not_name() {
    let field = json!({"api_name": "a", "type": "text", "name": "A", "description": "x", "settings": {"max_length": 5, "searchable": true}});
    let field = FieldDefinition::parse(field).unwrap();
    let patched = |patch: Json| {
        let draft = field.patched(patch.as_object().unwrap());
        match draft.sound {
            Some(field) if draft.violations.is_empty() => Ok(field),
            _ => Err(draft.violations),
        }
    };
    let changed = patched(json!({"required": true, "description": null, "settings": {"max_length": null, "pattern": "x"}})).unwrap();
    assert!(changed.required && changed.description.is_none());
    assert_eq!(
        json!(changed.settings),
        json!({"searchable": true, "pattern": "x"})
    );
    assert_eq!(
        (changed.name.as_str(), patched(json!({})).unwrap()),
        ("A", field.clone())
    );
    assert_eq!(
        patched(json!({"type": "text", "api_name": "a"})).unwrap(),
        field
    );
    for (patch, expected) in [
        (json!({"type": "integer"}), "/type immutable"),
        (json!({"type": null}), "/type immutable"),
        (json!({"api_name": "b"}), "/api_name immutable"),
        (json!({"required": 1}), "/required type"),
        (json!({"settings": 1}), "/settings type"),
        (json!({"colour": 1}), "/colour unknown"),
    ] {
        assert_eq!(
            places(&patched(patch.clone()).unwrap_err()),
            [expected],
            "{patch}"
        );
    }
}
