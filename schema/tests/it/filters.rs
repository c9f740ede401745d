//! The filter language.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tessera_schema::filter::Filter;
use tessera_schema::naming::Spelling;
use tessera_schema::violation::Violation;

use crate::support::{crm, object, places};

fn read(filter: &Json, spelling: Spelling) -> Result<Filter, Vec<Violation>> {
    let model = crm();
    Filter::parse(&model, &object(&model, "contact"), filter, spelling)
}

fn nested(depth: usize) -> Json {
    (0..depth).fold(json!({}), |inner, _| json!({"not": inner}))
}

#[test]
fn both_spellings_mean_the_same() {
    for (snake, camel) in [
        (
            json!({"first_name": {"starts_with": "A"}}),
            json!({"firstName": {"startsWith": "A"}}),
        ),
        (
            json!({"company_id": {"not_in": []}}),
            json!({"companyId": {"notIn": []}}),
        ),
        (
            json!({"fee": {"currency_code": {"eq": "EUR"}}}),
            json!({"fee": {"currencyCode": {"eq": "EUR"}}}),
        ),
        (
            json!({"company": {"line_2": {"is_null": true}}}),
            json!({"company": {"line_2": {"isNull": true}}}),
        ),
        (
            json!({"marks": {"contains_any": ["a"]}}),
            json!({"marks": {"containsAny": ["a"]}}),
        ),
    ] {
        let both = (
            read(&snake, Spelling::Snake).unwrap(),
            read(&camel, Spelling::Camel).unwrap(),
        );
        assert_eq!(both.0, both.1, "{snake}");
    }
    for (filter, spelling) in [
        (json!({"firstName": {"eq": "A"}}), Spelling::Snake),
        (json!({"first_name": {"eq": "A"}}), Spelling::Camel),
        (json!({"firstname": {"eq": "A"}}), Spelling::Camel),
    ] {
        assert!(read(&filter, spelling).is_err(), "{filter}");
    }
}

#[test]
fn what_does_not_fit_is_told_where_it_is() {
    let many: Vec<Json> = (0..600).map(|_| json!({"score": {"eq": 1}})).collect();
    for (filter, expected) in [
        (json!({"nothing": {"eq": 1}}), "/nothing unknown"),
        (
            json!({"first_name": {"is": "A"}}),
            "/first_name/is unknown_operator",
        ),
        (json!({"first_name": "A"}), "/first_name type"),
        (json!({"first_name": {"eq": 1}}), "/first_name/eq type"),
        (json!({"first_name": {"eq": null}}), "/first_name/eq type"),
        (
            json!({"first_name": {"eq": "a\u{0}"}}),
            "/first_name/eq pattern",
        ),
        (
            json!({"first_name": {"like": "a\\"}}),
            "/first_name/like pattern",
        ),
        (json!({"first_name": {"in": "A"}}), "/first_name/in type"),
        (
            json!({"first_name": {"is_null": "yes"}}),
            "/first_name/is_null type",
        ),
        (json!({"score": {"between": [1]}}), "/score/between type"),
        (
            json!({"score": {"like": "1%"}}),
            "/score/like unknown_operator",
        ),
        (json!({"score": {"eq": 1.5}}), "/score/eq type"),
        (
            json!({"score": {"in": vec![1; 10_001]}}),
            "/score/in too_many",
        ),
        (json!({"fee": {"eq": 1}}), "/fee/eq unknown"),
        (
            json!({"fee": {"amount": {"gt": "much"}}}),
            "/fee/amount/gt type",
        ),
        (
            json!({"marks": {"in": ["a"]}}),
            "/marks/in unknown_operator",
        ),
        (
            json!({"company": {"city": {"eq": "x"}}}),
            "/company/city unknown",
        ),
        (json!({"company": {"eq": "x"}}), "/company/eq unknown"),
        (json!({"company_id": {"eq": "x"}}), "/company_id/eq format"),
        (
            json!({"company_id": {"gt": "x"}}),
            "/company_id/gt unknown_operator",
        ),
        (json!({"tags_ids": {"in": []}}), "/tags_ids unknown"),
        (
            json!({"tags": {"label": {"eq": "x"}}}),
            "/tags/label unknown_operator",
        ),
        (
            json!({"tags": {"some": {"x/y~z": {}}}}),
            "/tags/some/x~1y~0z unknown",
        ),
        (json!({"or": {}}), "/or type"),
        (json!({"or": [{}, 7]}), "/or/1 type"),
        (json!({"not": []}), "/not type"),
        (json!([]), " type"),
        (json!(null), " type"),
        (json!({"or": many}), "/or/"),
        (nested(40), "/not/not"),
    ] {
        let found = places(&read(&filter, Spelling::Snake).unwrap_err());
        assert!(found[0].starts_with(expected), "{found:?} for {expected}");
    }
    assert!(read(&nested(30), Spelling::Snake).is_ok());
}

#[test]
fn a_refusal_names_what_would_have_fitted() {
    let message = |filter: Json, spelling| read(&filter, spelling).unwrap_err().remove(0).message;
    let unknown = message(json!({"firstname": {}}), Spelling::Camel);
    assert!(
        unknown.contains("firstName") && unknown.contains("companyId"),
        "{unknown}"
    );
    let operator = message(json!({"score": {"is": 1}}), Spelling::Camel);
    assert!(
        operator.contains("notIn") && !operator.contains("ilike"),
        "{operator}"
    );
    let part = message(json!({"fee": {"currency": {}}}), Spelling::Camel);
    assert!(part.contains("currencyCode"), "{part}");
    let quantifier = message(json!({"tags": {"any": {}}}), Spelling::Snake);
    assert!(quantifier.contains("some, every, none"), "{quantifier}");
    assert!(message(json!({"x".repeat(10_000): {}}), Spelling::Snake).len() < 1000);
}

#[test]
fn everything_wrong_is_told_at_once() {
    let filter = json!({"a": {}, "score": {"eq": "x", "is": 1}, "or": [{"b": {}}]});
    let found = places(&read(&filter, Spelling::Snake).unwrap_err());
    assert_eq!(
        found,
        [
            "/a unknown",
            "/score/eq type",
            "/score/is unknown_operator",
            "/or/0/b unknown"
        ]
    );
}

/// Filters in which every condition is left empty, or has a list of no values.
fn saying_nothing() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(json!({})),
        Just(json!({"and": []})),
        Just(json!({"first_name": {}})),
        Just(json!({"fee": {"amount": {}}})),
        Just(json!({"company": {}})),
        Just(json!({"tags": {}})),
        Just(json!({"tags": {"every": {}}})),
        Just(json!({"score": {"not_in": []}})),
        Just(json!({"not": {"score": {"in": []}}})),
        Just(json!({"not": {"marks": {"contains_any": []}}})),
        Just(json!({"company": {"name": {"not_in": []}}})),
        Just(json!({"tags": {"none": {"label": {"in": []}}}})),
        Just(json!({"not": {"tags": {"some": {"label": {"in": []}}}}})),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        let condition = Just(json!({"first_name": {"eq": "Ann"}}));
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|all| json!({"and": all})),
            (prop::collection::vec(condition, 0..3), inner.clone()).prop_map(|(mut any, open)| {
                any.push(open);
                json!({"or": any})
            }),
            inner.clone().prop_map(|open| json!({"not": {"not": open}})),
            (inner.clone(), inner)
                .prop_map(|(one, other)| json!({"or": [one.clone()], "and": [other, one]})),
        ]
    })
}

fn check_write(filter: &Json, bounded: bool) -> Result<(), Violation> {
    let read = read(filter, Spelling::Snake).unwrap();
    read.check_write(filter, bounded, Spelling::Snake)
}

proptest! {
    #[test]
    fn a_filter_that_says_nothing_chooses_nothing_for_a_write(filter in saying_nothing(), bounded: bool) {
        let all = bounded && filter == json!({});
        prop_assert_eq!(check_write(&filter, bounded).is_ok(), all, "{}", filter);
        // One condition beside it that must hold too is enough.
        let beside = json!({"and": [filter, {"first_name": {"eq": "Ann"}}]});
        prop_assert!(check_write(&beside, bounded).is_ok(), "{}", beside);
        let instead = json!({"or": [{"first_name": {"eq": "Ann"}}, filter]});
        prop_assert!(check_write(&instead, bounded).is_err(), "{}", instead);
    }
}

#[test]
fn a_filter_without_conditions_chooses_nothing_for_a_write_though_it_finds_nothing() {
    for filter in [
        json!({"or": []}),
        json!({"not": {}}),
        json!({"not": {"and": [{}, {"company": {}}]}}),
        json!({"or": [{"not": {"first_name": {}}}]}),
    ] {
        let refused = check_write(&filter, true).unwrap_err();
        assert_eq!(
            (refused.pointer.as_str(), refused.code),
            ("", "required"),
            "{filter}"
        );
    }
    for filter in [
        json!({"id": {"in": []}}),
        json!({"tags": {"some": {}}}),
        json!({"tags": {"none": {}}}),
        json!({"company_id": {"is_null": false}}),
        json!({"not": {"score": {"gt": 1}}}),
        json!({"company": {"name": {"eq": "Acme"}}}),
        json!({"or": [{"score": {"in": []}}, {"score": {"eq": 1}}]}),
    ] {
        check_write(&filter, false).unwrap();
    }
}

#[test]
fn all_records_of_a_write_are_said_with_a_bound() {
    let message = |bounded| check_write(&json!({}), bounded).unwrap_err().message;
    assert!(
        message(false).contains("`max_affected`"),
        "{}",
        message(false)
    );
    assert!(check_write(&json!({}), true).is_ok());
    let empty = check_write(&json!({"first_name": {}}), true).unwrap_err();
    assert!(empty.message.contains("no condition"), "{}", empty.message);
}
