//! Statements of reads.

use serde_json::json;
use std::sync::Arc;
use tessera_schema::object::{Attribute, Object};
use tessera_schema::search::Search;

use super::print::pretty;
use super::{
    columns, cursor, filter, list, model, model_of, nodes, object, record_id, related, view,
};
use crate::query::tree::{
    Connection, ConnectionPart, Deleted, End, HitPart, Item, PagePart, Query, Root, Selection,
    Shape, Window,
};
use crate::query::{compile, rows};
use crate::snapshot::Snapshot;

fn sql(snapshot: &Snapshot, roots: Vec<Root>) -> String {
    let statement = match roots.as_slice() {
        [root] if rows::suits(root) => rows::compile(snapshot, &view(snapshot), root).0,
        _ => compile::query(snapshot, &view(snapshot), &Query { roots }),
    };
    pretty(&statement, None)
}

fn many(
    snapshot: &Snapshot,
    name: &str,
    connection: impl FnOnce(&Arc<Object>) -> Connection,
) -> String {
    let object = object(snapshot, name);
    let connection = connection(&object);
    sql(snapshot, vec![Root::Many { object, connection }])
}

#[test]
fn one_record_with_a_relation_to_one() {
    let snapshot = model();
    let contact = object(&snapshot, "contact");
    let mut selection = columns(&contact, &["id", "score"]);
    let Some(Attribute::ToOne(to_one)) = contact.attribute("company") else {
        panic!("a contact has a company")
    };
    let company = object(&snapshot, "company");
    let named = columns(&company, &["name"]);
    let item = Item::ToOne(to_one, company, named);
    selection.0.push(("company".to_owned(), item));
    let root = Root::One {
        object: contact,
        id: record_id().into(),
        deleted: Deleted::Exclude,
        selection,
    };
    insta::assert_snapshot!(sql(&snapshot, vec![root]));
}

#[test]
fn a_filtered_list() {
    let snapshot = model();
    let statement = many(&snapshot, "contact", |contact| Connection {
        filter: filter(
            &snapshot,
            contact,
            &json!({
                "name": {"contains": "50%"}, "score": {"neq": 1, "in": [2, 3]}, "fee": {"amount": {"gte": "1.5"}},
                "company": {"city": {"eq": "Riga"}}, "tags": {"none": {"label": {"is_null": true}}},
                "or": [{"score": {"between": [1, 9]}}, {"not": {"name": {"ilike": "a%"}}}],
            }),
        ),
        ..list(&snapshot, contact, "-name,id", columns(contact, &["name"]))
    });
    insta::assert_snapshot!(statement);
}

#[test]
fn only_the_bin() {
    let snapshot = model();
    let statement = many(&snapshot, "tag", |tag| Connection {
        deleted: Deleted::Only,
        ..list(&snapshot, tag, "", columns(tag, &["label"]))
    });
    insta::assert_snapshot!(statement);
}

#[test]
fn pages_from_a_cursor_on() {
    let snapshot = model();
    let cases = [
        ("not_null_one_way", "-score", End::Start),
        ("nullable", "name", End::Start),
        ("mixed_ways", "score,-created_at", End::Start),
        ("through_a_relation", "company.name", End::Start),
        ("backwards", "-score", End::End),
    ];
    for (name, sort, from) in cases {
        let cursor = Some(cursor().into());
        let window = match from {
            End::Start => Window {
                after: cursor,
                ..Window::first(3)
            },
            End::End => Window {
                before: cursor,
                from,
                ..Window::first(3)
            },
        };
        let parts = vec![
            ("next".to_owned(), PagePart::Next),
            ("previous".to_owned(), PagePart::Previous),
        ];
        let statement = many(&snapshot, "contact", |contact| Connection {
            window,
            shape: Shape::Object(vec![
                nodes(columns(contact, &["name"])),
                ("page".to_owned(), ConnectionPart::Page(parts)),
            ]),
            ..list(&snapshot, contact, sort, columns(contact, &[]))
        });
        insta::assert_snapshot!(format!("page_{name}"), statement);
    }
}

/// Each stretch joins what its list joins: planning that several times costs more than a walk saves.
#[test]
fn an_order_of_many_joins_is_not_divided() {
    let snapshot = model_of([json!({"api_name": "place", "fields": [
        {"api_name": "height", "type": "integer", "indexed": true},
        {"api_name": "near", "type": "relation", "settings": {"to": "place"}},
    ]})]);
    let near = json!({"near": {"height": {"gt": 1}}});
    for (relations, divided) in [(0, true), (4, true), (5, false)] {
        let filters = json!({"and": vec![&near; relations]});
        let statement = many(&snapshot, "place", |place| Connection {
            filter: filter(&snapshot, place, &filters),
            ..list(&snapshot, place, "-height", columns(place, &["height"]))
        });
        assert_eq!(statement.contains("UNION ALL"), divided, "{statement}");
    }
}

/// An index has empty values at one end, and the list wants them at the other.
#[test]
fn an_order_in_stretches() {
    let snapshot = model_of([json!({"api_name": "place", "fields": [
        {"api_name": "height", "type": "integer", "indexed": true},
    ]})]);
    let after = Window {
        after: Some(cursor().into()),
        ..Window::first(3)
    };
    let cases = [
        ("descending", "-height", Window::first(3)),
        ("descending_from_a_cursor", "-height", after),
    ];
    for (name, sort, window) in cases {
        let statement = many(&snapshot, "place", |place| Connection {
            window,
            ..list(&snapshot, place, sort, columns(place, &["height"]))
        });
        insta::assert_snapshot!(format!("stretches_{name}"), statement);
    }
}

#[test]
fn lists_inside_lists() {
    let snapshot = model();
    let statement = many(&snapshot, "company", |company| {
        let mut selection = columns(company, &["name"]);
        selection
            .0
            .push(related(&snapshot, company, "contacts", |contact| {
                let mut inner = columns(contact, &["score"]);
                inner.0.push(related(&snapshot, contact, "tags", |tag| {
                    list(&snapshot, tag, "label", columns(tag, &["label"]))
                }));
                let parts = vec![("hasNextPage".to_owned(), PagePart::HasNext)];
                Connection {
                    filter: filter(&snapshot, contact, &json!({"score": {"gt": 5}})),
                    shape: Shape::Object(vec![
                        nodes(inner),
                        ("pageInfo".to_owned(), ConnectionPart::Page(parts)),
                        ("totalCount".to_owned(), ConnectionPart::Total),
                    ]),
                    ..list(&snapshot, contact, "-score", columns(contact, &[]))
                }
            }));
        list(&snapshot, company, "", selection)
    });
    insta::assert_snapshot!(statement);
}

/// As columns of one root, and as JSON where there are several.
#[test]
fn lists_that_say_where_they_were_cut() {
    let snapshot = model();
    let company = object(&snapshot, "company");
    let told = |records: Selection, more: &str| Shape::Array {
        records,
        more: Some(more.to_owned()),
    };
    let mut selection = columns(&company, &["name"]);
    let contacts = related(&snapshot, &company, "contacts", |contact| {
        let mut inner = columns(contact, &["score"]);
        inner
            .0
            .push(related(&snapshot, contact, "tags", |tag| Connection {
                shape: told(columns(tag, &["label"]), "tags_more"),
                ..list(&snapshot, tag, "label", columns(tag, &[]))
            }));
        Connection {
            shape: told(inner, "contacts_more"),
            ..list(&snapshot, contact, "", columns(contact, &[]))
        }
    });
    selection.0.push(contacts);
    let root = || Root::Many {
        connection: list(&snapshot, &company, "", selection.clone()),
        object: Arc::clone(&company),
    };
    insta::assert_snapshot!("cut_lists_of_one_root", sql(&snapshot, vec![root()]));
    let one = Root::One {
        object: Arc::clone(&company),
        id: record_id().into(),
        deleted: Deleted::Exclude,
        selection: selection.clone(),
    };
    let total = Connection {
        shape: Shape::Object(vec![("totalCount".to_owned(), ConnectionPart::Total)]),
        ..list(&snapshot, &company, "", columns(&company, &[]))
    };
    let total = Root::Many {
        object: Arc::clone(&company),
        connection: total,
    };
    insta::assert_snapshot!("cut_lists_of_two_roots", sql(&snapshot, vec![one, total]));
}

#[test]
fn a_total_alone_and_two_roots() {
    let snapshot = model();
    let [contact, tag] = ["contact", "tag"].map(|name| object(&snapshot, name));
    let total = Connection {
        shape: Shape::Object(vec![("totalCount".to_owned(), ConnectionPart::Total)]),
        ..list(&snapshot, &contact, "", columns(&contact, &[]))
    };
    let plain = list(&snapshot, &tag, "", columns(&tag, &["label"]));
    let roots = vec![
        Root::Many {
            object: contact,
            connection: total,
        },
        Root::Many {
            object: tag,
            connection: plain,
        },
    ];
    insta::assert_snapshot!(sql(&snapshot, roots));
}

#[test]
fn a_search_in_the_order_of_its_ranks() {
    let snapshot = model();
    let statement = many(&snapshot, "company", |company| Connection {
        search: Some(Search::parse("Running 7").unwrap()),
        filter: filter(&snapshot, company, &json!({"city": {"eq": "Riga"}})),
        window: Window {
            after: Some(cursor().into()),
            ..Window::first(3)
        },
        shape: Shape::Object(vec![
            nodes(columns(company, &["name"])),
            ("totalCount".to_owned(), ConnectionPart::Total),
        ]),
        ..list(&snapshot, company, "", columns(company, &[]))
    });
    insta::assert_snapshot!(statement);
}

#[test]
fn a_search_in_another_order() {
    let snapshot = model();
    let statement = many(&snapshot, "company", |company| Connection {
        search: Some(Search::parse("nora7@new").unwrap()),
        ..list(
            &snapshot,
            company,
            "-created_at",
            columns(company, &["name"]),
        )
    });
    insta::assert_snapshot!(statement);
}

#[test]
fn patterns_that_indexes_may_serve() {
    let snapshot = model();
    let statement = many(&snapshot, "company", |company| Connection {
        filter: filter(
            &snapshot,
            company,
            &json!({"or": [{"name": {"ilike": "%abc%"}}, {"name": {"ends_with": "xyz"}}]}),
        ),
        ..list(
            &snapshot,
            company,
            "-created_at",
            columns(company, &["name"]),
        )
    });
    insta::assert_snapshot!(statement);
}

#[test]
fn a_search_over_objects() {
    let snapshot = model();
    let root = Root::Search {
        objects: ["company", "tag"]
            .map(|name| (name.to_owned(), object(&snapshot, name)))
            .into(),
        search: Search::parse("acme").unwrap(),
        limit: 5,
        parts: vec![
            ("object".to_owned(), HitPart::Object),
            ("label".to_owned(), HitPart::Label),
            ("rank".to_owned(), HitPart::Rank),
        ],
    };
    insta::assert_snapshot!(sql(&snapshot, vec![root]));
}
