//! Measures a running server: how long a new object takes to be defined and used, in a small tenant and in one of 1,000 objects.
//!
//! `cargo run --release --example measure -- http://127.0.0.1:3001`

use reqwest::{Client, RequestBuilder};
use serde_json::{Value as Json, json};
use std::error::Error;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How many new objects each median is taken over.
const SAMPLES: usize = 51;
const MANY: usize = 1_000;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

struct Tenant {
    client: Client,
    base: String,
    token: String,
    objects: usize,
}

/// What each step on a new object took.
#[derive(Default)]
struct Times {
    define: Vec<Duration>,
    create: Vec<Duration>,
    list: Vec<Duration>,
    graphql: Vec<Duration>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let base = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "http://127.0.0.1:3001".to_owned());
    let mut tenant = Tenant::sign_up(base).await?;
    println!(
        "| objects in the tenant | define (10 fields) | create, REST | list, REST | create and list, GraphQL |"
    );
    println!("|--:|--:|--:|--:|--:|");
    tenant.sample().await?;
    while tenant.objects < MANY {
        tenant.define().await?;
    }
    tenant.sample().await
}

impl Tenant {
    async fn sign_up(base: String) -> Result<Self> {
        let client = Client::new();
        let slug = format!("measure-{}", Uuid::now_v7().simple());
        let body = json!({"tenant_name": slug, "tenant_slug": slug, "email": format!("{slug}@example.com"), "password": "a password to measure"});
        let answer = answered(
            client
                .post(format!("{base}/api/v1/auth/signup"))
                .json(&body),
        )
        .await?;
        let token = answer["access_token"]
            .as_str()
            .ok_or("no access token")?
            .to_owned();
        Ok(Self {
            client,
            base,
            token,
            objects: 0,
        })
    }

    async fn post(&self, path: &str, body: &Json) -> Result<Json> {
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .bearer_auth(&self.token);
        answered(request.json(body)).await
    }

    /// Defines one more object and gives its name.
    async fn define(&mut self) -> Result<String> {
        self.objects += 1;
        let name = format!("thing{}", self.objects);
        let fields: Vec<Json> = (0..10)
            .map(|index| {
                let field_type = ["text", "integer", "decimal", "boolean", "date"][index % 5];
                json!({"api_name": format!("field{index}"), "type": field_type, "indexed": index == 0})
            })
            .collect();
        self.post(
            "/api/v1/metadata/objects",
            &json!({"api_name": name, "fields": fields}),
        )
        .await?;
        Ok(name)
    }

    async fn sample(&mut self) -> Result<()> {
        let mut times = Times::default();
        for _ in 0..SAMPLES {
            let begun = Instant::now();
            let name = self.define().await?;
            times.define.push(begun.elapsed());

            let begun = Instant::now();
            self.post(
                &format!("/api/v1/{name}s"),
                &json!({"field0": "first", "field1": 1}),
            )
            .await?;
            times.create.push(begun.elapsed());

            let begun = Instant::now();
            let request = self
                .client
                .get(format!("{}/api/v1/{name}s", self.base))
                .bearer_auth(&self.token);
            let listed = answered(request).await?;
            times.list.push(begun.elapsed());
            if listed["data"].as_array().map(Vec::len) != Some(1) {
                return Err("the record just created is not listed".into());
            }

            let begun = Instant::now();
            let capital = name.replacen('t', "T", 1);
            let document =
                format!("mutation {{ create{capital}(data: {{field0: \"second\"}}) {{ id }} }}");
            self.post("/graphql", &json!({"query": document})).await?;
            let document = format!("{{ {name}s {{ totalCount nodes {{ id field0 field1 }} }} }}");
            let answer = self.post("/graphql", &json!({"query": document})).await?;
            times.graphql.push(begun.elapsed());
            if answer["data"][format!("{name}s")]["totalCount"] != 2 {
                return Err(format!("GraphQL does not have both records: {answer}").into());
            }
        }
        let Times {
            define,
            create,
            list,
            graphql,
        } = times;
        let [define, create, list, graphql] = [define, create, list, graphql].map(median);
        println!(
            "| {} | {define:.1?} | {create:.1?} | {list:.1?} | {graphql:.1?} |",
            self.objects
        );
        Ok(())
    }
}

async fn answered(request: RequestBuilder) -> Result<Json> {
    let response = request.send().await?;
    let status = response.status();
    let body: Json = response.json().await?;
    if status.is_success() && body.get("errors").is_none() {
        Ok(body)
    } else {
        Err(format!("{status}: {body}").into())
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
