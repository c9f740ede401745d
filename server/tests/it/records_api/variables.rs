//! Variables in filters: the caller, and times that move with the clock.

use chrono::{Datelike, Days, Duration, FixedOffset, NaiveDate, Utc};
use serde_json::{Value as Json, json};

use crate::support::Tenant;
use crate::support::client::Client;

/// The zones in which the date is the latest and the earliest one on Earth: never the same.
const ZONES: [(&str, i32); 3] = [("Etc/GMT-14", 14), ("UTC", 0), ("Etc/GMT+12", -12)];

fn today(hours: i32) -> NaiveDate {
    let offset = FixedOffset::east_opt(hours * 3600).unwrap();
    Utc::now().with_timezone(&offset).date_naive()
}

/// A tenant with a `visit` for each day of the last and the next forty.
async fn visits() -> Tenant {
    let tenant = Tenant::new().await;
    let fields = json!([
        {"api_name": "day", "type": "date"},
        {"api_name": "at", "type": "datetime"},
        {"api_name": "guest", "type": "email"},
        {"api_name": "note", "type": "text"},
        {"api_name": "number", "type": "uuid"},
    ]);
    tenant.object("visit", fields).await;
    let days = (0..80).map(|n| {
        let day = today(0) + Days::new(n) - Days::new(40);
        json!({"day": day, "at": format!("{day}T12:00:00Z"), "note": day.to_string()})
    });
    tenant
        .post("/api/v1/visits", days.collect())
        .await
        .created();
    tenant
}

async fn days(client: &Client, filter: &Json, zone: Option<&str>) -> Vec<NaiveDate> {
    let filter = filter.to_string();
    let mut parameters = vec![
        ("filter", filter.as_str()),
        ("sort", "day"),
        ("limit", "1000"),
    ];
    parameters.extend(zone.map(|zone| ("time_zone", zone)));
    let list = client.find("/api/v1/visits", &parameters).await.ok();
    let days = list["data"].as_array().unwrap().iter();
    days.map(|visit| visit["day"].as_str().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn days_begin_in_the_time_zone_and_are_shifted() {
    let tenant = visits().await;
    for (zone, hours) in ZONES {
        let first = |operand: &str| {
            let (tenant, filter) = (&tenant, json!({"day": {"gte": operand}}));
            async move { days(tenant, &filter, Some(zone)).await[0] }
        };
        // Over midnight the day may change between the two.
        loop {
            let day = today(hours);
            let monday = day - Days::new(u64::from(day.weekday().num_days_from_monday()));
            let month = day.with_day(1).unwrap();
            let found = [
                first("$today").await,
                first("$now").await,
                first("$today-7d").await,
                first("$today+2w").await,
                first("$week").await,
                first("$week-1w").await,
                first("$month").await,
            ];
            if day != today(hours) {
                continue;
            }
            let expected = [
                day,
                day,
                day - Days::new(7),
                day + Days::new(14),
                monday,
                monday - Days::new(7),
                month,
            ];
            assert_eq!(found, expected, "{zone}");
            break;
        }
    }
}

#[tokio::test]
async fn moments_are_compared_with_the_beginning_of_a_day() {
    let tenant = visits().await;
    for (zone, hours) in ZONES {
        let day = today(hours);
        let filter = json!({"at": {"between": ["$today", "$today+1d"]}});
        let found = days(&tenant, &filter, Some(zone)).await;
        // Noon in UTC is 02:00 of the next day at +14, and midnight at -12.
        let midnight = day.and_hms_opt(0, 0, 0).unwrap() - Duration::hours(i64::from(hours));
        let within = |day: &NaiveDate| {
            let noon = day.and_hms_opt(12, 0, 0).unwrap();
            (midnight..=midnight + Duration::days(1)).contains(&noon)
        };
        let all = (0..80).map(|n| today(0) + Days::new(n) - Days::new(40));
        let expected: Vec<_> = all.filter(within).collect();
        if day == today(hours) {
            assert_eq!(found, expected, "{zone}");
        }
    }
    let recent = json!({"created_at": {"gt": "$now-1h"}});
    assert_eq!(days(&tenant, &recent, None).await.len(), 80);
    let future = json!({"created_at": {"gt": "$now+1h"}});
    assert_eq!(days(&tenant, &future, None).await.len(), 0);
}

#[tokio::test]
async fn the_caller_is_whoever_asks() {
    let tenant = visits().await;
    let member = tenant.member().await;
    let me = async |client: &Client| client.get("/api/v1/auth/me").await.ok()["user"].clone();
    let (admin_user, member_user) = (me(&tenant).await, me(&member).await);
    for (client, user) in [(&*tenant, &admin_user), (&member, &member_user)] {
        let visit = json!({"note": "mine", "guest": user["email"], "number": user["id"], "day": "2020-01-01"});
        client.post("/api/v1/visits", visit).await.created();
    }
    let mine = [
        json!({"created_by": {"eq": "$user.id"}, "note": {"eq": "mine"}}),
        json!({"number": {"eq": "$user.id"}}),
        json!({"number": {"in": ["$user.id", "0193b0a8-0000-7000-8000-000000000000"]}}),
        json!({"guest": {"eq": "$user.email"}}),
        json!({"and": [{"number": {"is_null": false}}, {"not": {"guest": {"neq": "$user.email"}}}]}),
    ];
    for filter in &mine {
        for (client, user) in [(&*tenant, &admin_user), (&member, &member_user)] {
            let filter = filter.to_string();
            let parameters = [("filter", filter.as_str()), ("fields", "number")];
            let list = client.find("/api/v1/visits", &parameters).await.ok();
            assert_eq!(list["data"], json!([{"number": user["id"]}]), "{filter}");
        }
    }
    // GraphQL has the same words, as literals and as variables.
    let query = "query($filter: VisitFilter) { visits(filter: $filter) { nodes { number } } }";
    let literal = "{ visits(filter: {number: {eq: \"$user.id\"}}) { nodes { number } } }";
    for (client, user) in [(&*tenant, &admin_user), (&member, &member_user)] {
        let expected = json!({"visits": {"nodes": [{"number": user["id"]}]}});
        let variables = json!({"filter": {"number": {"eq": "$user.id"}}});
        assert_eq!(client.data(query, variables).await, expected);
        assert_eq!(client.data(literal, json!({})).await, expected);
    }
}

#[tokio::test]
async fn a_text_that_names_a_variable_stays_a_text() {
    let tenant = visits().await;
    let visit = json!({"note": "$today", "day": "2020-01-01"});
    tenant.post("/api/v1/visits", visit).await.created();
    for filter in [
        json!({"note": {"eq": "$today"}}),
        json!({"note": {"in": ["$today", "x"]}}),
        json!({"note": {"starts_with": "$tod"}}),
    ] {
        assert_eq!(days(&tenant, &filter, None).await.len(), 1, "{filter}");
    }
    // The plan of the one is not taken for the other.
    for operand in ["2020-01-01", "$today", "2020-01-01", "$today-1d"] {
        let filter = json!({"day": {"eq": operand}});
        assert_eq!(days(&tenant, &filter, None).await.len(), 1, "{operand}");
    }
}

#[tokio::test]
async fn what_is_no_variable_is_refused() {
    let tenant = visits().await;
    for (filter, pointer, code) in [
        (
            json!({"day": {"eq": "$yesterday"}}),
            "/filter/day/eq",
            "variable",
        ),
        (
            json!({"day": {"gte": "$today-2h"}}),
            "/filter/day/gte",
            "variable",
        ),
        (
            json!({"at": {"between": ["$now", "$tomorrow"]}}),
            "/filter/at/between",
            "variable",
        ),
        (
            json!({"number": {"eq": "$user.email"}}),
            "/filter/number/eq",
            "variable",
        ),
    ] {
        let text = filter.to_string();
        let refused = tenant.find("/api/v1/visits", &[("filter", &text)]).await;
        assert_eq!(refused.status, 400, "{filter}");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{filter}");
        assert_eq!(refused.body["errors"][0]["code"], code, "{filter}");
    }
    let filter = json!({"day": {"gte": "$today"}}).to_string();
    for zone in ["Riga", "+02:00", "Nowhere/Atall"] {
        let refused = tenant
            .find(
                "/api/v1/visits",
                &[("filter", &filter), ("time_zone", zone)],
            )
            .await;
        assert_eq!(refused.status, 400, "{zone}");
        assert_eq!(refused.body["errors"][0]["pointer"], "/time_zone", "{zone}");
    }
}
