//! GraphQL over HTTP: methods, statuses and media types.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Tenant};

const GRAPHQL: &str = "application/graphql-response+json";
const LEGACY: &str = "application/json";

#[tokio::test]
async fn the_media_type_is_the_one_that_is_accepted() {
    let tenant = Tenant::new().await;
    for (accept, media, of_bad_document) in [
        (Some(GRAPHQL), GRAPHQL, 400),
        (
            Some("application/graphql-response+json, application/json;q=0.9"),
            GRAPHQL,
            400,
        ),
        (Some(LEGACY), LEGACY, 200),
        (Some("*/*"), LEGACY, 200),
        (None, LEGACY, 200),
    ] {
        for (query, status) in [
            ("{ __typename }", 200),
            ("{ nonsense }", of_bad_document),
            ("{", of_bad_document),
        ] {
            let mut request = tenant
                .request(Method::POST, "/graphql")
                .json(&json!({"query": query}));
            if let Some(accept) = accept {
                request = request.header("accept", accept);
            }
            let answer = Answer::to(request).await;
            assert_eq!(answer.status, status, "{accept:?} {query}: {}", answer.text);
            assert!(
                answer.header("content-type").starts_with(media),
                "{accept:?}: {}",
                answer.header("content-type")
            );
            assert_eq!(
                answer.body.get("data").is_some(),
                query == "{ __typename }",
                "{}",
                answer.text
            );
        }
    }
    let html = tenant
        .request(Method::POST, "/graphql")
        .header("accept", "text/html")
        .json(&json!({"query": "{ __typename }"}));
    assert_eq!(Answer::to(html).await.status, 406);
}

#[tokio::test]
async fn requests_that_are_none() {
    let tenant = Tenant::new().await;
    for (media, body, status) in [
        ("application/json", "{", 400),
        ("application/json", "[]", 400),
        // Clients that send several operations at once.
        (
            "application/json",
            r#" [{"query": "{ __typename }"}, {"query": "{ __typename }"}]"#,
            400,
        ),
        ("application/json", r#"["{ __typename }"]"#, 400),
        ("application/json", "\"{ __typename }\"", 400),
        ("application/json", "{}", 400),
        ("application/json", r#"{"query": 5}"#, 400),
        (
            "application/json",
            r#"{"query": "{ __typename }", "variables": []}"#,
            400,
        ),
        (
            "application/json",
            r#"{"query": "{ __typename }", "operationName": 5}"#,
            400,
        ),
        ("text/plain", "{ __typename }", 415),
        ("application/graphql", "{ __typename }", 415),
        (
            "application/json; charset=utf-8",
            r#"{"query": "{ __typename }", "variables": null, "extensions": {}}"#,
            200,
        ),
        (
            "Application/JSON; Charset = \"UTF8\"; odata=none",
            r#"{"query": "{ __typename }"}"#,
            200,
        ),
    ] {
        let request = tenant
            .request(Method::POST, "/graphql")
            .header("accept", GRAPHQL)
            .header("content-type", media)
            .body(body);
        let answer = Answer::to(request).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        let is_array = body.trim_start().starts_with('[');
        assert_eq!(
            answer.text.contains("several requests"),
            is_array,
            "{body}: {}",
            answer.text
        );
    }
    assert_eq!(
        tenant
            .guest()
            .graphql("{ __typename }", json!({}))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn get_reads_and_never_writes() {
    let tenant = Tenant::new().await;
    tenant.create("contacts", json!({"city": "Riga"})).await;
    let query = "query($city: String) { contacts(filter: {city: {eq: $city}}) { totalCount } }";
    let found = tenant
        .find(
            "/graphql",
            &[("query", query), ("variables", r#"{"city":"Riga"}"#)],
        )
        .await;
    assert_eq!(found.ok()["data"], json!({"contacts": {"totalCount": 1}}));
    let write = tenant
        .find(
            "/graphql",
            &[(
                "query",
                "mutation { deleteContacts(filter: {city: {eq: \"Riga\"}}) { affected } }",
            )],
        )
        .await;
    assert_eq!((write.status, write.header("allow")), (405, "POST"));
    assert_eq!(tenant.get("/graphql").await.status, 400);
    let put = tenant
        .send(
            Method::PUT,
            "/graphql",
            Some(json!({"query": "{ __typename }"})),
        )
        .await;
    assert_eq!((put.status, put.header("allow")), (405, "GET, POST"));
    assert_eq!(tenant.events("contact").await.len(), 1);
}

#[tokio::test]
async fn one_of_several_operations_is_named() {
    let tenant = Tenant::new().await;
    let document = "query A { __typename } query B { b: __typename } mutation C { c: __typename }";
    let run = async |name: Json| {
        let body = json!({"query": document, "operationName": name});
        Answer::to(
            tenant
                .request(Method::POST, "/graphql")
                .header("accept", GRAPHQL)
                .json(&body),
        )
        .await
    };
    assert_eq!(
        run(json!("A")).await.ok()["data"],
        json!({"__typename": "Query"})
    );
    assert_eq!(run(json!("C")).await.ok()["data"], json!({"c": "Mutation"}));
    for name in [Json::Null, json!("D"), json!("")] {
        assert_eq!(run(name.clone()).await.status, 400, "{name}");
    }
}

#[tokio::test]
async fn documents_that_do_not_fit_say_where() {
    let tenant = Tenant::new().await;
    for (query, told) in [
        ("{ contacts { nodes { nonsense } } }", "nonsense"),
        ("{ contacts(nonsense: 1) { totalCount } }", "nonsense"),
        ("{ contacts { nodes { company } } }", "company"),
        ("{ contacts { nodes { firstName { x } } } }", "firstName"),
        (
            "query($x: Nonsense) { contacts(filter: $x) { totalCount } }",
            "Nonsense",
        ),
        ("{ contact { id } }", "id"),
        ("{ ...F }", "F"),
        ("{ ...F } fragment F on Query { ...F }", "F"),
        ("{ contacts { totalCount @nonsense } }", "nonsense"),
        (
            "{ a: contacts { totalCount } a: companies { totalCount } }",
            "a",
        ),
        (
            "mutation { createContact(data: {nonsense: 1}) { id } }",
            "nonsense",
        ),
        ("mutation { createCompany(data: {}) { id } }", "name"),
        ("subscription { contacts { totalCount } }", "ubscription"),
    ] {
        let answer = tenant.graphql(query, json!({})).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text);
        let error = &answer.body["errors"][0];
        assert!(
            error["message"].as_str().unwrap().contains(told),
            "{query}: {}",
            answer.text
        );
        assert_eq!(error["extensions"]["code"], "malformed", "{query}");
        assert_eq!(answer.body.get("data"), None, "{query}");
    }
}
