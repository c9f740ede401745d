//! `openapi.json` against the server it describes: what it says of requests is accepted, what it says of answers is answered.

use reqwest::Method;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

use crate::support::{Answer, Client, Tenant};

const PATH: &str = "/api/v1/openapi.json";

/// A document, and answers that were given since.
struct Described {
    document: Json,
    /// What each is said to be, and what it is. Checked together, since every schema leads to every other.
    answers: Vec<(Json, Json)>,
}

impl Described {
    async fn to(client: &Client) -> Self {
        Self {
            document: client.get(PATH).await.ok(),
            answers: Vec::new(),
        }
    }

    fn schemas(&self) -> &Map<String, Json> {
        self.document["components"]["schemas"].as_object().unwrap()
    }

    fn example(&self, schema: &str) -> Json {
        self.schemas()[schema]["examples"][0].clone()
    }

    fn operation(&self, method: &str, path: &str) -> &Json {
        let operation = &self.document["paths"][path][method];
        assert!(operation.is_object(), "{method} {path} is not described");
        operation
    }

    /// An answer that must be as it is described.
    fn answers(&mut self, operation: &str, status: u16, body: &Json) {
        let (method, path) = operation.split_once(' ').unwrap();
        let response = &self.operation(method, path)["responses"][status.to_string()];
        let response = match response["$ref"].as_str() {
            Some(reference) => self.document.pointer(&reference[1..]).unwrap(),
            None => response,
        };
        let content = response["content"].as_object().unwrap();
        let (_, content) = content.iter().next().unwrap();
        let schema = content["schema"].clone();
        self.answers.push((schema, body.clone()));
    }

    fn hold(self) {
        let (schemas, bodies): (Vec<_>, Vec<_>) = self.answers.into_iter().unzip();
        assert!(!schemas.is_empty());
        let whole = json!({"components": self.document["components"], "prefixItems": schemas});
        let options = jsonschema::options().should_validate_formats(true);
        let validator = options.build(&whole).unwrap();
        let nothing = Json::Array(vec![Json::Null; bodies.len()]);
        assert!(!validator.is_valid(&nothing), "it tells answers apart");
        let bodies = Json::Array(bodies);
        let errors: Vec<String> = validator
            .iter_errors(&bodies)
            .map(|error| {
                format!(
                    "{}: {error}: {:.500}",
                    error.instance_path(),
                    error.instance()
                )
            })
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }

    /// Every answered key must be described, too.
    #[track_caller]
    fn describes(&self, schema: &str, record: &Json) {
        let properties = &self.schemas()[&format!("{schema}Part")]["properties"];
        for key in record.as_object().unwrap().keys() {
            assert!(
                properties.get(key).is_some(),
                "{schema} does not describe {key}"
            );
        }
    }
}

/// An object with a field of every type that has an example of its settings.
async fn define_everything(tenant: &Tenant) {
    let types = tenant.get("/api/v1/metadata/field-types").await.ok();
    let fields = types["data"].as_array().unwrap().iter().map(|field_type| {
        let mut settings = field_type["example_settings"].clone();
        if settings.get("to").is_some() {
            settings["to"] = json!("contact");
        }
        json!({
            "api_name": format!("a_{}", field_type["name"].as_str().unwrap()),
            "type": field_type["name"],
            "settings": settings,
        })
    });
    let fields: Vec<Json> = fields.collect();
    // Few at a time, so that each is in the example of some object.
    for (index, fields) in fields.chunks(5).enumerate() {
        tenant
            .object(&format!("everything_{index}"), json!(fields))
            .await;
    }
    tenant.object("everything", json!(fields)).await;
}

async fn enable_all_modules(tenant: &Tenant) {
    let modules = tenant.get("/api/v1/metadata/modules").await.ok();
    for module in modules["data"].as_array().unwrap() {
        let name = module["name"].as_str().unwrap();
        let path = format!("/api/v1/metadata/modules/{name}/enable");
        tenant.post(&path, Json::Null).await.ok();
    }
}

/// Makes a record from an object's documented example, and before it those that it must point at.
async fn create_example(
    tenant: &Tenant,
    described: &mut Described,
    schema: &str,
    made: &mut BTreeMap<String, String>,
) -> String {
    if let Some(id) = made.get(schema) {
        return id.clone();
    }
    let input = &described.schemas()[&format!("{schema}CreateInput")];
    let mut example = input["examples"][0].clone();
    assert!(example.is_object(), "{schema} has no example: {input}");
    for (key, value) in example.as_object_mut().unwrap() {
        let Some(relation) = key.strip_suffix("_id") else {
            continue;
        };
        let part = format!("{schema}Part");
        let target = &described.schemas()[&part]["properties"][relation]["anyOf"][0]["$ref"];
        let target = target.as_str().unwrap().rsplit('/').next().unwrap();
        let target = target.strip_suffix("Part").unwrap().to_owned();
        let id = Box::pin(create_example(tenant, described, &target, made)).await;
        *value = json!(id);
    }
    let path = described.document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(_, path)| {
            path["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                == format!("#/components/schemas/{schema}CreateInput")
                && path["get"].is_object()
        });
    let (path, _) = path.unwrap();
    let answer = tenant.post(path, example.clone()).await;
    assert_eq!(answer.status, 201, "{schema} {example}: {}", answer.text);
    described.answers(&format!("post {path}"), 201, &answer.body);
    described.describes(schema, &answer.body);
    let id = answer.body["id"].as_str().unwrap().to_owned();
    made.insert(schema.to_owned(), id.clone());
    id
}

#[tokio::test]
async fn what_is_documented_is_accepted_and_answered() {
    let tenant = Tenant::new().await;
    enable_all_modules(&tenant).await;
    define_everything(&tenant).await;
    let mut described = Described::to(&tenant).await;
    let objects: Vec<(String, String)> = described.document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(path, _)| path.matches('/').count() == 3)
        .filter_map(|(path, item)| {
            let body = &item["post"]["requestBody"]["content"]["application/json"]["schema"];
            let name = body["$ref"].as_str()?.rsplit('/').next()?;
            // Keys and the like are made too, but are no records.
            let object = name.strip_suffix("CreateInput")?;
            Some((path.clone(), object.to_owned()))
        })
        .collect();
    assert!(objects.len() > 27, "{objects:?}");
    let mut made = BTreeMap::new();
    for (path, schema) in &objects {
        let id = create_example(&tenant, &mut described, schema, &mut made).await;
        let one = format!("{path}/{{id}}");
        let here = format!("{path}/{id}");
        described.answers(&format!("get {one}"), 200, &tenant.get(&here).await.ok());
        let page = tenant.find(path, &[("count", "exact")]).await.ok();
        described.answers(&format!("get {path}"), 200, &page);

        let change = described.example(&format!("{schema}UpdateInput"));
        let changed = tenant.patch(&here, change).await;
        assert_eq!(changed.status, 200, "{schema}: {}", changed.text);
        described.answers(&format!("patch {one}"), 200, &changed.body);

        for parameter in ["Fields", "Sort", "Filter"] {
            let parameter =
                &described.document["components"]["parameters"][format!("{schema}{parameter}")];
            let name = parameter["name"].as_str().unwrap();
            let example = parameter["example"].as_str().unwrap();
            let found = tenant.find(path, &[(name, example)]).await;
            assert_eq!(found.status, 200, "{path} {name}={example}: {}", found.text);
            described.answers(&format!("get {path}"), 200, &found.body);
        }
    }
    described.hold();
}

#[tokio::test]
async fn every_documented_condition_is_understood() {
    let tenant = Tenant::new().await;
    define_everything(&tenant).await;
    let mut described = Described::to(&tenant).await;
    let schemas = described.schemas().clone();
    let resolve = |schema: &Json| -> Json {
        let reference = schema["$ref"].as_str().unwrap();
        described.document.pointer(&reference[1..]).unwrap().clone()
    };
    let some = |schema: &Json| -> Json {
        if let Some(example) = schema.get("examples") {
            return example[0].clone();
        }
        let kind = schema["type"]
            .as_str()
            .or_else(|| schema["type"][0].as_str());
        match (kind, schema["format"].as_str()) {
            (Some("string"), Some("uuid")) => json!("01890a5d-ac96-774b-bcce-b302099a8057"),
            (Some("string"), Some("date")) => json!("2026-11-22"),
            (Some("string"), Some("date-time")) => json!("2026-11-22T10:30:00Z"),
            (Some("string"), _) => json!("text"),
            (Some("boolean"), _) => json!(true),
            (Some(_), _) => json!(1),
            (None, _) => json!({"any": 1}),
        }
    };
    let operators = |condition: &Json| -> Json {
        let operators = condition["properties"].as_object().unwrap().iter();
        let operators = operators.map(|(name, operand)| {
            let value = match operand.get("items") {
                Some(item) => json!([some(item), some(item)]),
                None => some(operand),
            };
            (name.clone(), value)
        });
        Json::Object(operators.collect())
    };
    let mut conditions: Vec<Json> = Vec::new();
    for (name, condition) in schemas["EverythingFilter"]["properties"]
        .as_object()
        .unwrap()
    {
        let filter = match condition["$ref"]
            .as_str()
            .map(|r| r.rsplit('/').next().unwrap())
        {
            Some(condition_name) if condition_name.ends_with("Condition") => {
                let condition = resolve(condition);
                let is_composite = condition["properties"]
                    .as_object()
                    .unwrap()
                    .values()
                    .all(|part| part.get("$ref").is_some());
                if is_composite {
                    let parts = condition["properties"].as_object().unwrap().iter();
                    let parts = parts
                        .map(|(part, condition)| (part.clone(), operators(&resolve(condition))));
                    Json::Object(parts.collect())
                } else {
                    operators(&condition)
                }
            }
            Some(list) if list.ends_with("ListFilter") => {
                json!({"some": {}, "every": {}, "none": {}})
            }
            Some(_) => json!({}),
            None => json!([{}]),
        };
        let mut filter = json!({name: filter}).to_string();
        if name.contains("select") {
            // A choice is compared with its options.
            filter = filter.replace("\"text\"", "\"new\"");
        }
        let found = tenant
            .find("/api/v1/everythings", &[("filter", &filter)])
            .await;
        assert_eq!(found.status, 200, "{filter}: {}", found.text);
        conditions.push(serde_json::from_str(&filter).unwrap());
    }
    assert!(conditions.len() > 30, "{conditions:?}");
    let schema = json!({"$ref": "#/components/schemas/EverythingFilter"});
    let asked = conditions.into_iter().map(|asked| (schema.clone(), asked));
    described.answers.extend(asked);
    described.hold();
    // And nothing else is.
    let nonsense = tenant
        .find(
            "/api/v1/everythings",
            &[("filter", r#"{"a_boolean":{"gt":true}}"#)],
        )
        .await;
    assert_eq!(nonsense.status, 400);
    assert!(
        schemas["BooleanCondition"]["properties"]
            .get("gt")
            .is_none()
    );
}

#[tokio::test]
async fn the_other_endpoints_are_as_documented() {
    let tenant = Tenant::new().await;
    let mut described = Described::to(&tenant).await;
    let guest = tenant.guest();
    let credentials = json!({"email": tenant.email, "password": crate::support::tenant::PASSWORD});
    let signed_in = guest.post("/api/v1/auth/login", credentials).await.ok();
    described.answers("post /api/v1/auth/login", 200, &signed_in);
    described.answers(
        "get /api/v1/auth/me",
        200,
        &tenant.get("/api/v1/auth/me").await.ok(),
    );
    let change = described.example("ProfileChange");
    let changed = tenant.patch("/api/v1/auth/me", change).await.ok();
    described.answers("patch /api/v1/auth/me", 200, &changed);
    let sessions = tenant.get("/api/v1/auth/sessions").await.ok();
    described.answers("get /api/v1/auth/sessions", 200, &sessions);
    let refused = guest.get("/api/v1/auth/me").await;
    described.answers("get /api/v1/auth/me", 401, &refused.body);
    assert_eq!(refused.header("content-type"), "application/problem+json");

    for path in ["objects", "objects/{object}", "field-types", "modules"] {
        let path = format!("/api/v1/metadata/{path}");
        let answer = tenant.get(&path.replace("{object}", "contact")).await.ok();
        described.answers(&format!("get {path}"), 200, &answer);
    }
    let object = tenant
        .post(
            "/api/v1/metadata/objects",
            described.example("ObjectDefinition"),
        )
        .await
        .created();
    described.answers("post /api/v1/metadata/objects", 201, &object);
    let field = tenant
        .post(
            "/api/v1/metadata/objects/vehicle/fields",
            described.example("FieldDefinition"),
        )
        .await
        .created();
    described.answers("post /api/v1/metadata/objects/{object}/fields", 201, &field);
    tenant
        .patch(
            "/api/v1/metadata/objects/vehicle",
            described.example("ObjectPatch"),
        )
        .await
        .ok();
    tenant
        .patch(
            "/api/v1/metadata/objects/vehicle/fields/colour",
            described.example("FieldPatch"),
        )
        .await
        .ok();

    let usage = tenant
        .get("/api/v1/metadata/objects/vehicle/fields/colour/usage")
        .await
        .ok();
    described.answers(
        "get /api/v1/metadata/objects/{object}/fields/{field}/usage",
        200,
        &usage,
    );

    let affected = tenant
        .send(
            Method::DELETE,
            "/api/v1/contacts?filter={}&max_affected=100",
            None,
        )
        .await
        .ok();
    described.answers("delete /api/v1/contacts", 200, &affected);
    described.hold();
}

#[tokio::test]
async fn each_caller_gets_their_own() {
    let (tenant, other) = (Tenant::new().await, Tenant::new().await);
    tenant.object("secret_plan", json!([])).await;
    assert_eq!(tenant.guest().get(PATH).await.status, 401);
    let member = tenant.member().await;
    let of_admin = tenant.get(PATH).await;
    let of_member = member.get(PATH).await;
    let of_other = other.get(PATH).await;
    assert!(of_admin.text.contains("/api/v1/metadata/objects"));
    assert!(of_admin.text.contains("/api/v1/secret_plans/{id}"));
    assert!(!of_member.text.contains("/metadata/modules/{module}"));
    assert!(of_member.text.contains("SecretPlanCreateInput"));
    assert!(!of_other.text.contains("ecret_plan") && !of_other.text.contains("SecretPlan"));
    let tags = [&of_admin, &of_member, &of_other].map(|answer| answer.header("etag"));
    assert!(tags[0] != tags[1] && tags[0] != tags[2], "{tags:?}");
    assert_eq!(of_admin.header("content-type"), "application/json");
    assert!(of_admin.header("cache-control").contains("private"));
    let nonsense = tenant.get(&format!("{PATH}?nonsense=1")).await;
    assert_eq!(nonsense.refusal(), "400 /nonsense unknown");
}

#[tokio::test]
async fn it_is_sent_again_only_when_it_has_changed() {
    let tenant = Tenant::new().await;
    let first = tenant.get(PATH).await;
    let again = async |tag: &str, language: &str| {
        let request = tenant
            .request(Method::GET, PATH)
            .header("if-none-match", tag);
        Answer::to(request.header("accept-language", language)).await
    };
    let tag = first.header("etag");
    for held in [
        tag.to_owned(),
        format!("W/{tag}"),
        format!("\"else\", {tag}"),
        "*".to_owned(),
    ] {
        let answer = again(&held, "en").await;
        assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{held}");
        assert_eq!(answer.header("etag"), tag);
    }
    let russian = again(tag, "ru").await;
    assert_eq!(
        (russian.status, russian.header("content-language")),
        (200, "ru")
    );
    tenant.object("vehicle", json!([])).await;
    let changed = again(tag, "en").await;
    assert_eq!(changed.status, 200);
    assert!(changed.text.contains("/api/v1/vehicles"));
    assert_ne!(changed.header("etag"), tag);
}

#[tokio::test]
async fn what_happened_is_as_documented() {
    let tenant = Tenant::new().await;
    let mut described = Described::to(&tenant).await;
    let id = tenant.id_of("contacts", json!({"city": "Riga"})).await;
    let path = format!("/api/v1/contacts/{id}");
    let changed = tenant.patch(&path, json!({"city": "Oslo"})).await;
    let change = changed.header("x-change-id").to_owned();
    let history = tenant.get(&format!("{path}/history")).await.ok();
    described.answers("get /api/v1/contacts/{id}/history", 200, &history);
    let body = described.example("Reversion");
    let reverted = tenant.post(&format!("{path}/revert"), body).await.ok();
    described.answers("post /api/v1/contacts/{id}/revert", 200, &reverted);
    let undo = format!("/api/v1/changes/{change}/revert");
    let undone = tenant.post(&undo, Json::Null).await.ok();
    described.answers("post /api/v1/changes/{id}/revert", 200, &undone);
    tenant.patch(&path, json!({"city": "Bonn"})).await.ok();
    let created = history["data"][1]["change_id"].as_str().unwrap();
    let undo = format!("/api/v1/changes/{created}/revert");
    let undone = tenant.post(&undo, Json::Null).await.ok();
    assert_eq!(undone["conflicts"][0]["fields"], json!(["city"]));
    described.answers("post /api/v1/changes/{id}/revert", 200, &undone);
    let changes = tenant.get("/api/v1/changes?by=me").await.ok();
    described.answers("get /api/v1/changes", 200, &changes);
    described.hold();
}

#[tokio::test]
async fn what_goes_beyond_one_record_is_as_documented() {
    let tenant = Tenant::new().await;
    let fields = json!([{"api_name": "code", "type": "text", "unique": true}]);
    tenant.object("part", fields).await;
    let mut described = Described::to(&tenant).await;
    let upsert = "/api/v1/parts/upsert?on=code";
    for status in [201, 200] {
        let answer = tenant.post(upsert, json!({"code": "a"})).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        described.answers("post /api/v1/parts/upsert", status, &answer.body);
    }
    // A list is answered as a list, under an address of its own too.
    let several = json!([{"code": "a"}, {"code": "b"}]);
    let listed = "/api/v1/parts/upsert/many?on=code";
    let answer = tenant.post(listed, several.clone()).await.ok();
    assert_eq!(answer["results"], json!(["updated", "created"]));
    described.answers("post /api/v1/parts/upsert/many", 200, &answer);
    let answer = tenant.post(upsert, several).await.ok();
    assert_eq!(answer["results"], json!(["updated", "updated"]));
    let several = json!([{"code": "c"}, {"code": "d"}]);
    let answer = tenant.post("/api/v1/parts/many", several).await.created();
    assert_eq!(answer["data"][1]["code"], "d");
    described.answers("post /api/v1/parts/many", 201, &answer);
    let ids = [0, 1].map(|place| answer["data"][place]["id"].clone());
    let several = json!([{"id": ids[0], "code": "e", "version": 1}, {"id": ids[1]}]);
    let answer = tenant
        .patch("/api/v1/parts/many", several.clone())
        .await
        .ok();
    assert_eq!(answer["data"][0]["code"], "e");
    described.answers("patch /api/v1/parts/many", 200, &answer);
    let asked = json!({"$ref": "#/components/schemas/PartChangeInput"});
    described.answers.push((asked, several[0].clone()));
    for path in ["/api/v1/parts/many", listed] {
        let one = tenant.post(path, json!({"code": "e"})).await;
        assert_eq!(one.refusal(), "422  type", "{path}");
    }

    let batch = described.example("Batch");
    let answer = tenant.post("/api/v1/batch", batch).await.ok();
    described.answers("post /api/v1/batch", 200, &answer);

    let operation = described.operation("post", "/api/v1/contacts/aggregate");
    let body = operation["requestBody"]["content"]["application/json"]["example"].clone();
    let answer = tenant
        .post("/api/v1/contacts/aggregate", body.clone())
        .await
        .ok();
    assert!(answer["data"][0]["n"].is_number(), "{answer}");
    described.answers("post /api/v1/contacts/aggregate", 200, &answer);
    let asked = json!({"$ref": "#/components/schemas/ContactAggregateRequest"});
    described.answers.push((asked, body));

    let none = tenant
        .send(
            Method::DELETE,
            "/api/v1/parts?filter={}&max_affected=1",
            None,
        )
        .await;
    assert_eq!(none.status, 409);
    described.answers("delete /api/v1/parts", 409, &none.body);
    described.hold();
}
