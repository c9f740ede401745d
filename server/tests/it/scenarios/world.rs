//! The people that a scenario is played by.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{CALLERS, Scenario};
use crate::support::{Answer, Client, Tenant};

/// A tenant with secrets, its people, and a stranger who is somebody elsewhere.
pub(super) struct World {
    tenant: Tenant,
    other: Tenant,
    member: Client,
    company: String,
    user: String,
}

impl World {
    pub(super) async fn new() -> Self {
        let (tenant, other) = tokio::join!(Tenant::new(), Tenant::new());
        let classified = json!([
            {"api_name": "codeword", "type": "text"},
            {"api_name": "about", "type": "relation", "settings": {"to": "contact", "inverse": {"api_name": "secrets"}}},
        ]);
        tenant.object("classified", classified).await;
        let company = tenant
            .id_of("companies", json!({"name": "Confidential Ltd"}))
            .await;
        let me = tenant.get("/api/v1/auth/me").await.ok();
        Self {
            member: tenant.member().await,
            company,
            user: me["user"]["id"].as_str().unwrap().to_owned(),
            tenant,
            other,
        }
    }

    fn caller(&self, name: &str) -> Client {
        match name {
            "guest" => self.tenant.guest(),
            "member" => self.member.clone(),
            "admin" => Client::clone(&self.tenant),
            _ => Client::clone(&self.other),
        }
    }

    /// Words that nobody outside the tenant may meet.
    fn secrets(&self) -> [&str; 6] {
        let (slug, company) = (self.tenant.slug.as_str(), self.company.as_str());
        [
            "onfidential",
            "lassified",
            "codeword",
            slug,
            company,
            &self.user,
        ]
    }

    /// A record, and one in the bin, where the scenario needs them.
    async fn records(&self, scenario: &Scenario) -> (String, String) {
        let asked = format!("{} {}", scenario.path, scenario.body);
        let record = json!({"last_name": "Confidentialson", "email": "confidential@example.com"});
        let mut contact = Uuid::nil().to_string();
        let mut binned = contact.clone();
        if asked.contains("{contact}") {
            contact = self.tenant.id_of("contacts", record.clone()).await;
        }
        if asked.contains("{binned}") {
            binned = self.tenant.id_of("contacts", record).await;
            let path = format!("/api/v1/contacts/{binned}");
            self.tenant.delete(&path).await.no_content();
        }
        (contact, binned)
    }

    pub(super) async fn plays(&self, scenario: &Scenario) {
        for (caller, status) in CALLERS.into_iter().zip(scenario.statuses) {
            let (contact, binned) = self.records(scenario).await;
            let fill = |text: &str| {
                text.replace("{contact}", &contact)
                    .replace("{binned}", &binned)
                    .replace("{company}", &self.company)
                    .replace("{user}", &self.user)
                    .replace("{admin}", &self.tenant.email)
                    .replace("{slug}", &self.tenant.slug)
            };
            let before = self.tenant.events("contact").await.len();
            let mut request = self
                .caller(caller)
                .request(scenario.method.clone(), &fill(scenario.path));
            if !scenario.body.is_null() {
                let body: Json = serde_json::from_str(&fill(&scenario.body.to_string())).unwrap();
                request = request.json(&body);
            }
            if scenario.path == "/graphql" {
                request = request.header("accept", "application/graphql-response+json");
            }
            let answer = Answer::to(request).await;
            let told = format!(
                "{caller}: {} {} {}: {:.400}",
                scenario.method, scenario.path, scenario.body, answer.text
            );
            assert_eq!(answer.status, status, "{told}");
            assert_eq!(
                status == 401,
                answer.header("www-authenticate") == "Bearer",
                "{told}"
            );
            let insider = matches!(caller, "member" | "admin");
            // What a caller sent may come back to them.
            let sent = fill(&format!("{} {}", scenario.path, scenario.body));
            let secrets = self
                .secrets()
                .into_iter()
                .chain([contact.as_str(), binned.as_str()]);
            for secret in secrets.filter(|secret| !insider && !sent.contains(*secret)) {
                assert!(!answer.text.contains(secret), "`{secret}` to {told}");
            }
            let recorded = self.tenant.events("contact").await;
            let recorded: Vec<_> = recorded[before..]
                .iter()
                .map(|(action, ..)| action.as_str())
                .collect();
            let expected = if insider && status < 300 {
                scenario.events
            } else {
                &[]
            };
            assert_eq!(recorded, expected, "{told}");
        }
    }
}
