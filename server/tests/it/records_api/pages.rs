//! Lists: in order, page by page, both ways, and counted.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::Tenant;

/// Scores with many ties and gaps: every order needs the id to be total.
async fn scored(count: usize) -> Tenant {
    let tenant = Tenant::new().await;
    let records: Json = (0..count)
        .map(|n| json!({"last_name": format!("n{n:02}"), "lead_score": (n % 4 != 3).then_some(n % 4), "company_id": null}))
        .collect();
    tenant.post("/api/v1/contacts", records).await.created();
    tenant
}

fn names(list: &Json) -> Vec<String> {
    list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["last_name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn pages_join_without_gap_or_overlap_both_ways() {
    let tenant = scored(23).await;
    for sort in [
        "lead_score",
        "-lead_score",
        "lead_score,-last_name",
        "-created_at",
        "company.name,-lead_score",
        "",
    ] {
        let list = async |limit: &str, cursor: Option<(&str, &str)>| {
            let mut parameters = vec![("limit", limit), ("sort", sort), ("fields", "last_name")];
            parameters.retain(|(_, value)| !value.is_empty());
            parameters.extend(cursor);
            tenant.find("/api/v1/contacts", &parameters).await.ok()
        };
        let whole = list("1000", None).await;
        assert_eq!(
            whole["page"],
            json!({"next": null, "previous": null}),
            "{sort}"
        );
        let whole = names(&whole);
        assert_eq!(whole.len(), 23);
        let mut forwards = Vec::new();
        let mut page = list("5", None).await;
        let last = loop {
            forwards.extend(names(&page));
            let Some(next) = page["page"]["next"].as_str().map(str::to_owned) else {
                break page;
            };
            page = list("5", Some(("after", &next))).await;
        };
        assert_eq!(forwards, whole, "{sort}");
        let mut backwards = names(&last);
        let mut page = last;
        while let Some(previous) = page["page"]["previous"].as_str().map(str::to_owned) {
            page = list("5", Some(("before", &previous))).await;
            backwards.splice(0..0, names(&page));
        }
        assert_eq!(backwards, whole, "{sort}");
    }
}

#[tokio::test]
async fn an_offset_leaves_out_the_first_records_of_any_order() {
    let tenant = scored(23).await;
    for sort in [
        "lead_score",
        "-lead_score,last_name",
        "company.name",
        "-id",
        "",
    ] {
        let list = async |more: &[(&str, &str)]| {
            let mut parameters = vec![("sort", sort), ("fields", "last_name")];
            parameters.retain(|(_, value)| !value.is_empty());
            parameters.extend(more);
            tenant.find("/api/v1/contacts", &parameters).await.ok()
        };
        for deleted in ["exclude", "include"] {
            let deleted = ("deleted", deleted);
            let whole = names(&list(&[deleted]).await);
            for offset in [0, 1, 7, 22, 23, 1_000_000] {
                let text = offset.to_string();
                let page = list(&[deleted, ("limit", "5"), ("offset", &text)]).await;
                let expected: Vec<_> = whole.iter().skip(offset).take(5).cloned().collect();
                assert_eq!(names(&page), expected, "{sort} {offset}");
                assert_eq!(
                    page["page"]["next"].is_string(),
                    offset + 5 < 23,
                    "{sort} {offset}"
                );
            }
        }
        // Reading on from a jump.
        let page = list(&[("limit", "5"), ("offset", "7"), ("count", "exact")]).await;
        assert_eq!(page["total"], 23);
        let whole = names(&list(&[]).await);
        let (next, previous) = (
            page["page"]["next"].as_str(),
            page["page"]["previous"].as_str(),
        );
        let next = list(&[("limit", "5"), ("after", next.unwrap())]).await;
        assert_eq!(names(&next), whole[12..17], "{sort}");
        let previous = list(&[("limit", "5"), ("before", previous.unwrap())]).await;
        assert_eq!(names(&previous), whole[2..7], "{sort}");
    }
    let found = tenant
        .find("/api/v1/contacts", &[("q", "n1"), ("offset", "4")])
        .await
        .ok();
    assert_eq!(names(&found).len(), 6, "of n10 to n19");
    for offset in ["-1", "x", "1.5", "1000001", ""] {
        let refused = tenant.find("/api/v1/contacts", &[("offset", offset)]).await;
        assert_eq!(refused.status, 400, "{offset}");
        assert_eq!(refused.body["errors"][0]["pointer"], "/offset");
        assert_eq!(refused.body["errors"][0]["code"], "range");
    }
}

#[tokio::test]
async fn orders_are_as_asked() {
    let tenant = Tenant::new().await;
    for (name, city) in [("b", Some("Riga")), ("a", Some("Berlin")), ("c", None)] {
        let company = tenant
            .id_of(
                "companies",
                json!({"name": name.to_uppercase(), "city": city}),
            )
            .await;
        tenant
            .create(
                "contacts",
                json!({"last_name": name, "company_id": company}),
            )
            .await;
    }
    for (sort, expected) in [
        ("last_name", "a b c"),
        ("-last_name", "c b a"),
        ("company.city", "a b c"),
        ("-company.city", "b a c"),
        ("-company.city:nulls_first", "c b a"),
        ("created_at", "b a c"),
        ("-id", "c a b"),
    ] {
        let list = tenant
            .find("/api/v1/contacts", &[("sort", sort)])
            .await
            .ok();
        assert_eq!(names(&list).join(" "), expected, "{sort}");
    }
}

#[tokio::test]
async fn totals_are_given_when_asked_for() {
    let tenant = scored(7).await;
    let list = async |parameters: &str| {
        tenant
            .get(&format!("/api/v1/contacts?limit=2{parameters}"))
            .await
            .ok()
    };
    assert_eq!(list("").await.get("total"), None);
    assert_eq!(list("&count=none").await.get("total"), None);
    assert_eq!(list("&count=exact").await["total"], 7);
    let some = "&filter=%7B%22lead_score%22:%7B%22eq%22:1%7D%7D";
    assert_eq!(list(&format!("&count=exact{some}")).await["total"], 2);
    assert!(list("&count=estimated").await["total"].is_u64());
    let last = list("&count=exact&sort=last_name").await;
    let next = last["page"]["next"].as_str().unwrap();
    assert_eq!(
        list(&format!("&count=exact&sort=last_name&after={next}")).await["total"],
        7,
        "of all pages"
    );
}

#[tokio::test]
async fn limits_and_methods() {
    let tenant = scored(60).await;
    for (limit, expected) in [("", 50), ("?limit=1", 1), ("?limit=1000", 60)] {
        let list = tenant.get(&format!("/api/v1/contacts{limit}")).await.ok();
        assert_eq!(list["data"].as_array().unwrap().len(), expected, "{limit}");
    }
    let both = tenant.get("/api/v1/contacts?after=01939f8e-0000-7000-8000-000000000001&before=01939f8e-0000-7000-8000-000000000001").await;
    assert_eq!(both.refusal(), "400 /before clash");
    let head = tenant.send(Method::HEAD, "/api/v1/contacts", None).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert!(head.header("content-length").parse::<usize>().unwrap() > 100);
    let put = tenant
        .send(Method::PUT, "/api/v1/contacts", Some(json!({})))
        .await;
    assert_eq!(put.status, 405);
    assert!(
        put.header("allow").contains("GET"),
        "{}",
        put.header("allow")
    );
}

#[tokio::test]
async fn a_cursor_outlives_its_record() {
    let tenant = scored(9).await;
    let first = tenant.get("/api/v1/contacts?limit=4").await.ok();
    let cursor = first["page"]["next"].as_str().unwrap();
    let last = first["data"][3]["id"].as_str().unwrap();
    for way in ["", "?permanent=true"] {
        let deleted = tenant
            .delete(&format!("/api/v1/contacts/{last}{way}"))
            .await;
        assert!([204, 404].contains(&deleted.status));
        let next = tenant
            .get(&format!("/api/v1/contacts?limit=4&after={cursor}"))
            .await
            .ok();
        assert_eq!(names(&next), ["n04", "n05", "n06", "n07"], "{way}");
    }
}

/// As it was reported: with `sort=updated_at`, an edit of the last record of a page ended the walk.
#[tokio::test]
async fn an_edit_between_two_pages_loses_nobody() {
    for sort in ["updated_at", "-updated_at", "last_name", "-lead_score"] {
        let tenant = scored(20).await;
        let (mut met, mut after) = (Vec::new(), None::<String>);
        loop {
            let mut parameters = vec![("limit", "6"), ("sort", sort)];
            if let Some(after) = &after {
                parameters.push(("after", after));
            }
            let page = tenant.find("/api/v1/contacts", &parameters).await.ok();
            met.extend(names(&page));
            let Some(next) = page["page"]["next"].as_str() else {
                break;
            };
            after = Some(next.to_owned());
            let last = page["data"].as_array().unwrap().last().unwrap();
            let path = format!("/api/v1/contacts/{}", last["id"].as_str().unwrap());
            let edited = json!({"lead_score": 9});
            tenant.patch(&path, edited).await.ok();
        }
        for n in 0..20 {
            let name = format!("n{n:02}");
            assert!(met.contains(&name), "{sort}: {name} is lost");
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_or_none_of_ours_is_refused() {
    let tenant = scored(9).await;
    let list =
        async |parameters: &[(&str, &str)]| tenant.find("/api/v1/contacts", parameters).await;
    let filter = r#"{"lead_score":{"gte":0}}"#;
    let first = list(&[("limit", "2"), ("sort", "last_name"), ("filter", filter)])
        .await
        .ok();
    let next = first["page"]["next"].as_str().unwrap();
    let same = [("sort", "last_name"), ("filter", filter), ("after", next)];
    list(&same).await.ok();
    let cut = &next[..next.len() - 3];
    let other = r#"{"lead_score":{"gte":1}}"#;
    for (parameters, code) in [
        (
            [("sort", "last_name"), ("filter", filter), ("after", cut)],
            "cursor",
        ),
        (
            [("sort", "last_name"), ("filter", filter), ("after", "")],
            "cursor",
        ),
        (
            [("sort", "-last_name"), ("filter", filter), ("after", next)],
            "other_list",
        ),
        (
            [("sort", "last_name"), ("filter", other), ("after", next)],
            "other_list",
        ),
        (
            [("sort", "last_name"), ("deleted", "only"), ("after", next)],
            "other_list",
        ),
        (
            [("sort", "last_name"), ("q", "n01"), ("after", next)],
            "other_list",
        ),
    ] {
        // The second time there is a plan for its shape.
        for _ in 0..2 {
            let refused = list(&parameters).await;
            assert_eq!(refused.status, 400, "{parameters:?}");
            let error = &refused.body["errors"][0];
            assert_eq!(
                (&error["pointer"], &error["code"]),
                (&json!("/after"), &json!(code))
            );
        }
        list(&same).await.ok();
    }
    let companies = tenant
        .find("/api/v1/companies", &[("sort", "name"), ("after", next)])
        .await;
    assert_eq!(companies.status, 400);
}

/// As it was reported: the cursor of a long value did not fit into an address.
#[tokio::test]
async fn orders_by_long_texts_are_walked_to_their_end() {
    let tenant = Tenant::new().await;
    let fields = json!([
        {"api_name": "body", "type": "long_text"},
        {"api_name": "summary", "type": "text", "settings": {"max_length": 10_000}},
    ]);
    tenant.object("essay", fields).await;
    let long = "語".repeat(9_000);
    let essays: Json = (0..7)
        .map(|n| json!({"name": format!("e{n}"), "body": format!("{}{long}", n % 3), "summary": format!("{}{long}", n % 2)}))
        .collect();
    tenant.post("/api/v1/essays", essays).await.created();
    for sort in ["body", "-body", "summary,-body", "-summary,name"] {
        let list = async |limit: &str, place: Option<(&str, &str)>| {
            let mut parameters = vec![("limit", limit), ("sort", sort)];
            parameters.extend(place);
            tenant.find("/api/v1/essays", &parameters).await.ok()
        };
        let whole = list("1000", None).await["data"].clone();
        let whole = whole.as_array().unwrap();
        assert_eq!(whole.len(), 7);
        let (mut forwards, mut page) = (Vec::new(), list("2", None).await);
        loop {
            forwards.extend(page["data"].as_array().unwrap().clone());
            let Some(next) = page["page"]["next"].as_str().map(str::to_owned) else {
                break;
            };
            page = list("2", Some(("after", &next))).await;
        }
        assert!(
            forwards == *whole,
            "{sort}: other records, or in another order"
        );
        let first = list("2", None).await;
        let last = first["page"]["next"].as_str().unwrap();
        let back = list("1", Some(("before", last))).await;
        assert!(back["data"][0] == whole[0], "{sort}");
        let body = whole[0]["body"].as_str().unwrap();
        assert_eq!(body.chars().count(), 9_001, "values are shown whole");
    }
}
