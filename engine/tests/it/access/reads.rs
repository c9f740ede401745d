//! Reads of callers with row rules.

use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tessera_compiler::cursor::Cursor;
use tessera_compiler::query::tree::{
    ConnectionPart, Deleted, GroupItem, GroupShape, HitPart, Item, PagePart, Root, Shape,
};
use tessera_schema::aggregate::Body;
use tessera_schema::object::Attribute;
use tessera_schema::search::Search;

use super::caller::Limited;
use super::judge::{Judge, Record, Records, Rules};
use super::random::{Random, WORDS};
use super::shapes::{columns, list, record, shown, shown_plain};
use super::{cases, rules, seed, users, world};

const SORTS: [&str; 9] = [
    "",
    "-id",
    "name",
    "-score",
    "score,-city",
    "-city,name",
    "firm_id",
    "firm.name,score",
    "-firm.city",
];

#[tokio::test]
async fn reads_are_as_the_judge_says() {
    let mut random = Random::of(seed());
    let (_world, mut limited) = world(&mut random).await;
    let records = limited.records().await;
    let user = limited.user.to_string();
    for case in 0..cases(60) {
        let rules = rules(&mut random, &[]);
        limited.set(&rules);
        let judge = Judge {
            records: &records,
            rules: &rules,
            user: &user,
            in_rule: false,
        };
        let told = |what: &str| format!("case {case}: {what}\n{rules:#?}");
        for object in ["person", "firm", "tag"] {
            pages(&mut limited, judge, &mut random, object, &told).await;
        }
        nested(&mut limited, judge, &mut random, &told).await;
        groups(&mut limited, judge, &mut random, &told).await;
        one(&mut limited, judge, &records, &mut random, &told).await;
        search(&mut limited, judge, &mut random, &told).await;
    }
    limited.close().await;
}

/// A list page by page, with its total.
async fn pages(
    limited: &mut Limited,
    judge: Judge<'_>,
    random: &mut Random,
    object: &str,
    told: &impl Fn(&str) -> String,
) {
    let filter = if random.once_in(3) {
        json!({})
    } else {
        random.filter(object, 2, &users())
    };
    let sort = match object {
        "person" => random.pick(&SORTS),
        "firm" => random.pick(&SORTS[..3]),
        _ => random.pick(&["", "-id", "-label"]),
    };
    let what = told(&format!("{object} {filter} in the order of `{sort}`"));
    let expected = judge.list(object, &filter, sort);
    let part = |name: &str, part| (name.to_owned(), part);
    let shape = Shape::Object(vec![
        part("data", ConnectionPart::Nodes(record(limited, object))),
        part(
            "page",
            ConnectionPart::Page(vec![
                ("next".to_owned(), PagePart::Next),
                ("more".to_owned(), PagePart::HasNext),
            ]),
        ),
        part("total", ConnectionPart::Total),
    ]);
    let mut connection = list(limited, object, &filter, sort, shape);
    connection.window.limit = 1 + u32::try_from(random.below(9)).unwrap();
    let limit = connection.window.limit as usize;
    let as_rows = random.once_in(2);
    let mut rest = expected.as_slice();
    loop {
        let root = Root::Many {
            object: limited.object(object),
            connection: connection.clone(),
        };
        let page = limited.read(root, as_rows).await;
        let (here, then) = rest.split_at(limit.min(rest.len()));
        let here: Vec<Json> = here.iter().map(|record| shown(judge, record)).collect();
        assert_eq!(page["data"], json!(here), "{what}");
        assert_eq!(page["total"], json!(expected.len()), "{what}");
        assert_eq!(page["page"]["more"], json!(!then.is_empty()), "{what}");
        rest = then;
        let Some(next) = page["page"]["next"].as_str() else {
            break;
        };
        connection.window.after = Some(Cursor(next.to_owned()).into());
    }
    assert!(rest.is_empty(), "{what}");
}

/// The first of each firm's people, with how many there are.
async fn nested(
    limited: &mut Limited,
    judge: Judge<'_>,
    random: &mut Random,
    told: &impl Fn(&str) -> String,
) {
    let filter = random.filter("person", 1, &users());
    let sort = random.pick(&SORTS);
    let what = told(&format!(
        "people of firms, {filter} in the order of `{sort}`"
    ));
    let part = |name: &str, part| (name.to_owned(), part);
    let (firm, person) = (limited.object("firm"), limited.object("person"));
    let shape = Shape::Object(vec![
        part("nodes", ConnectionPart::Nodes(columns(&person))),
        part(
            "page",
            ConnectionPart::Page(vec![("more".to_owned(), PagePart::HasNext)]),
        ),
        part("total", ConnectionPart::Total),
    ]);
    let mut people = list(limited, "person", &filter, sort, shape);
    people.window.limit = 2;
    let Some(Attribute::ToMany(to_many)) = firm.attribute("people") else {
        panic!("a firm has people")
    };
    let mut records = columns(&firm);
    let people = Item::ToMany(to_many, person, Box::new(people));
    records.0.push(("people".to_owned(), people));
    let shape = Shape::Array {
        records,
        more: None,
    };
    let connection = list(limited, "firm", &json!({}), "", shape);
    let object = limited.object("firm");
    let answer = limited
        .read(Root::Many { object, connection }, random.once_in(2))
        .await;
    let all = judge.list("person", &filter, sort);
    let firms = judge.list("firm", &json!({}), "").into_iter().map(|firm| {
        let own = all.iter().filter(|person| judge.cell(person, "firm_id") == json!(firm.id));
        let own: Vec<_> = own.collect();
        let nodes = own.iter().take(2).map(|person| shown_plain(judge, person));
        let mut shown = shown_plain(judge, firm);
        shown["people"] = json!({"nodes": nodes.collect::<Vec<_>>(), "page": {"more": own.len() > 2}, "total": own.len()});
        shown
    });
    assert_eq!(answer, json!(firms.collect::<Vec<_>>()), "{what}");
}

async fn groups(
    limited: &mut Limited,
    judge: Judge<'_>,
    random: &mut Random,
    told: &impl Fn(&str) -> String,
) {
    let key = random.pick(&["city", "name", "firm.city", "firm_id", "score"]);
    let filter = random.filter("person", 2, &users());
    let what = told(&format!("groups by {key} of {filter}"));
    let body = json!({"group_by": [key], "filter": filter, "limit": 100,
                      "aggregates": {"n": {"count": "*"}, "named": {"count": "name"}, "most": {"max": "score"},
                                     "least": {"min": "firm.name"}}});
    let person = limited.object("person");
    let body = Body::parse(limited.snapshot.whole(), &person, &body).unwrap();
    let names = body.aggregates.iter();
    let aggregates = names.map(|(name, place)| (name.clone(), GroupItem::Aggregate(*place)));
    let shape = std::iter::once(("key".to_owned(), GroupItem::Key(0))).chain(aggregates);
    let root = Root::Groups {
        object: person,
        shape: GroupShape(shape.collect()),
        aggregation: body.aggregation,
    };
    let answer = limited.read(root, false).await;
    let mut expected: BTreeMap<String, (Json, Vec<&Record>)> = BTreeMap::new();
    for person in judge.list("person", &filter, "") {
        let value = judge.sorted_by(person, key);
        let group = expected
            .entry(value.to_string())
            .or_insert((value, Vec::new()));
        group.1.push(person);
    }
    let expected = expected.into_values().map(|(value, members)| {
        let cells = |key: &'static str| members.iter().map(move |member| judge.sorted_by(member, key));
        let filled = |key: &'static str| cells(key).filter(|cell| !cell.is_null());
        let most = filled("score").filter_map(|score| score.as_i64()).max();
        let least = filled("firm.name").map(|name| name.as_str().unwrap().to_owned()).min();
        json!({"key": value, "n": members.len(), "named": filled("name").count(), "most": most, "least": least})
    });
    let sorted = |groups: Vec<Json>| groups.iter().map(by_keys).collect::<BTreeSet<_>>();
    let answer: Vec<Json> = answer.as_array().unwrap().clone();
    assert_eq!(sorted(answer), sorted(expected.collect()), "{what}");
}

/// A JSON object with its members in the order of their keys.
fn by_keys(object: &Json) -> String {
    let members: BTreeMap<&String, &Json> = object.as_object().unwrap().iter().collect();
    serde_json::to_string(&members).unwrap()
}

async fn one(
    limited: &mut Limited,
    judge: Judge<'_>,
    records: &Records,
    random: &mut Random,
    told: &impl Fn(&str) -> String,
) {
    let all: Vec<&Record> = records.values().collect();
    let wanted = random.pick(&all);
    let deleted = random.pick(&[Deleted::Exclude, Deleted::Include, Deleted::Only]);
    let root = Root::One {
        object: limited.object(wanted.object),
        id: tessera_schema::ident::RecordId(wanted.id.parse().unwrap()).into(),
        deleted,
        selection: record(limited, wanted.object),
    };
    let there = match deleted {
        Deleted::Exclude => !wanted.binned,
        Deleted::Include => true,
        Deleted::Only => wanted.binned,
    };
    let expected = if there && judge.sees(wanted) {
        shown(judge, wanted)
    } else {
        Json::Null
    };
    let as_rows = random.once_in(2);
    let answer = limited.read(root, as_rows).await;
    assert_eq!(
        answer,
        expected,
        "{}",
        told(&format!("{wanted:?} {deleted:?}"))
    );
}

/// What is hidden is neither searched nor shown as the label of a hit.
async fn search(
    limited: &mut Limited,
    judge: Judge<'_>,
    random: &mut Random,
    told: &impl Fn(&str) -> String,
) {
    let word = random.pick(&WORDS);
    let what = told(&format!("search for {word}"));
    let label = |object: &str| if object == "tag" { "label" } else { "name" };
    let has_word = |object: &str| json!({label(object): {"contains": word}});
    let objects = ["firm", "person", "tag"];
    let hits = Root::Search {
        objects: objects
            .map(|name| (name.to_owned(), limited.object(name)))
            .to_vec(),
        search: Search::in_object(&limited.object("person"), word).unwrap(),
        limit: 100,
        parts: vec![
            ("id".to_owned(), HitPart::Id),
            ("label".to_owned(), HitPart::Label),
        ],
    };
    let answer = limited.read(hits, false).await;
    let found: BTreeSet<String> = answer.as_array().unwrap().iter().map(by_keys).collect();
    let expected = objects.iter().flat_map(|object| {
        let all = judge.list(object, &has_word(object), "").into_iter();
        all.map(|record| {
            by_keys(&json!({"id": record.id, "label": judge.cell(record, label(object))}))
        })
    });
    assert_eq!(found, expected.collect(), "{what}");

    let filter = random.filter("person", 1, &users());
    let sort = random.pick(&["", "score"]);
    let shape = Shape::Object(vec![
        (
            "data".to_owned(),
            ConnectionPart::Nodes(record(limited, "person")),
        ),
        ("total".to_owned(), ConnectionPart::Total),
    ]);
    let mut connection = list(limited, "person", &filter, sort, shape);
    let person = limited.object("person");
    connection.search = Some(Search::in_object(&person, word).unwrap());
    let object = Arc::clone(&person);
    let answer = limited
        .read(Root::Many { object, connection }, random.once_in(2))
        .await;
    let both = json!({"and": [filter, has_word("person")]});
    let expected = judge.list("person", &both, "");
    let found: BTreeSet<String> = answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(by_keys)
        .collect();
    let shown = expected.iter().map(|record| by_keys(&shown(judge, record)));
    assert_eq!(found, shown.collect(), "{what} {filter}");
    assert_eq!(answer["total"], json!(expected.len()), "{what} {filter}");
}

#[tokio::test]
async fn without_rules_the_judge_agrees_too() {
    let mut random = Random::of(seed());
    let (_world, mut limited) = world(&mut random).await;
    let records = limited.records().await;
    let (rules, user) = (Rules::default(), limited.user.to_string());
    let judge = Judge {
        records: &records,
        rules: &rules,
        user: &user,
        in_rule: false,
    };
    let told = |what: &str| what.to_owned();
    for _ in 0..5 {
        pages(&mut limited, judge, &mut random, "person", &told).await;
        groups(&mut limited, judge, &mut random, &told).await;
        search(&mut limited, judge, &mut random, &told).await;
    }
    limited.close().await;
}

/// A mask does not keep an index from being used: neither for conditions on the masked values nor for orders by others.
#[tokio::test]
async fn indexes_serve_lists_with_masks() {
    let mut random = Random::of(seed());
    let (_world, mut limited) = world(&mut random).await;
    let mine = json!({"owner": {"eq": "$user.id"}});
    let rules = Rules {
        objects: [(("firm", "read"), mine.clone())].into(),
        fields: [(("person", "city", "read"), mine)].into(),
    };
    limited.set(&rules);
    for (filter, sort, wanted) in [
        (
            json!({"city": {"eq": "riga"}}),
            "name",
            "((city)::text = 'riga'::text)",
        ),
        (
            json!({"firm_id": {"eq": uuid::Uuid::nil()}}),
            "name",
            "(firm_id = '00000000",
        ),
        (json!({}), "-created_at", "person__created_at"),
        (json!({}), "score", "person__score"),
    ] {
        let object = limited.object("person");
        let shape = Shape::Array {
            records: columns(&object),
            more: None,
        };
        let mut connection = list(&limited, "person", &filter, sort, shape);
        connection.window.limit = 2;
        let plan = limited.explained(&Root::Many { object, connection }).await;
        assert!(plan.contains(wanted), "{filter} {sort}: {plan}");
        // Rows are not gathered under the masks before they are chosen.
        assert!(!plan.contains("Subquery Scan"), "{filter} {sort}: {plan}");
    }
    limited.close().await;
}
