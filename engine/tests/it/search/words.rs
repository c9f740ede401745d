//! What a search finds, and in what order.

use serde_json::{Value as Json, json};
use tessera_compiler::query::tree::{Deleted, End, HitPart, Query, Root, Window};
use tessera_schema::naming::Spelling;
use tessera_schema::search::{self, Search};

use super::indexes::without_trigrams;
use crate::support::records::{Wanted, cursor};
use crate::support::world::World;

impl World {
    fn searching(text: &str) -> Wanted {
        Wanted {
            search: Some(Search::parse(text).unwrap()),
            ..Wanted::default()
        }
    }

    /// The titles of what a search finds, best first.
    async fn titles(&self, text: &str) -> Vec<String> {
        self.titles_of(&Self::searching(text)).await
    }

    async fn titles_of(&self, wanted: &Wanted) -> Vec<String> {
        let page = self.page("paper", wanted).await.unwrap();
        let titles: Vec<String> = titles(&page["data"]);
        assert_eq!(page["total"], titles.len(), "{page}");
        titles
    }

    async fn papers(&self, titles: &[&str]) {
        let records = titles.iter().map(|title| json!({"title": title}));
        self.create_many("paper", records.collect()).await.unwrap();
    }

    /// The best hits over objects: `object`, `label`, `rank`.
    async fn hits(&self, objects: &[&str], text: &str) -> Vec<Json> {
        let snapshot = self.model().await;
        let part = |name: &str, part| (name.to_owned(), part);
        let names = Some(objects.iter().copied());
        let root = Root::Search {
            objects: search::objects(snapshot.whole(), names, Spelling::Snake).unwrap(),
            search: Search::parse(text).unwrap(),
            limit: 5,
            parts: vec![
                part("object", HitPart::Object),
                part("id", HitPart::Id),
                part("label", HitPart::Label),
                part("rank", HitPart::Rank),
            ],
        };
        let query = Query { roots: vec![root] };
        let answer = self.engine.read(&self.admin, &snapshot, &query).await;
        serde_json::from_slice(answer.unwrap().roots[0].as_ref().unwrap()).unwrap()
    }
}

fn titles(records: &Json) -> Vec<String> {
    let records = records.as_array().unwrap().iter();
    records
        .map(|record| record["title"].as_str().unwrap().to_owned())
        .collect()
}

/// Papers with a title and a text.
async fn with_papers(world: World) -> World {
    let paper = json!({"api_name": "paper", "label_field": "title", "fields": [
        {"api_name": "author", "type": "email", "settings": {"searchable": true}},
        {"api_name": "text", "type": "long_text", "settings": {"searchable": true}},
        {"api_name": "phone", "type": "phone", "settings": {"searchable": true}},
        {"api_name": "title", "type": "text", "settings": {"searchable": true}},
        {"api_name": "secret", "type": "text"},
    ]});
    world.define(paper).await.unwrap();
    world
}

#[tokio::test]
async fn words_are_found_in_their_forms() {
    let world = with_papers(World::new().await).await;
    world
        .papers(&[
            "The company was hoping",
            "Runs and jumps",
            "Договоры поставки",
            "Новая книга",
            "Бегущий человек",
        ])
        .await;
    for (text, title) in [
        ("companies", "The company was hoping"),
        ("hoped", "The company was hoping"),
        ("running", "Runs and jumps"),
        ("JUMPED", "Runs and jumps"),
        ("договора", "Договоры поставки"),
        ("поставками", "Договоры поставки"),
        ("КНИГИ", "Новая книга"),
        ("новую", "Новая книга"),
        ("бегущая", "Бегущий человек"),
        // Words that have no stem, or are left out of indexes of words elsewhere.
        ("the", "The company was hoping"),
        ("and", "Runs and jumps"),
    ] {
        assert_eq!(world.titles(text).await, [title], "{text}");
    }
}

#[tokio::test]
async fn parts_of_words_are_found() {
    let world = with_papers(World::new().await).await;
    let paper = json!({
        "title": "Receipt №AB-1207/x", "author": "nora7@new.example", "phone": "+371 2012 3456",
        "text": "one\nlast 50%_off", "secret": "hidden",
    });
    world.create("paper", paper).await.unwrap();
    world.papers(&["Another"]).await;
    for text in [
        "rec",
        "receipt",
        "ECEIP",
        "1207",
        "ab-1207",
        "207/x",
        "nora7@new",
        "@new",
        "new.exam",
        "nora7@new.example",
        "20123456",
        "+371 20-12-34",
        "2012-3456",
        "(371)2012",
        "50%_off",
        "re",
        "on",
        "receipt nora7 last",
        "LAST, \"receipt\"",
    ] {
        assert_eq!(world.titles(text).await, ["Receipt №AB-1207/x"], "{text}");
    }
    for text in ["hidden", "receipt hidden", "ei", "5_%", "o%r"] {
        let found = world.titles(text).await;
        assert!(!found.contains(&"Receipt №AB-1207/x".to_owned()), "{text}");
    }
}

#[tokio::test]
async fn typing_mistakes_are_forgiven() {
    let world = with_papers(World::new().await).await;
    let papers = [
        "Johnson",
        "Newman",
        "Michael Smith",
        "Berlin office",
        "Кузнецов",
        "Anderson",
        "Иванов Пётр",
    ];
    world.papers(&papers).await;
    for (text, title) in [
        ("jonson", "Johnson"),
        ("newmann", "Newman"),
        ("micheal", "Michael Smith"),
        ("smiht", "Michael Smith"),
        ("smith micheal", "Michael Smith"),
        ("berln", "Berlin office"),
        ("berlin ofice", "Berlin office"),
        ("кузнецоф", "Кузнецов"),
        ("andersen", "Anderson"),
        ("ивано петр", "Иванов Пётр"),
    ] {
        let found = world.titles(text).await;
        assert_eq!(found.first().map(String::as_str), Some(title), "{text}");
    }
    for text in ["zebra", "smith berlin", "abcdefgh"] {
        assert!(world.titles(text).await.is_empty(), "{text}");
    }
}

#[tokio::test]
async fn what_fits_best_comes_first() {
    let world = with_papers(World::new().await).await;
    world
        .papers(&[
            "Newborn",
            "Renewal",
            "Newman and a long name that goes on",
            "New",
            "News of the day",
        ])
        .await;
    let text = json!({"title": "Zzz", "text": "something that is new"});
    world.create("paper", text).await.unwrap();
    let found = world.titles("new").await;
    assert_eq!(found[..2], ["New", "Zzz"]);
    assert_eq!(found.last().unwrap(), "Renewal");
    assert_eq!(found.len(), 6);

    world.papers(&["Anderson", "Andersen", "Andersons"]).await;
    assert_eq!(world.titles("andersen").await[0], "Andersen");
    assert_eq!(
        world.titles("anderson").await[..2],
        ["Anderson", "Andersons"]
    );
    // Those that were only like it come too, and last.
    assert_eq!(world.titles("anderson").await[2..], ["Andersen"]);
}

#[tokio::test]
async fn a_whole_word_is_not_lost_among_many_that_begin_with_it() {
    let world = with_papers(World::new().await).await;
    let many: Vec<String> = (0..1_100).map(|n| format!("Annual {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for part in many.chunks(500) {
        world.papers(part).await;
    }
    world.papers(&["Mary Ann Lee"]).await;
    let page = world.page("paper", &World::searching("ann")).await.unwrap();
    assert_eq!(page["data"][0]["title"], "Mary Ann Lee");
    assert_eq!(page["total"], 1_101);
    assert_eq!(page["data"].as_array().unwrap().len(), 1_000);
    // In another order there is no end to them.
    let by_title = Wanted {
        sort: "-title".to_owned(),
        window: Window::first(3),
        ..World::searching("ann")
    };
    let page = world.page("paper", &by_title).await.unwrap();
    assert_eq!(
        titles(&page["data"]),
        ["Mary Ann Lee", "Annual 999", "Annual 998"]
    );
    assert_eq!(page["total"], 1_101);
}

#[tokio::test]
async fn a_search_goes_with_all_else_that_a_list_takes() {
    let world = with_papers(World::new().await).await;
    world.papers(&["Plan C", "Plan A", "Plan B", "Other"]).await;
    let by = |sort: &str, filter: Json| Wanted {
        sort: sort.to_owned(),
        filter,
        ..World::searching("plan")
    };
    assert_eq!(
        world.titles_of(&by("title", json!({}))).await,
        ["Plan A", "Plan B", "Plan C"]
    );
    let some = json!({"title": {"in": ["Plan A", "Plan C", "Other"]}});
    assert_eq!(
        world.titles_of(&by("-title", some.clone())).await,
        ["Plan C", "Plan A"]
    );
    assert_eq!(world.titles_of(&by("", some)).await.len(), 2);

    let records = world
        .list("paper", json!({"title": {"eq": "Plan B"}}), "")
        .await;
    world.delete("paper", &records[0]).await.unwrap();
    assert_eq!(world.titles("plan").await.len(), 2);
    let bin = Wanted {
        deleted: Deleted::Only,
        ..World::searching("plan")
    };
    assert_eq!(world.titles_of(&bin).await, ["Plan B"]);
    world.restore("paper", &records[0]).await.unwrap();
    assert_eq!(world.titles("plan").await.len(), 3);
}

#[tokio::test]
async fn pages_of_a_search_are_the_list_cut_up() {
    let world = with_papers(World::new().await).await;
    let papers: Vec<String> = (0..9)
        .map(|n| {
            if n % 2 == 0 {
                format!("Alpha {n}")
            } else {
                format!("{n} alphabet")
            }
        })
        .collect();
    world
        .papers(&papers.iter().map(String::as_str).collect::<Vec<_>>())
        .await;
    for sort in ["", "-title"] {
        let wanted = |window| Wanted {
            sort: sort.to_owned(),
            window,
            ..World::searching("alpha")
        };
        let whole = world
            .page("paper", &wanted(Window::first(100)))
            .await
            .unwrap();
        let mut forward = Vec::new();
        let mut after = None;
        loop {
            let window = Window {
                after: after.clone().map(Into::into),
                ..Window::first(4)
            };
            let page = world.page("paper", &wanted(window)).await.unwrap();
            assert_eq!(
                page["page"]["previous"].is_null(),
                after.is_none(),
                "{sort}"
            );
            forward.extend(titles(&page["data"]));
            after = cursor(&page, "next");
            if after.is_none() {
                break;
            }
        }
        assert_eq!(forward, titles(&whole["data"]), "{sort}");
        assert_eq!(forward.len(), 9);
        let window = Window {
            from: End::End,
            ..Window::first(1)
        };
        let last = world.page("paper", &wanted(window)).await.unwrap();
        let window = Window {
            before: cursor(&last, "previous").map(Into::into),
            from: End::End,
            ..Window::first(3)
        };
        let page = world.page("paper", &wanted(window)).await.unwrap();
        assert_eq!(titles(&page["data"]), forward[5..8], "{sort}");
        assert!(page["page"]["previous"].is_string() && page["page"]["next"].is_string());
    }
}

#[tokio::test]
async fn searching_over_objects() {
    let world = with_papers(World::new().await).await;
    world.papers(&["Acme contract", "Nothing"]).await;
    let company = world
        .create("company", json!({"name": "Acme"}))
        .await
        .unwrap();
    world
        .create(
            "contact",
            json!({"first_name": "Ann", "last_name": "Lee", "email": "ann@acme.test"}),
        )
        .await
        .unwrap();
    let objects = ["contact", "company", "paper"];
    let hits = world.hits(&objects, "acme").await;
    let labels: Vec<_> = hits
        .iter()
        .map(|hit| hit["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["Acme", "Acme contract", "Lee"], "{hits:?}");
    assert_eq!(hits[0]["object"], "company");
    assert_eq!(hits[0]["id"], company["id"]);
    let ranks: Vec<f64> = hits
        .iter()
        .map(|hit| hit["rank"].as_f64().unwrap())
        .collect();
    assert!(
        ranks.is_sorted_by(|a, b| a >= b) && ranks[0] <= 1.0 && ranks[2] > 0.5,
        "{ranks:?}"
    );
    // Mistyped, it is found all the same, and said to be far from sure.
    let hits = world.hits(&objects, "acmee").await;
    assert_eq!(hits[0]["label"], "Acme");
    assert!(hits[0]["rank"].as_f64().unwrap() <= 0.5);

    assert_eq!(world.hits(&["contact"], "acme").await.len(), 1);
    world.delete("company", &company).await.unwrap();
    assert_eq!(world.hits(&objects, "acme").await.len(), 2);
    let stranger = world.another_tenant("strangers").await;
    assert!(
        stranger
            .hits(&["contact", "company"], "acme")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn without_the_extension_only_mistakes_are_not_forgiven() {
    let world = with_papers(without_trigrams().await).await;
    world.papers(&["Johnson runs", "Новая книга"]).await;
    for text in ["johnson", "ohns", "running", "книги", "ru"] {
        assert_eq!(world.titles(text).await.len(), 1, "{text}");
    }
    assert!(world.titles("jonson").await.is_empty());
    assert_eq!(world.hits(&["paper", "contact"], "johnson").await.len(), 1);
}

#[tokio::test]
async fn whatever_is_typed_is_searched_for() {
    let world = with_papers(World::new().await).await;
    world
        .papers(&["a & b | !c", "O'Neil \\ (x) <-> \"y\":*", "50%"])
        .await;
    let mut random = 7_u64;
    let signs: Vec<char> = "aBя1 '\"\\%_&|!():*<->@.,-+#$€?;=[]{}~^`/\u{301}\u{1f600}ß\u{feff}漢"
        .chars()
        .collect();
    let odd = [
        "or",
        "-or",
        "not",
        "\"a",
        "a or -b",
        "a:*",
        "'; drop table x; --",
        "$1",
        "\\",
        "%%%a",
        "__a",
        "[a",
        "a{1000}",
    ];
    let mut texts: Vec<String> = odd.map(str::to_owned).into();
    for length in 1..120 {
        let mut text = String::new();
        for _ in 0..=(length % 23) {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            text.push(signs[(random >> 33) as usize % signs.len()]);
        }
        texts.push(text);
    }
    for text in texts {
        let Ok(search) = Search::parse(&text) else {
            continue;
        };
        let wanted = Wanted {
            search: Some(search),
            ..Wanted::default()
        };
        let found = world.page("paper", &wanted).await;
        assert!(found.is_ok(), "{text:?}: {found:?}");
        world.hits(&["paper"], &text).await;
    }
    assert_eq!(world.titles("o'neil").await.len(), 1);
    assert_eq!(world.titles("50%").await, ["50%"]);
}

#[tokio::test]
async fn lists_by_patterns_are_the_same_however_many_fit() {
    let world = with_papers(World::new().await).await;
    let many: Vec<String> = (0..1_300)
        .map(|n| format!("Annual report {n:04}"))
        .collect();
    for part in many.chunks(650) {
        world
            .papers(&part.iter().map(String::as_str).collect::<Vec<_>>())
            .await;
    }
    for (pattern, count) in [
        ("%report 12%", 100),
        ("%annual%", 1_300),
        ("%nothing%", 0),
        ("%12_4", 10),
        ("%0%", 1_300 - 9 * 9 * 9),
        ("annual report 0007", 1),
    ] {
        let filter = json!({"or": [{"title": {"ilike": pattern}}, {"text": {"ilike": pattern}}]});
        // Turned around twice, no index serves it.
        let scanned = json!({"not": {"not": filter.clone()}});
        let expected = world.list("paper", scanned, "-title").await;
        let mut expected = titles(&json!(expected));
        let wanted = Wanted {
            filter,
            sort: "-title".to_owned(),
            window: Window::first(20),
            ..Wanted::default()
        };
        let page = world.page("paper", &wanted).await.unwrap();
        if pattern != "%0%" {
            assert_eq!(page["total"], count, "{pattern}");
        }
        expected.truncate(20);
        assert_eq!(titles(&page["data"]), expected, "{pattern}");
        // The next page goes on from there.
        if let Some(next) = cursor(&page, "next") {
            let window = Window {
                after: Some(next.into()),
                ..Window::first(5)
            };
            let next = world
                .page(
                    "paper",
                    &Wanted {
                        window,
                        ..wanted.clone()
                    },
                )
                .await
                .unwrap();
            assert!(titles(&next["data"])[0] < expected[19], "{pattern}");
            assert_eq!(next["data"].as_array().unwrap().len(), 5);
        }
    }
}
