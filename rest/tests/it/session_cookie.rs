//! A browser's session: the refresh token is in a cookie that no script can read.

use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN};
use axum::http::{HeaderName, Method};
use serde_json::{Value, json};
use tessera_identity::SignupPolicy;

use crate::client::{Answer, Client};

const PATH: &str = "/api/v1/auth";

/// A browser that shows the server's page.
struct Browser {
    client: Client,
    host: &'static str,
    cookie: Option<String>,
}

impl Browser {
    /// One that has signed up, in cookie mode.
    async fn signed_up(host: &'static str) -> (Self, Answer) {
        let client = Client::new(SignupPolicy::Open).await;
        let mut browser = Self {
            client,
            host,
            cookie: None,
        };
        let body = json!({
            "tenant_name": "Acme", "tenant_slug": "acme", "email": "ann@example.com", "password": "password",
            "session": "cookie",
        });
        let answer = browser.post("signup", Some(body)).await;
        browser.keep(&answer);
        (browser, answer)
    }

    /// As JSON; without a body, as a form of a page elsewhere on the site can send it.
    async fn post(&self, path: &str, body: Option<Value>) -> Answer {
        let mut headers = vec![(HOST, self.host)];
        if body.is_some() {
            headers.push((CONTENT_TYPE, "application/json"));
        }
        if let Some(cookie) = &self.cookie {
            headers.push((COOKIE, cookie.as_str()));
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.send(path, &headers, body).await
    }

    async fn send(&self, path: &str, headers: &[(HeaderName, &str)], body: String) -> Answer {
        let path = format!("{PATH}/{path}");
        self.client
            .send_with(Method::POST, &path, headers, body)
            .await
    }

    /// Takes in the cookie that an answer sets.
    fn keep(&mut self, answer: &Answer) {
        let (pair, _) = set_cookie(answer).split_once(';').unwrap();
        self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
    }
}

fn set_cookie(answer: &Answer) -> &str {
    assert!(answer.headers.contains_key("set-cookie"), "{}", answer.body);
    answer.headers["set-cookie"].to_str().unwrap()
}

#[tokio::test]
async fn the_refresh_token_is_in_a_cookie_from_signing_up_to_signing_out() {
    let (mut browser, signed_up) = Browser::signed_up("crm.example.com").await;
    assert_eq!(signed_up.status, 200, "{}", signed_up.body);
    assert_eq!(signed_up.body.get("refresh_token"), None);
    assert!(signed_up.body["access_token"].is_string());
    let (pair, attributes) = set_cookie(&signed_up).split_once("; ").unwrap();
    assert!(pair.starts_with("tessera_refresh_token="), "{pair}");
    assert_eq!(
        attributes,
        "Path=/api/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure"
    );

    // A reload: the cookie is all that the browser has.
    let reloaded = browser
        .post("refresh", Some(json!({"session": "cookie"})))
        .await;
    assert_eq!(reloaded.status, 200, "{}", reloaded.body);
    assert_eq!(reloaded.body.get("refresh_token"), None);
    assert_eq!(reloaded.body["tenant"]["slug"], "acme");
    assert_ne!(set_cookie(&reloaded), set_cookie(&signed_up));
    browser.keep(&reloaded);
    // Also where the body does not ask for it: a token from the cookie is not shown to scripts.
    let again = browser.post("refresh", Some(json!({}))).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(again.body.get("refresh_token"), None);
    browser.keep(&again);

    let out = browser.post("logout", Some(json!({}))).await;
    assert_eq!(out.status, 204);
    assert!(set_cookie(&out).starts_with("tessera_refresh_token=; Path=/api/v1/auth; Max-Age=0;"));
    let ended = browser.post("refresh", Some(json!({}))).await;
    assert_eq!(ended.status, 401);
    browser.keep(&out);
    let nothing = browser
        .post("refresh", Some(json!({"session": "cookie"})))
        .await;
    assert_eq!(nothing.status, 401, "no cookie any more");
}

#[tokio::test]
async fn a_login_may_move_into_the_cookie_and_out_of_it() {
    let (mut browser, _) = Browser::signed_up("localhost:3001").await;
    let login = json!({"email": "ann@example.com", "password": "password"});
    let in_body = browser.post("login", Some(login)).await;
    assert_eq!(in_body.headers.get("set-cookie"), None);
    let token = in_body.body["refresh_token"].clone();
    // The body's token counts before the cookie's.
    let moved = json!({"refresh_token": token, "session": "cookie"});
    let moved = browser.post("refresh", Some(moved)).await;
    assert_eq!(moved.status, 200, "{}", moved.body);
    assert_eq!(moved.body.get("refresh_token"), None);
    assert!(!set_cookie(&moved).contains("Secure"), "on localhost");
    browser.keep(&moved);
    let refreshed = browser.post("refresh", Some(json!({}))).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);

    let odd = json!({"email": "ann@example.com", "password": "password", "session": "jar"});
    let odd = browser.post("login", Some(odd)).await;
    assert_eq!(
        (odd.status, odd.places()),
        (400, vec!["/session type".to_owned()])
    );
}

#[tokio::test]
async fn two_tabs_that_refresh_together_both_stay() {
    let (mut browser, _) = Browser::signed_up("localhost:3001").await;
    for _ in 0..3 {
        let body = || Some(json!({"session": "cookie"}));
        let (one, other) = tokio::join!(
            browser.post("refresh", body()),
            browser.post("refresh", body())
        );
        assert_eq!((one.status, other.status), (200, 200));
        assert_eq!(set_cookie(&one), set_cookie(&other), "the same successor");
        browser.keep(&other);
    }
}

#[tokio::test]
async fn another_host_of_the_site_can_neither_refresh_nor_sign_out() {
    let (browser, _) = Browser::signed_up("crm.example.com").await;
    let cookie = browser.cookie.clone().unwrap();
    for media_type in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        for (path, body) in [("refresh", "{}"), ("logout", "{}"), ("logout", "")] {
            let headers = [
                (HOST, browser.host),
                (ORIGIN, "https://blog.example.com"),
                (CONTENT_TYPE, media_type),
                (COOKIE, cookie.as_str()),
            ];
            let answer = browser.send(path, &headers, body.to_owned()).await;
            assert_eq!(answer.status, 415, "{path} {media_type} {body}");
            assert_eq!(answer.headers.get("set-cookie"), None);
        }
    }
    let answer = browser.post("logout", None).await;
    assert_eq!(answer.status, 415);
    let answer = browser.post("refresh", Some(json!({}))).await;
    assert_eq!(answer.status, 200, "the session goes on");
}
