//! `salesGroupBy`, and `aggregate` of connections.

use serde_json::json;

use super::Sales;

#[tokio::test]
async fn groups_have_keys_and_aggregates() {
    let sales = Sales::new().await;
    for (query, expected) in [
        (
            "{ salesGroupBy(groupBy: [{stage: true}]) { keys { stage } count sum { amount { currencyCode amount } } } }",
            json!([
                {"keys": {"stage": "lost"}, "count": 2, "sum": {"amount": [
                    {"currencyCode": "EUR", "amount": "1"}, {"currencyCode": "USD", "amount": "100"}]}},
                {"keys": {"stage": "won"}, "count": 2, "sum": {"amount": [{"currencyCode": "EUR", "amount": "13.00"}]}},
                {"keys": {"stage": null}, "count": 1, "sum": {"amount": []}},
            ]),
        ),
        (
            r#"{ salesGroupBy(groupBy: [{soldAt: MONTH}, {company: {city: true}}], timeZone: "Europe/Riga") {
                keys { soldAt company { city } } countDistinct { stage } avg { units } max { soldAt } } }"#,
            json!([
                {"keys": {"soldAt": "2025-03-01", "company": {"city": "Berlin"}}, "countDistinct": {"stage": 1},
                 "avg": {"units": null}, "max": {"soldAt": "2025-03-30T21:30:00+00:00"}},
                {"keys": {"soldAt": "2025-03-01", "company": {"city": "Riga"}}, "countDistinct": {"stage": 1},
                 "avg": {"units": 3.5}, "max": {"soldAt": "2025-03-30T00:30:00+00:00"}},
                {"keys": {"soldAt": "2025-10-01", "company": {"city": null}}, "countDistinct": {"stage": 1},
                 "avg": {"units": 10}, "max": {"soldAt": "2025-10-26T01:30:00+00:00"}},
            ]),
        ),
        (
            "{ salesGroupBy(groupBy: [{amount: {currencyCode: true}}], filter: {stage: {isNull: false}}) {
                __typename code: keys { amount { is: currencyCode } __typename } most: max { it: amount { __typename in: currencyCode is: amount } } emptyShare { units } } }",
            json!([
                {"__typename": "SaleGroup", "code": {"amount": {"is": "EUR"}, "__typename": "SaleGroupKeys"},
                 "most": {"it": [{"__typename": "CurrencyValue", "in": "EUR", "is": "12.50"}]}, "emptyShare": {"units": 1.0 / 3.0}},
                {"__typename": "SaleGroup", "code": {"amount": {"is": "USD"}, "__typename": "SaleGroupKeys"},
                 "most": {"it": [{"__typename": "CurrencyValue", "in": "USD", "is": "100"}]}, "emptyShare": {"units": 1}},
            ]),
        ),
        (
            "{ salesGroupBy(groupBy: [{soldAt: DAY_OF_WEEK}], orderBy: [{count: DESC}], first: 1) { keys { soldAt } count } }",
            // In Greenwich, on Sundays the second to the fifth; the first was sold on a Friday.
            json!([{"keys": {"soldAt": 7}, "count": 4}]),
        ),
        (
            "{ salesGroupBy(groupBy: [{stage: true}], orderBy: [{sum: {units: DESC_NULLS_LAST}}]) { keys { stage } } }",
            json!([{"keys": {"stage": null}}, {"keys": {"stage": "won"}}, {"keys": {"stage": "lost"}}]),
        ),
        (
            "{ salesGroupBy(groupBy: [{company: {name: true}}], orderBy: [{keys: {company: {name: DESC_NULLS_LAST}}}],
                having: {or: [{sum: {units: {gte: 7}}}, {min: {due: {eq: \"2025-04-01\"}}}], count: {lt: 3}}) {
                keys { company { name } } min { name } } }",
            json!([
                {"keys": {"company": {"name": "Beta"}}, "min": {"name": "s3"}},
                {"keys": {"company": {"name": "Acme"}}, "min": {"name": "s1"}},
                {"keys": {"company": {"name": null}}, "min": {"name": "s4"}},
            ]),
        ),
        (
            "{ salesGroupBy(groupBy: [{stage: true}, {amount: {currencyCode: true}}], orderBy: [{sum: {amount: DESC_NULLS_LAST}}],
                having: {min: {amount: {gt: \"0.5\"}}}) { keys { stage amount { currencyCode } } } }",
            json!([
                {"keys": {"stage": "lost", "amount": {"currencyCode": "USD"}}},
                {"keys": {"stage": "lost", "amount": {"currencyCode": "EUR"}}},
            ]),
        ),
        ("{ salesGroupBy(groupBy: []) { count } }", json!([{"count": 5}])),
        ("{ salesGroupBy(groupBy: []) { __typename } }", json!([{"__typename": "SaleGroup"}])),
        ("{ salesGroupBy(groupBy: [{paid: true}]) { __typename } }", json!(vec![json!({"__typename": "SaleGroup"}); 3])),
        ("{ salesGroupBy(groupBy: [{stage: true}], first: 0) { count } }", json!([])),
        (r#"{ salesGroupBy(groupBy: [{stage: true}], filter: {name: {eq: "?"}}) { count } }"#, json!([])),
    ] {
        let data = sales.tenant.data(query, json!({})).await;
        assert_eq!(data["salesGroupBy"], expected, "{query}");
    }
}

#[tokio::test]
async fn variables_stand_for_any_part() {
    let sales = Sales::new().await;
    let query = "query($by: [SaleGroupBy!]!, $part: DateTimePart, $having: SaleGroupHaving, $order: [SaleGroupOrderBy!], $zone: String) {
        a: salesGroupBy(groupBy: $by, having: $having, orderBy: $order) { keys { stage } count }
        b: salesGroupBy(groupBy: [{soldAt: $part}], timeZone: $zone) { keys { soldAt } count } }";
    let variables = json!({
        "by": [{"stage": true}], "part": "YEAR", "having": {"min": {"name": {"startsWith": "s"}}},
        "order": [{"count": "ASC"}], "zone": "Asia/Tokyo",
    });
    let data = sales.tenant.data(query, variables).await;
    assert_eq!(data["a"][0], json!({"keys": {"stage": null}, "count": 1}));
    assert_eq!(
        data["b"],
        json!([{"keys": {"soldAt": "2025-01-01"}, "count": 5}])
    );
    // An omitted part makes no groups.
    let less = json!({"by": [{"stage": true}]});
    let refused = sales.tenant.graphql(query, less).await;
    assert_eq!(refused.status, 200, "{}", refused.text);
    assert!(
        refused.text.contains("groups are not made by `soldAt`"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn connections_are_reckoned_whatever_their_window() {
    let sales = Sales::new().await;
    let query = "{
        sales(first: 1, orderBy: [{name: ASC}]) { nodes { name } totalCount aggregate { count sum { units amount { amount currencyCode } } } }
        won: sales(filter: {stage: {eq: \"won\"}}, deleted: INCLUDE) { aggregate { count max { units } } }
        companies(orderBy: [{name: ASC}]) {
            aggregate { count countDistinct { city } }
            nodes { name sales(first: 1, filter: {paid: {eq: true}}) { pageInfo { hasNextPage } aggregate { __typename count sum { units } min { due } } } }
        } }";
    let data = sales.tenant.data(query, json!({})).await;
    let expected = json!({
        "sales": {"nodes": [{"name": "s1"}], "totalCount": 5, "aggregate": {"count": 5, "sum": {"units": 17, "amount": [{"amount": "14.00", "currencyCode": "EUR"}, {"amount": "100", "currencyCode": "USD"}]}}},
        "won": {"aggregate": {"count": 3, "max": {"units": 9999}}},
        "companies": {
            "aggregate": {"count": 2, "countDistinct": {"city": 2}},
            "nodes": [
                {"name": "Acme", "sales": {"pageInfo": {"hasNextPage": false}, "aggregate":
                    {"__typename": "SaleAggregate", "count": 1, "sum": {"units": 3}, "min": {"due": "2025-03-31"}}}},
                {"name": "Beta", "sales": {"pageInfo": {"hasNextPage": false}, "aggregate":
                    {"__typename": "SaleAggregate", "count": 1, "sum": {"units": null}, "min": {"due": "2025-04-01"}}}},
            ],
        },
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn what_does_not_fit_is_told_where_it_stands() {
    let sales = Sales::new().await;
    for (arguments, expected) in [
        (
            r#"groupBy: [{stage: true}], timeZone: "Mars/Base""#,
            "200 /timeZone time_zone",
        ),
        (
            r#"groupBy: [{stage: true}], timeZone: "+02:00", first: -1"#,
            "200 /timeZone time_zone /first range",
        ),
        (
            "groupBy: [{stage: true}, {stage: true}]",
            "200 /groupBy/1/stage clash",
        ),
        (
            "groupBy: [{stage: true}], having: {or: [{min: {stage: {gt: \"a\"}}}]}, filter: {stage: {in: 1}}, orderBy: [{sum: {name: ASC}}]",
            "400",
        ),
        (
            "groupBy: [{stage: true}], filter: {due: {eq: \"x\"}}, having: {count: {gt: 1}, max: {due: {gt: \"x\"}}}, orderBy: [{sum: {name: ASC}}, {keys: {due: ASC}}]",
            "200 /filter/due/eq format /having/max/due/gt format /orderBy/0/sum/name not_possible /orderBy/1/keys/due unknown",
        ),
    ] {
        let query = format!("{{ salesGroupBy({arguments}) {{ count }} }}");
        let answer = sales.tenant.graphql(&query, json!({})).await;
        assert_eq!(answer.refusal(), expected, "{query}: {}", answer.text);
    }
    let unknown = sales
        .tenant
        .graphql(
            "{ salesGroupBy(groupBy: [{stage: true}]) { sum { name } } }",
            json!({}),
        )
        .await;
    assert_eq!(unknown.status, 400, "{}", unknown.text);
}

#[tokio::test]
async fn a_large_answer_of_types_is_sound() {
    let sales = Sales::new().await;
    let query = "{ __schema { types { kind name fields { name type { ...Ref } args { name type { ...Ref } } } inputFields { name type { ...Ref } } enumValues { name } } } }
        fragment Ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
    let data = sales.tenant.data(query, json!({})).await;
    let types = data["__schema"]["types"].as_array().unwrap();
    let named = |name: &str| {
        types
            .iter()
            .find(|ty| ty["name"] == name)
            .unwrap_or_else(|| panic!("no {name}"))
    };
    for name in [
        "SaleGroup",
        "SaleGroupKeys",
        "SaleAggregate",
        "SaleMinMaxAggregate",
        "CurrencyValueKeys",
    ] {
        assert!(
            !named(name)["fields"].as_array().unwrap().is_empty(),
            "{name}"
        );
    }
    for name in [
        "SaleGroupBy",
        "SaleGroupHaving",
        "SaleGroupOrderBy",
        "SaleAggregateOrderBy",
        "SaleSumAggregateHaving",
    ] {
        assert!(
            !named(name)["inputFields"].as_array().unwrap().is_empty(),
            "{name}"
        );
    }
    assert_eq!(named("DatePart")["enumValues"][3]["name"], "MONTH");
    assert_eq!(
        named("DateTimePart")["enumValues"]
            .as_array()
            .unwrap()
            .len(),
        10
    );
    let names: std::collections::HashSet<&str> =
        types.iter().filter_map(|ty| ty["name"].as_str()).collect();
    assert_eq!(names.len(), types.len(), "each type has a name of its own");
}
