//! `POST /sales/aggregate`.

use serde_json::json;

use super::Sales;

#[tokio::test]
async fn groups_are_made_by_values() {
    let sales = Sales::new().await;
    let count = json!({"n": {"count": "*"}});
    for (body, expected) in [
        (
            json!({"group_by": ["stage"], "aggregates": {"total": {"sum": "amount"}, "n": {"count": "*"}}}),
            json!([
                {"stage": "lost", "total": "101", "n": 2},
                {"stage": "won", "total": "13.00", "n": 2},
                {"stage": null, "total": null, "n": 1},
            ]),
        ),
        (
            json!({"group_by": ["company.city"], "aggregates": count}),
            json!([
                {"company": {"city": "Berlin"}, "n": 1},
                {"company": {"city": "Riga"}, "n": 2},
                {"company": {"city": null}, "n": 2},
            ]),
        ),
        (
            json!({"group_by": ["company.city", "stage", "company.name"], "aggregates": {"most": {"max": "units"}},
                   "filter": {"company": {}}}),
            json!([
                {"company": {"city": "Berlin", "name": "Beta"}, "stage": "lost", "most": null},
                {"company": {"city": "Riga", "name": "Acme"}, "stage": "won", "most": 4},
            ]),
        ),
        (
            json!({"group_by": ["amount.currency_code"], "aggregates": {"total": {"sum": "amount.amount"}}}),
            json!([
                {"amount": {"currency_code": "EUR"}, "total": "14.00"},
                {"amount": {"currency_code": "USD"}, "total": "100"},
                {"amount": {"currency_code": null}, "total": null},
            ]),
        ),
        (
            json!({"group_by": ["paid"]}),
            json!([{"paid": false}, {"paid": true}, {"paid": null}]),
        ),
        (
            json!({"group_by": [{"field": "due"}], "filter": {"due": {"is_null": false}}}),
            json!([{"due": "2025-03-31"}, {"due": "2025-04-01"}]),
        ),
        (
            json!({"group_by": ["units"], "filter": {"units": {"gte": 4}}, "time_zone": null}),
            json!([{"units": 4}, {"units": 10}]),
        ),
        (
            json!({"group_by": [{"field": "sold_at", "by": "month_of_year"}, {"field": "sold_at", "by": "year", "as": "year"},
                                {"field": "company.city", "as": "town"}],
                   "filter": {"stage": {"eq": "lost"}}, "sort": "-year,-town"}),
            json!([
                {"sold_at": 10, "year": "2025-01-01", "town": null},
                {"sold_at": 3, "year": "2025-01-01", "town": "Berlin"},
            ]),
        ),
        (
            json!({"group_by": ["stage"], "filter": {"name": {"eq": "?"}}, "aggregates": count}),
            json!([]),
        ),
    ] {
        assert_eq!(sales.groups(&body).await, expected, "{body}");
    }
}

#[tokio::test]
async fn groups_are_made_by_parts_of_dates() {
    let sales = Sales::new().await;
    let riga = "Europe/Riga";
    for (field, part, zone, expected) in [
        (
            "sold_at",
            "month",
            riga,
            json!([["2025-03-01", 3], ["2025-10-01", 2]]),
        ),
        // The first one was sold before midnight in Greenwich, and after it in Riga.
        (
            "sold_at",
            "month",
            "UTC",
            json!([["2025-02-01", 1], ["2025-03-01", 2], ["2025-10-01", 2]]),
        ),
        ("sold_at", "year", riga, json!([["2025-01-01", 5]])),
        (
            "sold_at",
            "quarter",
            riga,
            json!([["2025-01-01", 3], ["2025-10-01", 2]]),
        ),
        // Clocks went forward on 30 March, so the third was sold at half past midnight of the 31st, a Monday.
        (
            "sold_at",
            "day",
            riga,
            json!([
                ["2025-03-01", 1],
                ["2025-03-30", 1],
                ["2025-03-31", 1],
                ["2025-10-26", 2]
            ]),
        ),
        (
            "sold_at",
            "week",
            riga,
            json!([
                ["2025-02-24", 1],
                ["2025-03-24", 1],
                ["2025-03-31", 1],
                ["2025-10-20", 2]
            ]),
        ),
        (
            "sold_at",
            "day_of_week",
            riga,
            json!([[1, 1], [6, 1], [7, 3]]),
        ),
        ("sold_at", "month_of_year", riga, json!([[3, 3], [10, 2]])),
        // Clocks went back on 26 October: two sales at half past three, an hour apart.
        (
            "sold_at",
            "hour_of_day",
            riga,
            json!([[0, 2], [2, 1], [3, 2]]),
        ),
        (
            "sold_at",
            "hour",
            riga,
            json!([
                ["2025-02-28T22:00:00+00:00", 1],
                ["2025-03-30T00:00:00+00:00", 1],
                ["2025-03-30T21:00:00+00:00", 1],
                ["2025-10-26T00:00:00+00:00", 1],
                ["2025-10-26T01:00:00+00:00", 1],
            ]),
        ),
        // An hour that begins at half past in Greenwich.
        (
            "sold_at",
            "hour",
            "Asia/Kolkata",
            json!([
                ["2025-02-28T22:30:00+00:00", 1],
                ["2025-03-30T00:30:00+00:00", 1],
                ["2025-03-30T21:30:00+00:00", 1],
                ["2025-10-26T00:30:00+00:00", 1],
                ["2025-10-26T01:30:00+00:00", 1],
            ]),
        ),
        (
            "due",
            "quarter",
            riga,
            json!([["2025-01-01", 1], ["2025-04-01", 1], [null, 3]]),
        ),
        (
            "due",
            "day",
            "America/New_York",
            json!([["2025-03-31", 1], ["2025-04-01", 1], [null, 3]]),
        ),
        (
            "due",
            "day_of_week",
            "UTC",
            json!([[1, 1], [2, 1], [null, 3]]),
        ),
    ] {
        let body = json!({
            "group_by": [{"field": field, "by": part}], "aggregates": {"n": {"count": "*"}}, "time_zone": zone,
        });
        let groups = sales.groups(&body).await;
        let pairs = groups.as_array().unwrap().iter();
        let pairs: Vec<_> = pairs
            .map(|group| json!([group[field], group["n"]]))
            .collect();
        assert_eq!(json!(pairs), expected, "{body}");
    }
}

#[tokio::test]
async fn everything_is_reckoned() {
    let sales = Sales::new().await;
    for (function, field, expected) in [
        ("count", "*", json!(5)),
        ("count", "units", json!(3)),
        ("count", "amount", json!(4)),
        ("count", "amount.currency_code", json!(4)),
        ("count", "place", json!(1)),
        ("count", "extra", json!(1)),
        ("count", "marks", json!(2)),
        ("count", "company_id", json!(4)),
        ("count", "company.city", json!(3)),
        ("count_distinct", "stage", json!(2)),
        ("count_distinct", "amount.currency_code", json!(2)),
        ("count_distinct", "marks", json!(1)),
        ("count_distinct", "paid", json!(2)),
        ("count_distinct", "company.name", json!(2)),
        ("sum", "units", json!(17)),
        ("sum", "fee", json!("6.60")),
        ("sum", "amount", json!("114.00")),
        ("sum", "weight", json!(2)),
        ("sum", "lasted", json!("PT3H")),
        ("avg", "units", json!(17.0 / 3.0)),
        ("avg", "fee", json!("2.2")),
        ("avg", "amount", json!("28.5")),
        ("avg", "weight", json!(1)),
        ("avg", "lasted", json!("PT1H30M")),
        ("min", "fee", json!("1.10")),
        ("max", "amount", json!("100")),
        ("max", "amount.currency_code", json!("USD")),
        ("min", "stage", json!("lost")),
        ("max", "name", json!("s5")),
        ("min", "due", json!("2025-03-31")),
        ("max", "sold_at", json!("2025-10-26T01:30:00+00:00")),
        ("min", "lasted", json!("PT1H")),
        ("min", "company.city", json!("Berlin")),
        ("empty_share", "fee", json!(0.4)),
        ("empty_share", "name", json!(0)),
        ("empty_share", "place", json!(0.8)),
        ("empty_share", "amount", json!(0.2)),
        ("empty_share", "company.city", json!(0.4)),
    ] {
        let body = json!({"aggregates": {"it": {function: field}}});
        let groups = sales.groups(&body).await;
        let found = &groups[0]["it"];
        let same =
            found == &expected || found.as_f64().is_some_and(|n| Some(n) == expected.as_f64());
        assert!(
            same && groups.as_array().unwrap().len() == 1,
            "{body}: {groups}"
        );
    }
    let nothing = json!({"aggregates": {
        "n": {"count": "*"}, "sum": {"sum": "amount"}, "avg": {"avg": "units"}, "least": {"min": "due"},
        "share": {"empty_share": "fee"},
    }, "filter": {"name": {"eq": "?"}}, "group_by": []});
    assert_eq!(
        sales.groups(&nothing).await,
        json!([{"n": 0, "sum": null, "avg": null, "least": null, "share": null}])
    );
}

#[tokio::test]
async fn large_sums_keep_their_digits() {
    let sales = Sales::new().await;
    let most = "9223372036854775807";
    for _ in 0..2 {
        sales
            .tenant
            .create(
                "sales",
                json!({"name": "big", "units": most, "fee": "0.00000000000000000001"}),
            )
            .await;
    }
    let body = json!({
        "aggregates": {"units": {"sum": "units"}, "most": {"max": "units"}, "fee": {"sum": "fee"}},
        "filter": {"name": {"eq": "big"}},
    });
    assert_eq!(
        sales.groups(&body).await,
        json!([{"units": "18446744073709551614", "most": most, "fee": "0.00000000000000000002"}])
    );
}

#[tokio::test]
async fn groups_are_chosen_and_sorted() {
    let sales = Sales::new().await;
    let aggregates = json!({
        "n": {"count": "*"}, "total": {"sum": "amount"}, "first": {"min": "name"}, "mail": {"min": "email"},
        "share": {"empty_share": "units"},
    });
    for (extra, expected) in [
        (json!({}), "lost won -"),
        (json!({"sort": "-stage"}), "- won lost"),
        (json!({"sort": "total"}), "won lost -"),
        (json!({"sort": "-total"}), "- lost won"),
        (json!({"sort": "-n,-stage"}), "won lost -"),
        (json!({"sort": "n"}), "- lost won"),
        (json!({"limit": 1}), "lost"),
        (json!({"limit": 1, "sort": "-n,-stage"}), "won"),
        (json!({"having": {"n": {"gt": 1}}}), "lost won"),
        (
            json!({"having": {"n": {"gt": 1}, "total": {"gt": "50"}}}),
            "lost",
        ),
        (json!({"having": {"total": {"is_null": true}}}), "-"),
        (json!({"having": {"total": {"neq": "101"}}}), "won -"),
        (
            json!({"having": {"or": [{"total": {"is_null": true}}, {"total": {"lte": 13}}]}}),
            "won -",
        ),
        (json!({"having": {"not": {"n": {"eq": 2}}}}), "-"),
        (
            json!({"having": {"and": [{"first": {"in": ["s1", "s3"]}}, {"first": {"starts_with": "S1"}}]}}),
            "won",
        ),
        // As the field itself has it: in lower case.
        (json!({"having": {"mail": {"eq": "A@X.example"}}}), "won"),
        (json!({"having": {"share": {"between": [0.5, 1]}}}), "lost"),
        (json!({"having": {"n": {"gt": 10}}}), ""),
        (json!({"having": {}}), "lost won -"),
    ] {
        let mut body = json!({"group_by": ["stage"], "aggregates": aggregates});
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        let groups = sales.groups(&body).await;
        let stages = groups.as_array().unwrap().iter();
        let stages: Vec<_> = stages
            .map(|group| group["stage"].as_str().unwrap_or("-"))
            .collect();
        assert_eq!(stages.join(" "), expected, "{extra}");
    }
    let none = json!({"aggregates": {"n": {"count": "*"}}, "having": {"n": {"gt": 5}}});
    assert_eq!(sales.groups(&none).await, json!([]));
}
