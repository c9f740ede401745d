//! What callers see of a model.

use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use tessera_schema::access::Right;
use tessera_schema::access::grants::Grants;
use tessera_schema::access::permissions::{Fields, Permissions};
use tessera_schema::access::view::View;
use tessera_schema::describe;
use tessera_schema::filter::Filter;
use tessera_schema::ident::ApiName;
use tessera_schema::model::Model;
use tessera_schema::naming::Spelling;
use tessera_schema::search::Search;
use tessera_schema::sort::Sort;

use crate::support::{model, object, places};

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

/// What one role grants, as an admin writes it.
fn grants(role: &Json) -> Arc<Grants> {
    let permissions = Permissions::read(role.as_object().unwrap()).unwrap();
    Arc::new(Grants::new(vec![Arc::new(permissions)]))
}

/// Some fields, as an admin writes them.
fn written(fields: &Fields) -> Json {
    match fields {
        Fields::All => json!("*"),
        Fields::Only(fields) => json!(fields),
        Fields::Except(fields) => json!({"except": fields}),
    }
}

/// Contacts of companies, with tags; each thing has a label, and a contact stands on a form.
fn crm() -> Arc<Model> {
    Arc::new(model([
        json!({"api_name": "company", "plural_api_name": "companies", "label_field": "name", "fields": [
            {"api_name": "name", "type": "text", "settings": {"searchable": true}},
            {"api_name": "city", "type": "text", "settings": {"searchable": true}},
        ]}),
        json!({"api_name": "contact", "label_field": "name", "form": [{"fields": ["name", "salary"]}], "fields": [
            {"api_name": "name", "type": "text", "settings": {"searchable": true}},
            {"api_name": "salary", "type": "integer", "unique": true},
            {"api_name": "owner", "type": "user"},
            {"api_name": "company", "type": "relation",
             "settings": {"to": "company", "inverse": {"api_name": "contacts"}}},
            {"api_name": "tags", "type": "many_to_many",
             "settings": {"to": "tag", "inverse": {"api_name": "contacts"}}},
        ]}),
        json!({"api_name": "tag", "fields": [{"api_name": "label", "type": "text"}]}),
    ]))
}

/// A view of what is read: of `objects` these fields, of others everything.
fn view(objects: &[(&str, Fields)]) -> View {
    let objects = objects.iter().map(|(object, fields)| {
        let rights = match fields {
            Fields::Only(fields) if fields.is_empty() => json!({}),
            fields => json!({"read": {"fields": written(fields)}}),
        };
        ((*object).to_owned(), rights)
    });
    let objects: Map<String, Json> = objects.collect();
    let role = json!({"default": {"read": true}, "objects": objects});
    View::of(&crm(), &grants(&role))
}

fn hidden() -> Fields {
    Fields::Only(Vec::new())
}

fn except(fields: &[&str]) -> Fields {
    Fields::Except(names(fields))
}

/// The names on an object, without those of every object.
fn keys(view: &View, object: &str) -> Option<String> {
    let object = view.model.object(object)?;
    let system = object.fields.values().filter(|field| field.system);
    let system: Vec<String> = system.flat_map(|field| field.keys()).collect();
    let own = object.keys().filter(|key| !system.contains(key));
    Some(own.collect::<Vec<_>>().join(" "))
}

/// Where the relations of a model lead.
fn targets(model: &Model) -> Vec<ApiName> {
    let mut targets = Vec::new();
    for object in model.objects() {
        let inverses = object.inverses.values();
        targets.extend(inverses.map(|inverse| inverse.to_many.target.clone()));
        for field in object.fields.values() {
            targets.extend(field.to_one().map(|relation| relation.target));
            targets.extend(object.link(field).map(|link| link.target));
        }
    }
    targets
}

#[test]
fn what_is_hidden_is_not_in_the_view() {
    const COMPANY: &str = "name city contacts";
    const CONTACT: &str = "name salary owner_id owner company_id company tags_ids tags";
    const TAG: &str = "label contacts";
    type Case<'a> = (&'a [(&'a str, Fields)], [Option<&'a str>; 3]);
    let cases: [Case<'_>; 8] = [
        (&[], [Some(COMPANY), Some(CONTACT), Some(TAG)]),
        (
            &[("contact", except(&["salary"]))],
            [
                Some(COMPANY),
                Some("name owner_id owner company_id company tags_ids tags"),
                Some(TAG),
            ],
        ),
        // A relation goes with its target, one to many records likewise.
        (
            &[("company", hidden())],
            [
                None,
                Some("name salary owner_id owner tags_ids tags"),
                Some(TAG),
            ],
        ),
        (
            &[("tag", hidden())],
            [
                Some(COMPANY),
                Some("name salary owner_id owner company_id company"),
                None,
            ],
        ),
        // The way back goes with the object that has the relation, and with the relation.
        (
            &[("contact", hidden())],
            [Some("name city"), None, Some("label")],
        ),
        (
            &[("contact", except(&["company", "tags"]))],
            [
                Some("name city"),
                Some("name salary owner_id owner"),
                Some("label"),
            ],
        ),
        (
            &[("contact", Fields::Only(names(&["company"])))],
            [Some(COMPANY), Some("company_id company"), Some("label")],
        ),
        // The users are always known.
        (
            &[("user", hidden())],
            [Some(COMPANY), Some(CONTACT), Some(TAG)],
        ),
    ];
    for (grants, expected) in cases {
        let view = view(grants);
        let found = ["company", "contact", "tag"].map(|object| keys(&view, object));
        let found = found.each_ref().map(Option::as_deref);
        assert_eq!(found, expected, "{grants:?}");
        for (object, plural) in [("company", "companies"), ("contact", "contacts")] {
            let by_plural = view.model.by_plural(plural).is_some();
            assert_eq!(by_plural, view.model.object(object).is_some(), "{grants:?}");
        }
        for target in targets(&view.model) {
            assert!(view.model.object(target.as_str()).is_some(), "{grants:?}");
        }
    }
}

#[test]
fn nothing_of_an_object_names_a_hidden_field() {
    let view = view(&[("contact", except(&["name", "salary"]))]);
    let contact = object(&view.model, "contact");
    assert!(contact.label_columns().is_empty());
    assert!(contact.searched_columns().is_empty());
    assert_eq!(contact.unique_keys().count(), 0);
    assert!(Search::in_object(&contact, "ada").is_err());
    let described = describe::object(&contact);
    assert_eq!(described["label_field"], Json::Null);
    assert_eq!(described["form"][0]["fields"], json!([]));
    let definition = json!(Model::definition(&contact)).to_string();
    for text in [described.to_string(), definition] {
        assert!(!text.contains("salary"), "{text}");
    }
    // The object itself is as it was.
    assert_eq!(object(&crm(), "contact").unique_keys().count(), 1);
}

#[test]
fn what_is_hidden_is_unknown_and_not_named() {
    let all = crm();
    let view = view(&[("company", hidden()), ("contact", except(&["salary"]))]);
    for (filter, sort) in [
        (json!({"salary": {"gt": 5}}), "salary"),
        (json!({"company": {"city": {"eq": "Riga"}}}), "company.city"),
        (json!({"company_id": {"is_null": true}}), "-company_id"),
        (
            json!({"tags": {"some": {"contacts": {"some": {"salary": {"eq": 1}}}}}}),
            "salary",
        ),
    ] {
        let whole = object(&all, "contact");
        let part = object(&view.model, "contact");
        Filter::parse(&all, &whole, &filter, Spelling::Snake).unwrap();
        Sort::parse(&all, &whole, sort).unwrap();
        let of_filter = Filter::parse(&view.model, &part, &filter, Spelling::Snake).unwrap_err();
        let of_sort = Sort::parse(&view.model, &part, sort).unwrap_err();
        for violations in [of_filter, of_sort] {
            assert_eq!(violations.len(), 1, "{filter} {sort}");
            assert_eq!(violations[0].code, "unknown", "{:?}", places(&violations));
            let message = &violations[0].message;
            let listed = message.rsplit_once(':').map_or("", |(_, listed)| listed);
            assert!(!listed.contains("salary"), "{message}");
            assert!(!listed.contains("company"), "{message}");
        }
    }
}

#[test]
fn a_view_shares_what_it_does_not_change() {
    let all = crm();
    let of = |admin: &[&str], objects: Json| {
        let role = json!({"admin": admin, "default": {"read": true}, "objects": objects});
        View::of(&all, &grants(&role)).model
    };
    let except = |field: &str| json!({"tag": {"read": {"fields": {"except": [field]}}}});
    assert!(Arc::ptr_eq(&of(&[], json!({})), &all));
    assert!(Arc::ptr_eq(&of(&[], except("nothing")), &all));
    // Who may change the model knows it.
    assert!(Arc::ptr_eq(&of(&["model"], except("label")), &all));
    let part = of(&[], except("label"));
    let shared = |name: &str| Arc::ptr_eq(part.object(name).unwrap(), all.object(name).unwrap());
    assert!(shared("company") && shared("contact") && !shared("tag"));
}

#[test]
fn a_key_tells_grants_apart() {
    let roles = [
        json!({}),
        json!({"admin": ["model"]}),
        json!({"default": {"read": true}}),
        json!({"default": {"read": true, "update": true}}),
        json!({"objects": {"tag": {"read": true}}}),
        json!({"objects": {"tag": {"read": {"fields": {"except": ["label"]}}}}}),
        json!({"objects": {"tag": {"read": {"fields": ["label"]}}}}),
        json!({"objects": {"tag": {"read": {"filter": {"label": {"eq": "a"}}}}}}),
        json!({"objects": {"tag": {"update": true}}}),
        json!({"objects": {"tag": {"update": {"presets": {"label": "a"}}}}}),
    ];
    let keys: Vec<_> = roles.iter().map(|role| grants(role).key()).collect();
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[index + 1..].contains(key), "{index}");
        assert_eq!(*key, grants(&roles[index]).key());
    }
}

#[test]
fn rights_are_asked_by_object_and_field() {
    // Who may only make records knows what they may fill in.
    let role = grants(&json!({"objects": {
        "company": {"read": {"fields": {"except": ["city"]}}},
        "contact": {"read": true, "update": {"fields": ["name"]}, "delete": false},
        "tag": {"create": true},
    }}));
    let view = View::of(&crm(), &role);
    assert_eq!(keys(&view, "tag").as_deref(), Some("label contacts"));
    let may = |object: &str, right| view.may(view.model.object(object).unwrap(), right);
    let may_on = |object: &str, field: &str, right| {
        let object = view.model.object(object).unwrap();
        view.may_on(object, &object.fields[field], right)
    };
    assert!(may("company", Right::Read) && !may("company", Right::Update));
    assert!(!may("tag", Right::Read) && may("tag", Right::Create));
    assert!(may_on("contact", "name", Right::Update));
    assert!(!may_on("contact", "salary", Right::Update));
    assert!(may_on("contact", "salary", Right::Read));
    assert!(may_on("contact", "id", Right::Read) && !may_on("contact", "id", Right::Update));
    assert!(view.may_somewhere(Right::Create) && !view.may_somewhere(Right::Destroy));
    // Users are changed through membership.
    let all = Permissions::of_all(&Right::ALL, []);
    let view = View::of(&crm(), &Arc::new(Grants::new(vec![Arc::new(all)])));
    let users = view.model.object("user").unwrap();
    assert!(!view.may(users, Right::Update));
}
