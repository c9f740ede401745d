//! What a query may ask for: by id, through relations, with aliases, fragments and directives.

use serde_json::json;

use super::Crm;

#[tokio::test]
async fn a_record_by_its_id() {
    let crm = Crm::new().await;
    let query = "query($id: UUID!) { contact(id: $id) { __typename id firstName version createdAt companyId company { name city employees } owner { email } } }";
    let found = crm.tenant.data(query, json!({"id": crm.ann})).await["contact"].take();
    assert_eq!(
        found["company"],
        json!({"name": "Acme", "city": "Riga", "employees": 10})
    );
    assert_eq!(
        (&found["__typename"], &found["firstName"], &found["version"]),
        (&json!("Contact"), &json!("Ann"), &json!(1))
    );
    assert_eq!(
        (&found["id"], &found["companyId"], &found["owner"]),
        (&json!(crm.ann), &json!(crm.acme), &json!(null))
    );
    let nobody = json!({"id": "01939f8e-0000-7000-8000-000000000001"});
    assert_eq!(
        crm.tenant.data(query, nobody).await,
        json!({"contact": null})
    );
}

#[tokio::test]
async fn many_inside_many_inside_one() {
    let crm = Crm::new().await;
    let query = r"query($id: UUID!) { contact(id: $id) { company {
        name
        contacts(orderBy: [{firstName: DESC}], filter: {leadScore: {isNull: false}}) { totalCount nodes {
            firstName
            opportunities(orderBy: {name: ASC}, first: 2) { totalCount nodes { name amount { amount currencyCode } company { name } } pageInfo { hasNextPage } }
        } }
    } } }";
    let found = crm.tenant.data(query, json!({"id": crm.ann})).await;
    let deal = |name: &str| json!({"name": name, "amount": {"amount": "12.50", "currencyCode": "EUR"}, "company": {"name": "Acme"}});
    assert_eq!(
        found["contact"]["company"],
        json!({
            "name": "Acme",
            "contacts": {"totalCount": 2, "nodes": [
                {"firstName": "Bob", "opportunities": {"totalCount": 1, "nodes": [deal("b1")], "pageInfo": {"hasNextPage": false}}},
                {"firstName": "Ann", "opportunities": {"totalCount": 3, "nodes": [deal("a1"), deal("a2")], "pageInfo": {"hasNextPage": true}}},
            ]},
        })
    );
}

#[tokio::test]
async fn filters_go_through_relations() {
    let crm = Crm::new().await;
    for (filter, expected) in [
        (r#"{company: {city: {ilike: "%riga%"}}}"#, "Ann Bob Cid"),
        (
            r#"{opportunities: {some: {stage: {eq: "won"}}}}"#,
            "Ann Bob",
        ),
        (
            r#"{opportunities: {every: {stage: {eq: "won"}}}}"#,
            "Bob Cid Dan",
        ),
        (r"{opportunities: {none: {}}}", "Cid Dan"),
        (
            r#"{or: [{firstName: {eq: "Ann"}}, {leadScore: {isNull: true}}]}"#,
            "Ann Cid",
        ),
        (r#"{not: {firstName: {in: ["Ann", "Bob"]}}}"#, "Cid Dan"),
        (
            r"{and: [{leadScore: {gte: 1}}, {leadScore: {lte: 1}}]}",
            "Ann",
        ),
        (r#"{firstName: {startsWith: "A"}}"#, "Ann"),
        (r"{leadScore: {between: [2, 5]}}", "Bob Dan"),
        (
            r#"{firstName: {notIn: ["Ann"]}, company: {name: {neq: "Beta"}}}"#,
            "Bob Cid",
        ),
    ] {
        let query = format!(
            "{{ contacts(filter: {filter}, orderBy: {{firstName: ASC}}) {{ nodes {{ firstName }} }} }}"
        );
        let found = crm.data(&query).await;
        let names: Vec<_> = found["contacts"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["firstName"].as_str().unwrap())
            .collect();
        assert_eq!(names.join(" "), expected, "{filter}");
    }
}

#[tokio::test]
async fn aliases_fragments_and_directives() {
    let crm = Crm::new().await;
    let query = r"
        query Wanted($withCity: Boolean!, $without: Boolean! = true) {
            first: contacts(first: 1, orderBy: {firstName: ASC}) { ...Names }
            last: contacts(last: 1, orderBy: {firstName: ASC}) { people: nodes { ...on Contact { given: firstName given2: firstName } } }
            companies(first: 1) { nodes { name city @include(if: $withCity) employees @skip(if: $without) } }
        }
        fragment Names on ContactConnection { nodes { ...Name } }
        fragment Name on Contact { __typename firstName company { ...OfCompany @include(if: true) } }
        fragment OfCompany on Company { name }
    ";
    let found = crm.tenant.data(query, json!({"withCity": false})).await;
    assert_eq!(
        found,
        json!({
            "first": {"nodes": [{"__typename": "Contact", "firstName": "Ann", "company": {"name": "Acme"}}]},
            "last": {"people": [{"given": "Dan", "given2": "Dan"}]},
            "companies": {"nodes": [{"name": "Acme"}]},
        })
    );
    let found = crm
        .tenant
        .data(query, json!({"withCity": true, "without": false}))
        .await;
    assert_eq!(
        found["companies"]["nodes"],
        json!([{"name": "Acme", "city": "Riga", "employees": 10}])
    );
    let keys: Vec<_> = found.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["first", "last", "companies"],
        "in the order they were asked for"
    );
    let merged = crm.data("{ companies(first: 1) { nodes { name } } companies(first: 1) { totalCount nodes { city } } }").await;
    assert_eq!(
        merged,
        json!({"companies": {"nodes": [{"name": "Acme", "city": "Riga"}], "totalCount": 2}})
    );
}

#[tokio::test]
async fn what_is_in_the_bin_is_asked_for() {
    let crm = Crm::new().await;
    crm.tenant
        .delete(&format!("/api/v1/contacts/{}", crm.ann))
        .await
        .no_content();
    for (deleted, expected) in [
        ("", 3),
        ("(deleted: EXCLUDE)", 3),
        ("(deleted: INCLUDE)", 4),
        ("(deleted: ONLY)", 1),
    ] {
        let found = crm
            .data(&format!("{{ contacts{deleted} {{ totalCount }} }}"))
            .await;
        assert_eq!(
            found,
            json!({"contacts": {"totalCount": expected}}),
            "{deleted}"
        );
    }
}

#[tokio::test]
async fn members_are_shown_and_not_written() {
    let crm = Crm::new().await;
    let found = crm.data("{ users { totalCount nodes { email } } }").await;
    assert_eq!(
        found["users"],
        json!({"totalCount": 1, "nodes": [{"email": crm.tenant.email}]})
    );
    let write = crm
        .tenant
        .graphql("mutation { createUser(data: {}) { id } }", json!({}))
        .await;
    assert_eq!(write.status, 400, "{}", write.text);
}
