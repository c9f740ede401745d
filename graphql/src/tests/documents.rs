//! From a document to the query tree.

use serde_json::json;
use tessera_compiler::query::tree::{Deleted, End, Root};
use tessera_schema::filter::{Filter, Quantifier, Term, Value};
use tessera_schema::ident::RecordId;
use tessera_schema::sort::{Direction, Nulls};
use uuid::Uuid;

use super::support::{connection, errors, message, outline, outline_of, plan, roots};
use crate::compile::Step;

const ID: &str = "01939f8e-0000-7000-8000-000000000001";

#[test]
fn by_id() {
    let query =
        "query($id: UUID!) { contact(id: $id) { id firstName companyId company { id name } } }";
    let found = roots(query, &json!({"id": ID}));
    let [
        Root::One {
            object,
            id,
            deleted,
            selection,
        },
    ] = found.as_slice()
    else {
        panic!("{found:?}");
    };
    assert_eq!(object.api_name().as_str(), "contact");
    assert_eq!(id.value, RecordId(Uuid::parse_str(ID).expect("a UUID")));
    assert_eq!(*deleted, Deleted::Exclude);
    assert_eq!(
        outline_of(selection),
        "{id: id, firstName: first_name, companyId: company_id, company: company {id: id, name: name}}"
    );
}

#[test]
fn nested_connections_with_arguments_of_their_own() {
    let found = connection(
        r"query($c: String!) {
            companies(first: 20, orderBy: [{name: ASC}], filter: {city: {eq: $c}}) {
                nodes { id contacts(first: 10, orderBy: {createdAt: DESC}) { nodes { email: lastName } totalCount } }
            }
        }",
        &json!({"c": "Riga"}),
    );
    assert_eq!(
        outline(&found),
        "[20] {nodes: nodes {id: id, contacts: contact [10] {nodes: nodes {email: last_name}, totalCount: total}}}"
    );
    let Filter::Compare(comparison) = &found.filter else {
        panic!("{:?}", found.filter);
    };
    assert_eq!(
        (comparison.column.as_str(), &comparison.operand),
        ("city", &Value::One(Term::Literal(json!("Riga"))))
    );
    assert_eq!(found.sort.0[0].column.as_str(), "name");
}

#[test]
fn fields_of_one_key_are_merged_at_every_level() {
    let found = connection(
        r"query($no: Boolean = false) {
            contacts { ...Names nodes { company { id } skipped: id @skip(if: true) kept: id @include(if: true) } }
            ... on Query { contacts { nodes { company { name __typename } lastName @include(if: $no) } } }
            ... @skip(if: true) { contacts { totalCount } }
        }
        fragment Names on ContactConnection { nodes { firstName ...Company } __typename }
        fragment Company on Contact { company { city } }",
        &json!({}),
    );
    assert_eq!(
        outline(&found),
        "[50] {nodes: nodes {firstName: first_name, company: company {city: city, id: id, name: name, __typename: 'Company'}, \
         kept: id}, __typename: 'ContactConnection'}"
    );
}

#[test]
fn one_key_means_one_thing() {
    for query in [
        "{ contacts(first: 1) { nodes { id } } contacts(first: 2) { nodes { id } } }",
        "{ contacts { nodes { a: firstName } nodes { a: lastName } } }",
        "{ companies { nodes { contacts(first: 1) { totalCount } } nodes { contacts { totalCount } } } }",
    ] {
        assert!(!errors(query, &json!({})).is_empty(), "{query}");
    }
    assert!(
        errors(
            "{ contacts(first: 1) { totalCount } contacts(first: 1) { totalCount } }",
            &json!({})
        )
        .is_empty()
    );
}

#[test]
fn type_names_stand_among_data() {
    let planned = plan(
        "{ a: __typename contacts { totalCount } b: __typename }",
        &json!({}),
    )
    .expect("valid");
    assert!(matches!(&planned[0].step, Ok(Step::TypeName(name)) if name == "Query"));
    assert!(matches!(&planned[1].step, Ok(Step::Read(_))));
    assert_eq!(planned[2].key, "b");
}

#[test]
fn pages_and_edges() {
    let found = connection(
        r"{ contacts(last: 5, offset: 2, deleted: INCLUDE) {
                edges { cursor node { id } __typename }
                pageInfo { hasNextPage p: hasPreviousPage startCursor endCursor __typename } } }",
        &json!({}),
    );
    assert_eq!(
        (found.window.limit, found.window.from, found.window.offset),
        (5, End::End, 2)
    );
    assert_eq!(found.deleted, Deleted::Include);
    let text = outline(&found);
    for part in [
        "Cursor",
        "Node",
        "'Contact",
        "HasNext",
        "HasPrevious",
        "StartCursor",
        "EndCursor",
        "PageInfo",
    ] {
        assert!(
            text.contains(part.trim_start_matches('\'')),
            "{part} in {text}"
        );
    }
}

#[test]
fn filters_reach_through_relations_and_into_composites() {
    let found = connection(
        r#"{ companies(filter: {contacts: {some: {tags: {none: {name: {eq: "x"}}}}}, address: {city: {ilike: "%a"}}, or: {name: {in: "a"}}}) { totalCount } }"#,
        &json!({}),
    );
    let Filter::All(parts) = &found.filter else {
        panic!("{:?}", found.filter);
    };
    assert!(
        matches!(&parts[0], Filter::All(inner) if matches!(&inner[0], Filter::ToMany(_, Quantifier::Some, _))),
        "{parts:?}"
    );
    assert!(
        matches!(&parts[1], Filter::All(inner) if matches!(&inner[0], Filter::Compare(c) if c.column.as_str() == "address__city"))
    );
    // A single value stands for a list of one.
    assert!(
        matches!(&parts[2], Filter::Any(inner) if matches!(&inner[0], Filter::Compare(c) if c.operand == Value::Many(vec![Term::Literal(json!("a"))])))
    );
}

#[test]
fn orders_reach_through_relations_and_into_composites() {
    let found = connection(
        "query($o: [OpportunityOrderBy!]!) { opportunities(orderBy: $o) { totalCount } }",
        &json!({"o": [{"company": {"name": "ASC"}, "amount": {"amount": "DESC_NULLS_LAST"}}, {"contactId": "DESC"}]}),
    );
    let keys: Vec<_> = found
        .sort
        .0
        .iter()
        .map(|key| {
            (
                key.column.as_str(),
                key.path.len(),
                key.direction,
                key.nulls,
            )
        })
        .collect();
    assert_eq!(
        keys,
        [
            ("name", 1, Direction::Ascending, Nulls::Last),
            ("amount__amount", 0, Direction::Descending, Nulls::Last),
            ("contact_id", 0, Direction::Descending, Nulls::Last),
        ]
    );
}

#[test]
fn several_operations_need_a_name() {
    let two = "query A { contacts { totalCount } } query B { companies { totalCount } }";
    assert!(message(two, &json!({})).contains("operationName"));
    let document = crate::document::Document::parse(two, Some("B")).expect("valid");
    assert_eq!(document.operation_name.as_deref(), Some("B"));
    assert!(crate::document::Document::parse(two, Some("C")).is_err());
    assert!(crate::document::Document::parse("{ a }", Some("C")).is_err());
}

#[test]
fn all_roots_go_into_one_query() {
    let found = roots(
        "{ a: contacts { totalCount } b: contacts { totalCount } users { nodes { name email } } }",
        &json!({}),
    );
    assert_eq!(found.len(), 3);
}
