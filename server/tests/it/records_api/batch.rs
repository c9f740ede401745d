//! `POST /batch`: several operations, all or none.

use reqwest::Method;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{Answer, Tenant};

const BATCH: &str = "/api/v1/batch";

async fn batch(tenant: &Tenant, operations: Json) -> Answer {
    tenant.post(BATCH, json!({"operations": operations})).await
}

async fn unique_email(tenant: &Tenant) {
    let email = "/api/v1/metadata/objects/contact/fields/email";
    tenant.patch(email, json!({"unique": true})).await.ok();
}

#[tokio::test]
async fn later_operations_see_and_name_what_earlier_ones_did() {
    let tenant = Tenant::new().await;
    unique_email(&tenant).await;
    let binned = tenant
        .id_of("contacts", json!({"last_name": "Binned"}))
        .await;
    let path = format!("/contacts/{binned}");
    let results = batch(&tenant, json!([
        {"ref": "acme", "method": "POST", "path": "/companies?fields=id,name", "body": {"name": "Acme"}},
        {"ref": "both", "method": "POST", "path": "/contacts?fields=id,company.name", "body": [
            {"last_name": "Ann", "company_id": "$acme.id"}, {"last_name": "$$acme.id", "company_id": "$acme.id"},
        ]},
        {"ref": "ann", "method": "PATCH", "path": "/contacts/$both.data.0.id?fields=last_name,city,version", "body": {"city": "Riga"}, "if_match": "\"1\""},
        {"method": "POST", "path": "/contacts/upsert?on=email&fields=id,city", "body": {"email": "eve@example.com", "city": "$ann.city"}},
        {"method": "POST", "path": "/api/v1/contacts/upsert?on=email&fields=email", "body": [{"email": "eve@example.com"}, {"email": "new@example.com"}]},
        {"method": "DELETE", "path": path},
        {"method": "POST", "path": format!("{path}/restore?fields=id")},
        {"method": "DELETE", "path": format!("{path}?permanent=true")},
        {"method": "PATCH", "path": "/contacts?filter={\"city\":{\"eq\":\"Riga\"}}&max_affected=2", "body": {"title": "$acme.name"}},
        {"method": "DELETE", "path": "/contacts?filter={\"last_name\":{\"starts_with\":\"$\"}}"},
        {"method": "GET", "path": "/companies/$acme.id?fields=name,contacts.last_name"},
        {"method": "GET", "path": "/contacts?fields=last_name,title&sort=created_at&count=exact&limit=1"},
        {"method": "GET", "path": "/contacts?fields=id&count=estimated"},
    ])).await.ok();
    let results = results["results"].as_array().unwrap();
    let statuses: Vec<_> = results
        .iter()
        .map(|result| result["status"].as_u64().unwrap())
        .collect();
    assert_eq!(
        statuses,
        [
            201, 201, 200, 201, 200, 204, 200, 204, 200, 200, 200, 200, 200
        ]
    );
    let company = results[0]["body"]["id"].as_str().unwrap();
    assert_eq!(
        results[0],
        json!({
            "ref": "acme", "status": 201,
            "headers": {"etag": "\"1\"", "location": format!("/api/v1/companies/{company}")},
            "body": {"id": company, "name": "Acme"},
        })
    );
    assert_eq!(
        results[1]["body"]["data"][1]["company"],
        json!({"name": "Acme"})
    );
    assert_eq!(
        results[2]["body"],
        json!({"last_name": "Ann", "city": "Riga", "version": 2})
    );
    assert_eq!(results[2]["headers"], json!({"etag": "\"2\""}));
    assert_eq!(results[3]["body"]["city"], "Riga");
    assert_eq!(results[4]["body"]["results"], json!(["updated", "created"]));
    assert_eq!(results[5], json!({"status": 204}));
    assert_eq!(
        (&results[8]["body"], &results[9]["body"]),
        (&json!({"affected": 2}), &json!({"affected": 1}))
    );
    assert_eq!(
        results[10]["body"],
        json!({"name": "Acme", "contacts": [{"last_name": "Ann"}]})
    );
    assert_eq!(
        results[11]["body"]["data"],
        json!([{"last_name": "Ann", "title": "Acme"}])
    );
    assert_eq!(results[11]["body"]["total"], 3);
    assert!(results[12]["body"]["total"].is_u64());

    let events = tenant.events("contact").await;
    let actions: Vec<_> = events[1..]
        .iter()
        .map(|(action, ..)| action.as_str())
        .collect();
    assert_eq!(
        actions,
        [
            "created",
            "created",
            "updated",
            "created",
            "updated",
            "created",
            "deleted",
            "restored",
            "destroyed",
            "updated",
            "updated",
            "deleted"
        ]
    );
}

#[tokio::test]
async fn of_a_batch_that_fails_nothing_stays() {
    let tenant = Tenant::new().await;
    unique_email(&tenant).await;
    let ann = tenant
        .id_of("contacts", json!({"email": "ann@example.com"}))
        .await;
    let path = format!("/contacts/{ann}");
    let nobody = format!("/contacts/{}", Uuid::now_v7());
    for (operation, refused, kind) in [
        (
            json!({"method": "POST", "path": "/contacts", "body": {"email": "Ann@example.com"}}),
            "409 /operations/2/body/email unique",
            "conflict",
        ),
        (
            json!({"method": "POST", "path": "/contacts", "body": [{}, {"email": "no", "nonsense": 1}]}),
            "422 /operations/2/body/1/email format /operations/2/body/1/nonsense unknown",
            "invalid",
        ),
        (
            json!({"method": "POST", "path": "/contacts", "body": []}),
            "422 /operations/2 too_few",
            "invalid",
        ),
        (
            json!({"method": "POST", "path": "/contacts"}),
            "422 /operations/2 type",
            "invalid",
        ),
        (
            json!({"method": "POST", "path": "/contacts", "body": {"company_id": "$made.idd"}}),
            "422 /operations/2/body/company_id reference",
            "invalid",
        ),
        (
            json!({"method": "POST", "path": "/contacts", "body": {"company_id": "$made.id"}}),
            "422 /operations/2/body/company_id not_found",
            "invalid",
        ),
        (
            json!({"method": "PATCH", "path": "/contacts/$made.city", "body": {}}),
            "400 /operations/2 reference",
            "malformed",
        ),
        (
            json!({"method": "PATCH", "path": "/contacts/$made.last_name", "body": {}}),
            "404",
            "not_found",
        ),
        (
            json!({"method": "PATCH", "path": path, "body": {"city": "x"}, "if_match": "\"1\""}),
            "412",
            "precondition_failed",
        ),
        (
            json!({"method": "PATCH", "path": "/contacts?filter={}&max_affected=1", "body": {"city": "x"}}),
            "409",
            "too_many_matched",
        ),
        (
            json!({"method": "PATCH", "path": "/contacts", "body": {}}),
            "400 /operations/2/path/filter required",
            "malformed",
        ),
        (
            json!({"method": "DELETE", "path": nobody}),
            "404",
            "not_found",
        ),
        (
            json!({"method": "POST", "path": format!("{path}/restore")}),
            "409 /operations/2 not_deleted",
            "conflict",
        ),
        (json!({"method": "GET", "path": nobody}), "404", "not_found"),
        (
            json!({"method": "GET", "path": "/contacts?limit=0&fields=nonsense"}),
            "400 /operations/2/path/fields unknown /operations/2/path/limit range",
            "malformed",
        ),
        (
            json!({"method": "GET", "path": "/nonsense"}),
            "404",
            "not_found",
        ),
        (
            json!({"method": "GET", "path": "/metadata/objects"}),
            "404",
            "not_found",
        ),
        (
            json!({"method": "POST", "path": "/users", "body": {}}),
            "405",
            "method_not_allowed",
        ),
    ] {
        let answer = batch(&tenant, json!([
            {"ref": "made", "method": "POST", "path": "/contacts", "body": {"last_name": "Lost"}},
            {"method": "PATCH", "path": path, "body": {"city": "Lost"}},
            operation,
            {"ref": "more", "method": "GET", "path": "/contacts"},
        ])).await;
        assert_eq!(answer.refusal(), refused, "{operation}: {}", answer.text);
        assert_eq!(answer.body["type"], format!("/problems/{kind}"));
        assert_eq!(answer.body["operation"], 2);
        assert_eq!(
            answer.body["results"],
            json!([
                {"ref": "made", "status": 424, "outcome": "undone"},
                {"status": 424, "outcome": "undone"},
                {"status": answer.status, "outcome": "failed"},
                {"ref": "more", "status": 424, "outcome": "not_run"},
            ])
        );
    }
    assert_eq!(tenant.events("contact").await.len(), 1);
    let contact = tenant
        .get(&format!("/api/v1{path}?fields=city,version"))
        .await
        .ok();
    assert_eq!(contact, json!({"city": null, "version": 1}));
}

#[tokio::test]
async fn what_is_no_batch_is_refused_before_anything_runs() {
    let tenant = Tenant::new().await;
    let get = |path: &str| json!({"method": "GET", "path": path});
    let post = |body: Json| json!({"method": "POST", "path": "/contacts", "body": body});
    let many: Json = (0..101).map(|_| get("/contacts")).collect();
    for (operations, refused) in [
        (json!([]), "422 /operations too_few"),
        (many, "422 /operations too_many"),
        (
            json!([post(json!({})), get("/batch")]),
            "422 /operations/1/path not_possible",
        ),
        (
            json!([post(json!({})), {"method": "POST", "path": "/api/v1/batch", "body": {"operations": []}}]),
            "422 /operations/1/path not_possible",
        ),
        (
            json!([post(json!({})), get("contacts")]),
            "422 /operations/1/path format",
        ),
        (
            json!([get("/contacts/"), get("/"), get("/%ff"), get("")]),
            "422 /operations/0/path format /operations/1/path format /operations/2/path format /operations/3/path format",
        ),
        (
            json!([get("/a/b/c"), {"method": "PUT", "path": "/contacts"}, {"method": "get", "path": "/contacts"}, {"method": "POST", "path": "/contacts/x"}]),
            "422 /operations/0/path unknown /operations/1/path unknown /operations/2/path unknown /operations/3/path unknown",
        ),
        (
            json!([post(json!({"city": "$later.city"})), {"ref": "later", "method": "GET", "path": "/contacts"}]),
            "422 /operations/0/body/city reference",
        ),
        (
            json!([{"ref": "me", "method": "POST", "path": "/contacts", "body": [{}, {"company_id": "$me.id"}]}]),
            "422 /operations/0/body/1/company_id reference",
        ),
        (
            json!([get("/contacts/$nobody.id")]),
            "422 /operations/0/path reference",
        ),
        (
            json!([{"ref": "a", "method": "GET", "path": "/contacts"}, {"ref": "a", "method": "GET", "path": "/contacts"}, {"ref": "1", "method": "GET", "path": "/contacts"}, {"ref": "", "method": "GET", "path": "/contacts"}]),
            "422 /operations/1/ref unique /operations/2/ref pattern /operations/3/ref pattern",
        ),
        (
            json!([{"method": "PATCH", "path": "/contacts/x", "body": {}, "if_match": "3"}]),
            "422 /operations/0/if_match format",
        ),
        (
            json!([post(json!({})), {"method": "GET"}]),
            "400 /operations/1 type",
        ),
        (
            json!([post(json!({})), {"method": "GET", "path": "/contacts", "headers": {}}]),
            "400 /operations/1/headers unknown_key",
        ),
    ] {
        let answer = batch(&tenant, operations.clone()).await;
        assert_eq!(
            answer.refusal(),
            refused,
            "{operations:.300}: {}",
            answer.text
        );
    }
    assert_eq!(tenant.post(BATCH, json!({})).await.status, 400);
    assert_eq!(tenant.post(BATCH, json!([])).await.status, 400);
    assert_eq!(
        tenant
            .post(&format!("{BATCH}?x=1"), json!({"operations": []}))
            .await
            .refusal(),
        "400 /x unknown"
    );
    assert_eq!(tenant.get(BATCH).await.status, 405);
    assert_eq!(tenant.events("contact").await.len(), 0);
}

#[tokio::test]
async fn what_references_come_to_is_bounded() {
    let tenant = Tenant::new().await;
    let named = |times: usize| {
        let people = vec![json!({"last_name": "x".repeat(80)}); 100];
        json!([
            {"ref": "a", "method": "POST", "path": "/contacts?fields=last_name", "body": people},
            {"method": "POST", "path": "/contacts", "body": {"last_name": vec!["$a.data"; times]}},
        ])
    };
    // Ten kilobytes each.
    let within = batch(&tenant, named(900)).await;
    assert_eq!(within.refusal(), "422 /operations/1/body/last_name type");
    let beyond = batch(&tenant, named(1_000)).await.refusal();
    assert!(
        beyond.starts_with("422 /operations/1/body/last_name/9") && beyond.ends_with(" too_costly"),
        "{beyond}"
    );
    assert_eq!(tenant.events("contact").await.len(), 0);
}

#[tokio::test]
async fn preferences_hold_for_the_whole() {
    let tenant = Tenant::new().await;
    let operations = json!({"operations": [
        {"ref": "a", "method": "POST", "path": "/contacts", "body": {"last_name": "a"}},
        {"method": "GET", "path": "/contacts/$a.id?fields=last_name"},
    ]});
    let ask = async |preference: &str| {
        let request = tenant
            .request(Method::POST, BATCH)
            .header("prefer", preference);
        Answer::to(request.json(&operations)).await
    };
    let tried = ask("tx=rollback").await;
    assert_eq!(tried.header("preference-applied"), "tx=rollback");
    assert_eq!(tried.ok()["results"][1]["body"], json!({"last_name": "a"}));
    assert_eq!(tenant.events("contact").await.len(), 0);
    let short = ask("return=minimal").await.ok();
    assert_eq!(
        short["results"][1],
        json!({"status": 200, "headers": {"etag": "\"1\""}})
    );
    assert_eq!(short["results"][0]["body"], json!(null));
    assert_eq!(tenant.events("contact").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_keeps_to_one_model_while_it_changes() {
    let tenant = Tenant::new().await;
    let admin = (*tenant).clone();
    let changing = tokio::spawn(async move {
        for number in 0..12 {
            let field = json!({"api_name": format!("extra_{number}x"), "type": "text"});
            admin
                .post("/api/v1/metadata/objects/contact/fields", field)
                .await
                .created();
        }
    });
    let mut done = 0;
    while !changing.is_finished() {
        let answer = batch(&tenant, json!([
            {"ref": "c", "method": "POST", "path": "/companies", "body": {"name": "Acme"}},
            {"ref": "a", "method": "POST", "path": "/contacts", "body": {"company_id": "$c.id"}},
            {"method": "PATCH", "path": "/contacts/$a.id", "body": {"city": "Riga"}},
        ])).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        done += 1;
    }
    changing.await.unwrap();
    assert_eq!(tenant.events("company").await.len(), done);
    assert_eq!(tenant.events("contact").await.len(), 2 * done);
}
