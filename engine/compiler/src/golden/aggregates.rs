//! Statements of groups, and of what is reckoned over records.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use tessera_schema::aggregate::{Body, Reader};
use tessera_schema::function::Function;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::violation::Pointer;

use super::print::pretty;
use super::{columns, filter, list, model, nodes, object, related, view};

use crate::query::compile;
use crate::query::tree::{Connection, ConnectionPart, GroupItem, GroupShape, Query, Root, Shape};
use crate::snapshot::Snapshot;

/// The statement for a body on contacts, whose keys are shown as `k0`, `k1`, …
fn grouped(body: &Json) -> String {
    let snapshot = model();
    let object = object(&snapshot, "contact");
    let body = Body::parse(snapshot.whole(), &object, body).unwrap();
    let keys = (0..body.keys.len()).map(|place| (format!("k{place}"), GroupItem::Key(place)));
    let aggregates = body.aggregates.into_iter();
    let aggregates = aggregates.map(|(name, place)| (name, GroupItem::Aggregate(place)));
    let root = Root::Groups {
        object,
        aggregation: body.aggregation,
        shape: GroupShape(keys.chain(aggregates).collect()),
    };
    pretty(
        &compile::query(&snapshot, &view(&snapshot), &Query { roots: vec![root] }),
        None,
    )
}

#[test]
fn groups_by_a_value() {
    insta::assert_snapshot!(grouped(&json!({
        "group_by": ["name"], "aggregates": {"count": {"count": "*"}, "fee": {"sum": "fee"}},
    })));
}

#[test]
fn groups_by_a_part_of_a_date_and_through_a_relation() {
    insta::assert_snapshot!(grouped(&json!({
        "group_by": [{"field": "created_at", "by": "month"}, {"field": "updated_at", "by": "hour"}, "company.city", "company.name"],
        "aggregates": {"n": {"count": "*"}, "average": {"avg": "score"}, "score": {"sum": "score"}, "first": {"min": "company.name"}},
        "filter": {"score": {"gt": 5}}, "having": {"n": {"gt": 2}, "or": [{"average": {"gte": 1.5}}, {"first": {"is_null": true}}]},
        "sort": "-n,company.city", "limit": 10, "time_zone": "Europe/Riga",
    })));
}

#[test]
fn amounts_for_each_unit_beside_what_no_parts_add_up_to() {
    insta::assert_snapshot!(grouped(&json!({
        "group_by": ["company.city"],
        "aggregates": {"fee": {"max": "fee"}, "names": {"count_distinct": "name"}, "n": {"count": "*"}},
    })));
}

#[test]
fn everything_without_keys() {
    insta::assert_snapshot!(grouped(&json!({
        "aggregates": {
            "some": {"count": "name"}, "different": {"count_distinct": "name"}, "average": {"avg": "score"},
            "least": {"min": "created_at"}, "empty": {"empty_share": "fee"},
        },
    })));
}

/// What is reckoned over the contacts of a connection, and an object within what is shown of it.
fn reckoned(snapshot: &Snapshot, contact: &Arc<Object>) -> ConnectionPart {
    let mut reader = Reader::new(snapshot.whole(), contact, Spelling::Camel);
    let at = Pointer::root();
    let count = reader.aggregate(Function::Count, None, &at).unwrap();
    let sum = reader.aggregate(Function::Sum, Some(&["fee"]), &at);
    let inner = GroupShape(vec![("fee".to_owned(), GroupItem::Aggregate(sum.unwrap()))]);
    let shape = GroupShape(vec![
        ("count".to_owned(), GroupItem::Aggregate(count)),
        ("sum".to_owned(), GroupItem::Object(inner)),
    ]);
    ConnectionPart::Aggregate(reader.finish().unwrap().aggregates, shape)
}

#[test]
fn aggregates_of_connections() {
    let snapshot = model();
    let company = object(&snapshot, "company");
    let mut selection = columns(&company, &["name"]);
    let contacts = related(&snapshot, &company, "contacts", |contact| Connection {
        filter: filter(&snapshot, contact, &json!({"score": {"gt": 5}})),
        shape: Shape::Object(vec![("aggregate".to_owned(), reckoned(&snapshot, contact))]),
        ..list(&snapshot, contact, "", columns(contact, &[]))
    });
    selection.0.push(contacts);
    let connection = Connection {
        shape: Shape::Object(vec![nodes(selection)]),
        ..list(&snapshot, &company, "", columns(&company, &[]))
    };
    let contact = object(&snapshot, "contact");
    let alone = Connection {
        shape: Shape::Object(vec![(
            "aggregate".to_owned(),
            reckoned(&snapshot, &contact),
        )]),
        ..list(&snapshot, &contact, "", columns(&contact, &[]))
    };
    let roots = vec![
        Root::Many {
            object: company,
            connection,
        },
        Root::Many {
            object: contact,
            connection: alone,
        },
    ];
    insta::assert_snapshot!(pretty(
        &compile::query(&snapshot, &view(&snapshot), &Query { roots }),
        None
    ));
}
