//! How many statements a request costs, as Postgres itself counts them.

use serde_json::{Value as Json, json};
use sqlx::{ConnectOptions, PgConnection, query, query_scalar};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;
use tessera_embedded_postgres::{Config, EmbeddedPostgres};

use crate::support::Client;
use crate::support::process::Process;
use crate::support::shared::settings;
use crate::support::tenant::sign_up;

/// A server on a Postgres that counts.
struct Counted {
    admin: Client,
    counter: PgConnection,
    postgres: EmbeddedPostgres,
    _process: Process,
    _directory: TempDir,
}

impl Counted {
    async fn start() -> Self {
        let mut directory = tempfile::Builder::new();
        let directory = directory
            .permissions(Permissions::from_mode(0o755))
            .tempdir()
            .unwrap();
        let mut config = Config::new(directory.path().join("data"));
        let extra = [
            ("shared_preload_libraries", "pg_stat_statements"),
            ("fsync", "off"),
        ];
        config.extra_settings = extra
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let postgres = EmbeddedPostgres::start(config).await.unwrap();
        let mut counter = postgres.superuser_options().connect().await.unwrap();
        query("create extension pg_stat_statements")
            .execute(&mut counter)
            .await
            .unwrap();
        let url = postgres.connect_options().to_url_lossy();
        let process = Process::serve(directory.path(), &settings(url.as_str()));
        let admin = sign_up(&process.guest(), "acme").await;
        Self {
            admin,
            counter,
            postgres,
            _process: process,
            _directory: directory,
        }
    }

    /// The statements that the server sends while something is asked of it, BEGIN and COMMIT included.
    async fn during<T>(&mut self, asked: impl AsyncFn(&Client) -> T) -> (T, Vec<String>) {
        // The first time, the server may have to look at the model or at who is asking.
        asked(&self.admin).await;
        query("select pg_stat_statements_reset()")
            .execute(&mut self.counter)
            .await
            .unwrap();
        let answer = asked(&self.admin).await;
        let statements = "select query from pg_stat_statements, generate_series(1, calls)
            where userid = (select oid from pg_roles where rolname = 'tessera')";
        let statements = query_scalar(statements)
            .fetch_all(&mut self.counter)
            .await
            .unwrap();
        (answer, statements)
    }
}

/// What is sent along with a statement that is planned for its values each time.
fn is_about_planning(statement: &str) -> bool {
    [
        "set plan_cache_mode",
        "reset plan_cache_mode",
        "reset statement_timeout",
    ]
    .iter()
    .any(|beginning| statement.starts_with(beginning))
}

/// That so many statements were sent, each with what is said about its planning where it is planned each time.
fn assert_sent(statements: &[String], expected: usize, planned_each_time: bool, what: &str) {
    let about = statements
        .iter()
        .filter(|text| is_about_planning(text))
        .count();
    let about_each = if planned_each_time { 3 } else { 0 };
    assert_eq!(
        (statements.len() - about, about),
        (expected, expected * about_each),
        "{what}: {statements:#?}"
    );
}

#[tokio::test]
async fn a_request_is_one_statement() {
    let mut server = Counted::start().await;
    let company = server
        .admin
        .post("/api/v1/companies", json!({"name": "Acme"}))
        .await
        .created()["id"]
        .take();
    let contact = json!({"last_name": "Ann", "company_id": company});
    let contact = server
        .admin
        .post("/api/v1/contacts", contact)
        .await
        .created()["id"]
        .take();
    let path = format!("/api/v1/contacts/{}", contact.as_str().unwrap());
    let second = json!({"last_name": "Bob"});
    server
        .admin
        .post("/api/v1/contacts", second)
        .await
        .created();
    let page = server.admin.get("/api/v1/contacts?limit=1").await.ok();

    let get = |path: &str| {
        let path = path.to_owned();
        async move |client: &Client| {
            client.get(&path).await.ok();
        }
    };
    let fields = "fields=last_name,company.name,opportunities.name,company.contacts.last_name";
    for path in [
        path.clone(),
        format!("{path}?{fields}"),
        "/api/v1/contacts".to_owned(),
        format!("/api/v1/contacts?count=exact&sort=-company.name,last_name&{fields}"),
        format!(
            "/api/v1/contacts?after={}&limit=5",
            page["page"]["next"].as_str().unwrap()
        ),
        "/api/v1/contacts?filter=%7B%22opportunities%22:%7B%22none%22:%7B%7D%7D%7D".to_owned(),
        "/api/v1/contacts?q=ann".to_owned(),
        "/api/v1/search?q=ann".to_owned(),
    ] {
        let ((), statements) = server.during(get(&path)).await;
        assert_sent(&statements, 1, path.contains("q="), &path);
    }

    let many: Json = (0..100)
        .map(|n| json!({"last_name": format!("n{n}")}))
        .collect();
    for (method, path, body) in [
        (
            "POST",
            "/api/v1/contacts",
            json!({"last_name": "Bob", "company_id": company}),
        ),
        (
            "POST",
            "/api/v1/contacts?fields=company.contacts.last_name",
            json!({"company_id": company}),
        ),
        ("POST", "/api/v1/contacts", many),
        ("PATCH", path.as_str(), json!({"city": "Riga"})),
        (
            "PATCH",
            "/api/v1/contacts?filter=%7B%7D&max_affected=1000",
            json!({"city": "Riga"}),
        ),
        (
            "DELETE",
            "/api/v1/contacts?filter=%7B%22last_name%22:%7B%22eq%22:%22n1%22%7D%7D",
            Json::Null,
        ),
    ] {
        let (answer, statements) = server
            .during(async |client: &Client| {
                client
                    .send(
                        method.parse().unwrap(),
                        path,
                        (!body.is_null()).then(|| body.clone()),
                    )
                    .await
            })
            .await;
        assert!(answer.status < 300, "{}", answer.text);
        assert_sent(
            &statements,
            1,
            path.contains("filter="),
            &format!("{method} {path}"),
        );
    }
    server.postgres.stop().await;
}

#[tokio::test]
async fn an_operation_is_one_statement_and_a_mutation_one_for_each_field() {
    let mut server = Counted::start().await;
    let wide = r#"{
        a: contacts(first: 10, filter: {company: {name: {neq: "x"}}}) { totalCount nodes { lastName company { name contacts(first: 2) { totalCount nodes { lastName opportunities { nodes { name } } } } } } pageInfo { hasNextPage } }
        b: companies(orderBy: {name: DESC}) { nodes { name opportunities(last: 3) { edges { cursor node { name contact { lastName } } } } } }
        c: contact(id: "01939f8e-0000-7000-8000-000000000001") { lastName }
        d: opportunities(first: 1) { totalCount }
        users { nodes { email } }
    }"#;
    let create = r#"createContact(data: {lastName: "x"}) { id company { name } }"#;
    for (query, expected) in [
        ("{ contacts { nodes { lastName } } }".to_owned(), 1),
        (wide.to_owned(), 1),
        (
            "{ __typename __schema { queryType { name } } }".to_owned(),
            0,
        ),
        (format!("mutation {{ {create} }}"), 1),
        (
            format!(
                "mutation {{ a: {create} b: createCompanies(data: [{{name: \"x\"}}, {{name: \"y\"}}]) {{ name contacts {{ totalCount }} }} c: {create} }}"
            ),
            3,
        ),
        (
            "mutation { updateContacts(filter: {id: {isNull: false}}, data: {city: \"Riga\"}) { affected } }"
                .to_owned(),
            1,
        ),
    ] {
        let ((), statements) = server
            .during(async |client: &Client| {
                client.data(&query, json!({})).await;
            })
            .await;
        let by_filter = query.contains("updateContacts(filter");
        assert_sent(&statements, expected, by_filter, &query);
    }
    server.postgres.stop().await;
}
