//! What requests ask for, and what the judge says is in the answer.

use serde_json::{Map, Value as Json, json};
use tessera_compiler::query::tree::{Connection, Deleted, Item, Leaf, Selection, Shape, Window};
use tessera_schema::filter::Filter;
use tessera_schema::object::{Attribute, Object};
use tessera_schema::sort::Sort;

use super::caller::Limited;
use super::judge::{Judge, Record};

/// The plain values of an object's records.
pub(crate) const fn plain(object: &str) -> &'static [&'static str] {
    match object.as_bytes() {
        b"person" => &["id", "name", "city", "score", "owner", "firm_id"],
        b"firm" => &["id", "name", "city", "owner"],
        _ => &["id", "label", "owner"],
    }
}

pub(crate) fn columns(object: &Object) -> Selection {
    let items = plain(object.api_name().as_str()).iter().map(|key| {
        let Some(Attribute::Column(_, column)) = object.attribute(key) else {
            panic!("{key} is no plain value")
        };
        let leaf = Leaf {
            column: column.name.clone(),
            column_type: column.column_type.clone(),
        };
        ((*key).to_owned(), Item::Column(leaf))
    });
    Selection(items.collect())
}

pub(crate) fn list(
    limited: &Limited,
    object: &str,
    filter: &Json,
    sort: &str,
    shape: Shape,
) -> Connection {
    let object = limited.object(object);
    Connection {
        filter: if *filter == json!({}) {
            Filter::all()
        } else {
            limited.filter(&object, filter)
        },
        search: None,
        sort: Sort::parse(limited.snapshot.whole(), &object, sort).unwrap(),
        window: Window::first(100),
        deleted: Deleted::Exclude,
        shape,
    }
}

/// Plain values, the firm of a person, and the lists that a record has.
pub(crate) fn record(limited: &Limited, object: &str) -> Selection {
    let object = limited.object(object);
    let mut selection = columns(&object);
    for key in ["firm", "tags", "people"] {
        let item = match object.attribute(key) {
            Some(Attribute::ToOne(to_one)) => {
                let target = limited.object(to_one.target.as_str());
                let shown = columns(&target);
                Item::ToOne(to_one, target, shown)
            }
            Some(Attribute::ToMany(to_many)) => {
                let target = limited.object(to_many.target.as_str());
                let shape = Shape::Array {
                    records: columns(&target),
                    more: None,
                };
                let list = list(limited, to_many.target.as_str(), &json!({}), "id", shape);
                Item::ToMany(to_many, target, Box::new(list))
            }
            _ => continue,
        };
        selection.0.push((key.to_owned(), item));
    }
    selection
}

/// As [`columns`] and [`record`] ask.
pub(crate) fn shown_plain(judge: Judge<'_>, record: &Record) -> Json {
    let keys = plain(record.object).iter();
    let cells = keys.map(|key| ((*key).to_owned(), judge.cell(record, key)));
    Json::Object(cells.collect::<Map<_, _>>())
}

pub(crate) fn shown(judge: Judge<'_>, record: &Record) -> Json {
    let mut shown = shown_plain(judge, record);
    if record.object == "person" {
        let firm = judge.firm(record);
        shown["firm"] = firm.map_or(Json::Null, |firm| shown_plain(judge, firm));
    }
    let list = if record.object == "person" {
        "tags"
    } else {
        "people"
    };
    let many = judge.many(record, list).into_iter();
    shown[list] = many.map(|other| shown_plain(judge, other)).collect();
    shown
}
