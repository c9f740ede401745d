//! A caller with a token.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value as Json, json};
use tessera_engine::request_context::RequestContext;
use tessera_identity::{Origin, SignupRequest};
use tower::ServiceExt;

use crate::support::world::World;

pub(crate) struct Client {
    pub(crate) world: World,
    router: Router,
    token: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Json,
}

impl Client {
    /// The admin of a new tenant with companies, contacts and deals.
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let token = sign_up(&world, "globex").await;
        let admin = world.engine.identity.authenticate(&token).await.unwrap();
        let admin = RequestContext::of(admin);
        let world = World { admin, ..world };
        let router = tessera_graphql::router(world.engine.clone());
        let client = Self {
            world,
            router,
            token,
        };
        client.define_crm().await;
        client
    }

    async fn define_crm(&self) {
        let crm = [
            json!({"api_name": "firm", "fields": [
                {"api_name": "name", "type": "text", "required": true},
                {"api_name": "city", "type": "text"},
            ]}),
            json!({"api_name": "person", "plural_api_name": "people", "fields": [
                {"api_name": "first_name", "type": "text"},
                {"api_name": "last_name", "type": "text", "required": true},
                {"api_name": "email", "type": "email", "unique": true},
                {"api_name": "score", "type": "integer"},
                {"api_name": "price", "type": "currency"},
                {"api_name": "firm", "type": "relation", "settings": {"to": "firm", "inverse": {"api_name": "people"}}},
            ]}),
            json!({"api_name": "deal", "fields": [
                {"api_name": "name", "type": "text", "required": true},
                {"api_name": "firm", "type": "relation", "settings": {"to": "firm", "inverse": {"api_name": "deals"}}},
                {"api_name": "person", "type": "relation", "settings": {"to": "person", "inverse": {"api_name": "deals"}}},
            ]}),
        ];
        for object in crm {
            self.world.define(object).await.unwrap();
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Json::Null),
        }
    }

    pub(crate) fn request(&self, method: &str, uri: &str) -> axum::http::request::Builder {
        let bearer = format!("Bearer {}", self.token);
        Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", bearer)
            .header("content-type", "application/json")
    }

    pub(crate) async fn post(&self, body: &Json) -> Answer {
        let request = self
            .request("POST", "/graphql")
            .body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }

    /// An operation's whole answer.
    pub(crate) async fn ask(&self, query: &str, variables: Json) -> Json {
        let answer = self
            .post(&json!({"query": query, "variables": variables}))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    /// The data of an operation without errors.
    pub(crate) async fn data(&self, query: &str, variables: Json) -> Json {
        let mut body = self.ask(query, variables).await;
        assert!(body.get("errors").is_none(), "{body}");
        body["data"].take()
    }
}

async fn sign_up(world: &World, slug: &str) -> String {
    let request: SignupRequest = serde_json::from_value(json!({
        "tenant_name": slug, "tenant_slug": slug, "email": format!("admin@{slug}.test"), "password": "a good password",
    }))
    .unwrap();
    let session = world
        .engine
        .identity
        .signup(request, &Origin::default())
        .await
        .unwrap()
        .done()
        .unwrap();
    session.access_token.expose().to_owned()
}
