//! Whatever objects and fields are called, the schema is sound: graphql-js takes it, and every name means one thing.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tessera_compiler::query::tree::Root;
use tessera_schema::definition::ObjectDefinition;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::model::Model;
use tessera_schema::naming::from_pascal;
use tessera_schema::object::ObjectSource;
use tessera_schema::rules::{check_fields, check_object};

use super::support::{block_on, compiled, message_on, plan_on, seen};
use crate::compile::Step;
use crate::introspection;
use crate::roots::QueryRoot;
use crate::schema::{Built, Part};
use crate::scope::Scope;

/// As most clients send it.
const STANDARD: &str = "
    { __schema {
        description
        queryType { name kind }
        mutationType { name kind }
        subscriptionType { name kind }
        types { ...FullType }
        directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
    } }
    fragment FullType on __Type {
        kind name description specifiedByURL isOneOf
        fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
        inputFields(includeDeprecated: true) { ...InputValue }
        interfaces { ...TypeRef }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
        possibleTypes { ...TypeRef }
    }
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }
";

/// Names that GraphQL, the platform or its types have, and everyday nouns.
const WORDS: &str = "string int float boolean id uuid big_int decimal date date_time time duration json query mutation \
    subscription page_info search_hit affected deleted order_direction period date_part date_time_part node search \
    event file job role view filter group edge connection list member type input enum interface union scalar schema \
    fragment on true false null value record operation plugin webhook contact contacts company field object person \
    full_name_value address_value currency_value select_value";

/// What names end in that the platform makes of others.
const ENDINGS: &str = "filter list_filter order_by connection edge create_input update_input aggregate group group_by \
    group_keys unique_field count_distinct_aggregate sum_aggregate_having aggregate_order_by part keys input";

fn name() -> impl Strategy<Value = String> {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let endings: Vec<&str> = ENDINGS.split_whitespace().collect();
    let word = proptest::sample::select(words);
    let ending = proptest::sample::select(endings);
    prop_oneof![
        3 => word.clone().prop_map(str::to_owned),
        3 => (word.clone(), ending).prop_map(|(word, ending)| format!("{word}_{ending}")),
        1 => (word, 0..3_u8).prop_map(|(word, number)| format!("{word}_{number}")),
        1 => "[a-z][a-z0-9]{0,3}(_[a-z0-9]{1,3}){0,3}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{1,9}",
        "[\"\\\\{}#a😀\u{2028}ё\t ]{1,9}",
        Just("\"\"\"".to_owned()),
        Just("ends in \\".to_owned()),
        Just("ends in \"".to_owned()),
    ]
}

fn field() -> impl Strategy<Value = Json> {
    let names = prop_oneof![
        name(),
        proptest::sample::select(vec![
            "count",
            "keys",
            "sum",
            "some",
            "every",
            "none",
            "node_id",
            "ids",
            "aggregate"
        ])
        .prop_map(str::to_owned),
    ];
    let kinds = prop_oneof![
        Just(json!({"type": "text", "unique": true})),
        proptest::sample::select(vec![
            "text",
            "integer",
            "datetime",
            "date",
            "boolean",
            "full_name",
            "address",
            "currency",
            "email",
            "json",
            "user",
            "auto_number",
            "duration",
            "decimal",
            "percent",
            "rating",
        ])
        .prop_map(|kind| json!({"type": kind})),
        Just(json!({"type": "integer", "settings": {"max": i64::MAX}})),
        (name(), any::<bool>()).prop_map(|(inverse, many)| {
            let kind = if many { "many_to_many" } else { "relation" };
            json!({"type": kind, "settings": {"to": "anchor", "inverse": {"api_name": inverse}}})
        }),
        (text(), any::<bool>()).prop_map(|(option, many)| {
            let kind = if many { "multi_select" } else { "select" };
            json!({"type": kind, "settings": {"options": [{"value": option}, {"value": "true"}]}})
        }),
    ];
    (names, kinds, proptest::option::of(text())).prop_map(|(name, mut field, description)| {
        field["api_name"] = name.into();
        field["description"] = description.into();
        field
    })
}

fn object() -> impl Strategy<Value = Json> {
    let fields = proptest::collection::vec(field(), 0..4);
    (name(), proptest::option::of(name()), fields, text()).prop_map(
        |(name, plural, fields, description)| {
            let plural = plural.unwrap_or_else(|| format!("{name}s"));
            json!({"api_name": name, "plural_api_name": plural, "description": description, "fields": fields})
        },
    )
}

/// Those of some definitions that could be made one after the other.
fn makeable(definitions: Vec<Json>) -> Arc<Model> {
    let mut made = vec![json!({"api_name": "anchor"})];
    for definition in definitions {
        let Ok(parsed) = ObjectDefinition::parse(definition.clone()) else {
            continue;
        };
        let known = |key: &str| {
            made.iter()
                .any(|other: &Json| other[key] == definition[key])
        };
        let types = tessera_schema::field_types::FieldTypes::builtin();
        if known("api_name")
            || known("plural_api_name")
            || !check_fields(&types, &parsed).is_empty()
        {
            continue;
        }
        let mut next = made.clone();
        next.push(definition);
        let model = compiled(&next);
        let sound = model
            .definitions()
            .into_iter()
            .all(|object| check_object(&model, object).is_empty());
        if sound {
            made = next;
        }
    }
    compiled(&made)
}

fn models(count: usize) -> Vec<Arc<Model>> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let definitions = proptest::collection::vec(object(), 1..12);
    let models = (0..count).map(|_| makeable(definitions.new_tree(&mut runner).unwrap().current()));
    models.collect()
}

/// Every word as an object at once, with all that can be beside it.
fn crowded() -> Arc<Model> {
    let words = WORDS.split_whitespace();
    let ended = WORDS.split_whitespace().flat_map(|word| {
        let endings = ENDINGS.split_whitespace();
        endings.map(move |ending| format!("{word}_{ending}"))
    });
    let fields: Vec<Json> = ["true", "false", "null", "node_id", "type"]
        .map(|name| json!({"api_name": name, "type": "text", "unique": true}))
        .into();
    let names = words.map(str::to_owned).chain(ended.step_by(23));
    let objects = names.enumerate().map(|(index, name)| {
        let fields = if index % 5 == 0 {
            fields.as_slice()
        } else {
            &[]
        };
        json!({"api_name": name, "plural_api_name": format!("plural_of_{name}"), "fields": fields})
    });
    makeable(objects.collect())
}

fn validate(folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/test/schemas.mjs");
    let run = Command::new("node").arg(script).arg(folder).output();
    let run = run.expect("Node.js is there, as for `make test`");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "`npm ci` was run in web, and: {said}");
}

#[test]
fn graphql_js_takes_every_schema_that_can_be_made() {
    let folder = tempfile::tempdir().expect("a folder for schemas");
    let mut all = models(10);
    all.push(crowded());
    for (index, model) in all.iter().enumerate() {
        // What those see who may not write is a part of the same.
        for writes in [true, index % 4 != 0] {
            let built = Built::new(&seen(model, writes), &Scope::Everything);
            let planned = plan_on(model, None, STANDARD, &json!({})).expect("valid");
            let Ok(Step::Introspect(field)) = &planned[0].step else {
                panic!("{:?}", planned[0]);
            };
            let answer = block_on(introspection::answer(&built.schema, field, None));
            let answer = format!("{{\"__schema\":{}}}", answer.expect("no errors"));
            let name = format!("{index}-{writes}");
            std::fs::write(folder.path().join(format!("{name}.json")), answer).expect("written");
        }
    }
    validate(folder.path());
}

#[test]
fn every_name_means_one_thing_however_much_of_a_schema_there_is() {
    for model in models(8) {
        for object in model.objects() {
            let [one, many, groups] = QueryRoot::of(object).map(|root| root.name(&model));
            let record = Part::Record.name(&model, object);
            let filter = Part::Filter.name(&model, object);
            let id = "01939f8e-0000-7000-8000-000000000001";
            let document = format!(
                "query($f: {filter}) {{ one: {one}(id: \"{id}\") {{ id ...part }} many: {many}(filter: $f) {{ nodes {{ ...part }} }} \
                 groups: {groups}(groupBy: [{{version: true}}], filter: $f) {{ count }} }} fragment part on {record} {{ version }}"
            );
            let planned = [None, Some(Scope::Everything)].map(|scope| {
                plan_on(&model, scope, &document, &json!({"f": {}}))
                    .unwrap_or_else(|errors| panic!("{document} {errors:?}"))
            });
            for planned in planned {
                for (planned, expected) in planned.iter().zip(["one", "many", "groups"]) {
                    let found = match &planned.step {
                        Ok(Step::Read(Root::One { object, .. })) => ("one", object),
                        Ok(Step::Read(Root::Many { object, .. })) => ("many", object),
                        Ok(Step::Read(Root::Groups { object, .. })) => ("groups", object),
                        other => panic!("{document} {other:?}"),
                    };
                    let (kind, found) = found;
                    assert_eq!(
                        (kind, found.api_name()),
                        (expected, object.api_name()),
                        "{document}"
                    );
                }
            }
        }
        let search = QueryRoot::Search.name(&model);
        let document = format!("{{ {search}(query: \"x\") {{ id }} }}");
        assert!(
            plan_on(&model, None, &document, &json!({})).is_ok(),
            "{document}"
        );
    }
}

/// The types of a schema by their names, as the schema language writes them.
fn types_of(sdl: &str) -> HashMap<String, Vec<String>> {
    let blocks = sdl.split("\n\n").filter_map(|block| {
        let lines: Vec<String> = block.lines().map(str::to_owned).collect();
        let head = lines.iter().find(|line| {
            let kinds = ["type ", "input ", "enum ", "scalar ", "interface "];
            kinds.iter().any(|kind| line.starts_with(kind))
        })?;
        let name = head.split_whitespace().nth(1)?.to_owned();
        Some((name, lines))
    });
    blocks.collect()
}

/// `ContactFilter` → `contact_filter`.
fn api_name(type_name: &str) -> String {
    from_pascal(type_name).unwrap_or_else(|| {
        // `ID` and `UUID` are of no object's name, and what comes nearest is no reason to give way.
        type_name.to_ascii_lowercase()
    })
}

#[test]
fn a_new_object_renames_nothing_that_is_there() {
    let fields = json!([
        {"api_name": "email", "type": "email", "unique": true},
        {"api_name": "name", "type": "full_name"},
        {"api_name": "amount", "type": "currency"},
        {"api_name": "place", "type": "address"},
        {"api_name": "born", "type": "date"},
        {"api_name": "met", "type": "datetime"},
        {"api_name": "large", "type": "integer", "settings": {"max": i64::MAX}},
        {"api_name": "status", "type": "select", "settings": {"options": [{"value": "query"}, {"value": "Node"}]}},
        {"api_name": "node_id", "type": "text"},
    ]);
    let contact = json!({"api_name": "contact", "fields": fields});
    let alone = compiled(std::slice::from_ref(&contact));
    let before = types_of(&crate::sdl(&seen(&alone, true)));
    // As many types as the newcomer has, which is like it.
    let own = alone.object("contact").expect("it is there");
    let own = Part::ALL.iter().map(|part| part.name(&alone, own));
    let own = own.filter(|name| before.contains_key(name)).count();
    // Every type that is there, those of users included, and the fields of `Query`.
    let mut names: Vec<String> = before.keys().map(|name| api_name(name)).collect();
    let roots = [
        "search",
        "node",
        "contacts_group_by",
        "users_group_by",
        "node_id",
        "subscription",
    ];
    names.extend(roots.map(str::to_owned));
    names.sort();
    names.dedup();
    assert!(names.len() > 90, "{names:?}");
    for name in names {
        if ["contact", "user"].contains(&name.as_str()) {
            continue;
        }
        let as_plural = roots.contains(&name.as_str());
        let pairs = [(name.as_str(), "newcomers"), ("newcomer", name.as_str())];
        for (newcomer, plural) in pairs.into_iter().take(1 + usize::from(as_plural)) {
            let definitions = [
                contact.clone(),
                json!({"api_name": newcomer, "plural_api_name": plural, "fields": fields}),
            ];
            let model = compiled(&definitions);
            let sdl = crate::sdl(&seen(&model, true));
            let after = types_of(&sdl);
            for (name, lines) in &before {
                if ["Query", "Mutation"].contains(&name.as_str()) {
                    let all = lines.iter().all(|line| after[name].contains(line));
                    assert!(all, "{newcomer}: {lines:?} {:?}", after[name]);
                } else {
                    assert_eq!(after.get(name), Some(lines), "{newcomer}: {name}");
                }
            }
            assert_eq!(after.len(), before.len() + own, "{newcomer} {sdl}");
            // The order in which definitions are read is of no meaning.
            let sources = model.definitions().into_iter().rev();
            let sources = sources.map(|object| ObjectSource::clone(&object.source));
            let again = Model::compile(FieldTypes::builtin(), sources.collect());
            assert_eq!(
                types_of(&crate::sdl(&seen(
                    &Arc::new(again.expect("the same types")),
                    true
                ))),
                after
            );
        }
    }
}

#[test]
fn names_give_way_by_an_underscore() {
    let names = [
        "contact",
        "string",
        "page_info",
        "date",
        "query",
        "mutation",
        "search",
        "node",
        "contact_filter",
        "contact_group_by",
        "full_name_value",
        "user_group",
    ];
    let objects: Vec<Json> = names
        .iter()
        .map(|name| {
            let key = json!({"api_name": "true", "type": "text", "unique": true});
            let born = json!({"api_name": "born", "type": "date"});
            let person = json!({"api_name": "person", "type": "full_name"});
            json!({"api_name": name, "plural_api_name": format!("{name}s"), "fields": [key, born, person]})
        })
        .collect();
    let sdl = crate::sdl(&seen(&compiled(&objects), true));
    for line in [
        "type String_ implements Node {",
        "type PageInfo_ implements Node {",
        "type PageInfo {",
        "type Date_ implements Node {",
        "scalar Date\n",
        "input Date_Filter {",
        "born: Date\n",
        "person: FullNameValue\n",
        "type FullNameValue_ implements Node {",
        "type Query_ implements Node {",
        "query: Query\n",
        "mutation: Mutation\n",
        "search_(id: UUID!): Search\n",
        "search(",
        "node_(id: UUID!): Node_\n",
        "node(nodeId: ID!): Node\n",
        "input ContactFilter {",
        "type ContactFilter_ implements Node {",
        "input ContactGroupBy {",
        "type ContactGroupBy_ implements Node {",
        "type UserGroup {",
        "type UserGroup_ implements Node {",
        "true_",
    ] {
        assert!(sdl.contains(line), "{line}\n{sdl}");
    }
}

#[test]
fn what_is_older_keeps_its_name_until_it_is_gone() {
    let contact = || json!({"api_name": "contact"});
    let edge = || json!({"api_name": "contact_edge"});
    for (objects, ty, other) in [
        (vec![contact(), edge()], "ContactEdge", "Contact_Edge"),
        (vec![edge(), contact()], "Contact_Edge", "ContactEdge"),
        (vec![contact()], "ContactEdge", "Contact_Edge"),
    ] {
        let model = compiled(&objects);
        let document =
            |ty: &str| format!("{{ contacts {{ edges {{ ... on {ty} {{ cursor }} }} }} }}");
        assert!(
            plan_on(&model, None, &document(ty), &json!({})).is_ok(),
            "{ty}"
        );
        assert!(!message_on(&model, &document(other)).is_empty());
    }
}

#[test]
fn a_field_node_id_stands_beside_the_nodes_id() {
    let key = json!({"api_name": "node_id", "type": "text", "unique": true});
    let model = compiled(&[json!({"api_name": "server", "fields": [key]})]);
    for document in [
        "{ servers(filter: {nodeId_: {eq: \"x\"}}, orderBy: [{nodeId_: DESC}]) { nodes { nodeId nodeId_ ... on Node { nodeId } } } }",
        "{ serversGroupBy(groupBy: [{nodeId_: true}]) { keys { nodeId_ } countDistinct { nodeId_ } } }",
        "mutation { createServer(data: {nodeId_: \"x\"}) { nodeId nodeId_ } }",
        "mutation { upsertServers(data: [{nodeId_: \"x\"}], on: nodeId_) { nodeId_ } }",
    ] {
        let planned = plan_on(&model, None, document, &json!({}));
        assert!(planned.is_ok(), "{document}: {planned:?}");
    }
    let of_node = "{ servers(filter: {nodeId: {eq: \"x\"}}) { nodes { id } } }";
    assert!(message_on(&model, of_node).contains("nodeId"));
}
