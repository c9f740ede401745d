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
