//! Requests to `/api/v1`: what differs in their values.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{ACME, ANN, BOB, Crm, DAN, NOTHING, id};
use crate::support::Answer;
use crate::support::client::with_parameters;

/// One request: what is asked and sent, and what of the answer is looked at.
struct Sent {
    method: &'static str,
    path: String,
    body: Json,
    status: u16,
    expected: Json,
}

fn list(parameters: &[(&str, &str)], names: &[&str]) -> Sent {
    let parameters = [parameters, &[("fields", "last_name")]].concat();
    let records = names.iter().map(|name| json!({"last_name": name}));
    let records: Json = records.collect();
    sent(
        "GET",
        with_parameters("contacts", &parameters),
        Json::Null,
        200,
        json!({"data": records}),
    )
}

fn sent(
    method: &'static str,
    path: impl Into<String>,
    body: Json,
    status: u16,
    expected: Json,
) -> Sent {
    Sent {
        method,
        path: path.into(),
        body,
        status,
        expected,
    }
}

impl Crm {
    async fn send(&self, sent: &Sent) -> Answer {
        let path = format!("/api/v1/{}", sent.path);
        let body = (!sent.body.is_null()).then(|| sent.body.clone());
        self.tenant
            .send(sent.method.parse::<Method>().unwrap(), &path, body)
            .await
    }
}

fn change_where(name: &str, body: Json, affected: u64) -> Sent {
    let filter = json!({"last_name": {"eq": name}}).to_string();
    let path = with_parameters("contacts", &[("filter", &filter)]);
    sent("PATCH", path, body, 200, json!({"affected": affected}))
}

/// No more than one.
fn delete_where(names: &[&str], status: u16, expected: Json) -> Sent {
    let filter = json!({"last_name": {"in": names}}).to_string();
    let parameters = [("filter", filter.as_str()), ("max_affected", "1")];
    let path = with_parameters("contacts", &parameters);
    sent("DELETE", path, Json::Null, status, expected)
}

/// Requests of one shape after the other.
fn shapes() -> Vec<Vec<Sent>> {
    let filter = |filter: Json, names: &[&str]| list(&[("filter", &filter.to_string())], names);
    let one = |n: usize| format!("contacts/{}?fields=last_name,company.name", id(n));
    let shown = |name: &str, city: &str| json!({"last_name": name, "city": city});
    let groups = |stage: &str, groups: Json| {
        let body = json!({"group_by": ["stage"], "aggregates": {"n": {"count": "*"}}, "filter": {"contact": {"last_name": {"eq": stage}}}});
        sent(
            "POST",
            "opportunities/aggregate",
            body,
            200,
            json!({"data": groups}),
        )
    };
    vec![
        vec![
            filter(json!({"city": {"eq": "Riga"}}), &["Ann", "Cid"]),
            filter(json!({"city": {"eq": "Oslo"}}), &["Bob"]),
            filter(json!({"city": {"eq": "x"}}), &[]),
        ],
        vec![
            filter(json!({"city": {"in": ["Riga"]}}), &["Ann", "Cid"]),
            filter(json!({"city": {"in": ["Oslo", "Bonn"]}}), &["Bob", "Dan"]),
        ],
        vec![
            filter(
                json!({"or": [{"city": {"ilike": "ri%"}}, {"lead_score": {"between": [2, 3]}}]}),
                &["Ann", "Bob", "Cid"],
            ),
            filter(
                json!({"or": [{"city": {"ilike": "bo%"}}, {"lead_score": {"between": [0, 1]}}]}),
                &["Ann", "Dan"],
            ),
        ],
        vec![
            filter(
                json!({"company": {"name": {"eq": "Acme"}}, "opportunities": {"some": {"stage": {"eq": "won"}}}}),
                &["Ann", "Bob"],
            ),
            filter(
                json!({"company": {"name": {"eq": "Beta"}}, "opportunities": {"some": {"stage": {"eq": "new"}}}}),
                &["Dan"],
            ),
        ],
        vec![
            filter(json!({"tags": {"contains_any": ["billing"]}}), &["Cid"]),
            filter(
                json!({"tags": {"contains_any": ["vip", "technical"]}}),
                &["Bob", "Cid"],
            ),
        ],
        vec![
            sent(
                "GET",
                one(ANN),
                Json::Null,
                200,
                json!({"last_name": "Ann", "company": {"name": "Acme"}}),
            ),
            sent(
                "GET",
                one(DAN),
                Json::Null,
                200,
                json!({"last_name": "Dan", "company": {"name": "Beta"}}),
            ),
            sent(
                "GET",
                one(15),
                Json::Null,
                200,
                json!({"last_name": "Eve", "company": null}),
            ),
        ],
        vec![
            groups(
                "Ann",
                json!([{"stage": "lost", "n": 1}, {"stage": "won", "n": 1}]),
            ),
            groups("Dan", json!([{"stage": "new", "n": 1}])),
        ],
        vec![
            sent(
                "POST",
                "contacts?fields=last_name,city",
                shown("m1", "A"),
                201,
                shown("m1", "A"),
            ),
            sent(
                "POST",
                "contacts?fields=last_name,city",
                shown("m2", "B"),
                201,
                shown("m2", "B"),
            ),
            sent(
                "POST",
                "contacts?fields=last_name,city",
                json!({"last_name": "m3", "city": null}),
                201,
                json!({"last_name": "m3", "city": null}),
            ),
        ],
        vec![
            sent(
                "POST",
                "contacts?fields=last_name,city",
                json!([shown("m4", "C")]),
                201,
                json!({"data": [shown("m4", "C")]}),
            ),
            sent(
                "POST",
                "contacts?fields=last_name,city",
                json!([shown("m5", "D"), shown("m6", "E")]),
                201,
                json!({"data": [shown("m5", "D"), shown("m6", "E")]}),
            ),
        ],
        vec![
            sent(
                "PATCH",
                format!("contacts/{}?fields=last_name,title", id(ANN)),
                json!({"title": "t1"}),
                200,
                json!({"last_name": "Ann", "title": "t1"}),
            ),
            sent(
                "PATCH",
                format!("contacts/{}?fields=last_name,title", id(BOB)),
                json!({"title": "t2"}),
                200,
                json!({"last_name": "Bob", "title": "t2"}),
            ),
            sent(
                "PATCH",
                format!("contacts/{}?fields=last_name,title", id(BOB)),
                json!({"title": null}),
                200,
                json!({"last_name": "Bob", "title": null}),
            ),
            sent(
                "PATCH",
                format!("contacts/{}?fields=last_name,title", id(99)),
                json!({"title": "t3"}),
                404,
                json!({"type": "/problems/not_found"}),
            ),
        ],
        vec![
            sent(
                "PATCH",
                format!("contacts/{}?fields=address,company_id", id(ANN)),
                json!({"address": {"city": "X", "street": "Y"}, "company_id": id(2)}),
                200,
                json!({"address": {"city": "X", "street": "Y", "postcode": null}, "company_id": id(2)}),
            ),
            sent(
                "PATCH",
                format!("contacts/{}?fields=address,company_id", id(ANN)),
                json!({"address": {"city": "Z", "street": "Y"}, "company_id": null}),
                200,
                json!({"address": {"city": "Z", "street": "Y"}, "company_id": null}),
            ),
        ],
        // A null names every part.
        vec![sent(
            "PATCH",
            format!("contacts/{}?fields=address,company_id", id(ANN)),
            json!({"address": null, "company_id": id(ACME)}),
            200,
            json!({"address": null, "company_id": id(ACME)}),
        )],
        vec![
            sent(
                "POST",
                "contacts/upsert?on=email&fields=last_name,city",
                json!({"email": "ann@x.test", "city": "U1"}),
                200,
                shown("Ann", "U1"),
            ),
            sent(
                "POST",
                "contacts/upsert?on=email&fields=last_name,city",
                json!({"email": "bob@x.test", "city": "U2"}),
                200,
                shown("Bob", "U2"),
            ),
            sent(
                "POST",
                "contacts/upsert?on=email&fields=last_name,city",
                json!({"email": "new@x.test", "city": "U3"}),
                201,
                json!({"last_name": null, "city": "U3"}),
            ),
        ],
        vec![
            sent(
                "POST",
                "contacts/upsert?on=email&fields=city",
                json!([{"email": "ann@x.test", "city": "V1"}]),
                200,
                json!({"data": [{"city": "V1"}], "results": ["updated"]}),
            ),
            sent(
                "POST",
                "contacts/upsert?on=email&fields=city",
                json!([{"email": "new2@x.test", "city": "V2"}, {"email": "bob@x.test", "city": "V3"}]),
                200,
                json!({"data": [{"city": "V2"}, {"city": "V3"}], "results": ["created", "updated"]}),
            ),
        ],
        vec![
            change_where("Cid", json!({"title": "w1"}), 1),
            change_where("Dan", json!({"title": "w2"}), 1),
            change_where("Nobody", json!({"title": "w3"}), 0),
            change_where("Dan", json!({"title": null}), 1),
        ],
        vec![
            filter(json!({"title": {"starts_with": "w"}}), &["Cid"]),
            filter(json!({"title": {"starts_with": "t"}}), &["Ann"]),
        ],
        vec![
            delete_where(&["Dan"], 200, json!({"affected": 1})),
            delete_where(
                &["Ann", "Bob"],
                409,
                json!({"type": "/problems/too_many_matched"}),
            ),
            delete_where(&["Cid", "Dan"], 200, json!({"affected": 1})),
        ],
        vec![list(
            &[("deleted", "only"), ("sort", "last_name")],
            &["Cid", "Dan"],
        )],
        vec![
            sent(
                "DELETE",
                format!("contacts/{}", id(ANN)),
                Json::Null,
                204,
                Json::Null,
            ),
            sent(
                "DELETE",
                format!("contacts/{}", id(BOB)),
                Json::Null,
                204,
                Json::Null,
            ),
            sent(
                "DELETE",
                format!("contacts/{}", id(BOB)),
                Json::Null,
                404,
                json!({"type": "/problems/not_found"}),
            ),
        ],
        vec![
            sent(
                "POST",
                format!("contacts/{}/restore?fields=last_name", id(BOB)),
                Json::Null,
                200,
                json!({"last_name": "Bob"}),
            ),
            sent(
                "POST",
                format!("contacts/{}/restore?fields=last_name", id(ANN)),
                Json::Null,
                200,
                json!({"last_name": "Ann"}),
            ),
        ],
    ]
}

/// Whether an answer has all that is expected of it.
fn has(answer: &Json, expected: &Json) -> bool {
    match (answer, expected) {
        (_, Json::Null) if answer.is_null() => true,
        (Json::Object(answer), Json::Object(expected)) => expected
            .iter()
            .all(|(key, value)| answer.get(key).is_some_and(|found| has(found, value))),
        (Json::Array(answer), Json::Array(expected)) => {
            answer.len() == expected.len()
                && answer
                    .iter()
                    .zip(expected)
                    .all(|(found, value)| has(found, value))
        }
        (found, value) => found == value,
    }
}

#[tokio::test]
async fn the_second_request_of_a_shape_costs_nothing_and_answers_its_own() {
    let crm = Crm::new().await;
    for shape in shapes() {
        for (n, sent) in shape.iter().enumerate() {
            let asked = format!("{} {} {}", sent.method, sent.path, sent.body);
            let (answer, cost) = crm.costly(crm.send(sent)).await;
            assert_eq!(answer.status, sent.status, "{asked}: {}", answer.text);
            assert!(
                has(&answer.body, &sent.expected),
                "{asked}: {}",
                answer.text
            );
            assert_eq!(cost == NOTHING, n > 0, "{asked}: {cost:?}");
        }
    }
}

/// A page of a list has the plan of each other page in that direction, whatever position its cursor holds.
#[tokio::test]
async fn a_page_from_another_cursor_costs_nothing() {
    let crm = Crm::new().await;
    for (sort, order) in [
        ("", "Ann Bob Cid Dan Eve"),
        ("last_name", "Ann Bob Cid Dan Eve"),
        ("-last_name", "Eve Dan Cid Bob Ann"),
        ("city,-last_name", "Dan Bob Cid Ann Eve"),
        ("-birthday,last_name", "Dan Ann Bob Cid Eve"),
        ("-company.name:nulls_first,last_name", "Eve Cid Dan Ann Bob"),
    ] {
        let page = async |cursor: Option<(&str, &str)>| {
            let mut parameters = vec![("limit", "1"), ("fields", "last_name")];
            if !sort.is_empty() {
                parameters.push(("sort", sort));
            }
            parameters.extend(cursor);
            let path = with_parameters("/api/v1/contacts", &parameters);
            let (answer, cost) = crm.costly(crm.tenant.get(&path)).await;
            (answer.ok(), cost)
        };
        for (towards, direction) in [("next", "after"), ("previous", "before")] {
            let (mut shown, mut found) = match direction {
                "after" => (page(None).await.0, Vec::new()),
                _ => {
                    let mut last = page(None).await.0;
                    while let Some(next) = last["page"]["next"].as_str() {
                        last = page(Some(("after", next))).await.0;
                    }
                    (last, Vec::new())
                }
            };
            let name = |page: &Json| page["data"][0]["last_name"].as_str().unwrap().to_owned();
            found.push(name(&shown));
            while let Some(cursor) = shown["page"][towards].as_str() {
                let (next, cost) = page(Some((direction, cursor))).await;
                assert_eq!(
                    cost == NOTHING,
                    found.len() > 1,
                    "{sort} {direction}: {cost:?}"
                );
                shown = next;
                found.push(name(&shown));
            }
            if direction == "before" {
                found.reverse();
            }
            assert_eq!(found.join(" "), order, "{sort} {direction}");
        }
    }
}

/// Another key, null, operator, order, size or set of fields is another request.
#[tokio::test]
async fn other_shapes_have_plans_of_their_own() {
    let crm = Crm::new().await;
    let filter = |filter: Json, names: &[&str]| list(&[("filter", &filter.to_string())], names);
    let all = ["Ann", "Bob", "Cid", "Dan", "Eve"];
    let requests = [
        filter(json!({"city": {"eq": "Riga"}}), &["Ann", "Cid"]),
        filter(json!({"city": {"neq": "Riga"}}), &["Bob", "Dan", "Eve"]),
        filter(json!({"city": {"is_null": true}}), &["Eve"]),
        filter(json!({"city": {"is_null": false}}), &all[..4]),
        filter(json!({"last_name": {"eq": "Bob"}}), &["Bob"]),
        filter(
            json!({"not": {"city": {"eq": "Riga"}}}),
            &["Bob", "Dan", "Eve"],
        ),
        filter(json!({"or": [{"city": {"eq": "Riga"}}]}), &["Ann", "Cid"]),
        filter(
            json!({"or": [{"city": {"eq": "Riga"}}, {"city": {"eq": "Bonn"}}]}),
            &["Ann", "Cid", "Dan"],
        ),
        filter(
            json!({"and": [{"city": {"eq": "Riga"}}, {"city": {"eq": "Bonn"}}]}),
            &[],
        ),
        filter(json!({"city": {"in": []}}), &[]),
        filter(json!({"lead_score": {"lt": 2}}), &["Ann"]),
        filter(json!({"lead_score": {"lt": 2.0}}), &["Ann"]),
        filter(json!({"lead_score": {"lt": "2"}}), &["Ann"]),
        filter(json!({"lead_score": {"eq": 3_000_000_000_i64}}), &["Eve"]),
        filter(json!({"lead_score": {"eq": "9007199254740993"}}), &["Dan"]),
        filter(json!({}), &all),
        list(&[], &all),
        list(&[("limit", "1")], &all[..1]),
        list(&[("limit", "2")], &all[..2]),
        list(
            &[("sort", "-last_name")],
            &["Eve", "Dan", "Cid", "Bob", "Ann"],
        ),
        list(
            &[("sort", "-company.name,last_name"), ("limit", "3")],
            &["Cid", "Dan", "Ann"],
        ),
        list(
            &[
                ("sort", "-company.name:nulls_first,last_name"),
                ("limit", "3"),
            ],
            &["Eve", "Cid", "Dan"],
        ),
        list(&[("deleted", "only")], &[]),
        list(&[("deleted", "include")], &all),
    ];
    for round in 0..3 {
        for sent in &requests {
            let (answer, cost) = crm.costly(crm.send(sent)).await;
            assert_eq!(answer.status, 200, "{}: {}", sent.path, answer.text);
            assert_eq!(
                &answer.body["data"], &sent.expected["data"],
                "{}",
                sent.path
            );
            assert_eq!(cost == NOTHING, round > 0, "{}: {cost:?}", sent.path);
        }
    }
}

/// The operations of a batch have the plans of requests by themselves.
#[tokio::test]
async fn a_batch_does_with_the_plans_there_are() {
    let crm = Crm::new().await;
    let create =
        |name: &str| json!({"method": "POST", "path": "/contacts", "body": {"last_name": name}});
    let by_name = |method: &str, name: &str| {
        let filter = json!({"last_name": {"eq": name}}).to_string();
        let path = with_parameters("/contacts", &[("filter", &filter)]);
        json!({"method": method, "path": path})
    };
    let one = |n: usize| json!({"method": "GET", "path": format!("/contacts/{}?fields=last_name", id(n))});
    let batch = async |operations: Json| {
        let body = json!({"operations": operations});
        let (answer, cost) = crm.costly(crm.tenant.post("/api/v1/batch", body)).await;
        let results = answer.ok()["results"].take();
        let results = results.as_array().unwrap().iter();
        let bodies: Vec<_> = results.map(|result| result["body"].clone()).collect();
        (bodies, cost)
    };
    let operations = json!([
        create("b1"),
        create("b2"),
        by_name("GET", "b1"),
        by_name("GET", "b2"),
        one(ANN),
        one(DAN),
        by_name("DELETE", "b1"),
        by_name("DELETE", "b3"),
    ]);
    let (bodies, cost) = batch(operations).await;
    assert_eq!(cost.compiled, 4, "one for each shape");
    assert_eq!(bodies[2]["data"][0]["last_name"], "b1");
    assert_eq!(bodies[3]["data"][0]["last_name"], "b2");
    assert_eq!(
        bodies[4..6],
        [json!({"last_name": "Ann"}), json!({"last_name": "Dan"})]
    );
    assert_eq!(
        bodies[6..],
        [json!({"affected": 1}), json!({"affected": 0})]
    );

    let path = format!("/api/v1/contacts/{}?fields=last_name", id(BOB));
    let alone = crm.tenant.get(&path);
    let (answer, cost) = crm.costly(alone).await;
    assert_eq!((answer.ok(), cost), (json!({"last_name": "Bob"}), NOTHING));

    let (bodies, cost) = batch(json!([
        create("b4"),
        by_name("GET", "b4"),
        by_name("DELETE", "b4"),
        by_name("GET", "b4")
    ]))
    .await;
    assert_eq!(cost, NOTHING);
    assert_eq!(bodies[1]["data"][0]["last_name"], "b4");
    assert_eq!(bodies[2], json!({"affected": 1}));
    assert_eq!(bodies[3]["data"], json!([]));
}
