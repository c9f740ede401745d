//! Numbers keep their digits, wherever they come in.

use serde_json::{Value as Json, json};

use crate::support::Tenant;
use crate::support::client::with_parameters;

/// A field, a number as it is written in a request, and how it is answered.
const NUMBERS: [(&str, &str, &str); 25] = [
    (
        "price",
        "123456789123456.12345",
        "\"123456789123456.12345\"",
    ),
    (
        "price",
        "99999999999999999999.99",
        "\"99999999999999999999.99\"",
    ),
    ("price", "-0.10", "\"-0.10\""),
    (
        "price",
        "0.1000000000000000055511151231257827",
        "\"0.1000000000000000055511151231257827\"",
    ),
    ("price", "1e2", "\"100\""),
    ("price", "1.5E-3", "\"0.0015\""),
    (
        "price",
        "12345678901234567890e3",
        "\"12345678901234567890000\"",
    ),
    (
        "price",
        "\"98765432109876543210.12345\"",
        "\"98765432109876543210.12345\"",
    ),
    (
        "worth",
        "1234567890123456.7891",
        "\"1234567890123456.7891\"",
    ),
    ("worth", "9007199254740993", "\"9007199254740993\""),
    ("worth", "0.3", "\"0.3\""),
    ("worth", "12.5e1", "\"125\""),
    ("large", "9007199254740993", "\"9007199254740993\""),
    ("large", "-9223372036854775808", "\"-9223372036854775808\""),
    (
        "large",
        "\"9223372036854775807\"",
        "\"9223372036854775807\"",
    ),
    ("large", "42", "42"),
    ("small", "2147483647", "2147483647"),
    ("small", "-7", "-7"),
    ("share", "33.333333333333336", "33.333333333333336"),
    ("share", "0.1", "0.1"),
    ("ratio", "0.30000000000000004", "0.30000000000000004"),
    ("ratio", "1.7976931348623157e308", "1.7976931348623157e+308"),
    ("ratio", "5e-324", "5e-324"),
    ("ratio", "9007199254740993", "9007199254740992"),
    ("ratio", "1e2", "100"),
];

fn read(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// A value of a field around a number.
fn value(field: &str, number: &Json) -> Json {
    match field {
        "worth" => json!({"amount": number, "currency_code": "EUR"}),
        _ => number.clone(),
    }
}

fn condition(field: &str, number: &Json) -> Json {
    match field {
        "worth" => json!({"worth": {"amount": {"eq": number}}}),
        _ => json!({field: {"eq": number}}),
    }
}

/// The number of a value as it is answered.
fn number<'a>(record: &'a Json, field: &str) -> &'a Json {
    match field {
        "worth" => &record[field]["amount"],
        _ => &record[field],
    }
}

/// Whether both are one number; how its exponent is written does not matter.
fn same(answered: &Json, expected: &str) -> bool {
    let expected = read(expected);
    let double = |value: &Json| value.as_number().and_then(serde_json::Number::as_f64);
    *answered == expected || (expected.is_number() && double(answered) == double(&expected))
}

async fn tenant() -> Tenant {
    let tenant = Tenant::new().await;
    let fields = json!([
        {"api_name": "code", "type": "text", "unique": true},
        {"api_name": "price", "type": "decimal", "settings": {"precision": 80, "scale": 40}},
        {"api_name": "worth", "type": "currency"},
        {"api_name": "large", "type": "integer", "settings": {"max": i64::MAX}},
        {"api_name": "small", "type": "integer"},
        {"api_name": "share", "type": "percent"},
        {"api_name": "ratio", "type": "float"},
        {"api_name": "document", "type": "json"},
    ]);
    tenant.object("part", fields).await;
    tenant
}

/// Without the zeros that a fixed scale adds.
fn trimmed(answered: &Json) -> Json {
    match answered.as_str() {
        Some(text) if text.contains('.') => {
            json!(text.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => answered.clone(),
    }
}

fn is(answered: &Json, expected: &str) -> bool {
    same(answered, expected) || trimmed(answered) == trimmed(&read(expected))
}

#[tokio::test]
async fn records_keep_digits_over_rest() {
    let tenant = tenant().await;
    let path = "/api/v1/parts";
    for (at, (field, written, expected)) in NUMBERS.into_iter().enumerate() {
        let given = value(field, &read(written));
        let check = |record: &Json, door: &str| {
            let answered = number(record, field);
            assert!(
                is(answered, expected),
                "{door} {field} {written}: {answered}"
            );
        };
        let made = tenant.create("parts", json!({field: given})).await;
        check(&made, "create");
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        check(&tenant.get(&one).await.ok(), "read");
        let many = tenant
            .post(path, json!([{field: given}, {field: given}]))
            .await
            .created();
        check(&many["data"][1], "bulk");
        let empty = tenant.patch(&one, json!({field: null})).await.ok();
        assert_eq!(empty[field], json!(null));
        check(
            &tenant.patch(&one, json!({field: given})).await.ok(),
            "update",
        );
        let upsert = json!({"code": at.to_string(), field: given});
        let upsert_path = format!("{path}/upsert?on=code");
        let new = tenant.post(&upsert_path, upsert.clone()).await.created();
        check(&new, "upsert");
        check(
            &tenant.post(&upsert_path, upsert).await.ok(),
            "upsert again",
        );
        let batch =
            json!({"operations": [{"method": "POST", "path": "/parts", "body": {field: given}}]});
        let done = tenant.post("/api/v1/batch", batch).await.ok();
        check(&done["results"][0]["body"], "batch");

        let filter = condition(field, &read(written)).to_string();
        let found = tenant
            .find(path, &[("filter", &filter), ("limit", "1000")])
            .await
            .ok();
        assert_eq!(
            found["data"].as_array().unwrap().len(),
            5,
            "filter {field} {written}"
        );
        let all = [("filter", filter.as_str())];
        let cleared = with_parameters(path, &all);
        let cleared = tenant.patch(&cleared, json!({field: null})).await.ok();
        assert_eq!(cleared["affected"], 5, "update by filter {field} {written}");
    }
}

#[tokio::test]
async fn records_keep_digits_over_graphql() {
    let tenant = tenant().await;
    for (field, written, expected) in NUMBERS {
        let shown = if field == "worth" {
            "worth { amount }"
        } else {
            field
        };
        let given = value(field, &read(written));
        let literal = match field {
            "worth" => format!("{{amount: {written}, currencyCode: \"EUR\"}}"),
            _ => written.to_owned(),
        };
        let camel =
            |value: &Json| read(&value.to_string().replace("currency_code", "currencyCode"));
        let check = |record: &Json, door: &str| {
            let answered = number(record, field);
            assert!(
                is(answered, expected),
                "{door} {field} {written}: {answered}"
            );
        };
        let by_variable = format!(
            "mutation($d: PartCreateInput!) {{ made: createPart(data: $d) {{ id {shown} }} }}"
        );
        let data = json!({field: camel(&given)});
        let made = tenant.data(&by_variable, json!({"d": data})).await;
        check(&made["made"], "variable");
        let by_literal = format!(
            "mutation {{ made: createPart(data: {{{field}: {literal}}}) {{ id {shown} }} }}"
        );
        check(
            &tenant.data(&by_literal, json!({})).await["made"],
            "literal",
        );

        let condition = condition(field, &read(written));
        let find =
            format!("query($f: PartFilter) {{ parts(filter: $f) {{ nodes {{ {shown} }} }} }}");
        let found = tenant.data(&find, json!({"f": condition})).await;
        assert_eq!(
            found["parts"]["nodes"].as_array().unwrap().len(),
            2,
            "filter {field} {written}"
        );
        let literal = match field {
            "worth" => format!("{{worth: {{amount: {{eq: {written}}}}}}}"),
            _ => format!("{{{field}: {{eq: {written}}}}}"),
        };
        let delete = format!("mutation {{ deleteParts(filter: {literal}) {{ affected }} }}");
        let deleted = tenant.data(&delete, json!({})).await;
        assert_eq!(
            deleted["deleteParts"]["affected"], 2,
            "literal in a filter {field} {written}"
        );
    }
}

#[tokio::test]
async fn definitions_keep_digits() {
    let tenant = tenant().await;
    let fields = "/api/v1/metadata/objects/part/fields";
    let default = json!({"api_name": "fee", "type": "decimal", "settings": {"min": read("-99999999999999999999.99"), "max": read("99999999999999999999.99"), "precision": 80, "scale": 40},
        "default_value": read("12345678901234567890.12")});
    let made = tenant.post(fields, default).await.created();
    assert_eq!(made["default_value"], read("12345678901234567890.12"));
    assert_eq!(made["settings"]["max"], read("99999999999999999999.99"));
    let record = tenant.create("parts", json!({})).await;
    assert!(
        is(&record["fee"], "\"12345678901234567890.12\""),
        "{record}"
    );
    for (number, refusal) in [
        ("99999999999999999999.99", "201"),
        ("\"99999999999999999999.99\"", "201"),
        ("-99999999999999999999.99", "201"),
        ("99999999999999999999.991", "422 /fee maximum"),
        ("\"99999999999999999999.991\"", "422 /fee maximum"),
        ("-99999999999999999999.991", "422 /fee minimum"),
        ("\"-99999999999999999999.991\"", "422 /fee minimum"),
    ] {
        let answer = tenant
            .post("/api/v1/parts", json!({"fee": read(number)}))
            .await;
        assert_eq!(answer.refusal(), refusal, "{number}");
    }
    for (settings, refusal) in [
        (
            r#"{"min": 9007199254740993, "max": 9007199254740992}"#,
            "422 /settings/max minimum",
        ),
        (
            r#"{"min": 9007199254740992, "max": 9007199254740993}"#,
            "201",
        ),
        (r#"{"max": 1e500}"#, "422 /settings/max maximum"),
        (r#"{"max": 1e999999999}"#, "422 /settings/max maximum"),
        (r#"{"precision": 1e1, "scale": 2.0}"#, "201"),
    ] {
        let field = json!({"api_name": "fee2", "type": "decimal", "settings": read(settings)});
        let answer = tenant.post(fields, field).await;
        assert_eq!(answer.refusal(), refusal, "{settings}");
        if refusal == "201" {
            tenant.delete(&format!("{fields}/fee2?confirm=fee2")).await;
        }
    }
}

#[tokio::test]
async fn documents_give_back_the_numbers_they_were_given() {
    let tenant = tenant().await;
    for (written, answered) in [
        ("99999999999999999999.99", "99999999999999999999.99"),
        ("1.10", "1.10"),
        (
            "0.1000000000000000055511151231257827",
            "0.1000000000000000055511151231257827",
        ),
        ("1e2", "100"),
        ("1e-7", "0.0000001"),
        ("9007199254740993", "9007199254740993"),
    ] {
        let document = json!({"a": [read(written)]});
        let made = tenant.create("parts", json!({"document": document})).await;
        assert_eq!(
            made["document"].to_string(),
            format!("{{\"a\":[{answered}]}}")
        );
        let query = "query($f: PartFilter) { parts(filter: $f) { nodes { document } } }";
        let filter = json!({"document": {"contains": document}});
        let found = tenant.data(query, json!({"f": filter})).await;
        assert_eq!(
            found["parts"]["nodes"][0]["document"], made["document"],
            "{written}"
        );
    }
    for written in ["1e401", "-1e-401", "1e200000", "[{\"a\": 1e999999999999}]"] {
        let answer = tenant
            .post("/api/v1/parts", json!({"document": read(written)}))
            .await;
        assert_eq!(answer.refusal(), "422 /document precision", "{written}");
    }
}

#[tokio::test]
async fn a_number_that_no_column_holds_is_refused() {
    let tenant = tenant().await;
    for (field, written, refusal) in [
        ("price", "1e999999999", "422 /price type"),
        ("price", "1e140", "422 /price type"),
        ("small", "1e400", "422 /small type"),
        ("small", "1.5e0", "422 /small type"),
        ("large", "9223372036854775808", "422 /large maximum"),
        ("share", "1e309", "422 /share maximum"),
        ("ratio", "-1e999", "422 /ratio maximum"),
    ] {
        let answer = tenant
            .post("/api/v1/parts", json!({field: read(written)}))
            .await;
        assert_eq!(answer.refusal(), refusal, "{field} {written}");
    }
}

#[tokio::test]
async fn conditions_on_groups_keep_digits() {
    let tenant = tenant().await;
    for price in ["99999999999999999999.98", "99999999999999999999.99"] {
        tenant.create("parts", json!({"price": read(price)})).await;
    }
    for (most, count) in [
        ("99999999999999999999.98", 1),
        ("99999999999999999999.99", 2),
        ("\"99999999999999999999.98\"", 1),
    ] {
        let body = json!({"group_by": ["price"], "aggregates": {"top": {"max": "price"}}, "having": {"top": {"lte": read(most)}}});
        let groups = tenant.post("/api/v1/parts/aggregate", body).await.ok();
        assert_eq!(groups["data"].as_array().unwrap().len(), count, "{most}");
        let query = format!(
            "{{ partsGroupBy(groupBy: [{{price: true}}], having: {{max: {{price: {{lte: {most}}}}}}}) {{ count }} }}"
        );
        let groups = tenant.data(&query, json!({})).await;
        assert_eq!(
            groups["partsGroupBy"].as_array().unwrap().len(),
            count,
            "{most}"
        );
    }
}
