//! Row rules: wherever a statement finds records of an object, its rule is there.

use serde_json::json;
use std::sync::Arc;
use tessera_schema::access::Right;
use tessera_schema::access::row_rules::RowRules;
use tessera_schema::access::view::View;
use tessera_schema::aggregate::Body;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Attribute;
use tessera_schema::record::{Change, Record, Upsert};
use tessera_schema::search::Search;

use super::{columns, filter, list, model, object, record_id, related, view};
use crate::query::tree::{
    ConnectionPart, Deleted, GroupItem, GroupShape, HitPart, Item, Query, Root, Selection, Shape,
};
use crate::query::{compile, rows, stored};
use crate::snapshot::Snapshot;
use crate::statement::Statement;
use crate::write::{Action, Write, statement};

/// Of companies only those of one city may be read, of contacts those with such a company. Only some may be written.
fn limited(snapshot: &Snapshot) -> View {
    let mut rules = RowRules::default();
    let mut put = |name: &str, right, rule| {
        let object = object(snapshot, name);
        let rule = filter(snapshot, &object, &rule);
        rules.put(object.api_name().clone(), right, rule);
    };
    put(
        "company",
        Right::Read,
        json!({"city": {"starts_with": "R"}}),
    );
    put(
        "contact",
        Right::Read,
        json!({"company": {"name": {"starts_with": "A"}}}),
    );
    put("contact", Right::Update, json!({"score": {"gt": 5}}));
    put("tag", Right::Read, json!({"label": {"is_null": false}}));
    View::clone(&view(snapshot)).with_rules(rules)
}

/// The aliases under which a statement reads an object's table.
fn aliases(snapshot: &Snapshot, statement: &Statement, name: &str) -> Vec<String> {
    let table = object(snapshot, name).table.clone();
    let schema = snapshot.tenant.schema.as_str();
    let from = format!("\"{schema}\".\"{table}\" AS \"");
    let found = statement.text.split(&from).skip(1);
    let found = found.map(|rest| rest.split('"').next().unwrap_or_default());
    let mut found: Vec<String> = found.map(ToOwned::to_owned).collect();
    found.sort();
    found.dedup();
    found
}

/// Whether the rows of an alias are known from a guarded part of the statement: by their places, or as hits.
fn is_found(text: &str, alias: &str) -> bool {
    let places = format!("\"{alias}\".\"ctid\" = ANY");
    let hit = format!("\"{alias}\".\"id\" = \"h#");
    text.contains(&places) || text.contains(&hit)
}

fn all_guarded(snapshot: &Snapshot, what: &str, statement: &Statement) {
    let text = &statement.text;
    for (name, rule) in [
        ("company", "\"city\" ILIKE"),
        ("contact", "\"company_id\""),
        ("tag", "\"label\" IS NOT NULL"),
    ] {
        for alias in aliases(snapshot, statement, name) {
            // The company that the rule on contacts asks for is any.
            let of_rule =
                alias.starts_with("f#") && text.contains(&format!("\"{alias}\".\"name\" ILIKE"));
            let guarded = text.contains(&format!("\"{alias}\".{rule}"));
            assert!(
                guarded || of_rule || is_found(text, &alias),
                "{what}: {name} {alias}: {text}"
            );
        }
    }
}

fn roots(snapshot: &Snapshot) -> Vec<(&'static str, Vec<Root>)> {
    let [company, contact] = ["company", "contact"].map(|name| object(snapshot, name));
    let mut of_contact = columns(&contact, &["id"]);
    let Some(Attribute::ToOne(to_one)) = contact.attribute("company") else {
        panic!("a contact has a company")
    };
    let named = Item::ToOne(to_one, Arc::clone(&company), columns(&company, &["name"]));
    of_contact.0.push(("company".to_owned(), named));
    let tags = related(snapshot, &contact, "tags", |tag| {
        list(snapshot, tag, "label", columns(tag, &["label"]))
    });
    of_contact.0.push(tags);
    let one = |deleted| Root::One {
        object: Arc::clone(&contact),
        id: record_id().into(),
        deleted,
        selection: of_contact.clone(),
    };
    let many = |object: &Arc<_>, connection| Root::Many {
        object: Arc::clone(object),
        connection,
    };
    let plain = |sort| list(snapshot, &contact, sort, of_contact.clone());
    let mut filtered = plain("company.name,-score");
    filtered.filter = filter(
        snapshot,
        &contact,
        &json!({"tags": {"every": {"contacts": {"some": {"company": {"city": {"eq": "Riga"}}}}}}}),
    );
    let mut total = plain("");
    total.shape = Shape::Object(vec![("total".to_owned(), ConnectionPart::Total)]);
    let mut of_company = columns(&company, &["name"]);
    let contacts = related(snapshot, &company, "contacts", |_| plain("name"));
    of_company.0.push(contacts);
    let mut searched = list(snapshot, &company, "", of_company.clone());
    searched.search = Some(Search::in_object(&company, "ada").unwrap());
    let mut by_pattern = list(snapshot, &company, "-created_at", of_company.clone());
    by_pattern.filter = filter(snapshot, &company, &json!({"name": {"contains": "ada"}}));
    let body = json!({"group_by": ["company.city"], "aggregates": {"n": {"count": "*"}, "fees": {"sum": "fee"}}});
    let body = Body::parse(snapshot.whole(), &contact, &body).unwrap();
    let groups = Root::Groups {
        object: Arc::clone(&contact),
        shape: GroupShape(vec![
            ("city".to_owned(), GroupItem::Key(0)),
            ("n".to_owned(), GroupItem::Aggregate(0)),
            ("fees".to_owned(), GroupItem::Aggregate(1)),
        ]),
        aggregation: body.aggregation,
    };
    let hits = Root::Search {
        objects: vec![("company".to_owned(), Arc::clone(&company))],
        search: Search::in_object(&company, "ada").unwrap(),
        limit: 3,
        parts: vec![("id".to_owned(), HitPart::Id)],
    };
    vec![
        ("one", vec![one(Deleted::Exclude)]),
        ("one of the bin", vec![one(Deleted::Only)]),
        ("one, in the bin or not", vec![one(Deleted::Include)]),
        ("a list", vec![many(&contact, filtered.clone())]),
        ("a total", vec![many(&contact, total)]),
        (
            "a nested list",
            vec![many(&company, list(snapshot, &company, "name", of_company))],
        ),
        ("a search", vec![many(&company, searched.clone())]),
        ("a pattern", vec![many(&company, by_pattern.clone())]),
        ("groups", vec![groups.clone()]),
        ("hits", vec![hits.clone()]),
        (
            "all of it",
            vec![
                one(Deleted::Exclude),
                many(&contact, filtered),
                many(&company, searched),
                many(&company, by_pattern),
                groups,
                hits,
            ],
        ),
    ]
}

#[test]
fn every_read_has_the_rules() {
    let snapshot = model();
    let view = limited(&snapshot);
    for (what, roots) in roots(&snapshot) {
        if let [root] = roots.as_slice()
            && rows::suits(root)
        {
            let (statement, _) = rows::compile(&snapshot, &view, root);
            all_guarded(&snapshot, what, &statement);
        }
        let statement = compile::query(&snapshot, &view, &Query { roots });
        all_guarded(&snapshot, what, &statement);
    }
    let contact = object(&snapshot, "contact");
    let all = filter(&snapshot, &contact, &json!({}));
    let estimate = compile::estimate(&snapshot, &view, &contact, &all, None, Deleted::Exclude);
    all_guarded(&snapshot, "an estimate", &estimate);
    let ids = std::iter::once(record_id());
    let stored = stored::statement(&snapshot, &view, &contact, ids, stored::Next::Change);
    all_guarded(&snapshot, "stored rows", &stored);
}

/// The rows that are read before they are changed, and those that links lead to.
#[test]
fn every_write_has_the_rules() {
    let snapshot = model();
    let view = limited(&snapshot);
    let contact = object(&snapshot, "contact");
    let id = record_id();
    let links = json!({"company_id": id, "tags_ids": [id], "score": 1});
    let new = || Record::create(&contact, &links, Spelling::Snake).unwrap();
    let changes = || Record::update(&contact, &links, Spelling::Snake).unwrap();
    let upsert = Upsert::read(&contact, &links, Spelling::Snake).unwrap();
    let every = || filter(&snapshot, &contact, &json!({}));
    let expected = None;
    let actions = [
        Action::Create(new()),
        Action::CreateMany(vec![new(), new()]),
        Action::UpsertMany {
            key: contact.id_key(),
            records: vec![upsert],
        },
        Action::Update {
            id,
            changes: changes(),
            expected: expected.clone(),
        },
        Action::UpdateMany(vec![Change {
            id,
            version: None,
            values: changes(),
        }]),
        Action::UpdateWhere {
            filter: every(),
            changes: changes(),
            at_most: None,
        },
        Action::Delete {
            id,
            expected: expected.clone(),
        },
        Action::DeleteWhere {
            filter: every(),
            at_most: None,
        },
        Action::Restore { id },
        Action::RestoreWhere { filter: every() },
        Action::Destroy { id, expected },
    ];
    for action in actions {
        let what = format!("{action:?}");
        let write = Write {
            object: Arc::clone(&contact),
            action,
            selection: Selection::default(),
            rollback: false,
        };
        let statement = statement::compile(&snapshot, &view, &write);
        all_guarded(&snapshot, &what, &statement);
        let of_updates = statement.text.contains("\"t\".\"score\" >");
        assert_eq!(of_updates, what.starts_with("Update"), "{}", statement.text);
    }
}

#[test]
fn a_rule_on_a_joined_record_stands_in_its_join() {
    let snapshot = model();
    let view = limited(&snapshot);
    let contact = object(&snapshot, "contact");
    let root = Root::Many {
        connection: list(
            &snapshot,
            &contact,
            "company.name",
            columns(&contact, &["id"]),
        ),
        object: contact,
    };
    let (statement, _) = rows::compile(&snapshot, &view, &root);
    println!("{}", super::print::pretty(&statement, None));
    let (_, join) = statement.text.split_once("LEFT JOIN \"").unwrap();
    let (on, _) = join.split_once(" WHERE ").unwrap();
    assert!(on.contains("\"city\" ILIKE"), "{}", statement.text);
}
