//! Pages: from cursor to cursor, in every order, each record exactly once.

use serde_json::{Value as Json, json};
use tessera_compiler::cursor::Cursor;
use tessera_compiler::query::tree::{Deleted, End, Window};
use tessera_schema::filter::Filter;

use crate::support::records::{Wanted, cursor, parsed};
use crate::support::world::World;

const ORDERS: [&str; 12] = [
    "",
    "-id",
    "created_at",
    "-created_at,id",
    "lead_score",
    "-lead_score",
    "last_name,-lead_score",
    "-last_name,-lead_score",
    "company.city,-last_name",
    "-company.city",
    "company.name,lead_score,-first_name",
    "-version,lead_score",
];

/// 200 contacts with many ties and many nulls, of three companies and none; one of the companies is in the bin.
async fn crowd() -> World {
    let world = World::new().await;
    let companies = [
        json!({"name": "A", "city": "Riga"}),
        json!({"name": "B"}),
        json!({"name": "C", "city": "Bonn"}),
    ];
    let companies = world
        .create_many("company", companies.into())
        .await
        .unwrap();
    let contacts = (0..200).map(|n: usize| {
        let some = |of: usize, value: Json| {
            if n.is_multiple_of(of) {
                Json::Null
            } else {
                value
            }
        };
        json!({
            "first_name": format!("f{n}"),
            "last_name": some(3, json!(["x", "y", "Z"][n % 7 % 3])),
            "lead_score": some(5, json!(n % 11)),
            "company_id": companies.get(n % 4).map(|company| company["id"].clone()),
        })
    });
    world
        .create_many("contact", contacts.collect())
        .await
        .unwrap();
    world.delete("company", &companies[2]).await.unwrap();
    world
}

fn ids(records: &Json) -> Vec<String> {
    records
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The position of the record at this place in an order.
async fn at(world: &World, sort: &str, place: u32) -> Cursor {
    let wanted = Wanted {
        sort: sort.into(),
        window: Window::first(place + 1),
        ..Wanted::default()
    };
    let page = world.page("contact", &wanted).await.unwrap();
    cursor(&page, "next").unwrap()
}

/// Goes through all pages from one end; gives the ids as they were met.
async fn walk(world: &World, sort: &str, from: End, size: u32) -> Vec<String> {
    let mut met = Vec::new();
    let mut at: Option<Cursor> = None;
    loop {
        let (after, before) = match from {
            End::Start => (at.clone(), None),
            End::End => (None, at.clone()),
        };
        let window = Window {
            limit: size,
            from,
            after: after.map(Into::into),
            before: before.map(Into::into),
            offset: 0,
        };
        let page = world
            .page(
                "contact",
                &Wanted {
                    sort: sort.into(),
                    window,
                    ..Wanted::default()
                },
            )
            .await
            .unwrap();
        let mut here = ids(&page["data"]);
        let (onward, back) = match from {
            End::Start => ("next", "previous"),
            End::End => {
                here.reverse();
                ("previous", "next")
            }
        };
        assert!(
            here.len() <= size as usize,
            "a page of {} for {size}",
            here.len()
        );
        assert_eq!(
            cursor(&page, back).is_some(),
            at.is_some(),
            "{sort}: there is a way back but on the first page"
        );
        met.extend(here);
        at = cursor(&page, onward);
        if at.is_none() {
            return met;
        }
        assert_eq!(
            page["data"].as_array().unwrap().len(),
            size as usize,
            "a page that is not the last is full"
        );
    }
}

#[tokio::test]
async fn every_order_shows_each_record_once_from_either_end() {
    let world = crowd().await;
    for (index, sort) in ORDERS.into_iter().enumerate() {
        let whole = ids(&json!(world.list("contact", json!({}), sort).await));
        assert_eq!(whole.len(), 200);
        let size = [7, 50, 64, 199, 200][index % 5];
        assert_eq!(
            walk(&world, sort, End::Start, size).await,
            whole,
            "{sort} by {size}"
        );
        let mut backwards = walk(&world, sort, End::End, size).await;
        backwards.reverse();
        assert_eq!(backwards, whole, "{sort} backwards by {size}");
    }
}

#[tokio::test]
async fn orders_are_what_they_say() {
    let world = crowd().await;
    let scores = async |sort: &str| -> Vec<Option<i64>> {
        let found = world.list("contact", json!({}), sort).await;
        found
            .iter()
            .map(|record| record["lead_score"].as_i64())
            .collect()
    };
    let up = scores("lead_score").await;
    assert!(
        up.windows(2)
            .all(|pair| pair[1].is_none() || (pair[0].is_some() && pair[0] <= pair[1]))
    );
    let down = scores("-lead_score").await;
    assert!(
        down.windows(2)
            .all(|pair| pair[1].is_none() || (pair[0].is_some() && pair[0] >= pair[1]))
    );
    // A company in the bin counts as none.
    let by_city = world.list("contact", json!({}), "company.city").await;
    assert!(
        by_city[..50]
            .iter()
            .all(|contact| !contact["company_id"].is_null())
    );
    let riga = world
        .list("contact", json!({"company": {"city": {"eq": "Riga"}}}), "")
        .await;
    assert_eq!(riga.len(), 50);
    assert!(
        by_city[..50]
            .iter()
            .all(|contact| contact["company_id"] == riga[0]["company_id"])
    );
}

#[tokio::test]
async fn records_that_go_while_someone_turns_pages_disturb_nobody_else() {
    let world = crowd().await;
    for sort in ["-lead_score", "company.name,-first_name", "created_at"] {
        let whole = ids(&json!(world.list("contact", json!({}), sort).await));
        let (mut met, mut gone) = (Vec::new(), Vec::new());
        let mut after: Option<Cursor> = None;
        loop {
            let window = Window {
                after: after.clone().map(Into::into),
                ..Window::first(20)
            };
            let page = world
                .page(
                    "contact",
                    &Wanted {
                        sort: sort.into(),
                        window,
                        ..Wanted::default()
                    },
                )
                .await
                .unwrap();
            met.extend(ids(&page["data"]));
            after = cursor(&page, "next");
            if after.is_none() {
                break;
            }
            let last = met.last().unwrap().clone();
            // The very record that the cursor names goes to the bin, and one that would have come later.
            let later = whole
                .iter()
                .rev()
                .find(|id| !met.contains(id) && !gone.contains(*id))
                .unwrap()
                .clone();
            for id in [last, later.clone()] {
                world.delete("contact", &json!(id)).await.unwrap();
            }
            gone.push(later);
        }
        let expected: Vec<&String> = whole.iter().filter(|id| !gone.contains(*id)).collect();
        assert_eq!(met.iter().collect::<Vec<_>>(), expected, "{sort}");
    }
}

#[tokio::test]
async fn a_window_may_begin_at_an_offset_and_lie_between_two_cursors() {
    let world = crowd().await;
    let whole = ids(&json!(
        world.list("contact", json!({}), "-lead_score").await
    ));
    let (at_49, at_99) = (
        at(&world, "-lead_score", 49).await,
        at(&world, "-lead_score", 99).await,
    );
    let at_100 = at(&world, "-lead_score", 100).await;
    let between = |from| Window {
        limit: 10,
        from,
        after: Some(at_49.clone().into()),
        before: Some(at_100.clone().into()),
        offset: 0,
    };
    for (window, expected) in [
        (
            Window {
                offset: 20,
                ..Window::first(10)
            },
            20..30,
        ),
        (
            Window {
                offset: 195,
                ..Window::first(10)
            },
            195..200,
        ),
        (
            Window {
                offset: 500,
                ..Window::first(10)
            },
            0..0,
        ),
        (
            Window {
                offset: 5,
                after: Some(at_99.into()),
                ..Window::first(10)
            },
            105..115,
        ),
        (between(End::Start), 50..60),
        (between(End::End), 90..100),
        (
            Window {
                limit: 1,
                from: End::End,
                after: None,
                before: None,
                offset: 0,
            },
            199..200,
        ),
    ] {
        let page = world
            .page(
                "contact",
                &Wanted {
                    sort: "-lead_score".into(),
                    window: window.clone(),
                    ..Wanted::default()
                },
            )
            .await
            .unwrap();
        assert_eq!(ids(&page["data"]), whole[expected], "{window:?}");
        assert_eq!(page["total"], 200, "the window does not bear on the total");
    }
}

#[tokio::test]
async fn an_estimate_is_near_without_counting() {
    let world = crowd().await;
    let snapshot = world.model().await;
    let object = snapshot.whole().object("contact").cloned().unwrap();
    let text = format!("analyze {}.contact", snapshot.tenant.schema.as_str());
    sqlx::raw_sql(sqlx::AssertSqlSafe(text))
        .execute(&world.database.pool)
        .await
        .unwrap();
    let estimate = async |filter: Filter, deleted| {
        let engine = &world.engine;
        let plan = engine
            .plan_estimate(&world.admin, &snapshot, &object, &filter, None, deleted)
            .unwrap();
        let inputs = serde_json::Map::new();
        engine
            .executor()
            .estimate(&world.admin, &plan, &inputs)
            .await
            .unwrap()
    };
    assert_eq!(estimate(Filter::all(), Deleted::Include).await, 200);
    assert_eq!(estimate(Filter::all(), Deleted::Exclude).await, 200);
    let some = parsed(
        &snapshot,
        &object,
        &json!({"lead_score": {"eq": 3}, "company": {"city": {"ilike": "%r_ga%"}}}),
    )
    .unwrap();
    assert!(estimate(some, Deleted::Exclude).await < 100);
}
