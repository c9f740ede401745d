//! What is shown of a record: `fields`, through relations, in lists, single records and answers to writes.

use serde_json::json;

use crate::support::Tenant;

#[tokio::test]
async fn fields_go_through_relations() {
    let tenant = Tenant::new().await;
    let company = tenant
        .id_of(
            "companies",
            json!({"name": "Acme", "address": {"city": "Riga", "country": "LV"}}),
        )
        .await;
    let contact = tenant
        .id_of(
            "contacts",
            json!({"last_name": "Ann", "company_id": company}),
        )
        .await;
    for (name, amount) in [("one", "10"), ("two", "20")] {
        let amount = json!({"amount": amount, "currency_code": "EUR"});
        tenant.create("opportunities", json!({"name": name, "company_id": company, "contact_id": contact, "amount": amount})).await;
    }
    let path = format!("/api/v1/contacts/{contact}");
    for (fields, expected) in [
        ("last_name", json!({"last_name": "Ann"})),
        (
            "company.name,last_name,company.id",
            json!({"company": {"name": "Acme", "id": company}, "last_name": "Ann"}),
        ),
        (
            "company_id,company.address.city",
            json!({"company_id": company, "company": {"address": {"city": "Riga"}}}),
        ),
        (
            "opportunities.name",
            json!({"opportunities": [{"name": "one"}, {"name": "two"}]}),
        ),
        (
            "company.contacts.opportunities.amount.currency_code",
            json!({"company": {"contacts": [{"opportunities": [
            {"amount": {"currency_code": "EUR"}}, {"amount": {"currency_code": "EUR"}}]}]}}),
        ),
        (
            "owner.email,created_by",
            json!({"owner": null, "created_by": tenant.get("/api/v1/auth/me").await.ok()["user"]["id"]}),
        ),
    ] {
        let one = tenant.find(&path, &[("fields", fields)]).await.ok();
        assert_eq!(one, expected, "{fields}");
        let list = tenant
            .find("/api/v1/contacts", &[("fields", fields)])
            .await
            .ok();
        assert_eq!(list["data"], json!([expected]), "{fields}");
        let written = tenant
            .patch(&format!("{path}?fields={fields}"), json!({"city": fields}))
            .await
            .ok();
        assert_eq!(written, expected, "{fields}");
    }
    let all = tenant.find(&path, &[("fields", "*,company.*")]).await.ok();
    assert_eq!(
        (&all["last_name"], &all["company"]["name"]),
        (&json!("Ann"), &json!("Acme"))
    );
}

#[tokio::test]
async fn unknown_names_are_told_with_what_would_fit() {
    let tenant = Tenant::new().await;
    let id = tenant.id_of("contacts", json!({})).await;
    let deep = ["company"; 9].join(".");
    for (path, parameters, refused, told) in [
        ("", ("fields", "nme"), "400 /fields unknown", "`nme`"),
        ("", ("fields", "company.nme"), "400 /fields unknown", "name"),
        ("", ("fields", ""), "400 /fields unknown", ""),
        ("", ("fields", deep.as_str()), "400 /fields too_deep", "8"),
        ("", ("sort", "nme"), "400 /sort unknown", "`nme`"),
        (
            "",
            ("sort", "opportunities.name"),
            "400 /sort not_sortable",
            "",
        ),
        ("", ("limit", "0"), "400 /limit range", "1 to 1000"),
        ("", ("limit", "1001"), "400 /limit range", "1 to 1000"),
        ("", ("limit", "x"), "400 /limit range", "1 to 1000"),
        (
            "",
            ("count", "some"),
            "400 /count unknown",
            "none, exact, estimated",
        ),
        (
            "",
            ("deleted", "yes"),
            "400 /deleted unknown",
            "exclude, include, only",
        ),
        ("", ("after", "x"), "400 /after cursor", "page"),
        (
            "",
            ("colour", "red"),
            "400 /colour unknown",
            "filter, q, sort, fields",
        ),
        (
            "/id",
            ("limit", "1"),
            "400 /limit unknown",
            "fields, deleted",
        ),
        ("/id", ("fields", "nme"), "400 /fields unknown", "`nme`"),
    ] {
        let path = format!("/api/v1/contacts{}", path.replace("id", &id));
        let answer = tenant.find(&path, &[parameters]).await;
        assert_eq!(answer.refusal(), refused, "{parameters:?}: {}", answer.text);
        assert!(
            answer.text.contains(told),
            "{parameters:?}: {}",
            answer.text
        );
    }
    let twice = tenant.get("/api/v1/contacts?limit=1&limit=2").await;
    assert_eq!(twice.refusal(), "400 /limit repeated");
    let write = tenant.post("/api/v1/contacts?fields=nme", json!({})).await;
    assert_eq!(write.refusal(), "400 /fields unknown");
    assert_eq!(
        tenant
            .post("/api/v1/contacts?count=exact", json!({}))
            .await
            .refusal(),
        "400 /count unknown"
    );
    assert_eq!(
        tenant.get("/api/v1/contacts?count=exact").await.ok()["total"],
        1,
        "a refused write writes nothing"
    );
}
