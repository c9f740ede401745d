//! Absent and null are two things, from the variables to the write.

use serde_json::{Value as Json, json};
use tessera_compiler::write::Action;

use super::support::{connection, message, values, write};

const ID: &str = "01939f8e-0000-7000-8000-000000000001";

/// The columns that an update touches, with their values.
fn changes(mutation: &str, variables: &Json) -> Json {
    match write(mutation, variables).action {
        Action::Update { changes, .. } => values(&changes),
        other => panic!("{other:?}"),
    }
}

#[test]
fn absent_stays_absent_and_null_stays_null() {
    let one = |data: &str| {
        format!(
            "mutation($a: String, $b: Int) {{ updateContact(id: \"{ID}\", data: {data}) {{ id }} }}"
        )
    };
    let whole = format!(
        "mutation($d: ContactUpdateInput!) {{ updateContact(id: \"{ID}\", data: $d) {{ id }} }}"
    );
    for (mutation, variables, expected) in [
        (
            one("{firstName: $a, leadScore: $b}"),
            json!({"a": "x"}),
            json!({"first_name": "x"}),
        ),
        (
            one("{firstName: $a, leadScore: $b}"),
            json!({"a": null, "b": 1}),
            json!({"first_name": null, "lead_score": 1}),
        ),
        (one("{firstName: $a, leadScore: $b}"), json!({}), json!({})),
        (
            one("{firstName: null, leadScore: $b, line_2: $a}"),
            json!({"a": "x"}),
            json!({"first_name": null, "line_2": "x"}),
        ),
        (
            whole.clone(),
            json!({"d": {"firstName": null}}),
            json!({"first_name": null}),
        ),
        (whole.clone(), json!({"d": {}}), json!({})),
        (
            whole,
            json!({"d": {"interests": "a", "companyId": null}}),
            json!({"interests": ["a"], "company_id": null}),
        ),
    ] {
        assert_eq!(
            changes(&mutation, &variables),
            expected,
            "{mutation} {variables}"
        );
    }
}

#[test]
fn defaults_stand_in_for_absent_variables_only() {
    let mutation = format!(
        "mutation($a: String = \"d\") {{ updateContact(id: \"{ID}\", data: {{firstName: $a}}) {{ id }} }}"
    );
    assert_eq!(changes(&mutation, &json!({})), json!({"first_name": "d"}));
    assert_eq!(
        changes(&mutation, &json!({"a": null})),
        json!({"first_name": null})
    );
}

#[test]
fn an_omitted_argument_is_as_if_it_were_not_there() {
    let found = connection(
        "query($n: Int, $f: ContactFilter) { contacts(first: $n, filter: $f) { totalCount } }",
        &json!({}),
    );
    assert_eq!(found.window.limit, 50);
    assert!(found.filter.is_all());
}

#[test]
fn an_omitted_variable_is_null_in_a_list_and_gone_from_an_object() {
    let mutation = format!(
        "mutation($a: String, $b: String) {{ updateContact(id: \"{ID}\", data: {{extra: {{l: [$a, $b], a: $a, b: $b}}}}) {{ id }} }}"
    );
    assert_eq!(
        changes(&mutation, &json!({"a": "x"})),
        json!({"extra": {"l": ["x", null], "a": "x"}})
    );
}

#[test]
fn variables_stand_where_their_types_fit() {
    let query = |ty: &str| format!("query($f: {ty}) {{ contacts(first: $f) {{ totalCount }} }}");
    assert_eq!(connection(&query("Int!"), &json!({"f": 7})).window.limit, 7);
    assert_eq!(connection(&query("Int! = 3"), &json!({})).window.limit, 3);
    assert!(
        message(&query("String"), &json!({"f": "7"}))
            .contains("`String` stands where `Int` is expected")
    );
    let lists = "query($o: [ContactOrderBy!]!) { contacts(orderBy: $o) { totalCount } }";
    assert_eq!(
        connection(lists, &json!({"o": [{"lastName": "ASC"}]}))
            .sort
            .0
            .len(),
        1
    );
    let id = "query($id: UUID) { contact(id: $id) { id } }";
    assert!(message(id, &json!({"id": ID})).contains("`UUID` stands where `UUID!` is expected"));
}

#[test]
fn values_must_be_of_their_types() {
    for (ty, value) in [
        ("Int!", json!(null)),
        ("Int", json!("7")),
        ("Int", json!(1.5)),
        ("Int", json!([1])),
        ("Int", json!({"a": 1})),
        ("ContactFilter", json!("x")),
        ("ContactFilter", json!({"nonsense": 1})),
        ("ContactFilter", json!({"firstName": "x"})),
        ("[ContactOrderBy!]", json!([null])),
        ("[ContactOrderBy!]", json!([{"lastName": "UP"}])),
    ] {
        let argument = match ty.trim_matches(['[', ']', '!']) {
            "Int" => "first",
            "ContactFilter" => "filter",
            _ => "orderBy",
        };
        let query = format!("query($v: {ty}) {{ contacts({argument}: $v) {{ totalCount }} }}");
        assert!(
            message(&query, &json!({"v": value})).starts_with("$v"),
            "{ty} {value}"
        );
    }
}

#[test]
fn integers_have_the_bits_of_their_type() {
    let uses = |ty: &str| {
        format!("mutation($n: {ty}!) {{ updateTag(id: \"{ID}\", data: {{uses: $n}}) {{ id }} }}")
    };
    for (given, expected) in [
        (json!(5), 5),
        (json!(5_000_000_000_i64), 5_000_000_000),
        (json!("9007199254740993"), 9_007_199_254_740_993_i64),
        (json!(i64::MIN), i64::MIN),
    ] {
        let found = changes(&uses("BigInt"), &json!({"n": given}));
        assert_eq!(found, json!({"uses": expected}));
    }
    for wrong in [json!(1.5), json!("1.5"), json!(u64::MAX), json!(true)] {
        let message = message(&uses("BigInt"), &json!({"n": wrong}));
        assert!(message.starts_with("$n"), "{message}");
    }
    let score = |variable: &str, value: &str| {
        format!(
            "mutation{variable} {{ updateContact(id: \"{ID}\", data: {{leadScore: {value}}}) {{ id }} }}"
        )
    };
    let variable = score("($n: Int)", "$n");
    for (mutation, n) in [
        (&variable, json!(2_147_483_648_i64)),
        (&score("", "-2147483649"), json!(null)),
    ] {
        let message = message(mutation, &json!({"n": n}));
        assert!(message.contains("`min` or `max`"), "{message}");
    }
    let strings = message(&variable, &json!({"n": "2147483648"}));
    assert!(strings.contains("`Int` is expected"), "{strings}");
}
