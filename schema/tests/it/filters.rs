//! The filter language.

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
