//! What the schema says of itself: this tenant's model, and nothing of another's.

use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

use crate::support::Tenant;

/// As GraphiQL and most clients send it.
const STANDARD: &str = "
    query IntrospectionQuery {
      __schema {
        description
        queryType { name kind }
        mutationType { name kind }
        subscriptionType { name kind }
        types { ...FullType }
        directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
      }
    }
    fragment FullType on __Type {
      kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
      inputFields(includeDeprecated: true) { ...InputValue }
      interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { ...TypeRef }
    }
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
    fragment TypeRef on __Type {
      kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
    }
";

fn type_named<'s>(schema: &'s Json, name: &str) -> &'s Json {
    let mut types = schema["__schema"]["types"].as_array().unwrap().iter();
    types.find(|ty| ty["name"] == name).unwrap_or(&Json::Null)
}

fn names(members: &Json) -> BTreeSet<&str> {
    members
        .as_array()
        .into_iter()
        .flatten()
        .map(|member| member["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_standard_query_is_answered_in_full() {
    let tenant = Tenant::new().await;
    tenant.object("vehicle", json!([{"api_name": "wheel_count", "type": "integer", "required": true, "description": "How many."}])).await;
    let schema = tenant.data(STANDARD, json!({})).await;
    assert_eq!(schema["__schema"]["queryType"]["name"], "Query");
    assert_eq!(schema["__schema"]["mutationType"]["name"], "Mutation");
    let vehicle = type_named(&schema, "Vehicle");
    let fields = names(&vehicle["fields"]);
    for field in [
        "id",
        "createdAt",
        "updatedAt",
        "createdBy",
        "updatedBy",
        "deletedAt",
        "version",
        "name",
        "wheelCount",
    ] {
        assert!(fields.contains(field), "{field}");
    }
    let count = vehicle["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == "wheelCount")
        .unwrap();
    assert_eq!(count["description"], "How many.");
    let queries = names(&type_named(&schema, "Query")["fields"]);
    assert!(queries.is_superset(&BTreeSet::from([
        "vehicle", "vehicles", "contact", "contacts"
    ])));
    let mutations = names(&type_named(&schema, "Mutation")["fields"]);
    for verb in [
        "createVehicle",
        "createVehicles",
        "updateVehicle",
        "updateVehicles",
        "deleteVehicle",
        "deleteVehicles",
        "restoreVehicle",
        "destroyVehicle",
    ] {
        assert!(mutations.contains(verb), "{verb}");
    }
    let arguments = |field: &str| {
        let fields = type_named(&schema, "Query")["fields"]
            .as_array()
            .unwrap()
            .iter();
        names(&fields.clone().find(|known| known["name"] == field).unwrap()["args"])
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        arguments("vehicles"),
        [
            "after", "before", "deleted", "filter", "first", "last", "offset", "orderBy"
        ]
    );
    assert_eq!(
        names(&type_named(&schema, "VehicleConnection")["fields"]),
        BTreeSet::from(["aggregate", "edges", "nodes", "pageInfo", "totalCount"])
    );
    // Every type that is named is there.
    let defined = names(&schema["__schema"]["types"]);
    let mut named = BTreeSet::new();
    collect_references(&schema["__schema"]["types"], &mut named);
    assert!(
        named.is_subset(&defined),
        "{:?}",
        named.difference(&defined)
    );
}

fn collect_references<'s>(value: &'s Json, named: &mut BTreeSet<&'s str>) {
    match value {
        Json::Array(items) => items
            .iter()
            .for_each(|item| collect_references(item, named)),
        Json::Object(members) => {
            if let (Some(name), true) = (
                members.get("name").and_then(Json::as_str),
                members.contains_key("ofType"),
            ) {
                named.insert(name);
            }
            members
                .values()
                .for_each(|member| collect_references(member, named));
        }
        _ => {}
    }
}

#[tokio::test]
async fn a_type_by_name() {
    let tenant = Tenant::new().await;
    let query = "query($name: String!) { __type(name: $name) { name kind fields { name } } __schema { queryType { name } } }";
    let found = tenant.data(query, json!({"name": "Company"})).await;
    assert_eq!(found["__type"]["kind"], "OBJECT");
    assert!(names(&found["__type"]["fields"]).contains("contacts"));
    assert_eq!(
        tenant.data(query, json!({"name": "Nonsense"})).await["__type"],
        Json::Null
    );
    let both = tenant.data("{ __typename __type(name: \"Deleted\") { enumValues { name } } contacts { totalCount } }", json!({})).await;
    assert_eq!(
        both["__type"]["enumValues"],
        json!([{"name": "EXCLUDE"}, {"name": "INCLUDE"}, {"name": "ONLY"}])
    );
    assert_eq!(both["contacts"], json!({"totalCount": 0}));
}

#[tokio::test]
async fn anothers_types_are_absent() {
    let (one, other) = tokio::join!(Tenant::new(), Tenant::new());
    one.object(
        "secret_project",
        json!([{"api_name": "codename", "type": "text"}]),
    )
    .await;
    other
        .object(
            "secret_project",
            json!([{"api_name": "outlay", "type": "decimal"}]),
        )
        .await;
    other.object("hidden_thing", json!([])).await;
    for (tenant, theirs) in [
        (&one, vec!["outlay", "HiddenThing"]),
        (&other, vec!["codename"]),
    ] {
        let schema = tenant.data(STANDARD, json!({})).await.to_string();
        assert!(schema.contains("SecretProject"));
        for name in theirs {
            assert!(!schema.contains(name), "{name}");
        }
    }
    let refused = one
        .graphql("{ hiddenThings { totalCount } }", json!({}))
        .await;
    assert_eq!(refused.status, 400);
    let unknown = one.graphql("{ nonsenses { totalCount } }", json!({})).await;
    assert_eq!(
        refused.text.replace("hiddenThings", "nonsenses"),
        unknown.text,
        "no word more than of what is nowhere"
    );
}
