//! `upsertContacts(data:, on:)`.

use serde_json::json;

use crate::support::Tenant;

const UPSERT: &str = "mutation($data: [ContactCreateInput!]!, $on: ContactUniqueField!) { upsertContacts(data: $data, on: $on) { email city version } }";

#[tokio::test]
async fn it_is_there_for_objects_with_a_unique_field() {
    let tenant = Tenant::new().await;
    let variables =
        |email: &str| json!({"data": [{"email": email, "city": "Riga"}], "on": "email"});
    let refused = tenant.graphql(UPSERT, variables("a@example.com")).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    let email = "/api/v1/metadata/objects/contact/fields/email";
    tenant.patch(email, json!({"unique": true})).await.ok();
    let keys = tenant
        .data(
            "{ __type(name: \"ContactUniqueField\") { enumValues { name } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        keys["__type"]["enumValues"],
        json!([{"name": "id"}, {"name": "email"}])
    );

    let made = tenant.data(UPSERT, variables("Ann@example.com")).await;
    let ann =
        |version: u32| json!({"email": "ann@example.com", "city": "Riga", "version": version});
    assert_eq!(made["upsertContacts"], json!([ann(1)]));
    let data = json!([{"email": "bob@example.com"}, {"email": "ann@example.com"}]);
    let written = tenant
        .data(UPSERT, json!({"data": data, "on": "email"}))
        .await;
    let bob = json!({"email": "bob@example.com", "city": null, "version": 1});
    assert_eq!(written["upsertContacts"], json!([bob, ann(2)]));
    let inline = "mutation($city: String) { upsertContacts(on: email, data: {email: \"ann@example.com\", city: $city}) { city } }";
    let kept = tenant.data(inline, json!({})).await;
    assert_eq!(
        kept["upsertContacts"][0]["city"], "Riga",
        "an omitted variable is absent"
    );
    let cleared = tenant.data(inline, json!({"city": null})).await;
    assert_eq!(cleared["upsertContacts"][0]["city"], json!(null));
    assert_eq!(tenant.events("contact").await.len(), 5);
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    let tenant = Tenant::new().await;
    let fields =
        json!([{"api_name": "badge_number", "type": "integer", "unique": true, "required": true}]);
    tenant.object("person", fields).await;
    let upsert = "mutation($data: [PersonCreateInput!]!) { upsertPersons(data: $data, on: badgeNumber) { id } }";
    let twice = json!([{"badgeNumber": 1}, {"badgeNumber": 2}, {"badgeNumber": 1}]);
    let refused = tenant.graphql(upsert, json!({"data": twice})).await;
    assert_eq!(
        refused.refusal(),
        "200 /2/badgeNumber unique",
        "{}",
        refused.text
    );
    let nameless = tenant
        .graphql(upsert, json!({"data": [{"name": "x"}]}))
        .await;
    assert_eq!(nameless.status, 400, "{}", nameless.text);
    let unknown = tenant
        .graphql(
            "mutation { upsertPersons(data: [], on: name) { id } }",
            json!({}),
        )
        .await;
    assert_eq!(unknown.status, 400, "{}", unknown.text);
    assert_eq!(tenant.events("person").await.len(), 0);
}
