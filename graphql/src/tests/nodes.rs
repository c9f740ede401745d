//! Records as nodes: one id over all objects, and what a document asks of a record that it knows only by this id.

use serde_json::json;
use tessera_compiler::query::tree::{Deleted, Root};

use super::support::{errors, message, outline, outline_of, plan, roots};
use crate::compile::Step;

const ID: &str = "01939f8e-0000-7000-8000-000000000001";

fn one(query: &str, node_id: &str) -> (String, String) {
    match roots(query, &json!({"id": node_id})).swap_remove(0) {
        Root::One {
            object,
            id,
            deleted: Deleted::Exclude,
            selection,
        } => (
            format!("{}:{}", object.api_name(), id.value),
            outline_of(&selection),
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_node_is_a_record_of_the_object_its_id_names() {
    let query = "query($id: ID!) { node(nodeId: $id) {
        __typename nodeId
        ... on Contact { id firstName company { nodeId } }
        ...other
        ... on Node { again: nodeId }
    } }
    fragment other on Company { name contacts(first: 3) { edges { cursor node { nodeId } } } }";
    let (found, shape) = one(query, &format!("contact:{ID}"));
    assert_eq!(found, format!("contact:{ID}"));
    assert_eq!(
        shape,
        "{__typename: 'Contact', nodeId: contact:id, id: id, firstName: first_name, \
         company: company {nodeId: company:id}, again: contact:id}"
    );
    let (found, shape) = one(query, &format!("company:{ID}"));
    assert_eq!(found, format!("company:{ID}"));
    assert!(
        shape.starts_with(
            "{__typename: 'Company', nodeId: company:id, name: name, contacts: contact [3]"
        ),
        "{shape}"
    );
    let (_, shape) = one(
        "query($id: ID!) { node(nodeId: $id) { __typename } }",
        &format!("user:{ID}"),
    );
    assert_eq!(shape, "{__typename: 'User'}");
}

#[test]
fn fragments_on_nodes_stand_wherever_a_record_is() {
    let query = "{ contacts { nodes { ...n } } contact(id: \"01939f8e-0000-7000-8000-000000000001\") { ...n } }
        fragment n on Node { nodeId }";
    let found = roots(query, &json!({}));
    let Root::Many { connection, .. } = &found[0] else {
        panic!("{found:?}");
    };
    assert_eq!(
        outline(connection),
        "[50] {nodes: nodes {nodeId: contact:id}}"
    );
    let Root::One { selection, .. } = &found[1] else {
        panic!("{found:?}");
    };
    assert_eq!(outline_of(selection), "{nodeId: contact:id}");
    for wrong in [
        "{ ... on Node { nodeId } }",
        "{ contacts { ... on Node { nodeId } } }",
        "{ node(nodeId: \"x:y\") { id } }",
        "{ node(nodeId: \"x:y\") { ... on ContactConnection { totalCount } } }",
    ] {
        assert!(!errors(wrong, &json!({})).is_empty(), "{wrong}");
    }
}

#[test]
fn an_id_of_no_object_is_refused_and_the_rest_answered() {
    let query = "query($id: ID!) { node(nodeId: $id) { nodeId ... on Contact { firstName } } contacts { totalCount } }";
    for wrong in [
        "",
        "contact",
        ID,
        "contact:x",
        &format!("nothing:{ID}"),
        &format!("Contact:{ID}"),
        &format!("contact:{ID}:"),
    ] {
        let variables = json!({"id": wrong});
        assert!(message(query, &variables).contains("nodeId"), "{wrong}");
        let planned = plan(query, &variables).expect("valid");
        assert!(planned[0].nullable && matches!(planned[1].step, Ok(Step::Read(_))));
    }
}
