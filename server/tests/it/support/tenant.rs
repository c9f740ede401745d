//! A tenant of its own for each test.

use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::Client;
use super::process::Said;
use super::shared::Server;

/// A tenant, used as its admin.
pub(crate) struct Tenant {
    pub(crate) server: Arc<Server>,
    pub(crate) slug: String,
    pub(crate) email: String,
    admin: Client,
    /// To look at what is stored, once it was needed.
    database: Mutex<Option<PgConnection>>,
}

impl Deref for Tenant {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.admin
    }
}

pub(crate) const PASSWORD: &str = "correct horse";

impl Tenant {
    /// Signs up at the shared server.
    pub(crate) async fn new() -> Self {
        Self::at(Server::shared().await).await
    }

    pub(crate) async fn at(server: Arc<Server>) -> Self {
        let slug = format!("t{}", Uuid::now_v7().simple());
        let admin = sign_up(&server.process.guest(), &slug).await;
        Self {
            admin,
            database: Mutex::default(),
            email: format!("admin@{slug}.example"),
            slug,
            server,
        }
    }

    pub(crate) fn guest(&self) -> Client {
        self.server.process.guest()
    }

    /// What a command says, on the same database.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        self.server.run(arguments)
    }

    /// Somebody who may not change the model.
    pub(crate) async fn member(&self) -> Client {
        let email = format!("member@{}.example", self.slug);
        let password = ["--password", PASSWORD];
        let create = ["user", "create", &email, "--tenant", &self.slug];
        let made = self.run(&[&create[..], &password].concat());
        assert_eq!(made.code, Some(0), "{made:?}");
        let guest = self.guest();
        let credentials = json!({"email": email, "password": PASSWORD});
        let signed_in = guest.post("/api/v1/auth/login", credentials).await.ok();
        guest.with_token(&signed_in["access_token"])
    }

    /// A record made with its plain fields.
    pub(crate) async fn create(&self, plural: &str, record: Json) -> Json {
        self.post(&format!("/api/v1/{plural}"), record)
            .await
            .created()
    }

    /// A record made, its id.
    pub(crate) async fn id_of(&self, plural: &str, record: Json) -> String {
        self.create(plural, record).await["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// An object with these fields beside the text field `name`.
    pub(crate) async fn object(&self, api_name: &str, fields: Json) -> Json {
        let mut all = vec![json!({"api_name": "name", "type": "text"})];
        all.extend(fields.as_array().unwrap().iter().cloned());
        let definition = json!({"api_name": api_name, "fields": all});
        self.post("/api/v1/metadata/objects", definition)
            .await
            .created()
    }

    /// The change of every event, oldest first.
    pub(crate) async fn change_ids(&self) -> Vec<Option<String>> {
        let mut database = self.server.database.superuser().await;
        let schema = self.schema(&mut database).await;
        let changes = format!("select change_id::text from \"{schema}\"._events order by seq");
        sqlx::query_scalar(AssertSqlSafe(changes))
            .fetch_all(&mut database)
            .await
            .unwrap()
    }

    async fn schema(&self, database: &mut PgConnection) -> String {
        sqlx::query_scalar("select schema_name from platform.tenants where slug = $1")
            .bind(&self.slug)
            .fetch_one(database)
            .await
            .unwrap()
    }

    /// What was recorded about the records of an object, oldest first: action, before and after.
    pub(crate) async fn events(&self, object: &str) -> Vec<(String, Json, Json)> {
        let mut database = self.database.lock().await;
        if database.is_none() {
            *database = Some(self.server.database.superuser().await);
        }
        let database = database.as_mut().unwrap();
        let schema = self.schema(database).await;
        let events = format!(
            "select action, before::text, after::text from \"{schema}\"._events where object = $1 order by seq"
        );
        let rows = sqlx::query(AssertSqlSafe(events))
            .bind(object)
            .fetch_all(database)
            .await
            .unwrap();
        let json = |text: Option<String>| {
            text.map_or(Json::Null, |text| serde_json::from_str(&text).unwrap())
        };
        rows.iter()
            .map(|row| (row.get(0), json(row.get(1)), json(row.get(2))))
            .collect()
    }
}

/// Makes a tenant with its first admin, `admin@<slug>.example`.
pub(crate) async fn sign_up(guest: &Client, slug: &str) -> Client {
    let request = json!({
        "tenant_name": slug,
        "tenant_slug": slug,
        "email": format!("admin@{slug}.example"),
        "password": PASSWORD,
    });
    let signed_up = guest.post("/api/v1/auth/signup", request).await.ok();
    guest.with_token(&signed_up["access_token"])
}
