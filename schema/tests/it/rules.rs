//! What must hold between objects: names that do not clash, relations that lead somewhere.

use serde_json::{Value as Json, json};
use tessera_schema::rules::check_object;

use crate::support::{model, object, places};

fn relation(name: &str, to: &str, inverse: Option<&str>) -> Json {
    let mut settings = json!({"to": to});
    if let Some(inverse) = inverse {
        settings["inverse"] = json!({"api_name": inverse});
    }
    json!({"api_name": name, "type": "relation", "settings": settings})
}

fn links(name: &str, to: &str, inverse: &str) -> Json {
    json!({"api_name": name, "type": "many_to_many", "settings": {"to": to, "inverse": {"api_name": inverse}}})
}

fn text(name: &str) -> Json {
    json!({"api_name": name, "type": "text"})
}

/// What is wrong with the object `thing`, which has these fields, beside `contact` with those.
fn faults(fields: &[Json], of_contact: &[Json]) -> Vec<String> {
    let model = model([
        json!({"api_name": "contact", "fields": of_contact}),
        json!({"api_name": "thing", "fields": fields}),
    ]);
    places(&check_object(&model, &object(&model, "thing")))
}

#[test]
fn names_on_an_object_do_not_clash() {
    let inverse = "/fields/0/settings/inverse/api_name clash";
    for (fields, of_contact, expected) in [
        (
            vec![relation("owner", "contact", Some("things"))],
            vec![],
            vec![],
        ),
        (
            vec![relation("owner", "contact", None), text("owner_id")],
            vec![],
            vec!["/fields/1/api_name clash"],
        ),
        (
            vec![text("owner_id"), relation("owner", "contact", None)],
            vec![],
            vec!["/fields/1/api_name clash"],
        ),
        (
            vec![links("tags", "contact", "things"), text("tags_ids")],
            vec![],
            vec!["/fields/1/api_name clash"],
        ),
        (
            vec![relation("owner", "nobody", None)],
            vec![],
            vec!["/fields/0/settings/to unknown"],
        ),
        (
            vec![relation("owner", "user", None)],
            vec![],
            vec!["/fields/0/settings/to unknown"],
        ),
        (
            vec![relation("parent", "thing", Some("children"))],
            vec![],
            vec![],
        ),
        (
            vec![relation("parent", "thing", Some("parent"))],
            vec![],
            vec![inverse],
        ),
        (
            vec![relation("parent", "thing", Some("parent_id"))],
            vec![],
            vec![inverse],
        ),
        (
            vec![relation("owner", "contact", Some("id"))],
            vec![],
            vec![inverse],
        ),
        (
            vec![relation("owner", "contact", Some("nodes"))],
            vec![],
            vec![inverse],
        ),
        // An inverse may be new, or what it meets there.
        (
            vec![relation("owner", "contact", Some("name"))],
            vec![text("name")],
            vec![inverse],
        ),
        (
            vec![relation("owner", "contact", Some("boss_id"))],
            vec![relation("boss", "contact", None)],
            vec![inverse],
        ),
        (
            vec![text("things")],
            vec![relation("x", "thing", Some("things"))],
            vec!["/fields/0/api_name clash"],
        ),
        (
            vec![relation("owner", "contact", None)],
            vec![relation("x", "thing", Some("owner_id"))],
            vec!["/fields/0/api_name clash"],
        ),
        (
            vec![
                relation("a", "contact", Some("things")),
                relation("b", "contact", Some("things")),
            ],
            vec![],
            vec![inverse, "/fields/1/settings/inverse/api_name clash"],
        ),
        (
            vec![links("a", "contact", "x")],
            vec![links("b", "contact", "x")],
            vec![inverse],
        ),
    ] {
        assert_eq!(
            faults(&fields, &of_contact),
            expected,
            "{fields:?} {of_contact:?}"
        );
    }
}

#[test]
fn names_of_objects_do_not_clash() {
    for (name, plural, expected) in [
        ("vehicle", "vehicles", vec![]),
        ("user", "people", vec!["/api_name reserved"]),
        ("users", "userses", vec!["/api_name reserved"]),
        ("metadata", "metas", vec![]),
        ("thing", "search", vec!["/plural_api_name reserved"]),
        ("thing", "users", vec!["/plural_api_name reserved"]),
        ("sheep", "sheep", vec!["/plural_api_name clash"]),
        ("thing", "contact", vec!["/plural_api_name clash"]),
        ("contacts", "contactses", vec!["/plural_api_name clash"]),
        // What other types and fields give way to.
        ("query", "queries", vec![]),
        ("page_info", "page_infos", vec![]),
        ("date_time", "date_times", vec![]),
        ("string", "strings", vec![]),
        ("contact_filter", "contact_filters", vec![]),
        ("contact_group_keys", "xs", vec![]),
        ("thing", "contacts_group_by", vec![]),
    ] {
        let model = model([
            json!({"api_name": "contact"}),
            json!({"api_name": name, "plural_api_name": plural}),
        ]);
        let found = places(&check_object(&model, &object(&model, name)));
        assert_eq!(found, expected, "{name} {plural}");
    }
}

#[test]
fn a_title_is_text_of_the_object() {
    for (label, expected) in [
        ("name", vec![]),
        ("code", vec![]),
        ("size", vec!["/label_field unknown"]),
        ("nothing", vec!["/label_field unknown"]),
    ] {
        let fields = json!([text("name"), {"api_name": "size", "type": "integer"}, {"api_name": "code", "type": "auto_number"}]);
        let model = model([json!({"api_name": "thing", "label_field": label, "fields": fields})]);
        assert_eq!(
            places(&check_object(&model, &object(&model, "thing"))),
            expected,
            "{label}"
        );
    }
}
