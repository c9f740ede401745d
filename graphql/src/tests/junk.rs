//! Whatever is sent, there is an answer.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::support::{MODEL, plan, plan_on};
use crate::request::GraphQlRequest;

/// Pieces that documents are made of, in no order.
fn pieces() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ":",
        "!",
        "$",
        "@",
        "...",
        "=",
        "|",
        "\"",
        "\"\"\"",
        "\\",
        "#",
        "\n",
        " ",
        ",",
        "query",
        "mutation",
        "subscription",
        "fragment",
        "on",
        "null",
        "true",
        "-1",
        "1.5e999",
        "99999999999999999999",
        "\"\\u00e9\"",
        "contacts",
        "contactsGroupBy",
        "aggregate",
        "groupBy",
        "keys",
        "count",
        "sum",
        "contact",
        "nodes",
        "edges",
        "node",
        "pageInfo",
        "filter",
        "orderBy",
        "first",
        "data",
        "id",
        "lastName",
        "company",
        "createContact",
        "updateContacts",
        "deleteContacts",
        "affected",
        "__schema",
        "__type",
        "__typename",
        "@skip(if: $a)",
        "@include(if: true)",
        "$a",
        "$a: Int",
        "ContactFilter",
        "eq",
        "some",
        "é",
        "\u{feff}",
        "ASC",
    ];
    proptest::collection::vec(proptest::sample::select(WORDS), 0..40)
        .prop_map(|words| words.join(" "))
}

/// Documents that parse, with values of any kind where values go.
fn documents() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("null".to_owned()),
        Just("1".to_owned()),
        Just("\"x\"".to_owned()),
        Just("ASC".to_owned()),
        Just("MONTH".to_owned()),
        Just("$v".to_owned()),
        Just("{}".to_owned()),
        Just("[]".to_owned()),
        Just("true".to_owned()),
        Just("1e400".to_owned()),
    ];
    let value = value.prop_recursive(4, 24, 4, |inner| {
        let key = proptest::sample::select(
            [
                "lastName",
                "eq",
                "in",
                "and",
                "not",
                "company",
                "extra",
                "tags",
                "some",
                "address",
                "city",
                "createdAt",
                "keys",
                "count",
                "sum",
                "min",
                "leadScore",
            ]
            .as_slice(),
        );
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3)
                .prop_map(|items| format!("[{}]", items.join(" "))),
            proptest::collection::vec((key, inner), 0..3).prop_map(|entries| format!(
                "{{{}}}",
                entries
                    .iter()
                    .map(|(k, v)| format!("{k}: {v}"))
                    .collect::<Vec<_>>()
                    .join(" ")
            )),
        ]
    });
    let argument = proptest::sample::select(
        [
            "id",
            "filter",
            "orderBy",
            "first",
            "after",
            "deleted",
            "data",
            "ifVersion",
            "groupBy",
            "having",
            "timeZone",
        ]
        .as_slice(),
    );
    let field = proptest::sample::select(
        [
            "contact",
            "contacts",
            "companies",
            "contactsGroupBy",
            "createContact",
            "createContacts",
            "updateContact",
            "updateContacts",
        ]
        .as_slice(),
    );
    let ty = proptest::sample::select(
        [
            "Int",
            "ContactFilter!",
            "[ContactOrderBy!]",
            "JSON",
            "[Nope]",
            "ContactCreateInput",
            "[ContactGroupBy!]!",
            "ContactGroupHaving",
            "[ContactGroupOrderBy!]",
            "DateTimePart",
            "String = \"x\"",
        ]
        .as_slice(),
    );
    let operation = proptest::sample::select(["query", "mutation"].as_slice());
    (operation, ty, field, proptest::collection::vec((argument, value), 0..4)).prop_map(|(operation, ty, field, arguments)| {
        let arguments: Vec<_> = arguments.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(" ")) };
        format!("{operation}($v: {ty}) {{ {field}{arguments} {{ ... on Contact {{ id }} ... on ContactGroup {{ count sum {{ leadScore }} }} nodes {{ id }} __typename }} }}")
    })
}

fn values() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,8}".prop_map(Json::from)
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = proptest::sample::select(
            [
                "lastName", "eq", "in", "and", "id", "company", "name", "extra",
            ]
            .as_slice(),
        );
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            proptest::collection::vec((key, inner), 0..4).prop_map(|entries| Json::Object(
                entries
                    .into_iter()
                    .map(|(k, v)| (k.to_owned(), v))
                    .collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn any_text(text in "\\PC{0,200}") {
        let _ = plan_on(&MODEL, None, &text, &json!({}));
    }

    #[test]
    fn any_pieces(text in pieces(), value in values()) {
        let _ = plan_on(&MODEL, None, &text, &json!({"a": value}));
    }

    #[test]
    fn any_values(text in documents(), value in values()) {
        // Also asserts that a schema cut to the document's needs judges as the whole one does.
        let _ = plan(&text, &json!({"v": value}));
    }

    #[test]
    fn any_body(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = GraphQlRequest::from_body(&body, &[]);
    }
}
