//! What must hold of every document, whatever the model and whoever asks.

use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Instant;
use tessera_compiler::cursor::CursorKey;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::tenant::{SchemaName, Tenant};
use tessera_identity::SignupPolicy;
use tessera_schema::access::Right;
use tessera_schema::access::area::Area;
use tessera_schema::access::grants::Grants;
use tessera_schema::access::permissions::Permissions;
use tessera_schema::access::role::Roles;
use tessera_schema::access::view::View;
use tessera_schema::definition::ObjectDefinition;
use tessera_schema::describe;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::ident::TenantId;
use tessera_schema::model::Model;
use tessera_schema::naming::pascal;
use tessera_schema::object::{ObjectSource, Origin};
use uuid::Uuid;

use super::access::Access;
use super::document::Document;
use super::names;
use super::words::Words;

/// The official JSON Schema of OpenAPI 3.1 documents (spec.openapis.org, Apache License 2.0).
const OPENAPI: &str = include_str!("tests/openapi-3.1.json");

fn admin() -> Permissions {
    Permissions::of_all(&Right::ALL, Area::ALL)
}

fn member() -> Permissions {
    Permissions::of_all(&Right::ALL, [])
}

fn reader() -> Permissions {
    Permissions::of_all(&[Right::Read], [])
}

fn nobody() -> Permissions {
    Permissions::default()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test takes a view of roles that no tenant has"
)]
fn view(snapshot: &Snapshot, permissions: Permissions) -> Arc<View> {
    let grants = Grants::new(vec![Arc::new(permissions)]);
    Arc::new(View::of(snapshot.whole(), &Arc::new(grants)))
}

fn snapshot(definitions: Vec<Json>) -> Arc<Snapshot> {
    let sources = (0..).zip(definitions).map(|(position, body)| {
        let definition = ObjectDefinition::parse(body).unwrap();
        ObjectSource::new(definition, &Origin::Tenant, position, Uuid::now_v7)
    });
    let model = Model::compile(FieldTypes::builtin(), sources.collect()).unwrap();
    let id = TenantId(Uuid::nil());
    let tenant = Tenant {
        id,
        slug: "acme".to_owned(),
        name: "Acme".to_owned(),
        schema: SchemaName::of(id),
    };
    Arc::new(Snapshot::new(
        tenant,
        7,
        Arc::new(model),
        Roles::default(),
        None,
        CursorKey::of_no_secret(id),
    ))
}

/// Every field type, plain and required; relations of all kinds; and names that the platform's own components have.
fn everything() -> Arc<Snapshot> {
    let types = FieldTypes::builtin();
    let field = |required: bool| {
        let types = types.iter();
        let fields = types.filter_map(move |field_type| {
            let described = describe::field_type(field_type.as_ref());
            let mut settings = described["example_settings"].clone();
            if settings.get("to").is_some() {
                settings["to"] = json!("problem");
            }
            let prefix = if required { "required" } else { "plain" };
            (!required || field_type.allows().required).then(|| {
                json!({
                    "api_name": format!("{prefix}_{}", field_type.name()),
                    "type": field_type.name(),
                    "required": required,
                    "settings": settings,
                })
            })
        });
        fields.collect::<Vec<_>>()
    };
    snapshot(vec![
        json!({"api_name": "thing", "fields": field(false), "description": "Anything", "translations": {
            "ru": {"name": "Вещь", "plural_name": "Вещи", "description": "Что угодно"},
        }}),
        json!({"api_name": "strict_thing", "fields": field(true)}),
        json!({"api_name": "problem", "fields": [
            {"api_name": "code", "type": "text", "unique": true, "required": true, "default_value": "new"},
            {"api_name": "thing", "type": "relation", "settings": {"to": "thing", "inverse": {"api_name": "problems"}}},
            {"api_name": "others", "type": "many_to_many", "settings": {"to": "thing", "inverse": {"api_name": "elsewhere"}}},
        ]}),
        json!({"api_name": "problem_page"}),
        json!({"api_name": "string_condition"}),
        json!({"api_name": "object", "plural_api_name": "objects"}),
    ])
}

fn document(snapshot: &Arc<Snapshot>, permissions: Permissions, words: Words) -> Json {
    of_view(snapshot, &view(snapshot, permissions), words)
}

fn of_view(snapshot: &Arc<Snapshot>, view: &Arc<View>, words: Words) -> Json {
    let text: Vec<u8> = pieces(snapshot, view, words).flatten().collect();
    serde_json::from_slice(&text)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&text)))
}

fn pieces(snapshot: &Arc<Snapshot>, view: &Arc<View>, words: Words) -> Document {
    let access = Access::of(view, SignupPolicy::Open);
    Document::new(Arc::clone(snapshot), Arc::clone(view), access, words)
}

/// Every value of the document with its place, depth first.
fn visit<'j>(json: &'j Json, place: &str, see: &mut impl FnMut(&str, &'j Json)) {
    see(place, json);
    let children: Vec<(String, &Json)> = match json {
        Json::Array(items) => (0..)
            .zip(items)
            .map(|(i, item): (usize, _)| (i.to_string(), item))
            .collect(),
        Json::Object(map) => map
            .iter()
            .map(|(key, value)| (key.replace('/', "~1"), value))
            .collect(),
        _ => return,
    };
    for (key, child) in children {
        visit(child, &format!("{place}/{key}"), see);
    }
}

fn operations(document: &Json) -> Vec<(&str, &str, &Json)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let members = item.as_object().unwrap().iter();
            let operations = members.filter(|(method, _)| *method != "parameters");
            operations.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .collect()
}

fn is_sound(document: &Json) {
    let schema = serde_json::from_str(OPENAPI).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error:.300}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());

    let mut referred = HashSet::new();
    visit(document, "#", &mut |place, json| {
        if let Some(target) = json.get("$ref").and_then(Json::as_str) {
            let found = target
                .strip_prefix('#')
                .and_then(|pointer| document.pointer(pointer));
            assert!(
                found.is_some(),
                "{place} points at {target}, which is not there"
            );
            referred.insert(target.to_owned());
        }
    });
    for (section, components) in document["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys() {
            let reference = format!("#/components/{section}/{name}");
            // To-many filters are there for every object, whether or not a relation leads to them; and what all documents
            // share tells nothing of a model.
            let may_be_unused = section != "schemas" || name.ends_with("ListFilter");
            assert!(
                may_be_unused || referred.contains(&reference),
                "{reference} is not used"
            );
        }
    }

    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(document) {
        let told = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{told}: {id} stands twice");
        let tags: Vec<_> = document["tags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| &tag["name"])
            .collect();
        assert!(
            tags.contains(&&operation["tags"][0]),
            "{told}: {}",
            operation["tags"]
        );
        let named: BTreeSet<&str> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let of_path = document["paths"][path].get("parameters");
        let parameters = [of_path, operation.get("parameters")].into_iter().flatten();
        let parameters = parameters.flat_map(|list| list.as_array().unwrap());
        let mut declared = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for parameter in parameters {
            let parameter = match parameter.get("$ref").and_then(Json::as_str) {
                Some(target) => document.pointer(&target[1..]).unwrap(),
                None => parameter,
            };
            let name = parameter["name"].as_str().unwrap();
            assert!(
                seen.insert((parameter["in"].as_str(), name)),
                "{told}: {name} stands twice"
            );
            if parameter["in"] == "path" {
                declared.insert(name);
            }
        }
        assert_eq!(declared, named, "{told}");
        let description = operation["description"].as_str().unwrap_or_default();
        assert!(!description.is_empty(), "{told} is not described");
        let answers = operation["responses"].as_object().unwrap();
        assert!(
            answers.keys().any(|status| status.starts_with('2')),
            "{told}"
        );
        let public = operation["security"] == json!([]);
        assert!(answers.contains_key("401") || public, "{told}");
    }
}

#[test]
fn every_document_is_sound() {
    let snapshot = everything();
    for permissions in [
        admin(),
        member(),
        reader(),
        nobody(),
        Permissions::of_all(&Right::WRITES, []),
    ] {
        for words in [Words::English, Words::Russian] {
            is_sound(&document(&snapshot, permissions.clone(), words));
        }
    }
    is_sound(&document(
        &self::snapshot(Vec::new()),
        admin(),
        Words::English,
    ));
}

/// What generators of clients stumble over.
#[test]
fn no_object_can_take_the_name_of_a_schema_of_the_platform() {
    let snapshot = everything();
    let document = document(&snapshot, admin(), Words::English);
    let objects = snapshot.whole().objects().into_iter();
    let stems: Vec<String> = objects
        .map(|object| pascal(object.api_name().as_str()))
        .collect();
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        let is_of_object = stems.iter().any(|stem| name.starts_with(stem));
        let plain = name.trim_end_matches(|c: char| c == '_' || c.is_ascii_digit());
        assert!(
            names::is_fixed(snapshot.whole(), plain) || is_of_object,
            "list `{name}` among the names of the platform's own schemas"
        );
    }
}

#[test]
fn nothing_stands_in_a_generators_way() {
    let document = document(&everything(), admin(), Words::English);
    visit(&document, "#", &mut |place, json| {
        let types = match &json["type"] {
            Json::String(one) => vec![one.as_str()],
            Json::Array(several) => several.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        if place.starts_with("#/components/schemas/") && types.contains(&"array") {
            assert!(json["items"].is_object(), "{place} does not say of what");
        }
        if json["in"].is_string() && json["name"].is_string() {
            assert!(json["schema"].is_object(), "{place} has no schema");
        }
    });
    for (name, header) in document["components"]["headers"].as_object().unwrap() {
        assert!(header["schema"]["pattern"].is_string(), "{name}");
    }
    let mut keys = HashSet::new();
    for (path, method, operation) in operations(&document) {
        let told = format!("{method} {path}");
        // One thing is answered, whatever is in the body.
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let content = &answer["content"]["application/json"]["schema"];
            for either in ["oneOf", "anyOf"] {
                assert!(content.get(either).is_none(), "{told}: {status}");
            }
        }
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        assert!(body.get("oneOf").is_none(), "{told}");
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for key in parameters.filter(|parameter| parameter["name"] == "Idempotency-Key") {
            let sample = key["example"].as_str().unwrap();
            assert!(keys.insert(sample.to_owned()), "{told}: {sample} again");
        }
    }
    assert!(keys.len() > 20, "{keys:?}");
}

#[test]
fn what_has_a_default_may_be_left_out() {
    let document = document(&everything(), admin(), Words::English);
    let schema = &document["components"]["schemas"]["ProblemCreateInput"];
    assert_eq!(schema.get("required"), None);
    // Some generators take a property with this keyword for one that is always there.
    let code = &schema["properties"]["code"];
    assert_eq!(code.get("default"), None);
    assert_eq!(code["description"], "Where it is absent: `new`.");
}

#[test]
fn schemas_are_schemas_and_their_examples_fit() {
    let document = document(&everything(), admin(), Words::English);
    let mut checked = 0;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let mut whole = json!({"components": document["components"]});
        whole["$ref"] = json!(format!("#/components/schemas/{name}"));
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&whole)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        for example in schema
            .get("examples")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
        {
            let errors: Vec<String> = validator
                .iter_errors(example)
                .map(|e| e.to_string())
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{name}: {example}");
            checked += 1;
        }
    }
    assert!(checked > 10, "{checked}");
}

#[test]
fn what_is_hidden_is_nowhere_in_the_document() {
    let snapshot = everything();
    let role = json!({
        "default": Permissions::of_all(&Right::ALL, []).default,
        "objects": {
            "thing": {},
            "problem": {
                "read": {"fields": {"except": ["code"]}},
                "create": {"fields": {"except": ["code"]}},
                "update": {"fields": {"except": ["code"]}},
                "delete": true,
            },
        },
    });
    let role = Permissions::read(role.as_object().unwrap()).unwrap();
    let view = view(&snapshot, role);
    let whole = document(&snapshot, member(), Words::English);
    let part = of_view(&snapshot, &view, Words::English);
    is_sound(&part);
    let paths = |document: &Json| document["paths"].as_object().unwrap().clone();
    let has = |document: &Json, plural: &str| {
        let prefix = format!("/api/v1/{plural}");
        paths(document).keys().any(|path| path.starts_with(&prefix))
    };
    assert!(has(&whole, "things") && !has(&part, "things"));
    assert!(has(&part, "problems") && has(&part, "strict_things"));
    let of_problem =
        |document: &Json| document["components"]["schemas"]["ProblemPart"]["properties"].clone();
    let (whole, part) = (of_problem(&whole), of_problem(&part));
    for field in ["code", "thing_id", "thing", "others"] {
        assert!(whole.get(field).is_some(), "{field}: {whole}");
        assert!(part.get(field).is_none(), "{field}: {part}");
    }
}

#[test]
fn nobody_sees_what_they_may_not_do() {
    let snapshot = everything();
    let offered = |permissions| {
        let document = document(&snapshot, permissions, Words::English);
        let offered = operations(&document);
        let offered = offered
            .iter()
            .map(|(path, method, _)| format!("{method} {path}"));
        offered.collect::<BTreeSet<_>>()
    };
    let (admin, member, reader, nobody) = (
        offered(admin()),
        offered(member()),
        offered(reader()),
        offered(nobody()),
    );
    let only = |more: &BTreeSet<String>, less: &BTreeSet<String>| -> Vec<String> {
        assert!(less.is_subset(more));
        more.difference(less).cloned().collect()
    };
    let administration = [
        "/metadata/",
        "/members",
        "/invitations",
        "/api-keys",
        "/audit",
        "/roles",
        "/teams",
    ];
    assert!(
        only(&admin, &member)
            .iter()
            .all(|path| administration.iter().any(|area| path.contains(area)))
    );
    let of_model = |offered: &BTreeSet<String>| -> Vec<String> {
        let of_model = offered.iter().filter(|path| path.contains("/metadata/"));
        of_model.cloned().collect()
    };
    assert_eq!(
        of_model(&member),
        [
            "get /api/v1/metadata/field-types",
            "get /api/v1/metadata/modules",
            "get /api/v1/metadata/objects",
            "get /api/v1/metadata/objects/{object}",
        ]
    );
    assert_eq!(of_model(&nobody), ["get /api/v1/metadata/field-types"]);
    let writing = only(&member, &reader);
    for write in [
        "post /api/v1/batch",
        "post /api/v1/things",
        "patch /api/v1/things",
        "delete /api/v1/things",
        "patch /api/v1/things/{id}",
        "delete /api/v1/things/{id}",
        "post /api/v1/things/{id}/restore",
        "post /api/v1/things/{id}/revert",
        "post /api/v1/changes/{id}/revert",
        "post /api/v1/things/upsert",
        "post /api/v1/things/upsert/many",
        "post /api/v1/things/many",
        "patch /api/v1/things/many",
    ] {
        assert!(writing.contains(&write.to_owned()), "{write}");
    }
    let is_of_accounts = |path: &String| {
        ["/auth/", "/invitations/token/", "/api/v1/teams"]
            .iter()
            .any(|own| path.contains(own))
    };
    assert!(reader.contains("post /api/v1/things/aggregate"));
    assert!(reader.iter().all(|path| path.starts_with("get ")
        || path.ends_with("/aggregate")
        || is_of_accounts(path)));
    assert!(nobody.iter().all(|path| is_of_accounts(path)
        || path.ends_with("/openapi.json")
        || path.ends_with("/field-types")));
    // Users are changed through membership.
    let users: Vec<_> = admin
        .iter()
        .filter(|path| path.contains("/users"))
        .collect();
    assert_eq!(
        users,
        [
            "get /api/v1/users",
            "get /api/v1/users/{id}",
            "post /api/v1/users/aggregate"
        ]
    );

    let nobody = document(&snapshot, Permissions::default(), Words::English).to_string();
    assert!(
        !nobody.contains("/things") && !nobody.contains("\"Thing"),
        "names of objects are not told to who may not read them"
    );
    let reader = document(&snapshot, self::reader(), Words::English).to_string();
    assert!(!reader.contains("CreateInput") && !reader.contains("FieldDefinition"));
}

#[test]
fn text_is_searched_for_only_where_there_is_some() {
    let field = |searchable| json!({"api_name": "text", "type": "text", "settings": {"searchable": searchable}});
    let snapshot = snapshot(vec![
        json!({"api_name": "book", "fields": [field(true)]}),
        json!({"api_name": "shelf", "fields": [field(false)]}),
    ]);
    let document = document(&snapshot, admin(), Words::English);
    let offers = |path: &str| {
        let parameters = document["paths"][path]["get"]["parameters"].as_array();
        parameters
            .unwrap()
            .contains(&json!({"$ref": "#/components/parameters/Search"}))
    };
    assert!(offers("/api/v1/books") && !offers("/api/v1/shelfs"));
}

#[test]
fn it_speaks_russian() {
    let document = document(&everything(), admin(), Words::Russian);
    let things = &document["paths"]["/api/v1/things"]["get"];
    assert_eq!(things["summary"], "Список: Вещи");
    assert_eq!(
        document["components"]["schemas"]["Thing"]["description"],
        "Что угодно"
    );
    // Nothing that is said of an operation is left in English.
    for (path, method, operation) in operations(&document) {
        for text in ["summary", "description"]
            .into_iter()
            .filter_map(|key| operation[key].as_str())
        {
            let russian = text
                .chars()
                .any(|c| ('а'..='я').contains(&c.to_ascii_lowercase()) || ('А'..='я').contains(&c));
            assert!(russian, "{method} {path}: {text}");
        }
    }
}

#[test]
fn what_is_written_for_one_object_is_small_whatever_the_model() {
    const OBJECTS: usize = 200;
    let fields: Vec<Json> = (0..10)
        .map(|index| json!({"api_name": format!("field_{index}"), "type": if index % 2 == 0 { "text" } else { "integer" }}))
        .collect();
    let definitions =
        (0..OBJECTS).map(|index| json!({"api_name": format!("object_{index}"), "fields": fields}));
    let snapshot = snapshot(definitions.collect());
    let began = Instant::now();
    let view = view(&snapshot, admin());
    let pieces: Vec<usize> = pieces(&snapshot, &view, Words::English)
        .map(|piece| piece.len())
        .collect();
    let whole: usize = pieces.iter().sum();
    println!(
        "{OBJECTS} objects: {} KB in {:?}",
        whole / 1_024,
        began.elapsed()
    );
    let largest = pieces.iter().max().unwrap();
    // The list of tags is the only piece that grows with the model.
    assert!(*largest < 200 * OBJECTS, "{largest}");
    assert!(
        pieces.iter().filter(|piece| **piece > 32 * 1_024).count() <= 3,
        "{pieces:?}"
    );
}
