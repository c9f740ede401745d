//! What cannot be grouped or reckoned, and what is told of it.

use serde_json::{Map, Value as Json, json};

use super::Sales;

const PATH: &str = "/api/v1/sales/aggregate";

#[tokio::test]
async fn what_does_not_fit_is_told_where_it_stands() {
    let sales = Sales::new().await;
    let many: Map<String, Json> = (0..101)
        .map(|n| (format!("a{n}"), json!({"count": "*"})))
        .collect();
    let stages = json!(["stage"]);
    let grouped = |key: Json| json!({"group_by": [key]});
    let reckoned = |aggregate: Json| json!({"aggregates": {"it": aggregate}});
    let having = |having: Json| json!({"aggregates": {"n": {"count": "*"}}, "having": having});
    for (body, expected) in [
        (json!([]), "400  type"),
        (json!(null), "400  type"),
        (json!({}), "400 /aggregates required"),
        (
            json!({"group_by": [], "aggregates": {}}),
            "400 /aggregates required",
        ),
        (json!({"groupBy": stages}), "400 /groupBy unknown_key"),
        (json!({"group_by": "stage"}), "400 /group_by type"),
        (grouped(json!(1)), "400 /group_by/0 type"),
        (grouped(json!({})), "400 /group_by/0/field type"),
        (
            grouped(json!({"field": "stage", "x": 1})),
            "400 /group_by/0/x unknown_key",
        ),
        (grouped(json!("nothing")), "400 /group_by/0 unknown"),
        (
            grouped(json!({"field": "nothing"})),
            "400 /group_by/0/field unknown",
        ),
        (grouped(json!("company.nothing")), "400 /group_by/0 unknown"),
        (grouped(json!("stage.x")), "400 /group_by/0 unknown"),
        (grouped(json!("amount.x")), "400 /group_by/0 unknown"),
        (grouped(json!("")), "400 /group_by/0 unknown"),
        (grouped(json!("amount")), "400 /group_by/0 not_possible"),
        (grouped(json!("company")), "400 /group_by/0 not_possible"),
        (grouped(json!("extra")), "400 /group_by/0 not_possible"),
        (grouped(json!("marks")), "400 /group_by/0 not_possible"),
        (
            grouped(json!("company.sales.name")),
            "400 /group_by/0 not_possible",
        ),
        (
            grouped(json!("company.created_by.x")),
            "400 /group_by/0 unknown",
        ),
        (grouped(json!("a.b.c.d.e.f.g")), "400 /group_by/0 too_deep"),
        (
            grouped(json!({"field": "sold_at", "by": "decade"})),
            "400 /group_by/0/by unknown",
        ),
        (
            grouped(json!({"field": "sold_at", "by": 1})),
            "400 /group_by/0/by type",
        ),
        (
            grouped(json!({"field": "due", "by": "hour"})),
            "400 /group_by/0/by unknown",
        ),
        (
            grouped(json!({"field": "stage", "by": "month"})),
            "400 /group_by/0/by unknown",
        ),
        (
            json!({"group_by": [{"field": "due", "by": "day"}, {"field": "due", "by": "year"}]}),
            "400 /group_by/1 clash",
        ),
        (
            json!({"group_by": ["company.city", {"field": "due", "as": "company"}]}),
            "400 /group_by/1 clash",
        ),
        (
            grouped(json!({"field": "due", "as": "a.b"})),
            "400 /group_by/0/as pattern",
        ),
        (
            grouped(json!({"field": "due", "as": 1})),
            "400 /group_by/0/as type",
        ),
        (
            json!({"group_by": ["stage", "stage"]}),
            "400 /group_by/1 clash",
        ),
        (
            json!({"group_by": ["stage", "due", "fee", "units", "paid", "name", "email", "sold_at", "weight"]}),
            "400 /group_by/8 too_many",
        ),
        (json!({"aggregates": ["count"]}), "400 /aggregates type"),
        (json!({"aggregates": many}), "400 /aggregates too_many"),
        (reckoned(json!("count")), "400 /aggregates/it type"),
        (reckoned(json!({})), "400 /aggregates/it type"),
        (
            reckoned(json!({"sum": "fee", "avg": "fee"})),
            "400 /aggregates/it type",
        ),
        (
            reckoned(json!({"median": "fee"})),
            "400 /aggregates/it/median unknown_operator",
        ),
        (reckoned(json!({"sum": 1})), "400 /aggregates/it/sum type"),
        (
            reckoned(json!({"sum": "*"})),
            "400 /aggregates/it/sum unknown",
        ),
        (
            reckoned(json!({"sum": "nothing"})),
            "400 /aggregates/it/sum unknown",
        ),
        (
            reckoned(json!({"sum": "name"})),
            "400 /aggregates/it/sum not_possible",
        ),
        (
            reckoned(json!({"sum": "place"})),
            "400 /aggregates/it/sum not_possible",
        ),
        (
            reckoned(json!({"min": "paid"})),
            "400 /aggregates/it/min not_possible",
        ),
        (
            reckoned(json!({"max": "id"})),
            "400 /aggregates/it/max not_possible",
        ),
        (
            reckoned(json!({"max": "marks"})),
            "400 /aggregates/it/max not_possible",
        ),
        (
            reckoned(json!({"count_distinct": "extra"})),
            "400 /aggregates/it/count_distinct not_possible",
        ),
        (
            json!({"aggregates": {"": {"count": "*"}}}),
            "400 /aggregates/ pattern",
        ),
        (
            json!({"aggregates": {"a.b": {"count": "*"}}}),
            "400 /aggregates/a.b pattern",
        ),
        (
            json!({"aggregates": {"\"": {"count": "*"}}}),
            "400 /aggregates/\" pattern",
        ),
        (
            json!({"aggregates": {"or": {"count": "*"}}}),
            "400 /aggregates/or clash",
        ),
        (
            json!({"group_by": stages, "aggregates": {"stage": {"count": "*"}}}),
            "400 /aggregates/stage clash",
        ),
        (
            json!({"group_by": ["company.city"], "aggregates": {"company": {"count": "*"}}}),
            "400 /aggregates/company clash",
        ),
        (
            json!({"group_by": stages, "filter": {"nothing": {}}}),
            "400 /filter/nothing unknown",
        ),
        (having(json!([])), "400 /having type"),
        (
            having(json!({"total": {"gt": 1}})),
            "400 /having/total unknown",
        ),
        (
            having(json!({"stage": {"eq": "won"}})),
            "400 /having/stage unknown",
        ),
        (having(json!({"n": 1})), "400 /having/n type"),
        (
            having(json!({"n": {"like": "1"}})),
            "400 /having/n/like unknown_operator",
        ),
        (
            having(json!({"n": {"gt": "many"}})),
            "400 /having/n/gt type",
        ),
        (having(json!({"or": {"n": {}}})), "400 /having/or type"),
        (
            having(json!({"or": [{"n": {"gt": null}}]})),
            "400 /having/or/0/n/gt type",
        ),
        (
            json!({"group_by": stages, "sort": ["stage"]}),
            "400 /sort type",
        ),
        (
            json!({"group_by": stages, "sort": "fee"}),
            "400 /sort unknown",
        ),
        (
            json!({"group_by": stages, "sort": "--stage"}),
            "400 /sort unknown",
        ),
        (
            json!({"group_by": stages, "sort": vec!["stage"; 17].join(",")}),
            "400 /sort too_many",
        ),
        (json!({"group_by": stages, "limit": 0}), "400 /limit range"),
        (
            json!({"group_by": stages, "limit": 1001}),
            "400 /limit range",
        ),
        (
            json!({"group_by": stages, "limit": "5"}),
            "400 /limit range",
        ),
        (
            json!({"group_by": stages, "time_zone": 1}),
            "400 /time_zone time_zone",
        ),
        (
            json!({"group_by": stages, "time_zone": "+02:00"}),
            "400 /time_zone time_zone",
        ),
        (
            json!({"group_by": stages, "time_zone": "Mars/Base"}),
            "400 /time_zone time_zone",
        ),
        (
            json!({"group_by": [{"field": "sold_at", "by": "day"}], "filter": {"name": {"eq": "?"}}, "time_zone": "Mars/Base"}),
            "400 /time_zone time_zone",
        ),
    ] {
        let answer = sales.tenant.post(PATH, body.clone()).await;
        assert_eq!(answer.refusal(), expected, "{body}: {}", answer.text);
    }
}

#[tokio::test]
async fn everything_wrong_is_told_at_once() {
    let sales = Sales::new().await;
    let body = json!({
        "group_by": ["nope", {"field": "due", "by": "age"}], "aggregates": {"t": {"sum": "name"}, "u": {"median": "fee"}},
        "filter": {"x": {}}, "having": {"t": {"gt": 1}, "v": {"gt": 1}}, "sort": "t,nope,w", "limit": 0, "time_zone": "x", "y": 1,
    });
    let answer = sales.tenant.post(PATH, body).await;
    assert_eq!(
        answer.refusal(),
        "400 /y unknown_key /group_by/0 unknown /group_by/1/by unknown /aggregates/t/sum not_possible \
         /aggregates/u/median unknown_operator /time_zone time_zone /filter/x unknown /having/v unknown \
         /sort unknown /limit range"
    );
    let errors = answer.body["errors"].as_array().unwrap();
    let message = |index: usize| errors[index]["message"].as_str().unwrap();
    for (index, word) in [
        (0, "time_zone"),
        (1, "company_id"),
        (2, "month_of_year"),
        (3, "count_distinct"),
        (4, "avg"),
        (8, "t, u"),
    ] {
        assert!(
            message(index).contains(word),
            "{word} in {}",
            message(index)
        );
    }
}

#[tokio::test]
async fn endless_bodies_have_short_answers() {
    let sales = Sales::new().await;
    let long: Vec<_> = (0..50_000).map(|n| json!(format!("f{n}"))).collect();
    let unknown: Map<String, Json> = (0..50_000).map(|n| (format!("f{n}"), json!(1))).collect();
    let texts: Vec<String> = (0..50_000).map(|n| format!("f{n}")).collect();
    for body in [
        json!({"group_by": long}),
        json!({"aggregates": unknown.clone()}),
        json!({"group_by": ["stage"], "having": unknown.clone()}),
        json!({"group_by": ["stage"], "sort": texts.join(",")}),
        Json::Object(unknown),
    ] {
        let answer = sales.tenant.post(PATH, body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text.len() < 50_000, "{}", answer.text.len());
    }
}

#[tokio::test]
async fn only_posts_are_answered() {
    let sales = Sales::new().await;
    assert_eq!(sales.tenant.get(PATH).await.status, 405);
    let body = json!({"group_by": ["stage"]});
    for (path, status) in [
        ("/api/v1/sales/aggregate?limit=1", 400),
        ("/api/v1/nothings/aggregate", 404),
        ("/api/v1/users/aggregate", 400),
    ] {
        let answer = sales.tenant.post(path, body.clone()).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
    }
    let members = json!({"aggregates": {"n": {"count": "*"}}});
    let members = sales
        .tenant
        .post("/api/v1/users/aggregate", members)
        .await
        .ok();
    assert_eq!(members, json!({"data": [{"n": 1}]}));
}
