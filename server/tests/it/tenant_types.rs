//! Field types that one tenant has beside the built-in ones, made at run time: a way through both APIs, and none for others.

use axum::Router;
use serde_json::{Value as Json, json};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tessera_catalog::tenant_types::{Reading, TenantTypes};
use tessera_engine::engine::Engine;
use tessera_http::state::Api;
use tessera_identity::{Identity, SignupPolicy};
use tessera_schema::appearance::{Appearance, Group};
use tessera_schema::column::ColumnType;
use tessera_schema::field_type::FieldType;
use tessera_schema::field_types::text::Text;
use tessera_schema::field_types::{BadTypeName, FieldTypes};
use tessera_schema::ident::TenantId;
use tessera_schema::mismatch::{Mismatch, at_value};
use tessera_schema::operator::{self, Operator};
use tessera_schema::scalar::Scalar;
use tessera_schema::setting::Setting;
use tessera_schema::settings::Settings;
use tessera_schema::storage::{Component, Storage};
use tessera_schema::title::Title;
use tessera_schema::violation::Violation;
use tower::ServiceBuilder;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};

use crate::engine_support::TestDatabase;
use crate::support::Client;
use crate::support::tenant::sign_up;

/// A text whose letters have a checksum. All that it says of itself is owned, as if it came out of a file.
#[derive(Debug)]
struct Iban {
    name: String,
    words: String,
    setting: String,
    operators: Vec<&'static Operator>,
}

impl Iban {
    fn new(plugin: &str) -> Self {
        Self {
            name: format!("{plugin}.iban"),
            words: format!("IBAN of {plugin}"),
            setting: ["count", "ries"].concat(),
            operators: vec![
                &operator::EQ,
                &operator::IN,
                &operator::STARTS_WITH,
                &operator::IS_NULL,
            ],
        }
    }

    fn words(&self) -> Title {
        Title::owned(self.words.clone(), format!("{} по-русски", self.words))
    }
}

fn without_spaces(value: &Json) -> Json {
    let text = value.as_str().unwrap_or_default().replace(' ', "");
    json!(text.to_uppercase())
}

/// ISO 7064, mod 97-10.
fn adds_up(iban: &str) -> bool {
    let turned = iban.chars().skip(4).chain(iban.chars().take(4));
    turned.filter_map(|c| c.to_digit(36)).fold(0, |sum, digit| {
        (sum * if digit > 9 { 100 } else { 10 } + digit) % 97
    }) == 1
}

impl FieldType for Iban {
    fn name(&self) -> &str {
        &self.name
    }

    fn title(&self) -> Title {
        self.words()
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(self.words.to_lowercase(), Group::Other, self.words())
    }

    fn widget(&self) -> &str {
        &self.name[..4]
    }

    fn settings(&self) -> Vec<Setting> {
        let countries = json!({"type": "array", "items": {"type": "string"}, "examples": [["DE"]]});
        vec![
            Setting::new(self.setting.clone(), self.words(), countries).required(),
            Setting::searchable(),
        ]
    }

    fn storage(&self, settings: &Settings) -> Storage {
        Text.storage(settings)
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        json!({"type": "string", "maxLength": 42})
    }

    fn store(
        &self,
        settings: &Settings,
        storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        let normal = without_spaces(value);
        let text = normal.as_str().unwrap_or_default();
        if !adds_up(text) {
            let wrong = Mismatch::new("checksum", "the check digits do not fit");
            return Err(at_value(wrong));
        }
        let countries: Vec<String> = settings.read(&self.setting).unwrap_or_default();
        if !countries.iter().any(|country| text.starts_with(&**country)) {
            return Err(at_value(Mismatch::new("country", "not of these countries")));
        }
        Text.store(settings, storage, &normal)
    }

    fn operand(&self, column: &ColumnType, operand: &Json) -> Result<Json, Mismatch> {
        Text.operand(column, &without_spaces(operand))
    }

    fn operators(&self, _column: &ColumnType) -> &[&'static Operator] {
        &self.operators
    }

    fn titles(&self) -> bool {
        true
    }
}

/// An amount and its unit, under names that come at run time.
#[derive(Debug)]
struct Weight {
    amount: String,
    unit: String,
}

impl FieldType for Weight {
    fn name(&self) -> &'static str {
        "shop.net_weight"
    }

    fn title(&self) -> Title {
        Title::new("Net weight", "Вес нетто")
    }

    fn appearance(&self) -> Appearance {
        let summary = Title::new("A weight in its unit", "Вес в своих единицах");
        Appearance::new("weight", Group::Number, summary)
    }

    fn widget(&self) -> &'static str {
        "weight"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        let component = |name: &String, scalar| Component {
            name: name.clone().into(),
            title: Title::owned(name.clone(), name.clone()),
            column_type: ColumnType::of(scalar),
            required: true,
            default: None,
        };
        Storage::composite(vec![
            component(&self.amount, Scalar::Decimal),
            component(&self.unit, Scalar::Text),
        ])
    }
}

/// Each tenant's own types, kept in memory.
#[derive(Debug, Default)]
struct Own(Mutex<HashMap<TenantId, Arc<FieldTypes>>>);

impl TenantTypes for Own {
    fn of<'a>(&'a self, _: &'a mut PgConnection, tenant: TenantId) -> Reading<'a> {
        let own = self.0.lock().unwrap().get(&tenant).cloned();
        Box::pin(async { Ok(own.unwrap_or_else(FieldTypes::builtin)) })
    }
}

fn with_own_types() -> Arc<FieldTypes> {
    let weight = Weight {
        amount: "value".to_owned(),
        unit: "unit_2".to_owned(),
    };
    let types = FieldTypes::builtin();
    Arc::new(
        types
            .with([Arc::new(Iban::new("bank")) as _, Arc::new(weight) as _])
            .unwrap(),
    )
}

/// Starts a server in this process; gives a guest of it.
async fn serve(database: &TestDatabase, types: Arc<Own>) -> Client {
    let identity = Identity::new(
        database.pool.clone(),
        b"a secret of these tests",
        SignupPolicy::Open,
    );
    let engine = Engine::new(database.pool.clone(), identity).with_types(types);
    let ids = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(PropagateRequestIdLayer::x_request_id());
    let router: Router = tessera_rest::router(Api::new(engine.clone()))
        .merge(tessera_graphql::router(engine))
        .layer(ids);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    Client::new(&format!("http://{address}"))
}

/// The admin of a new tenant, and the tenant.
async fn tenant(guest: &Client, slug: &str) -> (Client, TenantId) {
    let admin = sign_up(guest, slug).await;
    let me = admin.get("/api/v1/auth/me").await.ok();
    let tenant = me["tenant"]["id"].as_str().unwrap();
    (admin, TenantId(tenant.parse().unwrap()))
}

fn account() -> Json {
    json!({"api_name": "account", "label_field": "iban", "fields": [
        {"api_name": "iban", "type": "bank.iban", "unique": true,
            "settings": {"countries": ["DE", "LV"], "searchable": true}},
        {"api_name": "weight", "type": "shop.net_weight"},
    ]})
}

const DE: &str = "DE89370400440532013000";
const LV: &str = "LV80BANK0000435195001";

#[tokio::test]
async fn a_type_made_at_run_time_is_used_like_any() {
    let database = TestDatabase::create().await;
    let own = Arc::new(Own::default());
    let guest = serve(&database, own.clone()).await;
    let (acme, id) = tenant(&guest, "acme").await;
    own.0.lock().unwrap().insert(id, with_own_types());

    let listed = acme.get("/api/v1/metadata/field-types").await.ok();
    let listed = listed["data"].as_array().unwrap().clone();
    let count = FieldTypes::builtin().iter().count();
    assert_eq!(listed.len(), count + 2);
    let iban = &listed[count];
    assert_eq!(iban["name"], "bank.iban");
    assert_eq!(iban["title"]["ru"], "IBAN of bank по-русски");
    assert_eq!(iban["icon"], "iban of bank");
    assert_eq!(iban["align"], "start");
    assert_eq!(iban["widget"], "bank");
    assert_eq!(iban["required_settings"], json!(["countries"]));
    let setting = &iban["settings_schema"]["properties"]["countries"];
    assert_eq!(setting["title"]["en"], "IBAN of bank");
    let operators = &iban["storage"]["columns"][0]["operators"];
    assert_eq!(*operators, json!(["eq", "in", "starts_with", "is_null"]));
    let weight = &listed[count + 1];
    assert_eq!(weight["align"], "end");
    assert_eq!(weight["graphql"], "Shop_NetWeightValue");
    assert_eq!(weight["storage"]["columns"][1]["component"], "unit_2");

    let objects = "/api/v1/metadata/objects";
    let mut wrong = account();
    wrong["fields"][0]["settings"] = json!({"country": ["DE"]});
    let refused = acme.post(objects, wrong).await.refusal();
    assert!(
        refused.contains("/fields/0/settings/countries required"),
        "{refused}"
    );
    let made = acme.post(objects, account()).await.created();
    assert_eq!(made["fields"][0]["type"], "bank.iban");
    assert_eq!(made["fields"][1]["operators"]["value"][0], "eq");

    let records = "/api/v1/accounts";
    let kilos = |value: &str| json!({"value": value, "unit_2": "kg"});
    for (iban, refusal) in [
        ("DE89370400440532013001", "422 /iban checksum"),
        ("GB82WEST12345698765432", "422 /iban country"),
    ] {
        let answer = acme.post(records, json!({"iban": iban})).await;
        assert_eq!(answer.refusal(), refusal, "{}", answer.text);
    }
    let unknown_part = json!({"weight": {"value": "1", "unit": "kg"}});
    let answer = acme.post(records, unknown_part).await;
    assert!(answer.refusal().contains("/weight/unit"), "{}", answer.text);
    let first = json!({"iban": "de89 3704 0044 0532 0130 00", "weight": kilos("1.5")});
    let first = acme.post(records, first).await.created();
    assert_eq!(first["iban"], DE);
    assert_eq!(first["weight"], kilos("1.5"));
    let again = acme.post(records, json!({"iban": DE})).await;
    assert_eq!(again.refusal(), "409 /iban unique", "{}", again.text);
    let other = json!([{"iban": LV, "weight": {"value": "20", "unit_2": "lb"}}]);
    acme.post("/api/v1/accounts/upsert?on=iban", other)
        .await
        .ok();

    let found = |filter: Json| {
        let acme = acme.clone();
        async move {
            let query = [("filter", &*filter.to_string()), ("sort", "-iban")];
            let answer = acme.find(records, &query).await.ok();
            let rows = answer["data"].as_array().unwrap().clone();
            rows.iter().map(|row| row["iban"].clone()).collect::<Json>()
        }
    };
    assert_eq!(found(json!({})).await, json!([LV, DE]));
    let spaced = json!({"iban": {"eq": "de89 3704 0044 0532 0130 00"}});
    assert_eq!(found(spaced).await, json!([DE]));
    let start = json!({"iban": {"starts_with": "lv 80"}, "weight": {"unit_2": {"eq": "lb"}}});
    assert_eq!(found(start).await, json!([LV]));
    let greater = json!({"iban": {"gt": DE}}).to_string();
    let refused = acme.find(records, &[("filter", &greater)]).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(
        refused.text.contains("eq, in, starts_with, is_null"),
        "{}",
        refused.text
    );

    let wanted = json!({"aggregates": {"sum": {"sum": "weight"}}});
    let sums = acme.post("/api/v1/accounts/aggregate", wanted).await.ok();
    let sums = sums["data"][0]["sum"].as_array().unwrap().clone();
    assert_eq!(sums.len(), 2, "{sums:?}");
    assert!(
        sums.contains(&json!({"value": "20", "unit_2": "lb"})),
        "{sums:?}"
    );

    in_graphql(&acme).await;
    in_openapi(&acme).await;

    // Another server reads the model again.
    let elsewhere = serve(&database, own).await;
    let there = elsewhere.with_token(&json!(acme.token));
    let title = there
        .get(&format!("{records}/{}", first["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(title["iban"], DE);
}

async fn in_graphql(acme: &Client) {
    let create = "mutation($iban: String) { createAccount(data: {iban: $iban, weight: {value: \"2\", unit_2: \"kg\"}}) { iban } }";
    let wrong = acme.graphql(create, json!({"iban": "DE00"})).await;
    assert!(wrong.refusal().contains("/iban checksum"), "{}", wrong.text);
    let made = acme
        .data(create, json!({"iban": "DE75 5121 0800 1245 1261 99"}))
        .await;
    assert_eq!(made["createAccount"]["iban"], "DE75512108001245126199");
    let read = "query($w: AccountFilter) {
        accounts(filter: $w, orderBy: [{iban: ASC}]) { nodes { iban weight { value unit_2 __typename } } }
        all: accounts { aggregate { sum { weight { value unit_2 } } } }
    }";
    let filter = json!({"w": {"iban": {"in": ["DE75 51210800 1245 126199"]}}});
    let read = acme.data(read, filter).await;
    assert_eq!(
        read["accounts"]["nodes"],
        json!([{"iban": "DE75512108001245126199",
            "weight": {"value": "2", "unit_2": "kg", "__typename": "Shop_NetWeightValue"}}])
    );
    let sums = read["all"]["aggregate"]["sum"]["weight"]
        .as_array()
        .unwrap();
    let kilos = json!({"value": "3.5", "unit_2": "kg"});
    assert!(sums.contains(&kilos), "{read}");
    let filter = "{ __type(name: \"Bank_IbanValueFilter\") { inputFields { name } } }";
    let filter = acme.data(filter, json!({})).await;
    let names = filter["__type"]["inputFields"].as_array().unwrap();
    let names: Vec<_> = names
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["eq", "in", "startsWith", "isNull"]);
}

async fn in_openapi(acme: &Client) {
    let document = acme.get("/api/v1/openapi.json").await.ok();
    let schemas = &document["components"]["schemas"];
    let types = schemas["FieldDefinition"]["properties"]["type"]["enum"]
        .as_array()
        .unwrap();
    assert!(types.contains(&json!("bank.iban")));
    assert_eq!(
        schemas["AccountPart"]["properties"]["iban"]["x-field-type"],
        "bank.iban"
    );
    let conditions = schemas["Bank_IbanCondition"]["properties"]
        .as_object()
        .unwrap();
    assert_eq!(
        conditions.keys().collect::<Vec<_>>(),
        ["eq", "in", "starts_with", "is_null"]
    );
    let weight = schemas["Shop_NetWeightValue"]["properties"]
        .as_object()
        .unwrap();
    assert_eq!(weight.keys().collect::<Vec<_>>(), ["value", "unit_2"]);
}

#[tokio::test]
async fn another_tenant_does_not_know_it() {
    let database = TestDatabase::create().await;
    let own = Arc::new(Own::default());
    let guest = serve(&database, own.clone()).await;
    let (acme, id) = tenant(&guest, "acme").await;
    own.0.lock().unwrap().insert(id, with_own_types());
    let (other, _) = tenant(&guest, "other").await;
    acme.post("/api/v1/metadata/objects", account())
        .await
        .created();

    let listed = other.get("/api/v1/metadata/field-types").await.ok();
    let count = FieldTypes::builtin().iter().count();
    assert_eq!(listed["data"].as_array().unwrap().len(), count);
    let refused = other.post("/api/v1/metadata/objects", account()).await;
    assert_eq!(
        refused.refusal(),
        "422 /fields/0/type unknown /fields/1/type unknown"
    );
    let message = refused.body["errors"][0]["message"].as_str().unwrap();
    let names = FieldTypes::builtin().names().join(", ");
    assert_eq!(
        message,
        format!("there is no field type `bank.iban`; there are {names}")
    );
    let document = other.get("/api/v1/openapi.json").await.ok();
    assert!(!document.to_string().contains("bank.iban"));
    for path in ["/api/v1/metadata/field-types", "/api/v1/openapi.json"] {
        let shown = acme.get(path).await.text;
        assert!(shown.contains("bank.iban"), "{path}");
    }
}

#[test]
fn a_tenants_own_type_has_a_name_of_its_own() {
    let types = with_own_types();
    assert_eq!(types.names().last(), Some(&"shop.net_weight"));
    for (plugin, name) in [("Bank", "Bank.iban"), ("a.b", "a.b.iban"), ("", ".iban")] {
        let refused = types.with([Arc::new(Iban::new(plugin)) as _]).unwrap_err();
        assert_eq!(refused, BadTypeName::NotQualified(name.to_owned()));
    }
    let plain = types.with([Arc::new(Text) as _]).unwrap_err();
    assert_eq!(plain, BadTypeName::NotQualified("text".to_owned()));
    let twice = types.with([Arc::new(Iban::new("bank")) as _]).unwrap_err();
    assert_eq!(twice, BadTypeName::Taken("bank.iban".to_owned()));
}
