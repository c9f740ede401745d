//! Queries.

use serde_json::{Value as Json, json};

use crate::client::Client;

/// Two firms with people and deals.
async fn filled() -> Client {
    let client = Client::new().await;
    let firms = "mutation($f: [FirmCreateInput!]!) { createFirms(data: $f) { id } }";
    let firms = client
        .data(
            firms,
            json!({"f": [{"name": "Alpha", "city": "Riga"}, {"name": "Beta", "city": "Oslo"}]}),
        )
        .await;
    let (alpha, beta) = (
        &firms["createFirms"][0]["id"],
        &firms["createFirms"][1]["id"],
    );
    let people: Vec<Json> = (0..5)
        .map(|n| json!({"lastName": format!("P{n}"), "score": n, "firmId": if n < 3 { alpha } else { beta }}))
        .collect();
    client
        .data(
            "mutation($p: [PersonCreateInput!]!) { createPeople(data: $p) { id } }",
            json!({"p": people}),
        )
        .await;
    let deals: Vec<Json> = (0..4)
        .map(|n| json!({"name": format!("D{n}"), "firmId": alpha}))
        .collect();
    client
        .data(
            "mutation($d: [DealCreateInput!]!) { createDeals(data: $d) { id } }",
            json!({"d": deals}),
        )
        .await;
    client
}

#[tokio::test]
async fn nesting_both_ways_with_filters_orders_and_windows() {
    let client = filled().await;
    let data = client
        .data(
            r#"query($city: String!) {
                firms(filter: {city: {eq: $city}}) {
                    nodes { name
                        people(first: 2, orderBy: [{score: DESC}]) { totalCount nodes { lastName firm { name __typename } } pageInfo { hasNextPage } }
                        deals(filter: {name: {in: ["D1", "D3"]}}, orderBy: {name: ASC}) { edges { node { title: name } } } }
                    __typename
                }
                others: people(filter: {firm: {city: {neq: $city}}}, orderBy: {lastName: ASC}) { nodes { lastName } }
                __typename
            }"#,
            json!({"city": "Riga"}),
        )
        .await;
    assert_eq!(
        data,
        json!({
            "firms": {
                "nodes": [{
                    "name": "Alpha",
                    "people": {
                        "totalCount": 3,
                        "nodes": [
                            {"lastName": "P2", "firm": {"name": "Alpha", "__typename": "Firm"}},
                            {"lastName": "P1", "firm": {"name": "Alpha", "__typename": "Firm"}},
                        ],
                        "pageInfo": {"hasNextPage": true},
                    },
                    "deals": {"edges": [{"node": {"title": "D1"}}, {"node": {"title": "D3"}}]},
                }],
                "__typename": "FirmConnection",
            },
            "others": {"nodes": [{"lastName": "P3"}, {"lastName": "P4"}]},
            "__typename": "Query",
        })
    );
}

#[tokio::test]
async fn to_many_filters_quantify() {
    let client = filled().await;
    let query = |filter: &str| {
        format!("{{ firms(filter: {filter}, orderBy: {{name: ASC}}) {{ nodes {{ name }} }} }}")
    };
    for (filter, expected) in [
        ("{people: {some: {score: {gt: 3}}}}", vec!["Beta"]),
        ("{deals: {none: {}}}", vec!["Beta"]),
        ("{people: {every: {score: {lt: 3}}}}", vec!["Alpha"]),
        (
            "{or: [{city: {ilike: \"rig%\"}}, {not: {city: {eq: \"Riga\"}}}]}",
            vec!["Alpha", "Beta"],
        ),
    ] {
        let data = client.data(&query(filter), json!({})).await;
        let names: Vec<_> = data["firms"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|firm| firm["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{filter}");
    }
}

#[tokio::test]
async fn pages_go_forth_and_back() {
    let client = filled().await;
    let query = "query($first: Int, $after: String, $last: Int, $before: String) {
        people(orderBy: {score: ASC}, first: $first, after: $after, last: $last, before: $before) {
            nodes { lastName } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let names = |data: &Json| {
        data["people"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["lastName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let one = client.data(query, json!({"first": 2})).await;
    assert_eq!(names(&one), ["P0", "P1"]);
    let end = &one["people"]["pageInfo"]["endCursor"];
    let two = client.data(query, json!({"first": 2, "after": end})).await;
    assert_eq!(names(&two), ["P2", "P3"]);
    let back = client
        .data(
            query,
            json!({"last": 2, "before": two["people"]["pageInfo"]["startCursor"]}),
        )
        .await;
    assert_eq!(names(&back), ["P0", "P1"]);
    let last = client.data(query, json!({"last": 1})).await;
    assert_eq!(names(&last), ["P4"]);
}

#[tokio::test]
async fn a_record_that_is_not_there_is_null() {
    let client = Client::new().await;
    let data = client.data("{ person(id: \"01939f8e-0000-7000-8000-000000000001\") { id } users { nodes { email } } }", json!({})).await;
    assert_eq!(data["person"], Json::Null);
    assert_eq!(data["users"]["nodes"][0]["email"], "admin@globex.test");
}

#[tokio::test]
async fn introspection_and_data_in_one_operation() {
    let client = filled().await;
    let data = client
        .data("{ __type(name: \"Person\") { name fields { name } } firms { totalCount } __schema { mutationType { name } } }", json!({}))
        .await;
    assert_eq!(data["__type"]["fields"][2]["name"], "lastName");
    assert_eq!(data["firms"]["totalCount"], 2);
    assert_eq!(data["__schema"]["mutationType"]["name"], "Mutation");
}

#[tokio::test]
async fn a_field_is_served_in_the_request_after_the_one_that_made_it() {
    let client = filled().await;
    client.data("{ firms { nodes { name } } }", json!({})).await;
    let other = client.world.on_another_server().await;
    other
        .add_field("firm", json!({"api_name": "motto", "type": "text"}))
        .await
        .unwrap();
    let data = client
        .data(
            "{ firms(orderBy: {name: ASC}) { nodes { name motto } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        data["firms"]["nodes"][0],
        json!({"name": "Alpha", "motto": null})
    );
}
