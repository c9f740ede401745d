//! Connections: pages both ways, at every level.

use serde_json::{Value as Json, json};

use super::Crm;
use crate::support::Tenant;

fn names(connection: &Json) -> Vec<&str> {
    connection["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["firstName"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn edges_cursors_and_page_info() {
    let crm = Crm::new().await;
    let query = "query($after: String) { contacts(first: 2, after: $after, orderBy: [{leadScore: DESC_NULLS_LAST}, {firstName: ASC}]) {
        totalCount edges { cursor node { firstName } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let page = crm.tenant.data(query, json!({})).await["contacts"].take();
    let cursor = |edge: usize| &page["edges"][edge]["cursor"];
    assert_eq!(page["totalCount"], 4);
    assert_eq!(
        [&page["edges"][0]["node"], &page["edges"][1]["node"]],
        [&json!({"firstName": "Bob"}), &json!({"firstName": "Dan"})]
    );
    assert_eq!(
        page["pageInfo"],
        json!({"hasNextPage": true, "hasPreviousPage": false, "startCursor": cursor(0), "endCursor": cursor(1)})
    );
    let next = crm.tenant.data(query, json!({"after": cursor(1)})).await["contacts"].take();
    assert_eq!(
        [&next["edges"][0]["node"], &next["edges"][1]["node"]],
        [&json!({"firstName": "Ann"}), &json!({"firstName": "Cid"})]
    );
    assert_eq!(
        (
            &next["pageInfo"]["hasNextPage"],
            &next["pageInfo"]["hasPreviousPage"]
        ),
        (&json!(false), &json!(true))
    );
    let empty = crm.data(r#"{ contacts(filter: {firstName: {eq: "Zoe"}}) { totalCount edges { cursor } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"#).await;
    assert_eq!(
        empty["contacts"],
        json!({"totalCount": 0, "edges": [], "nodes": [], "pageInfo": {"hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null}})
    );
}

#[tokio::test]
async fn windows_are_what_they_say() {
    let crm = Crm::new().await;
    let all = crm
        .data("{ contacts(orderBy: {firstName: ASC}) { edges { cursor } } }")
        .await;
    let cursor = |index: usize| {
        all["contacts"]["edges"][index]["cursor"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for (window, expected) in [
        ("first: 2".to_owned(), "Ann Bob"),
        ("last: 2".to_owned(), "Cid Dan"),
        ("first: 0".to_owned(), ""),
        ("first: 2, offset: 1".to_owned(), "Bob Cid"),
        (format!("after: \"{}\"", cursor(1)), "Cid Dan"),
        (format!("before: \"{}\"", cursor(2)), "Ann Bob"),
        (format!("first: 1, after: \"{}\"", cursor(0)), "Bob"),
        (format!("last: 1, before: \"{}\"", cursor(3)), "Cid"),
        (
            format!("after: \"{}\", before: \"{}\"", cursor(0), cursor(3)),
            "Bob Cid",
        ),
        (
            format!(
                "first: 1, after: \"{}\", before: \"{}\"",
                cursor(0),
                cursor(3)
            ),
            "Bob",
        ),
    ] {
        let query = format!(
            "{{ contacts({window}, orderBy: {{firstName: ASC}}) {{ totalCount nodes {{ firstName }} }} }}"
        );
        let found = crm.data(&query).await;
        assert_eq!(names(&found["contacts"]).join(" "), expected, "{window}");
        assert_eq!(found["contacts"]["totalCount"], 4, "{window}: of all pages");
    }
}

#[tokio::test]
async fn nested_pages_go_on_too() {
    let crm = Crm::new().await;
    let query = "query($after: String) { companies(filter: {name: {eq: \"Acme\"}}) { nodes { contacts(first: 1, after: $after, orderBy: {firstName: ASC}) {
        nodes { firstName } pageInfo { hasNextPage endCursor } } } } }";
    let mut after = Json::Null;
    for (expected, more) in [("Ann", true), ("Bob", true), ("Cid", false)] {
        let found = crm.tenant.data(query, json!({"after": after})).await;
        let connection = &found["companies"]["nodes"][0]["contacts"];
        assert_eq!(names(connection), [expected]);
        assert_eq!(connection["pageInfo"]["hasNextPage"], more, "{expected}");
        after = connection["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn many_to_many_both_ways() {
    let tenant = Tenant::new().await;
    tenant.object("tag", json!([{"api_name": "people", "type": "many_to_many", "settings": {"to": "contact", "inverse": {"api_name": "labels"}}}])).await;
    let mut ids = Vec::new();
    for name in ["Ann", "Bob", "Cid"] {
        ids.push(tenant.id_of("contacts", json!({"first_name": name})).await);
    }
    let create = "mutation($people: [UUID!]) { createTag(data: {name: \"vip\", peopleIds: $people}) { id people(orderBy: {firstName: DESC}) { totalCount nodes { firstName } } } }";
    let made = tenant.data(create, json!({"people": ids[..2]})).await["createTag"].take();
    assert_eq!(
        made["people"],
        json!({"totalCount": 2, "nodes": [{"firstName": "Bob"}, {"firstName": "Ann"}]})
    );
    let query = "{ contacts(orderBy: {firstName: ASC}) { nodes { firstName labels { nodes { name people { totalCount } } } } } }";
    let found = tenant.data(query, json!({})).await;
    let vip = json!({"nodes": [{"name": "vip", "people": {"totalCount": 2}}]});
    assert_eq!(
        found["contacts"]["nodes"],
        json!([
            {"firstName": "Ann", "labels": vip},
            {"firstName": "Bob", "labels": vip},
            {"firstName": "Cid", "labels": {"nodes": []}},
        ])
    );
    let update = "mutation($id: UUID!, $people: [UUID!]) { updateTag(id: $id, data: {peopleIds: $people}) { people(orderBy: {firstName: ASC}) { nodes { firstName } } } }";
    for (people, expected) in [
        (json!(ids[1..]), json!(["Bob", "Cid"])),
        (json!([]), json!([])),
    ] {
        let changed = tenant
            .data(update, json!({"id": made["id"], "people": people}))
            .await;
        assert_eq!(json!(names(&changed["updateTag"]["people"])), expected);
    }
    let none = tenant
        .data(
            "{ contacts(filter: {labels: {some: {name: {eq: \"vip\"}}}}) { totalCount } }",
            json!({}),
        )
        .await;
    assert_eq!(none, json!({"contacts": {"totalCount": 0}}));
}
