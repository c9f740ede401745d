//! The bin: into it, out of it, and out for good.

use serde_json::json;

use crate::support::Tenant;

#[tokio::test]
async fn there_and_back_and_gone() {
    let tenant = Tenant::new().await;
    let company = tenant.id_of("companies", json!({"name": "Acme"})).await;
    let id = tenant
        .id_of(
            "contacts",
            json!({"last_name": "Ann", "company_id": company}),
        )
        .await;
    tenant
        .create(
            "contacts",
            json!({"last_name": "Bob", "company_id": company}),
        )
        .await;
    let path = format!("/api/v1/contacts/{id}");
    let names = async |deleted: &str| {
        let listed = tenant
            .get(&format!(
                "/api/v1/contacts?sort=last_name&fields=last_name&deleted={deleted}"
            ))
            .await
            .ok();
        let names: Vec<_> = listed["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|contact| contact["last_name"].as_str().unwrap().to_owned())
            .collect();
        names.join(" ")
    };
    assert_eq!(
        tenant
            .post(&format!("{path}/restore"), json!({}))
            .await
            .refusal(),
        "409  not_deleted"
    );

    tenant.delete(&path).await.no_content();
    assert_eq!(
        [
            names("exclude").await,
            names("include").await,
            names("only").await
        ],
        ["Bob", "Ann Bob", "Ann"]
    );
    for (method, path) in [
        ("GET", path.clone()),
        ("PATCH", path.clone()),
        ("DELETE", path.clone()),
    ] {
        let answer = tenant
            .send(
                method.parse().unwrap(),
                &path,
                (method == "PATCH").then(|| json!({"city": "x"})),
            )
            .await;
        assert_eq!(answer.status, 404, "{method} {}", answer.text);
    }
    let binned = tenant.get(&format!("{path}?deleted=only")).await.ok();
    assert!(binned["deleted_at"].is_string());
    let shown = tenant
        .get(&format!(
            "/api/v1/companies/{company}?fields=contacts.last_name"
        ))
        .await
        .ok();
    assert_eq!(
        shown["contacts"],
        json!([{"last_name": "Bob"}]),
        "what is in the bin is not shown through relations"
    );

    let restored = tenant.post(&format!("{path}/restore"), json!({})).await;
    assert_eq!(restored.header("etag"), "\"3\"");
    let restored = restored.ok();
    assert_eq!(
        (&restored["last_name"], &restored["deleted_at"]),
        (&json!("Ann"), &json!(null))
    );
    assert_eq!(names("exclude").await, "Ann Bob");

    tenant
        .delete(&format!("{path}?permanent=true"))
        .await
        .no_content();
    assert_eq!([names("include").await, names("only").await], ["Bob", ""]);
    for path in [&path, &format!("{path}?permanent=true")] {
        assert_eq!(tenant.delete(path).await.status, 404);
    }
    assert_eq!(
        tenant
            .post(&format!("{path}/restore"), json!({}))
            .await
            .status,
        404
    );
    let actions: Vec<_> = tenant
        .events("contact")
        .await
        .into_iter()
        .map(|(action, ..)| action)
        .collect();
    assert_eq!(
        actions,
        ["created", "created", "deleted", "restored", "destroyed"]
    );
}

#[tokio::test]
async fn what_is_in_the_bin_can_be_destroyed() {
    let tenant = Tenant::new().await;
    let id = tenant.id_of("contacts", json!({})).await;
    tenant
        .delete(&format!("/api/v1/contacts/{id}"))
        .await
        .no_content();
    tenant
        .delete(&format!("/api/v1/contacts/{id}?permanent=true"))
        .await
        .no_content();
    assert_eq!(
        tenant
            .get(&format!("/api/v1/contacts/{id}?deleted=include"))
            .await
            .status,
        404
    );
    let wrong = tenant
        .delete(&format!("/api/v1/contacts/{id}?permanent=yes"))
        .await;
    assert_eq!(wrong.refusal(), "400 /permanent unknown");
}

#[tokio::test]
async fn no_face_links_to_a_record_in_the_bin() {
    let tenant = Tenant::new().await;
    let company = tenant.id_of("companies", json!({"name": "Acme"})).await;
    let contact = tenant.id_of("contacts", json!({"last_name": "Ann"})).await;
    tenant
        .delete(&format!("/api/v1/companies/{company}"))
        .await
        .no_content();
    let body = || json!({"company_id": company});
    let filter = format!("/api/v1/contacts?filter={{\"id\":{{\"eq\":\"{contact}\"}}}}");
    let upsert = json!([{"id": contact, "company_id": company}]);
    for (answer, told) in [
        (
            tenant.post("/api/v1/contacts", body()).await,
            "422 /company_id not_found",
        ),
        (
            tenant.post("/api/v1/contacts", json!([{}, body()])).await,
            "422 /1/company_id not_found",
        ),
        (
            tenant
                .patch(&format!("/api/v1/contacts/{contact}"), body())
                .await,
            "422 /company_id not_found",
        ),
        (
            tenant.patch(&filter, body()).await,
            "422 /company_id not_found",
        ),
        (
            tenant.post("/api/v1/contacts/upsert?on=id", upsert).await,
            "422 /0/company_id not_found",
        ),
    ] {
        assert_eq!(answer.refusal(), told, "{}", answer.text);
    }
    let operation = json!({"method": "POST", "path": "/contacts", "body": body()});
    let batch = tenant
        .post("/api/v1/batch", json!({"operations": [operation]}))
        .await;
    assert_eq!(batch.status, 422, "{}", batch.text);
    let mutation = "mutation($to: UUID!) { createContact(data: {companyId: $to}) { id } }";
    let created = tenant.graphql(mutation, json!({"to": company})).await;
    assert!(created.text.contains("not_found"), "{}", created.text);
    let mutation = "mutation($id: UUID!, $to: UUID!) { \
        updateContact(id: $id, data: {companyId: $to}) { id } }";
    let updated = tenant
        .graphql(mutation, json!({"id": contact, "to": company}))
        .await;
    assert!(updated.text.contains("not_found"), "{}", updated.text);
    assert_eq!(tenant.events("contact").await.len(), 1);
    tenant
        .post(&format!("/api/v1/companies/{company}/restore"), json!({}))
        .await
        .ok();
    tenant.create("contacts", body()).await;
}

#[tokio::test]
async fn what_cascades_and_what_is_restricted_by_both_faces_and_in_batches() {
    let tenant = Tenant::new().await;
    let relation = |name: &str, on_delete: &str| json!([{"api_name": name, "type": "relation", "settings": {"to": "company", "on_delete": on_delete}}]);
    tenant.object("branch", relation("of", "cascade")).await;
    tenant.object("bond", relation("with", "restrict")).await;
    let company = tenant.id_of("companies", json!({"name": "Acme"})).await;
    let branch = tenant.id_of("branchs", json!({"of_id": company})).await;
    let bond = tenant.id_of("bonds", json!({"with_id": company})).await;
    let path = format!("/api/v1/companies/{company}");
    let delete =
        json!({"operations": [{"method": "DELETE", "path": format!("/companies/{company}")}]});
    let mutation = "mutation($id: UUID!) { deleteCompany(id: $id) { id } }";
    assert_eq!(tenant.delete(&path).await.refusal(), "409  restricted");
    let batch = tenant.post("/api/v1/batch", delete.clone()).await;
    assert_eq!(batch.status, 409, "{}", batch.text);
    let refused = tenant.graphql(mutation, json!({"id": company})).await;
    assert!(refused.text.contains("restricted"), "{}", refused.text);
    tenant
        .delete(&format!("/api/v1/bonds/{bond}?permanent=true"))
        .await
        .no_content();
    for round in 0..3 {
        match round {
            0 => tenant.delete(&path).await.no_content(),
            1 => drop(tenant.post("/api/v1/batch", delete.clone()).await.ok()),
            _ => drop(tenant.data(mutation, json!({"id": company})).await),
        }
        let of_branch = format!("/api/v1/branchs/{branch}");
        assert_eq!(tenant.get(&of_branch).await.status, 404);
        tenant
            .post(&format!("{path}/restore"), json!({}))
            .await
            .ok();
        assert_eq!(tenant.get(&of_branch).await.ok()["version"], 3 + 2 * round);
    }
}

/// Records that refer to a destroyed one change as by an update, whichever way it is destroyed.
#[tokio::test]
async fn what_refers_to_a_destroyed_record_has_a_new_version() {
    let tenant = Tenant::new().await;
    let friends = json!([
        {"api_name": "company", "type": "relation", "settings": {"to": "company"}},
        {"api_name": "whole", "type": "relation", "settings": {"to": "company", "on_delete": "cascade"}},
        {"api_name": "companies", "type": "many_to_many", "settings": {"to": "company", "inverse": {"api_name": "circles"}}},
    ]);
    tenant.object("circle", friends).await;
    let notes = json!([{"api_name": "circle", "type": "relation", "settings": {"to": "circle"}}]);
    tenant.object("scrap", notes).await;
    for way in ["rest", "graphql", "batch"] {
        let company = tenant.id_of("companies", json!({"name": "Acme"})).await;
        let emptied = json!({"name": "emptied", "company_id": company});
        let emptied = tenant.id_of("circles", emptied).await;
        let unlinked = json!({"name": "unlinked", "companies_ids": [company]});
        let unlinked = tenant.id_of("circles", unlinked).await;
        let along = json!({"name": "along", "whole_id": company, "company_id": company});
        let along = tenant.id_of("circles", along).await;
        let below = json!({"name": "below", "circle_id": along});
        let below = tenant.id_of("scraps", below).await;
        let had = tenant.events("circle").await.len();
        let path = format!("/companies/{company}?permanent=true");
        match way {
            "rest" => {
                let path = format!("/api/v1{path}");
                tenant.delete(&path).await.no_content();
            }
            "graphql" => {
                let query = "mutation($id: UUID!) { destroyCompany(id: $id) { id } }";
                tenant.data(query, json!({"id": company})).await;
            }
            _ => {
                let operations = json!([
                    {"method": "PATCH", "path": format!("/circles/{emptied}"), "body": {"name": "before"}},
                    {"method": "DELETE", "path": path},
                    {"method": "PATCH", "path": format!("/circles/{emptied}"), "body": {"name": "after"}},
                ]);
                let body = json!({"operations": operations});
                tenant.post("/api/v1/batch", body).await.ok();
            }
        }
        let changes = if way == "batch" { 4 } else { 2 };
        for (path, versions, key, left) in [
            (
                format!("circles/{emptied}"),
                changes,
                "company_id",
                json!(null),
            ),
            (format!("circles/{unlinked}"), 2, "companies.id", json!([])),
            (format!("scraps/{below}"), 2, "circle_id", json!(null)),
        ] {
            let path = format!("/api/v1/{path}?fields=version,{key}");
            let shown = tenant.get(&path).await.ok();
            let key = key.trim_end_matches(".id");
            assert_eq!(shown, json!({"version": versions, key: left}), "{way}");
        }
        let gone = tenant
            .get(&format!("/api/v1/circles/{along}?deleted=include"))
            .await;
        assert_eq!(gone.status, 404);
        let events = tenant.events("circle").await.split_off(had);
        let of = |action: &str| events.iter().filter(|event| event.0 == action).count();
        assert_eq!(
            (of("updated"), of("destroyed")),
            (changes, 1),
            "{way}: {events:?}"
        );
        let emptied = events
            .iter()
            .find(|event| event.1["company_id"] == json!(company) && event.0 == "updated");
        let (_, before, after) = emptied.unwrap();
        assert_eq!(after["company_id"], json!(null));
        assert_eq!(
            after["version"],
            json!(before["version"].as_i64().unwrap() + 1)
        );
    }
}
