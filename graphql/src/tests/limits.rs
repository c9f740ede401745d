//! Limits, each with an error that names it.

use serde_json::json;

use super::support::{errors, message};
use crate::limits;

#[test]
fn documents() {
    let long = format!(
        "{{ contacts {{ totalCount }} }} #{}",
        "x".repeat(limits::DOCUMENT)
    );
    assert!(message(&long, &json!({})).contains("100000 bytes"));
    for bracket in ["{a", "{a(b:[", "{a(b:{c:"] {
        assert!(
            message(&bracket.repeat(10_000), &json!({})).contains("nest"),
            "{bracket}"
        );
    }
    // As deep as is let through, the parser still gets to its end.
    for (open, close) in [("{a", "}"), ("[", "]"), ("{a:", "}")] {
        let value = format!("{}1{}", open.repeat(95), close.repeat(95));
        assert!(!errors(&format!("{{ a(b: {value}) }}"), &json!({})).is_empty());
        assert!(!errors(&format!("{{ a {value} }}"), &json!({})).is_empty());
    }
    // What stands in strings and comments is no bracket.
    let quoted = format!(
        "{{ contacts(filter: {{firstName: {{eq: \"{0}\"}}}}) {{ totalCount }} }} #{0}",
        "{\\\"[".repeat(100)
    );
    assert!(errors(&quoted, &json!({})).is_empty());
}

#[test]
fn depth() {
    let nested = |levels: usize| {
        let mut query = "id".to_owned();
        for _ in 0..levels {
            query = format!("contacts(first: 1) {{ nodes {{ company {{ {query} }} }} }}");
        }
        format!("{{ companies(first: 1) {{ nodes {{ {query} }} }} }}")
    };
    assert!(errors(&nested(3), &json!({})).is_empty(), "twelve levels");
    assert!(message(&nested(4), &json!({})).contains("at most 12 deep"));
}

#[test]
fn roots_and_aliases() {
    let roots = |count: usize| {
        let fields: Vec<_> = (0..count)
            .map(|n| format!("a{n}: contacts {{ totalCount }}"))
            .collect();
        format!("{{ {} }}", fields.join(" "))
    };
    assert!(errors(&roots(50), &json!({})).is_empty());
    assert!(message(&roots(51), &json!({})).contains("at most 50 fields"));

    let aliased = |length: usize| {
        let alias = "a".repeat(length);
        format!("{{ contacts {{ nodes {{ {alias}: id }} }} }}")
    };
    assert!(errors(&aliased(63), &json!({})).is_empty());
    assert!(message(&aliased(64), &json!({})).contains("at most 63 characters"));
}

#[test]
fn fragments() {
    let mut laughs = String::from("{ ...f0 } fragment f30 on Query { __typename }");
    for n in 0..30 {
        laughs += &format!(" fragment f{n} on Query {{ ...f{0} ...f{0} }}", n + 1);
    }
    assert!(message(&laughs, &json!({})).contains("10000 fields"));
    let mut chain = String::from("{ ...f0 } fragment f2000 on Query { __typename }");
    for n in 0..2_000 {
        chain += &format!(" fragment f{n} on Query {{ ...f{} }}", n + 1);
    }
    assert!(message(&chain, &json!({})).contains("200 deep"));
    assert!(
        message(
            "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
            &json!({})
        )
        .contains("spreads itself")
    );
}

#[test]
fn introspection() {
    let nested =
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert!(message(nested, &json!({})).contains("2 lists of fields"));
}
