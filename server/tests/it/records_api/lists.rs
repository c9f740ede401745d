//! Lists within records: how many of a relation's records `fields` shows, in what order, and whether there are more.

use serde_json::{Value as Json, json};

use crate::support::Tenant;
use crate::support::client::with_parameters;

/// A company with so many contacts, named `c000`, `c001`, …
async fn company(tenant: &Tenant, contacts: usize) -> String {
    let company = tenant.id_of("companies", json!({"name": "Acme"})).await;
    let contacts: Vec<Json> = (0..contacts)
        .map(|number| json!({"last_name": format!("c{number:03}"), "company_id": company}))
        .collect();
    if !contacts.is_empty() {
        tenant.post("/api/v1/contacts", json!(contacts)).await;
    }
    company
}

fn named(from: usize, to: usize) -> Json {
    let contacts = (from..to).map(|number| json!({"last_name": format!("c{number:03}")}));
    contacts.collect()
}

/// The same record, as each kind of request shows it.
async fn everywhere(tenant: &Tenant, id: &str, fields: &str, expected: &Json) {
    let path = format!("/api/v1/companies/{id}");
    let fields = [("fields", fields)];
    assert_eq!(tenant.find(&path, &fields).await.ok(), *expected, "one");
    let filter = json!({"id": {"eq": id}}).to_string();
    let listed = [fields[0], ("filter", &filter)];
    let list = tenant.find("/api/v1/companies", &listed).await.ok();
    assert_eq!(list["data"], json!([expected]), "list");
    let query = with_parameters(&path, &fields);
    let body = json!({"city": "Riga"});
    assert_eq!(tenant.patch(&query, body).await.ok(), *expected, "update");
    let batch = json!({"operations": [
        {"method": "GET", "path": query.trim_start_matches("/api/v1")},
        {"method": "GET", "path": "/companies?fields=name"},
    ]});
    let batch = tenant.post("/api/v1/batch", batch).await.ok();
    assert_eq!(batch["results"][0]["body"], *expected, "batch: {batch}");
}

#[tokio::test]
async fn a_list_that_is_cut_says_so_and_no_other_does() {
    let tenant = Tenant::new().await;
    for (contacts, fields, expected) in [
        (0, "contacts.last_name", json!({"contacts": []})),
        (50, "contacts.last_name", json!({"contacts": named(0, 50)})),
        (
            51,
            "contacts.last_name",
            json!({"contacts": named(0, 50), "contacts_more": true}),
        ),
        (
            51,
            "contacts(limit:51).last_name,name",
            json!({"contacts": named(0, 51), "name": "Acme"}),
        ),
        (
            3,
            "contacts(limit:2).last_name,name",
            json!({"contacts": named(0, 2), "name": "Acme", "contacts_more": true}),
        ),
        (
            3,
            "contacts(limit:3).last_name",
            json!({"contacts": named(0, 3)}),
        ),
        (
            3,
            "contacts(sort:-last_name,limit:1).last_name",
            json!({"contacts": named(2, 3), "contacts_more": true}),
        ),
    ] {
        let id = company(&tenant, contacts).await;
        everywhere(&tenant, &id, fields, &expected).await;
    }
}

#[tokio::test]
async fn lists_within_lists_and_behind_a_record_say_it_each() {
    let tenant = Tenant::new().await;
    let id = company(&tenant, 2).await;
    let contacts = tenant
        .find(
            "/api/v1/contacts",
            &[("sort", "last_name"), ("fields", "id")],
        )
        .await
        .ok();
    for (name, contact) in [("a", 0), ("b", 0), ("ü\"}", 0), ("d", 1)] {
        let contact = &contacts["data"][contact]["id"];
        let body = json!({"name": name, "contact_id": contact, "company_id": id});
        tenant.create("opportunities", body).await;
    }
    let fields =
        "contacts(sort:last_name).last_name,contacts.opportunities(limit:2,sort:-name).name";
    let expected = json!({"contacts": [
        {"last_name": "c000", "opportunities": [{"name": "ü\"}"}, {"name": "b"}], "opportunities_more": true},
        {"last_name": "c001", "opportunities": [{"name": "d"}]},
    ]});
    everywhere(&tenant, &id, fields, &expected).await;
    let fields = "contacts(limit:1).opportunities(limit:1).company.contacts(limit:1).company.opportunities(limit:1).name";
    let expected = json!({
        "contacts": [{
            "opportunities": [{"company": {
                "contacts": [{"company": {"opportunities": [{"name": "a"}], "opportunities_more": true}}],
                "contacts_more": true,
            }}],
            "opportunities_more": true,
        }],
        "contacts_more": true,
    });
    everywhere(&tenant, &id, fields, &expected).await;
}

#[tokio::test]
async fn records_in_the_bin_and_of_others_are_not_more() {
    let tenant = Tenant::new().await;
    let other = Tenant::new().await;
    company(&other, 9).await;
    let id = company(&tenant, 3).await;
    let contacts = tenant
        .find(
            "/api/v1/contacts",
            &[("sort", "-last_name"), ("fields", "id")],
        )
        .await
        .ok();
    let last = contacts["data"][0]["id"].as_str().unwrap();
    tenant
        .delete(&format!("/api/v1/contacts/{last}"))
        .await
        .no_content();
    let fields = "contacts(limit:2).last_name";
    everywhere(&tenant, &id, fields, &json!({"contacts": named(0, 2)})).await;
    let refused = other
        .find(&format!("/api/v1/companies/{id}"), &[("fields", fields)])
        .await;
    assert_eq!(refused.refusal(), "404");
}

#[tokio::test]
async fn a_field_of_that_name_stays_what_it_is() {
    let tenant = Tenant::new().await;
    let field = json!({"api_name": "contacts_more", "type": "text"});
    tenant
        .post("/api/v1/metadata/objects/company/fields", field)
        .await
        .created();
    let id = company(&tenant, 2).await;
    let fields = "contacts(limit:1).last_name,contacts_more";
    let expected = json!({"contacts": named(0, 1), "contacts_more": null, "contacts_more_": true});
    everywhere(&tenant, &id, fields, &expected).await;
}

#[tokio::test]
async fn bad_lists_are_refused_with_what_is_wrong() {
    let tenant = Tenant::new().await;
    for (fields, refusal) in [
        ("contacts(limit:0)", "400 /fields range"),
        ("contacts(limit:1001)", "400 /fields range"),
        ("contacts(limit:x)", "400 /fields range"),
        ("contacts(limit:1", "400 /fields syntax"),
        ("contacts(sort:nope)", "400 /fields unknown"),
        (
            "contacts(limit:1).id,contacts(limit:2).id",
            "400 /fields clash",
        ),
        ("name(limit:1)", "400 /fields unknown"),
        (
            "contacts(limit:1000).opportunities(limit:1000).id",
            "400  too_costly",
        ),
    ] {
        let refused = tenant
            .find("/api/v1/companies", &[("fields", fields)])
            .await;
        assert_eq!(refused.refusal(), refusal, "{fields}");
    }
}
