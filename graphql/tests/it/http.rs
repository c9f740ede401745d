//! GraphQL over HTTP: methods, statuses, media types.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value as Json, json};

use crate::client::{Answer, Client};

const MODERN: &str = "application/graphql-response+json";

async fn post_as(client: &Client, accept: &str, body: &str) -> Answer {
    let request = client.request("POST", "/graphql").header("accept", accept);
    client
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

#[tokio::test]
async fn the_status_says_whether_an_operation_was_begun() {
    let client = Client::new().await;
    for (query, modern) in [
        ("{ firms { totalCount } }", 200),
        ("{ firms { nonsense } }", 400),
        ("{ firms {", 400),
        ("query($n: Int!) { firms(first: $n) { totalCount } }", 400),
        ("{ firm(id: \"x\") { id } }", 200),
        ("{ firms(first: 5000) { totalCount } }", 200),
    ] {
        let body = json!({"query": query}).to_string();
        let answer = post_as(&client, MODERN, &body).await;
        assert_eq!(answer.status.as_u16(), modern, "{query} {}", answer.body);
        assert_eq!(
            answer.headers["content-type"],
            "application/graphql-response+json; charset=utf-8"
        );
        assert_eq!(answer.body.get("data").is_some(), modern == 200);
        let answer = post_as(&client, "application/json", &body).await;
        assert_eq!(
            (answer.status, &answer.headers["content-type"]),
            (
                StatusCode::OK,
                &"application/json; charset=utf-8".parse().unwrap()
            )
        );
    }
}

#[tokio::test]
async fn what_is_no_request_is_400() {
    let client = Client::new().await;
    for body in [
        "",
        "{",
        "[]",
        "{}",
        "7",
        r#"{"query":7}"#,
        r#"{"query":"{__typename}","variables":[]}"#,
        r#"[{"query":"{__typename}"}]"#,
    ] {
        for accept in [MODERN, "application/json"] {
            let answer = post_as(&client, accept, body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(
                answer.body["errors"][0]["extensions"]["code"], "malformed",
                "{body}"
            );
        }
    }
}

#[tokio::test]
async fn get_reads_and_never_writes() {
    let client = Client::new().await;
    let get = async |uri: &str| {
        client
            .send(client.request("GET", uri).body(Body::empty()).unwrap())
            .await
    };
    let read = get("/graphql?query=query(%24n%3AInt)%7Bfirms(first%3A%24n)%7BtotalCount%7D%7D&variables=%7B%22n%22%3A1%7D").await;
    assert_eq!(read.body, json!({"data": {"firms": {"totalCount": 0}}}));
    let write =
        get("/graphql?query=mutation%7BcreateFirm(data%3A%7Bname%3A%22a%22%7D)%7Bid%7D%7D").await;
    assert_eq!(
        (write.status, &write.headers["allow"]),
        (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap())
    );
    let none = get("/graphql?variables=%7B").await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_body_too_large_is_413() {
    let client = Client::new().await;
    let answer = post_as(&client, MODERN, &" ".repeat(tessera_http::body::LIMIT + 1)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.body["type"], "/problems/too_large");
    assert_ne!(answer.body["detail"], Json::Null);
}
