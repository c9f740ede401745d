//! Search: `q` in a list, and over objects, through both faces.

use serde_json::{Value as Json, json};

use crate::support::Tenant;

async fn crm() -> Tenant {
    let tenant = Tenant::new().await;
    let acme = tenant
        .id_of(
            "companies",
            json!({"name": "Acme", "domain": "acme.example"}),
        )
        .await;
    tenant
        .create("companies", json!({"name": "Договоры и поставки"}))
        .await;
    let contacts = json!([
        {"first_name": "Nora", "last_name": "Newman", "email": "nora7@new.example", "title": "Running trainer", "company_id": acme},
        {"first_name": "Bob", "last_name": "Newmann", "phone": "+37120123456"},
        {"first_name": "Cid", "last_name": "Johnson", "email": "cid@acme.example"},
    ]);
    tenant.post("/api/v1/contacts", contacts).await.created();
    tenant
}

/// One member of each record.
fn each<'a>(records: &'a Json, key: &str) -> Vec<&'a str> {
    let records = records.as_array().unwrap().iter();
    records
        .map(|record| record[key].as_str().unwrap())
        .collect()
}

async fn found(tenant: &Tenant, q: &str) -> Vec<String> {
    let answer = tenant.find("/api/v1/contacts", &[("q", q)]).await.ok();
    let names = each(&answer["data"], "last_name");
    names.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_list_is_searched() {
    let tenant = crm().await;
    for (q, names) in [
        ("newman", &["Newman", "Newmann"][..]),
        ("newmann", &["Newmann", "Newman"]),
        ("runs", &["Newman"]),
        ("nora7@new", &["Newman"]),
        ("2012-3456", &["Newmann"]),
        ("jonson", &["Johnson"]),
        ("bob newman", &["Newmann"]),
        ("nobody", &[]),
        ("'; drop table contact; --", &[]),
    ] {
        assert_eq!(found(&tenant, q).await, names, "{q}");
    }
    let list = |parameters: &'static [(&str, &str)]| tenant.find("/api/v1/contacts", parameters);
    let sorted = list(&[("q", "newman"), ("sort", "-last_name"), ("count", "exact")])
        .await
        .ok();
    assert_eq!(each(&sorted["data"], "last_name"), ["Newmann", "Newman"]);
    assert_eq!(sorted["total"], 2);
    let filtered = list(&[
        ("q", "newman"),
        ("filter", r#"{"first_name":{"eq":"Bob"}}"#),
        ("fields", "first_name"),
    ])
    .await;
    assert_eq!(filtered.ok()["data"], json!([{"first_name": "Bob"}]));
    let estimated = list(&[("q", "newman"), ("count", "estimated")]).await.ok();
    assert!(estimated["total"].is_u64());

    let first = list(&[("q", "newman"), ("limit", "1")]).await.ok();
    let next = first["page"]["next"].as_str().unwrap();
    let parameters = [("q", "newman"), ("limit", "1"), ("after", next)];
    let second = tenant.find("/api/v1/contacts", &parameters).await.ok();
    assert_eq!(each(&second["data"], "last_name"), ["Newmann"]);
    assert!(second["page"]["next"].is_null() && second["page"]["previous"].is_string());
}

#[tokio::test]
async fn what_becomes_searchable_is_found_from_the_answer_on() {
    let tenant = crm().await;
    let fields = json!([{"api_name": "remark", "type": "long_text"}]);
    tenant.object("gadget", fields).await;
    tenant
        .create("gadgets", json!({"name": "A", "remark": "Sturdy"}))
        .await;
    let search = || tenant.find("/api/v1/gadgets", &[("q", "sturdy")]);
    assert_eq!(search().await.refusal(), "400 /q not_searchable");
    let path = "/api/v1/metadata/objects/gadget/fields/remark";
    let switch = |on: bool| tenant.patch(path, json!({"settings": {"searchable": on}}));
    switch(true).await.ok();
    assert_eq!(each(&search().await.ok()["data"], "name"), ["A"]);
    switch(false).await.ok();
    assert_eq!(search().await.refusal(), "400 /q not_searchable");
}

#[tokio::test]
async fn objects_are_searched_together() {
    let tenant = crm().await;
    let answer = tenant.get("/api/v1/search?q=acme").await.ok();
    assert_eq!(each(&answer["data"], "object"), ["company", "contact"]);
    assert_eq!(each(&answer["data"], "label"), ["Acme", "Johnson"]);
    let hit = answer["data"][0].as_object().unwrap();
    let keys: Vec<&str> = hit.keys().map(String::as_str).collect();
    assert_eq!(keys, ["object", "id", "label", "rank"]);
    let record = tenant
        .get(&format!(
            "/api/v1/companies/{}",
            hit["id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(record.ok()["name"], "Acme");

    let find = |parameters: &'static [(&str, &str)]| tenant.find("/api/v1/search", parameters);
    let contacts = find(&[("q", "acme"), ("objects", "contact,contact")])
        .await
        .ok();
    assert_eq!(each(&contacts["data"], "label"), ["Johnson"]);
    let one = find(&[("q", "acme"), ("limit", "1")]).await.ok();
    assert_eq!(each(&one["data"], "label"), ["Acme"]);
    assert_eq!(one["more"], true);
    for parameters in [
        &[("q", "acme"), ("limit", "2")][..],
        &[("q", "acme")],
        &[("q", "поставка"), ("limit", "1")],
        &[("q", "nobody"), ("limit", "1")],
    ] {
        let whole = tenant.find("/api/v1/search", parameters).await.ok();
        assert_eq!(whole.get("more"), None, "{parameters:?}");
    }
    let russian = find(&[("q", "поставка")]).await.ok();
    assert_eq!(each(&russian["data"], "label"), ["Договоры и поставки"]);
    let mistyped = find(&[("q", "acmme")]).await.ok();
    assert_eq!(mistyped["data"][0]["label"], "Acme");
    assert!(mistyped["data"][0]["rank"].as_f64().unwrap() <= 0.5);

    let contact = contacts["data"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/contacts/{contact}");
    tenant.delete(&path).await.no_content();
    assert_eq!(
        each(&find(&[("q", "acme")]).await.ok()["data"], "label"),
        ["Acme"]
    );

    let stranger = Tenant::at(tenant.server.clone()).await;
    assert_eq!(
        stranger.get("/api/v1/search?q=acme").await.ok(),
        json!({"data": []})
    );
}

#[tokio::test]
async fn bad_searches_are_refused_with_what_would_fit() {
    let tenant = crm().await;
    tenant.object("gadget", json!([])).await;
    let long = "x".repeat(201);
    let many = (0..17).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    for (parameters, refusal) in [
        (&[][..], "400 /q required"),
        (&[("q", " ")], "400 /q required"),
        (&[("q", "%%")], "400 /q required"),
        (&[("q", &long)], "400 /q too_long"),
        (&[("q", &many)], "400 /q too_many"),
        (
            &[("q", "x"), ("objects", "nope,contact")],
            "400 /objects unknown",
        ),
        (&[("q", "x"), ("objects", "")], "400 /objects unknown"),
        (
            &[("q", "x"), ("objects", "gadget")],
            "400 /objects not_searchable",
        ),
        (&[("q", "x"), ("limit", "0")], "400 /limit range"),
        (&[("q", "x"), ("limit", "101")], "400 /limit range"),
        (&[("q", "x"), ("first", "1")], "400 /first unknown"),
        (&[("q", ""), ("limit", "x")], "400 /q required /limit range"),
    ] {
        let answer = tenant.find("/api/v1/search", parameters).await;
        assert_eq!(answer.refusal(), refusal, "{parameters:?}");
    }
    let unknown = tenant.get("/api/v1/search?q=x&objects=nope").await.body;
    let message = unknown["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("contact, "), "{message}");
    assert!(!message.contains("gadget"), "{message}");
}

#[tokio::test]
async fn graphql_searches_as_rest_does() {
    let tenant = crm().await;
    let query = "query($q: String!, $objects: [String!]) {
        search(query: $q, objects: $objects, first: 5) { __typename object id label rank }
        contacts(q: $q, first: 1) { totalCount nodes { lastName } pageInfo { hasNextPage endCursor } }
    }";
    let data = tenant.data(query, json!({"q": "newman"})).await;
    assert_eq!(each(&data["search"], "label"), ["Newman", "Newmann"]);
    assert_eq!(
        each(&data["search"], "__typename"),
        ["SearchHit", "SearchHit"]
    );
    assert_eq!(data["contacts"]["totalCount"], 2);
    assert_eq!(data["contacts"]["nodes"], json!([{"lastName": "Newman"}]));
    let rank = data["search"][0]["rank"].as_f64().unwrap();
    assert!(rank > data["search"][1]["rank"].as_f64().unwrap() && rank <= 1.0);
    let after = data["contacts"]["pageInfo"]["endCursor"].clone();
    let next =
        "query($after: String) { contacts(q: \"newman\", after: $after) { nodes { lastName } } }";
    let next = tenant.data(next, json!({"after": after})).await;
    assert_eq!(next["contacts"]["nodes"], json!([{"lastName": "Newmann"}]));
    let sorted = "{ contacts(q: \"newman\", orderBy: [{lastName: DESC}]) { nodes { lastName } } }";
    let sorted = tenant.data(sorted, json!({})).await;
    assert_eq!(
        each(&sorted["contacts"]["nodes"], "lastName"),
        ["Newmann", "Newman"]
    );
    let companies = json!({"q": "acme", "objects": ["company"]});
    let data = tenant.data(query, companies).await;
    assert_eq!(each(&data["search"], "object"), ["company"]);

    // Names are GraphQL's on the way in and out.
    let project = json!({"api_name": "big_plan", "label_field": "name", "fields": [
        {"api_name": "name", "type": "text", "settings": {"searchable": true}},
    ]});
    tenant
        .post("/api/v1/metadata/objects", project)
        .await
        .created();
    tenant
        .create("big_plans", json!({"name": "Zeppelin"}))
        .await;
    let plans = json!({"q": "zeppelin", "objects": ["bigPlan"]});
    let data = tenant.data(query, plans).await;
    assert_eq!(each(&data["search"], "object"), ["bigPlan"]);
    let rest = tenant.get("/api/v1/search?q=zeppelin").await.ok();
    assert_eq!(each(&rest["data"], "object"), ["big_plan"]);

    for (variables, refusal) in [
        (json!({"q": " "}), "/query required"),
        (
            json!({"q": "x", "objects": ["contact", "nope"]}),
            "/objects/1 unknown",
        ),
    ] {
        let answer = tenant.graphql(query, variables).await;
        assert!(answer.refusal().contains(refusal), "{}", answer.text);
    }
    let inner = "{ companies { nodes { contacts(q: \"x\") { nodes { id } } } } }";
    assert_eq!(tenant.graphql(inner, json!({})).await.status, 400);
}
