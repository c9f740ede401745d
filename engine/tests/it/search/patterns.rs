//! Lists by a pattern, in each of the ways they are found: near the start of the order, by a walk to
//! the end that begins there, by the indexes, or by such a walk all the same.

use serde_json::json;
use tessera_compiler::query::tree::{End, Window};

use crate::support::records::{Wanted, cursor};
use crate::support::world::World;

const COUNT: i64 = 4_000;

fn title(number: i64) -> String {
    let mut words = vec!["common"];
    // Of these there are more than indexes are asked for, and none near the start.
    if (1_200..2_800).contains(&number) {
        words.push("middle");
    }
    // A few near the start, not a page of them.
    if number % 250 == 7 {
        words.push("seldom");
    }
    if number % 997 == 3 {
        words.push("rarely");
    }
    words.join(" ")
}

#[tokio::test]
async fn pages_by_a_pattern_are_the_same_however_they_are_found() {
    let world = World::new().await;
    let paper = json!({"api_name": "paper", "fields": [
        {"api_name": "title", "type": "text", "settings": {"searchable": true}},
        {"api_name": "place", "type": "integer", "indexed": true},
        {"api_name": "twin", "type": "integer"},
    ]});
    world.define(paper).await.unwrap();
    for chunk in 0..4 {
        let records = (chunk * 1_000..(chunk + 1) * 1_000)
            .map(|number| json!({"title": title(number), "place": number, "twin": number}));
        world.create_many("paper", records.collect()).await.unwrap();
    }
    for word in ["common", "middle", "seldom", "rarely", "absent"] {
        for (sort, turned) in [("place", false), ("-place", true), ("twin", false)] {
            let mut expected: Vec<i64> = (0..COUNT)
                .filter(|number| title(*number).contains(word))
                .collect();
            if turned {
                expected.reverse();
            }
            let filter = json!({"title": {"contains": &word.to_uppercase()}});
            let (mut met, mut at) = (Vec::new(), None);
            for _ in 0..4 {
                let window = Window {
                    after: at.map(Into::into),
                    ..Window::first(7)
                };
                let wanted = Wanted {
                    filter: filter.clone(),
                    sort: sort.into(),
                    window,
                    ..Wanted::default()
                };
                let page = world.page("paper", &wanted).await.unwrap();
                let places = page["data"].as_array().unwrap().iter();
                met.extend(places.map(|record| record["place"].as_i64().unwrap()));
                at = cursor(&page, "next");
                if at.is_none() {
                    break;
                }
            }
            expected.truncate(28);
            assert_eq!(met, expected, "{word} by {sort}");
            let window = Window {
                from: End::End,
                offset: 2,
                ..Window::first(3)
            };
            let wanted = Wanted {
                filter: filter.clone(),
                sort: sort.into(),
                window,
                ..Wanted::default()
            };
            let page = world.page("paper", &wanted).await.unwrap();
            let last: Vec<_> = page["data"].as_array().unwrap().iter().collect();
            let mut all: Vec<i64> = (0..COUNT)
                .filter(|number| title(*number).contains(word))
                .collect();
            if turned {
                all.reverse();
            }
            let end = all.len().saturating_sub(2);
            let all = &all[end.saturating_sub(3)..end];
            let last: Vec<i64> = last.iter().map(|r| r["place"].as_i64().unwrap()).collect();
            assert_eq!(last, all, "the end of {word} by {sort}");
            let window = Window {
                offset: u32::MAX,
                ..Window::first(3)
            };
            let wanted = Wanted {
                filter: filter.clone(),
                sort: sort.into(),
                window,
                ..Wanted::default()
            };
            let page = world.page("paper", &wanted).await.unwrap();
            assert_eq!(page["data"], json!([]), "{word} by {sort}");
        }
    }
}
