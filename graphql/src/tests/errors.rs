//! What is said about documents that do not fit.

use serde_json::json;

use super::support::{errors, message, plan};

#[test]
fn documents_that_do_not_fit_the_schema() {
    for (query, expected) in [
        (
            "{ contacts { nodes { nonsense } } }",
            "Unknown field \"nonsense\" on type \"Contact\".",
        ),
        (
            "{ nonsense }",
            "Unknown field \"nonsense\" on type \"Query\".",
        ),
        (
            "mutation { nonsense }",
            "Unknown field \"nonsense\" on type \"Mutation\".",
        ),
        (
            "{ contacts(nonsense: 1) { totalCount } }",
            "Unknown argument \"nonsense\" on field \"contacts\" of type \"Query\".",
        ),
        (
            "query($x: [Nonsense] = [\"a\"]) { contacts { totalCount } }",
            "Unknown type \"Nonsense\"",
        ),
        (
            "subscription { contacts { totalCount } }",
            "Schema is not configured for subscriptions.",
        ),
        (
            "{ contact { id } }",
            "Field \"contact\" argument \"id\" of type \"Query\" is required but not provided",
        ),
    ] {
        assert_eq!(message(query, &json!({})), expected, "{query}");
    }
}

#[test]
fn documents_that_are_none() {
    for query in [
        "",
        "{",
        "{ }",
        "query",
        "# nothing",
        "\u{0}",
        "{ a(b: \"\\uD800\") }",
        "type Query { a: Int }",
    ] {
        let found = errors(query, &json!({}));
        assert_eq!(found[0].extensions.code, "malformed", "{query} {found:?}");
    }
}

#[test]
fn a_field_that_may_be_null_leaves_the_others_their_answers() {
    let planned = plan(
        "{ a: contact(id: \"x\") { id } b: contacts { totalCount } c: contacts(first: -1) { totalCount } }",
        &json!({}),
    );
    let planned = planned.expect("valid");
    let failures: Vec<_> = planned
        .iter()
        .map(|field| (field.nullable, field.step.is_err()))
        .collect();
    assert_eq!(failures, [(true, true), (false, false), (false, true)]);
}

#[test]
fn bad_arguments_point_at_themselves() {
    for (arguments, pointer) in [
        ("first: -1", "/first"),
        ("first: 1001", "/first"),
        ("first: 1, last: 1", "/last"),
        ("offset: -1", "/offset"),
        ("after: \"x\"", "/after"),
        ("filter: {companyId: {eq: \"x\"}}", "/filter/companyId/eq"),
        (
            "filter: {born: {between: [\"2020-01-01\"]}}",
            "/filter/born/between",
        ),
    ] {
        let query =
            format!("{{ companies {{ nodes {{ contacts({arguments}) {{ totalCount }} }} }} }}");
        let found = errors(&query, &json!({}));
        let [error] = found.as_slice() else {
            panic!("{arguments} {found:?}");
        };
        assert_eq!(error.extensions.errors[0].pointer.as_str(), pointer);
        assert_eq!(error.path, ["companies", "nodes", "contacts"]);
        assert_eq!(error.extensions.code, "malformed");
    }
}
