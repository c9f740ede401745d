//! What comes first and last in an order, and that an index is walked for it.

use serde_json::{Value as Json, json};
use sqlx::AssertSqlSafe;
use std::cmp::Ordering;
use tessera_compiler::cursor::Cursor;
use tessera_compiler::query::tree::{End, Window};

use super::cursors::walk;
use super::plans::plan;
use crate::statements;
use crate::support::records::{Wanted, cursor};
use crate::support::world::{World, refused};

/// Things with a score that an index has and one that none has; both are empty now and then.
async fn things() -> World {
    let world = World::new().await;
    let thing = json!({"api_name": "thing", "fields": [
        {"api_name": "score", "type": "integer", "indexed": true},
        {"api_name": "plain", "type": "integer"},
        {"api_name": "name", "type": "text", "indexed": true},
    ]});
    world.define(thing).await.unwrap();
    world
}

fn descending(key: &str) -> (&str, bool, bool) {
    let (key, down) = key
        .strip_prefix('-')
        .map_or((key, false), |key| (key, true));
    let (key, first) = key
        .strip_suffix(":nulls_first")
        .map_or((key, false), |key| (key, true));
    (key, down, first)
}

/// The order of two things by what the sort says, the id in the direction of its first key.
fn compare(sort: &str, a: &Json, b: &Json) -> Ordering {
    let turned = |order: Ordering, down: bool| if down { order.reverse() } else { order };
    let mut order = Ordering::Equal;
    for key in sort.split(',') {
        let (name, down, first) = descending(key);
        let next = match (a[name].as_i64(), b[name].as_i64()) {
            (Some(a), Some(b)) => turned(a.cmp(&b), down),
            (a, b) => turned(a.is_none().cmp(&b.is_none()), first),
        };
        order = order.then(next);
    }
    order.then(turned(
        a["id"].as_str().cmp(&b["id"].as_str()),
        descending(sort).1,
    ))
}

#[tokio::test]
async fn empty_values_come_last_either_way_unless_asked_otherwise() {
    let world = things().await;
    let things = (0..90).map(|n: i64| {
        let some = |value: i64, of: i64| {
            if n % of == 0 {
                Json::Null
            } else {
                json!(value)
            }
        };
        json!({"score": some(n * 7 % 5, 3), "plain": some(n * 3 % 4, 4)})
    });
    let mut things = world.create_many("thing", things.collect()).await.unwrap();
    let keys = ["score", "plain"].map(|key| {
        ["", "-"].map(|sign| ["", ":nulls_first"].map(|nulls| format!("{sign}{key}{nulls}")))
    });
    let [scores, plains] = keys.map(|keys| keys.concat());
    let mut sorts = plains.clone();
    sorts.extend(scores.iter().cloned());
    for score in &scores {
        for plain in &plains {
            sorts.push(format!("{score},{plain}"));
        }
    }
    for sort in sorts {
        things.sort_by(|a, b| compare(&sort, a, b));
        let expected: Vec<&str> = things.iter().map(|t| t["id"].as_str().unwrap()).collect();
        let wanted = Wanted {
            sort: sort.clone(),
            ..Wanted::default()
        };
        let listed = world.page("thing", &wanted).await.unwrap();
        let listed = listed["data"].as_array().unwrap();
        let listed: Vec<&str> = listed.iter().map(|t| t["id"].as_str().unwrap()).collect();
        assert_eq!(listed, expected, "{sort}");
        let walked = walk(&world, &sort, End::Start, async |_: &str| {}).await;
        assert_eq!(walked, expected, "{sort}");
        let mut walked = walk(&world, &sort, End::End, async |_: &str| {}).await;
        walked.reverse();
        assert_eq!(walked, expected, "{sort} from the end");
        // Part of the list, between two cursors.
        let at = async |place: usize| {
            let wanted = Wanted {
                window: Window::first(u32::try_from(place).unwrap()),
                ..wanted.clone()
            };
            cursor(&world.page("thing", &wanted).await.unwrap(), "next").unwrap()
        };
        for (after, before) in [(10, 50), (20, 80), (65, 85)] {
            let (from, to): (Cursor, Cursor) = (at(after).await, at(before).await);
            for end in [End::Start, End::End] {
                let window = Window {
                    after: Some(from.clone().into()),
                    before: Some(to.clone().into()),
                    from: end,
                    offset: 2,
                    ..Window::first(1000)
                };
                let wanted = Wanted {
                    window,
                    ..wanted.clone()
                };
                let page = world.page("thing", &wanted).await.unwrap();
                let page = page["data"].as_array().unwrap();
                let page: Vec<&str> = page.iter().map(|t| t["id"].as_str().unwrap()).collect();
                let between = match end {
                    End::Start => &expected[after + 2..before - 1],
                    End::End => &expected[after..before - 3],
                };
                assert_eq!(page, between, "{sort} {after} {before} {end:?}");
            }
        }
    }
}

#[tokio::test]
async fn texts_come_in_the_order_of_words() {
    let world = World::new().await;
    let natural = json!({"sort": "natural"});
    let thing = json!({"api_name": "thing", "fields": [
        {"api_name": "plain", "type": "text"},
        {"api_name": "words", "type": "text", "indexed": true},
        {"api_name": "unique", "type": "text", "unique": true},
        {"api_name": "natural", "type": "text", "indexed": true, "settings": natural},
    ]});
    world.define(thing).await.unwrap();
    let words = [
        "apple pie",
        "Ähhhh",
        "Apfel",
        "apfel",
        "Zebra",
        "zebra",
        "zoo",
        "résumé",
        "resume",
        "Resumé",
        "Straße",
        "Strasse",
        "ångström",
        "Ёлка",
        "елка",
        "Ель",
        "ёж",
        "Яблоко",
        "A2",
        "A10",
        "A9",
        "a-b",
        "ab",
        "10",
        "9",
    ];
    let sorted = [
        "10",
        "9",
        "a-b",
        "A10",
        "A2",
        "A9",
        "ab",
        "Ähhhh",
        "ångström",
        "apfel",
        "Apfel",
        "apple pie",
        "resume",
        "Resumé",
        "résumé",
        "Strasse",
        "Straße",
        "zebra",
        "Zebra",
        "zoo",
        "ёж",
        "елка",
        "Ёлка",
        "Ель",
        "Яблоко",
    ];
    let natural = |text: &&str| match *text {
        "9" => (0, 0),
        "10" => (0, 1),
        "a-b" => (1, 0),
        "A2" => (1, 2),
        "A9" => (1, 9),
        "A10" => (1, 10),
        _ => (2, 0),
    };
    let mut naturally = sorted;
    naturally.sort_by_key(natural);
    let records =
        words.map(|word| json!({"plain": word, "words": word, "unique": word, "natural": word}));
    world.create_many("thing", records.into()).await.unwrap();
    let listed = async |sort: &str, key: &str, filter: Json| -> Vec<String> {
        let records = world.list("thing", filter, sort).await;
        let text = |record: &Json| record[key].as_str().unwrap().to_owned();
        records.iter().map(text).collect()
    };
    for (key, expected) in [
        ("plain", sorted),
        ("words", sorted),
        ("unique", sorted),
        ("natural", naturally),
    ] {
        assert_eq!(listed(key, key, json!({})).await, expected, "{key}");
        let mut down = listed(&format!("-{key}"), key, json!({})).await;
        down.reverse();
        assert_eq!(down, expected, "-{key}");
        // What is greater comes later, and what is equal is the very same.
        for (place, word) in expected.iter().enumerate() {
            let after = listed(key, key, json!({(key): {"gt": word}})).await;
            assert_eq!(after, expected[place + 1..], "{key} > {word}");
            assert_eq!(
                listed(key, key, json!({(key): {"eq": word}})).await,
                [*word]
            );
        }
        let walked = walk(&world, key, End::Start, async |_: &str| {}).await;
        assert_eq!(walked.len(), words.len(), "{key}");
    }
    let (written, created) = world
        .upsert(
            "thing",
            "unique",
            &[
                json!({"unique": "Ёлка", "plain": "x"}),
                json!({"unique": "Елка"}),
            ],
        )
        .await
        .unwrap();
    assert_eq!(created, [false, true]);
    assert_eq!(written[0]["plain"], "x");
}

/// The definitions of the indexes of a table, by name.
async fn indexes(world: &World, table: &str) -> Vec<String> {
    sqlx::query_scalar("select indexdef from pg_indexes where schemaname = $1 and tablename = $2 order by indexname")
        .bind(world.schema().await)
        .bind(table)
        .fetch_all(&world.database.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn indexes_of_before_are_made_again_in_the_order_of_words() {
    let world = World::new().await;
    let thing = json!({"api_name": "thing", "fields": [
        {"api_name": "name", "type": "text", "unique": true},
        {"api_name": "city", "type": "text", "indexed": true},
    ]});
    world.define(thing).await.unwrap();
    world
        .create("thing", json!({"name": "a", "city": "b"}))
        .await
        .unwrap();
    let (things, contacts) = (
        indexes(&world, "thing").await,
        indexes(&world, "contact").await,
    );
    assert!(
        things
            .iter()
            .filter(|index| index.contains("und-x-icu"))
            .count()
            == 2,
        "{things:?}"
    );
    // As a server of before would have left them, one of them cut off.
    let schema = world.schema().await;
    let before = format!(
        "drop index {schema}.thing__name__unique, {schema}.thing__city__sorted, {schema}.contact__city__sorted;
         create unique index thing__name__unique on {schema}.thing (name) where deleted_at is null;
         create index thing__city__sorted on {schema}.thing (city, id);
         create index _beside__thing__city__sorted on {schema}.thing (city, id);
         create index contact__city__sorted on {schema}.contact (city, id);
         update platform.tenants set indexes_collated = false"
    );
    let mut superuser = world.database.superuser().await;
    sqlx::raw_sql(AssertSqlSafe(before))
        .execute(&mut superuser)
        .await
        .unwrap();
    let says = async |words: &str| {
        let findings = world.engine.examine().await.unwrap();
        assert!(
            findings.iter().any(|finding| finding.words.contains(words)),
            "{findings:?}"
        );
    };
    says("not yet in the order of words in acme").await;
    world.engine.make_collated_indexes().await.unwrap();
    assert_eq!(indexes(&world, "thing").await, things);
    assert_eq!(indexes(&world, "contact").await, contacts);
    says("texts are sorted by ICU").await;
    world.engine.make_collated_indexes().await.unwrap();
}

#[tokio::test]
async fn what_a_server_that_died_left_beside_an_index_does_no_harm() {
    let world = World::new().await;
    let thing = json!({"api_name": "thing", "fields": [
        {"api_name": "name", "type": "text", "unique": true},
    ]});
    world.define(thing).await.unwrap();
    let schema = world.schema().await;
    let mut superuser = world.database.superuser().await;
    let mut execute = async |text: String| {
        let done = sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut superuser);
        done.await.unwrap();
    };
    let left = format!(
        "create unique index _beside__thing__name__unique on {schema}.thing (name) where deleted_at is null"
    );
    execute(format!("drop index {schema}.thing__name__unique; {left}")).await;
    let a = json!({"name": "a"});
    world.create("thing", a.clone()).await.unwrap();
    // It is told as the unique index of the model would.
    let again = world.create("thing", a.clone()).await;
    assert_eq!(refused(again), "409 /name unique");
    // A field that need not be unique any more is not kept so.
    world
        .patch_field("thing", "name", json!({"unique": false}))
        .await
        .unwrap();
    world.create("thing", a).await.unwrap();
    let kept = indexes(&world, "thing").await;
    // Of one that no change drops, the next try takes care.
    execute(format!(
        "create index _beside__thing__gone__sorted on {schema}.thing (name);
         update platform.tenants set indexes_collated = false"
    ))
    .await;
    world.engine.make_collated_indexes().await.unwrap();
    assert_eq!(indexes(&world, "thing").await, kept);
}

#[tokio::test]
async fn a_page_is_a_walk_of_the_index_wherever_it_begins() {
    let world = things().await;
    let schema = world.schema().await;
    let fill = format!(
        "insert into {schema}.thing (id, score, name, created_at, updated_at, version)
         select gen_random_uuid(), case when n % 3 > 0 then n end, case when n % 3 > 0 then 'n' || n end, now(), now(), 1 from generate_series(1, 20000) n;
         analyze {schema}.thing"
    );
    let mut superuser = world.database.superuser().await;
    sqlx::raw_sql(AssertSqlSafe(fill))
        .execute(&mut superuser)
        .await
        .unwrap();
    for sort in [
        "score",
        "-score",
        "score:nulls_first",
        "-score:nulls_first",
        "name",
        "-name",
    ] {
        let key = if sort.contains("score") {
            "score"
        } else {
            "name"
        };
        for from in [End::Start, End::End] {
            let mut window = Window {
                from,
                ..Window::first(20)
            };
            for place in ["first", "middle"] {
                let wanted = Wanted {
                    sort: sort.into(),
                    window: window.clone(),
                    ..Wanted::default()
                };
                let page = world.page("thing", &wanted).await.unwrap();
                let text = statements::last(world.page("thing", &wanted)).await;
                let plan = plan(&world, &text).await;
                let on_table = plan.lines().filter(|line| line.contains("on thing"));
                let walks = on_table
                    .clone()
                    .filter(|line| line.contains(&format!("thing__{key}__sorted")));
                assert!(walks.clone().count() > 0, "{sort} {from:?} {place}\n{plan}");
                let others =
                    on_table.filter(|line| !line.contains(&format!("using thing__{key}__sorted")));
                // The total counts all of them.
                assert_eq!(others.count(), 1, "{sort} {from:?} {place}\n{plan}");
                assert!(!plan.contains("Sort"), "{sort} {from:?} {place}\n{plan}");
                if place == "middle" {
                    // Where the page begins is a bound, not a filter.
                    let bounds = ["(ROW(", "IS NULL) AND (id "];
                    for bound in bounds {
                        assert!(plan.contains(bound), "{sort} {from:?}\n{plan}");
                    }
                }
                window = match from {
                    End::Start => Window {
                        after: cursor(&page, "next").map(Into::into),
                        ..window
                    },
                    End::End => Window {
                        before: cursor(&page, "previous").map(Into::into),
                        ..window
                    },
                };
            }
        }
    }
}
