//! Changes of the model under `Prefer: tx=rollback`: each answers as the change itself does, and nothing comes of it.

use reqwest::Method;
use serde_json::{Value as Json, json};
use sqlx::postgres::PgListener;

use crate::support::{Answer, Tenant};

const OBJECTS: &str = "/api/v1/metadata/objects";

async fn send(tenant: &Tenant, method: &Method, path: &str, body: &Json, trial: bool) -> Answer {
    let request = tenant.request(method.clone(), path);
    let request = if body.is_null() {
        request
    } else {
        request.json(body)
    };
    Answer::to(if trial {
        request.header("prefer", "tx=rollback")
    } else {
        request
    })
    .await
}

/// A description without the ids in it: each definition of something new has its own.
fn without_ids(mut description: Json) -> Json {
    match &mut description {
        Json::Object(members) => {
            members.remove("id");
            for member in members.values_mut() {
                *member = without_ids(member.take());
            }
        }
        Json::Array(items) => {
            for item in items {
                *item = without_ids(item.take());
            }
        }
        _ => {}
    }
    description
}

/// What there is of the model and of the records, seen from outside.
const STATE: [&str; 3] = [
    "/api/v1/metadata/objects/vehicle",
    "/api/v1/metadata/modules",
    "/api/v1/vehicles?deleted=include",
];
/// What is made from the model, which takes longer.
const DOCUMENTS: [&str; 3] = [
    OBJECTS,
    "/api/v1/openapi.json",
    "/graphql?query={__schema{types{name,fields{name}}}}",
];

async fn seen(tenant: &Tenant, paths: &[&str]) -> Vec<Json> {
    let mut seen = Vec::new();
    for path in paths {
        let answer = tenant.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        seen.push(json!(answer.header("x-model-version")));
        seen.push(answer.body);
    }
    seen
}

#[tokio::test]
async fn a_trial_answers_as_the_change_and_nothing_comes_of_it() {
    let tenant = Tenant::new().await;
    tenant
        .object(
            "vehicle",
            json!([
                {"api_name": "plate", "name": "Plate", "type": "text"},
                {"api_name": "colour", "name": "Colour", "type": "select",
                 "settings": {"options": [{"value": "red"}, {"value": "blue"}]}},
                {"api_name": "number", "name": "Number", "type": "integer"},
                {"api_name": "spare", "name": "Spare", "type": "text"},
            ]),
        )
        .await;
    for number in [1, 1, 2] {
        let record = json!({"plate": "", "colour": "red", "number": number, "spare": "kept"});
        tenant.create("vehicles", record).await;
    }
    let trip = json!({
        "api_name": "trip", "plural_api_name": "trips", "name": "Trip", "plural_name": "Trips",
        "fields": [{"api_name": "vehicle", "name": "Vehicle", "type": "relation", "settings": {"to": "vehicle"}}],
    });
    let vehicle = format!("{OBJECTS}/vehicle");
    let field = |name: &str| format!("{OBJECTS}/vehicle/fields/{name}");
    let confirmed = |name: &str| format!("{}?confirm={name}", field(name));
    let fields = format!("{OBJECTS}/vehicle/fields");
    let (post, patch, delete) = (Method::POST, Method::PATCH, Method::DELETE);
    let cases = [
        // What is refused.
        (201, &post, OBJECTS.to_owned(), trip.clone()),
        (409, &post, OBJECTS.to_owned(), trip),
        (
            422,
            &post,
            OBJECTS.to_owned(),
            json!({"api_name": "No Name"}),
        ),
        (
            404,
            &patch,
            format!("{OBJECTS}/nothing"),
            json!({"name": "X"}),
        ),
        (409, &patch, field("number"), json!({"unique": true})),
        (
            409,
            &patch,
            field("colour"),
            json!({"settings": {"options": [{"value": "blue"}]}}),
        ),
        (
            409,
            &post,
            fields.clone(),
            json!({"api_name": "must", "type": "text", "required": true}),
        ),
        (422, &delete, field("spare"), Json::Null),
        (
            409,
            &delete,
            format!("{vehicle}?confirm=vehicle"),
            Json::Null,
        ),
        // What is done.
        (
            200,
            &patch,
            vehicle.clone(),
            json!({"name": "Car", "description": "What we drive"}),
        ),
        (
            201,
            &post,
            fields.clone(),
            json!({"api_name": "seats", "type": "integer", "required": true, "default_value": 4}),
        ),
        (
            201,
            &post,
            fields,
            json!({"api_name": "running", "type": "auto_number", "settings": {"format": "V-{0000}"}}),
        ),
        (
            200,
            &patch,
            field("plate"),
            json!({"unique": true, "name": "Number plate"}),
        ),
        (
            200,
            &patch,
            field("number"),
            json!({"required": true, "indexed": true}),
        ),
        (204, &delete, confirmed("spare"), Json::Null),
        (
            200,
            &post,
            "/api/v1/metadata/modules/erp/enable".to_owned(),
            json!({}),
        ),
        (
            204,
            &delete,
            format!("{OBJECTS}/trip?confirm=trip"),
            Json::Null,
        ),
    ];
    let me = tenant.get("/api/v1/auth/me").await.ok();
    let id = me["tenant"]["id"].as_str().unwrap();
    let database = &tenant.server.database.url;
    let mut listener = PgListener::connect(database).await.unwrap();
    listener.listen("tessera_model").await.unwrap();
    let mut made = Vec::new();
    for (number, (status, method, path, body)) in cases.iter().enumerate() {
        let told = format!("{method} {path} {body}");
        let mut paths = STATE.to_vec();
        if number == 0 {
            paths.extend(DOCUMENTS);
        }
        let before = seen(&tenant, &paths).await;
        let trial = send(&tenant, method, path, body, true).await;
        assert_eq!(trial.status, *status, "{told}: {}", trial.text);
        assert!(seen(&tenant, &paths).await == before, "{told} left a trace");
        let change = send(&tenant, method, path, body, false).await;
        assert_eq!(change.status, trial.status, "{told}: {}", change.text);
        let bodies = [&change, &trial].map(|answer| without_ids(answer.body.clone()));
        assert_eq!(bodies[0], bodies[1], "{told}");
        assert_eq!(
            change.header("location"),
            trial.header("location"),
            "{told}"
        );
        assert_eq!(change.header("preference-applied"), "", "{told}");
        if *status < 400 {
            assert_eq!(trial.header("preference-applied"), "tx=rollback", "{told}");
            assert_eq!(trial.header("x-model-version"), before[0], "{told}");
            made.push(format!("{id}:{}", change.header("x-model-version")));
        }
    }
    // Other servers were notified of the changes, and of nothing else.
    let mut notified = Vec::new();
    while notified.len() < made.len() {
        let payload = listener.recv().await.unwrap().payload().to_owned();
        notified.extend(payload.starts_with(id).then_some(payload));
    }
    assert_eq!(notified, made);
}

#[tokio::test]
async fn a_trial_is_not_taken_for_the_change_of_the_same_key() {
    let tenant = Tenant::new().await;
    let path = format!("{OBJECTS}/contact/fields");
    let field = json!({"api_name": "colour", "type": "text"});
    let keyed = |key: &str| {
        let request = tenant.request(Method::POST, &path);
        request.header("idempotency-key", key).json(&field)
    };
    for _ in 0..2 {
        let trial = Answer::to(keyed("k1").header("prefer", "tx=rollback")).await;
        assert_eq!(trial.status, 201, "{}", trial.text);
        assert_eq!(trial.header("preference-applied"), "tx=rollback");
    }
    assert_eq!(Answer::to(keyed("k1")).await.status, 422);
    Answer::to(keyed("k2")).await.created();
}

#[tokio::test]
async fn who_may_not_change_the_model_may_not_try_it() {
    let tenant = Tenant::new().await;
    let member = tenant.member().await;
    for (client, status) in [(member, 403), (tenant.guest(), 401)] {
        let request = client.request(Method::PATCH, &format!("{OBJECTS}/contact"));
        let request = request.header("prefer", "tx=rollback");
        let answer = Answer::to(request.json(&json!({"name": "X"}))).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
}
