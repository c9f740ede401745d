//! What does not fit is refused in the same words, whether or not a request of the shape was planned before.

use reqwest::Method;
use serde_json::{Value as Json, json};
use std::sync::Arc;

use super::{ANN, Crm, DAN, id};
use crate::support::client::with_parameters;
use crate::support::shared::Server;

/// Stands for a cursor in a path.
const CURSOR: &str = "CURSOR";

type Request = (&'static str, String, Json);

/// Requests that are answered, and others much like them that are not.
fn requests() -> (Vec<Request>, Vec<Request>) {
    let filtered = |filter: Json| {
        let path = with_parameters("contacts", &[("filter", &filter.to_string())]);
        ("GET", path, Json::Null)
    };
    let list =
        |parameters: &[(&str, &str)]| ("GET", with_parameters("contacts", parameters), Json::Null);
    let filters = [
        (
            json!({"lead_score": {"eq": 1}}),
            vec![
                json!(1.5),
                json!("x"),
                json!(true),
                json!(null),
                json!([1]),
                json!({}),
                json!(1e30),
            ],
        ),
        (
            json!({"lead_score": {"eq": "1"}}),
            vec![
                json!("1.5"),
                json!("1e3"),
                json!("inf"),
                json!("99999999999999999999"),
            ],
        ),
        (
            json!({"lead_score": {"eq": 1.0}}),
            vec![json!(1.5), json!(1e300)],
        ),
        (
            json!({"lead_score": {"in": [1]}}),
            vec![json!([1, 1.5]), json!([null]), json!(1)],
        ),
        (
            json!({"lead_score": {"between": [1, 2]}}),
            vec![json!([1]), json!([1, 2, 3])],
        ),
        (
            json!({"id": {"eq": id(ANN)}}),
            vec![json!("x"), json!("5"), json!(5)],
        ),
        (
            json!({"id": {"in": [id(ANN)]}}),
            vec![json!(["x"]), json!([id(ANN), "x"])],
        ),
        (
            json!({"city": {"in": ["Riga"]}}),
            vec![json!([5]), json!("Riga")],
        ),
        (
            json!({"city": {"like": "R%"}}),
            vec![json!("R\\"), json!("R\u{0}")],
        ),
        (
            json!({"birthday": {"gt": "1990-01-01"}}),
            vec![json!("1990-02-30"), json!("soon"), json!("10000")],
        ),
        (
            json!({"status": {"eq": "lead"}}),
            vec![json!(5), json!(["lead"])],
        ),
        (
            json!({"tags": {"contains_all": ["vip"]}}),
            vec![json!([5]), json!(["vip", null]), json!("vip")],
        ),
    ];
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (filter, operands) in filters {
        let (key, inner) = filter.as_object().unwrap().iter().next().unwrap();
        let (operator, _) = inner.as_object().unwrap().iter().next().unwrap();
        for operand in operands {
            bad.push(filtered(json!({key: {operator: operand}})));
        }
        good.push(filtered(filter));
    }
    good.extend([
        ("GET", format!("contacts/{}", id(ANN)), Json::Null),
        ("DELETE", format!("contacts/{}", id(DAN)), Json::Null),
        ("POST", format!("contacts/{}/restore", id(DAN)), Json::Null),
    ]);
    bad.extend([
        list(&[("after", "x")]),
        list(&[("after", "")]),
        list(&[("before", "x")]),
        list(&[("after", &id(ANN)), ("before", &id(ANN))]),
        list(&[("filter", "{")]),
        list(&[("filter", "[]")]),
        ("GET", "contacts/x".into(), Json::Null),
        ("GET", format!("contacts/{}", id(99)), Json::Null),
        ("DELETE", "contacts/x".into(), Json::Null),
        ("DELETE", format!("contacts/{}", id(99)), Json::Null),
        ("POST", "contacts/x/restore".into(), Json::Null),
        ("POST", format!("contacts/{}/restore", id(99)), Json::Null),
    ]);
    let many = |method, operand: Json, body: Json| {
        let filter = json!({"lead_score": {"eq": operand}}).to_string();
        let path = with_parameters("contacts", &[("filter", &filter)]);
        (method, path, body)
    };
    let title = |title: Json| json!({"title": title});
    good.extend([
        many("PATCH", json!(77), title(json!("x"))),
        many("DELETE", json!(77), Json::Null),
    ]);
    for misfit in [json!(1.5), json!("x"), json!(1e30), json!(null), json!([1])] {
        bad.extend([
            many("PATCH", misfit.clone(), title(json!("x"))),
            many("PATCH", misfit.clone(), title(json!(5))),
            many("DELETE", misfit, Json::Null),
        ]);
    }
    bad.push(many("PATCH", json!(77), title(json!(5))));
    let long: Vec<_> = (0..10_001).map(|n| n.to_string()).collect();
    let aggregate = |operator: &str, operand: Json| {
        let body = json!({"group_by": ["stage"], "aggregates": {"n": {"count": "*"}}, "filter": {"close_date": {operator: operand}, "name": {"in": ["x"]}}});
        ("POST", "opportunities/aggregate".to_owned(), body)
    };
    let named = |names: Json| {
        let (method, path, mut body) = aggregate("lt", json!("2020-01-01"));
        body["filter"]["name"]["in"] = names;
        (method, path, body)
    };
    good.push(aggregate("lt", json!("2020-01-01")));
    bad.extend([
        aggregate("lt", json!("2020-02-30")),
        aggregate("lt", json!(null)),
        aggregate("lt", json!(5)),
        aggregate("up", json!("2020-01-01")),
        named(json!(long)),
        named(json!(["x", 5])),
        named(json!("x")),
    ]);
    let values = [
        (
            "lead_score",
            json!(1),
            vec![
                json!("x"),
                json!(1.5),
                json!(1e30),
                json!([1]),
                json!("99999999999999999999"),
            ],
        ),
        (
            "email",
            json!("w@x.test"),
            vec![json!("no address"), json!(5), json!("ann@x.test")],
        ),
        (
            "company_id",
            json!(id(2)),
            vec![json!("x"), json!(id(98)), json!(5)],
        ),
        (
            "birthday",
            json!("2000-01-01"),
            vec![json!("2000-02-30"), json!(5)],
        ),
        (
            "status",
            json!("lead"),
            vec![json!("no such"), json!(["lead"])],
        ),
        (
            "tags",
            json!(["vip"]),
            vec![json!(["no such"]), json!("vip"), json!([null])],
        ),
        (
            "address",
            json!({"city": "x"}),
            vec![
                json!({"town": "x"}),
                json!({"latitude": 91}),
                json!("x"),
                json!({"city": 5}),
            ],
        ),
        ("do_not_call", json!(true), vec![json!("true"), json!(1)]),
        (
            "last_name",
            json!("x"),
            vec![json!("x".repeat(121)), json!("a\u{0}"), json!(5)],
        ),
    ];
    for (key, value, misfits) in values {
        let with = |value: &Json| {
            let record = json!({key: value});
            [
                ("POST", "contacts".to_owned(), record.clone()),
                ("PATCH", format!("contacts/{}", id(DAN)), record.clone()),
                ("POST", "contacts".to_owned(), json!([record])),
            ]
        };
        // An address of mail is unique.
        let several = usize::from(key == "email");
        good.extend(with(&value).into_iter().take(3 - 2 * several));
        for misfit in misfits {
            bad.extend(with(&misfit));
        }
    }
    let upsert = |record: Json| ("POST", "contacts/upsert?on=email".to_owned(), record);
    good.push(upsert(json!({"email": "ann@x.test", "lead_score": 5})));
    bad.extend([
        upsert(json!({"email": "x", "lead_score": 5})),
        upsert(json!({"email": "ann@x.test", "lead_score": "x"})),
        upsert(json!([])),
        upsert(json!([{"email": "v@x.test"}, {"email": "v@x.test"}])),
    ]);
    (good, bad)
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_refused_in_the_same_words() {
    let server = Arc::new(Server::start().await);
    let warm = Crm::at(Arc::clone(&server)).await;
    let cold = Crm::at(server).await;
    let (mut good, mut bad) = requests();
    // A cursor fits the tenant that it comes from, so each has its own.
    let own = async |crm: &Crm| {
        let page = [("limit", "1"), ("sort", "last_name")];
        let page = with_parameters("/api/v1/contacts", &page);
        let page = crm.tenant.get(&page).await.ok();
        page["page"]["next"].as_str().unwrap().to_owned()
    };
    let (own_of_warm, own_of_cold) = (own(&warm).await, own(&cold).await);
    let from =
        |parameters: &[(&str, &str)]| ("GET", with_parameters("contacts", parameters), Json::Null);
    let longer = format!("{CURSOR}A");
    for direction in ["after", "before"] {
        good.push(from(&[("sort", "last_name"), (direction, CURSOR)]));
        bad.extend([
            from(&[("sort", "-last_name"), (direction, CURSOR)]),
            from(&[
                ("sort", "last_name"),
                ("deleted", "only"),
                (direction, CURSOR),
            ]),
            from(&[("sort", "last_name"), (direction, &longer)]),
            from(&[("sort", "last_name"), (direction, "")]),
            from(&[("sort", "last_name"), (direction, &id(ANN))]),
        ]);
    }
    let send = async |(crm, cursor): (&Crm, &str), (method, path, body): &Request| {
        let path = format!("/api/v1/{}", path.replace(CURSOR, cursor));
        let body = (!body.is_null()).then(|| body.clone());
        let answer = crm
            .tenant
            .send(method.parse::<Method>().unwrap(), &path, body)
            .await;
        (answer.status, answer.text)
    };
    for request in &good {
        let (status, text) = send((&warm, &own_of_warm), request).await;
        assert!(status < 300, "{request:?}: {text}");
    }
    let mut wrong = Vec::new();
    for request in &bad {
        let (status, text) = send((&cold, &own_of_cold), request).await;
        let again = send((&warm, &own_of_warm), request).await;
        if again != (status, text.clone()) {
            wrong.push(format!(
                "{request:?}: {status} {text}\n    and then {again:?}"
            ));
        }
        if status < 400 {
            wrong.push(format!("{request:?} is no misfit: {status} {text}"));
        }
    }
    for told in &mut wrong {
        *told = told.chars().take(1500).collect();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
