use tessera_compiler::query::tree::Deleted;
use tessera_schema::sort::Direction;

use super::*;
use crate::records::test_model::{contact, model};
use proptest::prelude::*;

const RECORD: &str = "01900000-0000-7000-8000-000000000001";

fn asked(query: &str) -> Result<(Connection, Count), UserError> {
    let model = model();
    read(
        &model,
        contact(&model),
        &Parameters::read(Some(query), PARAMETERS)?,
    )
}

fn refused(query: &str) -> Vec<(String, &'static str)> {
    let error = asked(query).expect_err(query);
    assert_eq!(error.status(), 400, "{query}");
    let violations = error.violations().iter();
    violations
        .map(|v| (v.pointer.to_string(), v.code))
        .collect()
}

fn parts(connection: &Connection) -> Vec<&str> {
    let Shape::Object(parts) = &connection.shape else {
        panic!("a list is an object");
    };
    parts.iter().map(|(key, _)| key.as_str()).collect()
}

#[test]
fn a_list_has_its_defaults() {
    let (connection, count) = asked("").unwrap();
    assert!(connection.filter.is_all());
    assert_eq!(connection.sort, Sort::default());
    assert_eq!(connection.window, Window::first(50));
    assert_eq!(connection.deleted, Deleted::Exclude);
    assert_eq!(parts(&connection), ["data", "page"]);
    assert_eq!(count, Count::None);
}

#[test]
fn every_parameter_has_its_say() {
    let filter = "%7B%22lead_score%22%3A%7B%22gte%22%3A50%7D%7D";
    let query = format!(
        "filter={filter}&q=Ann+LEE&sort=-created_at,company.name&fields=id&limit=2&after={RECORD}&count=exact&deleted=only"
    );
    let (connection, count) = asked(&query).unwrap();
    assert!(!connection.filter.is_all());
    let search = connection.search.as_ref().map(Search::words);
    assert_eq!(search.unwrap(), ["ann", "lee"]);
    let directions: Vec<_> = connection.sort.0.iter().map(|key| key.direction).collect();
    assert_eq!(directions, [Direction::Descending, Direction::Ascending]);
    assert_eq!(
        connection.window,
        Window {
            after: Some(Located {
                value: Cursor(RECORD.to_owned()),
                source: Some(plan::source("after")),
            }),
            ..Window::first(2)
        }
    );
    assert_eq!(connection.deleted, Deleted::Only);
    assert_eq!(parts(&connection), ["data", "page", "total"]);
    assert_eq!(count, Count::Exact);
    // An estimate is added afterwards.
    let (connection, count) = asked("count=estimated").unwrap();
    assert_eq!(
        (parts(&connection), count),
        (vec!["data", "page"], Count::Estimated)
    );
}

#[test]
fn the_page_before_a_record_is_counted_from_the_end() {
    let (connection, _) = asked(&format!("before={RECORD}")).unwrap();
    assert_eq!(connection.window.from, End::End);
    assert!(connection.window.before.is_some() && connection.window.after.is_none());
}

#[test]
fn bad_parameters_are_told_with_their_places() {
    for (query, pointer, code) in [
        ("filter={", "/filter", "json"),
        ("filter=", "/filter", "json"),
        ("filter=[]", "/filter", "type"),
        ("filter={\"nope\":{\"eq\":1}}", "/filter/nope", "unknown"),
        (
            "filter={\"lead_score\":{\"ilike\":1}}",
            "/filter/lead_score/ilike",
            "unknown_operator",
        ),
        (
            "filter={\"lead_score\":{\"eq\":\"x\"}}",
            "/filter/lead_score/eq",
            "type",
        ),
        (
            "filter={\"tags\":{\"any\":{}}}",
            "/filter/tags/any",
            "unknown_operator",
        ),
        ("sort=nope", "/sort", "unknown"),
        ("sort=-tags", "/sort", "not_sortable"),
        ("fields=nope", "/fields", "unknown"),
        ("limit=0", "/limit", "range"),
        ("limit=1001", "/limit", "range"),
        ("limit=-1", "/limit", "range"),
        ("limit=99999999999999999999", "/limit", "range"),
        ("limit=", "/limit", "range"),
        ("count=some", "/count", "unknown"),
        ("deleted=yes", "/deleted", "unknown"),
        ("order=id", "/order", "unknown"),
        ("q=", "/q", "required"),
        ("q=%22-%22", "/q", "required"),
        (
            "q=1+2+3+4+5+6+7+8+9+10+11+12+13+14+15+16+17",
            "/q",
            "too_many",
        ),
        ("limit=1&limit=1", "/limit", "repeated"),
    ] {
        assert_eq!(refused(query), [(pointer.to_owned(), code)], "{query}");
    }
    assert_eq!(
        refused(&format!("after={RECORD}&before={RECORD}"))[0].1,
        "clash"
    );
}

#[test]
fn all_that_is_bad_is_told_at_once() {
    let places: Vec<_> = refused("limit=x&q=&sort=x&fields=x&filter=x&count=x&deleted=x");
    assert_eq!(places.len(), 7, "{places:?}");
}

proptest! {
    #[test]
    fn any_query_string_is_read_or_refused(
        query in "((filter|q|sort|fields|limit|after|before|count|deleted|x)=?[-a-z0-9%{}\":,.*\\[\\]_&+]{0,24}&?){0,4}|\\PC{0,60}",
    ) {
        if let Err(error) = asked(&query) {
            prop_assert_eq!(error.status(), 400);
            prop_assert!(!error.violations().is_empty());
        }
    }
}
