//! One record: where it is, which version of it, and what a write answers.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Tenant};

async fn with_header(
    tenant: &Tenant,
    method: Method,
    path: &str,
    header: (&str, &str),
    body: Option<Json>,
) -> Answer {
    let request = tenant.request(method, path).header(header.0, header.1);
    Answer::to(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

#[tokio::test]
async fn a_record_says_where_it_is_and_which_version() {
    let tenant = Tenant::new().await;
    let made = tenant
        .post("/api/v1/contacts", json!({"last_name": "Ann"}))
        .await;
    let path = made.header("location").to_owned();
    assert_eq!(made.header("etag"), "\"1\"");
    let made = made.created();
    assert_eq!(
        path,
        format!("/api/v1/contacts/{}", made["id"].as_str().unwrap())
    );
    let me = &tenant.get("/api/v1/auth/me").await.ok()["user"]["id"];
    assert_eq!(
        (&made["created_by"], &made["updated_by"], &made["version"]),
        (me, me, &json!(1))
    );

    let read = tenant.get(&path).await;
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.ok(), made);
    let head = tenant.send(Method::HEAD, &path, None).await;
    assert_eq!(
        (head.status, head.header("etag"), head.text.as_str()),
        (200, "\"1\"", "")
    );
    let changed = tenant.patch(&path, json!({"city": "Riga"})).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.ok();
    assert_eq!(
        (&changed["version"], &changed["last_name"], &changed["city"]),
        (&json!(2), &json!("Ann"), &json!("Riga"))
    );
    assert_eq!(changed["created_at"], made["created_at"]);
    assert_eq!(
        tenant.patch(&path, json!({"last_name": null})).await.ok()["last_name"],
        Json::Null
    );
}

#[tokio::test]
async fn if_none_match_spares_the_body() {
    let tenant = Tenant::new().await;
    let path = format!(
        "/api/v1/contacts/{}",
        tenant.id_of("contacts", json!({})).await
    );
    for (tags, status) in [
        ("\"1\"", 304),
        ("W/\"1\"", 304),
        ("\"7\", \"1\"", 304),
        ("*", 304),
        ("\"2\"", 200),
        ("1", 200),
    ] {
        let answer = with_header(&tenant, Method::GET, &path, ("if-none-match", tags), None).await;
        assert_eq!(answer.status, status, "{tags}");
        assert_eq!(answer.header("etag"), "\"1\"", "{tags}");
        assert_eq!(answer.text.is_empty(), status == 304, "{tags}");
    }
    // A version says nothing about the records around.
    let wide = format!("{path}?fields=id,company.name");
    let answer = with_header(
        &tenant,
        Method::GET,
        &wide,
        ("if-none-match", "\"1\""),
        None,
    )
    .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn if_match_refuses_what_is_stale() {
    let tenant = Tenant::new().await;
    let path = format!(
        "/api/v1/contacts/{}",
        tenant.id_of("contacts", json!({"last_name": "0"})).await
    );
    for (method, tag, status, version) in [
        (Method::PATCH, "\"1\"", 200, 2),
        (Method::PATCH, "\"1\"", 412, 2),
        (Method::PATCH, "*", 200, 3),
        (Method::PATCH, "W/\"3\"", 412, 3),
        (Method::PATCH, "3", 400, 3),
        (Method::PATCH, "\"3\", *", 400, 3),
        (Method::PATCH, "\"1\", \"4\"", 412, 3),
        (Method::PATCH, "\"1\", W/\"3\"", 412, 3),
        (Method::PATCH, "\"3\",\"4\"", 200, 4),
        (Method::DELETE, "\"2\", \"3\"", 412, 4),
        (Method::DELETE, "\"2\", \"4\"", 204, 5),
    ] {
        let body = (method == Method::PATCH).then(|| json!({"last_name": tag}));
        let answer = with_header(&tenant, method.clone(), &path, ("if-match", tag), body).await;
        assert_eq!(answer.status, status, "{method} {tag}: {}", answer.text);
        let now = tenant.get(&format!("{path}?deleted=include")).await.ok();
        assert_eq!(now["version"], version, "{method} {tag}");
    }
}

#[tokio::test]
async fn of_many_writers_of_one_version_one_wins() {
    let tenant = Tenant::new().await;
    let path = format!(
        "/api/v1/contacts/{}",
        tenant.id_of("contacts", json!({})).await
    );
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..12 {
        let request = tenant
            .request(Method::PATCH, &path)
            .header("if-match", "\"1\"");
        writers.spawn(Answer::to(request.json(&json!({"lead_score": writer}))));
    }
    let mut statuses: Vec<_> = writers
        .join_all()
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200], vec![412; 11]].concat());
    assert_eq!(tenant.get(&path).await.ok()["version"], 2);
}

#[tokio::test]
async fn preferences_are_followed_and_acknowledged() {
    let tenant = Tenant::new().await;
    let contacts = "/api/v1/contacts";
    let post = async |prefer| {
        with_header(
            &tenant,
            Method::POST,
            contacts,
            ("prefer", prefer),
            Some(json!({"last_name": "Ann"})),
        )
        .await
    };
    let count = async || {
        tenant
            .get("/api/v1/contacts?count=exact&limit=1")
            .await
            .ok()["total"]
            .as_u64()
            .unwrap()
    };

    let minimal = post("return=minimal").await;
    assert_eq!(
        (
            minimal.status,
            minimal.text.as_str(),
            minimal.header("preference-applied")
        ),
        (201, "", "return=minimal")
    );
    let path = minimal.header("location").to_owned();
    assert_eq!(tenant.get(&path).await.ok()["last_name"], "Ann");
    let minimal = with_header(
        &tenant,
        Method::PATCH,
        &path,
        ("prefer", "return=minimal"),
        Some(json!({"city": "Riga"})),
    )
    .await;
    assert_eq!((minimal.status, minimal.text.as_str()), (204, ""));

    let tried = post("tx=rollback").await;
    assert_eq!(
        (tried.status, tried.header("preference-applied")),
        (201, "tx=rollback")
    );
    assert_eq!(tried.body["last_name"], "Ann", "as if it had been done");
    assert_eq!(tenant.get(tried.header("location")).await.status, 404);
    assert_eq!(count().await, 1);
    let tried = with_header(
        &tenant,
        Method::DELETE,
        &path,
        ("prefer", "tx=rollback"),
        None,
    )
    .await;
    assert_eq!(tried.status, 204);
    assert_eq!(count().await, 1);
    assert_eq!(
        tenant.events("contact").await.len(),
        2,
        "nothing is recorded of what was undone"
    );
    assert_eq!(
        post("respond-async, wait=10")
            .await
            .header("preference-applied"),
        ""
    );
}

#[tokio::test]
async fn ids_may_be_given_once() {
    let tenant = Tenant::new().await;
    let id = "01939f8e-0000-7000-8000-00000000000a";
    let contacts = "/api/v1/contacts";
    let made = tenant.post(contacts, json!({"id": id})).await;
    assert_eq!(made.header("location"), format!("{contacts}/{id}"));
    assert_eq!(made.created()["id"], id);
    assert_eq!(
        tenant.post(contacts, json!({"id": id})).await.refusal(),
        "409 /id unique"
    );
    assert_eq!(
        tenant
            .post(contacts, json!([{}, {"id": id}]))
            .await
            .refusal(),
        "409 /1/id unique"
    );
    assert_eq!(
        tenant.post(contacts, json!({"id": "mine"})).await.refusal(),
        "422 /id format"
    );
    assert_eq!(
        tenant
            .patch(
                &format!("{contacts}/{id}"),
                json!({"id": "01939f8e-0000-7000-8000-00000000000b"})
            )
            .await
            .status,
        422
    );
    // Another tenant may use it too: nothing is shared, and nothing given away.
    let other = Tenant::new().await;
    assert_eq!(other.get(&format!("{contacts}/{id}")).await.status, 404);
    other.post(contacts, json!({"id": id})).await.created();
}
