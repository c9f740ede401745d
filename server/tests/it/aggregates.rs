//! Records in groups, and what is reckoned over them, over REST and GraphQL.

mod graphql;
mod refusals;
mod rest;

use serde_json::{Value as Json, json};

use crate::support::Tenant;

/// Five sales, and one in the bin; of the companies that they were made with, one is in the bin as well.
struct Sales {
    tenant: Tenant,
}

impl Sales {
    async fn new() -> Self {
        let tenant = Tenant::new().await;
        let options = json!([{"value": "won"}, {"value": "lost"}]);
        let fields = json!([
            {"api_name": "stage", "type": "select", "settings": {"options": options}},
            {"api_name": "amount", "type": "currency"},
            {"api_name": "fee", "type": "decimal"},
            {"api_name": "units", "type": "integer", "settings": {"max": i64::MAX}},
            {"api_name": "weight", "type": "float"},
            {"api_name": "lasted", "type": "duration"},
            {"api_name": "sold_at", "type": "datetime"},
            {"api_name": "due", "type": "date"},
            {"api_name": "paid", "type": "boolean"},
            {"api_name": "extra", "type": "json"},
            {"api_name": "email", "type": "email"},
            {"api_name": "marks", "type": "multi_select", "settings": {"options": [{"value": "a"}, {"value": "b"}]}},
            {"api_name": "place", "type": "address"},
            {"api_name": "company", "type": "relation",
             "settings": {"to": "company", "inverse": {"api_name": "sales"}}},
        ]);
        tenant.object("sale", fields).await;
        let company = async |name: &str, city: &str| {
            let company = json!({"name": name, "city": city});
            tenant.id_of("companies", company).await
        };
        let riga = company("Acme", "Riga").await;
        let berlin = company("Beta", "Berlin").await;
        let gone = company("Gone", "Paris").await;
        let euros = |amount: &str| json!({"amount": amount, "currency_code": "EUR"});
        let sales = json!([
            {"name": "s1", "stage": "won", "amount": euros("12.50"), "fee": "1.10", "units": 3, "weight": 0.5,
             "sold_at": "2025-02-28T22:30:00Z", "due": "2025-03-31", "company_id": riga, "paid": true,
             "lasted": "PT1H", "marks": ["a"], "place": {"city": "Riga"}, "email": "A@x.example"},
            {"name": "s2", "stage": "won", "amount": euros("0.50"), "fee": "2.20", "units": 4, "weight": 1.5,
             "sold_at": "2025-03-30T00:30:00Z", "company_id": riga, "paid": false, "lasted": "PT2H", "marks": ["a"],
             "email": "b@x.example"},
            {"name": "s3", "stage": "lost", "amount": {"amount": "100", "currency_code": "USD"},
             "sold_at": "2025-03-30T21:30:00Z", "due": "2025-04-01", "company_id": berlin, "paid": true},
            {"name": "s4", "fee": "3.30", "units": 10, "sold_at": "2025-10-26T00:30:00Z", "extra": {}},
            {"name": "s5", "stage": "lost", "amount": euros("1"), "sold_at": "2025-10-26T01:30:00Z",
             "company_id": gone},
            {"name": "s6", "stage": "won", "amount": euros("9999"), "units": 9999, "sold_at": "2026-01-01T00:00:00Z"},
        ]);
        let made = tenant.post("/api/v1/sales", sales).await.created();
        let binned = made["data"][5]["id"].as_str().unwrap().to_owned();
        for path in [format!("sales/{binned}"), format!("companies/{gone}")] {
            tenant.delete(&format!("/api/v1/{path}")).await.no_content();
        }
        Self { tenant }
    }

    /// The groups that a body asks for.
    async fn groups(&self, body: &Json) -> Json {
        let answer = self
            .tenant
            .post("/api/v1/sales/aggregate", body.clone())
            .await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text);
        answer.body["data"].clone()
    }
}
