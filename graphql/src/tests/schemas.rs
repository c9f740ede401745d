//! The schema that a model becomes.

use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::support::{MODEL, block_on, compiled, plan_on, seen, seen_by};
use crate::compile::Step;
use crate::introspection;
use crate::schema::Built;
use crate::scope::Scope;

/// The snapshot that a definition of the schema belongs to: its object's, or one of two for what is of none.
fn part_of(definition: &str) -> String {
    const OBJECTS: [&str; 5] = ["Company", "Contact", "Opportunity", "Tag", "User"];
    let keywords = [
        "type ",
        "input ",
        "enum ",
        "scalar ",
        "interface ",
        "union ",
    ];
    let name = definition.lines().find_map(|line| {
        let mut keywords = keywords.iter();
        keywords.find_map(|keyword| line.strip_prefix(keyword))
    });
    let name = name.unwrap_or_default();
    let object = OBJECTS.iter().find(|object| name.starts_with(**object));
    match object {
        Some(object) => object.to_lowercase(),
        None if name.starts_with("Query") || name.starts_with("Mutation") => "roots".to_owned(),
        None => "values".to_owned(),
    }
}

#[test]
fn a_model_as_schema() {
    let sdl = crate::sdl(&seen(&MODEL, true));
    let mut parts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for definition in sdl.split("\n\n") {
        let part = parts.entry(part_of(definition)).or_default();
        part.push(definition);
    }
    for (part, definitions) in parts {
        insta::assert_snapshot!(format!("schema_{part}"), definitions.join("\n\n"));
    }
}

#[test]
fn who_may_not_write_sees_no_mutations_nor_their_inputs() {
    let sdl = crate::sdl(&seen(&MODEL, false));
    assert!(
        !sdl.contains("Mutation") && !sdl.contains("CreateInput") && !sdl.contains("Affected"),
        "{sdl}"
    );
}

#[test]
fn what_is_hidden_is_in_no_type() {
    let view = seen_by(
        &MODEL,
        &json!({"default": {"read": true}, "objects": {
            "company": {},
            "contact": {"read": {"fields": {"except": ["born"]}}},
        }}),
    );
    let (all, part) = (crate::sdl(&seen(&MODEL, true)), crate::sdl(&view));
    for word in ["compan", "Compan", "born", "Mutation"] {
        assert!(all.contains(word), "{word}");
        assert!(!part.contains(word), "{word}: {part}");
    }
    assert!(part.contains("opportunities(") && part.contains("lastName"));
}

#[test]
fn members_are_read_only() {
    let sdl = crate::sdl(&seen(&MODEL, true));
    assert!(
        sdl.contains("users(") && !sdl.contains("createUser") && !sdl.contains("UserCreateInput"),
        "{sdl}"
    );
}

#[test]
fn a_model_without_objects_has_a_schema() {
    let sdl = crate::sdl(&seen(&compiled(&[]), true));
    assert!(
        sdl.contains("user(id: UUID!): User") && !sdl.contains("mutation:"),
        "{sdl}"
    );
}

#[test]
fn an_object_without_fields_can_be_made_but_not_changed() {
    let sdl = crate::sdl(&seen(&compiled(&[json!({"api_name": "mark"})]), true));
    assert!(
        sdl.contains("createMark(data: MarkCreateInput!): Mark!") && !sdl.contains("updateMark"),
        "{sdl}"
    );
}

const TYPES: &str = "{ __typename __schema { queryType { name } types { name kind } } c: __type(name: \"Contact\") { name fields { name type { kind name ofType { name } } } } }";

#[test]
fn introspection_is_answered_in_place() {
    let built = Built::new(&seen(&MODEL, true), &Scope::Everything);
    let planned = plan_on(&MODEL, None, TYPES, &json!({})).expect("valid");
    let keys: Vec<_> = planned.iter().map(|field| field.key.as_str()).collect();
    assert_eq!(keys, ["__typename", "__schema", "c"]);
    let Ok(Step::Introspect(field)) = &planned[2].step else {
        panic!("{:?}", planned[2]);
    };
    let text = block_on(introspection::answer(&built.schema, field, None)).expect("no errors");
    assert!(text.starts_with(r#"{"name":"Contact","fields":[{"name":"id","type":{"kind":"NON_NULL","name":null,"ofType":{"name":"UUID"}}}"#), "{text}");
}

/// Generous bounds for an unoptimised build on a busy machine: what matters is that a request does not build it all.
#[test]
fn a_simple_query_is_cheap_among_a_thousand_objects_that_hang_together() {
    let objects: Vec<_> = (0..1_000)
        .map(|n| {
            let mut fields: Vec<_> = (0..10).map(|f| json!({"api_name": format!("f{f}"), "type": "text"})).collect();
            let inverse = json!({"api_name": "children"});
            let to = format!("object{}", (n + 1) % 1_000);
            fields.push(json!({"api_name": "parent", "type": "relation", "settings": {"to": to, "inverse": inverse}}));
            json!({"api_name": format!("object{n}"), "fields": fields})
        })
        .collect();
    let model = compiled(&objects);
    let start = Instant::now();
    plan_on(
        &model,
        None,
        "{ object7s { nodes { id f1 parent { f2 } children { totalCount } } } }",
        &json!({}),
    )
    .expect("valid");
    assert!(
        start.elapsed() < Duration::from_millis(100),
        "{:?}",
        start.elapsed()
    );
}
