//! Records over GraphQL, as raw HTTP.

mod connections;
mod http;
mod introspection;
mod limits;
mod mutations;
mod queries;
mod upsert;
mod variables;

use serde_json::{Value as Json, json};

use crate::support::Tenant;

/// Two companies with contacts and opportunities, named so that their order tells who is whose.
struct Crm {
    tenant: Tenant,
    acme: String,
    ann: String,
}

impl Crm {
    async fn new() -> Self {
        let tenant = Tenant::new().await;
        let acme = json!({"name": "Acme", "city": "Riga", "employees": 10});
        let acme = tenant.id_of("companies", acme).await;
        let beta = tenant
            .id_of("companies", json!({"name": "Beta", "city": "Berlin"}))
            .await;
        let contact = async |name: &str, company: &str, score: Option<i32>| {
            let contact = json!({"first_name": name, "last_name": format!("{name}son"), "company_id": company, "lead_score": score});
            tenant.id_of("contacts", contact).await
        };
        let ann = contact("Ann", &acme, Some(1)).await;
        let bob = contact("Bob", &acme, Some(2)).await;
        contact("Cid", &acme, None).await;
        contact("Dan", &beta, Some(2)).await;
        for (name, stage, contact) in [
            ("a1", "won", &ann),
            ("a2", "lost", &ann),
            ("a3", "new", &ann),
            ("b1", "won", &bob),
        ] {
            let amount = json!({"amount": "12.50", "currency_code": "EUR"});
            let deal = json!({"name": name, "stage": stage, "contact_id": contact, "company_id": acme, "amount": amount});
            tenant.create("opportunities", deal).await;
        }
        Self { tenant, acme, ann }
    }

    async fn data(&self, query: &str) -> Json {
        self.tenant.data(query, json!({})).await
    }
}
