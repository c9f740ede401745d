//! Row rules, judged by an evaluation in memory: random records, rules and requests.
//!
//! `ACCESS_CASES` is how many sets of rules are tried, `ACCESS_SEED` where the random numbers begin.

mod caller;
mod judge;
mod random;
mod reads;
mod shapes;
mod writes;

use serde_json::{Value as Json, json};

use self::caller::Limited;
use self::judge::Rules;
use self::random::{Random, WORDS};
use crate::support::world::World;

/// How many sets of rules a test tries.
fn cases(usual: usize) -> usize {
    let given = std::env::var("ACCESS_CASES").ok();
    given.map_or(usual, |cases| cases.parse().unwrap())
}

fn seed() -> u64 {
    let given = std::env::var("ACCESS_SEED").ok();
    let seed = given.map_or_else(
        || {
            let now = std::time::SystemTime::now();
            let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
            u64::from(since.subsec_nanos())
        },
        |seed| seed.parse().unwrap(),
    );
    eprintln!("ACCESS_SEED={seed}");
    seed
}

/// Firms have people, people have tags. Each record has an owner, most of them the caller or one other.
async fn world(random: &mut Random) -> (World, Limited) {
    let world = World::new().await;
    let text =
        |name: &str| json!({"api_name": name, "type": "text", "settings": {"searchable": true}});
    let owner = json!({"api_name": "owner", "type": "uuid"});
    let city = json!({"api_name": "city", "type": "text", "indexed": true});
    for object in [
        json!({"api_name": "firm", "plural_api_name": "firms", "label_field": "name",
               "fields": [text("name"), city, owner]}),
        json!({"api_name": "tag", "label_field": "label", "fields": [text("label"), owner]}),
        json!({"api_name": "person", "plural_api_name": "people", "label_field": "name", "fields": [
            text("name"), city, owner,
            {"api_name": "code", "type": "text", "unique": true},
            {"api_name": "score", "type": "integer", "required": true, "indexed": true},
            {"api_name": "firm", "type": "relation",
             "settings": {"to": "firm", "inverse": {"api_name": "people"}}},
            {"api_name": "tags", "type": "many_to_many",
             "settings": {"to": "tag", "inverse": {"api_name": "people"}}},
        ]}),
    ] {
        world.define(object).await.unwrap();
    }
    let owners = [
        json!(world.admin.principal.user),
        json!(uuid::Uuid::now_v7()),
        json!(random::TEAM),
        Json::Null,
    ];
    let mut ids = Vec::new();
    for (object, name, count) in [("firm", "name", 6), ("tag", "label", 5)] {
        let records = (0..count).map(|_| {
            let mut record = json!({name: random.pick(&WORDS), "owner": random.pick(&owners)});
            if object == "firm" {
                record["city"] = random.city();
            }
            record
        });
        let records = world.create_many(object, records.collect()).await.unwrap();
        ids.push(records.iter().map(|record| record["id"].clone()).collect());
    }
    let [firms, tags]: [Vec<Json>; 2] = ids.try_into().unwrap();
    let people = (0..30).map(|number| {
        let firm = if random.once_in(5) {
            Json::Null
        } else {
            random.pick(&firms)
        };
        let tagged: Vec<&Json> = tags.iter().filter(|_| random.once_in(3)).collect();
        json!({
            "name": random.pick(&WORDS), "city": random.city(), "owner": random.pick(&owners),
            "code": format!("c{number}"), "score": random.below(8), "firm_id": firm, "tags_ids": tagged,
        })
    });
    let people = people.collect();
    let people = world.create_many("person", people).await.unwrap();
    for (object, record) in [
        ("firm", &firms[0]),
        ("tag", &tags[0]),
        ("person", &people[0]),
        ("person", &people[1]),
    ] {
        world.delete(object, record).await.unwrap();
    }
    let limited = Limited::of(&world).await;
    (world, limited)
}

/// What variables and owners may be named in a rule.
fn users() -> Vec<Json> {
    vec![json!("$user.id"), json!(uuid::Uuid::nil())]
}

/// Rules on some of the objects and fields, for the rights to read and these others.
fn rules(random: &mut Random, rights: &[&'static str]) -> Rules {
    let mut rules = Rules::default();
    for object in ["firm", "person", "tag"] {
        for right in std::iter::once(&"read").chain(rights) {
            if random.once_in(2) {
                let rule = random.filter(object, 2, &users());
                rules.objects.insert((object, right), rule);
            }
        }
    }
    for (object, field) in [
        ("firm", "name"),
        ("firm", "city"),
        ("person", "name"),
        ("person", "city"),
        ("person", "score"),
        ("person", "firm"),
        ("person", "tags"),
        ("tag", "label"),
    ] {
        for right in std::iter::once(&"read").chain(rights) {
            if random.once_in(4) {
                let rule = random.filter(object, 1, &users());
                rules.fields.insert((object, field, right), rule);
            }
        }
    }
    rules
}
