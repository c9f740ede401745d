//! Requests, and what holds for every answer.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value as Json, json};

/// Words that only the database would say.
const UNSPEAKABLE: [&str; 9] = [
    "sql",
    "postgres",
    "relation \"",
    "constraint \"",
    "column \"",
    "syntax error at or near",
    "_pkey",
    "_fkey",
    "pg_",
];

#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    pub(crate) token: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Null where there is none.
    pub(crate) body: Json,
}

impl Client {
    pub(crate) fn new(base: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            base: base.to_owned(),
            token: None,
        }
    }

    pub(crate) fn with_token(&self, token: &Json) -> Self {
        Self {
            token: Some(token.as_str().unwrap().to_owned()),
            ..self.clone()
        }
    }

    /// The same caller at another server of the same database.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self {
            base: base.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// `GET` with query parameters.
    pub(crate) async fn find(&self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        self.get(&with_parameters(path, parameters)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Json) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Json) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Json>) -> Answer {
        let request = self.request(method, path);
        Answer::to(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// A GraphQL operation in the media type whose status tells how it went.
    pub(crate) async fn graphql(&self, query: &str, variables: Json) -> Answer {
        let request = self
            .request(Method::POST, "/graphql")
            .header("accept", "application/graphql-response+json")
            .json(&json!({"query": query, "variables": variables}));
        Answer::to(request).await
    }

    /// The data of a GraphQL operation that has no errors.
    pub(crate) async fn data(&self, query: &str, variables: Json) -> Json {
        let mut answer = self.graphql(query, variables).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text);
        assert_eq!(answer.body.get("errors"), None, "{query}: {}", answer.text);
        answer.body["data"].take()
    }
}

impl Answer {
    /// Sends a request whose answer keeps to what holds for all.
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let answer = Self::to_any(request).await.unwrap();
        answer.is_decent();
        answer
    }

    /// Sends a request that may go wrong.
    pub(crate) async fn to_any(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        Ok(Self {
            body: serde_json::from_str(&text).unwrap_or_default(),
            status,
            headers,
            text,
        })
    }

    /// No fault of the server, no word of the database, and refusals in the form of a problem.
    pub(crate) fn is_decent(&self) {
        let told = || format!("{} {}", self.status, self.text);
        assert!(self.status < 500, "{}", told());
        assert!(self.headers.contains_key("x-request-id"), "{}", told());
        let failed = self.status >= 400 || self.body.get("errors").is_some();
        if failed {
            let text = self.text.to_lowercase();
            for word in UNSPEAKABLE {
                assert!(!text.contains(word), "`{word}` in {}", told());
            }
        }
        let is_graphql = self.body["errors"][0].get("extensions").is_some();
        if self.status >= 400 && !is_graphql && !self.text.is_empty() {
            assert_eq!(
                self.headers[CONTENT_TYPE],
                "application/problem+json",
                "{}",
                told()
            );
            assert_eq!(self.body["status"], self.status, "{}", told());
            let kind = self.body["type"].as_str().unwrap_or_default();
            assert!(kind.starts_with("/problems/"), "{}", told());
            assert!(self.body["title"].is_string(), "{}", told());
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    pub(crate) fn with(self, status: StatusCode) -> Json {
        assert_eq!(self.status, status.as_u16(), "{}", self.text);
        self.body
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Json {
        self.with(StatusCode::OK)
    }

    #[track_caller]
    pub(crate) fn created(self) -> Json {
        self.with(StatusCode::CREATED)
    }

    #[track_caller]
    pub(crate) fn no_content(self) {
        self.with(StatusCode::NO_CONTENT);
    }

    /// The status and `pointer code` of each bad value, as in `422 /email format`.
    pub(crate) fn refusal(&self) -> String {
        let errors = match self.body["errors"][0].get("extensions") {
            Some(extensions) => &extensions["errors"],
            None => &self.body["errors"],
        };
        let errors = errors.as_array().into_iter().flatten();
        let text = |error: &Json, key: &str| error[key].as_str().unwrap_or("?").to_owned();
        errors.fold(self.status.to_string(), |told, error| {
            format!("{told} {} {}", text(error, "pointer"), text(error, "code"))
        })
    }
}

/// A path with query parameters, encoded.
pub(crate) fn with_parameters(path: &str, parameters: &[(&str, &str)]) -> String {
    let encoded = parameters.iter().map(|(name, value)| {
        let value: String = value
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b',' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect();
        format!("{name}={value}")
    });
    let encoded: Vec<_> = encoded.collect();
    format!("{path}?{}", encoded.join("&"))
}
