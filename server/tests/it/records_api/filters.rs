//! The filter language: operators, composites, relations and how they combine.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

async fn world() -> Tenant {
    let tenant = Tenant::new().await;
    let riga = json!({"name": "Acme", "city": "Riga", "employees": 10, "tags": ["reseller", "at_risk"], "address": {"city": "Riga", "country": "LV"}});
    let riga = tenant.id_of("companies", riga).await;
    let berlin = json!({"name": "Beta_100%", "city": "Berlin", "employees": 20, "tags": ["reseller"], "address": {"city": "Berlin", "country": "DE"}});
    let berlin = tenant.id_of("companies", berlin).await;
    tenant.create("companies", json!({"name": "Gamma"})).await;
    let contacts = [
        json!({"last_name": "Ann", "lead_score": 10, "status": "lead", "company_id": riga, "birthday": "1990-05-01"}),
        json!({"last_name": "Bob", "lead_score": 60, "status": "customer", "company_id": riga}),
        json!({"last_name": "Cid", "lead_score": null, "company_id": berlin}),
        json!({"last_name": "Dan", "lead_score": 90}),
    ];
    let mut ids = Vec::new();
    for contact in contacts {
        ids.push(tenant.id_of("contacts", contact).await);
    }
    for (name, stage, contact) in [("d1", "won", 0), ("d2", "lost", 0), ("d3", "won", 1)] {
        let amount = json!({"amount": name.replace('d', "10"), "currency_code": "EUR"});
        tenant
            .create(
                "opportunities",
                json!({"name": name, "stage": stage, "contact_id": ids[contact], "amount": amount}),
            )
            .await;
    }
    tenant
}

async fn titles(tenant: &Tenant, plural: &str, filter: &str) -> String {
    let key = if plural == "contacts" {
        "last_name"
    } else {
        "name"
    };
    let answer = tenant
        .find(
            &format!("/api/v1/{plural}"),
            &[("filter", filter), ("sort", key)],
        )
        .await;
    assert_eq!(answer.status, 200, "{filter}: {}", answer.text);
    let titles: Vec<_> = answer.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record[key].as_str().unwrap())
        .collect();
    titles.join(" ")
}

#[tokio::test]
async fn filters_find_what_they_say() {
    let tenant = world().await;
    for (filter, expected) in [
        (r"{}", "Ann Bob Cid Dan"),
        (r#"{"last_name":{"eq":"Ann"}}"#, "Ann"),
        (r#"{"last_name":{"neq":"Ann"}}"#, "Bob Cid Dan"),
        (r#"{"last_name":{"in":["Ann","Dan"]}}"#, "Ann Dan"),
        (r#"{"last_name":{"in":[]}}"#, ""),
        (r#"{"last_name":{"not_in":["Ann","Dan"]}}"#, "Bob Cid"),
        (r#"{"last_name":{"ilike":"%A%"}}"#, "Ann Dan"),
        (r#"{"last_name":{"like":"%a%"}}"#, "Dan"),
        (r#"{"last_name":{"starts_with":"B"}}"#, "Bob"),
        (r#"{"last_name":{"ends_with":"n"}}"#, "Ann Dan"),
        (r#"{"last_name":{"contains":"i"}}"#, "Cid"),
        (r#"{"lead_score":{"gte":60}}"#, "Bob Dan"),
        (r#"{"lead_score":{"gt":60}}"#, "Dan"),
        (r#"{"lead_score":{"lt":60}}"#, "Ann"),
        (r#"{"lead_score":{"between":[10,60]}}"#, "Ann Bob"),
        (r#"{"lead_score":{"gte":10,"lt":90}}"#, "Ann Bob"),
        (r#"{"lead_score":{"is_null":true}}"#, "Cid"),
        (r#"{"lead_score":{"is_null":false}}"#, "Ann Bob Dan"),
        (r#"{"birthday":{"lt":"2000-01-01"}}"#, "Ann"),
        (r#"{"company_id":{"is_null":true}}"#, "Dan"),
        (r#"{"company":{"city":{"ilike":"%berlin%"}}}"#, "Cid"),
        (
            r#"{"company":{"address":{"country":{"eq":"LV"}}}}"#,
            "Ann Bob",
        ),
        (
            r#"{"status":{"eq":"lead"},"company":{"employees":{"lt":15}}}"#,
            "Ann",
        ),
        (
            r#"{"opportunities":{"some":{"stage":{"in":["won"]}}}}"#,
            "Ann Bob",
        ),
        (
            r#"{"opportunities":{"every":{"stage":{"eq":"won"}}}}"#,
            "Bob Cid Dan",
        ),
        (r#"{"opportunities":{"none":{}}}"#, "Cid Dan"),
        (
            r#"{"opportunities":{"some":{"amount":{"amount":{"gte":"103"}}}}}"#,
            "Bob",
        ),
        (
            r#"{"opportunities":{"some":{"stage":{"eq":"won"}},"none":{"stage":{"eq":"lost"}}}}"#,
            "Bob",
        ),
        (
            r#"{"or":[{"last_name":{"eq":"Ann"}},{"lead_score":{"gte":90}}]}"#,
            "Ann Dan",
        ),
        (
            r#"{"and":[{"lead_score":{"gte":10}},{"lead_score":{"lte":60}}]}"#,
            "Ann Bob",
        ),
        (r#"{"not":{"last_name":{"eq":"Ann"}}}"#, "Bob Cid Dan"),
        (
            r#"{"not":{"or":[{"last_name":{"eq":"Ann"}},{"company":{"city":{"eq":"Riga"}}}]}}"#,
            "Cid Dan",
        ),
    ] {
        assert_eq!(
            titles(&tenant, "contacts", filter).await,
            expected,
            "{filter}"
        );
    }
    for (filter, expected) in [
        (
            r#"{"tags":{"contains_any":["at_risk","reference"]}}"#,
            "Acme",
        ),
        (
            r#"{"tags":{"contains_all":["reseller"]}}"#,
            "Acme Beta_100%",
        ),
        (r#"{"address":{"city":{"eq":"Riga"}}}"#, "Acme"),
        (r#"{"name":{"contains":"_1"}}"#, "Beta_100%"),
        (r#"{"name":{"contains":"0%"}}"#, "Beta_100%"),
        (r#"{"name":{"starts_with":"%"}}"#, ""),
        (
            r#"{"contacts":{"some":{"opportunities":{"some":{"stage":{"eq":"lost"}}}}}}"#,
            "Acme",
        ),
        (r#"{"contacts":{"none":{}}}"#, "Gamma"),
    ] {
        assert_eq!(
            titles(&tenant, "companies", filter).await,
            expected,
            "{filter}"
        );
    }
}

#[tokio::test]
async fn filters_that_make_no_sense_are_told_why() {
    let tenant = Tenant::new().await;
    let deep = format!("{}{{}}{}", r#"{"not":"#.repeat(40), "}".repeat(40));
    for (filter, refused, told) in [
        ("{", "400 /filter json", ""),
        ("[]", "400 /filter type", ""),
        ("5", "400 /filter type", ""),
        (r#"{"nme":{"eq":1}}"#, "400 /filter/nme unknown", "nme"),
        (r#"{"last_name":"Ann"}"#, "400 /filter/last_name type", ""),
        (
            r#"{"last_name":{"equals":"Ann"}}"#,
            "400 /filter/last_name/equals unknown",
            "eq, neq",
        ),
        (
            r#"{"last_name":{"eq":5}}"#,
            "400 /filter/last_name/eq type",
            "",
        ),
        (
            r#"{"lead_score":{"like":"5"}}"#,
            "400 /filter/lead_score/like unknown",
            "between",
        ),
        (
            r#"{"lead_score":{"eq":"x"}}"#,
            "400 /filter/lead_score/eq type",
            "",
        ),
        (
            r#"{"lead_score":{"between":[1]}}"#,
            "400 /filter/lead_score/between type",
            "",
        ),
        (
            r#"{"birthday":{"eq":"1990-02-30"}}"#,
            "400 /filter/birthday/eq format",
            "",
        ),
        (
            r#"{"company_id":{"eq":"x"}}"#,
            "400 /filter/company_id/eq format",
            "",
        ),
        (
            r#"{"opportunities":{"any":{}}}"#,
            "400 /filter/opportunities/any unknown",
            "some, every, none",
        ),
        (
            r#"{"company":{"nme":{"eq":1}}}"#,
            "400 /filter/company/nme unknown",
            "",
        ),
        (r#"{"or":{}}"#, "400 /filter/or type", ""),
        (deep.as_str(), "400", ""),
    ] {
        let answer = tenant.find("/api/v1/contacts", &[("filter", filter)]).await;
        assert!(
            answer.refusal().starts_with(refused),
            "{filter}: {} {}",
            answer.refusal(),
            answer.text
        );
        assert!(answer.text.contains(told), "{filter}: {}", answer.text);
    }
    let both = tenant
        .find(
            "/api/v1/contacts",
            &[
                ("filter", r#"{"a":{},"b":{}}"#),
                ("sort", "c"),
                ("limit", "0"),
            ],
        )
        .await;
    let places: Json = both.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].clone())
        .collect();
    assert_eq!(places, json!(["/filter/a", "/filter/b", "/sort", "/limit"]));
}
