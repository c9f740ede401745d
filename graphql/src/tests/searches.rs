//! Search, in a connection and over objects.

use serde_json::json;
use tessera_compiler::query::tree::Root;

use super::support::{connection, errors, message, roots};

#[test]
fn a_connection_is_searched_where_there_is_something_to_search_in() {
    let searched = connection("{ companies(q: \"Acme LTD\") { totalCount } }", &json!({}));
    assert_eq!(searched.search.unwrap().words(), ["acme", "ltd"]);
    let query = "query($q: String) { companies(q: $q) { totalCount } }";
    for absent in [json!({}), json!({"q": null})] {
        assert_eq!(connection(query, &absent).search, None);
    }
    assert!(message(query, &json!({"q": " "})).contains("letters or digits"));
    for nothing_to_search in [
        "{ tags(q: \"x\") { totalCount } }",
        "{ contacts { nodes { company { opportunities(q: \"x\") { totalCount } } } } }",
    ] {
        assert_eq!(errors(nothing_to_search, &json!({})).len(), 1);
    }
}

#[test]
fn a_search_is_over_objects_that_can_be_searched() {
    let searched = |arguments: &str| {
        let text = format!("{{ search({arguments}) {{ id rank }} }}");
        match roots(&text, &json!({})).swap_remove(0) {
            Root::Search { objects, limit, .. } => {
                let names: Vec<String> = objects.into_iter().map(|(name, _)| name).collect();
                (names.join(" "), limit)
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(searched("query: \"x\""), ("company".to_owned(), 20));
    assert_eq!(
        searched("query: \"x\", objects: [\"company\"], first: 3"),
        ("company".to_owned(), 3)
    );
    let refused =
        |arguments: &str| message(&format!("{{ search({arguments}) {{ id }} }}"), &json!({}));
    assert!(refused("query: \"x\", objects: [\"tag\"]").contains("searchable"));
    assert!(refused("query: \"x\", objects: [\"nope\"]").contains("company"));
    assert!(refused("query: \"x\", first: 101").contains("100"));
    assert!(refused("query: \"\"").contains("letters or digits"));
}
