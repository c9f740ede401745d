//! Writes over GraphQL: one and many, their events, and what is refused.

use serde_json::{Value as Json, json};

use super::Crm;
use crate::support::Tenant;

#[tokio::test]
async fn the_life_of_a_record() {
    let tenant = Tenant::new().await;
    let create = "mutation($data: ContactCreateInput!) { createContact(data: $data) { id version email status company { name } } }";
    let company = tenant.id_of("companies", json!({"name": "Acme"})).await;
    let made = tenant
        .data(
            create,
            json!({"data": {"lastName": "Ann", "email": "ANN@Example.com", "companyId": company}}),
        )
        .await["createContact"]
        .take();
    let id = made["id"].clone();
    assert_eq!(
        made,
        json!({"id": id, "version": 1, "email": "ann@example.com", "status": "new", "company": {"name": "Acme"}})
    );
    let one = async |field: &str, rest: &str| {
        let mutation = format!(
            "mutation($id: UUID!) {{ done: {field}(id: $id{rest}) {{ version city deletedAt }} }}"
        );
        tenant.data(&mutation, json!({"id": id})).await["done"].take()
    };
    assert_eq!(
        one("updateContact", ", data: {city: \"Riga\"}, ifVersion: 1").await,
        json!({"version": 2, "city": "Riga", "deletedAt": null})
    );
    assert!(one("deleteContact", "").await["deletedAt"].is_string());
    assert_eq!(
        tenant
            .data(
                "query($id: UUID!) { contact(id: $id) { id } }",
                json!({"id": id})
            )
            .await,
        json!({"contact": null})
    );
    assert_eq!(
        one("restoreContact", "").await,
        json!({"version": 4, "city": "Riga", "deletedAt": null})
    );
    assert_eq!(one("destroyContact", "").await["city"], "Riga", "as it was");
    let gone = tenant
        .graphql(
            "mutation($id: UUID!) { destroyContact(id: $id) { id } }",
            json!({"id": id}),
        )
        .await;
    assert_eq!(
        (gone.status, &gone.body["errors"][0]["extensions"]["code"]),
        (200, &json!("not_found")),
        "{}",
        gone.text
    );
    let events: Vec<_> = tenant.events("contact").await;
    let actions: Vec<_> = events.iter().map(|(action, ..)| action.as_str()).collect();
    assert_eq!(
        actions,
        ["created", "updated", "deleted", "restored", "destroyed"]
    );
    let (_, before, after) = &events[1];
    assert_eq!(
        (&before["city"], &after["city"]),
        (&Json::Null, &json!("Riga"))
    );
    assert_eq!(events[4].2, Json::Null);
}

#[tokio::test]
async fn many_at_once() {
    let crm = Crm::new().await;
    let create =
        "mutation($data: [ContactCreateInput!]!) { createContacts(data: $data) { firstName } }";
    let many: Json = (0..100)
        .map(|n| json!({"firstName": format!("n{n}"), "leadScore": 100 + n}))
        .collect();
    let made = crm.tenant.data(create, json!({"data": many})).await["createContacts"].take();
    assert!(
        (0..100).all(|n| made[n]["firstName"] == format!("n{n}")),
        "in the order they were given"
    );
    for (mutation, expected) in [
        (
            "updateContacts(filter: {leadScore: {gte: 150}}, data: {city: \"Riga\"}) { affected }",
            50,
        ),
        (
            "deleteContacts(filter: {city: {eq: \"Riga\"}}) { affected }",
            50,
        ),
        (
            "deleteContacts(filter: {city: {eq: \"Riga\"}}) { affected }",
            0,
        ),
    ] {
        let done = crm.data(&format!("mutation {{ done: {mutation} }}")).await;
        assert_eq!(done, json!({"done": {"affected": expected}}), "{mutation}");
    }
    let too_many: Json = (0..1_001).map(|_| json!({})).collect();
    let refused = crm.tenant.graphql(create, json!({"data": too_many})).await;
    assert_eq!(refused.refusal(), "200  too_many", "{}", refused.text);
}

#[tokio::test]
async fn fields_of_a_mutation_run_in_turn_each_by_itself() {
    let tenant = Tenant::new().await;
    let answer = tenant
        .graphql(
            r#"mutation {
            a: createCompany(data: {name: "A"}) { name }
            b: createContact(data: {email: "no"}) { id }
            c: createCompany(data: {name: "C"}) { name }
        }"#,
            json!({}),
        )
        .await;
    let error = &answer.body["errors"][0];
    assert_eq!(error["path"], json!(["b"]), "{}", answer.text);
    assert_eq!(error["extensions"]["code"], "invalid");
    assert_eq!(error["extensions"]["errors"][0]["pointer"], "/email");
    assert_eq!(error["extensions"]["errors"][0]["code"], "format");
    assert!(error["locations"][0]["line"].is_u64());
    assert_eq!(
        answer.body["data"],
        Json::Null,
        "b may not be null, and so on upwards"
    );
}

#[tokio::test]
async fn refusals_have_the_codes_of_rest() {
    let crm = Crm::new().await;
    let tenant = &crm.tenant;
    tenant
        .patch(
            "/api/v1/metadata/objects/contact/fields/email",
            json!({"unique": true}),
        )
        .await
        .ok();
    tenant
        .create("contacts", json!({"email": "taken@example.com"}))
        .await;
    let ann = &crm.ann;
    for (mutation, code, refusal) in [
        (
            "createContact(data: {email: \"taken@example.com\"}) { id }".to_owned(),
            "conflict",
            "200 /email unique",
        ),
        (
            "createContacts(data: [{}, {email: \"taken@example.com\"}]) { id }".to_owned(),
            "conflict",
            "200 /1/email unique",
        ),
        (
            "createContacts(data: [{}, {email: \"x\"}, {status: \"y\"}]) { id }".to_owned(),
            "invalid",
            "200 /1/email format /2/status option",
        ),
        (
            format!("updateContact(id: \"{ann}\", data: {{city: \"x\"}}, ifVersion: 7) {{ id }}"),
            "stale_version",
            "200",
        ),
        (
            format!("restoreContact(id: \"{ann}\") {{ id }}"),
            "conflict",
            "200  not_deleted",
        ),
        (
            "deleteContact(id: \"01939f8e-0000-7000-8000-000000000001\") { id }".to_owned(),
            "not_found",
            "200",
        ),
        (
            "createContact(data: {companyId: \"01939f8e-0000-7000-8000-000000000001\"}) { id }"
                .to_owned(),
            "invalid",
            "200 /companyId not_found",
        ),
    ] {
        let answer = tenant
            .graphql(&format!("mutation {{ {mutation} }}"), json!({}))
            .await;
        assert_eq!(
            answer.body["errors"][0]["extensions"]["code"], code,
            "{mutation}: {}",
            answer.text
        );
        assert_eq!(answer.refusal(), refusal, "{mutation}: {}", answer.text);
    }
}
