//! Requests that are answered before their body was read: no other can follow on the connection.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::support::Tenant;

const LONG: Duration = Duration::from_secs(8);
/// More than any body may have, in bytes.
const TOO_LARGE: usize = 64 << 20;

async fn connect(tenant: &Tenant) -> TcpStream {
    let address = tenant.server.process.url.strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}

/// `headers` end with a line break, where there are any.
fn head(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: x\r\n{headers}\r\n")
}

fn authorization(tenant: &Tenant) -> String {
    let token = tenant.token.as_deref().unwrap();
    format!("authorization: Bearer {token}\r\n")
}

/// The first answer, and whether the connection was closed behind it.
async fn answer(stream: &mut TcpStream) -> (String, bool) {
    let mut text = Vec::new();
    let mut part = [0; 4_096];
    loop {
        let wait = if text.is_empty() { LONG } else { LONG / 8 };
        match timeout(wait, stream.read(&mut part)).await {
            Ok(Ok(0)) => return (String::from_utf8(text).unwrap(), true),
            Ok(Ok(length)) => text.extend(&part[..length]),
            Ok(Err(error)) => panic!("{error} after {}", String::from_utf8_lossy(&text)),
            Err(_) => return (String::from_utf8(text).unwrap(), false),
        }
    }
}

const JSON: &str = "content-type: application/json\r\n";
const TEXT: &str = "content-type: text/plain\r\n";

#[tokio::test]
async fn a_body_that_is_refused_unread_closes_the_connection_and_says_so() {
    let tenant = Tenant::new().await;
    let bearer = authorization(&tenant);
    let signed_in = format!("{bearer}{JSON}");
    let plain_text = format!("{bearer}{TEXT}");
    let preflight =
        format!("{JSON}origin: https://app.example\r\naccess-control-request-method: POST\r\n");
    let cases = [
        ("POST", "/api/v1/contacts", JSON, 401),
        ("PATCH", "/api/v1/contacts/x", JSON, 401),
        ("DELETE", "/api/v1/contacts/x", JSON, 401),
        ("GET", "/api/v1/contacts", JSON, 401),
        ("POST", "/api/v1/batch", JSON, 401),
        ("POST", "/api/v1/metadata/objects", JSON, 401),
        ("POST", "/graphql", JSON, 401),
        ("PUT", "/api/v1/contacts", &signed_in, 405),
        ("PATCH", "/api/v1/batch", &signed_in, 405),
        ("PUT", "/graphql", &signed_in, 405),
        ("POST", "/health", JSON, 405),
        ("POST", "/api/v1/nothing/at/all", &signed_in, 404),
        ("POST", "/api/v1/contacts", &plain_text, 415),
        ("PATCH", "/api/v1/contacts/x", &plain_text, 415),
        ("POST", "/api/v1/batch", &plain_text, 415),
        ("POST", "/api/v1/auth/login", TEXT, 415),
        ("POST", "/graphql", &plain_text, 415),
        ("OPTIONS", "/api/v1/contacts", &preflight, 405),
    ];
    for (method, path, headers, status) in cases {
        for length in ["content-length: 1000", "transfer-encoding: chunked"] {
            let mut stream = connect(&tenant).await;
            let head = head(method, path, &format!("{headers}{length}\r\n"));
            stream.write_all(head.as_bytes()).await.unwrap();
            check(
                &mut stream,
                &format!("{method} {path} {headers}{length}"),
                status,
            )
            .await;
        }
    }
}

async fn check(stream: &mut TcpStream, case: &str, status: u16) -> String {
    let (text, closed) = answer(stream).await;
    assert!(
        text.starts_with(&format!("HTTP/1.1 {status} ")),
        "{case}: {text}"
    );
    assert!(text.contains("\r\nconnection: close\r\n"), "{case}: {text}");
    assert!(closed, "{case}: {text}");
    text
}

#[tokio::test]
async fn a_body_that_is_announced_as_too_large_is_refused_before_it_comes() {
    let tenant = Tenant::new().await;
    let bearer = authorization(&tenant);
    for path in ["/api/v1/contacts", "/api/v1/batch", "/graphql"] {
        let headers = format!("{bearer}{JSON}content-length: {TOO_LARGE}\r\n");
        let mut stream = connect(&tenant).await;
        let head = head("POST", path, &headers);
        stream.write_all(head.as_bytes()).await.unwrap();
        check(&mut stream, path, 413).await;
        // Clients that send on meanwhile get the answer too.
        let request = tenant.request(reqwest::Method::POST, path);
        let request = request.header("content-type", "application/json");
        let body = vec![b' '; TOO_LARGE];
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), 413, "{path}");
        // And those that did not say how much there would be.
        let mut stream = connect(&tenant).await;
        let headers = format!("{bearer}{JSON}transfer-encoding: chunked\r\n");
        let head = self::head("POST", path, &headers);
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
        let (mut reader, mut writer) = stream.into_split();
        let sent = tokio::spawn(async move {
            for _ in 0..TOO_LARGE >> 20 {
                if writer.write_all(chunk.as_bytes()).await.is_err() {
                    break;
                }
            }
        });
        let mut text = Vec::new();
        let read = timeout(LONG, reader.read_to_end(&mut text)).await;
        let text = String::from_utf8_lossy(&text);
        assert!(read.is_ok(), "{path}: {text}");
        assert!(text.starts_with("HTTP/1.1 413 "), "{path}: {text}");
        assert!(text.contains("\r\nconnection: close\r\n"), "{path}: {text}");
        sent.abort();
    }
}

#[tokio::test]
async fn a_refused_request_whose_body_was_read_keeps_the_connection() {
    let tenant = Tenant::new().await;
    let bearer = authorization(&tenant);
    let requests = [
        ("GET", "/api/v1/contacts", String::new(), "", 401),
        ("GET", "/api/v1/nothings", bearer.clone(), "", 404),
        ("PUT", "/api/v1/contacts", bearer.clone(), "", 405),
        (
            "POST",
            "/api/v1/contacts",
            format!("{bearer}{JSON}"),
            "{",
            400,
        ),
        ("POST", "/graphql", format!("{bearer}{JSON}"), "{", 400),
        ("GET", "/health", String::new(), "", 200),
    ];
    let mut stream = connect(&tenant).await;
    for (method, path, headers, body, status) in requests {
        let length = format!("{headers}content-length: {}\r\n", body.len());
        let request = head(method, path, &length) + body;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = [0; 8_192];
        let length = timeout(LONG, stream.read(&mut text))
            .await
            .unwrap()
            .unwrap();
        sleep(Duration::from_millis(50)).await;
        let text = String::from_utf8_lossy(&text[..length]);
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status} ")),
            "{method} {path}: {text}"
        );
        assert!(!text.contains("connection: close"), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_head_that_cannot_be_read_closes_the_connection_and_says_so() {
    let tenant = Tenant::new().await;
    let long = format!("x: {}\r\n", "x".repeat(900_000));
    for (head, status) in [
        ("nonsense\r\n\r\n".to_owned(), 400),
        (head("GET", "/health", &long), 431),
        (head("GET", &format!("/{}", "x".repeat(70_000)), ""), 414),
    ] {
        let mut stream = connect(&tenant).await;
        // It is refused before all of it has come.
        let _refused = stream.write_all(head.as_bytes()).await;
        let text = check(&mut stream, &head[..8], status).await;
        assert!(text.contains("\r\nx-request-id: "), "{text}");
        assert!(
            text.contains("\r\ncontent-type: application/problem+json\r\n"),
            "{text}"
        );
        assert!(text.contains(&format!("\"status\":{status}")), "{text}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_same_fault_with_an_idempotency_key() {
    let tenant = Tenant::new().await;
    let bearer = authorization(&tenant);
    for path in ["/api/v1/contacts", "/graphql"] {
        for key in ["", "idempotency-key: k\r\n"] {
            let mut stream = connect(&tenant).await;
            let headers = format!("{bearer}{JSON}{key}transfer-encoding: chunked\r\n");
            let request = head("POST", path, &headers) + "2\r\n{}\r\nno size\r\n";
            stream.write_all(request.as_bytes()).await.unwrap();
            let (text, _) = answer(&mut stream).await;
            assert!(
                text.starts_with("HTTP/1.1 400 ") && text.contains(r#""code":"body""#),
                "{path} {key}: {text}"
            );
        }
    }
}
