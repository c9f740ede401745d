//! Mutations.

use serde_json::{Value as Json, json};

use crate::client::Client;

const CREATE: &str = "mutation($p: PersonCreateInput!) { createPerson(data: $p) { id version firstName lastName email price { amount currencyCode } firm { name } } }";

#[tokio::test]
async fn a_record_from_its_making_to_its_end() {
    let client = Client::new().await;
    let made = client
        .data(CREATE, json!({"p": {"firstName": "A", "lastName": "B", "email": "A@B.example", "price": {"amount": "12.50", "currencyCode": "EUR"}}}))
        .await["createPerson"]
        .take();
    assert_eq!(made["email"], "a@b.example");
    assert_eq!(made["firm"], Json::Null);
    let id = &made["id"];
    let update = "mutation($id: UUID!, $f: String, $l: String, $v: Int) { updatePerson(id: $id, data: {firstName: $f, lastName: $l}, ifVersion: $v) { firstName lastName version } }";
    let kept = client.data(update, json!({"id": id, "l": "C"})).await;
    assert_eq!(
        kept["updatePerson"],
        json!({"firstName": "A", "lastName": "C", "version": 2})
    );
    let emptied = client
        .data(update, json!({"id": id, "f": null, "l": "C"}))
        .await;
    assert_eq!(emptied["updatePerson"]["firstName"], Json::Null);
    let stale = client
        .ask(update, json!({"id": id, "f": "x", "l": "C", "v": 1}))
        .await;
    assert_eq!(stale["data"], Json::Null);
    assert_eq!(stale["errors"][0]["extensions"]["code"], "stale_version");
    assert_eq!(stale["errors"][0]["path"], json!(["updatePerson"]));
    let on =
        |verb: &str| format!("mutation($id: UUID!) {{ {verb}Person(id: $id) {{ id deletedAt }} }}");
    let deleted = client.data(&on("delete"), json!({"id": id})).await;
    assert_ne!(deleted["deletePerson"]["deletedAt"], Json::Null);
    let hidden = client
        .data(
            "query($id: UUID!) { person(id: $id) { id } people(deleted: ONLY) { totalCount } }",
            json!({"id": id}),
        )
        .await;
    assert_eq!(hidden, json!({"person": null, "people": {"totalCount": 1}}));
    client.data(&on("restore"), json!({"id": id})).await;
    client.data(&on("destroy"), json!({"id": id})).await;
    let gone = client.ask(&on("destroy"), json!({"id": id})).await;
    assert_eq!(gone["errors"][0]["extensions"]["code"], "not_found");
}

#[tokio::test]
async fn values_that_clash_are_named_as_the_caller_spells_them() {
    let client = Client::new().await;
    let person = json!({"p": {"lastName": "B", "email": "a@b.example"}});
    client.data(CREATE, person.clone()).await;
    let clash = client.ask(CREATE, person).await;
    assert_eq!(
        clash["errors"][0]["extensions"]["code"], "conflict",
        "{clash}"
    );
    assert_eq!(
        clash["errors"][0]["extensions"]["errors"][0]["pointer"],
        "/email"
    );
    let unknown = json!({"p": {"lastName": "B", "firmId": "01939f8e-0000-7000-8000-000000000001"}});
    let dangling = client.ask(CREATE, unknown).await;
    assert_eq!(
        dangling["errors"][0]["extensions"]["errors"][0]["pointer"], "/firmId",
        "{dangling}"
    );
}

#[tokio::test]
async fn many_at_once_and_by_filter() {
    let client = Client::new().await;
    let many = "mutation($p: [PersonCreateInput!]!) { createPeople(data: $p) { lastName } }";
    let made = client
        .data(
            many,
            json!({"p": [{"lastName": "B"}, {"lastName": "A"}, {"lastName": "C", "score": 1}]}),
        )
        .await;
    assert_eq!(
        made["createPeople"],
        json!([{"lastName": "B"}, {"lastName": "A"}, {"lastName": "C"}])
    );
    let none = client.data(many, json!({"p": []})).await;
    assert_eq!(none["createPeople"], json!([]));
    let data = client
        .data(
            "mutation { updatePeople(filter: {score: {isNull: true}}, data: {score: 7}) { affected } deletePeople(filter: {score: {eq: 7}}) { affected __typename } __typename }",
            json!({}),
        )
        .await;
    assert_eq!(
        data,
        json!({"updatePeople": {"affected": 2}, "deletePeople": {"affected": 2, "__typename": "Affected"}, "__typename": "Mutation"})
    );
}

#[tokio::test]
async fn fields_of_a_mutation_run_in_order_until_one_fails() {
    let client = Client::new().await;
    let body = client
        .ask(
            r#"mutation {
                a: createPerson(data: {lastName: "A", email: "a@b.example"}) { id }
                b: createPerson(data: {lastName: "B", email: "a@b.example"}) { id }
                c: createPerson(data: {lastName: "C"}) { id }
            }"#,
            json!({}),
        )
        .await;
    assert_eq!(body["data"], Json::Null);
    assert_eq!(body["errors"][0]["path"], json!(["b"]));
    let people = client
        .data("{ people { nodes { lastName } } }", json!({}))
        .await;
    assert_eq!(people["people"]["nodes"], json!([{"lastName": "A"}]));
}
