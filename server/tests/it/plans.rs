//! Requests are worked out once for each shape: the next one of a shape costs no working out, and is answered as if it were
//! the first.

mod callers;
mod graphql;
mod introspection;
mod random;
mod rest;
mod rest_misfits;

use reqwest::Method;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::shared::Server;
use crate::support::{Answer, Client, Tenant};

/// What a request may cost before anything is asked of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    compiled: u64,
    parsed: u64,
    validated: u64,
}

const NOTHING: Cost = Cost {
    compiled: 0,
    parsed: 0,
    validated: 0,
};

/// Two companies, five contacts and four deals, with the same ids in every tenant.
struct Crm {
    tenant: Tenant,
    /// How many requests were made to be first ones.
    fresh: AtomicUsize,
}

fn id(n: usize) -> String {
    format!("01939f8e-0000-7000-8000-{n:012}")
}

const ACME: usize = 1;
const ANN: usize = 11;
const BOB: usize = 12;
const DAN: usize = 14;

impl Crm {
    /// On a server of its own: what is counted is all that a process does.
    async fn new() -> Self {
        Self::at(Arc::new(Server::start().await)).await
    }

    async fn at(server: Arc<Server>) -> Self {
        let tenant = Tenant::at(server).await;
        let email = "/api/v1/metadata/objects/contact/fields/email";
        tenant.patch(email, json!({"unique": true})).await.ok();
        let score = "/api/v1/metadata/objects/contact/fields/lead_score";
        let large = json!({"settings": {"max": i64::MAX}});
        tenant.patch(score, large).await.ok();
        let companies = json!([
            {"id": id(ACME), "name": "Acme", "city": "Riga", "employees": 10},
            {"id": id(2), "name": "Beta", "city": "Bonn", "employees": 20},
        ]);
        let contacts = json!([
            {"id": id(ANN), "last_name": "Ann", "city": "Riga", "lead_score": 1, "company_id": id(ACME), "email": "ann@x.test", "birthday": "1990-01-31", "status": "lead"},
            {"id": id(BOB), "last_name": "Bob", "city": "Oslo", "lead_score": 2, "company_id": id(ACME), "email": "bob@x.test", "tags": ["vip"]},
            {"id": id(13), "last_name": "Cid", "city": "Riga", "company_id": id(2), "status": "lost", "tags": ["vip", "billing"]},
            {"id": id(DAN), "last_name": "Dan", "city": "Bonn", "lead_score": 9_007_199_254_740_993_i64, "company_id": id(2), "birthday": "2001-12-01"},
            {"id": id(15), "last_name": "Eve", "lead_score": 3_000_000_000_i64},
        ]);
        let euros = |amount: &str| json!({"amount": amount, "currency_code": "EUR"});
        let deals = json!([
            {"id": id(21), "name": "a1", "stage": "won", "amount": euros("12.50"), "probability": 99.5, "contact_id": id(ANN), "company_id": id(ACME)},
            {"id": id(22), "name": "a2", "stage": "lost", "amount": euros("100"), "probability": 1, "contact_id": id(ANN)},
            {"id": id(23), "name": "b1", "stage": "won", "amount": euros("0.10"), "contact_id": id(BOB), "company_id": id(2)},
            {"id": id(24), "name": "d1", "stage": "new", "contact_id": id(DAN)},
        ]);
        for (plural, records) in [
            ("companies", companies),
            ("contacts", contacts),
            ("opportunities", deals),
        ] {
            tenant
                .post(&format!("/api/v1/{plural}"), records)
                .await
                .created();
        }
        Self {
            tenant,
            fresh: AtomicUsize::new(0),
        }
    }

    async fn cost(&self) -> Cost {
        let request = self.tenant.request(Method::GET, "/metrics");
        let told = Answer::to_any(request).await.unwrap().text;
        let count = |name: &str| {
            let mut lines = told.lines().filter_map(|line| line.strip_prefix(name));
            lines.next().map_or(0, |rest| rest.trim().parse().unwrap())
        };
        Cost {
            compiled: count("tessera_plans_compiled_total "),
            parsed: count("tessera_documents_parsed_total "),
            validated: count("tessera_operations_validated_total "),
        }
    }

    /// An answer, and what it cost.
    async fn costly<T>(&self, ask: impl Future<Output = T>) -> (T, Cost) {
        let before = self.cost().await;
        let answer = ask.await;
        let after = self.cost().await;
        let cost = Cost {
            compiled: after.compiled - before.compiled,
            parsed: after.parsed - before.parsed,
            validated: after.validated - before.validated,
        };
        (answer, cost)
    }

    /// A member, now that members may only read.
    async fn reader(&self) -> Client {
        let reader = self.tenant.member().await;
        let me = reader.get("/api/v1/auth/me").await.ok();
        let path = format!("/api/v1/members/{}", me["user"]["id"].as_str().unwrap());
        let roles = json!({"roles": ["read_only"]});
        self.tenant.patch(&path, roles).await.ok();
        reader
    }

    /// An operation as nobody has sent it before.
    fn fresh(&self, query: &str) -> String {
        let n = self.fresh.fetch_add(1, Ordering::Relaxed);
        format!("{query}\n#{n}")
    }

    /// Whether an operation is answered as if it had been the first of its shape; else what is wrong.
    async fn as_if_first(&self, client: &Client, query: &str, variables: &Json) -> Option<String> {
        let answer = told(client, query, variables).await;
        let first = told(client, &self.fresh(query), variables).await;
        (answer != first)
            .then(|| format!("{query} {variables}\n    {answer}\n  instead of\n    {first}"))
    }
}

/// The status and body of an answer, or that the server is at fault.
async fn told(client: &Client, query: &str, variables: &Json) -> String {
    let request = client
        .request(Method::POST, "/graphql")
        .header("accept", "application/graphql-response+json")
        .json(&json!({"query": query, "variables": variables}));
    let answer = Answer::to_any(request).await.unwrap();
    format!("{} {}", answer.status, answer.text)
}
