//! Absent and null are two things, all the way from a variable to the record.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

#[tokio::test]
async fn an_omitted_variable_leaves_a_field_alone_and_null_clears_it() {
    let tenant = Tenant::new().await;
    let one = "mutation($id: UUID!, $city: String, $title: String, $score: Int) { updateContact(id: $id, data: {city: $city, title: $title, leadScore: $score}) { city title leadScore } }";
    let whole = "mutation($id: UUID!, $data: ContactUpdateInput!) { updateContact(id: $id, data: $data) { city title leadScore } }";
    let defaulted = "mutation($id: UUID!, $city: String = \"Home\") { updateContact(id: $id, data: {city: $city}) { city title leadScore } }";
    for (mutation, variables, expected) in [
        (
            one,
            json!({}),
            json!({"city": "Riga", "title": "Boss", "leadScore": 5}),
        ),
        (
            one,
            json!({"title": null}),
            json!({"city": "Riga", "title": null, "leadScore": 5}),
        ),
        (
            one,
            json!({"city": "Oslo", "score": null}),
            json!({"city": "Oslo", "title": "Boss", "leadScore": null}),
        ),
        (
            one,
            json!({"city": null, "title": null, "score": null}),
            json!({"city": null, "title": null, "leadScore": null}),
        ),
        (
            whole,
            json!({"data": {}}),
            json!({"city": "Riga", "title": "Boss", "leadScore": 5}),
        ),
        (
            whole,
            json!({"data": {"city": null}}),
            json!({"city": null, "title": "Boss", "leadScore": 5}),
        ),
        (
            defaulted,
            json!({}),
            json!({"city": "Home", "title": "Boss", "leadScore": 5}),
        ),
        (
            defaulted,
            json!({"city": null}),
            json!({"city": null, "title": "Boss", "leadScore": 5}),
        ),
    ] {
        let id = tenant
            .id_of(
                "contacts",
                json!({"city": "Riga", "title": "Boss", "lead_score": 5}),
            )
            .await;
        let mut given = variables.clone();
        given["id"] = json!(id);
        let changed = tenant.data(mutation, given).await;
        assert_eq!(changed["updateContact"], expected, "{mutation} {variables}");
        let stored = tenant.get(&format!("/api/v1/contacts/{id}")).await.ok();
        assert_eq!(
            [&stored["city"], &stored["title"], &stored["lead_score"]],
            [
                &expected["city"],
                &expected["title"],
                &expected["leadScore"]
            ]
        );
    }
}

#[tokio::test]
async fn on_create_an_omitted_variable_leaves_the_default_its_place() {
    let tenant = Tenant::new().await;
    let create = "mutation($status: String) { createContact(data: {status: $status}) { status } }";
    for (variables, expected) in [
        (json!({}), json!("new")),
        (json!({"status": null}), Json::Null),
        (json!({"status": "lead"}), json!("lead")),
    ] {
        let made = tenant.data(create, variables.clone()).await;
        assert_eq!(made["createContact"]["status"], expected, "{variables}");
    }
}

#[tokio::test]
async fn an_omitted_variable_never_widens_a_filter_that_writes() {
    let tenant = Tenant::new().await;
    tenant.create("contacts", json!({"city": "Riga"})).await;
    let delete =
        "mutation($city: String) { deleteContacts(filter: {city: {eq: $city}}) { affected } }";
    for variables in [json!({}), json!({"city": null})] {
        let answer = tenant.graphql(delete, variables.clone()).await;
        let affected = &answer.body["data"]["deleteContacts"]["affected"];
        assert!(
            answer.body.get("errors").is_some() || affected == 0,
            "{variables}: {}",
            answer.text
        );
    }
    let left = tenant.data("query($city: String) { contacts(filter: {city: {eq: $city}}) { totalCount } all: contacts { totalCount } }", json!({})).await;
    assert_eq!(left["all"], json!({"totalCount": 1}));
}

#[tokio::test]
async fn variables_of_wrong_types_are_named() {
    let tenant = Tenant::new().await;
    let query = "query($first: Int, $filter: ContactFilter, $order: [ContactOrderBy!]) { contacts(first: $first, filter: $filter, orderBy: $order) { totalCount } }";
    for (variables, named) in [
        (json!({"first": "x"}), "$first"),
        (json!({"first": 1.5}), "$first"),
        (json!({"filter": 5}), "$filter"),
        (json!({"filter": {"nme": {}}}), "$filter"),
        (json!({"filter": {"city": {"eq": 5}}}), "$filter.city.eq"),
        (json!({"order": [{"city": "UP"}]}), "$order"),
    ] {
        let answer = tenant.graphql(query, variables.clone()).await;
        assert_eq!(answer.status, 400, "{variables}: {}", answer.text);
        assert!(answer.text.contains(named), "{variables}: {}", answer.text);
    }
    tenant
        .data(
            query,
            json!({"first": null, "nonsense": 1, "order": {"city": "ASC"}}),
        )
        .await;
}
