//! One answer names every fault of a definition, and no name or value of one is an internal error.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

const OBJECTS: &str = "/api/v1/metadata/objects";

/// `/fields/0/name pattern` for each error of an answer, sorted.
fn faults(body: &Json) -> Vec<String> {
    let errors = body["errors"].as_array().into_iter().flatten();
    let word = |error: &Json, key: &str| error[key].as_str().unwrap().to_owned();
    let mut all: Vec<String> = errors
        .map(|error| format!("{} {}", word(error, "pointer"), word(error, "code")))
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn faults_of_form_of_fields_and_between_objects_come_together() {
    let tenant = Tenant::new().await;
    let thing = json!({
        "api_name": "thing", "plural_api_name": "batch", "name": "", "label_field": "size", "colour": 1,
        "fields": [
            {"api_name": "a", "type": "text", "settings": {"max_length": 0, "maxlength": 5}},
            {"api_name": "b", "type": "colour"},
            {"api_name": "C", "type": "text"},
            {"api_name": "d", "type": "relation", "settings": {"to": "nothing"}},
            {"api_name": "e", "type": "integer", "required": "yes", "default_value": "many"},
            {"api_name": "size", "type": "integer"},
            {"api_name": "f", "type": "relation", "settings": {"to": "company", "inverse": {"api_name": "name"}}},
        ],
    });
    let answer = tenant.post(OBJECTS, thing).await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        faults(&answer.body),
        [
            "/colour unknown",
            "/fields/0/settings/max_length minimum",
            "/fields/0/settings/maxlength unknown",
            "/fields/1/type unknown",
            "/fields/2/api_name pattern",
            "/fields/3/settings/to unknown",
            "/fields/4/default_value pattern",
            "/fields/4/required type",
            "/fields/6/settings/inverse/api_name clash",
            "/label_field unknown",
            "/name required",
            "/plural_api_name reserved",
        ]
    );
    let errors = answer.body["errors"].as_array().unwrap();
    let maxlength = errors
        .iter()
        .find(|error| error["pointer"] == "/fields/0/settings/maxlength")
        .unwrap();
    let known = maxlength["message"].as_str().unwrap();
    assert!(known.contains("max_length, pattern"), "{known}");

    // A label that is no field's name is a fault, one that names a faulty field is not.
    for (label, fault) in [("nothing", true), ("a", false), ("b", false)] {
        let fields = json!([{"api_name": "a", "type": 5}, {"api_name": "b", "type": "colour"}]);
        let thing = json!({"api_name": "thing", "label_field": label, "fields": fields});
        let answer = tenant.post(OBJECTS, thing).await;
        let found = faults(&answer.body);
        assert_eq!(
            found.contains(&"/label_field unknown".to_owned()),
            fault,
            "{label}: {found:?}"
        );
    }

    let field = json!({"api_name": "first_name", "type": "text", "colour": 1, "settings": {"max_length": 0}});
    let fields = "/api/v1/metadata/objects/contact/fields";
    let answer = tenant.post(fields, field).await;
    assert_eq!(
        (answer.status, faults(&answer.body)),
        (
            422,
            vec![
                "/api_name unique".to_owned(),
                "/colour unknown".to_owned(),
                "/settings/max_length minimum".to_owned(),
            ]
        )
    );
    let patch = json!({"type": "integer", "required": 1, "settings": {"max_length": 0, "x": 1}});
    let answer = tenant.patch(&format!("{fields}/first_name"), patch).await;
    assert_eq!(
        (answer.status, faults(&answer.body)),
        (
            422,
            vec![
                "/required type".to_owned(),
                "/settings/max_length minimum".to_owned(),
                "/settings/x unknown".to_owned(),
                "/type immutable".to_owned(),
            ]
        )
    );
}

/// A fault of one thing hides none of another.
#[tokio::test]
async fn a_fault_hides_no_other() {
    let tenant = Tenant::new().await;
    let options = |values: Json| json!({"type": "select", "settings": {"options": values}});
    let doubled = json!([{"value": "a"}, {"value": "b", "label": ""}, {"value": "a"}, {"value": 5}, {"value": "b"}]);
    let fields = json!([
        {"name": "No name", "type": "text", "settings": {"max_length": 0}},
        {"type": "integer", "default_value": "x"},
        {"api_name": "id"},
        {"api_name": "created_at", "type": "colour"},
        {"api_name": "Twice", "type": "relation", "settings": {"to": "nothing"}},
        {"api_name": "same", "type": "text"},
        {"api_name": "same", "type": "relation", "settings": {"to": "nothing"}},
        {"api_name": "choice", "type": "select", "settings": options(doubled.clone())["settings"]},
        {"api_name": "kin", "type": "relation", "required": 1,
         "settings": {"to": "company", "inverse": {"api_name": "name"}, "on_delete": "explode"}},
        7,
    ]);
    let in_fields = [
        "/fields/0/api_name required",
        "/fields/0/settings/max_length minimum",
        "/fields/1/api_name required",
        "/fields/1/default_value pattern",
        "/fields/2/api_name reserved",
        "/fields/2/type required",
        "/fields/3/api_name reserved",
        "/fields/3/type unknown",
        "/fields/4/api_name pattern",
        "/fields/4/settings/to unknown",
        "/fields/6/api_name unique",
        "/fields/6/settings/to unknown",
        "/fields/7/settings/options/1/label required",
        "/fields/7/settings/options/2/value unique",
        "/fields/7/settings/options/3/value type",
        "/fields/7/settings/options/4/value unique",
        "/fields/8/required type",
        "/fields/8/settings/inverse/api_name clash",
        "/fields/8/settings/on_delete option",
        "/fields/9 type",
    ];
    let long = "a".repeat(50);
    for (head, of_head) in [
        (json!({"api_name": "thing"}), vec![]),
        (json!({"api_name": "Thing"}), vec!["/api_name pattern"]),
        (json!({"api_name": 5}), vec!["/api_name type"]),
        (json!({}), vec!["/api_name required"]),
        (
            json!({"api_name": "contact"}),
            vec!["/api_name unique", "/plural_api_name unique"],
        ),
        (json!({"api_name": long}), vec!["/plural_api_name too_long"]),
        (
            json!({"api_name": "thing", "plural_api_name": "Contacts"}),
            vec!["/plural_api_name pattern"],
        ),
        (
            json!({"api_name": "user", "plural_api_name": "batch", "label_field": "nothing"}),
            vec![
                "/api_name reserved",
                "/label_field unknown",
                "/plural_api_name reserved",
            ],
        ),
        (
            json!({"plural_api_name": "companies", "name": "", "label_field": "nothing"}),
            vec![
                "/api_name required",
                "/label_field unknown",
                "/name required",
                "/plural_api_name unique",
            ],
        ),
    ] {
        let mut body = head.clone();
        body["fields"] = fields.clone();
        let answer = tenant.post(OBJECTS, body).await;
        let mut expected: Vec<&str> = in_fields.into_iter().chain(of_head).collect();
        expected.sort_unstable();
        assert_eq!(
            (answer.status, faults(&answer.body)),
            (422, expected.into_iter().map(str::to_owned).collect()),
            "{head}"
        );
        for words in ["unnamed", "`_"] {
            assert!(!answer.text.contains(words), "{}", answer.text);
        }
    }

    let fields = "/api/v1/metadata/objects/contact/fields";
    for (field, expected) in [
        (
            json!({"type": "text", "settings": {"max_length": 0}}),
            vec!["/api_name required", "/settings/max_length minimum"],
        ),
        (
            json!({"api_name": "id"}),
            vec!["/api_name reserved", "/type required"],
        ),
        (
            json!({"api_name": "email"}),
            vec!["/api_name unique", "/type required"],
        ),
        (
            json!({"api_name": "email", "type": "relation", "settings": {"to": "nothing"}}),
            vec!["/api_name unique", "/settings/to unknown"],
        ),
        (
            json!({"api_name": "E", "type": "relation", "settings": {"to": "company", "inverse": {"api_name": "name"}}}),
            vec!["/api_name pattern", "/settings/inverse/api_name clash"],
        ),
        (
            options(doubled),
            vec![
                "/api_name required",
                "/settings/options/1/label required",
                "/settings/options/2/value unique",
                "/settings/options/3/value type",
                "/settings/options/4/value unique",
            ],
        ),
    ] {
        let answer = tenant.post(fields, field.clone()).await;
        assert_eq!(
            (answer.status, faults(&answer.body)),
            (422, expected.into_iter().map(str::to_owned).collect()),
            "{field}"
        );
    }
    // A name that is taken is a conflict where nothing else is wrong.
    for (path, body, places) in [
        (
            OBJECTS,
            json!({"api_name": "contact"}),
            vec!["/api_name unique", "/plural_api_name unique"],
        ),
        (
            OBJECTS,
            json!({"api_name": "thing", "plural_api_name": "companies"}),
            vec!["/plural_api_name unique"],
        ),
        (
            fields,
            json!({"api_name": "email", "type": "text"}),
            vec!["/api_name unique"],
        ),
    ] {
        let answer = tenant.post(path, body.clone()).await;
        let places = places.into_iter().map(str::to_owned).collect();
        assert_eq!(
            (answer.status, faults(&answer.body)),
            (409, places),
            "{body}"
        );
    }
}

/// Every text in a definition, with a character that cannot be stored.
#[tokio::test]
async fn a_text_that_cannot_be_stored_is_refused_wherever_it_is() {
    let tenant = Tenant::new().await;
    let whole = json!({
        "api_name": "thing", "plural_api_name": "things", "name": "Thing", "plural_name": "Things", "description": "d",
        "icon": "i", "label_field": "title", "translations": {"ru": {"name": "n", "plural_name": "p", "description": "d"}},
        "fields": [
            {"api_name": "title", "name": "Title", "type": "text", "description": "d", "default_value": "x",
             "settings": {"pattern": "x"}, "translations": {"ru": {"name": "n", "description": "d"}}},
            {"api_name": "state", "type": "select",
             "settings": {"options": [{"value": "a", "label": "A", "color": "red", "translations": {"ru": {"label": "А"}}}]}},
            {"api_name": "number", "type": "auto_number", "settings": {"format": "N-{0000}"}},
            {"api_name": "notes", "type": "json", "default_value": {"k": ["v"]}},
            {"api_name": "company", "type": "relation",
             "settings": {"to": "company", "inverse": {"api_name": "things", "name": "n", "translations": {"ru": {"name": "n"}}}}},
        ],
    });
    let mut places = Vec::new();
    texts(&whole, String::new(), &mut places);
    assert!(places.len() > 35, "{places:?}");
    for place in &places {
        let mut body = whole.clone();
        *body.pointer_mut(place).unwrap() = json!("a\0b");
        let answer = tenant.post(OBJECTS, body.clone()).await;
        assert_eq!(answer.status, 422, "{place}: {}", answer.text);
        let found = faults(&answer.body);
        assert!(
            found.iter().any(|fault| fault.starts_with(place.as_str())),
            "{place}: {found:?}"
        );
        if let Some(field) = place.strip_prefix("/fields/0") {
            let field = format!("{field} ");
            let body = body["fields"][0].clone();
            let answer = tenant
                .post("/api/v1/metadata/objects/contact/fields", body)
                .await;
            let found = faults(&answer.body);
            assert!(
                answer.status == 422 && found.iter().any(|fault| fault.starts_with(&field)),
                "{place}: {found:?}"
            );
        }
    }
    let answer = tenant.post(OBJECTS, whole).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

fn texts(value: &Json, at: String, places: &mut Vec<String>) {
    match value {
        Json::String(_) => places.push(at),
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts(item, format!("{at}/{index}"), places);
            }
        }
        Json::Object(map) => {
            for (key, value) in map {
                texts(value, format!("{at}/{key}"), places);
            }
        }
        _ => {}
    }
}

/// Each type with each of these as default and as each of its settings, and names that mean something to the database.
#[tokio::test]
async fn no_definition_is_an_internal_error() {
    let tenant = Tenant::new().await;
    let admin = &tenant;
    let nasty = [
        json!("-999-01-01"),
        json!("0000-01-01"),
        json!("9999-12-31T23:59:59.9999999Z"),
        json!("24:00:00"),
        json!("23:59:59.9999999"),
        json!("P999999999Y"),
        json!("PT1e9S"),
        json!("9".repeat(131)),
        json!(1e308),
        json!(-1e-308),
        json!(u64::MAX),
        json!(i64::MIN),
        json!("'; drop table x; --\\"),
        json!({"amount": "9".repeat(131), "currency_code": "EUR"}),
        json!({"amount": 1e300, "currency_code": "EUR"}),
        json!({"latitude": 1e308, "longitude": "1"}),
        json!(["018cc251-f400-7002-8000-000000000000"]),
        json!("018cc251-f400-7002-8000-000000000000"),
        json!("😀".repeat(900)),
    ];
    let types = admin.get("/api/v1/metadata/field-types").await;
    let mut number = 0;
    for field_type in types.body["data"].as_array().unwrap() {
        let settings = &field_type["example_settings"];
        let mut fields: Vec<Json> = Vec::new();
        for value in &nasty {
            number += 1;
            fields.push(json!({"api_name": format!("f{number}"), "type": field_type["type"], "settings": settings,
                               "default_value": value}));
            for setting in field_type["settings"].as_object().into_iter().flatten() {
                number += 1;
                let mut settings = settings.as_object().cloned().unwrap_or_default();
                settings.insert(setting.0.clone(), value.clone());
                fields.push(json!({"api_name": format!("f{number}"), "type": field_type["type"], "settings": settings}));
            }
        }
        for field in fields {
            let answer = admin
                .post("/api/v1/metadata/objects/contact/fields", field.clone())
                .await;
            assert!(answer.status < 500, "{field}: {}", answer.text);
            if answer.status == 201 {
                let path = format!(
                    "/api/v1/metadata/objects/contact/fields/{0}?confirm={0}",
                    field["api_name"].as_str().unwrap()
                );
                assert_eq!(admin.delete(&path).await.status, 204);
            }
        }
    }
    for name in ["xmin", "xmax", "cmin", "cmax", "ctid", "tableoid"] {
        let field = json!({"api_name": name, "type": "text"});
        let answer = admin
            .post("/api/v1/metadata/objects/contact/fields", field)
            .await;
        assert_eq!(
            (answer.status, faults(&answer.body)),
            (422, vec!["/api_name reserved".to_owned()])
        );
    }
}
