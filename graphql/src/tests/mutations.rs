//! From a mutation to a write.

use serde_json::json;
use tessera_compiler::write::{Action, Expected};

use super::support::{errors, message, outline_of, plan, values, write};
use crate::compile::Step;
use crate::response::AffectedPart;
use crate::response::{Answer, Data, affected};

const ID: &str = "01939f8e-0000-7000-8000-000000000001";

#[test]
fn creating_one() {
    let mutation = "mutation($c: OpportunityCreateInput!) { createOpportunity(data: $c) { id amount { amount code: currencyCode } company { name } } }";
    let data =
        json!({"name": "n", "companyId": ID, "amount": {"amount": "12.50", "currencyCode": "EUR"}});
    let write = write(mutation, &json!({"c": data}));
    assert_eq!(
        outline_of(&write.selection),
        "{id: id, amount: amount+code, company: company {name: name}}"
    );
    let Action::Create(record) = write.action else {
        panic!("{:?}", write.action);
    };
    assert_eq!(
        values(&record),
        json!({"name": "n", "amount__amount": "12.50", "amount__currency_code": "EUR", "company_id": ID})
    );
}

#[test]
fn creating_many_reports_every_bad_record() {
    let mutation = "mutation($c: [ContactCreateInput!]!) { createContacts(data: $c) { id } }";
    let good = json!({"lastName": "a", "tagsIds": [ID]});
    let Action::CreateMany(records) =
        write(mutation, &json!({"c": [good, {"lastName": "b"}]})).action
    else {
        panic!("many");
    };
    assert_eq!((records.len(), records[0].links.len()), (2, 1));
    let found = errors(
        mutation,
        &json!({"c": [{"lastName": "a", "status": "no"}, {"lastName": "a", "born": "x"}]}),
    );
    let [error] = found.as_slice() else {
        panic!("{found:?}");
    };
    let pointers: Vec<_> = error
        .extensions
        .errors
        .iter()
        .map(|violation| violation.pointer.as_str())
        .collect();
    assert_eq!(
        (error.extensions.code, pointers),
        ("invalid", vec!["/0/status", "/1/born"])
    );
    assert_eq!(error.path, ["createContacts"]);
}

#[test]
fn what_is_required_is_required_by_the_schema() {
    assert!(
        message(
            "mutation { createContact(data: {firstName: \"a\"}) { id } }",
            &json!({})
        )
        .contains("lastName")
    );
    let by_variable = "mutation($d: ContactCreateInput!) { createContact(data: $d) { id } }";
    assert_eq!(
        message(by_variable, &json!({"d": {}})),
        "$d.lastName: a value of type `String!` is required"
    );
}

#[test]
fn the_other_writes() {
    let one = |field: &str| write(&format!("mutation {{ {field} {{ id }} }}"), &json!({})).action;
    assert!(matches!(
        one(&format!("deleteContact(id: \"{ID}\")")),
        Action::Delete { expected: None, .. }
    ));
    assert!(matches!(
        one(&format!("restoreContact(id: \"{ID}\")")),
        Action::Restore { .. }
    ));
    assert!(matches!(
        one(&format!("destroyContact(id: \"{ID}\")")),
        Action::Destroy { expected: None, .. }
    ));
    let update = one(&format!(
        "updateContact(id: \"{ID}\", data: {{firstName: \"a\"}}, ifVersion: 3)"
    ));
    assert!(matches!(
        update,
        Action::Update {
            expected: Some(Expected::Version(3)),
            ..
        }
    ));
}

#[test]
fn writes_by_filter() {
    let text = "mutation { updateContacts(filter: {status: {eq: \"lead\"}}, data: {status: \"won\"}) { n: affected __typename } }";
    let planned = plan(text, &json!({})).expect("valid").swap_remove(0);
    let Ok(Step::WriteMany(write, _, parts)) = planned.step else {
        panic!("{planned:?}");
    };
    assert!(matches!(write.action, Action::UpdateWhere { .. }));
    assert_eq!(parts[0], ("n".to_owned(), AffectedPart::Count));
    assert_eq!(affected(&parts, 3), r#"{"n":3,"__typename":"Affected"}"#);
}

#[test]
fn an_omitted_variable_never_widens_a_write_to_all() {
    for filter in [
        "{}",
        "{and: []}",
        "{status: {eq: $s}}",
        "{company: {}}",
        "{company: {name: {eq: $s}}}",
        "{or: [{}, {status: {eq: \"won\"}}]}",
        "{not: {not: {status: {eq: $s}}}}",
        "{not: {status: {eq: $s}}}",
        "{status: {notIn: []}}",
    ] {
        for most in ["", ", maxAffected: 5"] {
            let text = format!(
                "mutation($s: String) {{ deleteContacts(filter: {filter}{most}) {{ affected }} a: deleteContacts(filter: {{status: {{eq: $s, neq: \"won\"}}}}) {{ affected }} }}"
            );
            let found = errors(&text, &json!({}));
            if (filter, most.is_empty()) == ("{}", false) {
                assert!(found.is_empty(), "{found:?}");
                continue;
            }
            assert_eq!(found.len(), 1, "{filter} {found:?}");
            assert_eq!(found[0].extensions.errors[0].pointer.as_str(), "/filter");
        }
    }
    let text =
        "mutation($f: ContactFilter!) { deleteContacts(filter: $f, maxAffected: 5) { affected } }";
    assert!(errors(text, &json!({"f": {}})).is_empty());
    assert_eq!(errors(text, &json!({"f": {"status": {}}})).len(), 1);
    let part = "mutation($s: SelectValueFilter) { deleteContacts(filter: {status: $s}, maxAffected: 5) { affected } }";
    assert_eq!(errors(part, &json!({})).len(), 1);
    assert!(errors(part, &json!({"s": {"eq": "won"}})).is_empty());
}

#[test]
fn answers_are_put_together_from_bytes() {
    let fields = vec![
        ("a".to_owned(), r#"{"x":1}"#.into()),
        ("b".to_owned(), "null".into()),
    ];
    let answer = Answer {
        data: Data::Fields(fields),
        errors: Vec::new(),
    };
    assert_eq!(answer.to_body(), br#"{"data":{"a":{"x":1},"b":null}}"#);
    let error = errors("{ contact(id: \"x\") { id } }", &json!({}));
    let text = String::from_utf8(Answer::failed(error).to_body()).expect("UTF-8");
    let expected = r#"{"errors":[{"message":"a UUID is expected","locations":[{"line":1,"column":3}],"path":["contact"],"extensions":{"code":"malformed","errors":[{"pointer":"/id","code":"format","message":"a UUID is expected"}]}}],"data":null}"#;
    assert_eq!(text, expected);
}
