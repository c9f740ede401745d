//! `POST /sales/aggregate`.

use serde_json::{Value as Json, json};

use super::Sales;
use crate::support::Tenant;

#[tokio::test]
async fn groups_are_made_by_values() {
    let sales = Sales::new().await;
    let count = json!({"n": {"count": "*"}});
    for (body, expected) in [
        (
            json!({"group_by": ["stage"], "aggregates": {"total": {"sum": "amount"}, "n": {"count": "*"}}}),
            json!([
                {"stage": "lost", "total": [{"currency_code": "EUR", "amount": "1"}, {"currency_code": "USD", "amount": "100"}], "n": 2},
                {"stage": "won", "total": [{"currency_code": "EUR", "amount": "13.00"}], "n": 2},
                {"stage": null, "total": [], "n": 1},
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
                {"sold_at": 3, "year": "2025-01-01", "town": "Berlin"},
                {"sold_at": 10, "year": "2025-01-01", "town": null},
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
        (
            "sum",
            "amount",
            json!([{"currency_code": "EUR", "amount": "14.00"}, {"currency_code": "USD", "amount": "100"}]),
        ),
        ("sum", "weight", json!(2)),
        ("sum", "lasted", json!("PT3H")),
        ("avg", "units", json!(17.0 / 3.0)),
        ("avg", "fee", json!("2.2")),
        (
            "avg",
            "amount",
            json!([{"currency_code": "EUR", "amount": "4.6666666666666667"}, {"currency_code": "USD", "amount": "100"}]),
        ),
        (
            "min",
            "amount",
            json!([{"currency_code": "EUR", "amount": "0.50"}, {"currency_code": "USD", "amount": "100"}]),
        ),
        ("avg", "weight", json!(1)),
        ("avg", "lasted", json!("PT1H30M")),
        ("min", "fee", json!("1.10")),
        (
            "max",
            "amount",
            json!([{"currency_code": "EUR", "amount": "12.50"}, {"currency_code": "USD", "amount": "100"}]),
        ),
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
        json!([{"n": 0, "sum": [], "avg": null, "least": null, "share": null}])
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
        "n": {"count": "*"}, "total": {"sum": "weight"}, "first": {"min": "name"}, "mail": {"min": "email"},
        "share": {"empty_share": "units"},
    });
    for (extra, expected) in [
        (json!({}), "lost won -"),
        (json!({"sort": "-stage"}), "won lost -"),
        (json!({"sort": "-stage:nulls_first"}), "- won lost"),
        (json!({"sort": "total,stage"}), "won lost -"),
        (json!({"sort": "-n,-stage"}), "won lost -"),
        (json!({"sort": "n"}), "- lost won"),
        (json!({"limit": 1}), "lost"),
        (json!({"limit": 1, "sort": "-n,-stage"}), "won"),
        (json!({"having": {"n": {"gt": 1}}}), "lost won"),
        (
            json!({"having": {"n": {"gt": 1}, "total": {"gt": 1.5}}}),
            "won",
        ),
        (json!({"having": {"total": {"is_null": true}}}), "lost -"),
        (json!({"having": {"total": {"neq": 2}}}), "lost -"),
        (
            json!({"having": {"or": [{"n": {"eq": 1}}, {"total": {"lte": 13}}]}}),
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

#[tokio::test]
async fn groups_say_where_they_were_cut() {
    let sales = Sales::new().await;
    let groups = async |extra: Json| {
        let mut body = json!({"group_by": ["stage"], "aggregates": {"total": {"sum": "amount"}}});
        let all = body.as_object_mut().unwrap();
        all.extend(extra.as_object().unwrap().clone());
        let answer = sales.tenant.post("/api/v1/sales/aggregate", body).await;
        answer.ok()
    };
    let all = groups(json!({})).await;
    assert_eq!(all["data"].as_array().unwrap().len(), 3);
    for (extra, shown, more) in [
        (json!({}), 3, Json::Null),
        (json!({"limit": 4}), 3, Json::Null),
        (json!({"limit": 3}), 3, Json::Null),
        (json!({"limit": 2}), 2, json!(true)),
        (json!({"limit": 1}), 1, json!(true)),
        (
            json!({"limit": 1, "filter": {"stage": {"eq": "won"}}}),
            1,
            Json::Null,
        ),
        (
            json!({"limit": 1, "filter": {"name": {"eq": "?"}}}),
            0,
            Json::Null,
        ),
        (json!({"limit": 1, "group_by": []}), 1, Json::Null),
    ] {
        let answer = groups(extra.clone()).await;
        assert_eq!(answer["more"], more, "{extra}");
        assert_eq!(answer.get("more").is_some(), more == true, "{extra}");
        assert_eq!(answer["data"].as_array().unwrap().len(), shown, "{extra}");
        if extra.get("filter").is_none() && extra.get("group_by").is_none() {
            assert_eq!(
                answer["data"].as_array().unwrap()[..],
                all["data"].as_array().unwrap()[..shown],
                "{extra}"
            );
        }
    }
    // As many as are shown where nobody says.
    let many: Vec<Json> = (0..1_001)
        .map(|n| json!({"name": format!("m{n}")}))
        .collect();
    for many in many.chunks(1_000) {
        let path = "/api/v1/sales";
        sales.tenant.post(path, json!(many)).await.created();
    }
    for (filter, shown, more) in [("m", 1_000, true), ("m1", 112, false)] {
        let filter = json!({"name": {"starts_with": filter}});
        let answer = groups(json!({"group_by": ["name"], "filter": filter})).await;
        let found = answer["data"].as_array().unwrap().len();
        assert_eq!((found, answer.get("more").is_some()), (shown, more));
    }
}

#[tokio::test]
async fn money_of_several_currencies_is_never_reckoned_together() {
    let sales = Sales::new().await;
    let euros = |amount: &str| json!({"currency_code": "EUR", "amount": amount});
    let dollars = |amount: &str| json!({"currency_code": "USD", "amount": amount});
    // Beside whatever else is reckoned, whether it can be put together of parts or not.
    for (also, expected) in [
        (json!({"n": {"count": "*"}}), json!({"n": 5})),
        (
            json!({"units": {"sum": "units"}, "least": {"min": "name"}}),
            json!({"units": 17, "least": "s1"}),
        ),
        (
            json!({"avg": {"avg": "units"}, "stages": {"count_distinct": "stage"}, "n": {"count": "amount"}}),
            json!({"avg": 17.0 / 3.0, "stages": 2, "n": 4}),
        ),
        (
            json!({"in": {"count_distinct": "amount.currency_code"}, "share": {"empty_share": "amount"}}),
            json!({"in": 2, "share": 0.2}),
        ),
    ] {
        let mut aggregates = json!({"total": {"sum": "amount"}, "most": {"max": "amount"}});
        let all = aggregates.as_object_mut().unwrap();
        all.extend(also.as_object().unwrap().clone());
        let groups = sales.groups(&json!({"aggregates": aggregates})).await;
        let group = groups[0].as_object().unwrap();
        assert_eq!(group["total"], json!([euros("14.00"), dollars("100")]));
        assert_eq!(group["most"], json!([euros("12.50"), dollars("100")]));
        for (name, value) in expected.as_object().unwrap() {
            let same = group[name] == *value
                || (value.is_number() && group[name].as_f64() == value.as_f64());
            assert!(same, "{name}: {groups}");
        }
    }
    let part = json!({"sum": "amount.amount"});
    let by_stage = |more: Json| {
        let mut body = json!({"group_by": ["stage"], "aggregates": {"total": {"sum": "amount"}}});
        let all = body.as_object_mut().unwrap();
        all.extend(more.as_object().unwrap().clone());
        body
    };
    for (body, refused) in [
        (
            by_stage(json!({"aggregates": {"total": part}})),
            "400 /aggregates/total/sum not_possible",
        ),
        (
            by_stage(json!({"aggregates": {"total": {"min": "amount.amount"}}})),
            "400 /aggregates/total/min not_possible",
        ),
        (
            by_stage(json!({"sort": "-total"})),
            "400 /sort not_possible",
        ),
        (
            by_stage(json!({"having": {"total": {"gt": 1}}})),
            "400 /having/total not_possible",
        ),
    ] {
        let answer = sales
            .tenant
            .post("/api/v1/sales/aggregate", body.clone())
            .await;
        assert_eq!(answer.refusal(), refused, "{body}: {}", answer.text);
        assert!(answer.text.contains("`currency_code`"), "{}", answer.text);
    }
    // Where groups are made by the currency too, each has one amount.
    let by = json!(["stage", "amount.currency_code"]);
    let body =
        by_stage(json!({"group_by": by, "sort": "-total", "having": {"total": {"gt": "0.9"}}}));
    let group = |stage: &str, total: Json| json!({"stage": stage, "amount": {"currency_code": total["currency_code"]}, "total": [total]});
    assert_eq!(
        sales.groups(&body).await,
        json!([
            group("lost", dollars("100")),
            group("won", euros("13.00")),
            group("lost", euros("1")),
        ])
    );
    let refused =
        "{ salesGroupBy(groupBy: [{stage: true}], orderBy: [{sum: {amount: DESC}}]) { count } }";
    let refused = sales.tenant.graphql(refused, json!({})).await;
    assert!(refused.text.contains("currencyCode"), "{}", refused.text);
}

#[tokio::test]
async fn amounts_in_several_fields_are_told_apart() {
    let tenant = Tenant::new().await;
    let fields = json!([
        {"api_name": "price", "type": "currency"},
        {"api_name": "cost", "type": "currency"},
    ]);
    tenant.object("deal", fields).await;
    let money = |amount: &str, code: &str| json!({"amount": amount, "currency_code": code});
    let deals = json!([
        {"name": "a", "price": money("1", "EUR"), "cost": money("10", "USD")},
        {"name": "a", "price": money("2", "EUR"), "cost": money("20", "KZT")},
        {"name": "b", "price": money("4", "USD"), "cost": money("40", "USD")},
        {"name": "b"},
    ]);
    tenant.post("/api/v1/deals", deals).await.created();
    let body = json!({"group_by": ["name"], "aggregates": {
        "price": {"sum": "price"}, "cost": {"sum": "cost"}, "n": {"count": "*"}, "names": {"count_distinct": "name"},
    }});
    let groups = tenant.post("/api/v1/deals/aggregate", body).await.ok();
    let expected = json!([
        {"name": "a", "price": [money("3", "EUR")], "cost": [money("20", "KZT"), money("10", "USD")], "n": 2, "names": 1},
        {"name": "b", "price": [money("4", "USD")], "cost": [money("40", "USD")], "n": 2, "names": 1},
    ]);
    assert_eq!(groups["data"], expected);
}

#[tokio::test]
async fn groups_at_the_ends_of_time_are_dates_that_there_are() {
    let tenant = Tenant::new().await;
    let fields = json!([{"api_name": "at", "name": "At", "type": "datetime"}]);
    tenant.object("moment", fields).await;
    for at in [
        json!("0001-01-01T00:00:00Z"),
        json!("9999-12-31T23:59:59Z"),
        Json::Null,
    ] {
        tenant.create("moments", json!({"at": at})).await;
    }
    for (part, first, last) in [
        ("year", "0001-01-01", "9999-01-01"),
        ("quarter", "0001-01-01", "9999-10-01"),
        ("month", "0001-01-01", "9999-12-01"),
        ("week", "0001-01-01", "9999-12-27"),
        ("day", "0001-01-01", "9999-12-31"),
        (
            "hour",
            "0001-01-01T00:00:00+00:00",
            "9999-12-31T23:00:00+00:00",
        ),
    ] {
        // The clocks of the one are behind those of Greenwich, those of the other ahead.
        for zone in ["Etc/GMT+11", "UTC", "Etc/GMT-14"] {
            let body = json!({
                "group_by": [{"field": "at", "by": part}], "aggregates": {"n": {"count": "*"}}, "time_zone": zone,
            });
            let groups = tenant.post("/api/v1/moments/aggregate", body).await.ok();
            let groups = groups["data"].as_array().unwrap();
            let keys: Vec<&Json> = groups.iter().map(|group| &group["at"]).collect();
            assert_eq!(
                keys,
                [&json!(first), &json!(last), &Json::Null],
                "{part} {zone}"
            );
        }
    }
}
